#include <cmath>
#include <set>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {
constexpr std::uint64_t kRepetitions = 200;
constexpr double kCells = 32;
}  // namespace

Finding even_cover(const Parts& parts) {
  const space::Space space = space_of({{.name = "a"}, {.name = "b"}});
  const auto cells_hit = [&](std::string_view sampler) -> base::Result<double> {
    std::size_t hit = 0;
    for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
      STERLET_TRY(const auto points, run_search(parts, space, {.sampler = sampler, .seed = seed, .trials = 32},
                                                [](const std::vector<double>&) { return 0.0; }));
      for (const std::size_t parameter : {0u, 1u}) {
        std::set<double> cells;
        for (const std::vector<double>& point : points) cells.insert(std::floor(kCells * point[parameter]));
        hit += cells.size();
      }
    }
    return static_cast<double>(hit) / (2 * kRepetitions);
  };
  const auto sobol = cells_hit("sobol"), random = cells_hit("random");
  if (!sobol) return broken(sobol.error());
  if (!random) return broken(random.error());
  const double expected = kCells * (1 - std::pow(1 - 1 / kCells, kCells));  // 20.4
  return {.holds = *sobol == kCells && std::abs(*random - expected) < 0.5,
          .figure = fmt::format("Sobol hits {:.1f} of 32, random {:.1f}", *sobol, *random),
          .numbers = {{"sobol_cells", *sobol}, {"random_cells", *random}, {"cells", kCells}}};
}

}  // namespace sterlet::practices
