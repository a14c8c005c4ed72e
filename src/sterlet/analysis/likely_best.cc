#include "sterlet/analysis/likely_best.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace sterlet::analysis {

namespace {

constexpr std::size_t kRowsMin = 30;  // With fewer it won nothing against the least result.
constexpr std::size_t kColumnsMax = 100;
constexpr std::size_t kCandidates = 10;
constexpr double kNoiseMin = 0.15;  // Of the distance from the median to the least result.
// Of the ratio of neighbours' differences to those expected: what counts as noise in full, and what as none.
constexpr double kRatioFull = 0.1, kRatioMin = 0.03;
constexpr double kLikenessMin = 0.5;  // Of a neighbour.
constexpr std::size_t kPairsMin = 5;
constexpr std::size_t kNeighbours = 6;  // Of each candidate.
// A process of few rows costs little, and tells where the noise is far from what would count.
constexpr std::size_t kGlanceFrom = 100, kGlanceRows = 40;
constexpr double kGlanceShare = 0.5;
static_assert(kCandidates * (kNeighbours + 1) < SmoothProcess::kRowsMax);

double square(double x) { return x * x; }

std::vector<std::size_t> order_of(const std::vector<double>& results) {
  std::vector<std::size_t> order(results.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return results[a] < results[b]; });
  return order;
}

double distance(const ProcessInput& input, std::size_t first, std::size_t second) {
  double sum = 0;
  for (const auto& column : input.ordered) sum += square(column[first] - column[second]);
  for (const auto& column : input.unordered) sum += column[first] == column[second] ? 0 : 1;
  return sum;
}

// Where there are more rows than are worth their cost: the candidates, their neighbours, and others evenly. Neighbours
// are taken by where they are; the best results alone would all be lucky ones.
std::vector<std::size_t> rows_around(const ProcessInput& input, const std::vector<std::size_t>& order,
                                     std::size_t neighbours, std::size_t at_most) {
  const std::size_t n = order.size();
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (n <= at_most) return rows;
  std::vector<bool> is_chosen(n, false);
  std::size_t count = 0;
  const auto choose = [&](std::size_t row) {
    count += is_chosen[row] ? 0 : 1;
    is_chosen[row] = true;
  };
  for (std::size_t k = 0; k < kCandidates; ++k) choose(order[k]);
  std::vector<std::pair<double, std::size_t>> near(n);
  for (std::size_t k = 0; k < kCandidates && neighbours > 0; ++k) {
    for (std::size_t row = 0; row < n; ++row) near[row] = {distance(input, order[k], row), row};
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(neighbours) + 1, near.end());
    for (std::size_t i = 0; i <= neighbours; ++i) choose(near[i].second);
  }
  const std::size_t others = at_most - count;
  for (std::size_t i = 0; i < others; ++i) choose(i * n / others);
  std::erase_if(rows, [&](std::size_t row) { return !is_chosen[row]; });
  return rows;
}

ProcessInput rows_of(const ProcessInput& input, const std::vector<std::size_t>& rows) {
  const auto picked = [&](const std::vector<double>& column) {
    std::vector<double> out;
    for (const std::size_t row : rows) out.push_back(column[row]);
    return out;
  };
  ProcessInput part{.ordered = {}, .unordered = {}, .results = picked(input.results)};
  for (const auto& column : input.ordered) part.ordered.push_back(picked(column));
  for (const auto& column : input.unordered) part.unordered.push_back(picked(column));
  return part;
}

// How far the best rows are from their nearest neighbours, against what the process expects of it; 0: too few have one.
double neighbours_ratio(const SmoothProcess& process, const std::vector<std::size_t>& order) {
  std::vector<double> ratios;
  const std::size_t count = std::min(order.size(), std::max<std::size_t>(8, order.size() / 3));
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t row = order[k];
    double nearest = kLikenessMin;
    std::optional<std::size_t> neighbour;
    for (std::size_t other = 0; other < order.size(); ++other) {
      if (other == row) continue;
      const double likeness = process.likeness(row, other);
      if (likeness <= nearest) continue;
      nearest = likeness;
      neighbour = other;
    }
    if (!neighbour) continue;
    const double expected = square(process.noise()) + square(process.signal()) * (1 - nearest);
    if (expected > 0) ratios.push_back(square(process.fitted(row) - process.fitted(*neighbour)) / 2 / expected);
  }
  if (ratios.size() < kPairsMin) return 0;
  std::sort(ratios.begin(), ratios.end());
  return (ratios[(ratios.size() - 1) / 2] + ratios[ratios.size() / 2]) / 2;
}

}  // namespace

std::optional<LikelyBest> find_likely_best(const ProcessInput& input) {
  const std::size_t n = input.results.size();
  if (n < kRowsMin || input.ordered.size() + input.unordered.size() > kColumnsMax) return std::nullopt;
  const std::vector<std::size_t> all = order_of(input.results);
  const double spread = input.results[all[n / 2]] - input.results[all.front()];
  if (!(spread > 0)) return std::nullopt;
  if (n >= kGlanceFrom) {
    const std::vector<std::size_t> few = rows_around(input, all, 0, kGlanceRows);
    const auto glance = SmoothProcess::fit(rows_of(input, few), SmoothProcess::Shape::kRough);
    if (!glance || glance->noise() < kGlanceShare * kNoiseMin * spread) return std::nullopt;
  }
  const std::vector<std::size_t> rows = rows_around(input, all, kNeighbours, SmoothProcess::kRowsMax);
  const auto process = SmoothProcess::fit(rows_of(input, rows), SmoothProcess::Shape::kRough);
  if (!process || !(process->noise() >= kNoiseMin * spread)) return std::nullopt;
  std::vector<double> fitted;
  for (const std::size_t row : rows) fitted.push_back(input.results[row]);
  const std::vector<std::size_t> order = order_of(fitted);
  const double ratio = neighbours_ratio(*process, order);
  if (ratio < kRatioMin) return std::nullopt;
  const double luck = std::min(1.0, ratio / kRatioFull);  // Of what sets a result apart from its neighbours.
  const auto expected = [&](std::size_t row) {
    return process->fitted(row) - luck * (process->fitted(row) - process->expected(row));
  };
  std::size_t best = order.front();
  for (std::size_t k = 1; k < std::min(kCandidates, order.size()); ++k) {
    if (expected(order[k]) < expected(best)) best = order[k];
  }
  return LikelyBest{.index = rows[best],
                    .expected = expected(best),
                    .expected_of_lowest = expected(order.front()),
                    .noise = process->noise()};
}

}  // namespace sterlet::analysis
