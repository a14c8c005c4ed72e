#include "sterlet/analysis/likely_best.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::analysis {
namespace {

// A search as a sampler leaves it: half of the points anywhere, half around the optimum of a bowl in three dimensions.
struct Search {
  ProcessInput input;
  std::vector<double> truths;

  Search(std::uint64_t seed, int count, double noise, double ripple = 0) {
    base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
    input.ordered.resize(3);
    for (int i = 0; i < count; ++i) {
      double truth = 0;
      for (auto& column : input.ordered) {
        const double x = i % 2 == 0 ? stream.uniform() : std::clamp(0.4 + 0.12 * stream.normal(), 0.0, 1.0);
        column.push_back(x);
        truth += (x - 0.4) * (x - 0.4) + ripple * std::cos(40 * x);
      }
      truths.push_back(truth);
      input.results.push_back(truth + noise * stream.normal());
    }
  }

  std::size_t lowest() const {
    return static_cast<std::size_t>(std::min_element(input.results.begin(), input.results.end()) -
                                    input.results.begin());
  }
};

TEST(LikelyBest, IsBetterInTruthThanTheLowestResult) {
  // 100 searches, seeds 1 to 100. The mean gain is some 5 of its standard errors.
  double gained = 0, squares = 0, off = 0, off_of_lowest = 0;
  int named = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Search search(seed, 80, 0.04);
    const auto likely = find_likely_best(search.input);
    if (!likely) continue;
    ++named;
    const double gain = search.truths[search.lowest()] - search.truths[likely->index];
    gained += gain;
    squares += gain * gain;
    off += std::abs(likely->expected_of_lowest - search.truths[search.lowest()]);
    off_of_lowest += std::abs(search.input.results[search.lowest()] - search.truths[search.lowest()]);
    EXPECT_LE(likely->expected, likely->expected_of_lowest);
  }
  EXPECT_GT(named, 80);
  EXPECT_GT(gained, 3 * std::sqrt(squares));
  EXPECT_LT(off, 0.6 * off_of_lowest) << "what is expected is nearer to the truth than the lucky result";
}

TEST(LikelyBest, KnowsTheNoise) {
  std::vector<double> noises;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (const auto likely = find_likely_best(Search(seed, 100, 0.1).input)) noises.push_back(likely->noise);
  }
  ASSERT_GT(noises.size(), 15U);
  std::sort(noises.begin(), noises.end());
  EXPECT_NEAR(noises[noises.size() / 2], 0.1, 0.03);
}

TEST(LikelyBest, LeavesTheLowestResultWhereThereIsNoNoise) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_FALSE(find_likely_best(Search(seed, 60, 0).input).has_value()) << seed;
    EXPECT_FALSE(find_likely_best(Search(seed, 60, 0.001).input).has_value()) << seed;
  }
}

TEST(LikelyBest, TakesNoRipplesForNoiseOnceTrialsGatherInOne) {
  // Ripples as high as a noise that would count, and a third of the trials close around the best point.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Search search(seed, 60, 0, 0.05);
    const std::size_t best = search.lowest();
    base::RandomStream stream({.seed = seed, .trial = 1, .stream = base::Stream::kPractice});
    for (int i = 0; i < 30; ++i) {
      double truth = 0;
      for (auto& column : search.input.ordered) {
        const double x = column[best] + 0.003 * stream.normal();
        truth += (x - 0.4) * (x - 0.4) + 0.05 * std::cos(40 * x);
        column.push_back(x);
      }
      search.input.results.push_back(truth);
    }
    EXPECT_FALSE(find_likely_best(search.input).has_value()) << seed;
  }
}

TEST(LikelyBest, SaysNothingOfFewOrEqualResults) {
  EXPECT_FALSE(find_likely_best(Search(1, 29, 0.1).input).has_value());
  Search equal(1, 60, 0.1);
  std::fill(equal.input.results.begin(), equal.input.results.end(), 0.3);
  EXPECT_FALSE(find_likely_best(equal.input).has_value());
  EXPECT_FALSE(find_likely_best({}).has_value());
}

TEST(LikelyBest, AGlanceAtManyRowsMissesNoNoiseThatCounts) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    EXPECT_TRUE(find_likely_best(Search(seed, 400, 0.1).input).has_value()) << seed;
    EXPECT_FALSE(find_likely_best(Search(seed, 400, 0.001).input).has_value()) << seed;
  }
}

TEST(LikelyBest, OfManyRowsIsNamedAmongAll) {
  const Search search(5, 1000, 0.1);
  const auto likely = find_likely_best(search.input);
  ASSERT_TRUE(likely.has_value());
  EXPECT_LT(search.truths[likely->index], 0.05);
  EXPECT_GT(likely->expected_of_lowest, search.input.results[search.lowest()]);
}

}  // namespace
}  // namespace sterlet::analysis
