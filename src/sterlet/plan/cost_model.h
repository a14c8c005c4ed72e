#pragma once

#include <optional>
#include <vector>

namespace sterlet::plan {

/// What a training takes, by coordinates of its point: a line in up to three of them, of ln(cost) or of the cost, whichever
/// foretells points best that it has not seen.
///
/// points: a row a point, NaN where a coordinate is not active; costs: > 0, one a row; space: points spread over the cube.
/// The cost of each of `space`. Nothing with fewer than 5 points, or where no line foretells at least 0.7 of what the mean
/// of the others leaves.
std::optional<std::vector<double>> costs_over(const std::vector<std::vector<double>>& points,
                                              const std::vector<double>& costs,
                                              const std::vector<std::vector<double>>& space);

}  // namespace sterlet::plan
