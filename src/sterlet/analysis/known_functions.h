#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "sterlet/analysis/trial_table.h"

// Functions on the unit cube whose decomposition is known, for tests.

namespace sterlet::analysis::known {

using Function = std::function<double(std::span<const double>)>;

/// Ishigami with a = 7, b = 0.1: shares 0.3139, 0.4424, 0 and 0.2437 of coordinates 0 and 2 together.
inline double ishigami(std::span<const double> x) {
  const auto angle = [&](std::size_t j) { return std::numbers::pi * (2 * x[j] - 1); };
  const double second = std::sin(angle(1));
  return std::sin(angle(0)) * (1 + 0.1 * std::pow(angle(2), 4)) + 7 * second * second;
}
inline constexpr double kIshigamiFirst = 0.3139, kIshigamiSecond = 0.4424, kIshigamiFirstAndThird = 0.2437;

/// 4 x0 + 3 x1 + 2 x2 + x3: shares 16/30, 9/30, 4/30, 1/30.
inline double additive(std::span<const double> x) { return 4 * x[0] + 3 * x[1] + 2 * x[2] + x[3]; }

/// `rows` points drawn evenly; results with normal noise of that standard deviation.
inline TrialTable sample(const Function& function, std::size_t width, std::size_t rows, std::uint64_t seed,
                         double noise = 0) {
  base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
  TrialTable table;
  table.columns.resize(width);
  std::vector<double> point(width);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t j = 0; j < width; ++j) {
      point[j] = stream.uniform();
      table.columns[j].values.push_back(point[j]);
    }
    table.results.push_back(function(point) + (noise > 0 ? noise * stream.normal() : 0.0));
  }
  return table;
}

/// Column 0 chooses between sgd (0) and adam (1); 1 always counts; 2 is there for sgd alone. Each result is the sum of
/// its parts: (choice, in {-0.5, 0.5}) + (x1 - 0.5) * 3 + for sgd (x2 - 0.5) * 4. Variances 1/4, 3/4 and, for half of
/// the space, 4/3 / 2 = 2/3.
inline TrialTable sample_conditional(std::size_t rows, std::uint64_t seed) {
  base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
  TrialTable table;
  table.columns.resize(3);
  table.columns[0].choices = 2;
  table.columns[2].deciders = {0};
  table.both_active = {1, 1, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5};
  for (std::size_t row = 0; row < rows; ++row) {
    const bool is_adam = stream.uniform() < 0.5;
    const double x1 = stream.uniform(), x2 = stream.uniform();
    table.columns[0].values.push_back(is_adam ? 1 : 0);
    table.columns[1].values.push_back(x1);
    table.columns[2].values.push_back(is_adam ? std::numeric_limits<double>::quiet_NaN() : x2);
    table.results.push_back((is_adam ? 0.5 : -0.5) + 3 * (x1 - 0.5) + (is_adam ? 0 : 4 * (x2 - 0.5)));
  }
  return table;
}
inline constexpr double kConditionalVariance = 0.25 + 0.75 + 2.0 / 3;

}  // namespace sterlet::analysis::known
