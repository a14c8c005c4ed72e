#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace sterlet::analysis {

/// Rows of a table by columns: ordered ones in [0, 1], then those of choices.
struct ProcessInput {
  std::vector<std::vector<double>> ordered;
  std::vector<std::vector<double>> unordered;
  std::vector<double> results;  ///< One a row, to be minimised.
};

/// Means of some predictions and their covariance, row after row.
struct ProcessProfile {
  std::vector<double> mean, covariance;
};

/// What results say under a kernel whose parameters are known: the part of a Gaussian process that is the same for each
/// kernel. Rows are ordered coordinates, then choices.
/// Cost      O(n^3) time to make, O(n^2) memory.
struct KernelPosterior {
  using Row = std::vector<double>;
  using Kernel = std::function<double(const Row&, const Row&)>;

  /// The results are the input's, prepared as the process wants them. `noise`: the variance that a row's own place adds.
  /// Nothing where the covariance is not positive definite.
  static std::optional<KernelPosterior> of(const ProcessInput& input, std::vector<double> results, double noise,
                                           const Kernel& kernel);

  /// What is expected at a row without the noise.
  double expected(std::size_t row) const;

  /// From before the results to after them. Before, all means are 0, and the covariance is the kernel's; `with_rows` is the
  /// covariance of each mean with each row, mean after mean.
  void condition(const std::vector<double>& with_rows, ProcessProfile& profile) const;

  std::vector<Row> rows;
  std::vector<double> results, weights;
  std::vector<double> inverse;  ///< Of the covariance; its rows padded as the kernels of math want them.
  double noise = 0;
};

}  // namespace sterlet::analysis
