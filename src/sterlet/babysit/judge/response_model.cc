#include "sterlet/babysit/judge/response_model.h"

#include <algorithm>
#include <cmath>

namespace sterlet::babysit {

namespace {

constexpr double kNoise = 0.02;  // Of a gain: 2% of the objective.
constexpr double kRateSpread =
    3;  // Of a and b of the learning rate: a tenth of the axis may change the objective by a third.
constexpr double kSpread = 0.5;      // Of the others.
constexpr double kRateLate = -0.6;   // Prior mean of b of the learning rate.
constexpr double kWorstGain = -0.5;  // Of what ran away.

}  // namespace

void ResponseModel::add(const Try& made) {
  const double gain = std::isfinite(made.gain) ? std::max(made.gain, kWorstGain) : kWorstGain;
  const double d = made.step, p = made.step * made.phase;
  Sums& sums = sums_[made.name];
  const double noise = std::isfinite(made.noise) ? std::max(made.noise, kNoise) : kNoise, weight = 1 / (noise * noise);
  sums.dd += weight * d * d;
  sums.dp += weight * d * p;
  sums.pp += weight * p * p;
  sums.dy += weight * d * gain;
  sums.py += weight * p * gain;
}

ResponseModel::Forecast ResponseModel::forecast(const std::string& name, double step, double phase) const {
  const auto found = sums_.find(name);
  const Sums sums = found == sums_.end() ? Sums{} : found->second;
  const double spread = name == rate_ ? kRateSpread : kSpread, mean_b = name == rate_ ? kRateLate : 0;
  const double prior = 1 / (spread * spread);
  const double aa = sums.dd + prior, ab = sums.dp, bb = sums.pp + prior;
  const double right_a = sums.dy, right_b = sums.py + prior * mean_b;
  const double determinant = aa * bb - ab * ab;
  const double a = (bb * right_a - ab * right_b) / determinant, b = (aa * right_b - ab * right_a) / determinant;
  const double d = step, p = step * phase;
  const double variance = (bb * d * d - 2 * ab * d * p + aa * p * p) / determinant;
  return {.mean = a * d + b * p, .sd = std::sqrt(std::max(variance, 0.0))};
}

}  // namespace sterlet::babysit
