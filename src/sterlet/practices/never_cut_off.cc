#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {
constexpr std::uint64_t kRepetitions = 400;
}  // namespace

// Of 100 trials refine draws 35 from the whole space before it zooms, and a fifth of the other 65.
Finding never_cut_off(const Parts& parts) {
  const space::Space space = space_of({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  const double radius = std::cbrt(0.02 * 3 / (4 * std::acos(-1.0)));
  std::size_t by_random = 0, by_refine = 0;
  for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
    const std::vector<double> deep = hidden_place(seed, 3), wide = hidden_place(kRepetitions + seed, 3);
    const Objective basins = [&](const std::vector<double>& point) {
      const double to_deep = distance(point, deep) / radius, to_wide = distance(point, wide);
      return std::min(to_wide * to_wide, to_deep < 1 ? 0.9 * to_deep * to_deep - 0.6 : 1.0);
    };
    const auto random = best_of_search(parts, space, {.sampler = "random", .seed = seed, .trials = 48}, basins);
    const auto refine = best_of_search(parts, space, {.sampler = "refine", .seed = seed, .trials = 100}, basins);
    if (!random) return broken(random.error());
    if (!refine) return broken(refine.error());
    by_random += basins(*random) < 0 ? 1 : 0;
    by_refine += basins(*refine) < 0 ? 1 : 0;
  }
  const auto percent = [](std::size_t count) { return 100 * static_cast<double>(count) / kRepetitions; };
  return {.holds = by_refine >= by_random && by_random > 0,
          .figure = fmt::format("refine {:.0f}% of {}, its 48 global points {:.0f}%", percent(by_refine), kRepetitions,
                                percent(by_random)),
          .numbers = {{"refine_share", percent(by_refine) / 100},
                      {"global_points_share", percent(by_random) / 100},
                      {"repetitions", kRepetitions}}};
}

}  // namespace sterlet::practices
