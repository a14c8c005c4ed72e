#include "sterlet/babysit/supervisor.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/actions/roll_back.h"
#include "sterlet/babysit/change.h"
#include "sterlet/babysit/in_flight.h"
#include "sterlet/babysit/launcher.h"
#include "sterlet/babysit/opening.h"
#include "sterlet/babysit/status.h"
#include "sterlet/run/interruptions.h"
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
constexpr std::int64_t kReadingNewsMs = 3000;   // A checkpoint that is read for longer is told of.
constexpr std::int64_t kAckPatienceMs = 20000;  // A client gives its channel up after 60 s without an answer.
// While another program holds the storage locked: how long one try waits for it, and when a person is told.
constexpr std::int64_t kLockPatienceMs = 1000;
constexpr std::int64_t kLockTellMs = 5000;
constexpr std::int64_t kLookMs = 1000;  // Between two looks at another process.
constexpr int kRestartsMax = 5;

/// The loop. It owns the parts of a model that is raised and lets them speak to each other: what happened since the last
/// turn is one transaction, and only after its commit is the program spoken to and the display told. The guard and the
/// autopilot wish, and this class alone carries that out. One thread; checkpoints are read by another.
class Supervisor final {
 public:
  Supervisor(study::Study& study, storage::Storage& storage, exec::Executor& executor, const base::Clock& clock,
             Observer& observer, const Start& start, const Options& options)
      : desk_{.study = study,
              .storage = storage,
              .executor = executor,
              .clock = clock,
              .options = options,
              .outbox = outbox_,
              .model = model_,
              .checkpoints = checkpoints_,
              .pilot = pilot_,
              .guard = guard_},
        observer_(observer),
        start_(start),
        model_(study, storage, clock, options, outbox_),
        checkpoints_(options.trials_folder, options.retention),
        guard_(model_, checkpoints_, options),
        pilot_(model_, options),
        inbox_(storage.live(), study.storage_id(), clock),
        in_flight_(desk_, inbox_),
        launcher_(desk_),
        interruptions_(options.signal_fd),
        watch_(clock) {}

  Result<Ending> run();

 private:
  /// An event whose turn has not come: what is told after a checkpoint waits until that is read.
  struct Incoming {
    Event event;
    std::optional<std::uint64_t> ticket;  ///< Of the reading of a checkpoint.
  };
  /// A program that has ended.
  struct Leaving {
    Event::Exited exited;
    bool is_end_of_its_own = false;  ///< With exit code 0 and no reason for a failure.
    bool was_told = false;           ///< To end.
    bool is_stopping = false;        ///< The model is.
  };
  struct Times {
    std::int64_t beat_ms = 0;                ///< Of the last beat.
    std::int64_t checkpoint_ms = 0;          ///< Of the last checkpoint that was told or asked for.
    std::int64_t quiet_ms = 0;               ///< Until then reports are gathered.
    std::optional<std::int64_t> reading_ms;  ///< Since then the next event waits for a checkpoint to be read.
    bool is_reading_told = false;
    std::optional<std::int64_t> locked_ms;  ///< Since then another program holds the storage.
    bool is_lock_told = false;
    std::optional<std::int64_t> undecided_ms;  ///< Since then a wish of our own waits to be begun.
  };

  Result<void> watch_unseen();
  Result<void> open();
  Result<void> undo_before_start();
  Result<void> gather();
  void read_signals();
  Result<void> turn();
  Result<void> within_transaction();
  Result<void> launch();
  void speak();
  void wait_for_reading();

  Result<void> take_incoming();
  Result<void> take(Heard heard);
  Result<void> take_all(const std::vector<Heard>& all);
  Result<void> take_report(const Event::Report& report);
  Result<void> take_checkpoint(const Event::Checkpoint& told, const Result<base::FileChecksum>& checksum);
  Result<void> take_hello(const Event::Hello& hello);
  Result<void> take_applied(const Event::Applied& applied);
  Result<void> take_restored(const Event::Restored& restored);
  Result<void> take_refused(const Event::Refused& refused);
  Result<void> take_exit(const Event::Exited& exited);

  bool is_free() const;
  void wish(const Wish& wish);
  Result<void> look_at_report();
  Result<void> judge_watched();
  Result<void> leave();
  Result<Guard::Found> take_back(const TakenBack& taken);
  Result<void> restart(const std::string& why);
  Result<void> finish(State state, const std::string& reason);

  Desk desk_;
  Observer& observer_;
  const Start& start_;
  Outbox outbox_;
  Model model_;
  Checkpoints checkpoints_;
  Guard guard_;
  Pilot pilot_;
  Inbox inbox_;
  InFlight in_flight_;
  Launcher launcher_;
  std::deque<Incoming> incoming_;
  Times times_;
  std::optional<study::Claim> to_launch_;
  std::optional<Leaving> leaving_;
  std::optional<Ending> ending_;
  int restarts_ = 0;  // Since the last report.
  run::Interruptions interruptions_;
  study::SessionWatch watch_;
  bool is_held_ = false;  // The program stands still until this turn's decision is told.
};

Result<Ending> Supervisor::run() {
  STERLET_PASS(watch_unseen());
  STERLET_PASS(open());
  desk_.study.set_lock_patience(kLockPatienceMs);
  while (true) {
    STERLET_PASS(turn());
    if (ending_) break;
    STERLET_PASS(gather());
  }
  desk_.study.set_lock_patience(std::nullopt);
  storage::SessionRecord session = desk_.options.session;
  session.ended = true;
  // Where another program holds the storage, who looks at this session finds no process of it.
  const auto ended = desk_.study.beat(session);
  if (!ended && ended.error().code != ErrorCode::kLocked) return base::fail(ended.error());
  ending_->last_signal = interruptions_.last_signal();
  return *ending_;
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
  STERLET_PASS(desk_.study.beat(desk_.options.session));
  times_.beat_ms = desk_.clock.steady_ms();
  STERLET_TRY(to_launch_, open_model(desk_.study, desk_.storage, desk_.executor, desk_.clock, watch_, start_,
                                     desk_.options.session.id, model_));
  model_.attempt.id = {.trial = to_launch_->number, .attempt = to_launch_->attempt};
  checkpoints_.set_trial(model_.trial());
  inbox_.set_trial(model_.trial());
  STERLET_PASS(undo_before_start());
  STERLET_PASS(transaction.commit());
  speak();
  return {};
}

// What was to be undone while nobody raised the model is undone before its program starts, which might otherwise fail
// again before it hears of it.
Result<void> Supervisor::undo_before_start() {
  STERLET_TRY(const auto commands, inbox_.pending());
  for (const storage::CommandRecord& command : commands) {
    const storage::InterventionRecord* start = model_.start();
    if (command.kind != "undo" || start == nullptr || !start->checkpoint) return {};
    const Plan plan{.command = command, .body = stored_json(command.body)};
    STERLET_TRY(const std::string what, model_.mark_undone(model_.active(), plan.note()));
    STERLET_PASS(model_.put());
    const std::string sentence = fmt::format("undone: {}; branch {} goes on", what, branch_name(model_.active()));
    outbox_.say(sentence);
    STERLET_PASS(inbox_.answer(command, sentence, Json::object()));
  }
  return {};
}

// Waits for what there is to do. Reports that nobody waits for are stored in groups: a program that reports at every
// step would else keep the storage locked nearly all the time, and a person could not get a word in.
Result<void> Supervisor::gather() {
  storage::LiveStorage& live = desk_.storage.live();
  const auto is_report = [](const Incoming& incoming) {
    const auto* report = std::get_if<Event::Report>(&incoming.event.what);
    return report != nullptr && !report->ack;
  };
  while (true) {
    const int wake = live.wake_fd();
    std::vector<int> also;
    for (const int fd : {desk_.options.signal_fd, wake, checkpoints_.fd()}) {
      if (fd >= 0) also.push_back(fd);
    }
    const std::int64_t quiet_ms = std::max<std::int64_t>(0, times_.quiet_ms - desk_.clock.steady_ms());
    const std::int64_t most_ms = wake >= 0 && checkpoints_.fd() >= 0 ? kTickMs : kPollMs;
    const bool is_blocked = times_.reading_ms.has_value();
    for (Event& event :
         desk_.executor.wait(incoming_.empty() || is_blocked ? most_ms : std::min(most_ms, quiet_ms), also)) {
      const auto* told = std::get_if<Event::Checkpoint>(&event.what);
      const bool counts = told != nullptr && event.id == model_.attempt.id && !model_.attempt.is_muted;
      const auto ticket = counts ? std::optional(checkpoints_.read(told->path)) : std::nullopt;
      incoming_.push_back({.event = std::move(event), .ticket = ticket});
    }
    read_signals();
    STERLET_TRY(const bool changed, live.changed_elsewhere());
    if (changed) inbox_.look_again();
    observer_.tick();
    const bool only_reports = !incoming_.empty() && std::all_of(incoming_.begin(), incoming_.end(), is_report);
    if (!only_reports || inbox_.is_due() || desk_.clock.steady_ms() >= times_.quiet_ms) return {};
  }
}

void Supervisor::read_signals() {
  while (interruptions_.read_one()) {
    const int times = interruptions_.count();
    if (times == 1) inbox_.post_stop();
    if (times == 2) desk_.executor.end(model_.attempt.id, "it was interrupted");
    if (times > 2) desk_.executor.kill(model_.attempt.id, "it was interrupted");
    if (times >= 2) checkpoints_.cancel();
  }
}

Result<void> Supervisor::turn() {
  const std::int64_t now = desk_.clock.steady_ms();
  if (checkpoints_.take_in() || in_flight_.is_due()) inbox_.look_again();
  wait_for_reading();
  const bool is_beat_due = now - times_.beat_ms >= kBeatMs;
  const bool is_ready = !incoming_.empty() && !times_.reading_ms;
  if (is_ready || is_beat_due || inbox_.is_due() || leaving_) {
    auto begun = desk_.study.begin();
    if (!begun && begun.error().code == ErrorCode::kLocked) {
      // Another program holds the storage, and nothing was done: what was told waits, and the model trains on.
      if (!times_.locked_ms) times_.locked_ms = now;
      const bool is_long = desk_.clock.steady_ms() - *times_.locked_ms >= kLockTellMs;
      if (is_long && !std::exchange(times_.is_lock_told, true)) {
        observer_.said(
            fmt::format("{}: another program holds it locked; the model trains on, and what it tells is stored later",
                        begun.error().where));
      }
      return {};
    }
    STERLET_TRY(auto transaction, std::move(begun));
    times_.locked_ms.reset();
    times_.is_lock_told = false;
    STERLET_PASS(within_transaction());
    STERLET_PASS(transaction.commit());
    const std::int64_t done = desk_.clock.steady_ms();
    // The autopilot pays for each step that is trained before it is heard.
    const bool is_piloted = desk_.options.autopilot == Autopilot::kAuto;
    times_.quiet_ms = is_piloted ? done : done + std::max(kGroupMs, 2 * (done - now));
  }
  const double checkpoint_age_ms = static_cast<double>(now - times_.checkpoint_ms);
  const bool is_checkpoint_due = checkpoint_age_ms >= desk_.options.checkpoint_seconds * 1000 && !model_.is_paused();
  if (is_checkpoint_due && model_.attempt.restores() && in_flight_.is_empty()) {
    outbox_.ask_checkpoint();
    times_.checkpoint_ms = now;
  }
  speak();
  if (to_launch_) STERLET_PASS(launch());
  return {};
}

Result<void> Supervisor::within_transaction() {
  STERLET_PASS(take_incoming());
  if (leaving_) STERLET_PASS(leave());
  if (desk_.clock.steady_ms() - times_.beat_ms >= kBeatMs) {
    times_.beat_ms = desk_.clock.steady_ms();
    STERLET_PASS(desk_.study.beat(desk_.options.session));
  }
  if (ending_ || to_launch_ || leaving_) return {};
  return in_flight_.obey();
}

// Whether the next event waits for a checkpoint to be read; if so for how long, and who must know.
void Supervisor::wait_for_reading() {
  const bool waits = !incoming_.empty() && incoming_.front().ticket && !checkpoints_.has(*incoming_.front().ticket);
  if (!waits) {
    times_.reading_ms.reset();
    times_.is_reading_told = false;
    return;
  }
  const std::int64_t now = desk_.clock.steady_ms();
  if (!times_.reading_ms) times_.reading_ms = now;
  const std::int64_t waited_ms = now - *times_.reading_ms;
  if (waited_ms >= kReadingNewsMs && !std::exchange(times_.is_reading_told, true)) {
    const auto& told = std::get<Event::Checkpoint>(incoming_.front().event.what);
    outbox_.say(
        fmt::format("the checkpoint of step {} is being read for its checksum ({:.1f} GiB so far); what the "
                    "program tells meanwhile is stored after it",
                    told.step, static_cast<double>(checkpoints_.bytes_read()) / (1 << 30)));
  }
  if (waited_ms < kAckPatienceMs) return;
  for (Incoming& incoming : incoming_) {
    auto* report = std::get_if<Event::Report>(&incoming.event.what);
    if (report != nullptr && report->ack) outbox_.acknowledge(*std::exchange(report->ack, std::nullopt));
  }
}

Result<void> Supervisor::launch() {
  STERLET_TRY(const bool is_launched, launcher_.launch(*to_launch_));
  if (is_launched) {
    to_launch_.reset();
    times_.checkpoint_ms = desk_.clock.steady_ms();
    inbox_.look_again();
  } else if (interruptions_.count() > 0) {
    // Its checkpoint is still being read, so that nothing runs that could be asked for another one.
    STERLET_TRY(auto transaction, desk_.study.begin());
    model_.attempt.id = {.trial = to_launch_->number, .attempt = to_launch_->attempt};
    STERLET_PASS(finish(State::kPaused, fmt::format("stopped at step {}", model_.step)));
    STERLET_PASS(transaction.commit());
  }
  speak();
  return {};
}

// What is told and done once the transaction is on the disk.
void Supervisor::speak() {
  // A wish that the program is held for may have to wait until a checkpoint is read.
  const bool is_undecided = in_flight_.is_empty() && !inbox_.own().empty() && !ending_;
  if (is_held_ && !is_undecided) {
    is_held_ = false;
    if (!model_.is_paused()) outbox_.hold(false);
  }
  // What a report led to is told before its answer: a program that waits for the answer makes no step more before it
  // hears of it, so that each run of a model is the same.
  const std::int64_t now = desk_.clock.steady_ms();
  if (!is_undecided) times_.undecided_ms.reset();
  if (is_undecided && !times_.undecided_ms) times_.undecided_ms = now;
  const bool keeps = times_.undecided_ms && now - *times_.undecided_ms < kAckPatienceMs;
  outbox_.speak(desk_.executor, model_.attempt.id, checkpoints_.folder(), observer_,
                keeps ? Answers::kKeep : Answers::kGive);
  std::string reading;
  if (times_.is_reading_told) {
    reading = fmt::format("reads a checkpoint, {:.1f} GiB so far",
                          static_cast<double>(checkpoints_.bytes_read()) / (1 << 30));
  }
  if (!model_.tree().branches.empty()) observer_.stands(status_of(desk_, in_flight_, reading));
}

Result<void> Supervisor::take_incoming() {
  while (!incoming_.empty() && !leaving_) {
    Heard heard;
    if (const auto ticket = incoming_.front().ticket) {
      heard.checksum = checkpoints_.found(*ticket);
      if (!heard.checksum) return {};
    }
    heard.event = std::move(incoming_.front().event);
    incoming_.pop_front();
    if (heard.event.id == model_.attempt.id) STERLET_PASS(take(std::move(heard)));
  }
  return {};
}

Result<void> Supervisor::take(Heard heard) {
  auto* report = std::get_if<Event::Report>(&heard.event.what);
  const auto* told = std::get_if<Event::Checkpoint>(&heard.event.what);
  const bool is_muted = model_.attempt.is_muted;
  const bool is_held_back = (report != nullptr || told != nullptr) && in_flight_.awaits_answer();
  if ((is_muted || is_held_back) && report != nullptr && report->ack) {
    // A program that waits for its report's answer must get it, or it will never read on.
    outbox_.acknowledge(*std::exchange(report->ack, std::nullopt));
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
  if (const auto* value = std::get_if<Event::Value>(&what)) model_.attempt.final_values = value->values;
  if (const auto* failed = std::get_if<Event::Failed>(&what)) model_.attempt.failure = failed->reason;
  return {};
}

Result<void> Supervisor::take_all(const std::vector<Heard>& all) {
  for (const Heard& heard : all) {
    if (const auto* report = std::get_if<Event::Report>(&heard.event.what)) STERLET_PASS(take_report(*report));
    if (const auto* told = std::get_if<Event::Checkpoint>(&heard.event.what); told != nullptr && heard.checksum) {
      STERLET_PASS(take_checkpoint(*told, *heard.checksum));
    }
  }
  return {};
}

Result<void> Supervisor::take_hello(const Event::Hello& hello) {
  STERLET_PASS(model_.take_hello(hello));
  inbox_.look_again();
  // A program may have taken its hyperparameters from the checkpoint; those of the branch count.
  const Json touched = touched_params(model_.tree(), model_.active());
  if (model_.attempt.is_resumed && hello.live && !touched.empty()) outbox_.send_set(touched, false);
  // The guard must always have somewhere to go back to, and the range test somewhere to begin.
  const bool is_watched = desk_.options.guard || desk_.options.autopilot != Autopilot::kOff;
  if (is_watched && hello.restores && !model_.attempt.is_resumed) outbox_.ask_checkpoint();
  return {};
}

Result<void> Supervisor::take_report(const Event::Report& report) {
  STERLET_PASS(model_.add_report(report));
  restarts_ = 0;
  if (!model_.attempt.hello) inbox_.look_again();
  if (report.ack) outbox_.acknowledge(*report.ack);
  return look_at_report();
}

bool Supervisor::is_free() const {
  return in_flight_.is_empty() && inbox_.own().empty() && !ending_ && model_.attempt.obeys();
}

void Supervisor::wish(const Wish& wish) {
  inbox_.post(wish);
  if (!wish.holds) return;
  desk_.executor.hold(model_.attempt.id, true);
  is_held_ = true;
}

// What the guard, whoever judges a change, and the autopilot say to a report: the first who wishes something is heard.
Result<void> Supervisor::look_at_report() {
  if (is_free()) {
    if (const auto wished = guard_.look()) wish(*wished);
  }
  STERLET_PASS(judge_watched());
  if (!is_free()) return {};
  STERLET_TRY(const auto wishes, pilot_.look());
  for (const Wish& wished : wishes) wish(wished);
  return {};
}

// The change that started the active branch, once its window is full.
Result<void> Supervisor::judge_watched() {
  const storage::InterventionRecord* start = model_.start();
  if (start == nullptr || start->state != "watching" || start->kind == "try") return {};
  if (static_cast<int>(model_.own_curve().size()) < desk_.options.window) return {};
  if (!desk_.options.control || !start->checkpoint || !model_.attempt.obeys()) return model_.settle_watched();
  if (is_free()) wish({.kind = "control"});
  return {};
}

Result<void> Supervisor::take_checkpoint(const Event::Checkpoint& told, const Result<base::FileChecksum>& checksum) {
  if (!checksum) {
    outbox_.say(fmt::format("the checkpoint of step {} does not count: {}", told.step, checksum.error().message()));
    return in_flight_.takes_checkpoint() ? in_flight_.on_checkpoint_refused(checksum.error().message())
                                         : Result<void>();
  }
  STERLET_PASS(model_.add_checkpoint(
      {.step = told.step, .path = told.path, .bytes = checksum->bytes, .checksum = checksum->text}));
  const std::int64_t id = model_.tree().checkpoints.back().id;
  if (model_.is_start_mark(id)) pilot_.set_mark(id);
  times_.checkpoint_ms = desk_.clock.steady_ms();
  if (in_flight_.takes_checkpoint()) STERLET_PASS(in_flight_.on_checkpoint(id));
  // What the guard goes back to is chosen when that begins; a program may tell of many checkpoints until then.
  if (inbox_.has_own("rollback")) return {};
  return checkpoints_.clear_old(model_, outbox_, {pilot_.mark(), in_flight_.plan().before, in_flight_.plan().target});
}

Result<void> Supervisor::take_applied(const Event::Applied& applied) {
  const auto answered = outbox_.take_answered(applied.set);
  if (!answered || !answered->is_action || !in_flight_.is_kind("set")) return {};
  STERLET_PASS(take_all(in_flight_.take_held_before(applied.step)));
  STERLET_PASS(in_flight_.on_applied(applied.step));
  return take_all(in_flight_.take_held());
}

Result<void> Supervisor::take_restored(const Event::Restored& restored) {
  const auto& id = in_flight_.plan().target;
  const storage::CheckpointRecord* target = id ? find_checkpoint(model_.tree(), *id) : nullptr;
  if (target == nullptr || target->path != restored.path) return {};
  STERLET_PASS(take_all(in_flight_.take_held_before(std::nullopt)));
  STERLET_PASS(in_flight_.on_restored());
  return take_all(in_flight_.take_held());
}

Result<void> Supervisor::take_refused(const Event::Refused& refused) {
  if (refused.kind == "checkpoint") {
    if (in_flight_.takes_checkpoint()) return in_flight_.on_checkpoint_refused(refused.reason);
    outbox_.say(fmt::format("the program could not write a checkpoint: {}", refused.reason));
    return {};
  }
  if (refused.kind == "set") {
    const auto answered = outbox_.take_answered(refused.set);
    if (!answered) return {};
    if (!answered->is_action) {
      // It runs with other values than its branch has: the one way to be sure is to start it again.
      outbox_.say(fmt::format("the program refused its own hyperparameters ({})", refused.reason));
      model_.attempt.is_muted = true;
      outbox_.kill();
      return {};
    }
  }
  if (in_flight_.is_empty()) return {};
  STERLET_PASS(take_all(in_flight_.take_held()));  // It trains what it trained before.
  return in_flight_.on_refused(refused.reason);
}

Result<void> Supervisor::take_exit(const Event::Exited& exited) {
  Attempt& attempt = model_.attempt;
  attempt.hello.reset();
  Leaving leaving{.exited = exited,
                  .is_end_of_its_own = exited.cause == exec::Cause::kFinished && attempt.failure.empty(),
                  .was_told = interruptions_.count() > 1 || in_flight_.is_kind("stop")};
  const auto held = in_flight_.take_held();
  if (leaving.is_end_of_its_own && !leaving.was_told && !attempt.is_muted) {
    // It came to its end before it read what it was sent, so that all it told is of the branch before.
    STERLET_PASS(take_all(held));
  } else {
    // Whether what it told is of the branch before or after, it did not live to say.
    for (const Heard& heard : held) {
      const auto* told = std::get_if<Event::Checkpoint>(&heard.event.what);
      if (told != nullptr) checkpoints_.discard(model_.tree(), told->path, outbox_);
    }
  }
  STERLET_TRY(leaving.is_stopping, in_flight_.on_exit(interruptions_.count() > 0));
  STERLET_PASS(model_.set_paused(false));
  leaving_ = std::move(leaving);
  return {};
}

// What comes after a program that has ended. While a checkpoint to go back to is being read, it comes again.
Result<void> Supervisor::leave() {
  const Leaving leaving = *leaving_;
  const Event::Exited& exited = leaving.exited;
  const Attempt& attempt = model_.attempt;
  const bool is_guarded = desk_.options.guard && !leaving.is_stopping;
  std::optional<TakenBack> taken;
  if (pilot_.is_spent()) return finish(State::kComplete, "its steps are spent");
  if (leaving.is_end_of_its_own && (!leaving.was_told || !attempt.final_values.empty())) {
    for (const storage::CommandRecord& command : inbox_.own()) {
      if (is_guarded && !taken) taken = Guard::unheard(command.kind, stored_json(command.body));
    }
    const auto found = taken ? take_back(*taken) : Guard::Found::kNo;
    STERLET_PASS(found);
    return *found == Guard::Found::kNo ? finish(State::kComplete, "") : Result<void>();
  }
  if (leaving.is_stopping) return finish(State::kPaused, fmt::format("stopped at step {}", model_.step));
  const bool is_restart_asked = exited.cause == exec::Cause::kStopped && exited.reason.empty();
  const bool was_killed = exited.cause == exec::Cause::kSignal || exited.cause == exec::Cause::kNodeLost;
  if (is_restart_asked || (was_killed && attempt.failure.empty() && restarts_ < kRestartsMax)) {
    return restart(is_restart_asked ? "it is started again" : exited.reason);
  }
  const std::string why = attempt.failure.empty() ? exited.reason : attempt.failure;
  if (is_guarded && exited.cause != exec::Cause::kStopped) taken = guard_.look_at_rest(why);
  const auto found = taken ? take_back(*taken) : Guard::Found::kNo;
  STERLET_PASS(found);
  return *found == Guard::Found::kNo ? finish(State::kPaused, why) : Result<void>();
}

// Takes back what ran away, of a program at rest, and has it started again.
Result<Guard::Found> Supervisor::take_back(const TakenBack& taken) {
  if (taken.culprit) {
    STERLET_TRY(const std::string what, model_.mark_undone(*taken.culprit, taken.sentence));
    outbox_.say(fmt::format("{}; undone: {}", taken.sentence, what));
    STERLET_PASS(model_.watch_again());
  } else {
    RollBack back;
    const auto found = guard_.plan(taken.good_step, taken.bad_step, back);
    if (found == Guard::Found::kLater) return found;
    checkpoints_.forget_answers();
    inbox_.forget_own();
    if (found == Guard::Found::kNo) return found;
    STERLET_PASS(roll_back_at_rest(desk_, back, taken.sentence));
  }
  inbox_.forget_own();
  leaving_.reset();
  STERLET_TRY(to_launch_, desk_.study.take_over(model_.trial()));
  STERLET_PASS(model_.put());
  return Guard::Found::kYes;
}

Result<void> Supervisor::restart(const std::string& why) {
  ++restarts_;
  leaving_.reset();
  outbox_.say(fmt::format("{}; it goes on from its last checkpoint", why));
  STERLET_TRY(to_launch_, desk_.study.take_over(model_.trial()));
  return model_.put();
}

Result<void> Supervisor::finish(State state, const std::string& reason) {
  leaving_.reset();
  const exec::AttemptId& id = model_.attempt.id;
  ending_ = Ending{.trial = model_.trial(),
                   .finished = state == State::kComplete,
                   .failed = state == State::kPaused && interruptions_.count() == 0 && !in_flight_.is_kind("stop"),
                   .reason = reason,
                   .step = model_.step,
                   .value = model_.value};
  if (state == State::kComplete) STERLET_PASS(model_.settle_watched());
  study::Outcome outcome{.state = state, .values = model_.attempt.final_values, .reason = reason};
  if (outcome.values.size() != desk_.study.spec().objectives.size()) outcome.values.clear();
  STERLET_PASS(desk_.study.tell(id.trial, id.attempt, outcome));
  const auto& record = desk_.study.records()[static_cast<std::size_t>(id.trial)];
  if (record.state == State::kFailed) {
    ending_->finished = false;
    ending_->failed = true;
    ending_->reason = record.reason;
  }
  STERLET_PASS(model_.set_paused(false));
  if (in_flight_.is_kind("stop")) {
    STERLET_PASS(
        in_flight_.finish({.sentence = state == State::kComplete
                                           ? fmt::format("trial {} has finished", id.trial)
                                           : fmt::format("trial {} stopped at step {}; sterlet babysit goes on with it",
                                                         id.trial, model_.step)}));
  }
  if (state != State::kComplete) return {};
  STERLET_TRY(const auto commands, inbox_.pending());
  for (const storage::CommandRecord& command : commands) {
    const base::Error error{.code = ErrorCode::kConflict,
                            .where = {},
                            .what = fmt::format("the model (trial {}) has just finished", id.trial),
                            .next = "nothing was changed"};
    outbox_.say(fmt::format("{} of {} was refused: {}", command.kind, command.who, error.message()));
    STERLET_PASS(inbox_.refuse(command, error));
  }
  return {};
}

}  // namespace

Result<Ending> supervise(study::Study& study, storage::Storage& storage, exec::Executor& executor,
                         const base::Clock& clock, Observer& observer, const Start& start, const Options& options) {
  return Supervisor(study, storage, executor, clock, observer, start, options).run();
}

Result<Json> first_params(const space::Space& space, const Json& given) {
  std::vector<double> unit(space.dimensions().size(), 0.5);
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const space::Dimension& dimension = space.dimensions()[i];
    const space::Parameter& parameter = space.parameters()[dimension.parameter];
    if (parameter.defaults.empty()) continue;
    const std::size_t element = std::min(dimension.element, parameter.defaults.size() - 1);
    const space::Scalar& chosen = parameter.defaults[element];
    std::optional<double> raw = base::number_from_json(space::json_from_scalar(chosen));
    for (std::size_t choice = 0; choice < parameter.choices.size(); ++choice) {
      if (space::same_choice(parameter.choices[choice], chosen)) raw = static_cast<double>(choice);
    }
    if (raw) unit[i] = space.axis(i).unit(*raw);
  }
  // Through the unit cube a default may lose its last digit; where all are given, they are taken as they are.
  const space::Point point = space.defaults().value_or(space.from_unit(unit));
  const base::StreamKey key{.seed = 0, .trial = UINT64_MAX, .stream = base::Stream::kComplete};
  STERLET_TRY(const space::Point completed, space.complete(given, point, key));
  return space.to_json(completed);
}

}  // namespace sterlet::babysit
