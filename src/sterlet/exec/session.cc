#include "sterlet/exec/session.h"

#include <sys/random.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "sterlet/base/result.h"

namespace sterlet::exec {

std::string new_session() {
  std::array<unsigned char, 16> bytes{};
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    STERLET_CHECK(got > 0 || errno == EINTR, "the system's random generator failed");
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  std::string mark;
  for (const unsigned char byte : bytes) mark += fmt::format("{:02x}", byte);
  return mark;
}

}  // namespace sterlet::exec
