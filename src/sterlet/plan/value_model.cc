#include "sterlet/plan/value_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

#include "sterlet/base/normal.h"
#include "sterlet/base/rng.h"
#include "sterlet/math/least_squares.h"
#include "sterlet/math/symmetric.h"
#include "sterlet/plan/draw.h"

namespace sterlet::plan {

namespace {

constexpr std::size_t kPointsMin = 5;
constexpr double kBestShare = 0.006;  // Of the space: so near a search comes.
// Shares of the ranks' variance: of noise, of which the one is taken that foretells best, and of all lines and parabolas
// together, as a prior.
constexpr std::array<double, 3> kNoises{0.05, 0.2, 0.6};
constexpr double kSignal = 1.5;
// What takes longer is usually better, be it a larger model, more epochs or a smaller batch: the prior of its slope.
constexpr double kLean = -0.35, kLeanVariance = 0.4;

using Rows = std::vector<std::vector<double>>;

// The mean of ln(cost) over a space, and its spread.
struct LogCosts {
  double mean = 0, spread = 0;
};
LogCosts log_costs(const std::vector<double>& costs) {
  const auto n = static_cast<double>(costs.size());
  LogCosts out;
  double squares = 0;
  for (const double cost : costs) out.mean += std::log(cost) / n;
  for (const double cost : costs) squares += (std::log(cost) - out.mean) * (std::log(cost) - out.mean) / n;
  out.spread = std::sqrt(squares);
  return out;
}

// 1, ln(cost), then of each dimension its place and that squared, each with a variance of 1 over the space.
std::vector<double> features_of(const std::vector<double>& unit, double cost, const LogCosts& logs) {
  std::vector<double> features{1, logs.spread > 1e-6 ? (std::log(cost) - logs.mean) / logs.spread : 0};
  for (const double place : unit) {
    const double x = place - 0.5;
    features.push_back(std::isnan(place) ? 0 : x * std::sqrt(12.0));
    features.push_back(std::isnan(place) ? 0 : (x * x - 1.0 / 12) * std::sqrt(180.0));
  }
  return features;
}

// Places in a standard normal distribution, by rank; equal values have the same.
std::vector<double> scores_of(const std::vector<double>& values) {
  std::vector<double> scores;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) {
    const auto less = std::count_if(values.begin(), values.end(), [&](double each) { return each < value; });
    const auto equal = std::count(values.begin(), values.end(), value);
    scores.push_back(base::normal_quantile((static_cast<double>(less) + 0.5 * static_cast<double>(equal)) / n));
  }
  return scores;
}

math::LeastSquares fit(const Rows& rows, const std::vector<double>& scores, double noise,
                       std::optional<std::size_t> left_out) {
  const std::size_t unknowns = rows.front().size();
  math::LeastSquares squares(unknowns);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (left_out != i) squares.add(rows[i], scores[i], 1 / noise);
  }
  squares.pull(0, 1);
  squares.pull(1, 1 / kLeanVariance, kLean);
  for (std::size_t j = 2; j < unknowns; ++j) squares.pull(j, static_cast<double>(unknowns - 2) / kSignal);
  return squares;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// The noise with which points left out one by one are foretold best.
double noise_of(const Rows& rows, const std::vector<double>& scores, double noise_min) {
  double best = kNoises.back(), least = std::numeric_limits<double>::infinity();
  for (const double noise : kNoises) {
    if (noise < noise_min) continue;
    double squares = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto line = fit(rows, scores, noise, i).solve();
      const double off = scores[i] - (line ? dot(*line, rows[i]) : 0.0);
      squares += off * off;
    }
    if (squares < least) least = squares, best = noise;
  }
  return std::max(best, noise_min);
}

}  // namespace

std::vector<double> costs_near_best(const PilotValues& pilot, const Rows& space, const std::vector<double>& costs,
                                    std::size_t draws, std::uint64_t seed) {
  const std::size_t points = pilot.units.size();
  if (points < kPointsMin || points != pilot.values.size() || points != pilot.costs.size() || space.empty()) return {};
  const auto [least, most] = std::minmax_element(pilot.values.begin(), pilot.values.end());
  if (*least == *most) return {};
  Rows rows, candidates;
  const LogCosts logs = log_costs(costs);
  for (std::size_t i = 0; i < points; ++i) rows.push_back(features_of(pilot.units[i], pilot.costs[i], logs));
  for (std::size_t i = 0; i < space.size(); ++i) candidates.push_back(features_of(space[i], costs[i], logs));
  const std::vector<double> scores = scores_of(pilot.values);
  const math::LeastSquares squares = fit(rows, scores, noise_of(rows, scores, pilot.noise), std::nullopt);
  const auto line = squares.solve(), covariance = squares.inverse();
  if (!line || !covariance) return {};
  const std::size_t unknowns = line->size();
  const math::SymmetricRoots roots = math::symmetric_roots(*covariance, unknowns, 1e-12);
  base::RandomStream stream({.seed = seed, .stream = kPlanStream, .attempt = 2});
  const auto near = std::max<std::size_t>(1, static_cast<std::size_t>(kBestShare * static_cast<double>(space.size())));
  std::vector<double> out;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    std::vector<double> chance(unknowns), drawn = *line;
    for (double& each : chance) each = stream.normal();
    for (std::size_t i = 0; i < unknowns; ++i) {
      for (std::size_t k = 0; k < unknowns; ++k) drawn[i] += roots.root[i * unknowns + k] * chance[k];
    }
    std::vector<std::pair<double, std::size_t>> expected;
    for (std::size_t i = 0; i < candidates.size(); ++i) expected.emplace_back(dot(drawn, candidates[i]), i);
    std::partial_sort(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(near), expected.end());
    double sum = 0;
    for (std::size_t i = 0; i < near; ++i) sum += costs[expected[i].second];
    out.push_back(sum / static_cast<double>(near));
  }
  return out;
}

}  // namespace sterlet::plan
