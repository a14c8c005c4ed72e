#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sterlet/base/result.h"

struct XXH64_state_s;

namespace sterlet::base {

/// XXH64 with seed 0: finds accidents (a torn write, a flipped bit), not attacks. Databases keep these sums with their
/// checkpoints, so the algorithm stays what it is.
class Checksum final {
 public:
  Checksum();
  void add(std::string_view bytes);
  std::uint64_t value() const;
  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  struct Free {
    void operator()(XXH64_state_s* state) const;
  };
  std::unique_ptr<XXH64_state_s, Free> state_;
};

struct FileChecksum {
  std::int64_t bytes = 0;
  std::string text;
  bool operator==(const FileChecksum&) const = default;
};

/// Of a regular file's content, or of a folder: its files' relative names and contents, by name. `go_on`, if given, is
/// called with the bytes read so far, about once a MiB; false ends it. Errors: kNotFound, kDisk (also for a device, a
/// FIFO or a socket, which is not opened), kInterrupted.
Result<FileChecksum> checksum_of(const std::string& path, const std::function<bool(std::int64_t)>& go_on = {});

}  // namespace sterlet::base
