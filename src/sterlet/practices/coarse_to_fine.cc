#include <fmt/format.h>

#include "sterlet/math/median.h"
#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {
constexpr std::uint64_t kRepetitions = 200;
}  // namespace

Finding coarse_to_fine(const Parts& parts) {
  const space::Space space = space_of({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  std::vector<double> random_off, refine_off;
  for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
    const std::vector<double> optimum = hidden_place(seed, 3);
    const Objective bowl = [&](const std::vector<double>& point) { return distance(point, optimum); };
    const auto random = best_of_search(parts, space, {.sampler = "random", .seed = seed, .trials = 100}, bowl);
    const auto refine = best_of_search(parts, space, {.sampler = "refine", .seed = seed, .trials = 100}, bowl);
    if (!random) return broken(random.error());
    if (!refine) return broken(refine.error());
    random_off.push_back(distance(*random, optimum));
    refine_off.push_back(distance(*refine, optimum));
  }
  const double ratio = math::median_of(random_off) / math::median_of(refine_off);
  return {.holds = ratio >= 10,
          .figure = fmt::format("off by {:.4f}, random {:.3f}: {:.0f} times nearer", math::median_of(refine_off),
                                math::median_of(random_off), ratio),
          .numbers = {{"refine_distance", math::median_of(refine_off)},
                      {"random_distance", math::median_of(random_off)},
                      {"repetitions", kRepetitions}}};
}

}  // namespace sterlet::practices
