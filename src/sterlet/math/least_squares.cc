#include "sterlet/math/least_squares.h"

namespace sterlet::math {

namespace {

// Gauss and Jordan on `size` rows of `stride` numbers, the first `size` columns a positive definite matrix: these become
// diagonal, and what is right of them is divided by it.
bool eliminate(std::vector<double>& a, std::size_t size, std::size_t stride, double pivot_min) {
  std::vector<double> before;
  for (std::size_t i = 0; i < size; ++i) before.push_back(a[i * stride + i]);
  for (std::size_t i = 0; i < size; ++i) {
    if (!(a[i * stride + i] > pivot_min * before[i])) return false;
    for (std::size_t k = 0; k < size; ++k) {
      if (k == i) continue;
      const double factor = a[k * stride + i] / a[i * stride + i];
      for (std::size_t c = i; c < stride; ++c) a[k * stride + c] -= factor * a[i * stride + c];
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t c = size; c < stride; ++c) a[i * stride + c] /= a[i * stride + i];
  }
  return true;
}

}  // namespace

void LeastSquares::add(std::span<const double> row, double result, double weight) {
  const std::size_t stride = unknowns_ + 1;
  for (std::size_t i = 0; i < unknowns_; ++i) {
    for (std::size_t k = 0; k < unknowns_; ++k) sums_[i * stride + k] += weight * row[i] * row[k];
    sums_[i * stride + unknowns_] += weight * row[i] * result;
  }
}

std::optional<std::vector<double>> LeastSquares::solve(double pivot_min) const {
  const std::size_t stride = unknowns_ + 1;
  std::vector<double> a = sums_, solution;
  if (!eliminate(a, unknowns_, stride, pivot_min)) return std::nullopt;
  for (std::size_t i = 0; i < unknowns_; ++i) solution.push_back(a[i * stride + unknowns_]);
  return solution;
}

std::optional<std::vector<double>> LeastSquares::inverse(double pivot_min) const {
  const std::size_t stride = 2 * unknowns_;
  std::vector<double> a(unknowns_ * stride, 0.0), inverse;
  for (std::size_t i = 0; i < unknowns_; ++i) {
    for (std::size_t k = 0; k < unknowns_; ++k) a[i * stride + k] = sums_[i * (unknowns_ + 1) + k];
    a[i * stride + unknowns_ + i] = 1;
  }
  if (!eliminate(a, unknowns_, stride, pivot_min)) return std::nullopt;
  for (std::size_t i = 0; i < unknowns_; ++i) {
    for (std::size_t k = 0; k < unknowns_; ++k) inverse.push_back(a[i * stride + unknowns_ + k]);
  }
  return inverse;
}

}  // namespace sterlet::math
