#include "sterlet/exec/local/attempt.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/log.h"
#include "sterlet/base/pattern.h"
#include "sterlet/base/text.h"
#include "sterlet/exec/local/attempt_files.h"
#include "sterlet/exec/local/child.h"
#include "sterlet/exec/local/procfs.h"
#include "sterlet/exec/session.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::size_t kPumpBytes = std::size_t{1} << 20;        // A turn of one attempt; the others want theirs.
constexpr std::size_t kFinalPumpBytes = std::size_t{64} << 20;  // More than sockets hold; a bound if a writer escaped.
constexpr std::size_t kLastLinesMax = 5;
constexpr std::int64_t kLeftoverScanMs = 10;
constexpr std::int64_t kLogCheckMs = 1'000;
constexpr std::int64_t kStarvedMs = 100;
constexpr std::int64_t kAwayMs = 5'000;  // Attempts are looked at each second or so, unless Sterlet was stopped.
constexpr double kSecondsMax = 1e9;      // A limit of more is none.
constexpr std::int64_t kLeftoverGiveUpMs = 5'000;  // After KILL: a process may hang inside the system.

/// The next moment of a grid that all attempts share, so that what is due for several is due at once.
std::int64_t next_on_grid(std::int64_t now_ms, std::int64_t period_ms) { return (now_ms / period_ms + 1) * period_ms; }

/// A name that a sibling cannot guess.
std::string socket_path(const std::string& folder, const AttemptId& id) {
  return fmt::format("{}/{}-{}-{:.8}", folder, id.trial, id.attempt, new_session());
}

/// Any program of this user may find the socket; one of another attempt must not report into this one by mistake.
std::string refuse_sibling(pid_t peer, const AttemptId& id, const std::string& session) {
  const ProcessMarks marks = peer > 0 ? read_marks(peer, session) : ProcessMarks{};
  if (!marks.attempt || *marks.attempt == id) return {};
  return fmt::format(
      "this is the channel of attempt {} of trial {}, and process {} belongs to attempt {} of trial {}; "
      "use the STERLET_CHANNEL of its own environment",
      id.attempt, id.trial, peer, marks.attempt->attempt, marks.attempt->trial);
}

}  // namespace

Attempt::Attempt(const Launch& launch, AttemptHost& host) : id_(launch.id), host_(&host), limits_(launch.limits) {
  ending_.program = program_name(launch.argv);
  ending_.memory_limit = launch.limits.memory_bytes.value_or(0);
}

// Everything is opened before the program is started, and owned by something that closes it: whichever step fails, the
// caller sees an error and nothing stays behind but files in the trial's folder.
Result<std::unique_ptr<Attempt>> Attempt::start(const Launch& launch, AttemptHost& host, std::vector<Event>& events) {
  STERLET_CHECK(!launch.trial_folder.empty(), "an attempt without a folder");
  std::unique_ptr<Attempt> attempt(new Attempt(launch, host));
  STERLET_TRY(const AttemptFiles files, make_attempt_files(launch));
  attempt->ending_.stderr_log = files.stderr_log;
  attempt->stdout_log_ = files.stdout_log;
  STERLET_TRY(Fd stdout_log, open_attempt_log(files.stdout_log));
  STERLET_TRY(const Fd stderr_log, open_attempt_log(files.stderr_log));
  attempt->logs_ = {LogLimit(files.stdout_log, host.options.log_bytes_max),
                    LogLimit(files.stderr_log, host.options.log_bytes_max)};
  attempt->unsent_ = files.unsent;
  for (const auto& left : unsent_files(files.unsent)) ::unlink(left.c_str());  // Of an earlier study in this folder.
  STERLET_PASS(host.sockets->ensure());
  const std::string socket = socket_path(host.sockets->path(), launch.id);
  STERLET_TRY(attempt->channel_,
              Channel::open({.path = socket,
                             .id = launch.id,
                             .checkpoint_folder = files.checkpoints,
                             .refusal = [id = launch.id, session = host.session](
                                            pid_t peer) { return refuse_sibling(peer, id, session); }},
                            {.ack_next = &host.ack_next, .step_last = &attempt->step_last_}));
  Fd pipe_write;
  int stdout_fd = stdout_log.get();
  if (!launch.stdout_pattern.empty()) {
    STERLET_TRY(base::MetricPattern pattern, base::MetricPattern::make(launch.stdout_pattern));
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      return fail(ErrorCode::kUnreachable, fmt::format("cannot make a pipe ({})", std::strerror(errno)),
                  std::string(kShortageAdvice));
    }
    Fd pipe_read(ends[0]);
    pipe_write.reset(ends[1]);
    stdout_fd = pipe_write.get();
    ::fcntl(pipe_read.get(), F_SETFL, O_NONBLOCK);  // Our end only: the program's stays as programs expect it.
    attempt->tap_ =
        std::make_unique<StdoutTap>(launch.id, std::move(pattern), std::move(pipe_read), std::move(stdout_log));
  }
  std::error_code error;
  const std::string folder = launch.folder.empty() ? "." : launch.folder;
  attempt->oom_kills_at_start_ = out_of_memory_kills();
  attempt->started_ms_ = host.clock->steady_ms();
  STERLET_TRY(auto outcome, start_program({.argv = launch.argv,
                                           .folder = std::filesystem::absolute(folder, error).string(),
                                           .environment = environment_of(launch, files, host.session, socket),
                                           .stdout_fd = stdout_fd,
                                           .stderr_fd = stderr_log.get()}));
  if (auto* not_started = std::get_if<NotStarted>(&outcome)) {
    Event::Exited exited{
        .cause = Cause::kNotStarted, .code = 0, .seconds = 0, .reason = std::move(not_started->reason)};
    events.push_back({.id = launch.id, .what = std::move(exited)});
    return std::unique_ptr<Attempt>();
  }
  auto& started = std::get<Started>(outcome);
  attempt->pid_ = started.pid;
  attempt->pidfd_ = std::move(started.pidfd);
  attempt->leader_start_ = std::max<std::int64_t>(0, read_stat(started.pid).start);
  if (attempt->limits_.memory_bytes) attempt->scan_at_ms_ = attempt->started_ms_ + host.options.memory_check_ms;
  return attempt;
}

Attempt::~Attempt() {
  if (pid_ == 0) return;
  signal_group(SIGKILL);
  siginfo_t ignored{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &ignored, WEXITED) < 0 && errno == EINTR) {
  }
}

void Attempt::signal_group(int signal) { ::kill(-pid_, signal); }

// WNOWAIT: the leader stays a zombie until finish(). While it is one, its number, which is its group's, too, cannot pass
// to another process, so signals to the group hit nobody else, and orphans in the group are known as its own.
bool Attempt::leader_ended() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

void Attempt::add_polls(std::vector<pollfd>& polls) const {
  if (!leader_gone_) polls.push_back({.fd = pidfd_.get(), .events = POLLIN, .revents = 0});
  if (tap_ && tap_->pipe() >= 0) polls.push_back({.fd = tap_->pipe(), .events = POLLIN, .revents = 0});
  channel_->add_polls(polls);
}

void Attempt::pump(std::vector<Event>& events) {
  if (tap_) tap_->pump(kPumpBytes, step_last_, events);
  channel_->pump(kPumpBytes, events);
}

void Attempt::stop(How how, const std::string& reason) {
  // What ended by itself before it was asked to is not called stopped.
  if (leader_gone_ || leader_ended()) {
    killing_ = killing_ || how == How::kKill;  // What it left behind gets no grace then.
    return;
  }
  if (!ending_.stopped) ending_.stop_reason = reason;
  ending_.stopped = true;
  begin_end(how, host_->clock->steady_ms());
}

void Attempt::hold(bool held) {
  if (leader_gone_ || leader_ended()) return;
  const std::int64_t now_ms = host_->clock->steady_ms();
  if (held && !held_since_ms_) held_since_ms_ = now_ms;
  if (!held && held_since_ms_) away_ms_ += now_ms - *std::exchange(held_since_ms_, std::nullopt);
  signal_group(held ? SIGSTOP : SIGCONT);
}

void Attempt::begin_end(How how, std::int64_t now_ms) {
  if (how == How::kKill) {
    killing_ = true;
    kill_at_ms_.reset();
    signal_group(SIGKILL);
  } else if (!killing_ && !kill_at_ms_) {
    kill_at_ms_ = now_ms + host_->options.grace_ms;
    signal_group(SIGTERM);
    signal_group(SIGCONT);  // One that was stopped takes no TERM.
  }
}

// By the clock of whoever waits. What the program has to tell may wait, too, while Sterlet is stopped.
std::int64_t Attempt::time_limit_ms() const {
  return started_ms_ + away_ms_ + static_cast<std::int64_t>(std::ceil(std::max(0.0, *limits_.seconds) * 1000.0));
}

void Attempt::advance(std::int64_t now_ms, std::int64_t looked_ms) {
  const std::int64_t unseen_ms = now_ms - std::max(looked_ms, started_ms_);
  if (unseen_ms > kAwayMs && !held_since_ms_) away_ms_ += unseen_ms;
  if (now_ms >= logs_at_ms_) {
    for (LogLimit& log : logs_) log.apply();
    logs_at_ms_ = next_on_grid(now_ms, kLogCheckMs);
  }
  if (!leader_gone_ && leader_ended()) {
    leader_gone_ = true;
    ending_.seconds = static_cast<double>(now_ms - started_ms_) / 1000.0;
    kill_at_ms_.reset();
    scan_at_ms_ = now_ms;
  }
  if (leader_gone_) return;
  const bool is_limited = limits_.seconds && *limits_.seconds < kSecondsMax && !held_since_ms_;
  if (is_limited && now_ms >= time_limit_ms() && !ending_.time_limit && !ending_.stopped) {
    ending_.time_limit = limits_.seconds;
    begin_end(How::kTerm, now_ms);
  }
  if (kill_at_ms_ && now_ms >= *kill_at_ms_) begin_end(How::kKill, now_ms);
}

bool Attempt::wants_scan(std::int64_t now_ms) const { return !ended_ && scan_at_ms_ && now_ms >= *scan_at_ms_; }

void Attempt::use_scan(const OrphanScan& scan, std::int64_t now_ms) {
  std::vector<pid_t> mine;
  for (const Orphan& orphan : scan.orphans) {
    if (orphan.attempt == id_) mine.push_back(orphan.pid);
  }
  if (leader_gone_) {
    end_leftovers(mine, !scan.complete || scan.unclear_start >= leader_start_, now_ms);
  } else {
    check_memory(mine, now_ms);
  }
}

void Attempt::check_memory(const std::vector<pid_t>& orphans, std::int64_t now_ms) {
  scan_at_ms_ = next_on_grid(now_ms, host_->options.memory_check_ms);
  if (killing_) return;
  std::vector<pid_t> mine = family_tree(pid_);
  for (const pid_t orphan : orphans) {
    const std::vector<pid_t> family = family_tree(orphan);
    mine.insert(mine.end(), family.begin(), family.end());
  }
  // Pages that processes share are counted once only in the slow measure, so it is taken where it may decide.
  for (const MemoryMeasure measure : {MemoryMeasure::kResident, MemoryMeasure::kProportional}) {
    std::int64_t used = 0;
    for (const pid_t process : mine) used += process_memory(process, measure);
    if (measure == MemoryMeasure::kResident) memory_most_ = std::max(memory_most_, used);
    if (used <= *limits_.memory_bytes) return;
    ending_.memory_used = used;
  }
  begin_end(How::kKill, now_ms);
}

// TERM once, to give daemons time to save; KILL again and again, because what is killed may leave orphans of its own,
// which only now become children of ours. Done when a look finds none: then nothing of this attempt lives (reaper.h).
void Attempt::end_leftovers(const std::vector<pid_t>& orphans, bool unclear, std::int64_t now_ms) {
  scan_at_ms_ = now_ms + kLeftoverScanMs;
  if (orphans.empty()) {
    if (unclear && unclear_since_ms_ < 0) unclear_since_ms_ = now_ms;
    ended_ = !unclear || now_ms >= unclear_since_ms_ + kLeftoverGiveUpMs;
    return;
  }
  unclear_since_ms_ = -1;
  const bool first = leftovers_since_ms_ < 0;
  if (first) {
    leftovers_since_ms_ = now_ms;
    left_running_ = static_cast<int>(orphans.size());
  }
  const std::int64_t kill_at = leftovers_since_ms_ + (killing_ ? 0 : host_->options.leftover_grace_ms);
  const bool kill = now_ms >= kill_at;
  for (const pid_t orphan : orphans) {
    if (kill) {
      signal_family(orphan, SIGKILL);
    } else if (first) {
      signal_family(orphan, SIGTERM);
      signal_family(orphan, SIGCONT);
    }
  }
  if (now_ms < kill_at + kLeftoverGiveUpMs) return;
  base::warn(
      fmt::format("trial {}: process {} does not end even by signal 9; it is left alone", id_.trial, orphans.front()));
  ended_ = true;
}

std::optional<std::int64_t> Attempt::next_due_ms() const {
  std::optional<std::int64_t> due = scan_at_ms_;
  const auto sooner = [&](std::int64_t ms) { due = due ? std::min(*due, ms) : ms; };
  sooner(logs_at_ms_);
  if (is_starved()) sooner(host_->clock->steady_ms() + kStarvedMs);
  if (kill_at_ms_) sooner(*kill_at_ms_);
  const bool is_limited = limits_.seconds && *limits_.seconds < kSecondsMax && !held_since_ms_;
  if (is_limited && !leader_gone_ && !ending_.time_limit && !ending_.stopped) sooner(time_limit_ms());
  return due;
}

// The order matters: what it said before it died is told before its end is, and only then its number is given back.
void Attempt::finish(std::vector<Event>& events) {
  if (tap_) {
    tap_->pump(kFinalPumpBytes, step_last_, events);
    tap_->finish(step_last_, events);
  }
  channel_->pump(kFinalPumpBytes, events);
  for (LogLimit& log : logs_) log.apply();
  const auto unsent = unsent_files(unsent_);
  for (const auto& left : unsent) ::unlink(left.c_str());
  ending_.unsent = !unsent.empty() || channel_->was_cut();
  signal_group(SIGKILL);  // Where /proc cannot be read, whatever is left in the group is known by nothing else.
  siginfo_t info{};
  struct rusage usage {};  // The library's waitid() has no place for it.
  while (::syscall(SYS_waitid, P_PID, pid_, &info, WEXITED, &usage) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  ending_.signalled = info.si_code != CLD_EXITED;
  ending_.code = info.si_status;
  const auto oom_kills = out_of_memory_kills();
  ending_.system_out_of_memory = oom_kills && oom_kills_at_start_ && *oom_kills > *oom_kills_at_start_;
  auto exited = explain_ending(ending_);
  if (exited.cause == Cause::kFinished || exited.cause == Cause::kError) exited.traces = traces();
  exited.memory_bytes = std::max(memory_most_, static_cast<std::int64_t>(usage.ru_maxrss) * 1024);
  events.push_back({.id = id_, .what = std::move(exited)});
}

Traces Attempt::traces() const {
  Traces traces{.has_spoken = channel_->has_spoken(),
                .refused = channel_->last_refusal(),
                .stdout_last = last_lines(stdout_log_, kLastLinesMax),
                .stderr_last = last_lines(ending_.stderr_log, kLastLinesMax),
                .left_running = left_running_};
  if (tap_) {
    traces.matched = tap_->matched();
    traces.no_numbers = tap_->no_numbers();
    traces.long_lines = tap_->long_lines();
  }
  return traces;
}

}  // namespace sterlet::exec
