#include "sterlet/analysis/size_law.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::analysis {
namespace {

// Results y = 0.1 + 0.02 (x - best)^2 with noise, at nine places half a decade apart around -4.
SizeTrials trials_at(double size, double best, double noise, std::uint64_t seed, double cost = 1) {
  base::RandomStream stream({.seed = seed, .trial = static_cast<std::uint64_t>(size), .stream = kAnalysisStream});
  SizeTrials trials{.size = size, .cost = cost};
  for (int i = 0; i < 9; ++i) {
    const double place = -4 + (i - 4) * std::log(10) / 2;
    trials.places.push_back(place);
    trials.results.push_back(0.1 + 0.02 * (place - best) * (place - best) + noise * stream.normal());
  }
  return trials;
}

TEST(BestPlace, IsTheLowestPointOfAnExactParabola) {
  const auto best = best_place(trials_at(32, -3.7, 0, 1));
  ASSERT_TRUE(best.has_value());
  EXPECT_NEAR(best->place, -3.7, 1e-9);
  EXPECT_FALSE(best->at_edge);
}

// tests/oracles/size_law.py: the same by numpy's lstsq on rows times the roots of the weights.
TEST(BestPlace, AgreesWithNumpy) {
  const SizeTrials trials{
      .size = 64, .places = {-7, -6, -5, -4, -3, -2, -1}, .results = {0.31, 0.22, 0.171, 0.152, 0.149, 0.19, 0.9}};
  const auto best = best_place(trials);
  ASSERT_TRUE(best.has_value());
  EXPECT_NEAR(best->place, -3.615498991, 1e-8);
}

TEST(BestPlace, AtTheEndOfWhatWasTriedItSaysSo) {
  const auto best = best_place(trials_at(32, -20, 0, 1));
  ASSERT_TRUE(best.has_value());
  EXPECT_TRUE(best->at_edge);
  EXPECT_NEAR(best->place, -4 - 2 * std::log(10), 1e-9);
  SizeTrials flat = trials_at(32, -4, 0, 1);
  for (double& result : flat.results) result = 0.1;
  EXPECT_TRUE(best_place(flat)->at_edge);
}

TEST(BestPlace, NeedsFourResultsAtThreePlaces) {
  EXPECT_FALSE(best_place({}).has_value());
  EXPECT_FALSE(best_place({.places = {1, 2, 3}, .results = {1, 2, 3}}).has_value());
  EXPECT_FALSE(best_place({.places = {1, 1, 2, 2, 2}, .results = {1, 1, 2, 2, 2}}).has_value());
  EXPECT_FALSE(best_place({.places = {1, 2, 3, 4}, .results = {1, 2, NAN, 3}}).has_value());
}

TEST(SizeLaw, FindsThePowerAndCoversTheTarget) {
  // Halving with each doubling of the size: ln best = -1 - ln(size), seeds 0 to 99. The interval is of 90%: fewer than 82
  // that cover have a probability of 0.5%.
  int covered = 0, moves = 0, near = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<SizeTrials> sizes;
    for (const double size : {16.0, 32.0, 64.0}) sizes.push_back(trials_at(size, -1 - std::log(size), 0.002, seed));
    const auto law = fit_size_law(sizes, 256, {.seed = seed});
    ASSERT_TRUE(law.has_value());
    const double truth = -1 - std::log(256);
    covered += law->target.low <= truth && truth <= law->target.high ? 1 : 0;
    near += std::fabs(law->target.value - truth) < std::log(1.5) ? 1 : 0;
    moves += law->verdict == SizeLaw::Verdict::kMoves ? 1 : 0;
  }
  EXPECT_GE(covered, 82);
  EXPECT_GE(moves, 60);
  EXPECT_GE(near, 80);
}

TEST(SizeLaw, ABestThatStaysIsTheMean) {
  std::vector<SizeTrials> sizes;
  // Many places close to each other, so that each size's best is known well.
  for (const double size : {16.0, 32.0, 64.0}) {
    SizeTrials trials{.size = size};
    for (int i = 0; i <= 40; ++i) {
      trials.places.push_back(-6 + 0.1 * i);
      trials.results.push_back(0.1 + 0.02 * std::pow(trials.places.back() + 4, 2));
    }
    sizes.push_back(trials);
  }
  const auto law = fit_size_law(sizes, 256);
  ASSERT_TRUE(law.has_value());
  EXPECT_EQ(law->verdict, SizeLaw::Verdict::kStays);
  EXPECT_NEAR(law->target.value, -4, 1e-3);
  EXPECT_NEAR(law->b.value, 0, 1e-3);
}

TEST(SizeLaw, ASlopeThatIsHardlyKnownIsDrawnToWhatIsUsual) {
  std::vector<SizeTrials> noisy, clear;
  for (const double size : {16.0, 32.0, 64.0}) {
    noisy.push_back(trials_at(size, -4, 0.03, 3));
    clear.push_back(trials_at(size, -1 - std::log(size), 1e-4, 3));
  }
  const auto drawn = fit_size_law(noisy, 256, {.power_usual = -0.3, .power_spread = 0.05});
  const auto kept = fit_size_law(clear, 256, {.power_usual = -0.3, .power_spread = 0.4});
  ASSERT_TRUE(drawn && kept);
  EXPECT_NEAR(drawn->b.value, -0.3, 0.1);
  EXPECT_NEAR(kept->b.value, -1, 0.05);
}

TEST(SizeLaw, NeedsTwoSizesThatHaveABest) {
  std::vector<SizeTrials> sizes{trials_at(16, -4, 0, 1)};
  EXPECT_FALSE(fit_size_law(sizes, 256).has_value());
  sizes.push_back({.size = 32});
  EXPECT_FALSE(fit_size_law(sizes, 256).has_value());
  sizes.push_back(trials_at(16, -4, 0, 2));
  EXPECT_FALSE(fit_size_law(sizes, 256).has_value());
}

TEST(NextSize, IsLargerWhereSizeCostsNothing) {
  std::vector<SizeTrials> cheap, dear;
  for (const double size : {16.0, 32.0, 64.0}) {
    cheap.push_back(trials_at(size, -4, 0.001, 1, 1));
    dear.push_back(trials_at(size, -4, 0.001, 1, size * size));
  }
  const auto law = fit_size_law(cheap, 1024);
  ASSERT_TRUE(law.has_value());
  const auto free = next_size(*law, cheap, 1024), costly = next_size(*law, dear, 1024);
  ASSERT_TRUE(free && costly);
  EXPECT_GT(free->size, 700);
  EXPECT_LT(costly->size, 100);
  EXPECT_LT(free->error_then, free->error_now);
  EXPECT_NEAR(costly->cost, costly->size * costly->size, 1e-6 * costly->cost);
}

}  // namespace
}  // namespace sterlet::analysis
