// What a study names the best where results are partly luck: a function of its trials, whatever the direction, and the
// best result itself where there is no such noise.

#include "sterlet/study/expectation.h"

#include <algorithm>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"

namespace sterlet::study {
namespace {

// `trials` of a bowl in two dimensions, half of them around its optimum, told as they are or negated.
std::unique_ptr<Study> study_of(int trials, double noise, const std::string& more = "objective: loss") {
  auto file = studyfile::parse_study_text(
      strategies(),
      fmt::format(
          "study: s\nsampler: random\nseed: 3\nparams: {{x: {{type: float, low: 0, high: 1}}, y: {{type: float, "
          "low: 0, high: 1}}, z: {{type: categorical, choices: [a, b]}}}}\n{}\n",
          more),
      "study.yaml", "/tmp");
  EXPECT_TRUE(file.has_value()) << more << (file ? "" : file.error().front().what);
  auto study = Study::open(std::move(*file), {}).value();
  const double sign = study->spec().objectives.front().minimised(1);
  for (int i = 0; i < trials; ++i) {
    base::RandomStream chance({.seed = 11, .trial = static_cast<std::uint64_t>(i), .stream = base::Stream::kPractice});
    const double x = i % 2 == 0 ? chance.uniform() : std::clamp(0.3 + 0.1 * chance.normal(), 0.0, 1.0);
    const double y = i % 2 == 0 ? chance.uniform() : std::clamp(0.6 + 0.1 * chance.normal(), 0.0, 1.0);
    const double value = (x - 0.3) * (x - 0.3) + (y - 0.6) * (y - 0.6) + noise * chance.normal();
    EXPECT_TRUE(study->add({{"x", x}, {"y", y}, {"z", "a"}}, {.values = {sign * value}}).has_value());
  }
  return study;
}

TEST(Expectation, NamesATrialThatIsNotTheLuckiest) {
  const auto study = study_of(80, 0.04);
  const auto& expected = study->expectation();
  ASSERT_TRUE(expected.has_value());
  ASSERT_EQ(study->best().size(), 1U);
  EXPECT_EQ(study->best().front(), expected->trial);
  EXPECT_EQ(study->best_measured().front(), expected->luckiest);
  EXPECT_NE(expected->trial, expected->luckiest);
  EXPECT_LT(expected->value, expected->of_luckiest);
  EXPECT_GT(expected->of_luckiest, study->values_of(expected->luckiest).front());
  EXPECT_NEAR(expected->noise, 0.04, 0.02);
}

TEST(Expectation, IsTheSameWhereTheNegatedObjectiveIsMaximized) {
  const auto study = study_of(80, 0.04), other = study_of(80, 0.04, "objective: {metric: score, direction: maximize}");
  EXPECT_EQ(study->best(), other->best());
  EXPECT_EQ(study->best_measured(), other->best_measured());
  EXPECT_EQ(study->expectation()->value, -other->expectation()->value);
}

TEST(Expectation, FollowsEachTrialThatEnds) {
  const auto grown = study_of(79, 0.04);
  const auto before = grown->expectation()->value;
  const auto whole = study_of(80, 0.04);
  const auto point = whole->view(79).params;
  ASSERT_TRUE(grown->add(point, {.values = whole->values_of(79)}).has_value());
  EXPECT_NE(grown->expectation()->value, before);
  EXPECT_EQ(grown->expectation()->value, whole->expectation()->value) << "asked before or not, the answer is the same";
  EXPECT_EQ(grown->best(), whole->best());
}

TEST(Expectation, IsSilentWhereResultsAreExactFewOrRepeated) {
  for (const auto& study : {study_of(80, 0), study_of(29, 0.04), study_of(80, 0.04, "objective: loss\nrepeats: 2")}) {
    EXPECT_FALSE(study->expectation().has_value());
    EXPECT_EQ(study->best(), study->best_measured());
  }
}

}  // namespace
}  // namespace sterlet::study
