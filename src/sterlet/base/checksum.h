#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sterlet/base/result.h"

namespace sterlet::base {

/// XXH64 with seed 0: finds accidents (a torn write, a flipped bit), not attacks. Some bytes a cycle, so that a large
/// file costs what reading it costs. Source: the XXH64 specification, xxHash 0.8.
class Checksum final {
 public:
  void add(std::string_view bytes);
  std::uint64_t value() const;
  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  std::uint64_t lanes_[4] = {0x60EA27EEADC0B5D6, 0xC2B2AE3D27D4EB4F, 0, 0x61C8864E7A143579};
  std::uint64_t length_ = 0;
  std::string rest_;  // Less than a stripe.
};

struct FileChecksum {
  std::int64_t bytes = 0;
  std::string text;
  bool operator==(const FileChecksum&) const = default;
};

/// Of a file's content, or of a folder: its files' relative names and contents, by name. Errors: kNotFound, kDisk.
Result<FileChecksum> checksum_of(const std::string& path);

}  // namespace sterlet::base
