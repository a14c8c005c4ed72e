#include "sterlet/base/normal.h"

#include <cmath>
#include <limits>

#include <boost/math/special_functions/erf.hpp>

namespace sterlet::base {

namespace {

constexpr double kLogSqrtTwoPi = 0.91893853320467274178;
constexpr double kSqrtHalf = 0.70710678118654752440;

template <typename Policy>
double quantile(double p, const Policy& policy) {
  if (std::isnan(p)) return p;
  if (p <= 0) return -std::numeric_limits<double>::infinity();
  if (p >= 1) return std::numeric_limits<double>::infinity();
  return -boost::math::erfc_inv(2 * p, policy) / kSqrtHalf;
}

}  // namespace

double normal_pdf(double x) { return std::exp(-0.5 * x * x - kLogSqrtTwoPi); }

double normal_cdf(double x) { return 0.5 * std::erfc(-x * kSqrtHalf); }

double log_normal_cdf(double x) {
  if (x > -37) return x > 6 ? std::log1p(-normal_cdf(-x)) : std::log(normal_cdf(x));
  // Phi(x) = phi(x)/|x| (1 - 1/x^2 + 3/x^4 - 15/x^6 + ...): with four terms the error of
  // ln Phi at -37 is 105/37^8 = 3e-11.
  const double r = 1 / (x * x);
  return -0.5 * x * x - kLogSqrtTwoPi - std::log(-x) + std::log1p(-r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r))));
}

double normal_quantile(double p) { return quantile(p, boost::math::policies::policy<>()); }

double quick_normal_quantile(double p) {
  return quantile(p, boost::math::policies::policy<boost::math::policies::promote_double<false>>());
}

}  // namespace sterlet::base
