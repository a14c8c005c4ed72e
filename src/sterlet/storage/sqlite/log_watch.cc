#include "sterlet/storage/sqlite/log_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>

namespace sterlet::storage {

LogWatch::~LogWatch() {
  if (fd_ >= 0) ::close(fd_);
}

int LogWatch::fd(const std::string& log_path) {
  if (fd_ >= 0 || has_failed_) return fd_;
  fd_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd_ >= 0 && inotify_add_watch(fd_, log_path.c_str(), IN_CLOSE_NOWRITE) < 0) {
    ::close(fd_);
    fd_ = -1;
  }
  has_failed_ = fd_ < 0;
  return fd_;
}

void LogWatch::drain() {
  std::array<char, 4096> notes{};
  while (fd_ >= 0 && ::read(fd_, notes.data(), notes.size()) > 0) {
  }
}

}  // namespace sterlet::storage
