#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sterlet::context {

/// Numbers of up to eight bytes.
inline std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}
inline std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// Up to `count` bytes of a file from `offset` on; fewer where it ends or cannot be read.
std::string read_at(int fd, std::int64_t offset, std::size_t count);

}  // namespace sterlet::context
