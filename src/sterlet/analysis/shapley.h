#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sterlet/analysis/forest.h"

namespace sterlet::analysis {

/// What each of some players adds on the way from one point to another.
struct Shapley {
  std::vector<Estimate> shares;  ///< One a player; the values add up to `to` - `from`. In the results' unit.
  double from = 0, to = 0;       ///< What the forest predicts.
};

/// Shapley values of a forest's prediction: a player moves its columns from their place at one point to that at the
/// other, and gets the mean of what that changes over all orders of the players. Columns that no player moves stay at
/// `from`.
///
/// Shapes    `from`, `to`: a bin each column. `players`: the columns of each; no column of two.
/// Cost      exact for up to 10 players, by 2^players predictions; beyond, some 2,000 predictions along drawn orders,
///           each with its reverse.
/// Source    Shapley: A value for n-person games, 1953; Castro et al.: Polynomial calculation of the Shapley value,
///           Computers & Operations Research 36, 2009.
Shapley shapley_values(const Forest& forest, const std::vector<std::uint8_t>& from, const std::vector<std::uint8_t>& to,
                       const std::vector<std::vector<std::size_t>>& players, std::uint64_t seed);

}  // namespace sterlet::analysis
