#include "sterlet/samplers/cmaes/screen.h"

#include <algorithm>
#include <cmath>

#include "sterlet/math/dense.h"
#include "sterlet/base/normal.h"

namespace sterlet::samplers {

namespace {

constexpr double kLength = 0.2;        // Times sqrt(d): so far apart in one dimension is far.
constexpr double kDifferent = 0.3;     // Squared distance of two different choices, in lengths.
constexpr double kHalfInactive = 0.3;  // Squared distance where one of two points does not have the dimension.
constexpr double kNoise = 0.05;        // Of a score's variance.

bool has_all(std::span<const double> rows) {
  return std::none_of(rows.begin(), rows.end(), [](double unit) { return std::isnan(unit); });
}

}  // namespace

CmaesScreen::CmaesScreen(const space::Space& space, std::vector<double> rows) : rows_(std::move(rows)) {
  const std::size_t d = space.dimensions().size();
  for (std::size_t dimension = 0; dimension < d; ++dimension) ordered_ += space.axis(dimension).ordered() ? 1 : 0;
  std::size_t ordered = 0, choices = ordered_;
  for (std::size_t dimension = 0; dimension < d; ++dimension) {
    const space::Axis& axis = space.axis(dimension);
    const auto levels = axis.ordered() ? 0.0 : static_cast<double>(axis.level_count().value_or(1));
    dimensions_.push_back({.levels = levels, .column = axis.ordered() ? ordered++ : choices++});
  }
  choice_weights_.assign(d - ordered_, kDifferent);
  length_ = kLength * std::sqrt(static_cast<double>(d));
  is_whole_ = has_all(rows_);
  const std::size_t n = rows_.size() / d, stride = math::padded(n);
  if (is_whole_) columns_ = columns_of(rows_, stride);
  for (std::size_t i = 0; i < n; ++i) {
    weights_.push_back(base::normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(n)));
  }
  // Points that lack dimensions may leave the matrix without a factor: then the scores as they are have to do.
  std::vector<double> upper = covariances(stride);
  if (math::factor(upper.data(), stride, 0, n, n, 0) != n) return;
  math::solve_forward(upper.data(), stride, n, weights_.data());
  math::solve_backward(upper.data(), stride, n, weights_.data());
}

std::vector<double> CmaesScreen::columns_of(std::span<const double> rows, std::size_t stride) const {
  const std::size_t d = dimensions_.size();
  std::vector<double> columns(d * stride, 0.0);
  for (std::size_t j = 0; j < d; ++j) {
    const Dimension& dimension = dimensions_[j];
    double* column = columns.data() + dimension.column * stride;
    for (std::size_t i = 0; i < rows.size() / d; ++i) {
      const double unit = rows[i * d + j];
      column[i] = dimension.levels > 0 ? std::floor(unit * dimension.levels) : unit / length_;
    }
  }
  return columns;
}

// The upper triangle.
std::vector<double> CmaesScreen::covariances(std::size_t stride) const {
  const std::size_t n = weights_.size(), d = dimensions_.size();
  std::vector<double> upper(n * stride), slope(stride);
  const math::KernelFeatures features{
      .numeric = ordered_, .categories = d - ordered_, .weights = choice_weights_.data()};
  const std::span<const double> all = rows_;
  for (std::size_t i = 0; i < n; ++i) {
    double* row = upper.data() + i * stride;
    if (is_whole_) {
      const std::size_t begin = i / math::kLanes * math::kLanes;
      math::matern52(features, {columns_.data() + i, stride}, 1, {columns_.data() + begin, stride}, stride - begin, 1,
                     row + begin, slope.data(), stride);
    } else {
      for (std::size_t j = i; j < n; ++j) row[j] = kernel(all.subspan(i * d, d), all.subspan(j * d, d));
    }
    row[i] = 1 + kNoise;
  }
  return upper;
}

std::vector<double> CmaesScreen::scores(std::span<const double> rows) const {
  const std::size_t n = weights_.size(), d = dimensions_.size(), count = rows.size() / d;
  std::vector<double> scores(math::padded(count), 0.0);
  if (is_whole_ && has_all(rows)) {
    const std::size_t width = scores.size();
    const std::vector<double> points = columns_of(rows, width);
    math::matern52_sums({.numeric = ordered_, .categories = d - ordered_, .weights = choice_weights_.data()},
                        {columns_.data(), math::padded(n)}, n, {points.data(), width}, width, 1, weights_.data(),
                        scores.data());
  } else {
    const std::span<const double> all = rows_;
    for (std::size_t p = 0; p < count; ++p) {
      for (std::size_t i = 0; i < n; ++i) {
        scores[p] += weights_[i] * kernel(rows.subspan(p * d, d), all.subspan(i * d, d));
      }
    }
  }
  scores.resize(count);
  return scores;
}

double CmaesScreen::kernel(std::span<const double> a, std::span<const double> b) const {
  double squares = 0, apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool has_a = a[i] == a[i], has_b = b[i] == b[i];
    if (has_a && has_b) {
      const double difference = a[i] - b[i];
      if (dimensions_[i].levels == 0) {
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
