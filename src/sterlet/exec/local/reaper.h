#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sterlet/exec/executor.h"

namespace sterlet::exec {

/// A process that a program of ours left behind, now a child of ours.
struct Orphan {
  pid_t pid = 0;
  std::optional<AttemptId> attempt;  ///< Nothing: it may be one of several attempts', or of one that has ended.
};

/// One look at the orphans.
struct OrphanScan {
  std::vector<Orphan> orphans;  ///< Those that live.
  /// When the youngest of unknown descent was born (as ProcessStat::start says), -1 if there is none: one on its way
  /// into another program, which shows no marks for that moment. Whoever may own it must look again.
  std::int64_t unclear_start = -1;
  bool complete = true;  ///< False if descriptors or memory ran out, so that some may be missing.
};

/// The foster parent of what programs leave behind.
///
/// While one exists, this process is a child subreaper (prctl(2)): a descendant whose parent dies becomes a child of
/// ours, however often it forked and whatever session, group or environment it made itself. So once the leader of an
/// attempt has ended, every living process of that attempt descends from a child of ours that we did not start. If
/// there is none, nothing is left. That is exact, where a look through all processes is not: a process can be born
/// behind a scan's back, but our list of children only grows at its end, and shrinks only when we reap.
///
/// Nothing is waited for here but orphans: neither the leaders of attempts, who are named to each call, nor children
/// of other parts of this program, which share our process group. At most one executor, and so one reaper, a process.
class Reaper final {
 public:
  /// What an orphan is recognised by. It belongs to the attempt in whose group it is; or whose marks it carries; or,
  /// if it has neither, to the only attempt that is older than itself.
  struct Family {
    AttemptId attempt;
    pid_t leader = 0;         ///< Also the number of its process group.
    std::int64_t start = -1;  ///< When the leader was born.
  };

  explicit Reaper(std::string session);
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  /// Leaves the process as it was.
  ~Reaper();

  /// The living orphans of `families`, all attempts that have not ended; reaps dead ones. `guardian` is left alone.
  /// O(children of ours).
  OrphanScan look(std::span<const Family> families, pid_t guardian) const;
  /// Kills every orphan born since `start`, and looks again until none is left or `bound` is over: no attempt runs any
  /// more. Returns true if none is left.
  bool kill_all(std::int64_t start, pid_t guardian, std::chrono::milliseconds bound) const;

 private:
  OrphanScan look_once(std::span<const Family> families, pid_t guardian, bool& reaped) const;

  std::string session_;
  bool was_subreaper_ = false;
  struct sigaction was_child_ {};  ///< Whoever started us may have SIGCHLD ignored: then the system waits for children.
};

/// A process and all that descend from it, it first. Of one moment; what forks meanwhile may be missing.
std::vector<pid_t> family_tree(pid_t root);

/// Sends a signal to an orphan and all that descend from it.
void signal_family(pid_t orphan, int signal);

}  // namespace sterlet::exec
