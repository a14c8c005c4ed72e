#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/exec/executor.h"

namespace sterlet::exec {

struct LocalOptions {
  std::int64_t grace_ms = 10'000;          ///< >= 0. From TERM to KILL, for end() and time limits.
  std::int64_t leftover_grace_ms = 2'000;  ///< >= 0. The same, for processes a finished program leaves behind.
  std::int64_t memory_check_ms = 250;      ///< >= 1. Between two looks at the memory of attempts with a limit.
  /// >= 4096. Of stdout and stderr of an attempt, each: what is longer keeps its head and its tail (log_limit.h).
  std::int64_t log_bytes_max = std::int64_t{64} << 20;
};

/// Runs attempts as child processes of this one, each in a process group of its own.
///
/// No attempt outlives this process, however it ends: each child has PR_SET_PDEATHSIG, and a guardian process, which
/// holds the other end of a socket, kills every process that carries this session's mark in its environment once the
/// socket closes. At most one at a time in a process, which is the subreaper of its trials meanwhile (reaper.h). Must be
/// made before other threads are started. launch() must be called on a thread that outlives the attempts:
/// PR_SET_PDEATHSIG means that thread. `session` is new_session()'s, one for each executor; `clock` outlives it.
/// Errors: kInvalidArgument for a mark that cannot be one, kUnreachable where sockets or processes cannot be made.
base::Result<std::unique_ptr<Executor>> make_local_executor(const std::string& session, LocalOptions options = {},
                                                            const base::Clock& clock = base::system_clock());

}  // namespace sterlet::exec
