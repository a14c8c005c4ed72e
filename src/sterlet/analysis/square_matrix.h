#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "sterlet/math/dense.h"

namespace sterlet::analysis {

/// Square, its rows padded as the kernels of math want them.
struct SquareMatrix {
  explicit SquareMatrix(std::size_t rows) : n(rows), stride(math::padded(rows)), values(n * stride, 0.0) {}

  double& at(std::size_t a, std::size_t b) { return values[a * stride + b]; }
  const double* row(std::size_t a) const { return values.data() + a * stride; }

  std::size_t n, stride;
  std::vector<double> values;
};

/// Inverts a positive definite matrix, of which the upper triangle is read, in place, and adds the logarithm of its determinant.
/// False where it is not positive definite. `inverse_of_factor` begins as zeros, or with what an earlier call left there.
inline bool invert(SquareMatrix& k, SquareMatrix& inverse_of_factor, double& log_determinant) {
  if (math::factor(k.values.data(), k.stride, 0, k.n, k.n, 0) < k.n) return false;
  for (std::size_t a = 0; a < k.n; ++a) log_determinant += 2 * std::log(k.at(a, a));
  math::invert(k.values.data(), k.stride, 0, k.n, inverse_of_factor.values.data(), k.stride);
  math::square_inverse(inverse_of_factor.values.data(), k.stride, k.n, k.values.data(), k.stride);
  math::mirror(k.values.data(), k.stride, k.n);
  return true;
}

}  // namespace sterlet::analysis
