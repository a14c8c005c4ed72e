#include "sterlet/doctor/lessons.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sterlet::doctor {
namespace {

Measured measured(const std::string& study, const std::string& parameter, int tier, double relative,
                  double half = 0.1) {
  return {.study = study,
          .parameter = parameter,
          .tier = tier,
          .relative = relative,
          .low = relative * (1 - half),
          .high = relative * (1 + half)};
}

TEST(Lessons, TiersAreDividedInTheMiddleOfTheirVariances) {
  EXPECT_EQ(tier_for(1), 1);
  EXPECT_EQ(tier_for(0.4), 1);
  EXPECT_EQ(tier_for(0.39), 2);
  EXPECT_EQ(tier_for(0.16), 2);
  EXPECT_EQ(tier_for(0.0144), 3);
  EXPECT_EQ(tier_for(0.0009), 4);
  EXPECT_EQ(tier_for(0), 4);
  for (const auto& [upper, lower, bound] :
       {std::tuple{1.0, 0.16, 0.4}, {0.16, 0.0144, 0.048}, {0.0144, 0.0009, 0.0036}}) {
    EXPECT_NEAR(std::sqrt(upper * lower), bound, 0.001);
  }
}

TEST(Lessons, WhatMattersMoreThanItsTierIsProposedForALowerOne) {
  const auto lessons = learn({measured("a", "rate", 1, 1), measured("a", "units", 2, 0.8), measured("b", "rate", 1, 1),
                              measured("b", "units", 2, 0.6)});
  ASSERT_EQ(lessons.size(), 2u);
  EXPECT_EQ(lessons[0].parameter, "rate");
  EXPECT_FALSE(lessons[0].is_proposed);
  EXPECT_TRUE(lessons[1].is_proposed);
  EXPECT_EQ(lessons[1].says, "units: tier 2 -> 1 for this project (2 studies)");
  EXPECT_NEAR(lessons[1].relative.value, std::sqrt(0.8 * 0.6), 1e-12);
}

TEST(Lessons, WhatHardlyMattersIsProposedForAHigherOne) {
  const auto lessons = learn({measured("a", "rate", 1, 1), measured("a", "momentum", 2, 0.01)});
  EXPECT_EQ(lessons[1].says, "momentum: tier 2 -> 3 for this project (1 study)");
}

TEST(Lessons, AnIntervalThatHoldsTheTierSaysNothing) {
  const auto lessons = learn({measured("a", "rate", 1, 1), measured("a", "units", 2, 0.45, 0.5)});
  EXPECT_EQ(lessons[1].learned, 1);
  EXPECT_FALSE(lessons[1].is_proposed);
}

TEST(Lessons, StudiesThatDisagreeSayNothing) {
  const auto lessons = learn({measured("a", "units", 2, 1), measured("b", "units", 2, 0.3),
                              measured("c", "units", 2, 0.3), measured("d", "units", 2, 1)});
  ASSERT_EQ(lessons.size(), 1u);
  EXPECT_EQ(lessons[0].learned, 1);
  EXPECT_FALSE(lessons[0].is_proposed);
}

TEST(Lessons, NoStudyNoLesson) {
  EXPECT_TRUE(learn({}).empty());
  EXPECT_TRUE(measured_of("a", {.is_enough = false}).empty());
}

TEST(Lessons, WhatIsKeptIsReadAgain) {
  const std::vector<Measured> rows{measured("a", "rate", 1, 1), measured("a", "units", 2, 0.3)};
  const auto read = measured_from_json("a", json_from_measured(rows, 60));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].parameter, "units");
  EXPECT_EQ(read[1].relative, 0.3);
  EXPECT_TRUE(
      measured_from_json("a", base::Json::parse(R"({"parameters":[1,{"param":2},{"param":"x","tier":9}]})")).empty());
  EXPECT_TRUE(measured_from_json("a", base::Json::parse("[]")).empty());
}

}  // namespace
}  // namespace sterlet::doctor
