#pragma once

#include <cstddef>

/// Dense work of a Gaussian process as Eigen does it, compiled for this very machine (bench/kernels_eigen.cc).
namespace sterlet::bench {

/// The upper factor of a symmetric matrix of n rows, in place.
void eigen_factor(double* a, std::size_t stride, std::size_t n);
/// The inverse of a matrix from its upper factor.
void eigen_inverse(const double* u, std::size_t stride, std::size_t n, double* out);
/// out = A b, b and out of `width` columns.
void eigen_multiply(const double* a, std::size_t stride, std::size_t n, const double* b, double* out,
                    std::size_t width);

}  // namespace sterlet::bench
