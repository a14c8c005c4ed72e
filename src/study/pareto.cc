#include "sterlet/study/pareto.h"

#include <algorithm>
#include <numeric>

namespace sterlet::study {

namespace {

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

}  // namespace

std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& points) {
  // In lexicographic order a point can only be dominated by an earlier one, and then by one of the front so far.
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return points[a] < points[b]; });
  std::vector<std::size_t> front;
  for (const std::size_t index : order) {
    // The latest members are the likeliest to dominate: with two objectives the last one decides.
    const bool dominated = std::any_of(front.rbegin(), front.rend(),
                                       [&](std::size_t member) { return dominates(points[member], points[index]); });
    if (!dominated) front.push_back(index);
  }
  std::sort(front.begin(), front.end());
  return front;
}

}  // namespace sterlet::study
