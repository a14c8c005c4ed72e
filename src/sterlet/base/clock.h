#pragma once

#include <cstdint>
#include <string>

namespace sterlet::base {

/// Time as the outside gives it; a test hands in its own.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds since 1970-01-01 UTC; may jump when somebody sets the clock.
  virtual std::int64_t wall_ms() const = 0;
  /// Milliseconds that only grow, from an arbitrary start; leases and limits are measured with it.
  virtual std::int64_t steady_ms() const = 0;
};

/// The machine's clock; lives as long as the program.
const Clock& system_clock();

/// 1764000000000 as "2025-11-24T16:00:00.000Z".
std::string timestamp_text(std::int64_t wall_ms);

}  // namespace sterlet::base
