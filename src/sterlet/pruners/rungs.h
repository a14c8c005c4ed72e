#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sterlet/pruners/order_statistics.h"
#include "sterlet/pruners/progress.h"
#include "sterlet/pruners/pruner.h"

namespace sterlet::pruners {

/// The rungs of one successive halving: steps at which only the best part of those that reached them continues.
class Rungs final {
 public:
  /// eta > 1, first >= 1.
  Rungs(double eta, std::int64_t first, bool pauses = false)
      : eta_(eta), next_(static_cast<double>(first)), pauses_(pauses) {}

  /// Takes in a report of a trial that had come to `before` (nothing: it is the trial's first), and judges it at every
  /// rung it has passed.
  Decision take(const Report& report, std::optional<std::int64_t> before);
  /// The first paused trial (of ascending numbers), from the highest rung down, that stands among the best 1/eta of the
  /// rung that it paused at.
  std::optional<std::int64_t> promote(std::span<const std::int64_t> paused, const Progress& progress) const;

 private:
  struct Rung {
    std::int64_t step = 0;
    OrderStatistics values;
  };

  double eta_;
  double next_;  // Step of the rung after the last one, before rounding.
  bool pauses_;
  std::vector<Rung> rungs_;
};

}  // namespace sterlet::pruners
