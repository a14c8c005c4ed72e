#pragma once

#include <span>
#include <utility>
#include <vector>

namespace sterlet::samplers {

/// Maps objective values (minimised) to the scale on which a Gaussian process sees them: increasing, with mean 0 and
/// standard deviation 1 over the values it was made from.
///
/// First half-ranks: values worse than the median m keep their order only, at m + s Phi^-1(1 - (r - 1/2) / (2 R)), r
/// the rank from the worst among R of them, s the root mean square distance of the better half from m: so that no bad
/// value, however large, stretches the scale. Then Yeo-Johnson's power by maximum likelihood. Then standardised.
/// With Kind::kSign, for values of which 0 is the limit: sign(y) ln(1 + |y| / s), s their median size.
/// Edges     equal values all give 0; at most 10^300 in size.
/// Cost      O(n log n) to make, O(log n) a value.
/// Source    Song et al.: The Vizier Gaussian process bandit algorithm, 2024 (half-ranks); Yeo, Johnson: A new
///           family of power transformations to improve normality or symmetry, Biometrika 87, 2000.
class GpTransform final {
 public:
  enum class Kind { kOrder, kSign };
  /// Finite values, at least one.
  explicit GpTransform(std::span<const double> values, Kind kind = Kind::kOrder);

  double operator()(double value) const;
  double inverse(double z) const;

 private:
  double to_half_rank(double value) const;
  double from_half_rank(double x) const;

  double median_ = 0, spread_ = 1;               // Of the better half.
  std::vector<std::pair<double, double>> tail_;  // Values above the median and where they go, ascending.
  double power_ = 1, mean_ = 0, scale_ = 1;
  bool flat_ = false, signed_ = false;
};

}  // namespace sterlet::samplers
