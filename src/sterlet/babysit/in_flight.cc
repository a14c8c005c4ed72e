#include "sterlet/babysit/in_flight.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/actions/pause.h"
#include "sterlet/babysit/actions/probe.h"
#include "sterlet/babysit/actions/registry.h"
#include "sterlet/babysit/actions/stop.h"
#include "sterlet/base/text.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using exec::Event;
using storage::CommandRecord;

namespace {

constexpr std::size_t kHeldMax = 250'000;  // Some 50 MB.
constexpr std::int64_t kProbePatienceMs = 2'000;

bool is_stop(const CommandRecord& command) { return command.kind == kStopKind; }

}  // namespace

void InFlight::forget() {
  action_.reset();
  plan_ = {};
  held_.clear();
}

Result<void> InFlight::obey() {
  if (is_empty()) stop_.reset();
  if (!inbox_.is_due()) return {};
  STERLET_TRY(const auto commands, inbox_.look());
  if (!is_empty()) return stop_what_is_in_flight(commands);
  const Attempt& attempt = desk_.model.attempt;
  for (auto command = commands.begin(); command != commands.end(); ++command) {
    // Nothing is known of a program that has neither said hello nor reported yet; what can wait, waits.
    const bool is_heard = (attempt.hello || attempt.has_reported) && !attempt.is_muted;
    if (!is_heard && !is_stop(*command)) return {};
    if (waits_for_probe(*command)) {
      inbox_.look_again();
      return {};
    }
    STERLET_TRY(Begun begun, begin(*command));
    if (std::holds_alternative<Later>(begun)) {
      // A checkpoint is being read, which may take long; a stop need not wait for that.
      forget();
      const auto stop = std::find_if(command, commands.end(), is_stop);
      if (stop == commands.end()) return {};
      command = stop;
      STERLET_TRY(begun, begin(*stop));
    }
    STERLET_TRY(const bool is_done, settle(*command, std::move(begun)));
    if (!is_done) return {};
  }
  return {};
}

// A program is first to show whether it can go back: what is asked of it meanwhile would be done to a model that may have
// to be started again. That takes some reports; where they are slow, nobody waits for long.
bool InFlight::waits_for_probe(const CommandRecord& command) const {
  const Attempt& attempt = desk_.model.attempt;
  if (is_stop(command) || !attempt.obeys() || desk_.model.is_paused()) return false;
  if (attempt.probe == Attempt::Probe::kBack) return true;
  const bool is_tried = attempt.probe == Attempt::Probe::kAsked || attempt.probe == Attempt::Probe::kReady;
  return is_tried && command.id != 0 && desk_.clock.steady_ms() - attempt.reported_ms < kProbePatienceMs;
}

Result<Begun> InFlight::begin(const CommandRecord& command) {
  const auto body = base::parse_json(command.body);
  const ActionRow* row = find_action(command.kind, command.id == 0);
  if (row == nullptr || !body || !body->is_object()) {
    return refusal(ErrorCode::kInvalidArgument, fmt::format("'{}' is nothing a model can do", command.kind),
                   "it was sent by another version of Sterlet");
  }
  action_ = row->make();
  plan_ = {.command = command, .body = *body};
  return action_->begin(desk_, plan_);
}

// What beginning it came to. Whether it is over, so that the next one can begin.
Result<bool> InFlight::settle(const CommandRecord& command, Begun begun) {
  desk_.checkpoints.forget_answers();
  if (command.id == 0) inbox_.remove_own(command);
  if (const auto* answer = std::get_if<Answer>(&begun)) {
    STERLET_PASS(finish(*answer));
    return !desk_.model.attempt.is_muted;
  }
  if (const auto* refused = std::get_if<Refusal>(&begun)) {
    forget();
    STERLET_PASS(refuse(command, refused->error));
    return true;
  }
  // A paused program must run to answer; it is held again with the answer.
  if (desk_.model.is_paused()) desk_.outbox.hold(false);
  return false;
}

// A stop while an action is in flight. What has only asked for a checkpoint is dropped: nothing of it was done. What
// the program was sent a `set` or a `restore` for is different: the stop waits for the answer, and where that does not
// come in time, whatever the program says after it is of an unknown branch and is not listened to: the trial goes on
// from a checkpoint that was stored before.
Result<void> InFlight::stop_what_is_in_flight(const std::vector<CommandRecord>& commands) {
  const auto asked = std::find_if(commands.begin(), commands.end(), is_stop);
  if (asked == commands.end() || is_stop(plan_.command)) return {};
  const CommandRecord stop = *asked;
  const std::string limit = base::duration_text(desk_.options.answer_seconds);
  if (plan_.awaits_answer) {
    const std::int64_t now = desk_.clock.steady_ms();
    if (!stop_) {
      stop_ = {.command = stop, .until_ms = now + static_cast<std::int64_t>(desk_.options.answer_seconds * 1000)};
      desk_.outbox.say(fmt::format("the stop waits for the program's answer to a {} in flight, {} at most{}",
                                   plan_.command.kind, limit, stop.id == 0 ? "; a second signal does not wait" : ""));
    }
    if (now < stop_->until_ms) return {};
    STERLET_PASS(give_up(fmt::format("the model was stopped, and the program did not answer within {}", limit)));
  } else {
    const CommandRecord dropped = plan_.command;
    forget();
    if (dropped.id != 0) {
      STERLET_PASS(refuse(dropped, {.code = ErrorCode::kConflict,
                                    .where = {},
                                    .what = "the model was stopped before the program answered",
                                    .next = "nothing was changed"}));
    }
  }
  stop_.reset();
  STERLET_TRY(Begun begun, begin(stop));
  STERLET_TRY(const bool is_done, settle(stop, std::move(begun)));
  static_cast<void>(is_done);  // A stop is over when its program has ended.
  return {};
}

// Leaves an action whose answer will not come, or comes too late. The program is not listened to any more.
Result<void> InFlight::give_up(const std::string& why) {
  const CommandRecord command = plan_.command;
  forget();
  desk_.outbox.forget_sent();
  desk_.model.attempt.is_muted = true;
  if (command.id == 0) return {};
  return refuse(command, {.code = ErrorCode::kConflict,
                          .where = {},
                          .what = why,
                          .next = "nothing was changed: the model goes on from a checkpoint made before"});
}

Result<void> InFlight::hold_back(Heard heard) {
  held_.push_back(std::move(heard));
  if (held_.size() < kHeldMax) return {};
  desk_.outbox.say(fmt::format("the program has not answered a {} in {} reports, so it is started again",
                               plan_.command.kind, held_.size()));
  desk_.outbox.kill();
  return give_up("the program trained on without an answer, so it was started again");
}

// A program answers before it trains on, so that mostly all of it is of the branch before. One that answers late tells by
// its steps: of the branch after are those past the step from which it says a `set` was applied, and after a `restore`
// all from where they go back.
std::vector<Heard> InFlight::take_held_before(std::optional<std::int64_t> applied_step) {
  std::int64_t latest = INT64_MIN;
  const auto first = std::find_if(held_.begin(), held_.end(), [&](const Heard& heard) {
    const auto* report = std::get_if<Event::Report>(&heard.event.what);
    const std::int64_t step = report != nullptr ? report->step : std::get<Event::Checkpoint>(heard.event.what).step;
    const bool is_after = applied_step ? step > *applied_step : step < latest;
    if (report != nullptr) latest = std::max(latest, step);
    return is_after;
  });
  std::vector<Heard> before(std::make_move_iterator(held_.begin()), std::make_move_iterator(first));
  held_.erase(held_.begin(), first);
  return before;
}

std::vector<Heard> InFlight::take_held() { return std::exchange(held_, {}); }

Result<void> InFlight::on_checkpoint(std::int64_t id) {
  // One that was on its way already when the action began may come first: the last one before the answer counts.
  plan_.wants_checkpoint = false;
  plan_.checkpoint_refusal.clear();
  plan_.before = id;
  STERLET_TRY(const auto answer, action_->on_checkpoint(desk_, plan_));
  return answer ? finish(*answer) : Result<void>();
}

Result<void> InFlight::on_checkpoint_refused(const std::string& reason) {
  plan_.checkpoint_refusal = reason;
  const auto refused = action_->on_checkpoint_refused(plan_, reason);
  if (!refused) return {};
  const CommandRecord command = plan_.command;
  forget();
  return refuse(command, refused->error);
}

Result<void> InFlight::on_applied(std::int64_t step) {
  auto after = take_held();
  STERLET_TRY(const Done done, action_->on_applied(desk_, plan_, step));
  const CommandRecord command = plan_.command;
  if (const auto* refused = std::get_if<Refusal>(&done)) {
    forget();
    STERLET_PASS(refuse(command, refused->error));
  } else {
    STERLET_PASS(finish(std::get<Answer>(done)));
  }
  held_ = std::move(after);
  return {};
}

Result<void> InFlight::on_restored(std::int64_t skipped_steps) {
  auto after = take_held();
  plan_.skipped_steps = skipped_steps;
  const storage::CheckpointRecord& target = *find_checkpoint(desk_.model.tree(), *plan_.target);
  desk_.model.step = target.step;
  desk_.model.value = target.value;
  STERLET_TRY(const Answer answer, action_->on_restored(desk_, plan_));
  STERLET_PASS(finish(answer));
  held_ = std::move(after);
  return {};
}

Result<void> InFlight::on_refused(const std::string& reason) {
  const Plan plan = plan_;
  forget();
  desk_.outbox.forget_sent();
  if (!plan.checkpoint_refusal.empty()) {
    return refuse(plan.command, {.code = ErrorCode::kDisk,
                                 .where = {},
                                 .what = fmt::format("no checkpoint could be taken ({}), so nothing was changed",
                                                     plan.checkpoint_refusal),
                                 .next = "free some space, then give it again"});
  }
  return refuse(plan.command, {.code = ErrorCode::kConflict,
                               .where = {},
                               .what = fmt::format("the program refused: {}", reason),
                               .next = "nothing was changed"});
}

Result<bool> InFlight::on_exit(bool is_interrupted) {
  if (stop_ && !is_empty()) {
    const CommandRecord stop = stop_->command;
    STERLET_PASS(give_up("the program ended before it answered, for the model was stopped"));
    stop_.reset();
    if (stop.id == 0) inbox_.remove_own(stop);
    action_ = find_action(kStopKind, true)->make();
    plan_ = {.command = stop};
  }
  if (is_kind(kStopKind)) return true;
  // To be carried out again by the next attempt, unless the answer is there already.
  if (!is_empty() && plan_.is_own() && !is_interrupted) inbox_.put_back(plan_.command);
  forget();
  return is_interrupted;
}

Result<void> InFlight::finish(const Answer& answer) {
  if (is_empty()) return {};
  const CommandRecord command = plan_.command;
  forget();
  if (desk_.model.is_paused() && command.kind != kPauseKind) desk_.outbox.hold(true);
  if (!answer.sentence.empty()) desk_.outbox.say(answer.sentence);
  return inbox_.answer(command, answer.sentence, answer.more);
}

Result<void> InFlight::refuse(const CommandRecord& command, const base::Error& error) {
  if (desk_.model.is_paused()) desk_.outbox.hold(true);
  desk_.outbox.say(
      command.kind == kProbeKind
          ? fmt::format("the program says that it can go back to a checkpoint, but a first try was refused "
                        "({}): nothing can be undone while it runs",
                        error.what)
          : fmt::format("{} of {} was refused: {}", command.kind, command.who, error.message()));
  if (command.id == 0) desk_.model.guarded_from = desk_.model.step;
  return inbox_.refuse(command, error);
}

}  // namespace sterlet::babysit
