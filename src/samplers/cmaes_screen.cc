#include "sterlet/samplers/cmaes_screen.h"

#include <cmath>

#include "sterlet/base/math/normal.h"

namespace sterlet::samplers {

namespace {

constexpr double kLength = 0.2;        // Times sqrt(d): so far apart in one dimension is far.
constexpr double kDifferent = 0.3;     // Squared distance of two different choices, in lengths.
constexpr double kHalfInactive = 0.3;  // Squared distance where one of two points does not have the dimension.
constexpr double kNoise = 0.05;        // Of a score's variance.

// Solves A x = b for a symmetric positive definite A of n rows, whose lower triangle it overwrites.
void solve_in_place(std::vector<double>& matrix, std::vector<double>& vector) {
  const std::size_t n = vector.size();
  for (std::size_t i = 0; i < n; ++i) {
    double* row = matrix.data() + i * n;
    for (std::size_t j = 0; j <= i; ++j) {
      const double* other = matrix.data() + j * n;
      double sum = row[j];
      for (std::size_t k = 0; k < j; ++k) sum -= row[k] * other[k];
      row[j] = i == j ? std::sqrt(sum) : sum / other[j];
    }
    for (std::size_t k = 0; k < i; ++k) vector[i] -= row[k] * vector[k];
    vector[i] /= row[i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) vector[i] -= matrix[k * n + i] * vector[k];
    vector[i] /= matrix[i * n + i];
  }
}

}  // namespace

CmaesScreen::CmaesScreen(const space::Space& space, std::vector<double> rows) : rows_(std::move(rows)) {
  const std::size_t d = space.dimensions().size();
  for (std::size_t dimension = 0; dimension < d; ++dimension) ordered_.push_back(space.axis(dimension).ordered());
  length_ = kLength * std::sqrt(static_cast<double>(d));
  const std::size_t n = rows_.size() / d;
  const std::span<const double> all = rows_;
  std::vector<double> gram(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) gram[i * n + j] = kernel(all.subspan(i * d, d), all.subspan(j * d, d));
    gram[i * n + i] = 1 + kNoise;
    weights_.push_back(base::normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(n)));
  }
  solve_in_place(gram, weights_);
}

double CmaesScreen::score(std::span<const double> row) const {
  double score = 0;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    score += weights_[i] * kernel(row, std::span<const double>(rows_).subspan(i * row.size(), row.size()));
  }
  return score;
}

double CmaesScreen::kernel(std::span<const double> a, std::span<const double> b) const {
  double squares = 0, apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool has_a = a[i] == a[i], has_b = b[i] == b[i];
    if (has_a && has_b) {
      const double difference = a[i] - b[i];
      if (ordered_[i]) {
        squares += difference * difference;
      } else if (std::fabs(difference) > 1e-6) {
        apart += kDifferent;
      }
    } else if (has_a != has_b) {
      apart += kHalfInactive;
    }
  }
  const double r = std::sqrt(5 * (squares / (length_ * length_) + apart));
  return (1 + r + r * r / 3) * std::exp(-r);
}

}  // namespace sterlet::samplers
