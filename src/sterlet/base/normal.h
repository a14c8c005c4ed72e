#pragma once

namespace sterlet::base {

/// The standard normal distribution. Every function is total: NaN gives NaN.

/// phi(x) = exp(-x^2/2) / sqrt(2 pi).
double normal_pdf(double x);
/// Phi(x), accurate in the lower tail too (relative error below 1e-13 down to x = -37).
double normal_cdf(double x);
/// ln Phi(x) for any x; below -37, where Phi underflows, by its asymptotic series.
double log_normal_cdf(double x);
/// The x with Phi(x) = p, for p in (0, 1); -infinity at 0 and below, infinity at 1 and above.
double normal_quantile(double p);
/// The same with double arithmetic inside: about three times as fast, the last few bits may differ.
double quick_normal_quantile(double p);

}  // namespace sterlet::base
