#include "sterlet/samplers/gp/transform.h"

#include <algorithm>
#include <cmath>

#include "sterlet/math/dense.h"
#include "sterlet/base/normal.h"

namespace sterlet::samplers {

namespace {

// Yeo-Johnson's power of x.
double power_of(double x, double power) {
  const double log = std::log1p(std::abs(x));
  if (x >= 0) return std::abs(power) < 1e-6 ? log : std::expm1(power * log) / power;
  const double other = 2 - power;
  return std::abs(other) < 1e-6 ? -log : -std::expm1(other * log) / other;
}

double unpower(double y, double power) {
  if (y >= 0) {
    if (std::abs(power) < 1e-6) return std::expm1(y);
    return std::expm1(std::log1p(std::max(power * y, -1 + 1e-12)) / power);
  }
  const double other = 2 - power;
  if (std::abs(other) < 1e-6) return -std::expm1(-y);
  return -std::expm1(std::log1p(std::max(-other * y, -1 + 1e-12)) / other);
}

// The sums of y and y^2 over values of one sign, of which `logs` holds ln(1 + |x|): y = (exp(factor l) - 1) / factor.
void add_moments(std::span<const double> logs, double factor, double sign, double* sum, double* square) {
  double own_sum = 0, own_square = 0;
  if (std::abs(factor) < 1e-6) {
    for (const double log : logs) {
      own_sum += log;
      own_square += log * log;
    }
    factor = 1;
  } else {
    math::add_exp_moments(logs.data(), logs.size(), factor, &own_sum, &own_square);
  }
  *sum += sign * own_sum / factor;
  *square += own_square / (factor * factor);
}

// `values` ascending.
double best_power(std::span<const double> values) {
  constexpr double kGolden = 0.6180339887498949;
  constexpr double spread = 1.0;  // Normal prior about 1, no change.
  std::vector<double> logs;
  double jacobian = 0;
  for (const double x : values) {
    logs.push_back(std::log1p(std::abs(x)));
    jacobian += x >= 0 ? logs.back() : -logs.back();
  }
  const auto n = static_cast<double>(values.size());
  const auto negative = static_cast<std::size_t>(std::lower_bound(values.begin(), values.end(), 0.0) - values.begin());
  const std::span<const double> below(logs.data(), negative), above(logs.data() + negative, logs.size() - negative);
  const auto score = [&](double power) {
    double sum = 0, square = 0;
    add_moments(below, 2 - power, -1, &sum, &square);
    add_moments(above, power, 1, &sum, &square);
    const double variance = std::max(square / n - (sum / n) * (sum / n), 1e-12);
    return -0.5 * n * std::log(variance) + (power - 1) * jacobian - 0.5 * (power - 1) * (power - 1) / (spread * spread);
  };
  double low = -2, high = 4;
  double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
  double at_a = score(a), at_b = score(b);
  for (int i = 0; i < 30; ++i) {
    if (at_a > at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - kGolden * (high - low);
      at_a = score(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + kGolden * (high - low);
      at_b = score(b);
    }
  }
  return 0.5 * (low + high);
}

}  // namespace

GpTransform::GpTransform(std::span<const double> values, Kind kind) : signed_(kind == Kind::kSign) {
  if (signed_) {
    std::vector<double> sizes;
    for (const double value : values) sizes.push_back(std::min(std::abs(value), 1e300));
    std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2), sizes.end());
    scale_ = std::max(sizes[sizes.size() / 2], 1e-12);
    return;
  }
  std::vector<double> sorted(values.begin(), values.end());
  for (double& value : sorted) value = std::clamp(value, -1e300, 1e300);
  std::sort(sorted.begin(), sorted.end());
  const std::size_t n = sorted.size();
  if (!(sorted.front() < sorted.back())) {
    flat_ = true;
    median_ = sorted.front();
    return;
  }
  // All that counts as the better half; where that is a single value, the next ones join it.
  std::size_t half = (n + 1) / 2;
  while (half < n && sorted[half] == sorted[half - 1]) ++half;
  while (half < n && sorted[half - 1] == sorted.front()) {
    ++half;
    while (half < n && sorted[half] == sorted[half - 1]) ++half;
  }
  median_ = sorted[half - 1];
  double squares = 0;
  const double largest = median_ - sorted.front();
  for (std::size_t i = 0; i < half; ++i) {
    const double q = (median_ - sorted[i]) / largest;
    squares += q * q;
  }
  spread_ = largest * std::sqrt(squares / static_cast<double>(half));
  std::vector<double> distinct(sorted.begin() + static_cast<std::ptrdiff_t>(half), sorted.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  const auto ranks = static_cast<double>(distinct.size());
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    const double from_worst = ranks - static_cast<double>(i);
    tail_.emplace_back(distinct[i], base::normal_quantile(1 - 0.5 * (from_worst - 0.5) / ranks));
  }
  std::vector<double> images(n);
  for (std::size_t i = 0; i < n; ++i) images[i] = to_half_rank(sorted[i]);
  if (n >= 8) power_ = best_power(images);
  double sum = 0, square_sum = 0;
  for (double& image : images) {
    image = power_of(image, power_);
    sum += image;
  }
  mean_ = sum / static_cast<double>(n);
  for (const double image : images) square_sum += (image - mean_) * (image - mean_);
  scale_ = std::max(std::sqrt(square_sum / static_cast<double>(n)), 1e-12);
}

double GpTransform::to_half_rank(double value) const {
  if (value <= median_ || tail_.empty()) return (value - median_) / spread_;
  const auto knot = std::lower_bound(tail_.begin(), tail_.end(), value,
                                     [](const auto& of_tail, double wanted) { return of_tail.first < wanted; });
  const std::pair<double, double> before = knot == tail_.begin() ? std::pair(median_, 0.0) : *std::prev(knot);
  if (knot == tail_.end()) return before.second + std::min((value - before.first) / spread_, 1.0) * 0.1;
  return before.second + (knot->second - before.second) * ((value - before.first) / (knot->first - before.first));
}

double GpTransform::from_half_rank(double x) const {
  if (x <= 0 || tail_.empty()) return median_ + x * spread_;
  std::pair<double, double> before{median_, 0.0};
  for (const auto& knot : tail_) {
    if (x <= knot.second) {
      return before.first + (knot.first - before.first) * ((x - before.second) / (knot.second - before.second));
    }
    before = knot;
  }
  return before.first;
}

double GpTransform::operator()(double value) const {
  if (signed_) return std::copysign(std::log1p(std::min(std::abs(value), 1e300) / scale_), value);
  if (flat_) return 0;
  return (power_of(to_half_rank(std::clamp(value, -1e300, 1e300)), power_) - mean_) / scale_;
}

double GpTransform::inverse(double z) const {
  if (signed_) return std::copysign(std::expm1(std::min(std::abs(z), 600.0)) * scale_, z);
  if (flat_) return median_;
  return from_half_rank(unpower(z * scale_ + mean_, power_));
}

}  // namespace sterlet::samplers
