#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sterlet/exec/executor.h"
#include "sterlet/exec/fd.h"

namespace sterlet::exec {

/// A living process that belongs to a session, by its group or by the marks in its environment.
struct FoundProcess {
  pid_t pid = 0;
  pid_t group = 0;
  std::optional<AttemptId>
      attempt;  ///< From STERLET_TRIAL and STERLET_ATTEMPT, if the process carries the session's mark.
  Fd pidfd;     ///< Names this very process: a signal through it never hits one that got its number.
};

struct Scan {
  std::vector<FoundProcess> processes;
  /// When the youngest process on its way into another program was born (as process_start() says), -1 if there is none.
  /// For that moment it shows no environment, so whoever may own it must look again.
  std::int64_t unclear_start = -1;
};

/// Every living process with STERLET_SESSION=`session` in its environment or in one of the process groups `groups`,
/// without ourselves. Reads /proc; O(processes of the machine).
Scan scan_processes(const std::string& session, std::span<const pid_t> groups);

/// When a process (which may be a zombie) was born, in the system's ticks; -1 if it is gone.
std::int64_t process_start(pid_t pid);

void send_signal(const FoundProcess& process, int signal);

/// Kills every process with the session's mark, and looks again until none is found or `bound` is over.
/// Returns true if none is left.
bool kill_session(const std::string& session, std::chrono::milliseconds bound);

/// Resident memory of a process, in bytes; 0 if it is gone. `proportional` divides pages shared with others among them
/// (slower: the system walks the page tables).
enum class MemoryMeasure { kResident, kProportional };
std::int64_t process_memory(pid_t pid, MemoryMeasure measure);

/// How often the system has killed a process for want of memory since it started; 0 where it does not say.
std::int64_t out_of_memory_kills();

}  // namespace sterlet::exec
