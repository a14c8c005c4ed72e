#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sterlet::math {

/// Learning curves as y(t) = A + B g_s(t) + noise, t the share of a full run, in (0, 1], and s one of 64 fixed shapes.
///
/// Given the shape the model is linear, so with a normal-inverse-gamma prior on (A, B, noise variance) everything is in
/// closed form, and the shapes are weighed by their evidence:
///   V_n = (V_0^-1 + X'X)^-1,  m_n = V_n (V_0^-1 m_0 + X'y),  a_n = a_0 + n/2,
///   b_n = b_0 + (y'y + m_0' V_0^-1 m_0 - m_n' V_n^-1 m_n) / 2,
///   log evidence = (log |V_n| - log |V_0|) / 2 + a_0 log b_0 - a_n log b_n + lgamma(a_n) - lgamma(a_0) - n/2 log 2 pi,
/// and a later value is Student t with 2 a_n degrees of freedom, location x'm_n and scale^2 b_n / a_n (1 + x'V_n x).
/// Source: the shapes are those of the curve prior of Adriaensen, Rakotoarison, Mueller, Hutter: Efficient Bayesian
/// learning curve extrapolation using prior-data fitted networks, NeurIPS 2023; the algebra is Bishop: Pattern
/// recognition and machine learning, section 3.3.
inline constexpr std::size_t kShapes = 64;

/// Value of shape s at share t: falls from about 1 at 0 towards 0. Four families (power, exponential, 1/log, Hill),
/// each with four time scales and four exponents.
double shape_value(std::size_t shape, double t);
/// All of them.
std::array<double, kShapes> shape_values(double t);

/// What is expected of A, B and the noise before a curve is seen; and of the shapes.
struct CurvePrior {
  double mean_a = 0, mean_b = 0;
  double var_aa = 1, var_ab = 0, var_bb = 1;  ///< Of A and B, as multiples of the noise variance; positive definite.
  double noise_shape = 1, noise_rate = 1;     ///< a_0 and b_0 of the inverse gamma.
  std::array<double, kShapes> log_weight{};   ///< Need not be normalised.
};

/// What a curve has shown: sums from which every shape's posterior follows. One report costs 64 times a few operations.
struct CurveSums {
  std::int64_t count = 0;
  double first = 0;  ///< Values are summed less the first, which loses no digits where curves are flat.
  double y = 0, yy = 0, y_y1 = 0;
  std::array<double, kShapes> g{}, gg{}, gy{};
  std::array<double, kShapes> g_g1{}, g_y1{}, y_g1{};  ///< Products of neighbours, for the noise's autocorrelation.
  double last_y = 0;
  std::array<double, kShapes> first_g{}, last_g{};

  void add(const std::array<double, kShapes>& shapes, double value);
};

/// The posterior of one shape.
struct ShapePosterior {
  double mean_a = 0, mean_b = 0;
  double var_aa = 0, var_ab = 0, var_bb = 0;  ///< As multiples of the noise variance.
  double noise_shape = 0, noise_rate = 0;
  double log_evidence = 0;  ///< Without the shape's own weight.
};
/// `share` in (0, 1]: how much of an independent observation each report is worth.
ShapePosterior shape_posterior(const CurveSums& sums, std::size_t shape, const CurvePrior& prior, double share);

/// Lag-1 autocorrelation of a curve's residuals from A + B g_s, in [0, 0.95]; 0 for fewer than 4 reports.
double residual_autocorrelation(const CurveSums& sums, std::size_t shape, double a, double b);

/// Mean and standard deviation of a value of the curve at a share, over all shapes.
struct CurvePrediction {
  double mean = 0, sd = 0;
  double mean_a = 0, mean_b = 0, noise_variance = 0;  ///< Weighted over the shapes.
  std::array<double, kShapes> weight{};               ///< Of each shape, summing to 1.
  /// What the next prediction of this curve should be given as its share: noise that follows itself makes a report
  /// worth (1 - rho) / (1 + rho) of an independent one, at least 0.2. One report late, which spares a second pass.
  double next_share = 1;
};
CurvePrediction predict_curve(const CurveSums& sums, const CurvePrior& prior,
                              const std::array<double, kShapes>& shapes_there, double share);

/// P(T < x) of Student's t with 6 degrees of freedom, in closed form.
double student6_below(double x);

}  // namespace sterlet::math
