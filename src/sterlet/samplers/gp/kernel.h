#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sterlet/samplers/warp.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// One dimension of the space as the Gaussian process sees it: a length scale of its own, and one or two features.
struct GpGroup {
  std::size_t dimension = 0;
  bool category = false;     ///< Distance 1 between any two choices; else numeric.
  bool conditional = false;  ///< May be inactive.
  std::size_t feature = 0;   ///< Its first feature,
  std::size_t features = 1;  ///< and how many it has.
  int tier = 2;
  double suspect = 0;  ///< The warp that would make a wide linear range a log scale; 0 if there is no reason to.
};

/// Maps points of the unit cube to features, between which squared distances (each divided by its squared length scale)
/// add up to the kernel's argument. Dimensions of a single value have no part in it.
///
/// A number is its coordinate after its warp. A conditional number takes two features, (sin, cos)(pi w / 2) / sqrt 2
/// when active and (0, 0) when not, so that active and inactive lie half a range's squared distance apart. A choice is
/// its index, or -1 when inactive. Source: Swersky, Duvenaud, Snoek, Hutter, Osborne: Raiders of the lost architecture:
/// kernels for Bayesian optimization in conditional parameter spaces, 2013 (the two features; the warp is ours).
class GpEmbedding final {
 public:
  explicit GpEmbedding(const space::Space& space);

  const std::vector<GpGroup>& groups() const { return groups_; }
  /// Those of numbers come first, then those of choices.
  std::size_t feature_count() const { return numeric_ + categories_; }
  std::size_t numeric_count() const { return numeric_; }
  double active_count() const { return active_; }         ///< Of the groups, how many a draw has active, on average.
  std::size_t dimensions() const { return dimensions_; }  ///< Of the unit cube.

  /// Of `count` points, rows of `units` with a coordinate a dimension, NaN where inactive: a column a feature, `stride`
  /// apart, a multiple of math::kLanes and not less than count; what pads them is set too. `warps`: one a group.
  void features(const double* units, std::size_t count, std::span<const Warp> warps, double* out,
                std::size_t stride) const;
  /// Gradient by unit coordinates (0 for choices and inactive ones) from the gradient by features at the same point.
  void pull_back(std::span<const double> unit, std::span<const Warp> warps, const double* by_feature,
                 std::span<double> by_unit) const;
  /// The same by the warp of one group, from its own features and the gradient by them.
  double pull_back_warp(std::size_t group, double unit, const Warp& warp, const double* feature,
                        const double* by_feature) const;
  /// How far out a point lies: the mean over numeric dimensions of (2 u - 1)^2, 0 in the middle of the space and 1 at
  /// its corners; where one is inactive or its scale is suspect, 1/3, as if it were anywhere.
  double distance_out(std::span<const double> unit) const;
  /// Adds `factor` times its gradient.
  void add_distance_out_gradient(std::span<const double> unit, double factor, std::span<double> by_unit) const;

 private:
  std::vector<GpGroup> groups_;
  std::vector<std::size_t> choices_;  // One a group; 0 if numeric.
  double active_ = 0;
  std::size_t numeric_ = 0, categories_ = 0, dimensions_ = 0;
};

}  // namespace sterlet::samplers
