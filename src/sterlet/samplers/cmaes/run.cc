#include "sterlet/samplers/cmaes/run.h"

#include <algorithm>
#include <cmath>

namespace sterlet::samplers {

namespace {

constexpr double kLeastSpread = 0x1p-37;  // Draws are multiples of 2^-40: a run below this has converged.
constexpr double kFiner = 4;              // A restart's tolerance, so many times below that of the run before.
constexpr double kConditionStop = 1e14;

std::size_t flat_window(const CmaesRun& run, const CmaesView& view) {
  const std::size_t population = run.constants.population;
  return 10 + (30 * view.coordinate_count() + population - 1) / population;
}

}  // namespace

void cmaes_note_values(CmaesRun& run, const CmaesView& view, std::span<const CmaesStanding> members) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const CmaesStanding& member : members) {
    if (member.outcome != 0) continue;
    low = std::min(low, member.value);
    high = std::max(high, member.value);
  }
  run.lows.push_back(low);
  run.highs.push_back(high);
  if (run.lows.size() <= flat_window(run, view)) return;
  run.lows.erase(run.lows.begin());
  run.highs.erase(run.highs.begin());
}

bool cmaes_has_stopped(const CmaesRun& run, const CmaesView& view, double tolerance, double sigma) {
  const std::size_t d = view.coordinate_count();
  const double range =
      *std::max_element(run.highs.begin(), run.highs.end()) - *std::min_element(run.lows.begin(), run.lows.end());
  if (run.lows.size() == flat_window(run, view) && !(range > run.flat)) return true;
  if (d == 0) return false;
  const double least = std::max(kLeastSpread, tolerance * std::pow(kFiner, -static_cast<double>(run.restarts)));
  bool narrow = true;
  for (std::size_t i = 0; i < d; ++i) {
    const double spread = run.state.sigma * std::sqrt(run.state.covariance[i * d + i]) * run.state.margins[i];
    narrow = narrow && (view.is_discrete(i) || spread < least);
  }
  return narrow || run.state.largest > kConditionStop * run.state.smallest ||
         !(run.state.sigma * std::sqrt(run.state.largest) < 1e4 * sigma);
}

}  // namespace sterlet::samplers
