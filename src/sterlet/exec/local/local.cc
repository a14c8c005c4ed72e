#include "sterlet/exec/local/local.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/clock.h"
#include "sterlet/exec/local/attempt.h"
#include "sterlet/exec/local/guardian.h"
#include "sterlet/exec/local/process_scan.h"
#include "sterlet/exec/local/reaper.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr auto kEndBound = std::chrono::seconds(10);
constexpr std::int64_t kSweepMs = 5'000;  // Dead orphans of attempts that run on take up a number until then.

/// The sockets' folder, removed with its owner.
class SocketFolder final {
 public:
  explicit SocketFolder(std::string path) : path_(std::move(path)) {}
  SocketFolder(SocketFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SocketFolder& operator=(SocketFolder&&) = delete;
  ~SocketFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class LocalExecutor final : public Executor {
 public:
  LocalExecutor(const std::string& session, LocalOptions options, const base::Clock& clock, SocketFolder folder,
                Guardian guardian)
      : clock_(clock), guardian_(std::move(guardian)), folder_(std::move(folder)), reaper_(session) {
    host_.session = session;
    host_.socket_folder = folder_.path();
    host_.options = options;
    host_.clock = &clock;
  }

  ~LocalExecutor() override {
    if (!first_start_) return;
    attempts_.clear();  // Kills and reaps the groups.
    reaper_.kill_all(*first_start_, guardian_.pid(), kEndBound);
  }

  Result<void> launch(const Launch& launch) override {
    if (attempts_.contains(launch.id)) {
      return fail(ErrorCode::kConflict, fmt::format("attempt {} already runs", launch.id.attempt), {},
                  fmt::format("trial {}", launch.id.trial));
    }
    auto attempt = Attempt::start(launch, host_, events_);
    if (!attempt) {
      return fail(attempt.error().at(fmt::format("trial {}", launch.id.trial)));
    }
    if (!*attempt) return {};
    if (!first_start_) first_start_ = (*attempt)->family().start;
    attempts_[launch.id] = std::move(*attempt);
    return {};
  }

  std::vector<Event> wait(std::optional<std::int64_t> timeout_ms, std::span<const int> also) override {
    const std::int64_t start_ms = clock_.steady_ms();
    for (bool again = true; again;) {
      advance();
      const std::int64_t now_ms = clock_.steady_ms();
      std::optional<std::int64_t> left_ms;
      if (timeout_ms) left_ms = std::max<std::int64_t>(0, *timeout_ms - (now_ms - start_ms));
      again = turn(left_ms, now_ms, also) && events_.empty() && (!left_ms || *left_ms > 0);
    }
    return std::exchange(events_, {});
  }

  bool acknowledge(std::uint64_t ack, bool prune) override {
    return std::any_of(attempts_.begin(), attempts_.end(),
                       [&](const auto& entry) { return entry.second->channel().acknowledge(ack, prune); });
  }

  bool send(const AttemptId& id, const base::Json& message) override {
    const auto found = attempts_.find(id);
    return found != attempts_.end() && found->second->channel().send(message);
  }

  void end(const AttemptId& id, const std::string& reason) override { stop(id, Attempt::How::kTerm, reason); }
  void kill(const AttemptId& id, const std::string& reason) override { stop(id, Attempt::How::kKill, reason); }
  void hold(const AttemptId& id, bool held) override {
    const auto found = attempts_.find(id);
    if (found != attempts_.end()) found->second->hold(held);
  }
  void end_leftovers(const std::string& session) override { end_session_leftovers(session); }
  std::optional<std::size_t> capacity() const override { return std::nullopt; }
  std::size_t running() const override { return attempts_.size(); }

 private:
  void stop(const AttemptId& id, Attempt::How how, const std::string& reason) {
    const auto found = attempts_.find(id);
    if (found != attempts_.end()) found->second->stop(how, reason);
  }

  /// Applies what is due; one look at the orphans serves all attempts that want one.
  void advance() {
    const std::int64_t now_ms = clock_.steady_ms();
    std::vector<Attempt*> wanting;
    std::vector<Reaper::Family> families;
    for (const auto& [id, attempt] : attempts_) {
      attempt->advance(now_ms);
      families.push_back(attempt->family());
      if (attempt->wants_scan(now_ms)) wanting.push_back(attempt.get());
    }
    if (wanting.empty() && (attempts_.empty() || now_ms < sweep_at_ms_)) return;
    sweep_at_ms_ = now_ms + kSweepMs;
    const OrphanScan scan = reaper_.look(families, guardian_.pid());
    for (Attempt* attempt : wanting) attempt->use_scan(scan, now_ms);
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
  bool turn(std::optional<std::int64_t> left_ms, std::int64_t now_ms, std::span<const int> also) {
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
    const std::int64_t most = std::numeric_limits<int>::max();
    const int count = ::poll(polls.data(), static_cast<nfds_t>(polls.size()),
                             wait_ms ? static_cast<int>(std::min(*wait_ms, most)) : -1);
    if (count < 0) return errno != EINTR && errno != EAGAIN;
    std::size_t first = also.size();
    const auto ready = [](const pollfd& poll) { return poll.revents != 0; };
    for (const auto& [attempt, end] : owners) {
      const auto begin = polls.begin() + static_cast<std::ptrdiff_t>(first);
      if (std::any_of(begin, polls.begin() + static_cast<std::ptrdiff_t>(end), ready)) attempt->pump(events_);
      first = end;
    }
    return std::none_of(polls.begin(), polls.begin() + static_cast<std::ptrdiff_t>(also.size()), ready);
  }

  const base::Clock& clock_;
  // In this order: the attempts go first, then the folder, then the guardian, which until then would clean up for us.
  Guardian guardian_;
  SocketFolder folder_;
  Reaper reaper_;
  std::optional<std::int64_t> first_start_;  ///< When the first attempt was born; children older than it are not ours.
  std::int64_t sweep_at_ms_ = 0;             ///< When dead orphans are next reaped.
  AttemptHost host_;
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
  STERLET_TRY(std::string path, make_socket_folder(session));
  SocketFolder folder(std::move(path));
  return std::make_unique<LocalExecutor>(session, options, clock, std::move(folder), std::move(guardian));
}

void end_session_leftovers(const std::string& session) {
  kill_session(session, kEndBound);
  remove_socket_folders(session);
}

}  // namespace sterlet::exec
