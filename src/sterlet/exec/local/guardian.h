#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "sterlet/base/result.h"
#include "sterlet/exec/fd.h"

namespace sterlet::exec {

/// A private folder for sockets (mode 700, a short path) under $XDG_RUNTIME_DIR, $TMPDIR or /tmp, named by the session.
/// Errors: kUnreachable.
base::Result<std::string> make_socket_folder(const std::string& session);
/// Removes the folders that make_socket_folder made for the session, where one was left.
void remove_socket_folders(const std::string& session);

/// A process that outlives us on purpose, by moments: once we are gone, however that happened, it kills every process
/// with the session's mark and removes the session's folder of sockets. It sits in a terminal session of its own,
/// ignores the signals a terminal or a batch system sends, and holds nothing open but its end of one socket.
class Guardian final {
 public:
  /// Forks; other threads must not run yet. Errors: kUnreachable.
  static base::Result<Guardian> start(const std::string& session);
  Guardian(Guardian&&) = default;
  Guardian& operator=(Guardian&&) = delete;
  /// Sends it home and waits for it: nothing is left to guard.
  ~Guardian();

  pid_t pid() const { return pid_; }

 private:
  Guardian(pid_t pid, Fd line) : pid_(pid), line_(std::move(line)) {}
  pid_t pid_;
  Fd line_;  ///< Its other end sees the end of file when we die.
};

}  // namespace sterlet::exec
