#include "sterlet/math/curve_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sterlet::math {

namespace {

constexpr std::array<double, 4> kTimeScales{0.02, 0.07, 0.22, 0.7};
constexpr std::array<double, 4> kExponents{0.5, 0.8, 1.2, 2.0};
constexpr double kShareMin = 0.2;

}  // namespace

double shape_value(std::size_t shape, double t) {
  const double ratio = t / kTimeScales[shape / 4 % 4];
  const double exponent = kExponents[shape % 4];
  switch (shape / 16) {
    case 0:
      return std::pow(1 + ratio, -exponent);
    case 1:
      return std::exp(-std::pow(ratio, exponent));
    case 2:
      return 1 / std::log(std::numbers::e + std::pow(ratio, exponent));
    default:
      return 1 / (1 + std::pow(ratio, exponent));
  }
}

std::array<double, kShapes> shape_values(double t) {
  std::array<double, kShapes> values{};
  for (std::size_t s = 0; s < kShapes; ++s) values[s] = shape_value(s, t);
  return values;
}

void CurveSums::add(const std::array<double, kShapes>& shapes, double value) {
  if (count == 0) {
    first = value;
    first_g = shapes;
  }
  const double v = value - first;
  y += v;
  yy += v * v;
  if (count > 0) y_y1 += last_y * v;
  for (std::size_t s = 0; s < kShapes; ++s) {
    const double x = shapes[s];
    g[s] += x;
    gg[s] += x * x;
    gy[s] += x * v;
    if (count == 0) continue;
    g_g1[s] += last_g[s] * x;
    g_y1[s] += last_g[s] * v;
    y_g1[s] += last_y * x;
  }
  last_y = v;
  last_g = shapes;
  ++count;
}

namespace {

// The evidence without what is the same for all shapes.
ShapePosterior posterior_of(const CurveSums& sums, std::size_t shape, const CurvePrior& prior, double share) {
  // The sums are of y - first, so A is taken less that too.
  const double mean_a = prior.mean_a - sums.first;
  const double det0 = prior.var_aa * prior.var_bb - prior.var_ab * prior.var_ab;
  const double p_aa = prior.var_bb / det0, p_ab = -prior.var_ab / det0, p_bb = prior.var_aa / det0;
  const double n = share * static_cast<double>(sums.count);
  const double q_aa = p_aa + n, q_ab = p_ab + share * sums.g[shape], q_bb = p_bb + share * sums.gg[shape];
  const double h_a = p_aa * mean_a + p_ab * prior.mean_b + share * sums.y;
  const double h_b = p_ab * mean_a + p_bb * prior.mean_b + share * sums.gy[shape];
  const double det = q_aa * q_bb - q_ab * q_ab;
  ShapePosterior posterior;
  posterior.var_aa = q_bb / det;
  posterior.var_ab = -q_ab / det;
  posterior.var_bb = q_aa / det;
  const double a = posterior.var_aa * h_a + posterior.var_ab * h_b;
  const double b = posterior.var_ab * h_a + posterior.var_bb * h_b;
  posterior.mean_a = a + sums.first;
  posterior.mean_b = b;
  posterior.noise_shape = prior.noise_shape + n / 2;
  // y'y + m_0'P m_0 - m_n'Q m_n as a sum of squares, which cannot come out negative: the residuals' squares, and how
  // far the coefficients are from the prior's.
  const double residuals = sums.yy + a * a * static_cast<double>(sums.count) + b * b * sums.gg[shape] - 2 * a * sums.y -
                           2 * b * sums.gy[shape] + 2 * a * b * sums.g[shape];
  const double d_a = a - mean_a, d_b = b - prior.mean_b;
  const double distance = p_aa * d_a * d_a + 2 * p_ab * d_a * d_b + p_bb * d_b * d_b;
  posterior.noise_rate = prior.noise_rate + (share * std::max(0.0, residuals) + distance) / 2;
  posterior.log_evidence = -0.5 * std::log(det * det0) - posterior.noise_shape * std::log(posterior.noise_rate);
  return posterior;
}

}  // namespace

ShapePosterior shape_posterior(const CurveSums& sums, std::size_t shape, const CurvePrior& prior, double share) {
  ShapePosterior posterior = posterior_of(sums, shape, prior, share);
  posterior.log_evidence += prior.noise_shape * std::log(prior.noise_rate) + std::lgamma(posterior.noise_shape) -
                            std::lgamma(prior.noise_shape) -
                            share * static_cast<double>(sums.count) / 2 * std::log(2 * std::numbers::pi);
  return posterior;
}

double residual_autocorrelation(const CurveSums& sums, std::size_t shape, double a, double b) {
  if (sums.count < 4) return 0;
  const auto n = static_cast<double>(sums.count);
  const double shifted = a - sums.first;
  const double g = sums.g[shape], y = sums.y;
  const double squares = sums.yy + shifted * shifted * n + b * b * sums.gg[shape] - 2 * shifted * y -
                         2 * b * sums.gy[shape] + 2 * shifted * b * g;
  // Sums over neighbours: the first n - 1 of one and the last n - 1 of the other; the first y is 0.
  const double y_sum = (y - sums.last_y) + y;
  const double g_sum = (g - sums.last_g[shape]) + (g - sums.first_g[shape]);
  const double products = sums.y_y1 - shifted * y_sum - b * (sums.g_y1[shape] + sums.y_g1[shape]) +
                          shifted * shifted * (n - 1) + shifted * b * g_sum + b * b * sums.g_g1[shape];
  if (!(squares > 1e-18 * (1 + sums.yy))) return 0;
  return std::clamp(products / squares, 0.0, 0.95);
}

CurvePrediction predict_curve(const CurveSums& sums, const CurvePrior& prior,
                              const std::array<double, kShapes>& shapes_there, double share) {
  std::array<ShapePosterior, kShapes> posteriors;
  CurvePrediction prediction;
  std::size_t best = 0;
  for (std::size_t s = 0; s < kShapes; ++s) {
    posteriors[s] = posterior_of(sums, s, prior, share);
    prediction.weight[s] = posteriors[s].log_evidence + prior.log_weight[s];
    if (prediction.weight[s] > prediction.weight[best]) best = s;
  }
  const double highest = prediction.weight[best];
  double sum = 0;
  for (double& weight : prediction.weight) sum += weight = std::exp(weight - highest);
  for (double& weight : prediction.weight) weight /= sum;
  const double rho = residual_autocorrelation(sums, best, posteriors[best].mean_a, posteriors[best].mean_b);
  prediction.next_share = std::max(kShareMin, (1 - rho) / (1 + rho));
  double square = 0;
  for (std::size_t s = 0; s < kShapes; ++s) {
    const ShapePosterior& posterior = posteriors[s];
    const double weight = prediction.weight[s];
    const double x = shapes_there[s];
    const double location = posterior.mean_a + posterior.mean_b * x;
    const double noise = posterior.noise_rate / posterior.noise_shape;
    const double scale2 = noise * (1 + posterior.var_aa + 2 * x * posterior.var_ab + x * x * posterior.var_bb);
    const double freedom = 2 * posterior.noise_shape;
    prediction.mean += weight * location;
    prediction.mean_a += weight * posterior.mean_a;
    prediction.mean_b += weight * posterior.mean_b;
    prediction.noise_variance += weight * noise;
    // The variance of Student's t; for two degrees and fewer, where there is none, that of a wide enough one.
    square += weight * (scale2 * (freedom > 2.5 ? freedom / (freedom - 2) : 5) +
                        (location - sums.first) * (location - sums.first));
  }
  const double offset = prediction.mean - sums.first;
  prediction.sd = std::sqrt(std::max(0.0, square - offset * offset));
  return prediction;
}

double student6_below(double x) {
  // F(x) = 1/2 + sin/2 (1 + cos^2/2 + 3 cos^4/8), where tan = x / sqrt(6). Source: Abramowitz, Stegun, 26.7.4.
  if (std::isnan(x)) return x;
  if (std::isinf(x)) return x > 0 ? 1 : 0;
  const double cos2 = 1 / (1 + x * x / 6);
  const double sine = x / std::sqrt(6 + x * x);
  return 0.5 + 0.5 * sine * (1 + cos2 / 2 + 3 * cos2 * cos2 / 8);
}

}  // namespace sterlet::math
