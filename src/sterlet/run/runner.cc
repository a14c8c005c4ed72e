#include "sterlet/run/runner.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/exec/local/local.h"
#include "sterlet/run/command.h"
#include "sterlet/run/trial_folder.h"

namespace sterlet::run {

namespace {

using base::Result;
using exec::AttemptId;
using exec::Event;
using storage::State;

constexpr std::int64_t kTickMs = 500;
constexpr std::int64_t kBeatMs = 5000;
// How long the disk may be behind what is stored: turns that come within it share one wait for the disk.
constexpr std::int64_t kSyncMs = 10;
constexpr std::int64_t kOtherHostGraceMs = 60000;
// A pruned trial's program is told so and may end in its own way, unless it has no connection to be told on, reports on
// as if nothing had been said, or takes longer than this.
constexpr std::int64_t kPruneGraceMs = 10000;
constexpr std::int64_t kReportGraceMs = 1000;  // What comes within it was on its way when the program was told.

// Somebody, or the machine, killed the program; it did not end by its own fault.
bool is_killed(const Event::Exited& exited) {
  constexpr int kShellSignalBase = 128;  // A shell whose program was killed by signal n ends with 128 + n.
  const int signal = exited.cause == exec::Cause::kSignal ? exited.code : exited.code - kShellSignalBase;
  const bool may_be = exited.cause == exec::Cause::kSignal || exited.cause == exec::Cause::kError;
  return may_be && (signal == SIGKILL || signal == SIGTERM);
}

class Runner final {
 public:
  Runner(study::Study& study, exec::Executor& executor, const base::Clock& clock, Observer& observer,
         const RunOptions& options)
      : study_(study), executor_(executor), clock_(clock), observer_(observer), options_(options) {
    const studyfile::Resources& resources = study.spec().resources;
    if (resources.gpu > 0) {
      for (const int gpu : options.gpus) free_gpus_[gpu] = resources.gpu_share;
    }
  }

  Result<RunResult> run() {
    study_.defer_sync(true);
    auto result = run_turns();
    study_.defer_sync(false);
    return result;
  }

 private:
  Result<RunResult> run_turns() {
    STERLET_PASS(study_.beat(options_.session));
    STERLET_PASS(clear_left_checkpoints());
    beat_at_ms_ = clock_.steady_ms();
    std::vector<Event> events;
    while (true) {
      STERLET_PASS(turn(events));
      if (executor_.running() == 0 && (is_ending() || study_.pause() != study::Pause::kNone)) break;
      STERLET_TRY(events, wait());
    }
    storage::SessionRecord session = options_.session;
    session.ended = true;
    STERLET_PASS(study_.beat(session));
    STERLET_PASS(sync());
    STERLET_PASS(clear_left_checkpoints());
    result_.pause = study_.pause();
    return result_;
  }

  struct Running {
    study::Claim claim;
    std::vector<double> values;
    std::string failure;
    std::vector<int> gpus;
    std::map<std::int64_t, base::Json> changes;  // Of a schedule, by step, that its program has not told of yet.
    std::optional<std::int64_t> end_step;        // Where it is to end by its agenda.
    bool is_over = false;                        // Nothing more is wanted of it; it is being ended.
    std::string prune_reason;                    // Empty: it goes on.
    bool is_paused = false;           // Put aside only: its program is asked for a checkpoint before it ends.
    std::int64_t prune_told_ms = -1;  // When its program was told; -1: not yet.
    bool is_prune_heard = false;      // By the answer to a report; who asked may be gone before a message reaches it.
    bool has_reported_on = false;     // After it was told.
    bool is_ended_for_pruning = false;
  };
  /// To a report that waits.
  struct Answer {
    AttemptId id;
    std::uint64_t ack = 0;
    bool prune = false;
  };

  bool is_ending() const { return result_.interruptions > 0; }

  Result<std::vector<Event>> wait() {
    const std::vector<int> also = options_.signal_fd >= 0 ? std::vector<int>{options_.signal_fd} : std::vector<int>{};
    const std::int64_t patience = sync_at_ms_ ? std::max<std::int64_t>(0, *sync_at_ms_ - clock_.steady_ms()) : kTickMs;
    std::vector<Event> events = executor_.wait(std::min(patience, kTickMs), also);
    if (sync_at_ms_ && clock_.steady_ms() >= *sync_at_ms_) STERLET_PASS(sync());
    read_signals();
    observer_.tick();
    return events;
  }

  // What is told to a person is on the disk; nothing on the disk names a checkpoint that is deleted.
  Result<void> sync() {
    STERLET_PASS(study_.sync());
    sync_at_ms_.reset();
    delete_checkpoints(study_.take_spent_checkpoints());
    for (const std::int64_t trial : ended_) observer_.finished(trial);
    ended_.clear();
    return {};
  }

  void read_signals() {
    if (options_.signal_fd < 0) return;
    signalfd_siginfo info{};
    while (read(options_.signal_fd, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
      // A terminal that closes sends SIGHUP by the system and by its shell: they are one wish.
      if (info.ssi_signo == SIGHUP && result_.interruptions > 0) continue;
      ++result_.interruptions;
      result_.last_signal = static_cast<int>(info.ssi_signo);
      for (const auto& [id, running] : running_) {
        if (result_.interruptions == 1) executor_.send(id, {{"checkpoint", base::Json::object()}});
        if (result_.interruptions == 2) executor_.end(id, "it was interrupted");
        if (result_.interruptions > 2) executor_.kill(id, "it was interrupted");
      }
      observer_.interrupted(result_.interruptions);
    }
  }

  // One turn: everything that happened and every new claim in one transaction, its consequences after the commit. A
  // program may run, and be answered, before the disk has its claim: a loss of power ends it, too.
  Result<void> turn(const std::vector<Event>& events) {
    const bool is_beat_due = clock_.steady_ms() - beat_at_ms_ >= kBeatMs;
    const bool has_room = !is_ending() && static_cast<int>(running_.size()) < options_.workers;
    std::vector<study::Claim> claims;
    std::vector<Answer> answers;
    if (!events.empty() || has_room || is_beat_due) {
      STERLET_TRY(auto transaction, study_.begin());
      for (const Event& event : events) STERLET_PASS(take(event, answers));
      if (is_beat_due || first_turn_) STERLET_PASS(look_around());
      STERLET_PASS(claim(claims));
      STERLET_PASS(transaction.commit());
      if (!sync_at_ms_) sync_at_ms_ = clock_.steady_ms() + kSyncMs;
    }
    for (const Answer& answer : answers) {
      const bool heard = executor_.acknowledge(answer.ack, answer.prune);
      const auto found = running_.find(answer.id);
      if (found != running_.end() && heard && answer.prune) found->second.is_prune_heard = true;
    }
    end_pruned();
    for (study::Claim& claim : claims) STERLET_PASS(launch(std::move(claim)));
    return {};
  }

  // What a population left that was killed between a commit and the deletion after it; at the end also what the turns
  // had told that such a kill cut off and that were trained again since.
  Result<void> clear_left_checkpoints() {
    if (study_.spec().strategy != studyfile::Strategy::kPbt) return {};
    STERLET_TRY(auto transaction, study_.begin());
    STERLET_TRY(const auto spent, study_.find_spent_checkpoints());
    STERLET_PASS(transaction.commit());
    delete_checkpoints(spent);
    return {};
  }

  // Of any trial of the study: an interval of a member may begin at another one's checkpoint.
  void delete_checkpoints(const std::vector<std::string>& paths) {
    if (paths.empty()) return;
    std::error_code error;
    const auto root = std::filesystem::canonical(options_.trials_folder, error);
    if (error) return;
    for (const std::string& path : paths) {
      const auto inside = std::filesystem::canonical(path, error).lexically_relative(root);
      if (error || inside.empty() || *inside.begin() == "..") continue;
      delete_checkpoint(root / *inside.begin() / "checkpoints", path);
    }
  }

  void end_pruned() {
    for (auto& [id, running] : running_) {
      if (running.prune_reason.empty() || running.is_ended_for_pruning) continue;
      const std::int64_t now = clock_.steady_ms();
      if (running.prune_told_ms < 0) {
        running.prune_told_ms = now;
        const bool is_sent = executor_.send(id, {{running.is_paused ? "stop" : "prune", base::Json::object()}});
        if (is_sent || running.is_prune_heard) continue;
      } else if (!running.has_reported_on && now - running.prune_told_ms < kPruneGraceMs) {
        continue;
      }
      running.is_ended_for_pruning = true;
      executor_.end(id, running.prune_reason);
    }
  }

  Result<void> look_around() {
    first_turn_ = false;
    beat_at_ms_ = clock_.steady_ms();
    STERLET_PASS(study_.beat(options_.session));
    STERLET_TRY(const auto gone,
                study_.collect_lost([&](const auto& session) { return is_session_alive(session, clock_); }));
    for (const std::string& session : gone) exec::end_session_leftovers(session);
    return {};
  }

  Result<void> claim(std::vector<study::Claim>& claims) {
    while (!is_ending() && static_cast<int>(running_.size() + claims.size()) < options_.workers) {
      STERLET_TRY(auto claimed, study_.ask());
      if (!claimed) break;
      claims.push_back(std::move(*claimed));
    }
    return {};
  }

  Result<void> launch(study::Claim claim) {
    const studyfile::StudySpec& spec = study_.spec();
    const AttemptId id{.trial = claim.number, .attempt = claim.attempt};
    const std::string folder = fmt::format("{}/{}", options_.trials_folder, claim.number);
    exec::Launch launch;
    launch.id = id;
    launch.params = study_.space().to_json(claim.point);
    launch.seed = trial_seed(study_.seed(), claim.seed_of.value_or(claim.number));
    launch.argv =
        expand_command(spec.command, launch.params,
                       {.trial = claim.number, .seed = launch.seed, .checkpoint_folder = folder + "/checkpoints"});
    launch.folder = spec.folder;
    launch.trial_folder = folder;
    launch.resume_path = claim.checkpoint;
    launch.agenda = claim.agenda;
    if (claim.is_exact) launch.environment = {{"STERLET_PARAMS_EXACT", "1"}};
    launch.stdout_pattern = spec.metrics.pattern;
    launch.limits = {.memory_bytes = spec.resources.memory_bytes, .seconds = spec.resources.seconds};
    Running running{.claim = std::move(claim)};
    for (const base::Json& message : running.claim.agenda) {
      if (message.contains("set")) running.changes[message["at"].get<std::int64_t>()] = message["set"];
      if (message.contains("stop")) running.end_step = message["at"].get<std::int64_t>();
    }
    running.gpus = take_gpus(spec.resources.gpu);
    launch.gpus = running.gpus;
    STERLET_PASS(executor_.launch(launch));
    observer_.started(running.claim);
    running_.emplace(id, std::move(running));
    return {};
  }

  // Different devices, those with most shares free first; of equals the first.
  std::vector<int> take_gpus(int count) {
    std::vector<int> gpus;
    while (static_cast<int>(gpus.size()) < count) {
      auto freest = free_gpus_.end();
      for (auto gpu = free_gpus_.begin(); gpu != free_gpus_.end(); ++gpu) {
        const bool is_taken = std::find(gpus.begin(), gpus.end(), gpu->first) != gpus.end();
        if (!is_taken && (freest == free_gpus_.end() || gpu->second > freest->second)) freest = gpu;
      }
      STERLET_CHECK(freest != free_gpus_.end() && freest->second > 0, "there are no more workers than slots on GPUs");
      --freest->second;
      gpus.push_back(freest->first);
    }
    return gpus;
  }

  Result<void> take(const Event& event, std::vector<Answer>& answers) {
    const auto found = running_.find(event.id);
    if (found == running_.end()) return {};
    Running& running = found->second;
    if (const auto* report = std::get_if<Event::Report>(&event.what)) {
      STERLET_TRY(const auto decision, study_.report(event.id.trial, event.id.attempt, report->step, report->metrics));
      observer_.reported(event.id.trial);
      running.has_reported_on =
          running.prune_told_ms >= 0 && clock_.steady_ms() - running.prune_told_ms > kReportGraceMs;
      if (decision.prune) running.prune_reason = decision.reason;
      running.is_paused = decision.pause;
      // One that trains on after its last step: what it should have left is left by now, or never will be.
      if (running.end_step && report->step > *running.end_step) end_over(event.id, running);
      if (report->ack)
        answers.push_back({.id = event.id, .ack = *report->ack, .prune = decision.prune && !decision.pause});
    } else if (const auto* value = std::get_if<Event::Value>(&event.what)) {
      running.values = value->values;
    } else if (const auto* checkpoint = std::get_if<Event::Checkpoint>(&event.what)) {
      STERLET_PASS(study_.checkpoint(event.id.trial, event.id.attempt, checkpoint->path, checkpoint->step));
    } else if (const auto* applied = std::get_if<Event::Applied>(&event.what)) {
      take_applied(event.id, running, *applied);
    } else if (const auto* refused = std::get_if<Event::Refused>(&event.what)) {
      if (refused->kind == "set" && !running.changes.empty()) {
        running.failure =
            fmt::format("its program refused the schedule's change to {}: {}", refused->set.dump(), refused->reason);
        end_over(event.id, running);
      }
    } else if (const auto* failed = std::get_if<Event::Failed>(&event.what)) {
      running.failure = failed->reason;
    } else if (const auto* exited = std::get_if<Event::Exited>(&event.what)) {
      STERLET_PASS(finish(event.id, running, *exited));
      for (const int gpu : running.gpus) ++free_gpus_[gpu];
      running_.erase(found);
      ended_.push_back(event.id.trial);
    }
    return {};
  }

  void end_over(const AttemptId& id, Running& running) {
    if (running.is_over) return;
    running.is_over = true;
    executor_.end(id, "it went on after its last step");
  }

  void take_applied(const AttemptId& id, Running& running, const Event::Applied& applied) {
    const auto change = running.changes.begin();
    if (change == running.changes.end()) return;
    if (change->first != applied.step) {
      running.failure =
          fmt::format("its program made the schedule's change of step {} at step {}", change->first, applied.step);
      return end_over(id, running);
    }
    running.changes.erase(change);
  }

  Result<void> finish(const AttemptId& id, const Running& running, const Event::Exited& exited) {
    if (!running.prune_reason.empty()) {
      // However it ended, it ended because it was told to; a value it gave is one of a training cut short. One that was
      // killed may not have come to its checkpoint: that must not cost it its place at a rung.
      const State state = running.is_paused && is_killed(exited) ? State::kLost : State::kPruned;
      return study_.tell(id.trial, id.attempt, {.state = state, .reason = running.prune_reason});
    }
    study::Outcome outcome{.values = running.values};
    const bool is_done = running.is_over && exited.cause == exec::Cause::kStopped;
    switch (is_done ? exec::Cause::kFinished : exited.cause) {
      case exec::Cause::kFinished:
        outcome.reason = running.failure;
        if (outcome.reason.empty() && !running.changes.empty()) {
          outcome.reason = fmt::format(
              "its program never made the schedule's change of step {}; it takes changes only "
              "with a client of this version (docs/channel.md)",
              running.changes.begin()->first);
        }
        outcome.state = outcome.reason.empty() ? State::kComplete : State::kFailed;
        break;
      case exec::Cause::kStopped:
      case exec::Cause::kUnheard:
      case exec::Cause::kNodeLost:
        outcome.state = State::kLost;
        outcome.reason = exited.reason;
        break;
      case exec::Cause::kError:
      case exec::Cause::kOutOfMemory:
      case exec::Cause::kTimeLimit:
      case exec::Cause::kSignal:
      case exec::Cause::kNotStarted:
        outcome.state = State::kFailed;
        outcome.reason = running.failure.empty() ? exited.reason : running.failure;
        if (is_killed(exited) && running.failure.empty()) {
          outcome.state = State::kLost;
          outcome.is_killed = true;
        }
        break;
    }
    if (outcome.values.size() != study_.spec().objectives.size()) {
      if (!outcome.values.empty() && outcome.state == State::kComplete) {
        outcome.state = State::kFailed;
        outcome.reason =
            fmt::format("it gave {}, but the study has {}", base::count_text(outcome.values.size(), "value"),
                        base::count_text(study_.spec().objectives.size(), "objective"));
      }
      outcome.values.clear();
    }
    if (outcome.state == State::kFailed || outcome.state == State::kLost) outcome.values.clear();
    return study_.tell(id.trial, id.attempt, outcome);
  }

  study::Study& study_;
  exec::Executor& executor_;
  const base::Clock& clock_;
  Observer& observer_;
  const RunOptions& options_;
  std::map<AttemptId, Running> running_;
  std::map<int, int> free_gpus_;  // Device to shares.
  std::int64_t beat_at_ms_ = 0;
  std::optional<std::int64_t> sync_at_ms_;  // When the disk is to have all that is stored; nothing: it has.
  std::vector<std::int64_t> ended_;         // Trials whose end is stored, but not told to the observer yet.
  bool first_turn_ = true;
  RunResult result_;
};

}  // namespace

Result<RunResult> run_study(study::Study& study, exec::Executor& executor, const base::Clock& clock, Observer& observer,
                            const RunOptions& options) {
  return Runner(study, executor, clock, observer, options).run();
}

bool is_session_alive(const storage::SessionRecord& session, const base::Clock& clock) {
  const base::ProcessIdentity process{.host = session.host, .pid = session.pid, .start = session.pid_start};
  if (process.host == base::this_process().host) return base::is_running(process);
  return clock.wall_ms() - session.beat_ms < kOtherHostGraceMs;
}

std::uint64_t trial_seed(std::uint64_t study_seed, std::int64_t trial) {
  base::RandomStream seeds(
      {.seed = study_seed, .trial = static_cast<std::uint64_t>(trial), .stream = base::Stream::kTrialSeed});
  return seeds.next_word() >> 1;
}

std::vector<int> find_gpus(const std::string& visible_devices) {
  std::vector<int> gpus;
  if (!visible_devices.empty()) {
    std::size_t at = 0;
    while (at <= visible_devices.size()) {
      const std::size_t comma = std::min(visible_devices.find(',', at), visible_devices.size());
      const auto device = base::parse_integer(std::string_view(visible_devices).substr(at, comma - at));
      if (device && *device >= 0) gpus.push_back(static_cast<int>(*device));
      at = comma + 1;
    }
    return gpus;
  }
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", missing)) {
    static_cast<void>(entry);
    gpus.push_back(static_cast<int>(gpus.size()));
  }
  return gpus;
}

}  // namespace sterlet::run
