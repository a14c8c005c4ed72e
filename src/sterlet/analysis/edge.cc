#include "sterlet/analysis/edge.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sterlet/base/normal.h"

namespace sterlet::analysis {

namespace {

constexpr std::size_t kBestRows = 5;
constexpr double kStep = 0.2;  // Of the range: over so much at the end the prediction must fall.
constexpr double kNear = 0.3;  // So near the end are the best rows, in the mean.
constexpr double kConfidenceMin = 0.9;
constexpr double kShareMin = 0.1;  // Of the spread of results: so much must there be between the middle and the end.

double spread_of(const std::vector<double>& results) {
  std::vector<double> sorted = results;
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() * 3 / 4] - sorted[sorted.size() / 4];
}

}  // namespace

std::optional<Edge> find_edge(const SmoothProcess& process, const ProcessInput& input, std::size_t column, double first,
                              double last) {
  std::vector<std::size_t> rows(input.results.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return input.results[a] < input.results[b]; });
  rows.resize(std::min(rows.size(), kBestRows));
  std::vector<std::vector<double>> best;
  double mean = 0;
  for (const std::size_t row : rows) {
    std::vector<double> point;
    for (const auto& each : input.ordered) point.push_back(each[row]);
    for (const auto& each : input.unordered) point.push_back(each[row]);
    mean += point[column] / static_cast<double>(rows.size());
    best.push_back(std::move(point));
  }
  const bool is_high = mean > 0.5 * (first + last);
  const double end = is_high ? last : first, range = last - first;
  if (std::abs(mean - end) > kNear * range) return std::nullopt;
  const auto at = [&](double share) { return is_high ? last - share * range : first + share * range; };
  const auto fall = process.contrast(best, column, at(kStep), end);
  const double confidence = fall.sd > 0 ? base::normal_cdf(-fall.mean / fall.sd) : fall.mean < 0 ? 1.0 : 0.0;
  if (confidence < kConfidenceMin) return std::nullopt;
  if (-process.contrast(best, column, at(0.5), end).mean < kShareMin * spread_of(input.results)) return std::nullopt;
  for (const double share : {0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}) {
    if (process.contrast(best, column, at(share), end).mean > 0) return std::nullopt;
  }
  return Edge{.is_high = is_high, .confidence = std::min(confidence, 0.999), .gain = -fall.mean};
}

}  // namespace sterlet::analysis
