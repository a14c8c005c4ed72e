#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/exec/fd.h"

namespace sterlet::exec {

/// A living process that carries a session's mark.
struct FoundProcess {
  pid_t pid = 0;
  Fd pidfd;  ///< Names this very process: a signal through it never hits one that got its number.
};

struct Scan {
  std::vector<FoundProcess> processes;
  /// When the youngest process on its way into another program was born (as ProcessStat::start says), -1 if there is
  /// none. For that moment it shows no environment, so whoever may own it must look again.
  std::int64_t unclear_start = -1;
};

/// Every living process with STERLET_SESSION=`session` in its environment, without ourselves. This finds processes of a
/// session whose executor is gone; a living executor finds its own by the family tree (reaper.h), which costs less and
/// misses none. Reads /proc; O(processes of the machine). A process born during the scan may be missed.
Scan scan_processes(const std::string& session);

/// Kills every process with the session's mark, and looks again until two scans find none or `bound` is over.
/// Returns true if none is left.
bool kill_session(const std::string& session, std::chrono::milliseconds bound);

}  // namespace sterlet::exec
