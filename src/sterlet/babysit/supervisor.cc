#include "sterlet/babysit/supervisor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/actions/undo.h"
#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/best_watch.h"
#include "sterlet/babysit/endings.h"
#include "sterlet/babysit/incoming.h"
#include "sterlet/babysit/launcher.h"
#include "sterlet/babysit/listener.h"
#include "sterlet/babysit/opening.h"
#include "sterlet/babysit/status.h"
#include "sterlet/babysit/verdicts.h"
#include "sterlet/context/log/contexts.h"
#include "sterlet/run/interruptions.h"
#include "sterlet/run/notifier.h"
#include "sterlet/study/sessions.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;
using base::Result;
using exec::Event;
using storage::State;

namespace {

constexpr std::int64_t kTickMs = 500;
constexpr std::int64_t kPollMs = 20;  // Where nothing wakes us.
constexpr std::int64_t kGroupMs = 50;
constexpr std::int64_t kBeatMs = 5000;
// While another program holds the storage locked: how long one try waits for it, and when a person is told.
constexpr std::int64_t kLockPatienceMs = 1000;
constexpr std::int64_t kLockTellMs = 5000;
constexpr std::int64_t kLookMs = 1000;  // Between two looks at another process.

/// The loop: what happened since the last turn is one transaction, and only after its commit is the program spoken to
/// and the display told. So whatever is killed when, nothing was said that is not stored. The parts return wishes and
/// answers; this class alone begins transactions, and launches. One thread; checkpoints are read by another.
class Supervisor final {
 public:
  Supervisor(study::Study& study, storage::Storage& storage, exec::Executor& executor, const base::Clock& clock,
             Observer& observer, const Start& start, const Options& options)
      : parts_(study, storage, executor, clock, options),
        desk_(parts_.desk),
        observer_(observer),
        start_(start),
        incoming_(clock, parts_.model, parts_.checkpoints, parts_.outbox),
        listener_(parts_, progress_),
        endings_(parts_, progress_),
        launcher_(desk_),
        notifier_(study, executor, options.trials_folder),
        best_watch_(parts_.model.minimizes()),
        contexts_(study, options.context),
        interruptions_(options.signal_fd),
        watch_(clock) {}

  Result<Ending> run();

 private:
  struct Times {
    std::int64_t beat_ms = 0;               ///< Of the last beat.
    std::int64_t quiet_ms = 0;              ///< Until then reports are gathered.
    std::optional<std::int64_t> locked_ms;  ///< Since then another program holds the storage.
    bool is_lock_told = false;
    std::optional<std::int64_t> undecided_ms;  ///< Since then a wish of our own waits to be begun.
  };

  Result<void> watch_unseen();
  Result<void> open();
  Result<void> raise();
  Result<void> know_best();
  void notify_of_best(const std::optional<BestWatch::Best>& best);
  void notify_of_end(const Result<void>& raised);
  void say(const std::optional<std::string>& sentence);
  Result<void> undo_before_start();
  Result<void> gather();
  void read_signals();
  Result<void> turn();
  Result<std::optional<study::Ledger::Transaction>> begin_turn(std::int64_t now);
  Result<void> within_transaction();
  Result<void> launch();
  Result<void> write_last_context();
  void speak();

  Parts parts_;
  Desk& desk_;
  Observer& observer_;
  const Start& start_;
  Progress progress_;
  Incoming incoming_;
  Listener listener_;
  Endings endings_;
  Launcher launcher_;
  run::Notifier notifier_;
  BestWatch best_watch_;
  context::ContextLog contexts_;
  Times times_;
  run::Interruptions interruptions_;
  study::SessionWatch watch_;
};

Result<Ending> Supervisor::run() {
  STERLET_PASS(watch_unseen());
  STERLET_PASS(open());
  desk_.study.set_lock_patience(kLockPatienceMs);
  const auto raised = raise();
  notify_of_end(raised);
  desk_.study.set_lock_patience(std::nullopt);
  STERLET_PASS(raised);
  contexts_.finish(progress_.signals > 0);
  STERLET_PASS(write_last_context());
  progress_.ending->last_signal = interruptions_.last_signal();
  return *progress_.ending;
}

Result<void> Supervisor::raise() {
  while (true) {
    STERLET_PASS(turn());
    if (progress_.ending) return {};
    STERLET_PASS(gather());
  }
}

void Supervisor::say(const std::optional<std::string>& sentence) {
  if (sentence) observer_.said(*sentence);
}

// Of the branches that were trained before this process began.
Result<void> Supervisor::know_best() {
  for (const storage::BranchRecord& branch : desk_.model.tree().branches) {
    STERLET_TRY(const Curve curve, desk_.model.curve(branch.number));
    best_watch_.know(curve);
  }
  return {};
}

void Supervisor::notify_of_best(const std::optional<BestWatch::Best>& best) {
  if (!best) return;
  say(notifier_.improved(
      {.trial = desk_.model.trial(), .step = best->step, .value = best->value, .params = desk_.model.params()}));
}

// The notices are waited for, as long as they may take, but not by who interrupts twice.
void Supervisor::notify_of_end(const Result<void>& raised) {
  const auto& ending = progress_.ending;
  std::string reason = raised ? std::string("its training is finished") : raised.error().message();
  if (ending && !ending->reason.empty()) reason = ending->failed ? "it failed: " + ending->reason : ending->reason;
  notify_of_best(best_watch_.rest());
  if (ending && ending->failed) say(notifier_.failed(ending->trial, ending->reason));
  say(notifier_.run_ended(reason));
  const auto limit_ms =
      desk_.clock.steady_ms() + static_cast<std::int64_t>(run::Notifier::kSecondsMax * 1000) + kTickMs;
  while (notifier_.running() > 0 && desk_.clock.steady_ms() < limit_ms && progress_.signals < 2) {
    for (const Event& event : desk_.executor.wait(kTickMs, interruptions_.descriptors())) {
      if (run::Notifier::owns(event.id)) say(notifier_.take(event));
    }
    while (interruptions_.read_one()) progress_.signals = interruptions_.count();
    observer_.tick();
  }
}

// A process that raises a model but cannot be seen from here may be dead. It is watched until that is clear, at most as
// long as the watch's grace, and outside any transaction.
Result<void> Supervisor::watch_unseen() {
  if (start_.fresh && start_.beside) return {};
  for (bool is_first = true;; is_first = false) {
    STERLET_PASS(desk_.study.refresh());
    STERLET_TRY(const auto unclear, find_unclear_model(desk_.study, desk_.storage, desk_.options.session.id, watch_));
    if (!unclear) return {};
    if (is_first) {
      observer_.said(fmt::format(
          "trial {} is raised by a process that cannot be seen from here (another container, machine or user); waiting "
          "up to {} s for a sign of life",
          *unclear, study::SessionWatch::kGraceMs / 1000));
    }
    desk_.executor.wait(kLookMs, interruptions_.descriptors());
    observer_.tick();
    if (interruptions_.read_one()) {
      return base::fail(ErrorCode::kInterrupted, "interrupted before the model was taken over; nothing was changed");
    }
  }
}

Result<void> Supervisor::open() {
  STERLET_TRY(auto transaction, desk_.study.begin());
  STERLET_PASS(desk_.study.sessions().beat(desk_.options.session));
  times_.beat_ms = desk_.clock.steady_ms();
  STERLET_TRY(progress_.to_launch, open_model(desk_.study, desk_.storage, desk_.executor, desk_.clock, watch_, start_,
                                              desk_.options.session.id, desk_.model));
  desk_.model.attempt.id = {.trial = progress_.to_launch->number, .attempt = progress_.to_launch->attempt};
  desk_.checkpoints.set_trial(desk_.model.trial());
  parts_.inbox.set_trial(desk_.model.trial());
  STERLET_PASS(undo_before_start());
  STERLET_PASS(know_best());
  STERLET_PASS(transaction.commit());
  speak();
  return {};
}

// What was to be undone while nobody raised the model is undone before its program starts, which might otherwise fail
// again before it hears of it.
Result<void> Supervisor::undo_before_start() {
  STERLET_TRY(const auto commands, parts_.inbox.pending());
  for (const storage::CommandRecord& command : commands) {
    const storage::InterventionRecord* start = desk_.model.start();
    if (command.kind != kUndoKind || start == nullptr || !start->checkpoint) return {};
    const Plan plan{.command = command, .body = stored_json(command.body)};
    STERLET_TRY(const std::string what, mark_undone(desk_, desk_.model.active(), plan.note()));
    STERLET_PASS(desk_.model.put());
    const std::string sentence = fmt::format("undone: {}; branch {} goes on", what, branch_name(desk_.model.active()));
    desk_.outbox.say(sentence);
    STERLET_PASS(parts_.inbox.answer(command, sentence, Json::object()));
  }
  return {};
}

// Waits for what there is to do. Reports that nobody waits for are stored in groups: a program that reports at every
// step would else keep the storage locked nearly all the time, and a person could not get a word in.
Result<void> Supervisor::gather() {
  storage::LiveStorage& live = desk_.storage.live();
  while (true) {
    const int wake = live.wake_fd();
    std::vector<int> also;
    for (const int fd : {desk_.options.signal_fd, wake, desk_.checkpoints.fd()}) {
      if (fd >= 0) also.push_back(fd);
    }
    const std::int64_t quiet_ms = std::max<std::int64_t>(0, times_.quiet_ms - desk_.clock.steady_ms());
    const std::int64_t most_ms = wake >= 0 && desk_.checkpoints.fd() >= 0 ? kTickMs : kPollMs;
    const bool is_idle = incoming_.is_empty() || incoming_.is_blocked();
    for (Event& event : desk_.executor.wait(is_idle ? most_ms : std::min(most_ms, quiet_ms), also)) {
      if (run::Notifier::owns(event.id)) {
        say(notifier_.take(event));
      } else {
        incoming_.add(std::move(event));
      }
    }
    read_signals();
    STERLET_TRY(const bool changed, live.changed_elsewhere());
    if (changed) parts_.inbox.look_again();
    observer_.tick();
    const bool is_quiet = incoming_.has_only_reports() && !parts_.inbox.is_due();
    if (!is_quiet || desk_.clock.steady_ms() >= times_.quiet_ms) return {};
  }
}

// The first signal asks, as `sterlet stop` does; who asks twice will not wait, and who asks three times not at all.
void Supervisor::read_signals() {
  while (interruptions_.read_one()) {
    progress_.signals = interruptions_.count();
    const exec::AttemptId& id = desk_.model.attempt.id;
    if (progress_.signals == 1) parts_.inbox.post_stop();
    if (progress_.signals == 2) desk_.executor.end(id, "it was interrupted");
    if (progress_.signals > 2) desk_.executor.kill(id, "it was interrupted");
    if (progress_.signals >= 2) desk_.checkpoints.cancel();
  }
}

// The order: first all that happened is stored, in one transaction; then what is due by the clock is asked for; only then
// is anything said, and at last a program started, which finds the storage as it was promised.
Result<void> Supervisor::turn() {
  const std::int64_t now = desk_.clock.steady_ms();
  if (desk_.checkpoints.take_in() || parts_.in_flight.is_due()) parts_.inbox.look_again();
  incoming_.look();
  const bool is_beat_due = now - times_.beat_ms >= kBeatMs;
  const bool has_news = !incoming_.is_empty() && !incoming_.is_blocked();
  if (has_news || is_beat_due || parts_.inbox.is_due() || progress_.leaving) {
    STERLET_TRY(auto transaction, begin_turn(now));
    if (!transaction) return {};
    STERLET_PASS(within_transaction());
    STERLET_PASS(contexts_.write());
    STERLET_PASS(transaction->commit());
    for (const std::string& sentence : contexts_.was_written()) observer_.said(sentence);
    notify_of_best(best_watch_.look(desk_.model.reported().own_curve(), now));
    const std::int64_t done = desk_.clock.steady_ms();
    // The autopilot pays for each step that is trained before it is heard.
    const bool is_piloted = desk_.options.autopilot == Autopilot::kAuto;
    times_.quiet_ms = is_piloted ? done : done + std::max(kGroupMs, 2 * (done - now));
  }
  const auto checkpoint_age_ms = static_cast<double>(now - progress_.checkpoint_ms);
  const bool is_old = checkpoint_age_ms >= desk_.options.checkpoint_seconds * 1000 && !desk_.model.is_paused();
  if (is_old && desk_.model.attempt.restores() && parts_.in_flight.is_empty()) {
    desk_.outbox.ask_checkpoint();
    progress_.checkpoint_ms = now;
  }
  speak();
  if (progress_.to_launch) STERLET_PASS(launch());
  return {};
}

// Nothing: another program holds the storage, and nothing was done. What was told waits, and the model trains on.
Result<std::optional<study::Ledger::Transaction>> Supervisor::begin_turn(std::int64_t now) {
  using Begun = std::optional<study::Ledger::Transaction>;
  auto begun = desk_.study.begin();
  if (begun) {
    times_.locked_ms.reset();
    times_.is_lock_told = false;
    return Begun(*std::move(begun));
  }
  if (begun.error().code != ErrorCode::kLocked) return base::fail(begun.error());
  if (!times_.locked_ms) times_.locked_ms = now;
  const bool is_long = desk_.clock.steady_ms() - *times_.locked_ms >= kLockTellMs;
  if (is_long && !std::exchange(times_.is_lock_told, true)) {
    observer_.said(
        fmt::format("{}: another program holds it locked; the model trains on, and what it tells is stored later",
                    begun.error().where));
  }
  return Begun();
}

// What was told comes before what is wanted: a command is begun on a model as it is now. An ended program's end comes
// before both that and what was told after it, which is of another attempt.
Result<void> Supervisor::within_transaction() {
  while (!progress_.leaving) {
    std::optional<Heard> heard = incoming_.next();
    if (!heard) break;
    if (heard->event.id == desk_.model.attempt.id) STERLET_PASS(listener_.take(*std::move(heard)));
  }
  if (progress_.leaving) STERLET_PASS(endings_.leave());
  if (desk_.clock.steady_ms() - times_.beat_ms >= kBeatMs) {
    times_.beat_ms = desk_.clock.steady_ms();
    STERLET_PASS(desk_.study.sessions().beat(desk_.options.session));
  }
  if (progress_.ending || progress_.to_launch || progress_.leaving) return {};
  return parts_.in_flight.obey();
}

Result<void> Supervisor::launch() {
  STERLET_TRY(const bool is_launched, launcher_.launch(*progress_.to_launch));
  if (is_launched) {
    contexts_.launched(desk_.model.trial());
    progress_.to_launch.reset();
    progress_.checkpoint_ms = desk_.clock.steady_ms();
    parts_.inbox.look_again();
  } else if (interruptions_.count() > 0) {
    // Its checkpoint is still being read, so that nothing runs that could be asked for another one.
    STERLET_TRY(auto transaction, desk_.study.begin());
    desk_.model.attempt.id = {.trial = progress_.to_launch->number, .attempt = progress_.to_launch->attempt};
    STERLET_PASS(endings_.finish(State::kPaused, fmt::format("stopped at step {}", desk_.model.step)));
    STERLET_PASS(transaction.commit());
  }
  speak();
  return {};
}

// Of a program that was started not long before the end.
Result<void> Supervisor::write_last_context() {
  if (!contexts_.has_come()) return {};
  STERLET_TRY(auto transaction, desk_.study.begin());
  STERLET_PASS(contexts_.write());
  STERLET_PASS(transaction.commit());
  for (const std::string& sentence : contexts_.was_written()) observer_.said(sentence);
  return {};
}

// What is told and done once the transaction is on the disk.
void Supervisor::speak() {
  // A wish that the program is held for may have to wait until a checkpoint is read.
  const bool is_undecided = parts_.in_flight.is_empty() && !parts_.inbox.own().empty() && !progress_.ending;
  if (progress_.is_held && !is_undecided) {
    progress_.is_held = false;
    if (!desk_.model.is_paused()) desk_.outbox.hold(false);
  }
  // What a report led to is told before its answer: a program that waits for the answer makes no step more before it
  // hears of it, so that each run of a model is the same.
  const std::int64_t now = desk_.clock.steady_ms();
  if (!is_undecided) times_.undecided_ms.reset();
  if (is_undecided && !times_.undecided_ms) times_.undecided_ms = now;
  const bool keeps = times_.undecided_ms && now - *times_.undecided_ms < kAnswerPatienceMs;
  desk_.outbox.speak(desk_.executor, desk_.model.attempt.id, desk_.checkpoints.folder(), observer_,
                     keeps ? Answers::kKeep : Answers::kGive);
  if (!desk_.model.tree().branches.empty())
    observer_.stands(status_of(desk_, parts_.in_flight, incoming_.reading_text()));
}

}  // namespace

Result<Ending> supervise(study::Study& study, storage::Storage& storage, exec::Executor& executor,
                         const base::Clock& clock, Observer& observer, const Start& start, const Options& options) {
  return Supervisor(study, storage, executor, clock, observer, start, options).run();
}

}  // namespace sterlet::babysit
