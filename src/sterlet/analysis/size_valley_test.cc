#include "sterlet/analysis/size_valley.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::analysis {
namespace {

// Places from -7 to -1, results 0.1 + 0.02 z^2 and, right of the lowest point, three times as steep; levels of their own.
std::vector<SizeTrials> valleys(double middle, double slope, double noise, std::uint64_t seed) {
  std::vector<SizeTrials> sizes;
  for (const double size : {16.0, 32.0, 64.0}) {
    base::RandomStream stream({.seed = seed, .trial = static_cast<std::uint64_t>(size), .stream = kAnalysisStream});
    SizeTrials trials{.size = size};
    for (int i = 0; i < 13; ++i) {
      const double place = -7 + 0.5 * i, z = place - middle - slope * std::log(size / 32);
      trials.places.push_back(place);
      trials.results.push_back(0.1 + 1 / size + (z > 0 ? 0.06 : 0.02) * z * z + noise * stream.normal());
    }
    sizes.push_back(trials);
  }
  return sizes;
}

struct Means {
  double middle = 0, slope = 0;
};
Means means_of(const SizeValley& valley) {
  Means means;
  for (std::size_t cell = 0; cell < valley.probabilities.size(); ++cell) {
    means.middle += valley.probabilities[cell] * valley.middles[cell / valley.slopes.size()];
    means.slope += valley.probabilities[cell] * valley.slopes[cell % valley.slopes.size()];
  }
  return means;
}

TEST(SizeValley, FindsTheLineOfLopsidedOnes) {
  for (const double slope : {-0.8, 0.0, 0.5}) {
    const auto valley = fit_size_valley(valleys(-4, slope, 0, 1), {});
    ASSERT_TRUE(valley.has_value());
    EXPECT_NEAR(valley->mean_log_size, std::log(32), 1e-12);
    EXPECT_NEAR(std::accumulate(valley->probabilities.begin(), valley->probabilities.end(), 0.0), 1, 1e-9);
    EXPECT_NEAR(means_of(*valley).middle, -4, 0.25) << slope;
    EXPECT_NEAR(means_of(*valley).slope, slope, 0.15) << slope;
  }
}

TEST(SizeValley, OneLuckyResultDoesNotDecide) {
  auto sizes = valleys(-4, 0, 0.003, 2);
  sizes[2].results[1] = 0.1;  // At -6.5, below all others.
  const auto valley = fit_size_valley(sizes, {});
  ASSERT_TRUE(valley.has_value());
  EXPECT_NEAR(means_of(*valley).middle, -4, 0.5);
}

TEST(SizeValley, AWidePriorHardlyCountsAndANarrowOneDoes) {
  const auto sizes = valleys(-4, 0, 0.01, 3);
  const auto wide = fit_size_valley(sizes, {.mean = -1, .spread = 5}),
             narrow = fit_size_valley(sizes, {.mean = -1, .spread = 0.05});
  const auto none = fit_size_valley(sizes, {});
  ASSERT_TRUE(wide && narrow && none);
  EXPECT_NEAR(means_of(*wide).slope, means_of(*none).slope, 0.1);
  EXPECT_LT(means_of(*narrow).slope, -0.6);
}

TEST(SizeValley, OfOneSizeOrEqualPlacesIsNone) {
  auto sizes = valleys(-4, 0, 0, 1);
  EXPECT_FALSE(fit_size_valley(std::span(sizes).first(1), {}).has_value());
  EXPECT_FALSE(fit_size_valley({}, {}).has_value());
  for (SizeTrials& each : sizes) std::fill(each.places.begin(), each.places.end(), 1.0);
  EXPECT_FALSE(fit_size_valley(sizes, {}).has_value());
}

}  // namespace
}  // namespace sterlet::analysis
