#include "sterlet/samplers/warp.h"

#include <cmath>

#include "sterlet/math/dense.h"

namespace sterlet::samplers {

namespace {

constexpr double kSmallWarp = 1e-4;  // Below, the series: the closed forms lose their digits.
constexpr double kWideRange = 30;

}  // namespace

Warp::Warp(double t) : t_(t), growth_(std::expm1(t)) {}

double Warp::operator()(double u) const {
  if (t_ == 0) return u;
  if (std::abs(t_) < kSmallWarp) return u + t_ * u * (1 - u) * (0.5 + t_ * (1 - 2 * u) / 6);
  return std::log1p(growth_ * u) / t_;
}

double Warp::inverse(double w) const {
  if (t_ == 0) return w;
  if (std::abs(t_) < kSmallWarp) return w - 0.5 * t_ * w * (1 - w);
  return std::expm1(t_ * w) / growth_;
}

double Warp::slope(double u) const {
  if (std::abs(t_) < kSmallWarp) return 1 + 0.5 * t_ * (1 - 2 * u);
  return growth_ / (t_ * (1 + growth_ * u));
}

double Warp::by_t(double u, double w) const {
  if (std::abs(t_) < 1e-3) return u * (1 - u) * (0.5 + t_ * (1 - 2 * u) / 3);  // The series again.
  return ((growth_ + 1) * u / (1 + growth_ * u) - w) / t_;
}

void Warp::apply(double* u, std::size_t count) const {
  if (std::abs(t_) >= kSmallWarp) return math::scaled_log1p(u, count, growth_, t_, u);
  for (std::size_t i = 0; i < count; ++i) u[i] = (*this)(u[i]);
}

double suspect_warp(const space::Space& space, std::size_t dimension) {
  const space::Parameter& parameter = space.parameters()[space.dimensions()[dimension].parameter];
  const bool is_wide = space.axis(dimension).ordered() && parameter.scale == space::Scale::kLinear &&
                       parameter.low > 0 && parameter.high >= kWideRange * parameter.low;
  return is_wide ? std::log(parameter.high / parameter.low) : 0;
}

}  // namespace sterlet::samplers
