#include "sterlet/babysit/endings.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/actions/roll_back.h"
#include "sterlet/babysit/actions/stop.h"
#include "sterlet/babysit/verdicts.h"
#include "sterlet/run/explain.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Result;
using exec::Event;
using storage::State;

namespace {

constexpr int kRestartsMax = 5;  // Without a report in between.

}  // namespace

Result<void> Endings::leave() {
  const Leaving leaving = *progress_.leaving;
  const Event::Exited& exited = leaving.exited;
  const Attempt& attempt = desk_.model.attempt;
  const bool is_guarded = desk_.options.guard && !leaving.is_stopping;
  std::optional<TakenBack> taken;
  traces_ = exited.traces;
  if (desk_.pilot.is_spent()) return finish(State::kComplete, "its steps are spent");
  if (leaving.is_end_of_its_own && (!leaving.was_told || !attempt.final_values.empty())) {
    for (const storage::CommandRecord& command : inbox_.own()) {
      if (is_guarded && !taken) taken = Guard::unheard(command.kind, stored_json(command.body));
    }
    const auto found = taken ? take_back(*taken) : Guard::Found::kNo;
    STERLET_PASS(found);
    return *found == Guard::Found::kNo ? finish(State::kComplete, "") : Result<void>();
  }
  if (leaving.is_stopping) return finish(State::kPaused, fmt::format("stopped at step {}", desk_.model.step));
  // One that is muted was killed by us, for what it trained was of no branch.
  const bool is_restart_asked = exited.cause == exec::Cause::kStopped && attempt.is_muted;
  const bool was_killed = exited.cause == exec::Cause::kSignal || exited.cause == exec::Cause::kNodeLost;
  if (is_restart_asked || (was_killed && attempt.failure.empty() && progress_.restarts < kRestartsMax)) {
    return restart(is_restart_asked ? "it is started again" : exited.reason);
  }
  const std::string why = attempt.failure.empty() ? exited.reason : attempt.failure;
  if (is_guarded && exited.cause != exec::Cause::kStopped) taken = desk_.guard.look_at_rest(why);
  const auto found = taken ? take_back(*taken) : Guard::Found::kNo;
  STERLET_PASS(found);
  return *found == Guard::Found::kNo ? finish(State::kPaused, why) : Result<void>();
}

// Takes back what ran away, of a program at rest, and has it started again.
Result<Guard::Found> Endings::take_back(const TakenBack& taken) {
  if (taken.culprit) {
    STERLET_TRY(const std::string what, mark_undone(desk_, *taken.culprit, taken.sentence));
    desk_.outbox.say(fmt::format("{}; undone: {}", taken.sentence, what));
    STERLET_PASS(watch_again(desk_));
  } else {
    RollBack back;
    const auto found = desk_.guard.plan(taken.good_step, taken.bad_step, back);
    if (found == Guard::Found::kLater) return found;
    desk_.checkpoints.forget_answers();
    inbox_.forget_own();
    if (found == Guard::Found::kNo) return found;
    STERLET_PASS(roll_back_at_rest(desk_, back, taken.sentence));
  }
  inbox_.forget_own();
  progress_.leaving.reset();
  STERLET_TRY(progress_.to_launch, desk_.study.by_hand().take_over(desk_.model.trial()));
  STERLET_PASS(desk_.model.put());
  return Guard::Found::kYes;
}

Result<void> Endings::restart(const std::string& why) {
  ++progress_.restarts;
  progress_.leaving.reset();
  desk_.outbox.say(fmt::format("{}; it goes on from its last checkpoint", why));
  STERLET_TRY(progress_.to_launch, desk_.study.by_hand().take_over(desk_.model.trial()));
  return desk_.model.put();
}

// What came in the place of each objective that the program never reported.
std::vector<std::string> Endings::instead_of_metrics() const {
  std::vector<std::string> instead;
  const auto& told = desk_.model.attempt.metrics;
  for (const studyfile::Objective& objective : desk_.study.spec().objectives) {
    const bool is_told = std::count(told.begin(), told.end(), objective.metric) > 0;
    instead.push_back(is_told ? std::string()
                              : run::explain_missing(desk_.study.spec().metrics, objective.metric, told, traces_));
  }
  return instead;
}

Result<void> Endings::finish(State state, const std::string& reason) {
  progress_.leaving.reset();
  const exec::AttemptId& id = desk_.model.attempt.id;
  progress_.ending =
      Ending{.trial = desk_.model.trial(),
             .finished = state == State::kComplete,
             .failed = state == State::kPaused && progress_.signals == 0 && !in_flight_.is_kind(kStopKind),
             .reason = reason,
             .step = desk_.model.step,
             .value = desk_.model.value};
  if (state == State::kComplete) STERLET_PASS(settle_watched(desk_));
  study::Outcome outcome{.state = state, .values = desk_.model.attempt.final_values, .reason = reason};
  if (outcome.values.size() != desk_.study.spec().objectives.size()) outcome.values.clear();
  if (state == State::kComplete && outcome.values.empty()) outcome.instead = instead_of_metrics();
  STERLET_PASS(desk_.study.tell(id.trial, id.attempt, outcome));
  const auto& record = desk_.study.records()[static_cast<std::size_t>(id.trial)];
  if (record.state == State::kFailed) {
    progress_.ending->finished = false;
    progress_.ending->failed = true;
    progress_.ending->reason = record.reason;
  }
  STERLET_PASS(desk_.model.set_paused(false));
  if (in_flight_.is_kind(kStopKind)) {
    STERLET_PASS(
        in_flight_.finish({.sentence = state == State::kComplete
                                           ? fmt::format("trial {} has finished", id.trial)
                                           : fmt::format("trial {} stopped at step {}; sterlet babysit goes on with it",
                                                         id.trial, desk_.model.step)}));
  }
  if (state != State::kComplete) return {};
  STERLET_TRY(const auto commands, inbox_.pending());
  for (const storage::CommandRecord& command : commands) {
    const base::Error error{.code = ErrorCode::kConflict,
                            .where = {},
                            .what = fmt::format("the model (trial {}) has just finished", id.trial),
                            .next = "nothing was changed"};
    desk_.outbox.say(fmt::format("{} of {} was refused: {}", command.kind, command.who, error.message()));
    STERLET_PASS(inbox_.refuse(command, error));
  }
  return {};
}

}  // namespace sterlet::babysit
