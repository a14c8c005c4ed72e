#include "sterlet/base/log.h"

#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace sterlet::base {

void warn(std::string_view line) noexcept {
  const auto piece = [](std::string_view text) {
    return iovec{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};  // writev does not write to it.
  };
  const std::array<iovec, 3> pieces{piece("sterlet: warning: "), piece(line), piece("\n")};
  while (::writev(STDERR_FILENO, pieces.data(), static_cast<int>(pieces.size())) < 0 && errno == EINTR) {
  }
}

}  // namespace sterlet::base
