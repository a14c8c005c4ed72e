#pragma once

#include <optional>
#include <vector>

namespace sterlet::plan {

/// What a training takes, by where its point lies in the unit cube: a line in one coordinate or two, of ln(cost) or of the
/// cost, whichever foretells points best that it has not seen.
///
/// units: a row a point, NaN where a dimension is not active; costs: > 0, one a row; space: points spread over the cube.
/// The mean over `space`. Nothing with fewer than 5 points, or where no line foretells at least 0.7 of what the mean of
/// the others leaves.
std::optional<double> mean_cost(const std::vector<std::vector<double>>& units, const std::vector<double>& costs,
                                const std::vector<std::vector<double>>& space);

}  // namespace sterlet::plan
