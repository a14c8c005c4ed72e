#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "result.h"

namespace sterlet::trainer {

/// Rows of one kind: pixels or numbers, and the class or number to predict for each.
struct Rows {
  std::vector<std::uint8_t> pixels;   ///< count * columns, for images.
  std::vector<float> features;        ///< count * columns, for tables; already standardised.
  std::vector<std::int64_t> classes;  ///< count, for classification.
  std::vector<float> targets;         ///< count, for regression; already standardised.
  std::size_t count = 0;
};

struct Dataset {
  Rows train;
  Rows validation;
  Rows test;  ///< Empty unless asked for.
  std::size_t columns = 0;
  int image_side = 0;   ///< 0: not images.
  int class_count = 0;  ///< 0: regression.
  /// Standard deviation of the regression target before it was standardised: what turns an error back into its units.
  double target_scale = 1;
  float pixel_mean = 0;  ///< Of the training images, pixels as 0 to 1.
  float pixel_scale = 1;
};

/// Fashion-MNIST from a folder of four gzipped idx files: the first 50,000 training images to train on (or the first
/// `train_rows` of them), the last 10,000 to validate on, and the 10,000 held-back ones only `with_test`.
Result<Dataset> load_fashion_mnist(const std::string& folder, int train_rows, bool with_test);

/// Copies the inputs of the named rows to `out` (indices.size() * columns numbers), pixels standardised.
void gather_inputs(const Dataset& dataset, const Rows& rows, std::span<const std::uint32_t> indices, float* out);

}  // namespace sterlet::trainer
