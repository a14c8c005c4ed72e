#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sterlet/pruners/pruner.h"

namespace sterlet::pruners {

/// How far each trial has come, and its best value so far.
class Progress final {
 public:
  /// Takes in a report; returns the trial's best so far (NaN while it has reported nothing else), or nothing where the
  /// trial has come as far before: such a report counts for nothing.
  std::optional<double> take(const Report& report);
  /// Last step of a trial that counted; nothing if none did.
  std::optional<std::int64_t> last_step(std::int64_t trial) const;

 private:
  struct Trial {
    bool has_reported = false;
    std::int64_t last_step = 0;
    double best = 0;
  };
  std::vector<Trial> trials_;
};

}  // namespace sterlet::pruners
