#include "sterlet/analysis/edge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sterlet/analysis/trial_table.h"
#include "sterlet/base/normal.h"
#include "sterlet/base/rng.h"
#include "sterlet/math/symmetric.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kBestRows = 8;
constexpr std::size_t kPlaces = 21;  // Of the range, its ends and the middle among them.
constexpr std::size_t kEnd = 3;      // So many of them are an end: its last tenth.
constexpr int kDraws = 400;
// In most draws of what the column may do, the best place lies at the end; and for certain the end is better than the
// middle, so that the column matters there.
constexpr double kConfidenceMin = 0.5, kMiddleConfidenceMin = 0.999;
constexpr double kShareMin = 0.4;  // Of the results' spread must lie between the middle and the end.

// The rows that are best but for their noise.
std::vector<std::vector<double>> best_points(const SmoothProcess& process, const ProcessInput& input) {
  std::vector<double> expected;
  for (std::size_t row = 0; row < input.results.size(); ++row) expected.push_back(process.expected(row));
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

double spread_of(const SmoothProcess& process, std::size_t rows) {
  double mean = 0, squares = 0;
  for (std::size_t row = 0; row < rows; ++row) mean += process.fitted(row) / static_cast<double>(rows);
  for (std::size_t row = 0; row < rows; ++row) squares += std::pow(process.fitted(row) - mean, 2);
  return std::sqrt(squares / static_cast<double>(rows));
}

// In how many draws the best place lies at either end: the low one, the high one.
std::array<double, 2> shares_at_ends(const SmoothProcess::Profile& profile) {
  const math::SymmetricRoots roots = math::symmetric_roots(profile.covariance, kPlaces, 1e-12);
  base::RandomStream stream({.seed = 0, .stream = kAnalysisStream});
  std::array<double, 2> shares{};
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<double> chance(kPlaces), drawn = profile.mean;
    for (double& each : chance) each = stream.normal();
    for (std::size_t i = 0; i < kPlaces; ++i) {
      for (std::size_t k = 0; k < kPlaces; ++k) drawn[i] += roots.root[i * kPlaces + k] * chance[k];
    }
    const auto best = static_cast<std::size_t>(std::min_element(drawn.begin(), drawn.end()) - drawn.begin());
    if (best < kEnd) shares[0] += 1.0 / kDraws;
    if (best + kEnd >= kPlaces) shares[1] += 1.0 / kDraws;
  }
  return shares;
}

// That the end is better than the middle.
double confidence_of_end(const SmoothProcess::Profile& profile, std::size_t end) {
  constexpr std::size_t kMiddle = kPlaces / 2;
  const auto covariance = [&](std::size_t i, std::size_t k) { return profile.covariance[i * kPlaces + k]; };
  const double mean = profile.mean[end] - profile.mean[kMiddle];
  const double variance = covariance(end, end) + covariance(kMiddle, kMiddle) - 2 * covariance(end, kMiddle);
  if (variance > 0) return base::normal_cdf(-mean / std::sqrt(variance));
  return mean < 0 ? 1.0 : 0.0;
}

}  // namespace

std::optional<Edge> find_edge(const SmoothProcess& process, const ProcessInput& input, std::size_t column, double first,
                              double last) {
  std::vector<double> places;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    places.push_back(first + (last - first) * static_cast<double>(i) / (kPlaces - 1));
  }
  const SmoothProcess::Profile profile = process.profile(best_points(process, input), column, places);
  const std::array<double, 2> shares = shares_at_ends(profile);
  for (const bool is_high : {false, true}) {
    const double confidence = shares[is_high ? 1 : 0];
    const std::size_t end = is_high ? kPlaces - 1 : 0, fifth = is_high ? kPlaces - 5 : 4;
    if (confidence < kConfidenceMin || confidence_of_end(profile, end) < kMiddleConfidenceMin) continue;
    const double gain = profile.mean[fifth] - profile.mean[end];
    const double half = profile.mean[kPlaces / 2] - profile.mean[end];
    if (gain <= 0 || half < kShareMin * spread_of(process, input.results.size())) continue;
    return Edge{.is_high = is_high, .confidence = std::min(confidence, 0.999), .gain = gain};
  }
  return std::nullopt;
}

}  // namespace sterlet::analysis
