#include "sterlet/samplers/gp/region.h"

#include <algorithm>
#include <limits>

namespace sterlet::samplers {

namespace {

constexpr double kFirst = 0.8, kWidest = 1.6, kLeast = 1.0 / 128;
constexpr int kSuccesses = 3, kFailures = 10;  // In a row, before the box is doubled or halved.
constexpr double kImprovement = 1e-3;          // That counts as a success.

}  // namespace

GpRegion region_of(std::span<const double> values, std::size_t startup) {
  GpRegion region{.side = kFirst};
  double best = std::numeric_limits<double>::infinity();
  int successes = 0, failures = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool better = values[i] < best - kImprovement;
    best = std::min(best, values[i]);
    if (i < region.since + startup) continue;
    successes = better ? successes + 1 : 0;
    failures = better ? 0 : failures + 1;
    if (successes == kSuccesses) {
      region.side = std::min(2 * region.side, kWidest);
      successes = 0;
    } else if (failures == kFailures) {
      region.side /= 2;
      failures = 0;
    }
    if (region.side >= kLeast) continue;
    region = {.since = i + 1, .side = kFirst};
    best = std::numeric_limits<double>::infinity();
  }
  if (values.size() < region.since + startup || region.side > 1) region.side = 1;
  return region;
}

}  // namespace sterlet::samplers
