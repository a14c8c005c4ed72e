#include "sterlet/exec/local/local.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/clock.h"
#include "sterlet/base/log.h"
#include "sterlet/exec/fd.h"
#include "sterlet/exec/local/attempt.h"
#include "sterlet/exec/local/guardian.h"
#include "sterlet/exec/local/process_scan.h"
#include "sterlet/exec/local/procfs.h"
#include "sterlet/exec/local/reaper.h"
#include "sterlet/exec/local/socket_folder.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr auto kEndBound = std::chrono::seconds(10);
constexpr std::int64_t kGuardianRetryMs = 1'000;
constexpr std::int64_t kSweepMs = 5'000;  // Dead orphans of attempts that run on take up a number until then.

class LocalExecutor final : public Executor {
 public:
  LocalExecutor(const std::string& session, LocalOptions options, const base::Clock& clock, SocketFolder folder,
                Guardian guardian)
      : clock_(clock),
        guardian_(std::make_unique<Guardian>(std::move(guardian))),
        folder_(std::move(folder)),
        reaper_(session) {
    host_.session = session;
    host_.sockets = &folder_;
    host_.options = options;
    host_.clock = &clock;
    born_ = read_stat(guardian_->pid()).start;
    fill_reserve();
  }

  ~LocalExecutor() override {
    for (const auto& [id, attempt] : attempts_) kill(id, "");
    attempts_.clear();  // Kills and reaps the groups.
    reaper_.kill_all(born_, guardian_pid(), kEndBound);
  }

  Result<void> launch(const Launch& launch) override {
    if (attempts_.contains(launch.id)) {
      return fail(ErrorCode::kConflict, fmt::format("attempt {} already runs", launch.id.attempt), {},
                  fmt::format("trial {}", launch.id.trial));
    }
    watch_guardian(clock_.steady_ms());  // Nothing is started unguarded, if it can be helped.
    auto attempt = Attempt::start(launch, host_, events_);
    if (!attempt) {
      return fail(attempt.error().at(fmt::format("trial {}", launch.id.trial)));
    }
    if (*attempt) attempts_[launch.id] = std::move(*attempt);
    return {};
  }

  std::vector<Event> wait(std::optional<std::int64_t> timeout_ms, std::span<const int> also) override {
    const std::int64_t start_ms = clock_.steady_ms();
    for (bool again = true; again;) {
      advance();
      const std::int64_t now_ms = clock_.steady_ms();
      std::optional<std::int64_t> left_ms;
      if (timeout_ms) left_ms = std::max<std::int64_t>(0, *timeout_ms - (now_ms - start_ms));
      again = poll_once(left_ms, now_ms, also) && events_.empty() && (!left_ms || *left_ms > 0);
    }
    return std::exchange(events_, {});
  }

  bool acknowledge(std::uint64_t ack, bool prune) override {
    return std::any_of(attempts_.begin(), attempts_.end(),
                       [&](const auto& entry) { return entry.second->channel().acknowledge(ack, prune); });
  }

  bool send(const AttemptId& id, const base::Json& message) override { return send_all(id, {&message, 1}); }
  bool send_all(const AttemptId& id, std::span<const base::Json> messages) override {
    const auto found = attempts_.find(id);
    return found != attempts_.end() && found->second->channel().send_all(messages);
  }

  void end(const AttemptId& id, const std::string& reason) override { stop(id, Attempt::How::kTerm, reason); }
  void kill(const AttemptId& id, const std::string& reason) override { stop(id, Attempt::How::kKill, reason); }
  void hold(const AttemptId& id, bool held) override {
    const auto found = attempts_.find(id);
    if (found != attempts_.end()) found->second->hold(held);
  }
  void end_leftovers(const std::string& session) override {
    kill_session(session, kEndBound);
    remove_socket_folders(session);
  }
  std::optional<std::size_t> capacity() const override { return std::nullopt; }
  std::size_t running() const override { return attempts_.size(); }

 private:
  void stop(const AttemptId& id, Attempt::How how, const std::string& reason) {
    const auto found = attempts_.find(id);
    if (found != attempts_.end()) found->second->stop(how, reason);
  }

  pid_t guardian_pid() const { return guardian_ ? guardian_->pid() : 0; }

  /// Replaces a guardian that somebody killed: without one, a later death of ours would leave what we started.
  void watch_guardian(std::int64_t now_ms) {
    if (now_ms < guardian_at_ms_ || (guardian_ && guardian_->is_awake())) return;
    guardian_.reset();
    auto fresh = Guardian::start(host_.session);
    guardian_at_ms_ = now_ms + kGuardianRetryMs;
    if (fresh) {
      guardian_ = std::make_unique<Guardian>(std::move(*fresh));
    } else if (!std::exchange(guardian_missed_, true)) {
      base::warn(fmt::format("nothing watches over the trials, should Sterlet be killed: {}", fresh.error().message()));
    }
  }

  /// A look at the orphans; where descriptors ran out, with those kept for it.
  OrphanScan look(const std::vector<Reaper::Family>& families) {
    OrphanScan scan = reaper_.look(families, guardian_pid());
    if (scan.complete) return scan;
    for (Fd& kept : reserve_) kept.reset();
    scan = reaper_.look(families, guardian_pid());
    fill_reserve();
    return scan;
  }
  void fill_reserve() {
    for (Fd& kept : reserve_) kept.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

  /// Applies what is due. One look at the orphans serves all attempts that want one: it costs the same for one as for
  /// a hundred, and what it reaps and finds is of one moment.
  void advance() {
    const std::int64_t now_ms = clock_.steady_ms();
    std::vector<Attempt*> wanting;
    std::vector<Reaper::Family> families;
    for (const auto& [id, attempt] : attempts_) {
      attempt->advance(now_ms, looked_ms_);
      families.push_back(attempt->family());
      if (attempt->wants_scan(now_ms)) wanting.push_back(attempt.get());
    }
    looked_ms_ = now_ms;
    if (wanting.empty() && (attempts_.empty() || now_ms < sweep_at_ms_)) return;
    if (now_ms >= sweep_at_ms_) {
      sweep_at_ms_ = now_ms + kSweepMs;
      watch_guardian(now_ms);  // One that was stopped does not hang up.
    }
    const OrphanScan scan = look(families);
    for (Attempt* attempt : wanting) attempt->use_scan(scan, now_ms);
    for (const Orphan& orphan : scan.orphans) {
      // Of an attempt that was given up, or that began and could not be watched for want of descriptors.
      if (orphan.attempt && !attempts_.contains(*orphan.attempt)) signal_family(orphan.pid, SIGKILL);
    }
    for (auto entry = attempts_.begin(); entry != attempts_.end();) {
      if (entry->second->ended()) {
        entry->second->finish(events_);
        entry = attempts_.erase(entry);
      } else {
        ++entry;
      }
    }
  }

  /// Waits once and takes what came. False if the caller should look: a signal came, one of `also` is readable, or
  /// there is nothing to wait for.
  bool poll_once(std::optional<std::int64_t> left_ms, std::int64_t now_ms, std::span<const int> also) {
    std::vector<pollfd> polls;
    for (const int fd : also) polls.push_back({.fd = fd, .events = POLLIN, .revents = 0});
    std::vector<std::pair<Attempt*, std::size_t>> owners;  // Whose polls end before which index.
    std::optional<std::int64_t> wait_ms = left_ms;
    const auto within = [&](std::int64_t due_ms) {
      const std::int64_t in_ms = std::max<std::int64_t>(0, due_ms - now_ms);
      wait_ms = wait_ms ? std::min(*wait_ms, in_ms) : in_ms;
    };
    if (!attempts_.empty()) within(sweep_at_ms_);
    for (const auto& [id, attempt] : attempts_) {
      attempt->add_polls(polls);
      owners.emplace_back(attempt.get(), polls.size());
      if (const auto due = attempt->next_due_ms()) within(*due);
    }
    if (!events_.empty()) wait_ms = 0;
    if (polls.empty() && !left_ms) return false;
    const bool watched = guardian_ && now_ms >= guardian_at_ms_;
    if (watched) polls.push_back({.fd = guardian_->line(), .events = 0, .revents = 0});  // Ready only once it is gone.
    const std::int64_t most = std::numeric_limits<int>::max();
    const int count = ::poll(polls.data(), static_cast<nfds_t>(polls.size()),
                             wait_ms ? static_cast<int>(std::min(*wait_ms, most)) : -1);
    if (count < 0) return errno != EINTR && errno != EAGAIN;
    const auto ready = [](const pollfd& poll) { return poll.revents != 0; };
    if (watched && ready(polls.back())) watch_guardian(now_ms);
    std::size_t first = also.size();
    for (const auto& [attempt, end] : owners) {
      const auto begin = polls.begin() + static_cast<std::ptrdiff_t>(first);
      if (std::any_of(begin, polls.begin() + static_cast<std::ptrdiff_t>(end), ready) || attempt->is_starved()) {
        attempt->pump(events_);
      }
      first = end;
    }
    return std::none_of(polls.begin(), polls.begin() + static_cast<std::ptrdiff_t>(also.size()), ready);
  }

  const base::Clock& clock_;
  // In this order: the attempts go first, then the folder, then the guardian, which until then would clean up for us.
  std::unique_ptr<Guardian> guardian_;  ///< Nothing: it was killed, and no other can be made for now.
  std::int64_t guardian_at_ms_ = 0;     ///< Before this, no other is made.
  bool guardian_missed_ = false;        ///< That none can be made was said.
  SocketFolder folder_;
  Reaper reaper_;
  std::int64_t born_ = 0;         ///< When the first guardian was born, before all that is started here.
  std::int64_t looked_ms_ = 0;    ///< When the attempts were last looked at.
  std::int64_t sweep_at_ms_ = 0;  ///< When dead orphans are next reaped.
  AttemptHost host_;
  std::array<Fd, 4> reserve_;  ///< Descriptors for a look at the orphans, should the others be used up.
  std::map<AttemptId, std::unique_ptr<Attempt>> attempts_;
  std::vector<Event> events_;  ///< Not yet handed out.
};

}  // namespace

Result<std::unique_ptr<Executor>> make_local_executor(const std::string& session, LocalOptions options,
                                                      const base::Clock& clock) {
  const bool plain = std::all_of(session.begin(), session.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
  if (session.empty() || session.size() > 64 || !plain) {
    return fail(ErrorCode::kInvalidArgument, "a session's mark is 1 to 64 letters and digits", "use new_session()");
  }
  STERLET_TRY(Guardian guardian, Guardian::start(session));  // First, so that there is never a folder without it.
  STERLET_TRY(SocketFolder folder, SocketFolder::make(session));
  return std::make_unique<LocalExecutor>(session, options, clock, std::move(folder), std::move(guardian));
}

}  // namespace sterlet::exec
