#include "sterlet/run/course.h"

#include <signal.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::run {

using exec::Cause;
using exec::Event;
using storage::State;

namespace {

constexpr std::string_view kOutOfTime = "the budget of time and its grace were over";

}  // namespace

bool is_killed(const Event::Exited& exited) {
  constexpr int kShellSignalBase = 128;  // A shell whose program was killed by signal n ends with 128 + n.
  const int signal = exited.cause == Cause::kSignal ? exited.code : exited.code - kShellSignalBase;
  const bool may_be = exited.cause == Cause::kSignal || exited.cause == Cause::kError;
  return may_be && (signal == SIGKILL || signal == SIGTERM);
}

namespace {

// What a shell, or env, ends with that finds no program (127) or may not run it (126).
bool is_not_started(const Event::Exited& exited) {
  constexpr int kMayNotRun = 126, kNotFound = 127;
  return exited.cause == Cause::kNotStarted ||
         (exited.cause == Cause::kError && (exited.code == kMayNotRun || exited.code == kNotFound));
}

}  // namespace

Course::Course(const std::vector<base::Json>& agenda) {
  for (const base::Json& message : agenda) {
    const auto at = message["at"].get<std::int64_t>();
    if (message.contains("set")) changes_[at] = message["set"];
    if (message.contains("stop")) end_step_ = at;
  }
}

void Course::take_report(std::int64_t step, const pruners::Decision& decision, std::int64_t now_ms) {
  has_told_ = true;
  is_reporting_on_ = stage_ == Stage::kTold && now_ms - told_ms_ > kReportGraceMs;
  if (decision.prune && !is_cancelled_) {
    prune_reason_ = decision.reason;
    is_put_aside_ = decision.pause;
    if (stage_ == Stage::kTraining) stage_ = Stage::kDecided;
  }
  // A program that trains on after its last step has left by now what it should leave, or never will.
  if (end_step_ && step > *end_step_) leave_unwanted();
}

void Course::take_applied(std::int64_t step) {
  const auto change = changes_.begin();
  if (change == changes_.end()) return;
  if (change->first == step) {
    changes_.erase(change);
    return;
  }
  failure_ = fmt::format("its program made the schedule's change of step {} at step {}", change->first, step);
  leave_unwanted();
}

void Course::take_refused(const Event::Refused& refused) {
  if (refused.kind != "set" || changes_.empty()) return;
  failure_ = fmt::format("its program refused the schedule's change to {}: {}", refused.set.dump(), refused.reason);
  leave_unwanted();
}

void Course::take_metrics(const std::vector<std::pair<std::string, double>>& metrics) {
  for (const auto& [metric, value] : metrics) {
    const bool is_known = std::find(metrics_.begin(), metrics_.end(), metric) != metrics_.end();
    if (!is_known && metrics_.size() < kNamesMax) metrics_.push_back(metric);
  }
}

void Course::take_read(const std::vector<std::string>& params) {
  if (!read_) read_.emplace();
  read_->insert(params.begin(), params.end());
}

void Course::take_out_of_time() {
  if (is_out_of_time_ || !prune_reason_.empty()) return;
  is_out_of_time_ = true;
  if (stage_ == Stage::kTraining) stage_ = Stage::kDecided;
}

void Course::take_robbed() {
  is_robbed_ = true;
  leave_unwanted();
}

void Course::take_wish(Wish wish, std::int64_t command, std::string reason) {
  commands_.push_back(command);
  if (!prune_reason_.empty() || is_robbed_) return;
  prune_reason_ = std::move(reason);
  is_cancelled_ = wish == Wish::kCancel;
  if (stage_ == Stage::kTraining) stage_ = Stage::kDecided;
}

void Course::leave_unwanted() {
  if (stage_ != Stage::kEnding) stage_ = Stage::kUnwanted;
}

Course::Due Course::due(std::int64_t now_ms) const {
  switch (stage_) {
    case Stage::kTraining:
    case Stage::kEnding:
      return Due::kNothing;
    case Stage::kDecided:
      return Due::kTell;
    case Stage::kTold:
      return is_reporting_on_ || now_ms - told_ms_ >= kPruneGraceMs ? Due::kEnd : Due::kNothing;
    case Stage::kUnwanted:
      return Due::kEnd;
  }
  return Due::kNothing;
}

void Course::told(bool is_sent, std::int64_t now_ms) {
  told_ms_ = now_ms;
  stage_ = is_sent || is_heard_ ? Stage::kTold : Stage::kUnwanted;
}

std::string Course::end_reason() const {
  if (is_robbed_) return "another process runs this trial now";
  if (is_out_of_time_) return std::string(kOutOfTime);
  return prune_reason_.empty() ? "it went on after its last step" : prune_reason_;
}

study::Outcome Course::outcome(const Event::Exited& exited, std::size_t objective_count) const {
  study::Outcome outcome = decided_outcome(exited, objective_count);
  if (exited.seconds > 0) outcome.seconds = exited.seconds;
  return outcome;
}

study::Outcome Course::decided_outcome(const Event::Exited& exited, std::size_t objective_count) const {
  if (is_cancelled_) return {.state = State::kCancelled, .reason = prune_reason_};
  if (!prune_reason_.empty()) {
    // However it ended, it ended because it was told to; a value it gave is one of a training cut short. One that was
    // killed may not have come to its checkpoint: that must not cost it its place at a rung.
    return {.state = is_put_aside_ && is_killed(exited) ? State::kLost : State::kPruned, .reason = prune_reason_};
  }
  // Whatever it told last, it told of a training that was cut short.
  if (is_out_of_time_) return {.state = State::kLost, .reason = std::string(kOutOfTime)};
  study::Outcome outcome = own_outcome(exited);
  if (outcome.state == State::kComplete && !outcome.values.empty() && outcome.values.size() != objective_count) {
    outcome.state = State::kFailed;
    outcome.reason = fmt::format("it gave {}, but the study has {}", base::count_text(outcome.values.size(), "value"),
                                 base::count_text(objective_count, "objective"));
  }
  if (outcome.state != State::kComplete) outcome.values.clear();
  return outcome;
}

// Of an attempt that nobody pruned.
study::Outcome Course::own_outcome(const Event::Exited& exited) const {
  const bool is_ended_by_us = stage_ == Stage::kEnding && exited.cause == Cause::kStopped;
  switch (is_ended_by_us ? Cause::kFinished : exited.cause) {
    case Cause::kFinished: {
      std::string fault = failure_;
      if (fault.empty() && !changes_.empty()) {
        fault = fmt::format(
            "its program never made the schedule's change of step {}; it takes changes only with a client of this "
            "version (docs/channel.md)",
            changes_.begin()->first);
      }
      if (!fault.empty()) return {.state = State::kFailed, .reason = std::move(fault)};
      return {.state = State::kComplete, .values = values_};
    }
    case Cause::kStopped:
    case Cause::kUnheard:
    case Cause::kNodeLost:
      // Started again, but not for ever: one that we did not stop counts as killed.
      return {.state = State::kLost, .reason = exited.reason, .is_killed = exited.cause != Cause::kStopped};
    case Cause::kError:
    case Cause::kOutOfMemory:
    case Cause::kTimeLimit:
    case Cause::kSignal:
    case Cause::kNotStarted:
      break;
  }
  if (!failure_.empty()) return {.state = State::kFailed, .reason = failure_};
  if (is_killed(exited)) return {.state = State::kLost, .reason = exited.reason, .is_killed = true};
  return {.state = State::kFailed, .reason = exited.reason, .is_unstarted = !has_told_ && is_not_started(exited)};
}

}  // namespace sterlet::run
