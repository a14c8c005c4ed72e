#include "sterlet/analysis/kernel_posterior.h"

#include <utility>

#include "sterlet/analysis/square_matrix.h"
#include "sterlet/math/dense.h"

namespace sterlet::analysis {

std::optional<KernelPosterior> KernelPosterior::of(const ProcessInput& input, std::vector<double> results, double noise,
                                                   const Kernel& kernel) {
  const std::size_t n = results.size();
  KernelPosterior posterior;
  posterior.noise = noise;
  for (std::size_t row = 0; row < n; ++row) {
    Row own;
    for (const auto& column : input.ordered) own.push_back(column[row]);
    for (const auto& column : input.unordered) own.push_back(column[row]);
    posterior.rows.push_back(std::move(own));
  }
  SquareMatrix inverse(n), inverse_of_factor(n);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = a; b < n; ++b) inverse.at(a, b) = kernel(posterior.rows[a], posterior.rows[b]);
    inverse.at(a, a) += noise;
  }
  double log_determinant = 0;
  if (!invert(inverse, inverse_of_factor, log_determinant)) return std::nullopt;
  for (std::size_t a = 0; a < n; ++a) posterior.weights.push_back(math::dot(inverse.row(a), results.data(), n));
  posterior.inverse = std::move(inverse.values);
  posterior.results = std::move(results);
  return posterior;
}

// K w = y - (K's diagonal of noise) w.
double KernelPosterior::expected(std::size_t row) const { return results[row] - noise * weights[row]; }

void KernelPosterior::condition(const std::vector<double>& with_rows, ProcessProfile& profile) const {
  const std::size_t count = profile.mean.size(), n = rows.size();
  std::vector<double> projected(n);
  for (std::size_t i = 0; i < count; ++i) {
    const double* own = with_rows.data() + i * n;
    for (std::size_t a = 0; a < n; ++a) {
      profile.mean[i] += own[a] * weights[a];
      projected[a] = math::dot(inverse.data() + a * math::padded(n), own, n);
    }
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t a = 0; a < n; ++a) profile.covariance[i * count + k] -= projected[a] * with_rows[k * n + a];
    }
  }
}

}  // namespace sterlet::analysis
