#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "sterlet/base/result.h"
#include "sterlet/exec/fd.h"

namespace sterlet::exec {

/// A process that outlives us on purpose, by moments: once we are gone, however that happened, it kills every process
/// with the session's mark and removes the session's folder of sockets. It sits in a terminal session of its own,
/// ignores the signals a terminal or a batch system sends, and holds nothing open but its end of one socket.
class Guardian final {
 public:
  /// Forks; no other thread may hold a lock that a child of one thread would wait for: best none runs. Errors:
  /// kUnreachable.
  static base::Result<Guardian> start(const std::string& session);
  Guardian(Guardian&&) = default;
  Guardian& operator=(Guardian&&) = delete;
  /// Sends it home and waits for it: nothing is left to guard.
  ~Guardian();

  pid_t pid() const { return pid_; }
  /// For poll(2) with no events: it hangs up when the guardian is gone.
  int line() const { return line_.get(); }
  /// Whether it still watches; lets one that somebody stopped (SIGSTOP) go on.
  bool is_awake() const;

 private:
  Guardian(pid_t pid, Fd line) : pid_(pid), line_(std::move(line)) {}
  pid_t pid_;
  Fd line_;  ///< Its other end sees the end of file when we die.
};

}  // namespace sterlet::exec
