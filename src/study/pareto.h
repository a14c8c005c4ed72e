#pragma once

#include <cstddef>
#include <vector>

namespace sterlet::study {

/// Indexes of the points that no other dominates (all to be minimised), ascending; of equal points all stay.
/// Cost O(n f m) for n points of m values, f on the front.
std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& points);

}  // namespace sterlet::study
