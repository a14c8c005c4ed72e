#include "sterlet/analysis/edge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sterlet/base/normal.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kBestRows = 8;
constexpr double kStep = 0.2;  // Of the range: over so much at the end the prediction must fall.
constexpr double kConfidenceMin = 0.75;
constexpr double kMiddleConfidenceMin = 0.98;  // That the end is better than the middle: the column matters there.
constexpr double kShareMin =
    0.1;  // Of the signal, or so much of the noise must there be between the middle and the end.
constexpr double kNoiseMin = 0.3;

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

double probability_below_zero(const SmoothProcess::Contrast& contrast) {
  if (contrast.sd > 0) return base::normal_cdf(-contrast.mean / contrast.sd);
  return contrast.mean < 0 ? 1.0 : 0.0;
}

}  // namespace

std::optional<Edge> find_edge(const SmoothProcess& process, const ProcessInput& input, std::size_t column, double first,
                              double last) {
  const std::vector<std::vector<double>> points = best_points(process, input);
  const double range = last - first;
  for (const bool is_high : {false, true}) {
    const double end = is_high ? last : first;
    const auto from = [&](double share) {
      return process.contrast(points, column, is_high ? last - share * range : first + share * range, end);
    };
    // The end is expected to be best of all; close to it a little less may be chance.
    const SmoothProcess::Contrast near = from(0.1);
    if (near.mean > near.sd) continue;
    const std::array<double, 8> further{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
    if (std::any_of(further.begin(), further.end(), [&](double share) { return from(share).mean > 0; })) continue;
    const SmoothProcess::Contrast fall = from(kStep), middle = from(0.5);
    const double confidence = probability_below_zero(fall);
    if (confidence < kConfidenceMin || probability_below_zero(middle) < kMiddleConfidenceMin) continue;
    if (-middle.mean < std::min(kShareMin * process.signal(), kNoiseMin * process.noise())) continue;
    return Edge{.is_high = is_high, .confidence = std::min(confidence, 0.999), .gain = -fall.mean};
  }
  return std::nullopt;
}

}  // namespace sterlet::analysis
