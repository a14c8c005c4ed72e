#include <set>

#include <fmt/format.h>

#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

Finding grid_values(const Parts& parts) {
  const space::Space space = space_of({learning_rate(space::Scale::kLog), {.name = "epsilon"}});
  const auto values_seen = [&](std::string_view sampler) -> base::Result<std::size_t> {
    STERLET_TRY(const auto points, run_search(parts, space, {.sampler = sampler, .seed = 1, .trials = 25},
                                              [](const std::vector<double>&) { return 0.0; }));
    std::set<double> rates;
    for (const std::vector<double>& point : points) rates.insert(point[0]);
    return rates.size();
  };
  const auto grid = values_seen("grid"), random = values_seen("random");
  if (!grid) return broken(grid.error());
  if (!random) return broken(random.error());
  return {.holds = *grid == 5 && *random == 25,
          .figure = fmt::format("grid {}, random {}", *grid, *random),
          .numbers = {{"grid", *grid}, {"random", *random}}};
}

}  // namespace sterlet::practices
