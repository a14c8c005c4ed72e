#pragma once

#include <string>
#include <utility>

#include "sterlet/base/result.h"

namespace sterlet::exec {

/// A private folder for sockets (mode 700, a short path) under $XDG_RUNTIME_DIR, $TMPDIR or /tmp, named by the session;
/// removed with its owner.
class SocketFolder final {
 public:
  /// Errors: kUnreachable.
  static base::Result<SocketFolder> make(const std::string& session);
  SocketFolder(SocketFolder&& other) noexcept
      : session_(std::move(other.session_)), path_(std::exchange(other.path_, {})) {}
  SocketFolder& operator=(SocketFolder&&) = delete;
  ~SocketFolder();

  const std::string& path() const { return path_; }
  /// Makes it again where it has gone, perhaps in another place: whoever may write there may remove it. Sockets that
  /// were in it work on for who is connected. Errors: kUnreachable.
  base::Result<void> ensure();

 private:
  SocketFolder(std::string session, std::string path) : session_(std::move(session)), path_(std::move(path)) {}

  std::string session_;
  std::string path_;
};

/// Removes the folders that were made for a session, where one was left.
void remove_socket_folders(const std::string& session);

}  // namespace sterlet::exec
