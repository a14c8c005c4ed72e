#include "sterlet/base/output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sterlet::base {

int write_all(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      pollfd ready{.fd = fd, .events = POLLOUT, .revents = 0};
      if (poll(&ready, 1, -1) < 0 && errno != EINTR) return errno;
    } else if (count < 0 && errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void Output::write(std::string_view bytes) noexcept {
  if (failure_ != 0) return;
  if (used_ + bytes.size() > buffer_.size()) flush();
  if (bytes.size() > buffer_.size()) return write_through(bytes);
  if (failure_ != 0 || bytes.empty()) return;
  std::memcpy(buffer_.data() + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
}

void Output::flush() noexcept {
  const std::size_t used = used_;
  used_ = 0;
  write_through({buffer_.data(), used});
}

void Output::write_through(std::string_view bytes) noexcept {
  if (failure_ == 0) failure_ = write_all(fd_, bytes);
}

bool Output::is_terminal() const noexcept { return isatty(fd_) != 0; }

}  // namespace sterlet::base
