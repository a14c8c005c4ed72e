#include "sterlet/analysis/edge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sterlet/analysis/square_matrix.h"
#include "sterlet/analysis/trial_table.h"
#include "sterlet/base/rng.h"
#include "sterlet/math/dense.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kBestRows = 8;
constexpr std::size_t kPlaces = 21, kMiddle = kPlaces / 2;  // Of the range, its ends and the middle among them.
constexpr std::size_t kFifth = kPlaces / 5;
constexpr std::ptrdiff_t kTrialsMin = 2;  // So many in the fifth of the range before the end: else it is not known.
constexpr std::size_t kEnd = 3;           // So many of them are an end: its last tenth.
constexpr int kDraws = 400;
// In most draws of what the column may do, the best place lies at the end, in some at the bound itself, fewer where noise hides
// which of the last places it is; and for certain the end is better than the middle, so that the column matters there.
constexpr double kConfidenceMin = 0.55, kBoundConfidenceMin = 0.25, kBoundConfidenceMinInNoise = 0.1;
constexpr double kBoundConfidencePerNoise = 1.5;  // Less of it a spread of noise.
constexpr double kSureMin = 2.6;                  // Standard deviations.
// Of the results' spread so much must lie between the middle and the end, and so much of the noise more, as by chance much looks
// like something; less where that is quite sure.
constexpr double kShareMin = 0.35, kShareOfNoise = 0.3, kShareMinIfSure = 0.2, kQuiteSure = 4;

// The rows that are best but for their noise.
std::vector<std::vector<double>> best_points(const ResponseModel& model, const ProcessInput& input) {
  std::vector<double> expected;
  for (std::size_t row = 0; row < input.results.size(); ++row) expected.push_back(model.expected(row));
  std::vector<std::size_t> rows(input.results.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return expected[a] < expected[b]; });
  rows.resize(std::min(rows.size(), kBestRows));
  std::vector<std::vector<double>> points;
  for (const std::size_t row : rows) {
    std::vector<double> point;
    for (const auto& each : input.ordered) point.push_back(each[row]);
    for (const auto& each : input.unordered) point.push_back(each[row]);
    points.push_back(std::move(point));
  }
  return points;
}

// Of draws of what a column may do, the low end and the high one: what share of them has its best there, and at the bound
// itself, and in the mean how much better it is than the middle, that squared, and than a fifth of the range before it.
struct End {
  double best = 0, best_at_bound = 0, over_middle = 0, squared = 0, over_fifth = 0;

  double sure() const { return over_middle / std::sqrt(std::max(squared - over_middle * over_middle, 1e-12)); }
};
using Ends = std::array<End, 2>;

// A factor of the covariance, U'U; what rounding leaves below zero is taken for noise.
SquareMatrix factor_of(const SmoothProcess::Profile& profile) {
  double largest = 0;
  for (std::size_t i = 0; i < kPlaces; ++i) largest = std::max(largest, profile.covariance[i * kPlaces + i]);
  for (double jitter = 1e-9; jitter < 1 && largest > 0; jitter *= 10) {
    SquareMatrix factor(kPlaces);
    for (std::size_t i = 0; i < kPlaces; ++i) {
      for (std::size_t k = i; k < kPlaces; ++k) factor.at(i, k) = profile.covariance[i * kPlaces + k];
      factor.at(i, i) += jitter * largest;
    }
    if (math::factor(factor.values.data(), factor.stride, 0, kPlaces, kPlaces, 0) == kPlaces) return factor;
  }
  return SquareMatrix(kPlaces);
}

void draw(const SmoothProcess::Profile& profile, int draws, double weight, base::RandomStream& stream, Ends& ends) {
  SquareMatrix factor = factor_of(profile);
  std::array<double, kPlaces> chance{};
  for (int i = 0; i < draws; ++i) {
    std::vector<double> drawn = profile.mean;
    for (double& each : chance) each = stream.normal();
    for (std::size_t k = 0; k < kPlaces; ++k) {
      for (std::size_t place = k; place < kPlaces; ++place) drawn[place] += factor.at(k, place) * chance[k];
    }
    const auto best = static_cast<std::size_t>(std::min_element(drawn.begin(), drawn.end()) - drawn.begin());
    for (const bool is_high : {false, true}) {
      End& end = ends[is_high ? 1 : 0];
      const double at = drawn[is_high ? kPlaces - 1 : 0];
      const std::size_t from_bound = is_high ? kPlaces - 1 - best : best;
      if (from_bound < kEnd) end.best += weight;
      if (from_bound == 0) end.best_at_bound += weight;
      const double over = drawn[kMiddle] - at;
      end.over_middle += weight * over;
      end.squared += weight * over * over;
      end.over_fifth += weight * (drawn[is_high ? kPlaces - 1 - kFifth : kFifth] - at);
    }
  }
}

}  // namespace

std::optional<Edge> find_edge(const ResponseModels& models, const ProcessInput& input, std::size_t column, double first,
                              double last) {
  if (models.models.empty()) return std::nullopt;
  std::vector<double> places;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    places.push_back(first + (last - first) * static_cast<double>(i) / (kPlaces - 1));
  }
  const ResponseModel& likeliest = models.likeliest();
  const std::vector<std::vector<double>> points = best_points(likeliest, input);
  base::RandomStream stream({.seed = 0, .stream = kAnalysisStream});
  Ends ends;
  for (std::size_t i = 0; i < models.models.size(); ++i) {
    const int draws = static_cast<int>(std::ceil(kDraws * models.weights[i]));
    draw(models.models[i].profile(points, column, places), draws, models.weights[i] / draws, stream, ends);
  }
  const double noise = likeliest.noise(), share_min = kShareMin + kShareOfNoise * noise;
  const double bound_min = std::max(kBoundConfidenceMinInNoise, kBoundConfidenceMin - kBoundConfidencePerNoise * noise);
  for (const bool is_high : {false, true}) {
    const End& end = ends[is_high ? 1 : 0];
    const auto seen = std::count_if(input.ordered[column].begin(), input.ordered[column].end(), [&](double value) {
      return is_high ? value >= places[kPlaces - 1 - kFifth] : value <= places[kFifth];
    });
    if (seen < kTrialsMin) continue;
    if (end.best < kConfidenceMin || end.best_at_bound < bound_min) continue;
    if (end.over_fifth <= 0 || end.sure() < kSureMin) continue;
    if (end.over_middle < (end.sure() < kQuiteSure ? share_min : kShareMinIfSure)) continue;
    return Edge{.is_high = is_high, .confidence = std::min(end.best, 0.999), .gain = end.over_fifth};
  }
  return std::nullopt;
}

}  // namespace sterlet::analysis
