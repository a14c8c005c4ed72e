#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/exec/channel/channel.h"
#include "sterlet/exec/local/ending.h"
#include "sterlet/exec/executor.h"
#include "sterlet/exec/fd.h"
#include "sterlet/exec/local/local.h"
#include "sterlet/exec/local/log_limit.h"
#include "sterlet/exec/local/reaper.h"
#include "sterlet/exec/local/socket_folder.h"
#include "sterlet/exec/local/stdout_tap.h"

namespace sterlet::exec {

/// What all attempts of an executor share.
struct AttemptHost {
  std::string session;
  SocketFolder* sockets = nullptr;
  LocalOptions options;
  const base::Clock* clock = nullptr;
  std::uint64_t ack_next = 1;
};

/// One attempt: its leader (the program started), its process group, its channel and its stdout.
///
/// Its life: the leader runs; perhaps an end is asked for (TERM, later KILL); the leader ends, but stays unreaped, so
/// that nobody else can get its number and with it its group's; what it left behind is ended (TERM, later KILL); once no
/// orphan of it is left, channel and stdout are drained, the leader is reaped and Exited told.
class Attempt final {
 public:
  /// Starts it. A program that cannot be started gives nothing and an Exited event. Errors: as Executor::launch.
  static base::Result<std::unique_ptr<Attempt>> start(const Launch& launch, AttemptHost& host,
                                                      std::vector<Event>& events);
  /// Kills and reaps what still runs in its group.
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  const AttemptId& id() const { return id_; }
  Reaper::Family family() const { return {.attempt = id_, .leader = pid_, .start = leader_start_}; }
  Channel& channel() { return *channel_; }
  /// Whether pump() must be tried though poll(2) tells nothing: see Channel::is_starved.
  bool is_starved() const { return channel_->is_starved(); }

  void add_polls(std::vector<pollfd>& polls) const;
  /// Carries messages and output, without waiting.
  void pump(std::vector<Event>& events);
  /// Asks for its end, TERM first or KILL at once; no-op if the leader has ended already.
  enum class How { kTerm, kKill };
  void stop(How how, const std::string& reason);
  /// Holds its process group where it is, or lets it go on; no-op if the leader has ended already.
  void hold(bool held);

  /// Looks whether the leader ended, and applies what is due at `now_ms`: time limit, KILL after TERM. looked_ms: when
  /// that was last done for any attempt.
  void advance(std::int64_t now_ms, std::int64_t looked_ms);
  /// True if the next step needs to know which orphans there are.
  bool wants_scan(std::int64_t now_ms) const;
  /// Looks at its processes: memory while the leader runs, leftovers after.
  void use_scan(const OrphanScan& scan, std::int64_t now_ms);
  /// When advance() or a scan is next due; nothing: only when something happens.
  std::optional<std::int64_t> next_due_ms() const;
  /// Nothing is left of it: finish() may be called, once.
  bool ended() const { return ended_; }
  void finish(std::vector<Event>& events);

 private:
  Attempt(const Launch& launch, AttemptHost& host);
  bool leader_ended() const;
  Traces traces() const;
  std::int64_t time_limit_ms() const;
  void signal_group(int signal);
  void begin_end(How how, std::int64_t now_ms);
  void check_memory(const std::vector<pid_t>& orphans, std::int64_t now_ms);
  void end_leftovers(const std::vector<pid_t>& orphans, bool unclear, std::int64_t now_ms);

  AttemptId id_;
  AttemptHost* host_;
  Limits limits_;
  Ending ending_;
  std::int64_t started_ms_ = 0;
  /// For how long it was held, or nobody listened to it: that does not count against its time limit.
  std::int64_t away_ms_ = 0;
  std::optional<std::int64_t> held_since_ms_;
  std::optional<std::int64_t> oom_kills_at_start_;
  std::int64_t step_last_ = 0;

  pid_t pid_ = 0;
  Fd pidfd_;
  std::int64_t leader_start_ = -1;  ///< As ProcessStat::start says.
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<StdoutTap> tap_;
  std::string stdout_log_;  ///< Path.
  std::vector<LogLimit> logs_;
  std::string unsent_;  ///< Path that the files of STERLET_UNSENT begin with.

  bool leader_gone_ = false;
  bool killing_ = false;                    ///< KILL was sent, or is all that remains to be sent.
  std::optional<std::int64_t> kill_at_ms_;  ///< End of the grace after TERM.
  std::optional<std::int64_t> scan_at_ms_;
  std::int64_t logs_at_ms_ = 0;   ///< When its logs are next looked at.
  std::int64_t memory_most_ = 0;  ///< Seen by the looks at its memory.
  std::int64_t leftovers_since_ms_ = -1;
  int left_running_ = 0;  ///< Orphans at the first look after its end.
  std::int64_t unclear_since_ms_ = -1;
  bool ended_ = false;
};

}  // namespace sterlet::exec
