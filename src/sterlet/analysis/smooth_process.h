#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/kernel_posterior.h"

namespace sterlet::analysis {

/// A Gaussian process for looking at results, not for suggesting: a kernel with a length a column, whose parameters are
/// the most probable ones under priors that expect a column to bend a result once or twice.
///
/// Shape     kSmooth: squared exponential, for what a column does on the whole. kRough: Matern 3/2 that expects more noise,
///           for what a single row is worth: of real trainings it predicts more (docs/decisions/0003-gp-noise.md).
///
/// Results are standardised, and what is worse than the median by more than the median is than the best counts less and
/// less, so that a wall of bad results does not shape the rest.
/// Cost      2 ms for 60 rows of 3 columns; grows as n^3.
/// Source    Rasmussen, Williams: Gaussian Processes for Machine Learning, 2006, sections 2.3 and 5.4.
class SmoothProcess final {
 public:
  /// At most this many rows are worth their cost.
  static constexpr std::size_t kRowsMax = 100;

  enum class Shape { kSmooth, kRough };

  /// Nothing for fewer than 8 rows, or equal results.
  static std::optional<SmoothProcess> fit(const ProcessInput& input, Shape shape = Shape::kSmooth);

  /// ln p(results) with the priors, at the most probable parameters.
  double log_evidence() const { return log_evidence_; }
  /// Standard deviations of the noise, and of what is not noise, in the results' unit.
  double noise() const { return noise_ * unit_; }
  double signal() const;
  /// A row's result as it was fitted: worse ones are drawn in, see above.
  double fitted(std::size_t row) const { return centre_ + unit_ * posterior_.results[row]; }
  /// What is expected there without the noise.
  double expected(std::size_t row) const;
  /// How alike the process takes two rows to be, in [0, 1].
  double likeness(std::size_t first, std::size_t second) const;

  /// The mean over some points of the prediction with column `column` (ordered) at each of some places, and its
  /// covariance, row after row; of the posterior, without noise, in the results' unit and its square.
  using Profile = ProcessProfile;
  Profile profile(const std::vector<std::vector<double>>& points, std::size_t column,
                  const std::vector<double>& places) const;

 private:
  explicit SmoothProcess(Shape shape) : shape_(shape) {}
  double kernel(const std::vector<double>& a, const std::vector<double>& b) const;

  Shape shape_;
  std::size_t ordered_ = 0;
  KernelPosterior posterior_;  // Of the results standardised.
  std::vector<double> lengths_;
  double signal_ = 1, noise_ = 0, centre_ = 0, unit_ = 1, log_evidence_ = 0;
};

/// Which rows to fit to where there are more than kRowsMax: the best half of so many, and others evenly.
std::vector<std::size_t> rows_to_fit(const std::vector<double>& results);

}  // namespace sterlet::analysis
