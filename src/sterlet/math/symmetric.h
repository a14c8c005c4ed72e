#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sterlet::math {

/// The square root of a symmetric matrix and its inverse, themselves symmetric, row after row.
struct SymmetricRoots {
  std::vector<double> root;          ///< root * root = the matrix.
  std::vector<double> inverse_root;  ///< inverse_root * root = 1.
  double smallest = 1, largest = 1;  ///< Eigenvalues.
};

/// Of a `dimensions` x `dimensions` matrix, of which the lower triangle is read. Eigenvalues below `floor` times the
/// largest are taken as that. Unlike eigenvectors, the roots depend smoothly on the matrix: no sign, no order.
/// Cost O(d^3).
SymmetricRoots symmetric_roots(std::span<const double> matrix, std::size_t dimensions, double floor);

}  // namespace sterlet::math
