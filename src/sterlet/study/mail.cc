#include "sterlet/study/mail.h"

#include <utility>

#include <fmt/format.h>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"

namespace sterlet::study {

using base::ErrorCode;
using base::Result;
using storage::State;

std::string stop_reason(const storage::CommandRecord& command) {
  return fmt::format("{} by {}", command.kind == kPruneKind ? "pruned" : "stopped", base::printable(command.who));
}

Result<bool> Mail::has_come() {
  if (mailbox_ == nullptr) return false;
  STERLET_TRY(const bool has_changed, mailbox_->changed_elsewhere());
  is_unread_ = is_unread_ || has_changed;
  return is_unread_;
}

Result<std::vector<storage::CommandRecord>> Mail::pending() const { return mailbox_->pending_commands(study_); }

Result<void> Mail::answer(std::int64_t command, const std::string& sentence) const {
  return mailbox_->answer_command(command, storage::CommandState::kDone, base::json_line({{"sentence", sentence}}),
                                  clock_.wall_ms());
}

Wish::Wish(Study& study, storage::Storage& storage, const base::Clock& clock, std::int64_t trial)
    : study_(study),
      storage_(storage),
      clock_(clock),
      trial_(trial),
      attempt_(study.records()[static_cast<std::size_t>(trial)].attempt),
      watch_(clock) {}

Result<Wish> Wish::post(Study& study, storage::Storage& storage, const base::Clock& clock, std::int64_t trial,
                        std::string_view kind) {
  STERLET_PASS(study.refresh());
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  const std::string& name = study.spec().name;
  if (record.state != State::kRunning) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("trial {} does not run, it is {}", trial, storage::text_of(record.state)),
                      fmt::format("see what does with sterlet ls {} --state running", name), name);
  }
  // An interval of a member counts as a whole or not at all, so that to prune one is to stop it.
  if (study.population_options() && kind == kPruneKind) kind = kStopKind;
  Wish wish(study, storage, clock, trial);
  STERLET_TRY(const bool is_gone, wish.is_tuner_gone());
  if (is_gone) {
    return base::fail(ErrorCode::kConflict, fmt::format("trial {} stands still, as its tuner is gone", trial),
                      fmt::format("sterlet resume {} runs it again", name), name);
  }
  STERLET_TRY(wish.command_, storage.mailbox().post_command(study.storage_id(), {.trial = trial,
                                                                                 .kind = std::string(kind),
                                                                                 .who = base::user_name(),
                                                                                 .created_ms = clock.wall_ms()}));
  return wish;
}

Result<bool> Wish::is_tuner_gone() {
  STERLET_TRY(const auto abandoned, abandoned_trials(study_, storage_, watch_));
  return abandoned.contains(trial_);
}

Result<std::optional<std::string>> Wish::answer() {
  STERLET_PASS(study_.refresh());
  const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(trial_)];
  const bool has_ended = record.state != State::kRunning || record.attempt != attempt_;
  STERLET_TRY(const bool is_gone, is_tuner_gone());
  // Read last: what was stored together with the trial's end is seen wherever the end is.
  STERLET_TRY(const auto command, storage_.mailbox().find_command(command_));
  if (command && command->state == storage::CommandState::kDone) {
    STERLET_TRY(const base::Json answer, base::parse_json(command->answer));
    return answer.value("sentence", std::string());
  }
  if (!has_ended && !is_gone) return std::nullopt;
  STERLET_PASS(take_back());
  const std::string what =
      has_ended ? fmt::format("trial {} has ended by itself: it is {}", trial_, storage::text_of(record.state))
                : fmt::format("the tuner of trial {} is gone before it answered", trial_);
  return base::fail(ErrorCode::kConflict, what, "nothing was done", study_.spec().name);
}

Result<void> Wish::take_back() {
  STERLET_TRY(const auto command, storage_.mailbox().find_command(command_));
  if (!command || command->state != storage::CommandState::kPending) return {};
  return storage_.mailbox().answer_command(command_, storage::CommandState::kRefused, "{}", clock_.wall_ms());
}

}  // namespace sterlet::study
