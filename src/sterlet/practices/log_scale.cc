#include <cmath>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {
constexpr std::int64_t kDraws = 20000;
constexpr double kTolerance = 0.015;  // Four standard deviations of a share of so many draws.
}  // namespace

// ln(1 / 0.1) / ln(1 / 0.0001) = 1/4 on the log scale, 0.9 / 0.9999 on the linear one.
Finding log_scale(const Parts& parts) {
  const auto share_above = [&](space::Scale scale) -> base::Result<double> {
    const space::Space space = space_of({learning_rate(scale)});
    STERLET_TRY(const auto points, run_search(parts, space, {.sampler = "random", .seed = 1, .trials = kDraws},
                                              [](const std::vector<double>&) { return 0.0; }));
    double above = 0;
    for (const std::vector<double>& point : points) above += point[0] > 0.1 ? 1 : 0;
    return above / kDraws;
  };
  const auto linear = share_above(space::Scale::kLinear), scaled = share_above(space::Scale::kLog);
  if (!linear) return broken(linear.error());
  if (!scaled) return broken(scaled.error());
  return {.holds = std::abs(*linear - 0.9) < kTolerance && std::abs(*scaled - 0.25) < kTolerance,
          .figure = fmt::format("above 0.1: linear {:.1f}%, log {:.1f}%", 100 * *linear, 100 * *scaled),
          .numbers = {{"linear_share", *linear}, {"log_share", *scaled}, {"draws", kDraws}}};
}

}  // namespace sterlet::practices
