#include "sterlet/analysis/pedanova.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sterlet/base/normal.h"

namespace sterlet::analysis {

namespace {

constexpr double kBestShare = 0.1;
constexpr double kPriorWeight = 1;
constexpr double kActiveTrialsMin = 2;
constexpr double kDensityFloor = 1e-12;
constexpr std::size_t kStepsMax = 50;
constexpr int kRepetitions = 20;

// Standard normal mass of [a, b], without loss in either tail.
double normal_mass(double a, double b) {
  if (a > 0) return base::normal_cdf(-a) - base::normal_cdf(-b);
  return base::normal_cdf(b) - base::normal_cdf(a);
}

// One kernel a place that was seen, weighted by its trials, and a wide one in the middle. All of the first have one
// width, so that their mass depends on the distance alone.
std::vector<double> ordered_density(std::span<const double> counts) {
  const std::size_t steps = counts.size();
  std::vector<double> places, weights;
  for (std::size_t i = 0; i < steps; ++i) {
    if (counts[i] == 0) continue;
    places.push_back(static_cast<double>(i));
    weights.push_back(counts[i]);
  }
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  double mean = 0, squares = 0;
  for (std::size_t i = 0; i < places.size(); ++i) mean += places[i] * weights[i] / all;
  for (std::size_t i = 0; i < places.size(); ++i) squares += weights[i] * (places[i] - mean) * (places[i] - mean);
  const double sd = std::sqrt(squares / std::max(1.0, all - 1));
  std::vector<double> sums(weights.size());
  std::partial_sum(weights.begin(), weights.end(), sums.begin());
  const auto first = std::lower_bound(sums.begin(), sums.end(), std::floor(all / 4)) - sums.begin();
  const auto third = std::min(std::upper_bound(sums.begin(), sums.end(), std::floor(all * 3 / 4)) - sums.begin(),
                              static_cast<std::ptrdiff_t>(places.size()) - 1);
  const double quartiles = places[static_cast<std::size_t>(third)] - places[static_cast<std::size_t>(first)];
  // Scott's rule, and at least such that 90% of a kernel lie in its place.
  const double width = std::max(1.059 * std::min(quartiles / 1.34, sd) * std::pow(all, -0.2), 0.5 / 1.64);

  const double low = -0.5, high = static_cast<double>(steps) - 0.5;
  std::vector<double> mass_at(steps);
  for (std::size_t i = 0; i < steps; ++i) {
    const auto distance = static_cast<double>(i);
    mass_at[i] = normal_mass((distance - 0.5) / width, (distance + 0.5) / width);
  }
  std::vector<double> density(steps, 0.0);
  for (std::size_t k = 0; k < places.size(); ++k) {
    const double inside = normal_mass((low - places[k]) / width, (high - places[k]) / width);
    const auto place = static_cast<std::size_t>(places[k]);
    for (std::size_t i = 0; i < steps; ++i) {
      density[i] += weights[k] / inside * mass_at[i > place ? i - place : place - i];
    }
  }
  const double middle = static_cast<double>(steps - 1) / 2, wide = static_cast<double>(steps);
  const double inside = normal_mass((low - middle) / wide, (high - middle) / wide);
  for (std::size_t i = 0; i < steps; ++i) {
    const double at = static_cast<double>(i) - middle;
    density[i] += kPriorWeight / inside * normal_mass((at - 0.5) / wide, (at + 0.5) / wide);
    density[i] /= all + kPriorWeight;
  }
  return density;
}

// One kernel a choice that was seen, which leaks a little to the others, and an even one.
std::vector<double> unordered_density(std::span<const double> counts) {
  const auto choices = static_cast<double>(counts.size());
  const auto kernels =
      static_cast<double>(counts.size() - static_cast<std::size_t>(std::count(counts.begin(), counts.end(), 0.0)) + 1);
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double leak = kPriorWeight / kernels, whole = 1 + leak * choices;
  std::vector<double> density;
  for (const double count : counts) {
    density.push_back((count / whole + all * leak / whole + kPriorWeight / choices) / (all + kPriorWeight));
  }
  return density;
}

double pearson_divergence(const GridColumn& column, std::span<const double> best, std::span<const double> all) {
  const auto density_of = column.ordered ? ordered_density : unordered_density;
  const std::vector<double> top = density_of(best), local = density_of(all);
  double sum = 0;
  for (std::size_t i = 0; i < column.steps; ++i) {
    const double p = local[i] + kDensityFloor, ratio = (top[i] + kDensityFloor) / p - 1;
    sum += p * ratio * ratio;
  }
  return sum;
}

constexpr std::uint8_t kInactive = 255;

// Places of the grid, one a trial; of choices past 254 the last counts.
std::vector<std::uint8_t> places_of(const GridColumn& column) {
  std::vector<std::uint8_t> places;
  const double width = column.ordered ? (column.high - column.low) / static_cast<double>(column.steps - 1) : 1;
  for (const double value : column.values) {
    if (std::isnan(value)) {
      places.push_back(kInactive);
      continue;
    }
    // What lies in the middle of two belongs to the lower one.
    const double place = column.ordered ? std::ceil((value - column.low) / width - 0.5) : value;
    const auto last = static_cast<double>(std::min<std::size_t>(column.steps - 1, kInactive - 1));
    places.push_back(static_cast<std::uint8_t>(std::clamp(place, 0.0, last)));
  }
  return places;
}

// `times`: how often each trial counts.
std::vector<double> importances(std::span<const GridColumn> columns, std::span<const std::vector<std::uint8_t>> places,
                                std::span<const double> results, std::span<const std::uint32_t> times) {
  std::vector<double> drawn;
  for (std::size_t row = 0; row < results.size(); ++row) drawn.insert(drawn.end(), times[row], results[row]);
  std::vector<double> out(columns.size(), 0.0);
  if (drawn.size() <= 1) return out;
  const auto all = static_cast<double>(drawn.size());
  const auto last = drawn.begin() + static_cast<std::ptrdiff_t>(std::ceil(kBestShare * all)) - 1;
  std::nth_element(drawn.begin(), last, drawn.end());
  const double limit = *last;
  const auto best =
      static_cast<double>(std::count_if(drawn.begin(), drawn.end(), [&](double r) { return r <= limit; }));
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const GridColumn& column = columns[j];
    if (column.steps < 2) continue;
    std::vector<double> best_counts(column.steps, 0.0), all_counts(column.steps, 0.0);
    double best_active = 0, all_active = 0;
    for (std::size_t row = 0; row < results.size(); ++row) {
      const std::uint8_t place = places[j][row];
      if (place == kInactive) continue;
      const double count = times[row];
      all_counts[place] += count;
      all_active += count;
      if (results[row] > limit) continue;
      best_counts[place] += count;
      best_active += count;
    }
    if (all_active < kActiveTrialsMin || best_active == 0) continue;
    const double best_share = best_active / best, share = all_active / all;
    out[j] = best_share * best_share / share * pearson_divergence(column, best_counts, all_counts);
    out[j] *= (best / all) * (best / all);
  }
  return out;
}

void to_shares(std::vector<double>& values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  for (double& value : values) value = sum > 0 ? value / sum : 0;
}

}  // namespace

std::size_t grid_steps(double low, double high, double step, bool is_log_int) {
  std::size_t steps = kStepsMax;
  if (is_log_int) {
    steps = static_cast<std::size_t>(std::ceil(std::log(high - low + 1) / std::log(2.0))) + 1;
  } else if (step > 0) {
    const double count = std::nearbyint((high - low) / step) + 1;
    steps = count < static_cast<double>(kStepsMax) ? static_cast<std::size_t>(count) : kStepsMax;
  }
  return std::min(steps, kStepsMax);
}

std::vector<double> ped_anova(std::span<const GridColumn> columns, std::span<const double> results) {
  std::vector<std::vector<std::uint8_t>> places;
  for (const GridColumn& column : columns) places.push_back(places_of(column));
  const std::vector<std::uint32_t> once(results.size(), 1);
  return importances(columns, places, results, once);
}

std::vector<Estimate> ped_anova_shares(std::span<const GridColumn> columns, std::span<const double> results,
                                       std::uint64_t seed) {
  std::vector<std::vector<std::uint8_t>> places;
  for (const GridColumn& column : columns) places.push_back(places_of(column));
  std::vector<double> values = importances(columns, places, results, std::vector<std::uint32_t>(results.size(), 1));
  to_shares(values);
  std::vector<double> sums(columns.size(), 0.0), squares(columns.size(), 0.0);
  base::RandomStream stream({.seed = seed, .trial = 1, .stream = kAnalysisStream});
  for (int i = 0; i < kRepetitions && !results.empty(); ++i) {
    std::vector<std::uint32_t> times(results.size(), 0);
    for (std::size_t k = 0; k < results.size(); ++k) ++times[stream.below(results.size())];
    std::vector<double> drawn = importances(columns, places, results, times);
    to_shares(drawn);
    for (std::size_t j = 0; j < columns.size(); ++j) {
      sums[j] += drawn[j];
      squares[j] += drawn[j] * drawn[j];
    }
  }
  std::vector<Estimate> out;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const double mean = sums[j] / kRepetitions;
    const double sd = std::sqrt(std::max(0.0, squares[j] / kRepetitions - mean * mean));
    out.push_back({.value = values[j],
                   .low = std::max(0.0, values[j] - 1.645 * sd),
                   .high = std::min(1.0, values[j] + 1.645 * sd)});
  }
  return out;
}

}  // namespace sterlet::analysis
