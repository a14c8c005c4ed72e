#include "sterlet/plan/draw.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sterlet/base/normal.h"

namespace sterlet::plan {

namespace {

// Times. A pilot's pace holds within this, whatever else happens on the machine.
constexpr double kModelError = 0.05;
constexpr double kCostSpread = 0.3;  // Of ln(time) over the space, where no point was drawn.
constexpr double kCostMost = 4;
constexpr double kLooked =
    10;  // Trials after which the defaults are the best only where little of the space is better.
constexpr double kModelParts = 2.5;  // A line through few points is not followed further than so many times their mean.

// A search that learns comes back to the best with so many of its trials, at least.
constexpr double kNearShareMin = 0.7;
constexpr double kNearError =
    0.25;  // Of ln of what points around the best take, at least: as measured on twelve kinds.

// Results, as shares of the default's value: see docs/plan.md.
constexpr double kPriorGap = 0.3;    // A usual point is so much worse than the best possible.
constexpr double kFlattening = 0.5;  // A curve's slope over ln(step) goes on at this share.

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct CostFacts {
  double mean = 1, error = 0, spread = kCostSpread;  // error: of ln(mean); spread: of ln(one).
};

// The defaults are one of the trials, and one more observation of the space.
CostFacts cost_facts(const Facts& facts) {
  std::vector<double> costs{1};
  costs.insert(costs.end(), facts.costs.begin(), facts.costs.end());
  // A few points, some of them seen while the machine was busy: none counts for more than four times the middle one.
  const double middle = median_of(costs);
  double sum = 0;
  std::vector<double> logs;
  for (const double cost : costs) {
    const double kept = std::clamp(cost, middle / kCostMost, middle * kCostMost);
    logs.push_back(std::log(kept));
    sum += kept;
  }
  const double mean = mean_of(logs);
  double squares = 0;
  for (const double each : logs) squares += (each - mean) * (each - mean);
  const auto n = static_cast<double>(logs.size());
  // Three observations' worth of the usual spread, so that two equal ones do not count as certainty.
  const double variance = (squares + 3 * kCostSpread * kCostSpread) / (n + 2);
  CostFacts out{.mean = sum / n, .error = std::sqrt(variance / n), .spread = std::sqrt(variance)};
  if (!facts.cost_mean) return out;
  // What a line through the points says, as far as it does not part from them.
  out.mean = std::clamp(*facts.cost_mean, out.mean / kModelParts, out.mean * kModelParts);
  out.error /= 2;
  return out;
}

}  // namespace

double quantile_of(double p) { return base::normal_quantile(std::clamp(p, 1e-9, 1 - 1e-9)); }

Draw draw_of(const Facts& facts, std::uint64_t number) {
  base::RandomStream stream({.seed = kPlanSeed, .trial = number, .stream = kPlanStream});
  Draw draw{.number = number};
  const CostFacts costs = cost_facts(facts);
  const double step_error = facts.pilot_seconds > 0 ? std::min(0.3, facts.step_spread / 3) : 0.1;
  draw.time = std::exp(stream.normal() * std::hypot(kModelError, step_error));
  draw.cost = costs.mean * std::exp(stream.normal() * costs.error);
  draw.cost_spread = costs.spread;
  const double best_cost = draw.cost * std::exp(costs.spread * stream.normal() - costs.spread * costs.spread / 2);
  const double is_default_best = stream.uniform();
  const double value = facts.value.value_or(1), size = std::max(std::fabs(value), 1e-12);
  double gap = kPriorGap * size;
  if (facts.gaps.size() >= 2) {
    std::vector<double> sizes;
    for (const double each : facts.gaps) sizes.push_back(std::fabs(each));
    // A few points, seen early, say half of it.
    gap = std::sqrt(gap * std::clamp(median_of(sizes), 0.01 * size, 3 * size));
  }
  draw.gap = gap * std::exp(0.4 * stream.normal());
  double better = 1, worse = 2;
  for (const double each : facts.gaps) (each < 0 ? better : worse) += 1;
  const double p = better / (better + worse);
  const double p_error = std::sqrt(p * (1 - p) / (better + worse + 1));
  const double place = std::clamp(p + p_error * stream.normal(), 0.02, 0.95);
  draw.cost_of_best = is_default_best < std::pow(1 - place, kLooked) ? 1 : best_cost;
  draw.near_share = kNearShareMin + (1 - kNearShareMin) * stream.uniform();
  if (!facts.costs_near_best.empty()) {
    const auto count = static_cast<double>(facts.costs_near_best.size());
    const double cost = facts.costs_near_best[std::min(static_cast<std::size_t>(stream.uniform() * count),
                                                       facts.costs_near_best.size() - 1)];
    draw.cost_of_best = cost * std::exp(std::max(costs.error, kNearError) * stream.normal());
  }
  draw.default_regret = draw.gap * std::exp(kRegretSpread * quantile_of(place));
  draw.slope = facts.slope * std::clamp(kFlattening + 0.25 * stream.normal(), 0.0, 1.0);
  const double whole = value - draw.slope * std::log(std::min(1.0, facts.share));
  draw.floor = whole - draw.default_regret;
  draw.luck = stream.uniform();
  draw.hand = std::exp(0.3 * stream.normal());
  return draw;
}

}  // namespace sterlet::plan
