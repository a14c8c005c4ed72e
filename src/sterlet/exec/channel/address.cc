#include "sterlet/exec/channel/address.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace sterlet::exec {

using base::ErrorCode;
using base::fail;
using base::Result;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return fail(
        ErrorCode::kUnreachable,
        fmt::format("the path of a socket holds 1 to {} bytes (found {})", sizeof(address.sun_path) - 1, path.size()),
        "set TMPDIR to a shorter path", path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

base::Error socket_error(const std::string& path, std::string_view doing) {
  const int number = errno;
  const bool is_short = number == EMFILE || number == ENFILE || number == ENOMEM;
  return {ErrorCode::kUnreachable, path, fmt::format("cannot {} the trial channel ({})", doing, std::strerror(number)),
          is_short ? "use fewer open files, or raise their limit (ulimit -n)" : ""};
}

}  // namespace sterlet::exec
