#pragma once

#include <string>

namespace sterlet::storage {

/// Wakes when another connection commits: after each commit Connection opens the log for reading, and closes it.
class LogWatch final {
 public:
  LogWatch() = default;
  ~LogWatch();
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  /// Readable after a commit; begins to watch `log_path` at the first call. -1 where it cannot be watched.
  int fd(const std::string& log_path);
  /// Makes fd() unreadable until the next commit.
  void drain();

 private:
  int fd_ = -1;
  bool has_failed_ = false;
};

}  // namespace sterlet::storage
