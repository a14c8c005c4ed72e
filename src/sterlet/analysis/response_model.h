#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sterlet/analysis/kernel_posterior.h"
#include "sterlet/analysis/smooth_process.h"

namespace sterlet::analysis {

/// A Gaussian process whose columns act each on their own, and together: its kernel is a sum over the columns and a product
/// of all. Most of what a few dozen trials can tell of many columns is in the sum.
///
/// Measure   results are looked at evenly, or stretched where they are best (kBest strongly, kGood mildly), or worst (kWorst):
///           of an error that falls by factors the columns' shares add up in its logarithm. The evidence has the derivative of the
///           stretching in it, so that models of several measures can be compared. What is far above the median counts
///           less and less, as in SmoothProcess.
/// Shape     smooth: squared exponential; else Matern 5/2, which may bend sharply.
/// Cost      5 ms for 60 rows of 4 columns; grows as n^3.
/// Source    Duvenaud, Nickisch, Rasmussen: Additive Gaussian processes, NIPS 2011; Snelson, Rasmussen, Ghahramani: Warped
///           Gaussian processes, NIPS 2003.
class ResponseModel final {
 public:
  enum class Measure { kEven, kBest, kGood, kWorst };
  struct Kind {
    Measure measure = Measure::kEven;
    bool is_smooth = true;
  };

  /// Nothing for fewer than 8 rows, or equal results. `like`: a model of as many columns whose parameters are near, if any.
  static std::optional<ResponseModel> fit(const ProcessInput& input, Kind kind, const ResponseModel* like = nullptr);

  /// ln p(results) with the priors, at the most probable parameters.
  double log_evidence() const { return log_evidence_; }
  /// Standard deviation of the noise, and, as in all that follows, in the spread of the results in the model's measure.
  double noise() const { return noise_; }
  /// What is expected there without the noise.
  double expected(std::size_t row) const { return posterior_.expected(row); }
  /// Results in its measure, standardised.
  const std::vector<double>& results() const { return posterior_.results; }
  /// The covariance of the results, row after row; without what an ordered column does on its own, where one is given.
  std::vector<double> covariance(std::optional<std::size_t> without) const;
  /// As of SmoothProcess.
  SmoothProcess::Profile profile(const std::vector<std::vector<double>>& points, std::size_t column,
                                 const std::vector<double>& places) const;

 private:
  ResponseModel() = default;
  double own(std::size_t column, double a, double b) const;
  double kernel(const std::vector<double>& a, const std::vector<double>& b) const;

  bool is_smooth_ = true;
  std::size_t ordered_ = 0;
  KernelPosterior posterior_;       // Of the results standardised.
  std::vector<double> parameters_;  // Logarithms of what follows, as they were found.
  std::vector<double> lengths_;
  double alone_ = 0, together_ = 0, noise_ = 0, log_evidence_ = 0;
};

/// Models of one study, each with the weight that the results give it.
struct ResponseModels {
  /// All measures, smooth, and of the likely ones the other shape too; those that weigh next to nothing are left out.
  static ResponseModels fit(const ProcessInput& input);

  const ResponseModel& likeliest() const;

  std::vector<ResponseModel> models;  ///< None where there is too little.
  std::vector<double> weights;        ///< They add up to 1.
};

}  // namespace sterlet::analysis
