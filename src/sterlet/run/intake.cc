#include "sterlet/run/intake.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/run/cures.h"
#include "sterlet/run/explain.h"

namespace sterlet::run {

using base::Result;
using exec::AttemptId;
using exec::Event;

// The course of an attempt as this turn leaves it.
Course& Intake::course_of(const AttemptId& id, Turn& turn) const {
  return turn.courses.try_emplace(id, running_.at(id).course).first->second;
}

Result<void> Intake::find_robbed(Turn& turn) const {
  for (const auto& [id, running] : running_) {
    if (running.course.is_robbed() || study_.is_held(id.trial, id.attempt)) continue;
    course_of(id, turn).take_robbed();
    turn.sayings.push_back(fmt::format(
        "trial {}: another process has taken it, as this one seemed dead to it; it is ended here", id.trial));
  }
  return {};
}

Result<void> Intake::take(const Event& event, Turn& turn) {
  if (!running_.contains(event.id)) return {};
  Course& course = course_of(event.id, turn);
  if (course.is_robbed()) {
    if (const auto* report = std::get_if<Event::Report>(&event.what); report != nullptr && report->ack) {
      turn.answers.push_back({.id = event.id, .ack = *report->ack, .prune = true});
    }
    if (std::holds_alternative<Event::Exited>(event.what)) turn.exited.push_back(event.id);
    return {};
  }
  if (const auto* report = std::get_if<Event::Report>(&event.what)) {
    STERLET_TRY(const auto decision, study_.report(event.id.trial, event.id.attempt, report->step, report->metrics));
    course.take_report(report->step, decision, clock_.steady_ms());
    course.take_metrics(report->metrics);
    const std::optional<double> value = objective_of(report->metrics);
    if (value) course.take_objective({.step = report->step, .value = *value});
    turn.reported.push_back({.trial = event.id.trial, .step = report->step, .value = value});
    if (report->ack) {
      turn.answers.push_back({.id = event.id, .ack = *report->ack, .prune = decision.prune && !decision.pause});
    }
  } else if (const auto* value = std::get_if<Event::Value>(&event.what)) {
    course.take_value(value->values);
  } else if (const auto* checkpoint = std::get_if<Event::Checkpoint>(&event.what)) {
    return study_.checkpoint(event.id.trial, event.id.attempt, checkpoint->path, checkpoint->step);
  } else if (const auto* applied = std::get_if<Event::Applied>(&event.what)) {
    course.take_applied(applied->step);
  } else if (const auto* refused = std::get_if<Event::Refused>(&event.what)) {
    course.take_refused(*refused);
  } else if (const auto* failed = std::get_if<Event::Failed>(&event.what)) {
    course.take_failed(failed->reason);
  } else if (const auto* read = std::get_if<Event::Read>(&event.what)) {
    course.take_read(read->params);
  } else if (const auto* noted = std::get_if<Event::Noted>(&event.what)) {
    turn.notes.emplace_back(event.id.trial, *noted);
  } else if (const auto* exited = std::get_if<Event::Exited>(&event.what)) {
    return take_exited(event.id, *exited, turn);
  }
  return {};
}

Result<void> Intake::take_exited(const AttemptId& id, const Event::Exited& exited, Turn& turn) {
  Course& course = course_of(id, turn);
  turn.exited.push_back(id);
  study::Outcome outcome = outcome_of(course, exited);
  turn.has_unstarted = turn.has_unstarted || outcome.is_unstarted;
  if (course.is_out_of_time() && outcome.state == storage::State::kLost) outcome.reason += left_text(id.trial, course);
  STERLET_PASS(study_.tell(id.trial, id.attempt, std::move(outcome)));
  const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(id.trial)];
  for (const std::int64_t command : course.commands()) {
    STERLET_PASS(mail_.answer(command, fmt::format("trial {} has ended: {}, {}", record.number,
                                                   storage::text_of(record.state), record.reason)));
  }
  return {};
}

study::Outcome Intake::outcome_of(const Course& course, const Event::Exited& exited) const {
  const auto& objectives = study_.spec().objectives;
  study::Outcome outcome = course.outcome(exited, objectives.size());
  if (outcome.state == storage::State::kFailed && !outcome.is_unstarted) {
    outcome.reason = with_advice(std::move(outcome.reason), exited, study_.spec().folder);
    if (course.came() && exited.cause == exec::Cause::kError && exited.traces.stderr_last.empty()) {
      outcome.reason +=
          fmt::format("; its {} of {} does not count, as it failed: where all is well it ends with exit code 0",
                      objectives.front().metric, base::figure_text(course.came()->value));
    }
  }
  if (outcome.state != storage::State::kComplete || !outcome.values.empty()) return outcome;
  for (const studyfile::Objective& objective : objectives) {
    const auto& told = course.metrics();
    const bool is_told = std::find(told.begin(), told.end(), objective.metric) != told.end();
    outcome.instead.push_back(is_told ? std::string()
                                      : explain_missing(study_.spec().metrics, objective.metric, told, exited.traces));
  }
  return outcome;
}

// What the last report and the last checkpoint of a trial say that was stopped for want of time.
std::string Intake::left_text(std::int64_t trial, const Course& course) const {
  const std::string& metric = study_.spec().objectives.front().metric;
  std::string text = course.came() ? fmt::format("; {} was {} at step {}", metric,
                                                 base::figure_text(course.came()->value), course.came()->step)
                                   : fmt::format("; it had not reported {} yet", metric);
  const bool has_checkpoint = !study_.records()[static_cast<std::size_t>(trial)].checkpoint.empty();
  return text + (has_checkpoint ? ", and its checkpoint is kept" : ", and it left no checkpoint");
}

std::optional<double> Intake::objective_of(const std::vector<std::pair<std::string, double>>& metrics) const {
  const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const auto& metric) {
    return metric.first == study_.spec().objectives.front().metric;
  });
  if (found == metrics.end()) return std::nullopt;
  return found->second;
}

Result<void> Intake::take_mail(Turn& turn) const {
  STERLET_TRY(const auto commands, mail_.pending());
  for (const storage::CommandRecord& command : commands) {
    const auto running = std::find_if(running_.begin(), running_.end(), [&](const auto& each) {
      return each.first.trial == command.trial && !each.second.course.is_robbed();
    });
    if (running == running_.end()) continue;
    const AttemptId id = running->first;
    if (std::count(turn.exited.begin(), turn.exited.end(), id) > 0) continue;  // It is answered with its end.
    const auto& known = running->second.course.commands();
    if (std::count(known.begin(), known.end(), command.id) > 0) continue;
    if (command.kind == study::kHoldKind) {
      const bool is_held = !running->second.is_held;
      turn.holds[id] = is_held;
      STERLET_PASS(mail_.answer(command.id, is_held ? fmt::format("trial {} is held where it is", id.trial)
                                                    : fmt::format("trial {} goes on", id.trial)));
    } else if (command.kind == study::kPruneKind || command.kind == study::kStopKind) {
      const bool is_prune = command.kind == study::kPruneKind;
      course_of(id, turn).take_wish(is_prune ? Course::Wish::kPrune : Course::Wish::kCancel, command.id,
                                    study::stop_reason(command));
      if (running->second.is_held) turn.holds[id] = false;  // So that it hears of it.
    }
  }
  return {};
}

Result<void> Intake::look_around(const storage::SessionRecord& session, const std::vector<std::string>& cleaned,
                                 Turn& turn) {
  turn.has_looked_around = true;
  STERLET_PASS(study_.sessions().beat(session));
  STERLET_PASS(study_.sessions().end(cleaned));
  std::set<std::string> undecided;
  STERLET_TRY(turn.lost_sessions, study_.sessions().collect_lost([&](const storage::SessionRecord& other) {
    const study::Liveness liveness = watch_.look(other);
    if (liveness == study::Liveness::kUnknown) undecided.insert(other.id);
    return liveness != study::Liveness::kGone;
  }));
  if (undecided.empty()) return {};
  const auto& records = study_.records();
  turn.has_undecided = std::any_of(records.begin(), records.end(), [&](const storage::TrialRecord& record) {
    return record.state == storage::State::kRunning && undecided.contains(study_.session_of(record.number));
  });
  return {};
}

}  // namespace sterlet::run
