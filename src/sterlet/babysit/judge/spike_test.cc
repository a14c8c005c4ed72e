#include "sterlet/babysit/judge/spike.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::babysit {
namespace {

// exp(-0.02 i) with noise that follows itself as `follows` says.
Curve falling_curve(int count, double noise, double follows, std::uint64_t seed) {
  base::RandomStream random({.seed = seed, .trial = 0});
  Curve curve;
  double off = 0;
  for (int i = 0; i < count; ++i) {
    off = follows * off + std::sqrt(1 - follows * follows) * random.normal();
    curve.emplace_back(i + 1, 0.3 + std::exp(-0.02 * i) + noise * off);
  }
  return curve;
}

TEST(Spike, ValuesThatAreNoNumbersAreToldAtOnceWithTheLastGoodStep) {
  const auto spike = find_spike({{1, 0.5}, {2, 0.4}, {3, HUGE_VAL}, {4, std::nan("")}}, "loss", true);
  ASSERT_TRUE(spike);
  EXPECT_EQ(spike->good_step, 2);
  EXPECT_EQ(spike->bad_step, 4);
  EXPECT_EQ(spike->sentence, "loss became NaN at step 3");
  EXPECT_EQ(find_spike({{1, std::nan("")}}, "loss", true)->good_step, 0);
}

TEST(Spike, OneReportThatIsManyTimesAsLargeIsSeenAtOnce) {
  Curve curve = falling_curve(30, 0.02, 0, 3);
  curve.emplace_back(31, 2.3);
  const auto spike = find_spike(curve, "loss", true);
  ASSERT_TRUE(spike);
  EXPECT_EQ(spike->good_step, 30);
}

TEST(Spike, ASmallerRiseIsSeenWhenItStays) {
  Curve curve = falling_curve(30, 0.01, 0, 3);
  for (const int step : {31, 32}) {
    curve.emplace_back(step, 1.3);
    EXPECT_FALSE(find_spike(curve, "loss", true)) << step;
  }
  curve.emplace_back(33, 1.3);
  auto spike = find_spike(curve, "loss", true);
  ASSERT_TRUE(spike);
  EXPECT_EQ(spike->good_step, 30);
  EXPECT_EQ(spike->first_step, 31);
  EXPECT_EQ(spike->bad_step, 33);
  // As the one before, that no attention was paid to at once.
  curve.pop_back();
  curve.emplace_back(33, 4.0);
  spike = find_spike(curve, "loss", true);
  ASSERT_TRUE(spike);
  EXPECT_EQ(spike->good_step, 30);
}

TEST(Spike, AnObjectiveToBeMaximisedSpikesDownwards) {
  Curve up, curve;
  for (const auto& [step, value] : falling_curve(30, 0.01, 0, 5)) curve.emplace_back(step, 1 - value);
  up = curve;
  for (const int step : {31, 32, 33}) curve.emplace_back(step, -1.5);
  EXPECT_TRUE(find_spike(curve, "accuracy", false));
  for (const int step : {31, 32, 33}) up.emplace_back(step, 2.5);
  EXPECT_FALSE(find_spike(up, "accuracy", false));
}

// Among 120,000 reports at most 6 false alarms: noise of a third of the value, that follows itself, is the hard case.
TEST(Spike, NoiseIsHardlyEverASpike) {
  int alarms = 0;
  for (const double follows : {0.0, 0.3, 0.6, 0.9}) {
    for (const double noise : {0.003, 0.03, 0.1}) {
      for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Curve curve = falling_curve(200, noise, follows, seed);
        for (auto end = curve.begin() + 1; end != curve.end(); ++end) {
          if (!find_spike({curve.begin(), end}, "loss", true)) continue;
          ++alarms;
          EXPECT_GE(noise, 0.1) << "follows " << follows << ", seed " << seed << ", step " << end->first;
        }
      }
    }
  }
  EXPECT_LE(alarms, 6);
}

TEST(Spike, AFailureThatSpeaksOfNaNIsADivergence) {
  EXPECT_TRUE(tells_divergence("the loss became NaN at step 120 (learning_rate 30)"));
  EXPECT_TRUE(tells_divergence("loss is inf"));
  EXPECT_FALSE(tells_divergence("cannot open nanotubes.csv: information missing"));
}

}  // namespace
}  // namespace sterlet::babysit
