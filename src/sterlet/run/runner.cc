#include "sterlet/run/runner.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/context/log/contexts.h"
#include "sterlet/run/course.h"
#include "sterlet/run/devices.h"
#include "sterlet/run/intake.h"
#include "sterlet/run/interruptions.h"
#include "sterlet/run/launch.h"
#include "sterlet/study/mail.h"
#include "sterlet/run/notifier.h"
#include "sterlet/run/remarks.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/seeds.h"
#include "sterlet/study/sessions.h"

namespace sterlet::run {

namespace {

using base::ErrorCode;
using base::Result;
using exec::AttemptId;
using exec::Event;

constexpr std::int64_t kTickMs = 500;
constexpr std::int64_t kBeatMs = 5000;
// How often the storage is looked for where it was, though nothing is written.
constexpr std::int64_t kWatchMs = 500;
// How long the disk may be behind what is stored: turns that come within it share one wait for the disk.
constexpr std::int64_t kSyncMs = 10;
// While the storage is locked: how long the loop serves the programs between two tries, and when a person is told.
constexpr std::int64_t kLockPauseMs = 100;
constexpr std::int64_t kLockTellMs = 5000;
// So many events are kept in memory while they cannot be stored; then the programs have to wait with their reports.
constexpr std::size_t kEventsKeptMax = 200'000;
// An interruption that also gives up waiting for a locked storage.
constexpr int kImpatient = 3;

class Runner final {
 public:
  Runner(study::Study& study, exec::Executor& executor, const base::Clock& clock, Observer& observer,
         const RunOptions& options)
      : study_(study),
        executor_(executor),
        clock_(clock),
        observer_(observer),
        options_(options),
        interruptions_(options.signal_fd),
        mail_(options.mailbox, study.storage_id(), clock),
        notifier_(study, executor, options.trials_folder),
        gpu_slots_(options.gpus, study.spec().resources.gpu_share),
        remarks_(study),
        workers_(options.workers),
        contexts_(study, options.context),
        intake_(study, mail_, clock, running_) {}

  Result<RunResult> run() {
    study_.defer_sync(true);
    study_.set_lock_patience(options_.lock_patience_ms);
    auto result = run_turns();
    const bool goes_on = result && options_.takes_changes && result->pause == study::Pause::kAmended && !is_ending();
    if (!goes_on) notify_of_end(!result ? result.error().message() : ending_of(*result));
    study_.set_lock_patience(std::nullopt);
    study_.defer_sync(false);
    return result;
  }

 private:
  Result<RunResult> run_turns() {
    STERLET_PASS(while_locked([&] { return study_.sessions().beat(options_.session); }));
    STERLET_PASS(while_locked([&] { return clear_left_checkpoints(); }));
    while (true) {
      STERLET_PASS(while_locked([&] { return turn(); }));
      if (is_over()) break;
      if (running_.empty() && is_waiting_for_others()) say(remarks_.on_others());
      STERLET_PASS(wait());
    }
    contexts_.finish(is_ending());
    STERLET_PASS(while_locked([&] { return keep_contexts(); }));
    STERLET_PASS(while_locked([&] { return study_.sessions().end(cleaned_); }));
    STERLET_PASS(sync());
    STERLET_PASS(while_locked([&] { return clear_left_checkpoints(); }));
    return RunResult{
        .pause = study_.pause(), .interruptions = interruptions_.count(), .last_signal = interruptions_.last_signal()};
  }

  bool is_ending() const { return interruptions_.count() > 0; }
  std::string ending_of(const RunResult& result) const {
    return is_ending() ? "it was interrupted" : std::string(study::text_of(result.pause));
  }
  bool is_over() const {
    if (!running_.empty() || !events_.empty()) return false;
    if (asks_again_ && !is_ending()) return false;
    return is_ending() || (study_.pause() != study::Pause::kNone && !is_waiting_for_others());
  }
  // The budget is used up, but some of it by trials of a process that may be dead: then they are run again here.
  bool is_waiting_for_others() const {
    const study::Pause pause = study_.pause();
    return has_undecided_ && (pause == study::Pause::kTrials || pause == study::Pause::kSpace);
  }
  bool has_room(std::size_t running) const { return !is_ending() && static_cast<int>(running) < workers_; }

  // Does something with the storage, as often as it takes to find it unlocked. Meanwhile the programs' messages are
  // taken (they are stored later, in their order) and signals are heeded.
  template <typename Body>
  Result<void> while_locked(Body body) {
    const std::int64_t start_ms = clock_.steady_ms();
    bool is_told = false;
    while (true) {
      const Result<void> result = body();
      if (result || result.error().code != ErrorCode::kLocked) return result;
      if (interruptions_.count() >= kImpatient) {
        return base::fail(ErrorCode::kLocked,
                          "another program still holds it locked, so what the trials told last was not stored",
                          "close what holds it, then run sterlet resume", result.error().where);
      }
      if (!is_told && clock_.steady_ms() - start_ms >= kLockTellMs) {
        is_told = true;
        observer_.said(Remarks::on_locked(result.error().where));
      }
      gather(kLockPauseMs);
    }
  }

  // Takes what happened within `patience_ms`, earlier if something does.
  void gather(std::int64_t patience_ms) {
    const std::vector<int> also = interruptions_.descriptors();
    if (events_.size() < kEventsKeptMax) {
      auto events = executor_.wait(patience_ms, also);
      for (Event& event : events) {
        if (Notifier::owns(event.id)) {
          say(notifier_.take(event));
        } else {
          events_.push_back(std::move(event));
        }
      }
    }
    read_signals();
    observer_.tick();
  }

  Result<void> wait() {
    std::int64_t patience = kTickMs;
    if (sync_at_ms_) patience = std::clamp<std::int64_t>(*sync_at_ms_ - clock_.steady_ms(), 0, kTickMs);
    if (!events_.empty()) patience = 0;  // Of a launch that failed.
    gather(patience);
    const bool is_watch_due = clock_.steady_ms() - watched_at_ms_ >= kWatchMs;
    if (is_watch_due || (sync_at_ms_ && clock_.steady_ms() >= *sync_at_ms_)) STERLET_PASS(sync());
    return {};
  }

  // What is told to a person is on the disk; nothing on the disk names a checkpoint that is deleted.
  Result<void> sync() {
    STERLET_PASS(study_.sync());
    sync_at_ms_.reset();
    watched_at_ms_ = clock_.steady_ms();
    delete_checkpoints(options_.trials_folder, study_.take_spent_checkpoints());
    for (auto trial = ended_.begin(); trial != ended_.end(); ++trial) {
      // It has ended again meanwhile, or was killed and runs again: its end is told once, when it is one.
      if (std::find(trial + 1, ended_.end(), *trial) != ended_.end()) continue;
      if (study_.records()[static_cast<std::size_t>(*trial)].state == storage::State::kRunning) continue;
      observer_.finished(*trial);
      say(notifier_.trial_ended(*trial));
    }
    ended_.clear();
    return {};
  }

  void say(const std::optional<std::string>& sentence) {
    if (sentence) observer_.said(*sentence);
  }

  // The last notices are waited for, as long as they may take; an interruption is no reason to leave people unaware.
  void notify_of_end(const std::string& reason) {
    say(notifier_.run_ended(reason));
    const auto limit_ms = clock_.steady_ms() + static_cast<std::int64_t>(Notifier::kSecondsMax * 1000) + kTickMs;
    while (notifier_.running() > 0 && clock_.steady_ms() < limit_ms && interruptions_.count() < kImpatient)
      gather(kTickMs);
  }

  void read_signals() {
    while (interruptions_.read_one()) {
      const int times = interruptions_.count() + (options_.ends_at_once ? 1 : 0);
      for (const auto& [id, running] : running_) {
        if (times == 1) executor_.send(id, {{"checkpoint", base::Json::object()}});
        if (times == 2) executor_.end(id, "it was interrupted");
        if (times > 2) executor_.kill(id, "it was interrupted");
      }
      if (options_.ends_at_once) {
        observer_.said("interrupted: ending what runs");
      } else {
        observer_.interrupted(times);
      }
    }
  }

  // One turn: everything that happened and every new claim in one transaction, its consequences after the commit. A
  // program may run, and be answered, before the disk has its claim: a loss of power ends it, too.
  Result<void> turn() {
    const bool is_look_due = !looked_at_ms_ || clock_.steady_ms() - *looked_at_ms_ >= kBeatMs;
    STERLET_TRY(const bool has_mail, mail_.has_come());
    Turn turn;
    if (!events_.empty() || has_room(running_.size()) || is_look_due || has_mail) {
      STERLET_TRY(auto transaction, study_.begin());
      STERLET_PASS(intake_.find_robbed(turn));
      for (const Event& event : events_) STERLET_PASS(intake_.take(event, turn));
      if (has_mail) STERLET_PASS(intake_.take_mail(turn));
      if (is_look_due) STERLET_PASS(intake_.look_around(options_.session, cleaned_, turn));
      STERLET_PASS(claim(turn));
      if (is_look_due) STERLET_PASS(contexts_.write());  // Not with each turn: each page costs room in the log.
      STERLET_PASS(transaction.commit());
      if (is_look_due) {
        for (const std::string& sentence : contexts_.was_written()) observer_.said(sentence);
      }
      if (has_mail) mail_.was_read();
      if (!sync_at_ms_) sync_at_ms_ = clock_.steady_ms() + kSyncMs;
      if (turn.has_unstarted) sync_at_ms_ = clock_.steady_ms();
    }
    return put_in_place(std::move(turn));
  }

  // Only after the commit. An error from here on is not the storage's, and the turn is not tried again.
  Result<void> put_in_place(Turn turn) {
    events_.clear();
    for (auto& [id, course] : turn.courses) running_.at(id).course = std::move(course);
    for (const AttemptId& id : turn.exited) {
      const auto running = running_.find(id);
      say(remarks_.on_ended(running->second.claim, running->second.course));
      gpu_slots_.give_back(running->second.gpus);
      if (!running->second.course.is_robbed()) ended_.push_back(id.trial);
      running_.erase(running);
    }
    asks_again_ = turn.has_unstarted;
    if (turn.has_looked_around) {
      looked_at_ms_ = clock_.steady_ms();
      has_undecided_ = turn.has_undecided;
      cleaned_ = turn.lost_sessions;
    }
    for (const std::string& session : turn.lost_sessions) executor_.end_leftovers(session);
    for (const Turn::Reported& report : turn.reported) observer_.reported(report.trial, report.step, report.value);
    for (const std::string& sentence : turn.sayings) observer_.said(sentence);
    for (const auto& [trial, noted] : turn.notes) say(remarks_.on_output(trial, noted));
    for (const Turn::Answer& answer : turn.answers) {
      const bool is_heard = executor_.acknowledge(answer.ack, answer.prune);
      const auto found = running_.find(answer.id);
      if (found != running_.end() && is_heard && answer.prune) found->second.course.heard_by_answer();
    }
    end_overdue();
    for (const auto& [id, is_held] : turn.holds) {
      executor_.hold(id, is_held);
      if (const auto found = running_.find(id); found != running_.end()) found->second.is_held = is_held;
    }
    for (auto& [id, running] : running_) carry_out(id, running.course);
    for (study::Claim& claim : turn.claims) STERLET_PASS(launch(std::move(claim)));
    if (options_.takes_changes) say(remarks_.on_changed(running_.size()));
    return {};
  }

  // After the budget of time running trials have its grace: they are asked for a checkpoint at its beginning, and stopped
  // at its end.
  void end_overdue() {
    const studyfile::Budget& budget = study_.spec().budget;
    if (!budget.seconds || !budget.grace || study_.seconds_used() < *budget.seconds) return;
    if (const auto told = remarks_.on_grace(running_.size())) {
      say(told);
      for (const auto& [id, running] : running_) executor_.send(id, {{"checkpoint", base::Json::object()}});
    }
    if (study_.seconds_used() < *budget.seconds + *budget.grace) return;
    say(remarks_.on_grace_over(running_.size()));
    for (auto& [id, running] : running_) running.course.take_out_of_time();
  }

  // What a population left that was killed between a commit and the deletion after it; at the end also what the turns
  // had told that such a kill cut off and that were trained again since.
  Result<void> clear_left_checkpoints() {
    if (!study_.population_options()) return {};
    STERLET_TRY(auto transaction, study_.begin());
    STERLET_TRY(const auto spent, study_.find_spent_checkpoints());
    STERLET_PASS(transaction.commit());
    delete_checkpoints(options_.trials_folder, spent);
    return {};
  }

  // Those of the last trials.
  Result<void> keep_contexts() {
    if (!contexts_.has_come()) return {};
    STERLET_TRY(auto transaction, study_.begin());
    STERLET_PASS(contexts_.write());
    STERLET_PASS(transaction.commit());
    for (const std::string& sentence : contexts_.was_written()) observer_.said(sentence);
    return {};
  }

  // Brings about the end of an attempt that its course has come to.
  void carry_out(const AttemptId& id, Course& course) {
    const std::int64_t now = clock_.steady_ms();
    if (course.due(now) == Course::Due::kTell) {
      course.told(executor_.send(id, {{course.message(), base::Json::object()}}), now);
    }
    if (course.due(now) == Course::Due::kEnd) {
      executor_.end(id, course.end_reason());
      course.ended();
    }
  }

  Result<void> claim(Turn& turn) {
    if (turn.has_unstarted) return {};
    // Attempts that exited in this turn have left room already.
    const std::size_t leaving = turn.exited.size();
    while (has_room(running_.size() - leaving + turn.claims.size())) {
      STERLET_TRY(auto claimed, study_.ask());
      turn.sayings.insert(turn.sayings.end(), study_.remarks().begin(), study_.remarks().end());
      if (!claimed) break;
      turn.claims.push_back(std::move(*claimed));
    }
    return {};
  }

  std::uint64_t seed_of(const study::Claim& claim) const {
    const std::int64_t trial = claim.seed_of.value_or(claim.number);
    return trial_seed(study::seed_of(study_, trial), trial);
  }

  Result<void> launch(study::Claim claim) {
    const studyfile::StudySpec& spec = study_.spec();
    const AttemptId id{.trial = claim.number, .attempt = claim.attempt};
    std::vector<int> gpus = gpu_slots_.take(spec.resources.gpu);
    const auto launched =
        executor_.launch(make_launch(spec, {.id = id,
                                            .params = study_.space().to_json(claim.point),
                                            .seed = options_.seed.value_or(seed_of(claim)),
                                            .trial_folder = trial_folder(options_.trials_folder, claim.number),
                                            .checkpoint = claim.checkpoint,
                                            .agenda = claim.agenda,
                                            .is_exact = claim.is_exact,
                                            .gpus = gpus,
                                            .threads = options_.threads}));
    if (!launched && launched.error().code != ErrorCode::kUnreachable) return launched;  // The disk, say.
    const bool has_others = !running_.empty();
    Course course(claim.agenda);
    const auto [place, is_new] =
        running_.emplace(id, Running{.claim = std::move(claim), .gpus = std::move(gpus), .course = std::move(course)});
    if (launched) {
      contexts_.launched(id.trial);
      observer_.started(place->second.claim);
    } else {
      take_failed_launch(id, launched.error(), has_others);
    }
    return {};
  }

  // Our own want of descriptors, processes or memory. With fewer trials at once there may be enough: one worker is left
  // out for headroom. A trial that cannot be started though nothing else runs will not start a second time either.
  void take_failed_launch(const AttemptId& id, const base::Error& error, bool has_others) {
    const bool goes_back = has_others && id.attempt <= study_.spec().retries;
    const std::string reason = fmt::format("it could not be started: {}", error.message());
    events_.push_back({.id = id,
                       .what = Event::Exited{.cause = goes_back ? exec::Cause::kStopped : exec::Cause::kNotStarted,
                                             .reason = reason}});
    if (!has_others) return;
    const int running = static_cast<int>(running_.size()) - 1;
    workers_ = std::max(1, std::min(workers_ - 1, running - 1));
    observer_.said(fmt::format("{}; from now on at most {} run at once", error.message(),
                               base::count_text(static_cast<std::uint64_t>(workers_), "trial")));
  }

  study::Study& study_;
  exec::Executor& executor_;
  const base::Clock& clock_;
  Observer& observer_;
  const RunOptions& options_;
  Interruptions interruptions_;
  study::Mail mail_;
  Notifier notifier_;
  GpuSlots gpu_slots_;
  Remarks remarks_;
  int workers_;  // At most so many at once; fewer than asked for where more cannot be started.
  context::ContextLog contexts_;
  RunningAttempts running_;
  Intake intake_;
  std::vector<Event> events_;  // Not stored yet.
  // Sessions that are gone and whose leftovers are ended: so it is stored with the next look, and not before, since
  // this process may be killed in between.
  std::vector<std::string> cleaned_;
  std::optional<std::int64_t> looked_at_ms_;  // When the last beat was given and lost trials were looked for.
  bool has_undecided_ = false;                // See is_waiting_for_others().
  bool asks_again_ = false;  // A trial that could not be started gives its place back: the last pause holds no longer.
  std::optional<std::int64_t> sync_at_ms_;  // When the disk is to have all that is stored; nothing: it has.
  std::int64_t watched_at_ms_ = 0;          // When the storage was last seen in its place.
  std::vector<std::int64_t> ended_;         // Trials whose end is stored, but not told to the observer yet.
};

}  // namespace

Result<RunResult> run_study(study::Study& study, exec::Executor& executor, const base::Clock& clock, Observer& observer,
                            const RunOptions& options) {
  return Runner(study, executor, clock, observer, options).run();
}

}  // namespace sterlet::run
