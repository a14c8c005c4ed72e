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
  /// Of points as above, one a row; lower is better. Cost O(n d) a point.
  std::vector<double> scores(std::span<const double> rows) const;

 private:
  struct Dimension {
    double levels = 0;       // Of a choice; 0: ordered.
    std::size_t column = 0;  // Ordered ones come first.
  };
  std::vector<double> columns_of(std::span<const double> rows, std::size_t stride) const;
  std::vector<double> covariances(std::size_t stride) const;
  double kernel(std::span<const double> a, std::span<const double> b) const;

  std::vector<Dimension> dimensions_;
  std::size_t ordered_ = 0;
  std::vector<double> choice_weights_;
  double length_ = 1;
  std::vector<double> rows_;
  bool is_whole_ = true;         // No row lacks a dimension.
  std::vector<double> columns_;  // The rows as dense kernels see them; only then.
  std::vector<double> weights_;  // One a row.
};

}  // namespace sterlet::samplers
