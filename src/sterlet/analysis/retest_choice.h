#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sterlet::analysis {

/// A finished setting of an old study.
struct OldSetting {
  double value = 0;          ///< Finite, to be minimised.
  std::vector<double> unit;  ///< In [0, 1]^d; equal sizes. NaN: that parameter is not active.
};

/// Which settings to evaluate again, in the order in which they tell most; at most `count` indices:
/// the best; a runner-up far from it; one near each of the quantiles 0.5, 0.25, 0.75; another good one far from those;
/// one near 0.9; the best one's nearest good neighbour; then by turns one of the better half and any, each the farthest
/// from those before.
///
/// Edges     equal distances: the better one first. Cost O(n * count * d).
std::vector<std::size_t> choose_to_retest(std::span<const OldSetting> settings, std::size_t count);

/// The natural unit of differences: median less best; where that is 0 the whole range, and 1 where all are equal.
double spread_of(std::span<const OldSetting> settings);

}  // namespace sterlet::analysis
