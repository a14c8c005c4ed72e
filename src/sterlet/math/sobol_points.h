#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sterlet/base/rng.h"

namespace sterlet::math {

/// Points of a Sobol sequence in the unit cube, Owen-scrambled by a seed: any 2^m consecutive points from a multiple of
/// 2^m put exactly one into each 2^-m of every axis.
///
/// Edges     dimensions past the table's 3,667 are drawn at random.
/// Cost      O(32 d) a point.
/// Source    Joe, Kuo: Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30,
///           2008 (Boost's table); Owen: Randomly permuted (t,m,s)-nets and (t,s)-sequences, 1995.
class SobolPoints final {
 public:
  /// `ranks`: of each dimension, its place in the sequence's order, a permutation; the first ones spread best.
  SobolPoints(std::vector<std::size_t> ranks, std::uint64_t seed);
  /// d coordinates; those past the table's dimensions are drawn from `key`.
  std::vector<double> at(std::uint32_t index, const base::StreamKey& key) const;

 private:
  std::uint64_t seed_;
  std::vector<std::size_t> ranks_;
  std::vector<std::array<std::uint32_t, 32>> directions_;
};

/// Coordinate `dimension` of point `index` of the unscrambled sequence, point 0 being the origin, as a 32-bit fraction.
/// `dimension` < sobol_dimensions_max().
std::uint32_t sobol_coordinate(std::uint32_t index, std::size_t dimension);
std::size_t sobol_dimensions_max();

/// Nested uniform scrambling of a 32-bit fraction: each bit is flipped or not by (seed, dimension, the bits above it).
std::uint32_t owen_scramble(std::uint32_t fraction, std::uint64_t seed, std::size_t dimension);

}  // namespace sterlet::math
