#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace sterlet::plan {

/// What a pilot's points came to: a row a point in the unit cube (NaN where a dimension is not active), and a value each,
/// less being better; infinite: it failed.
struct PilotValues {
  std::vector<std::vector<double>> units;
  std::vector<double> values;
  std::vector<double> costs;  ///< > 0. Of each, as those of the space.
  double noise = 0;  ///< >= 0. Of the values, as a share of their variance, at least: seen early, they say less.
};

/// What points take around the best one, where a search that learns comes back to: so many draws of what it may be.
///
/// A line in ln(cost), and a line and a parabola in each dimension, are fitted to the ranks of the values, with a normal prior
/// that says 0 of each, but that what takes longer is a little better, and drawn from what they may be; of `space` the points that a draw expects to be best are averaged.
/// costs: one a point of `space`. Nothing with fewer than 5 points, or where all values are equal.
std::vector<double> costs_near_best(const PilotValues& pilot, const std::vector<std::vector<double>>& space,
                                    const std::vector<double>& costs, std::size_t draws, std::uint64_t seed);

}  // namespace sterlet::plan
