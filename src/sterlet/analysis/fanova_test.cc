#include "sterlet/analysis/fanova.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "sterlet/analysis/known_functions.h"

namespace sterlet::analysis {
namespace {

Fanova analyse(const TrialTable& table) { return analyse_variance(table, fit_forest(table, {.seed = 1}), 1); }

Estimate pair_of(const Fanova& fanova, std::size_t first, std::size_t second) {
  const auto found = std::find_if(fanova.pairs.begin(), fanova.pairs.end(),
                                  [&](const auto& pair) { return pair.first == first && pair.second == second; });
  return found == fanova.pairs.end() ? Estimate{} : found->share;
}

// How often intervals held the true share.
struct Coverage {
  int held = 0, all = 0;
  void add(const Estimate& estimate, double truth) {
    ++all;
    held += estimate.low <= truth && truth <= estimate.high ? 1 : 0;
  }
  double share() const { return static_cast<double>(held) / all; }
};

TEST(Fanova, OfIshigamiIsWithinThreeHundredthsAtAThousandTrials) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    for (const std::size_t width : {3, 10}) {
      const Fanova fanova = analyse(known::sample(known::ishigami, width, 1000, seed));
      EXPECT_NEAR(fanova.shares[0].value, known::kIshigamiFirst, 0.03);
      EXPECT_NEAR(fanova.shares[1].value, known::kIshigamiSecond, 0.03);
      EXPECT_NEAR(fanova.shares[2].value, 0, 0.03);
      EXPECT_NEAR(pair_of(fanova, 0, 2).value, known::kIshigamiFirstAndThird, 0.03);
      EXPECT_EQ(fanova.pairs.front().first, 0U);
      EXPECT_EQ(fanova.pairs.front().second, 2U);
    }
  }
}

TEST(Fanova, OfAnAdditiveFunctionIsWithinThreeHundredthsAndWithoutPairs) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Fanova fanova = analyse(known::sample(known::additive, 10, 1000, seed));
    for (std::size_t j = 0; j < 10; ++j) {
      const double truth = j < 4 ? static_cast<double>((4 - j) * (4 - j)) / 30 : 0;
      EXPECT_NEAR(fanova.shares[j].value, truth, 0.03) << j;
    }
    EXPECT_LT(fanova.pairs.front().share.value, 0.01);
  }
}

// With conditions, the parts are shares of the variance of configurations: they add up to 1 with no pairs.
TEST(Fanova, WithConditionsIsWithinThreeHundredths) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const Fanova fanova = analyse(known::sample_conditional(1000, seed));
    EXPECT_NEAR(fanova.shares[0].value, 0.25 / known::kConditionalVariance, 0.03);
    EXPECT_NEAR(fanova.shares[1].value, 0.75 / known::kConditionalVariance, 0.03);
    EXPECT_NEAR(fanova.shares[2].value, 2.0 / 3 / known::kConditionalVariance, 0.03);
    EXPECT_NEAR(pair_of(fanova, 0, 2).value, 0, 0.03);
  }
}

TEST(Fanova, IntervalsHoldTheTruthInMostCases) {
  Coverage coverage;
  for (const double noise : {0.0, 1.0}) {
    for (const std::size_t rows : {200, 1000}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Fanova ishigami = analyse(known::sample(known::ishigami, 4, rows, seed, noise));
        coverage.add(ishigami.shares[0], known::kIshigamiFirst);
        coverage.add(ishigami.shares[1], known::kIshigamiSecond);
        coverage.add(pair_of(ishigami, 0, 2), known::kIshigamiFirstAndThird);
        const Fanova additive = analyse(known::sample(known::additive, 5, rows, seed, noise));
        for (std::size_t j = 0; j < 4; ++j) {
          coverage.add(additive.shares[j], static_cast<double>((4 - j) * (4 - j)) / 30);
        }
      }
    }
  }
  EXPECT_GE(coverage.share(), 0.85);
}

TEST(Fanova, SharesDoNotDependOnWhereTheTrialsWere) {
  // Two thirds of the trials lie in a tenth of the space, as a sampler that has found the optimum leaves them.
  TrialTable table = known::sample(known::additive, 4, 400, 1);
  const TrialTable more = known::sample([](auto) { return 0.0; }, 4, 800, 2);
  for (std::size_t row = 0; row < more.rows(); ++row) {
    std::array<double, 4> point{};
    for (std::size_t j = 0; j < 4; ++j) {
      point[j] = more.columns[j].values[row] * (j == 0 ? 0.1 : 1.0);
      table.columns[j].values.push_back(point[j]);
    }
    table.results.push_back(known::additive(point));
  }
  const Fanova fanova = analyse(table);
  EXPECT_NEAR(fanova.shares[0].value, 16.0 / 30, 0.05);
  EXPECT_NEAR(fanova.shares[1].value, 9.0 / 30, 0.05);
}

TEST(Fanova, OfEqualResultsIsNothing) {
  const Fanova fanova = analyse(known::sample([](auto) { return 3.0; }, 3, 50, 1));
  for (const Estimate& share : fanova.shares) EXPECT_EQ(share, Estimate{});
  EXPECT_EQ(fanova.variance, 0);
  EXPECT_EQ(analyse(TrialTable{.columns = std::vector<Column>(2)}).shares.size(), 2U);
}

TEST(Fanova, OfTwoHundredColumnsFindsTheOnesThatCount) {
  const Fanova fanova = analyse(known::sample(known::additive, 200, 400, 1));
  EXPECT_GT(fanova.shares[0].value, 0.35);
  for (std::size_t j = 4; j < 200; ++j) EXPECT_LT(fanova.shares[j].value, 0.05) << j;
}

}  // namespace
}  // namespace sterlet::analysis
