#include "sterlet/context/bytes.h"

#include <unistd.h>

namespace sterlet::context {

std::string read_at(int fd, std::int64_t offset, std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const ssize_t got = ::pread(fd, bytes.data() + have, count - have, offset + static_cast<std::int64_t>(have));
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace sterlet::context
