#include "sterlet/babysit/listener.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/actions/probe.h"
#include "sterlet/babysit/actions/roll_back.h"
#include "sterlet/babysit/actions/set.h"
#include "sterlet/babysit/actions/stop.h"
#include "sterlet/babysit/verdicts.h"
#include "sterlet/babysit/windows.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;
using exec::Event;
using storage::ChangeKind;
using storage::ChangeState;

namespace {

constexpr std::size_t kNamesMax = 32;
constexpr std::int64_t kProbeReports = 3;  // So far back a program is sent at first: further than it may miscount.
constexpr std::int64_t kProbeReportMs = 10'000;

}  // namespace

Result<void> Listener::take(Heard heard) {
  auto* report = std::get_if<Event::Report>(&heard.event.what);
  const auto* told = std::get_if<Event::Checkpoint>(&heard.event.what);
  const bool is_muted = desk_.model.attempt.is_muted;
  const bool is_held_back = (report != nullptr || told != nullptr) && in_flight_.awaits_answer();
  if ((is_muted || is_held_back) && report != nullptr && report->ack) {
    // A program that waits for its report's answer must get it, or it will never read on.
    desk_.outbox.acknowledge(*std::exchange(report->ack, std::nullopt));
  }
  if (is_muted && !std::holds_alternative<Event::Exited>(heard.event.what)) return {};
  if (is_held_back) return in_flight_.hold_back(std::move(heard));
  if (report != nullptr) return take_report(*report);
  if (told != nullptr) return heard.checksum ? take_checkpoint(*told, *heard.checksum) : Result<void>();
  const auto& what = heard.event.what;
  if (const auto* hello = std::get_if<Event::Hello>(&what)) return take_hello(*hello);
  if (const auto* applied = std::get_if<Event::Applied>(&what)) return take_applied(*applied);
  if (const auto* restored = std::get_if<Event::Restored>(&what)) return take_restored(*restored);
  if (const auto* refused = std::get_if<Event::Refused>(&what)) return take_refused(*refused);
  if (const auto* exited = std::get_if<Event::Exited>(&what)) return take_exit(*exited);
  if (const auto* value = std::get_if<Event::Value>(&what)) desk_.model.attempt.final_values = value->values;
  if (const auto* noted = std::get_if<Event::Noted>(&what)) desk_.outbox.say(noted->sentence);
  if (const auto* failed = std::get_if<Event::Failed>(&what)) desk_.model.attempt.failure = failed->reason;
  return {};
}

Result<void> Listener::take_all(const std::vector<Heard>& all) {
  for (const Heard& heard : all) {
    if (const auto* report = std::get_if<Event::Report>(&heard.event.what)) STERLET_PASS(take_report(*report));
    if (const auto* told = std::get_if<Event::Checkpoint>(&heard.event.what); told != nullptr && heard.checksum) {
      STERLET_PASS(take_checkpoint(*told, *heard.checksum));
    }
  }
  return {};
}

Result<void> Listener::take_hello(const Event::Hello& hello) {
  const bool is_first = !desk_.model.attempt.hello;
  STERLET_PASS(desk_.model.take_hello(hello));
  inbox_.look_again();
  if (!is_first) return {};
  // A program may have taken its hyperparameters from the checkpoint; those of the branch count.
  const Json touched = touched_params(desk_.model.tree(), desk_.model.active());
  if (desk_.model.attempt.is_resumed && hello.live && !touched.empty()) desk_.outbox.send_set(touched, false);
  // The guard must always have somewhere to go back to, and the range test somewhere to begin.
  const bool is_watched = desk_.options.guard || desk_.options.autopilot != Autopilot::kOff;
  if (is_watched && hello.restores && !desk_.model.attempt.is_resumed) desk_.outbox.ask_checkpoint();
  return {};
}

Result<void> Listener::take_report(const Event::Report& report) {
  STERLET_TRY(const bool is_lost, went_on_instead(report));
  if (is_lost) {
    if (report.ack) desk_.outbox.acknowledge(*report.ack);
    return {};
  }
  STERLET_PASS(date_change(report.step));
  look_at_order(report.step);
  STERLET_PASS(desk_.model.add_report(report));
  note_metrics(report);
  progress_.restarts = 0;
  Attempt& attempt = desk_.model.attempt;
  if (attempt.probe == Attempt::Probe::kBack) attempt.probe = Attempt::Probe::kOver;
  if (!attempt.hello) inbox_.look_again();
  if (report.ack) desk_.outbox.acknowledge(*report.ack);
  return look_at_report();
}

// A program that reads its messages before it trains a step, and answers them with that step's number, tells its state
// one step ahead: what it calls the checkpoint of step 40 is that of step 39, and a change "after step 40" made step 40
// already. It is told so at its first checkpoint that was asked for, long before somebody relies on the number. One that
// trains, answers and then reports is told so too, for nobody else can tell the two apart.
void Listener::look_at_order(std::int64_t report_step) {
  Attempt& attempt = desk_.model.attempt;
  const auto answered = std::exchange(attempt.answered_step, std::nullopt);
  if (answered != report_step || std::exchange(attempt.is_order_told, true)) return;
  desk_.outbox.say(fmt::format(
      "note: the program told its state after step {0} before it reported step {0}, so going back and changes "
      "may be a step off; let it read its messages after the report of a step, as the loop of trial.steps() "
      "does (docs/babysit.md)",
      report_step));
}

// The same program's change: the report of the step from which it says to apply it comes after it, so that the change
// made this step. Dated to the report before, the guard finds it to blame for what it did there.
Result<void> Listener::date_change(std::int64_t report_step) {
  Model& model = desk_.model;
  const storage::InterventionRecord* start = model.start();
  const bool is_first = model.reported().own_curve().empty();
  if (start == nullptr || start->kind != ChangeKind::kSet || start->step != report_step || !is_first) return {};
  const auto& watched = model.reported().watched();
  const auto curve = watched.find(model.metric());
  const bool has_before = curve != watched.end() && !curve->second.empty();
  model.attempt.answered_step = report_step;
  for (storage::InterventionRecord& made : model.changes()) {
    if (made.id != start->id) continue;
    made.step =
        has_before ? std::min(curve->second.back().first, report_step - 1) : std::max<std::int64_t>(0, report_step - 1);
    return model.put(made, made.state);
  }
  return {};
}

// Nothing where it has not reported twice yet: nobody knows then which step it should report next.
std::optional<Attempt::WayBack> Listener::way_to(std::int64_t step) const {
  const Model& model = desk_.model;
  const auto& watched = model.reported().watched();
  const auto curve = watched.find(model.metric());
  if (curve == watched.end() || curve->second.size() < 2) return std::nullopt;
  const auto& checkpoints = model.tree().checkpoints;
  return Attempt::WayBack{.from = model.step,
                          .to = step,
                          .last = step,
                          .steps_a_report = model.reported().steps_a_report(),
                          .checkpoint = checkpoints.empty() ? 0 : checkpoints.back().id};
}

// Whether a program that said it went back goes on where it was: a loop over a range of steps, say, that loads the old
// weights and counts on. What it trains then belongs to no branch; it is started again from the checkpoint, which puts
// right what it did not. What it has saved since is of steps that no branch has.
Result<bool> Listener::went_on_instead(const Event::Report& report) {
  Attempt& attempt = desk_.model.attempt;
  if (!attempt.way_back) return false;
  const Attempt::WayBack way = *attempt.way_back;
  if (report.step <= way.from || report.step - way.last <= 2 * way.steps_a_report) {
    attempt.way_back->last = report.step;
    if (report.step > way.from) attempt.way_back.reset();
    return false;
  }
  attempt.way_back.reset();
  // A step may be done right before a range of steps goes on where it was.
  const std::string where = way.last == way.to ? std::string("next") : fmt::format("after step {}", way.last);
  desk_.outbox.say(fmt::format(
      "the program said that it went back to step {}, but reported step {} {}, so it is started again from "
      "the checkpoint; its loop must go on from the step that it goes back to, as that of trial.steps() does "
      "(docs/babysit.md)",
      way.to, report.step, where));
  const std::vector<storage::CheckpointRecord> all = desk_.model.tree().checkpoints;
  for (const storage::CheckpointRecord& saved : all) {
    const bool is_since = saved.id > way.checkpoint && saved.state == storage::CheckpointState::kKept;
    if (is_since) STERLET_PASS(desk_.model.set_checkpoint_state(saved.id, storage::CheckpointState::kDeleted));
  }
  attempt.is_muted = true;
  desk_.outbox.kill();
  return true;
}

bool Listener::is_free() const {
  return in_flight_.is_empty() && inbox_.own().empty() && !progress_.ending && desk_.model.attempt.obeys();
}

void Listener::wish(const Wish& wish) {
  inbox_.post(wish);
  if (!wish.holds) return;
  desk_.executor.hold(desk_.model.attempt.id, true);
  progress_.is_held = true;
}

// For the end, where the objective may never have come.
void Listener::note_metrics(const Event::Report& report) {
  std::vector<std::string>& known = desk_.model.attempt.metrics;
  for (const auto& [metric, value] : report.metrics) {
    if (known.size() < kNamesMax && std::count(known.begin(), known.end(), metric) == 0) known.push_back(metric);
  }
}

// A program with a loop of its own may say that it goes back, and count on where it was. It is sent back once, to its
// first checkpoint a few reports later, before somebody relies on it: what is lost are these reports. The answer and the
// next report tell (went_on_instead). Where reports take long, the first way back must show it.
void Listener::try_way_back() {
  Attempt& attempt = desk_.model.attempt;
  if (attempt.probe == Attempt::Probe::kOver || attempt.probe == Attempt::Probe::kBack || !attempt.obeys()) return;
  const std::int64_t now_ms = desk_.clock.steady_ms();
  const auto reports = static_cast<std::int64_t>(desk_.model.reported().own_curve().size());
  if (attempt.reported_ms == 0) attempt.reported_ms = now_ms;
  if (attempt.is_resumed || attempt.hello->loop || now_ms - attempt.reported_ms > kProbeReportMs * (reports + 1)) {
    attempt.probe = Attempt::Probe::kOver;
  } else if (attempt.probe == Attempt::Probe::kNone) {
    attempt.probe = Attempt::Probe::kAsked;
    if (!desk_.outbox.has_asked_checkpoint()) desk_.outbox.ask_checkpoint();
  } else if (attempt.probe == Attempt::Probe::kReady && is_free()) {
    if (reports < kProbeReports) return;  // Nobody knows yet which step comes after which.
    const storage::CheckpointRecord* point = find_checkpoint(desk_.model.tree(), attempt.probed);
    const std::int64_t ahead = point == nullptr ? 0 : desk_.model.step - point->step;
    if (point != nullptr && ahead < kProbeReports * desk_.model.reported().steps_a_report()) return;
    attempt.probe = Attempt::Probe::kOver;
    if (point != nullptr) wish({.kind = std::string(kProbeKind), .body = {{"checkpoint", attempt.probed}}});
  }
}

// What the guard, whoever judges a change, and the autopilot say to a report: the first who wishes something is heard.
Result<void> Listener::look_at_report() {
  try_way_back();
  if (is_free()) {
    if (const auto wished = desk_.guard.look()) wish(*wished);
  }
  STERLET_PASS(judge_watched());
  if (!is_free()) return {};
  STERLET_TRY(const auto wishes, desk_.pilot.look());
  for (const Wish& wished : wishes) wish(wished);
  return {};
}

// The change that started the active branch, once its window is full.
Result<void> Listener::judge_watched() {
  const storage::InterventionRecord* start = desk_.model.start();
  if (start == nullptr || start->state != ChangeState::kWatching || start->kind == ChangeKind::kTry) return {};
  const Reported& reported = desk_.model.reported();
  const auto count = static_cast<std::int64_t>(reported.own_curve().size());
  if (count < window_reports(desk_.options, reported, start->step)) return {};
  if (!desk_.options.control || !start->checkpoint || !desk_.model.attempt.obeys()) return settle_watched(desk_);
  if (is_free()) wish({.kind = "control"});
  return {};
}

Result<void> Listener::take_checkpoint(const Event::Checkpoint& told, const Result<base::FileChecksum>& checksum) {
  if (!checksum) {
    desk_.outbox.say(
        fmt::format("the checkpoint of step {} does not count: {}", told.step, checksum.error().message()));
    return in_flight_.takes_checkpoint() ? in_flight_.on_checkpoint_refused(checksum.error().message())
                                         : Result<void>();
  }
  STERLET_PASS(desk_.model.add_checkpoint(
      {.step = told.step, .path = told.path, .bytes = checksum->bytes, .checksum = checksum->text}));
  const std::int64_t id = desk_.model.tree().checkpoints.back().id;
  if (is_start_mark(desk_.model.tree(), id)) desk_.pilot.set_mark(id);
  if (desk_.model.attempt.probe == Attempt::Probe::kAsked) {
    desk_.model.attempt.probe = Attempt::Probe::kReady;
    desk_.model.attempt.probed = id;
  }
  progress_.checkpoint_ms = desk_.clock.steady_ms();
  if (desk_.outbox.take_asked_checkpoint()) desk_.model.attempt.answered_step = told.step;
  if (in_flight_.takes_checkpoint()) STERLET_PASS(in_flight_.on_checkpoint(id));
  // What the guard goes back to is chosen when that begins; a program may tell of many checkpoints until then.
  if (inbox_.has_own(kRollBackKind)) return {};
  return desk_.checkpoints.clear_old(desk_.model, desk_.outbox,
                                     {desk_.pilot.mark(), in_flight_.plan().before, in_flight_.plan().target});
}

Result<void> Listener::take_applied(const Event::Applied& applied) {
  const auto answered = desk_.outbox.take_answered(applied.set);
  if (!answered || !answered->is_action || !in_flight_.is_kind(kSetKind)) return {};
  STERLET_PASS(take_all(in_flight_.take_held_before(applied.step)));
  STERLET_PASS(in_flight_.on_applied(applied.step));
  return take_all(in_flight_.take_held());
}

Result<void> Listener::take_restored(const Event::Restored& restored) {
  const auto& id = in_flight_.plan().target;
  if (!id) return take_skipped(restored);
  const storage::CheckpointRecord* target = find_checkpoint(desk_.model.tree(), *id);
  if (target == nullptr || target->path != restored.path) return {};
  const std::int64_t step = target->step;  // What was held back may bring more checkpoints, and move them.
  STERLET_PASS(take_all(in_flight_.take_held_before(std::nullopt)));
  desk_.model.attempt.way_back = way_to(step);
  desk_.model.attempt.answered_step.reset();
  STERLET_PASS(in_flight_.on_restored(restored.skipped_steps));
  return take_all(in_flight_.take_held());
}

// Unasked: a program that was started from a checkpoint says what data it leaves out after it.
Result<void> Listener::take_skipped(const Event::Restored& restored) {
  Model& model = desk_.model;
  const storage::InterventionRecord* start = model.start();
  if (!model.attempt.is_resumed || start == nullptr || start->kind != ChangeKind::kRollBack) return {};
  if (restored.skipped_steps == 0 || model.attempt.has_reported) return {};
  for (storage::InterventionRecord& made : model.changes()) {
    if (made.id != start->id) continue;
    made.outcome = left_out_text(restored.skipped_steps, restored.skipped_steps);
    desk_.outbox.say(made.outcome);
    return model.put(made, made.state);
  }
  return {};
}

Result<void> Listener::take_refused(const Event::Refused& refused) {
  if (refused.kind == "checkpoint") {
    desk_.outbox.take_asked_checkpoint();
    if (in_flight_.takes_checkpoint()) return in_flight_.on_checkpoint_refused(refused.reason);
    desk_.outbox.say(fmt::format("the program could not write a checkpoint: {}", refused.reason));
    return {};
  }
  if (refused.kind == "set") {
    const auto answered = desk_.outbox.take_answered(refused.set);
    if (!answered) return {};
    if (!answered->is_action) {
      // It runs with other values than its branch has: the one way to be sure is to start it again.
      desk_.outbox.say(fmt::format("the program refused its own hyperparameters ({})", refused.reason));
      desk_.model.attempt.is_muted = true;
      desk_.outbox.kill();
      return {};
    }
  }
  if (in_flight_.is_empty()) return {};
  STERLET_PASS(take_all(in_flight_.take_held()));  // It trains what it trained before.
  return in_flight_.on_refused(refused.reason);
}

Result<void> Listener::take_exit(const Event::Exited& exited) {
  Attempt& attempt = desk_.model.attempt;
  attempt.hello.reset();
  Leaving leaving{.exited = exited,
                  .is_end_of_its_own = exited.cause == exec::Cause::kFinished && attempt.failure.empty(),
                  .was_told = progress_.signals > 1 || in_flight_.is_kind(kStopKind)};
  const auto held = in_flight_.take_held();
  if (leaving.is_end_of_its_own && !leaving.was_told && !attempt.is_muted) {
    // It came to its end before it read what it was sent, so that all it told is of the branch before.
    STERLET_PASS(take_all(held));
  } else {
    // Whether what it told is of the branch before or after, it did not live to say.
    for (const Heard& heard : held) {
      const auto* told = std::get_if<Event::Checkpoint>(&heard.event.what);
      if (told != nullptr) desk_.checkpoints.discard(desk_.model.tree(), told->path, desk_.outbox);
    }
  }
  STERLET_TRY(leaving.is_stopping, in_flight_.on_exit(progress_.signals > 0));
  STERLET_PASS(desk_.model.set_paused(false));
  progress_.leaving = std::move(leaving);
  return {};
}

}  // namespace sterlet::babysit
