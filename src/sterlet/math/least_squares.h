#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace sterlet::math {

/// Weighted least squares with few unknowns: the sum of weight (result - row . unknowns)^2 over the rows is least. By the
/// normal equations, summed in the order in which rows are added.
///
/// Cost  O(u^2) a row and O(u^3) to solve, with u unknowns.
class LeastSquares final {
 public:
  explicit LeastSquares(std::size_t unknowns) : unknowns_(unknowns), sums_(unknowns * (unknowns + 1), 0.0) {}

  /// row: one number an unknown, all finite; weight: >= 0.
  void add(std::span<const double> row, double result, double weight = 1);
  /// One more row that says: this unknown is `value`, with this weight.
  void pull(std::size_t unknown, double weight, double value = 0) {
    sums_[unknown * (unknowns_ + 1) + unknown] += weight;
    sums_[unknown * (unknowns_ + 1) + unknowns_] += weight * value;
  }

  /// Nothing where the rows do not decide all unknowns: a pivot is not above `pivot_min` of what it was at first.
  std::optional<std::vector<double>> solve(double pivot_min = 1e-12) const;
  /// The inverse of the sum of weight row row', row after row: times the variance of the results it is the covariance of
  /// the unknowns. Nothing where solve() has nothing.
  std::optional<std::vector<double>> inverse(double pivot_min = 1e-12) const;

 private:
  std::size_t unknowns_;
  std::vector<double> sums_;  // A row an unknown: of the matrix, then the right side.
};

}  // namespace sterlet::math
