#include <cmath>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {
constexpr std::int64_t kDraws = 20000;
constexpr double kTolerance = 0.015;  // Four standard deviations of a share of so many draws.
}  // namespace

// 1 - beta from 0.1 to 0.001: 0.01 halves the decades; linearly 0.009 / 0.099.
Finding reverse_log_scale(const Parts& parts) {
  const auto share_above = [&](space::Scale scale) -> base::Result<double> {
    const space::Space space = space_of({{.name = "beta", .low = 0.9, .high = 0.999, .scale = scale}});
    STERLET_TRY(const auto points, run_search(parts, space, {.sampler = "random", .seed = 1, .trials = kDraws},
                                              [](const std::vector<double>&) { return 0.0; }));
    double above = 0;
    for (const std::vector<double>& point : points) above += point[0] > 0.99 ? 1 : 0;
    return above / kDraws;
  };
  const auto linear = share_above(space::Scale::kLinear), scaled = share_above(space::Scale::kReverseLog);
  if (!linear) return broken(linear.error());
  if (!scaled) return broken(scaled.error());
  return {.holds = std::abs(*linear - 0.0909) < kTolerance && std::abs(*scaled - 0.5) < kTolerance,
          .figure = fmt::format("above 0.99: linear {:.1f}%, reverse_log {:.1f}%", 100 * *linear, 100 * *scaled),
          .numbers = {{"linear_share", *linear}, {"reverse_log_share", *scaled}, {"draws", kDraws}}};
}

}  // namespace sterlet::practices
