#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/exec/executor.h"

namespace sterlet::exec {

/// What /proc tells about processes. Every answer is of one moment: the process may be another, or none, a moment later.

/// The content of a small file, at first by one read of `bytes_first`; nothing, with errno, if it cannot be opened.
std::optional<std::string> read_small(const std::string& path, std::size_t bytes_first, std::size_t bytes_max);

/// A process as /proc/PID/stat shows it.
struct ProcessStat {
  bool alive = false;  ///< Neither gone nor a zombie nor a thread of the system itself.
  pid_t parent = 0;
  pid_t group = 0;
  std::int64_t start = -1;  ///< When it was born, in the system's ticks; -1 if it is gone.
  /// Bytes of its environment: 0 for none, -1 on its way into another program, whose environment is not there yet.
  std::int64_t environment_bytes = 0;
};
ProcessStat read_stat(pid_t pid);

/// Whose a process is, by the environment it was started with.
struct ProcessMarks {
  bool of_session = false;           ///< It carries the session's mark, ...
  std::optional<AttemptId> attempt;  ///< ... and those of this attempt.
  std::int64_t unclear_start = -1;   ///< When it was born, if it lives and its environment is not there yet.
};
ProcessMarks read_marks(pid_t pid, const std::string& session);

/// Every process of the machine that may be ours: processes of other users can neither be read nor signalled, except by
/// root, whose programs may change their user. Without ourselves. Nothing, with errno, if /proc cannot be read.
std::optional<std::vector<pid_t>> list_processes();

/// The children of a process, in the order in which they became its own, of each thread; nothing, with errno, if they
/// cannot be read: it is gone, or the system keeps no lists (CONFIG_PROC_CHILDREN; ENOENT). Exact for ourselves: a list
/// grows at its end, and only we take from it, by reaping.
std::optional<std::vector<pid_t>> list_children(pid_t parent);
/// The same from every process's own word for who its parent is. O(processes of the machine). As exact for ourselves: a
/// living descendant was there before the search began, or has a parent that is still one of our children, dead perhaps.
std::optional<std::vector<pid_t>> search_children(pid_t parent);

/// Resident memory of a process, in bytes; 0 if it is gone. `proportional` divides pages shared with others among them
/// (slower: the system walks the page tables).
enum class MemoryMeasure { kResident, kProportional };
std::int64_t process_memory(pid_t pid, MemoryMeasure measure);

/// How often the system has killed a process for want of memory since it started; nothing where it does not say.
std::optional<std::int64_t> out_of_memory_kills();

}  // namespace sterlet::exec
