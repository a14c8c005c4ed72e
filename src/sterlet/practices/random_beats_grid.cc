#include <cmath>

#include <fmt/format.h>

#include "sterlet/math/median.h"
#include "sterlet/practices/checks.h"
#include "sterlet/practices/search.h"

namespace sterlet::practices {

namespace {
constexpr std::uint64_t kRepetitions = 1000;
}  // namespace

// The loss is the squared distance in decades to a best learning rate that moves from repetition to repetition; the
// other parameter does nothing.
Finding random_beats_grid(const Parts& parts) {
  const space::Space space = space_of({learning_rate(space::Scale::kLog), {.name = "epsilon"}});
  std::size_t won = 0;
  std::vector<double> grid_off, random_off;
  for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
    const double best_rate = std::pow(10, -4 + 4 * hidden_place(seed, 1)[0]);
    const auto off = [&](const std::vector<double>& point) { return std::abs(std::log10(point[0] / best_rate)); };
    const Objective loss = [&](const std::vector<double>& point) { return off(point) * off(point); };
    const auto grid = best_of_search(parts, space, {.sampler = "grid", .seed = seed, .trials = 25}, loss);
    const auto random = best_of_search(parts, space, {.sampler = "random", .seed = seed, .trials = 25}, loss);
    if (!grid) return broken(grid.error());
    if (!random) return broken(random.error());
    grid_off.push_back(off(*grid));
    random_off.push_back(off(*random));
    won += random_off.back() < grid_off.back() ? 1 : 0;
  }
  const double share = static_cast<double>(won) / kRepetitions;
  const double ratio = math::median_of(grid_off) / math::median_of(random_off);
  return {
      .holds = share > 0.75 && ratio > 2,
      .figure = fmt::format("random nearer in {:.0f}% of {}, off by {:.3f} decades, grid {:.3f}: {:.1f} times",
                            100 * share, kRepetitions, math::median_of(random_off), math::median_of(grid_off), ratio),
      .numbers = {{"random_wins", share},
                  {"repetitions", kRepetitions},
                  {"random_decades", math::median_of(random_off)},
                  {"grid_decades", math::median_of(grid_off)}}};
}

}  // namespace sterlet::practices
