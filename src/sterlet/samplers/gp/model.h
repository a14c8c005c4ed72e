#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "sterlet/math/dense.h"
#include "sterlet/samplers/gp/kernel.h"
#include "sterlet/samplers/gp/trend.h"

namespace sterlet::samplers {

/// What a Gaussian process has to learn beside the values themselves.
struct GpHyper {
  std::vector<double> log_lengths;  ///< One a group.
  std::vector<double> warps;        ///< t of each group's warp; 0 leaves the scale as it is.
  double log_variance = 0;          ///< Of the signal.
  double log_noise = -9;            ///< Of a value's own noise (variance).
  /// By how much corners are expected to be worse than the middle where values are noise alone, and the less the
  /// smaller the noise's share of the variance is. Given, not learned.
  double bowl = 0;
};

/// Rows of unit coordinates, NaN where inactive.
struct GpRows {
  std::size_t dimensions = 0;
  std::vector<double> values;
  std::vector<double> noise;   ///< Variance that a row's value has beside GpHyper's noise; missing at the end: 0.
  std::vector<double> shares;  ///< Of GpHyper's noise that a row's value has; missing at the end: 1.

  std::size_t count() const { return dimensions == 0 ? 0 : values.size() / dimensions; }
  std::span<const double> row(std::size_t i) const { return {values.data() + i * dimensions, dimensions}; }
  double noise_of(std::size_t i) const { return i < noise.size() ? noise[i] : 0; }
  double share_of(std::size_t i) const { return i < shares.size() ? shares[i] : 1; }
  void append(std::span<const double> row, double extra_noise = 0, double share = 1) {
    noise.resize(count(), 0.0);
    shares.resize(count(), 1.0);
    values.insert(values.end(), row.begin(), row.end());
    noise.push_back(extra_noise);
    shares.push_back(share);
  }
};

/// A zero-mean-but-for-a-constant Gaussian process with a Matern 5/2 kernel, its hyperparameters given.
///
/// y = c + b + t + f + e; b is the bowl, GpHyper's times GpEmbedding::distance_out; t a trend, if there is one; f has
/// covariance variance *
/// matern52(r^2), r^2 the sum over groups of squared feature distance by squared length scale; e has variance `noise`
/// times its row's share and what the row adds; c has a normal prior of mean 0 and variance kMeanVariance, and its
/// posterior mode stands for it.
///
/// Rows may be appended and taken off the end; the factor is equal bit for bit to one computed at once, and a
/// prediction to one made alone. Cost: appending O(n^2); a prediction O(n^2), O(n) for the mean alone; targets O(n^2)
/// each. Source: Rasmussen, Williams: Gaussian processes for machine learning, 2006, algorithm 2.1.
class GpModel final {
 public:
  GpModel(const GpEmbedding& embedding, GpHyper hyper, std::shared_ptr<const GpTrend> trend = nullptr);

  const GpHyper& hyper() const { return hyper_; }
  const GpEmbedding& embedding() const { return *embedding_; }
  std::size_t size() const { return rows_; }
  /// Appends rows. Where one lies too close to others for the factor, its own noise is raised until it does not.
  void append(const GpRows& rows);
  /// Keeps the first `count` rows.
  void truncate(std::size_t count) { rows_ = count < rows_ ? count : rows_; }

  /// Values of the first rows; replaces what was there. The rows after them are pending: each head sees them at values
  /// drawn from their joint distribution given the others, by its standard normal numbers (one a pending row). Without
  /// pending rows: one head, no numbers.
  void set_targets(std::span<const double> values, const std::vector<std::vector<double>>& draws);
  std::size_t heads() const { return heads_; }
  /// Posterior mean at a row, as a head sees it.
  double row_mean(std::size_t head, std::size_t row) const { return row_means_[head * rows_ + row]; }
  double constant() const { return constant_; }
  /// ln p(y | hyper) of the values told, the constant at its mode and its prior left out.
  double log_likelihood() const { return likelihood_; }

  struct Batch {
    std::size_t count = 0;
    std::vector<double> mean;      ///< count * heads, a point's heads together.
    std::vector<double> variance;  ///< count; of f + c, noise left out.
    // Kept for gradients: a feature, a row of the model or a head a row, a point a column, with room up to `width`.
    std::size_t width = 0;
    std::vector<double> features, covariances, slopes, solved, weights, sums;
  };
  /// Mean of each head and variance at each of `count` points (rows of unit coordinates).
  void predict(const double* units, std::size_t count, Batch& batch) const;
  /// The means alone.
  void predict_means(const double* units, std::size_t count, Batch& batch) const;
  /// After predict: gradient by unit coordinates of a function with these derivatives by mean (of each head) and
  /// variance. out: count rows of dimensions.
  void gradient(const double* units, Batch& batch, const double* by_mean, const double* by_variance, double* out) const;

 private:
  void reserve(std::size_t rows);
  math::KernelFeatures kernel_features() const;
  void place(const double* units, std::size_t count, Batch& batch) const;
  void scale(double* columns, std::size_t stride, std::size_t count) const;
  void add_means(const double* units, Batch& batch) const;
  double bowl_at(std::span<const double> unit) const;
  void ensure_inverse() const;

  const GpEmbedding* embedding_;
  GpHyper hyper_;
  std::shared_ptr<const GpTrend> trend_;
  std::vector<double> scales_;   // Of each feature of a number: 1 / length.
  std::vector<double> weights_;  // Of each choice: 1 / length^2.
  std::vector<Warp> warps_;
  double variance_, noise_, bowl_;
  std::size_t rows_ = 0, stride_ = 0;
  std::vector<double> columns_;                  // Scaled features: a column of stride_ each.
  std::vector<double> row_noise_, row_offsets_;  // Offsets: bowl and trend.
  std::vector<double> upper_;                    // U, K = U'U.
  mutable std::vector<double> inverse_;          // U'^-1, rows [0, inverted_).
  mutable std::size_t inverted_ = 0;
  std::vector<double> alphas_;     // A head a row of stride_.
  std::vector<double> row_means_;  // A head a row of rows_.
  std::size_t heads_ = 1;
  double constant_ = 0, likelihood_ = 0;
};

inline constexpr double kGpMeanVariance = 1.0;

}  // namespace sterlet::samplers
