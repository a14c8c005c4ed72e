#pragma once

#include <cstddef>

#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// A monotone map of [0, 1] onto itself: w(u) = ln(1 + (e^t - 1) u) / t. Linear at t = 0; at t > 0 what a log scale
/// over a ratio of e^t makes of a linear one; at t < 0 its mirror image (reverse_log).
class Warp final {
 public:
  explicit Warp(double t = 0);
  double operator()(double u) const;
  double inverse(double w) const;
  double slope(double u) const;           ///< dw/du
  double by_t(double u, double w) const;  ///< dw/dt, w that of u.
  /// Of `count` numbers in place, a multiple of math::kLanes; within a few ulp of one by one.
  void apply(double* u, std::size_t count) const;
  bool is_identity() const { return t_ == 0; }

 private:
  double t_, growth_;  // growth_ = e^t - 1.
};

/// The warp that makes of a linear range the log scale that it asks for: ln(high / low) where low > 0 and
/// high >= 30 low, since so wide a range may well be meant on a log scale; 0 for any other dimension.
double suspect_warp(const space::Space& space, std::size_t dimension);

}  // namespace sterlet::samplers
