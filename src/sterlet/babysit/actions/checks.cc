#include "sterlet/babysit/actions/checks.h"

#include <cstdint>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/windows.h"
#include "sterlet/base/text.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using storage::ChangeState;
using storage::InterventionRecord;

namespace {

constexpr std::int64_t kUndoneNewsMs = 60'000;

std::string ago_text(std::int64_t ms) {
  const std::int64_t seconds = ms / 1000;
  return base::duration_text(static_cast<double>(seconds));
}

}  // namespace

std::string text_in(const Json& body, std::string_view key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Refusal> refuse_unless_live(const Model& model) {
  const auto& hello = model.attempt.hello;
  if (hello && hello->live) return std::nullopt;
  return refusal(ErrorCode::kConflict,
                 hello ? "this program takes no live changes (its hello does not say live)"
                       : "this program takes no live changes (it has not said hello on the trial channel)",
                 "use a client with live=True, as docs/babysit.md shows");
}

std::optional<Refusal> refuse_if_behind(const Desk& desk, const Json& body) {
  if (const InterventionRecord* made = controlled(desk.model.tree())) {
    return refusal(
        ErrorCode::kConflict,
        fmt::format("the unchanged branch is being run as the control of {}'s change at step {}, so nothing was "
                    "changed",
                    made->who, made->step),
        fmt::format("give it again after {} more reports",
                    window_reports(desk.options, desk.model.reported(), made->step)));
  }
  const auto& changes = desk.model.tree().interventions;
  if (!body.contains("seen") || changes.empty()) return std::nullopt;
  const auto number_in = [&](const char* key) {
    const auto found = body.find(key);
    return found != body.end() && found->is_number_integer() ? found->get<std::int64_t>() : INT64_MAX;
  };
  const std::int64_t seen = number_in("seen"), seen_undo_ms = number_in("seen_undo_ms");
  std::string news;
  for (const InterventionRecord& made : changes) {
    if (made.id > seen) {
      news = fmt::format("{} has just changed {} at step {}", made.who, change_text(made), made.step);
    } else if (made.state == ChangeState::kUndone && made.decided_ms > seen_undo_ms) {
      news = fmt::format("{}'s change of {} at step {} has just been undone", made.who, change_text(made), made.step);
    }
  }
  if (news.empty()) return std::nullopt;
  return refusal(ErrorCode::kConflict, news + ", so nothing was changed",
                 "look at it (sterlet show --tree), then give yours again");
}

std::string watched_text(const Desk& desk) {
  const auto& changes = desk.model.tree().interventions;
  for (const InterventionRecord& made : changes) {
    const bool is_watched = made.state == ChangeState::kWatching;
    const bool is_undone = &made == &changes.back() && made.state == ChangeState::kUndone && !made.outcome.empty() &&
                           desk.clock.wall_ms() - made.decided_ms < kUndoneNewsMs;
    if (!is_watched && !is_undone) continue;
    const std::string what = fmt::format("{}'s change of {} (step {}", made.who, change_text(made), made.step);
    const std::string ago = ago_text(desk.clock.wall_ms() - (is_watched ? made.created_ms : made.decided_ms));
    return is_watched ? fmt::format("{}, {} ago) was still being watched", what, ago)
                      : fmt::format("{}) was undone {} ago: {}", what, ago, made.outcome);
  }
  return {};
}

Json values_at(const Model& model, int branch, const Json& set) {
  Json values = touched_params(model.tree(), branch);
  for (const auto& [name, value] : set.items()) values[name] = value;
  return values;
}

void send_back(Desk& desk, Plan& plan, const storage::CheckpointRecord& target, int branch, const Json& set) {
  const std::int64_t skip_steps = target.branch != branch ? desk.model.branch(branch).skip_steps : 0;
  desk.outbox.send_restore(target, set, plan.skip_steps > 0 ? plan.skip_steps : skip_steps);
  plan.target = target.id;
  plan.awaits_answer = true;
}

}  // namespace sterlet::babysit
