#include "sterlet/math/pareto.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace sterlet::math {

namespace {

// In lexicographic order a row can only be dominated by an earlier one. Equal rows keep their order.
std::vector<std::size_t> lexicographic_order(const ObjectiveRows& points) {
  std::vector<std::size_t> order(points.count());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::span<const double> left = points[a], right = points[b];
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  });
  return order;
}

bool equal(std::span<const double> a, std::span<const double> b) { return std::equal(a.begin(), a.end(), b.begin()); }

// One or two objectives: of a front's rows so far, the latest has the lowest last objective, and these lows rise from
// front to front. So a row joins the first front whose low lies above its own last objective.
std::vector<std::uint32_t> staircase_ranks(const ObjectiveRows& points, const std::vector<std::size_t>& order) {
  std::vector<std::uint32_t> ranks(points.count());
  std::vector<double> lows;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::span<const double> point = points[order[i]];
    if (i > 0 && equal(point, points[order[i - 1]])) {
      ranks[order[i]] = ranks[order[i - 1]];
      continue;
    }
    const auto front = std::upper_bound(lows.begin(), lows.end(), point.back());
    ranks[order[i]] = static_cast<std::uint32_t>(front - lows.begin());
    if (front == lows.end()) {
      lows.push_back(point.back());
    } else {
      *front = point.back();
    }
  }
  return ranks;
}

// The latest members are the likeliest to dominate.
bool any_dominates(const ObjectiveRows& points, const std::vector<std::size_t>& front, std::size_t row) {
  return std::any_of(front.rbegin(), front.rend(),
                     [&](std::size_t member) { return dominates(points[member], points[row]); });
}

}  // namespace

bool dominates(std::span<const double> a, std::span<const double> b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

std::vector<std::size_t> pareto_front(const ObjectiveRows& points) {
  std::vector<std::size_t> front;
  if (points.width <= 2) {
    const std::vector<std::uint32_t> ranks = pareto_ranks(points);
    for (std::size_t row = 0; row < ranks.size(); ++row) {
      if (ranks[row] == 0) front.push_back(row);
    }
    return front;
  }
  for (const std::size_t row : lexicographic_order(points)) {
    if (!any_dominates(points, front, row)) front.push_back(row);
  }
  std::sort(front.begin(), front.end());
  return front;
}

std::vector<std::uint32_t> pareto_ranks(const ObjectiveRows& points) {
  const std::vector<std::size_t> order = lexicographic_order(points);
  if (points.width <= 2) return staircase_ranks(points, order);
  std::vector<std::uint32_t> ranks(points.count());
  std::vector<std::vector<std::size_t>> fronts;
  for (const std::size_t row : order) {
    // A row dominated from one front is dominated from all fronts before it.
    const auto front = std::partition_point(fronts.begin(), fronts.end(),
                                            [&](const auto& members) { return any_dominates(points, members, row); });
    ranks[row] = static_cast<std::uint32_t>(front - fronts.begin());
    if (front == fronts.end()) {
      fronts.push_back({row});
    } else {
      front->push_back(row);
    }
  }
  return ranks;
}

std::vector<double> crowding_distances(const ObjectiveRows& points, std::span<const std::size_t> front) {
  std::vector<double> distances(front.size(), 0.0);
  std::vector<std::size_t> order(front.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t objective = 0; objective < points.width && !front.empty(); ++objective) {
    const auto value = [&](std::size_t place) { return points[front[place]][objective]; };
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return value(a) < value(b) || (value(a) == value(b) && a < b); });
    const double range = value(order.back()) - value(order.front());
    if (!(range > 0 && range < std::numeric_limits<double>::infinity())) continue;
    distances[order.front()] = distances[order.back()] = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i + 1 < order.size(); ++i) {
      distances[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / range;
    }
  }
  return distances;
}

}  // namespace sterlet::math
