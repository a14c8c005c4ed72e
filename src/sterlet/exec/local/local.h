#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sterlet/base/result.h"
#include "sterlet/exec/executor.h"

namespace sterlet::exec {

struct LocalOptions {
  std::int64_t grace_ms = 10'000;          ///< >= 0. From TERM to KILL, for end() and time limits.
  std::int64_t leftover_grace_ms = 2'000;  ///< >= 0. The same, for processes a finished program leaves behind.
  std::int64_t memory_check_ms = 250;      ///< >= 1. Between two looks at the memory of attempts with a limit.
};

/// Runs attempts as child processes of this one, each in a process group of its own.
///
/// No attempt outlives this process, however it ends: each child has PR_SET_PDEATHSIG, and a guardian process, which
/// holds the other end of a pipe, kills every process that carries this session's mark in its environment once the pipe
/// closes. Must be made before other threads are started. launch() must be called on a thread that outlives the
/// attempts: PR_SET_PDEATHSIG means that thread. `session` is new_session()'s, one for each executor.
/// Errors: kInvalidArgument for a mark that cannot be one, kUnreachable where sockets or processes cannot be made.
base::Result<std::unique_ptr<Executor>> make_local_executor(const std::string& session, LocalOptions options = {});

/// Kills what an earlier session (one that died) left running, if anything: every process with its mark. Removes its
/// folder of sockets.
void end_session_leftovers(const std::string& session);

/// A new session's mark: 32 hexadecimal digits from the system's generator.
std::string new_session();

/// For programs that report by `sterlet report`: sends one message to the channel and, with `wait`, asks for an answer
/// ("ack":true) and returns it: {"ack":{..}} or {"error":".."}. Without: an empty object. Errors: kUnreachable.
base::Result<base::Json> send_to_channel(const std::string& channel, const base::Json& message, bool wait);

}  // namespace sterlet::exec
