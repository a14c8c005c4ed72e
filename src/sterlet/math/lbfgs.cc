#include "sterlet/math/lbfgs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace sterlet::math {

namespace {

double inner(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

Lbfgs::Lbfgs(std::vector<double> start, std::vector<double> low, std::vector<double> high, std::vector<double> scale,
             double tolerance)
    : low_(std::move(low)),
      high_(std::move(high)),
      scale_(std::move(scale)),
      x_(std::move(start)),
      gradient_(x_.size(), 0.0),
      direction_(x_.size(), 0.0),
      free_gradient_(x_.size(), 0.0),
      tolerance_(tolerance),
      value_(std::numeric_limits<double>::infinity()) {
  moves_.resize(kMemory * x_.size());
  changes_.resize(kMemory * x_.size());
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = std::clamp(x_[i], low_[i], high_[i]);
  trial_ = x_;
}

void Lbfgs::tell(double value, std::span<const double> gradient) {
  if (done_) return;
  const bool usable =
      std::isfinite(value) && std::all_of(gradient.begin(), gradient.end(), [](double g) { return std::isfinite(g); });
  if (!started_) {
    if (!usable) {
      done_ = true;
      return;
    }
    started_ = true;
    value_ = value;
    gradient_.assign(gradient.begin(), gradient.end());
    choose_direction();
    return;
  }
  double expected = 0;  // First-order change along the projected step.
  for (std::size_t i = 0; i < x_.size(); ++i) expected += gradient_[i] * (trial_[i] - x_[i]);
  if (!usable || value > value_ + 1e-4 * std::min(expected, 0.0)) {
    if (++shortened_ > 12) {
      done_ = true;
      return;
    }
    double factor = 0.25;
    if (usable && expected < 0) factor = std::clamp(-0.5 * expected / (value - value_ - expected), 0.1, 0.5);
    step_ *= factor;
    step_to_trial();
    return;
  }
  double curvature = 0, size = 0;
  for (std::size_t i = 0; i < x_.size(); ++i) {
    const double changed = gradient[i] - gradient_[i];
    curvature += (trial_[i] - x_[i]) * changed;
    size += changed * changed;
  }
  if (curvature > 1e-12 * size) {
    if (kept_ == kMemory) {
      oldest_ = slot(1);
    } else {
      ++kept_;
    }
    for (std::size_t i = 0; i < x_.size(); ++i) {
      move(kept_ - 1)[i] = trial_[i] - x_[i];
      change(kept_ - 1)[i] = gradient[i] - gradient_[i];
    }
    curvatures_[slot(kept_ - 1)] = curvature;
  }
  flat_ = value_ - value < tolerance_ * (1 + std::abs(value_)) ? flat_ + 1 : 0;
  value_ = value;
  x_ = trial_;
  gradient_.assign(gradient.begin(), gradient.end());
  if (flat_ >= 2) {
    done_ = true;
    return;
  }
  choose_direction();
}

void Lbfgs::choose_direction() {
  const std::size_t n = x_.size();
  double size = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const bool held = (x_[i] <= low_[i] && gradient_[i] > 0) || (x_[i] >= high_[i] && gradient_[i] < 0);
    free_gradient_[i] = held ? 0 : gradient_[i];
    size = std::max(size, std::abs(free_gradient_[i]) * scale_[i]);
  }
  if (!(size > 1e-7)) {
    done_ = true;
    return;
  }
  std::vector<double>& q = direction_;
  q = free_gradient_;
  std::array<double, kMemory> weights{};
  double unit = 0;
  for (std::size_t k = kept_; k-- > 0;) {
    const std::span<const double> changed = change(k);
    weights[k] = inner(move(k), q) / curvatures_[slot(k)];
    for (std::size_t i = 0; i < n; ++i) q[i] -= weights[k] * changed[i];
  }
  if (kept_ > 0) {
    const std::span<const double> changed = change(kept_ - 1);
    double scaled = 0;
    for (std::size_t i = 0; i < n; ++i) scaled += changed[i] * changed[i] * scale_[i] * scale_[i];
    unit = curvatures_[slot(kept_ - 1)] / scaled;
  } else {
    unit = 1 / size;  // The first step goes as far as `scale` in its longest coordinate.
  }
  for (std::size_t i = 0; i < n; ++i) q[i] *= unit * scale_[i] * scale_[i];
  for (std::size_t k = 0; k < kept_; ++k) {
    const std::span<const double> moved = move(k);
    const double b = inner(change(k), q) / curvatures_[slot(k)];
    for (std::size_t i = 0; i < n; ++i) q[i] += (weights[k] - b) * moved[i];
  }
  for (std::size_t i = 0; i < n; ++i) direction_[i] = free_gradient_[i] == 0 ? 0 : -q[i];
  slope_ = inner(direction_, free_gradient_);
  if (!(slope_ < 0)) {  // Projection has spoilt the model: begin again from the gradient.
    kept_ = 0;
    for (std::size_t i = 0; i < n; ++i) direction_[i] = -free_gradient_[i] * scale_[i] * scale_[i] / size;
    slope_ = inner(direction_, free_gradient_);
  }
  step_ = 1;
  shortened_ = 0;
  step_to_trial();
}

void Lbfgs::step_to_trial() {
  bool moved = false;
  for (std::size_t i = 0; i < x_.size(); ++i) {
    trial_[i] = std::clamp(x_[i] + step_ * direction_[i], low_[i], high_[i]);
    moved = moved || trial_[i] != x_[i];
  }
  if (!moved) done_ = true;
}

}  // namespace sterlet::math
