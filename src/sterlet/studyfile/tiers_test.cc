#include "sterlet/studyfile/tiers.h"

#include <array>

#include <gtest/gtest.h>

namespace sterlet::studyfile {
namespace {

TEST(Tiers, TenTrialsAParameterAreNeeded) {
  const std::array<std::int64_t, 4> parameters{1, 4, 9, 12};
  EXPECT_EQ(tiers_for(1, parameters), 1);
  EXPECT_EQ(tiers_for(39, parameters), 1);
  EXPECT_EQ(tiers_for(40, parameters), 2);
  EXPECT_EQ(tiers_for(89, parameters), 2);
  EXPECT_EQ(tiers_for(90, parameters), 3);
  EXPECT_EQ(tiers_for(100000, parameters), 3);  // Tier 4 is for those who name it.
}

TEST(Tiers, TheFirstTierThatHasParametersIsAlwaysOpen) {
  EXPECT_EQ(tiers_for(1, std::array<std::int64_t, 4>{0, 6, 9, 9}), 2);
  EXPECT_EQ(tiers_for(1, std::array<std::int64_t, 4>{0, 0, 9, 9}), 3);
}

TEST(Tiers, AreDescribedWithWhatTheNextWouldTake) {
  EXPECT_EQ(
      describe({.tier_max = 2, .trials = 60, .parameters = {1, 5, 11, 12}}),
      "tune: auto: tiers 1 to 2 for 60 trials of 5 parameters; with tier 3 there would be 11, which take 110 trials, "
      "10 each");
  EXPECT_EQ(describe({.tier_max = 1, .trials = 1, .parameters = {1, 1, 1, 1}}),
            "tune: auto: tier 1 for 1 trial of 1 parameter");
  EXPECT_EQ(describe({.tier_max = 2, .parameters = {1, 5, 11, 12}}), "tune: auto: tiers 1 to 2 (5 parameters)");
}

}  // namespace
}  // namespace sterlet::studyfile
