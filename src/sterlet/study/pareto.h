#pragma once

#include <cstddef>
#include <vector>

namespace sterlet::study {

/// Indexes of the points that no other dominates (all to be minimised, equally many values each), ascending; of equal
/// points all stay. Cost as math::pareto_front.
std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& points);

}  // namespace sterlet::study
