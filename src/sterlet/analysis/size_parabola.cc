#include "sterlet/analysis/size_parabola.h"

#include <algorithm>
#include <cmath>

namespace sterlet::analysis {

namespace {

constexpr double kWeightFall = 2;  // As best_place().
constexpr double kPivotMin = 1e-9;

std::vector<double> weights_of(const std::vector<double>& results) {
  std::vector<double> sorted = results;
  std::sort(sorted.begin(), sorted.end());
  const double least = sorted.front(), range = std::max(sorted[sorted.size() / 2] - least, 1e-300);
  std::vector<double> weights;
  for (const double result : results) weights.push_back(std::exp(-kWeightFall * (result - least) / range));
  return weights;
}

// Gauss and Jordan with the right side as the last column; nothing where a pivot is next to nothing of what it was.
std::optional<std::vector<double>> solve(std::vector<double> a, std::size_t size) {
  const std::size_t stride = size + 1;
  std::vector<double> before;
  for (std::size_t i = 0; i < size; ++i) before.push_back(a[i * stride + i]);
  for (std::size_t i = 0; i < size; ++i) {
    if (!(a[i * stride + i] > kPivotMin * before[i])) return std::nullopt;
    for (std::size_t k = 0; k < size; ++k) {
      if (k == i) continue;
      const double factor = a[k * stride + i] / a[i * stride + i];
      for (std::size_t c = i; c < stride; ++c) a[k * stride + c] -= factor * a[i * stride + c];
    }
  }
  std::vector<double> solution;
  for (std::size_t i = 0; i < size; ++i) solution.push_back(a[i * stride + size] / a[i * stride + i]);
  return solution;
}

}  // namespace

std::optional<SizeParabola> fit_size_parabola(std::span<const SizeTrials> sizes,
                                              std::span<const std::vector<std::size_t>> rows) {
  const std::size_t count = sizes.size(), unknowns = count + 3, stride = unknowns + 1;
  double mean = 0, origin = 0, spread = 0, trials = 0;
  for (const SizeTrials& each : sizes) {
    mean += std::log(each.size) / static_cast<double>(count);
    for (const double place : each.places) origin += place;
    trials += static_cast<double>(each.places.size());
  }
  if (!(trials > 0)) return std::nullopt;
  origin /= trials;
  for (const SizeTrials& each : sizes) {
    for (const double place : each.places) spread = std::max(spread, std::fabs(place - origin));
  }
  if (!(spread > 0)) return std::nullopt;
  std::vector<double> a(unknowns * stride, 0.0), row(stride);
  for (std::size_t s = 0; s < count; ++s) {
    if (sizes[s].results.empty()) return std::nullopt;
    const std::vector<double> weights = weights_of(sizes[s].results);
    const std::size_t used = rows.empty() ? sizes[s].places.size() : rows[s].size();
    for (std::size_t i = 0; i < used; ++i) {
      const std::size_t trial = rows.empty() ? i : rows[s][i];
      const double x = (sizes[s].places[trial] - origin) / spread;
      std::fill(row.begin(), row.end(), 0.0);
      row[s] = 1;
      row[count] = x;
      row[count + 1] = x * (std::log(sizes[s].size) - mean);
      row[count + 2] = x * x;
      row[unknowns] = sizes[s].results[trial];
      for (std::size_t j = 0; j < unknowns; ++j) {
        for (std::size_t k = 0; k < stride; ++k) a[j * stride + k] += weights[trial] * row[j] * row[k];
      }
    }
  }
  const auto solution = solve(std::move(a), unknowns);
  if (!solution || !((*solution)[count + 2] > 0)) return std::nullopt;
  const double unit = spread / (2 * (*solution)[count + 2]);
  return SizeParabola{.middle = origin - (*solution)[count] * unit, .slope = -(*solution)[count + 1] * unit};
}

}  // namespace sterlet::analysis
