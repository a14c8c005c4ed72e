#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// A rough model of how good a point will be, to choose among several draws: a kernel regression (Matern 5/2 with fixed
/// lengths) of the normal scores of the ranks, so that it depends on the order of the results alone.
class CmaesScreen final {
 public:
  /// `rows`: n points of the unit cube, the best first, d numbers each, NaN where inactive. Cost O(n^3 + n^2 d).
  CmaesScreen(const space::Space& space, std::vector<double> rows);
  /// Lower is better. Cost O(n d).
  double score(std::span<const double> row) const;

 private:
  double kernel(std::span<const double> a, std::span<const double> b) const;

  std::vector<bool> ordered_;  // One a dimension.
  double length_ = 1;
  std::vector<double> rows_;
  std::vector<double> weights_;  // One a row.
};

}  // namespace sterlet::samplers
