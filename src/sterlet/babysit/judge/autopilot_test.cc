#include "sterlet/babysit/judge/autopilot.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::babysit {
namespace {

space::Space rate_space(double low = 1e-4, double high = 10) {
  space::Parameter rate{.name = "learning_rate", .low = low, .high = high, .scale = space::Scale::kLog, .live = true};
  space::Parameter momentum{
      .name = "momentum", .low = 0.5, .high = 0.999, .scale = space::Scale::kReverseLog, .live = true};
  return *space::Space::make({rate, momentum}, {});
}

Curve flat(double value, int reports = 6) {
  Curve curve;
  for (int i = 1; i <= reports; ++i) curve.emplace_back(i, value);
  return curve;
}

// The range test on a loss that is best at `best`, and the rate that it ends at.
double range_test(double start, double best, double too_high, int* arms = nullptr) {
  const space::Space space = rate_space();
  const auto loss = [&](double rate) { return 1 + std::pow(std::log10(rate / best), 2); };
  Situation situation{.params = {{"learning_rate", start}, {"momentum", 0.9}}, .is_start = true};
  situation.line = situation.window = flat(loss(start));
  double found = start;
  while (const auto proposal = propose(space, situation, ResponseModel("learning_rate"), {}, true)) {
    EXPECT_EQ(proposal->name, "learning_rate");
    const double rate = proposal->value.get<double>();
    situation.arms.push_back({.branch = static_cast<int>(situation.arms.size()) + 1,
                              .rate = rate,
                              .window = flat(loss(rate)),
                              .ran_away = rate > too_high});
    if (rate <= too_high && loss(rate) < loss(found)) found = rate;
  }
  if (arms != nullptr) *arms = static_cast<int>(situation.arms.size());
  return found;
}

TEST(Autopilot, RangeTestFindsARateThirtyTimesOffInFewBranches) {
  for (const double start : {0.003, 0.1, 3.0}) {
    int arms = 0;
    const double found = range_test(start, 0.1, 4, &arms);
    EXPECT_LE(std::abs(std::log10(found / 0.1)), 0.3) << start;
    EXPECT_LE(arms, 5) << start;
  }
}

TEST(Autopilot, RangeTestStaysBelowWhatRanAway) { EXPECT_LE(range_test(0.01, 5, 1, nullptr), 1.0); }

TEST(Autopilot, TriesNothingWhileTheCurveFalls) {
  const space::Space space = rate_space();
  Situation situation{.params = {{"learning_rate", 0.1}, {"momentum", 0.9}}};
  for (int i = 1; i <= 40; ++i) situation.line.emplace_back(i, std::exp(-0.1 * i));
  situation.window.assign(situation.line.end() - 10, situation.line.end());
  situation.windows_since_try = 100;
  EXPECT_FALSE(propose(space, situation, ResponseModel("learning_rate"), {}, true));
  EXPECT_FALSE(is_plateau(situation.line, 10, true));
}

TEST(Autopilot, LowersTheRateWhereTheStepsComeToTheirEnd) {
  const space::Space space = rate_space();
  Situation situation{.params = {{"learning_rate", 0.1}, {"momentum", 0.9}}, .spent = 0.7};
  for (int i = 1; i <= 40; ++i) situation.line.emplace_back(i, std::exp(-0.1 * i));
  situation.window.assign(situation.line.end() - 10, situation.line.end());
  situation.windows_since_try = 100;
  const AutopilotLimits limits{.steps = 1000};
  const auto proposal = propose(space, situation, ResponseModel("learning_rate"), limits, true);
  ASSERT_TRUE(proposal);
  EXPECT_NEAR(proposal->value.get<double>(), 0.1 / std::sqrt(10), 1e-4);
  EXPECT_EQ(proposal->reason, "30% of the steps are left: with a lower rate the noise that it keeps up settles");
  situation.last_kept = false;
  situation.windows_since_try = 1;
  EXPECT_FALSE(propose(space, situation, ResponseModel("learning_rate"), limits, true)) << "it waits after a loss";
  situation.windows_since_try = 2;
  EXPECT_TRUE(propose(space, situation, ResponseModel("learning_rate"), limits, true));
  situation.tries = 20;
  EXPECT_FALSE(propose(space, situation, ResponseModel("learning_rate"), limits, true)) << "no tries are left";
}

TEST(Autopilot, LowersTheRateNoFasterThanHalfACosineWould) {
  const space::Space space = rate_space();
  const AutopilotLimits limits{.steps = 1000};
  Situation situation{.params = {{"learning_rate", 0.1}, {"momentum", 0.9}}, .rate_found = 0.1};
  for (int i = 1; i <= 40; ++i) situation.line.emplace_back(i, 1.0);
  situation.window.assign(situation.line.end() - 10, situation.line.end());
  situation.windows_since_try = 100;
  std::vector<double> lowered_at;
  for (int percent = 60; percent < 97; ++percent) {
    situation.spent = percent / 100.0;
    const auto proposal = propose(space, situation, ResponseModel("learning_rate"), limits, true);
    if (!proposal) continue;
    situation.params["learning_rate"] = proposal->value;
    lowered_at.push_back(situation.spent);
  }
  // 0.1 sqrt(0.1)^k is above 0.05 (1 + cos(pi spent)) / 2 from these shares on.
  EXPECT_EQ(lowered_at, (std::vector<double>{0.6, 0.71, 0.84, 0.91, 0.95}));
}

TEST(Autopilot, OnAPlateauTriesWhatWonBefore) {
  const space::Space space = rate_space();
  Situation situation{.params = {{"learning_rate", 0.1}, {"momentum", 0.9}}, .phase = 0.5};
  base::RandomStream random({.seed = 3});
  for (int i = 1; i <= 40; ++i) situation.line.emplace_back(i, 1 + 0.01 * random.normal());
  situation.window.assign(situation.line.end() - 10, situation.line.end());
  situation.windows_since_try = 100;
  ResponseModel model("learning_rate");
  for (int i = 0; i < 3; ++i) {
    model.add({.name = "momentum", .step = 0.2, .phase = 0.4, .gain = 0.05});
    model.add({.name = "learning_rate", .step = -0.1, .phase = 0.4, .gain = -0.05});
    model.add({.name = "learning_rate", .step = 0.1, .phase = 0.4, .gain = -0.05});
  }
  const auto proposal = propose(space, situation, model, {}, true);
  ASSERT_TRUE(proposal);
  EXPECT_EQ(proposal->name, "momentum");
  EXPECT_GT(proposal->value.get<double>(), 0.9);
}

TEST(Autopilot, OnAPlateauStaysWithinADecadeOfWhatTheRangeTestFound) {
  const space::Space space = rate_space();
  Situation situation{.params = {{"learning_rate", 0.01}, {"momentum", 0.9}}, .rate_found = 0.1, .phase = 0.5};
  for (int i = 1; i <= 40; ++i) situation.line.emplace_back(i, 1.0);
  situation.window.assign(situation.line.end() - 10, situation.line.end());
  situation.windows_since_try = 100;
  ResponseModel model("learning_rate");
  for (int i = 0; i < 9; ++i) {
    model.add({.name = "learning_rate", .step = -0.1, .phase = 0.5, .gain = 0.1});
    model.add({.name = "momentum", .step = 0.2, .phase = 0.5, .gain = -0.001});
  }
  const auto proposal = propose(space, situation, model, {}, true);
  EXPECT_TRUE(!proposal || proposal->name == "momentum" || proposal->value.get<double>() > 0.01);
  situation.rate_found = 0.03;
  EXPECT_LT(propose(space, situation, model, {}, true)->value.get<double>(), 0.01);
}

TEST(Autopilot, APlateauIsACurveWithoutATrend) {
  base::RandomStream random({.seed = 5});
  Curve curve, up;
  for (int i = 1; i <= 60; ++i) {
    curve.emplace_back(i, 0.3 + 0.01 * random.normal());
    up.emplace_back(i, 0.5 + 0.005 * i + 0.01 * random.normal());
  }
  EXPECT_TRUE(is_plateau(curve, 10, true));
  EXPECT_FALSE(is_plateau(up, 10, false));
  EXPECT_TRUE(is_plateau(up, 10, true)) << "a loss that rises does not get better";
  EXPECT_FALSE(is_plateau({curve.begin(), curve.begin() + 19}, 10, true)) << "two windows are needed";
}

TEST(ResponseModel, KnowsBeforeItLearnsThatALowerRateGainsLate) {
  const ResponseModel model("learning_rate");
  EXPECT_GT(model.forecast("learning_rate", -0.1, 0.9).mean, 0.03);
  EXPECT_NEAR(model.forecast("learning_rate", -0.1, 0).mean, 0, 1e-12);
  EXPECT_EQ(model.forecast("momentum", 0.2, 0.5).mean, 0);
}

TEST(ResponseModel, FollowsWhatItSeesAndGrowsSure) {
  ResponseModel model("learning_rate");
  const double unsure = model.forecast("momentum", 0.2, 0.5).sd;
  for (int i = 0; i < 10; ++i) model.add({.name = "momentum", .step = 0.2, .phase = 0.5, .gain = 0.04});
  const auto forecast = model.forecast("momentum", 0.2, 0.5);
  EXPECT_NEAR(forecast.mean, 0.04, 0.002);
  EXPECT_LT(forecast.sd, unsure / 5);
  EXPECT_NEAR(model.forecast("momentum", -0.2, 0.5).mean, -0.04, 0.002);
}

// First-day report: "the curve is flat" was said at step 24 of a curve that had just fallen from 1.03 to 0.28.
TEST(Plateau, ACurveThatHasJustFallenByTwoThirdsIsNone) {
  Curve curve;
  for (int step = 1; step <= 24; ++step) {
    curve.emplace_back(step, step < 12 ? 1.03 - 0.068 * step : 0.28 + 0.003 * (step % 3));
  }
  EXPECT_FALSE(is_plateau(curve, 4, true));
  for (int step = 25; step <= 60; ++step) curve.emplace_back(step, 0.28 + 0.003 * (step % 3));
  EXPECT_TRUE(is_plateau(curve, 4, true));
}

// A training of few steps, at `rate`, with `spent` of them spent; the curve is flat, or falls by a tenth a report.
Situation short_training(double rate, double spent, bool is_flat) {
  Situation situation{.params = {{"learning_rate", rate}, {"momentum", 0.9}}, .rate = rate, .spent = spent};
  situation.is_short = true;
  situation.window_reports = 25;
  for (int i = 1; i <= 100; ++i) situation.line.emplace_back(i, is_flat ? 1 : std::exp(-0.1 * i));
  situation.window.assign(situation.line.end() - 25, situation.line.end());
  return situation;
}

std::optional<Proposal> propose_in_short(const Situation& situation) {
  return propose(rate_space(), situation, ResponseModel("learning_rate"), {.steps = 500}, true);
}

TEST(Autopilot, AShortTrainingIsLoweredByPlanFromAPlateauOrWhenFewStepsAreLeft) {
  EXPECT_FALSE(propose_in_short(short_training(0.1, 0.3, false)));
  for (const bool is_flat : {true, false}) {
    const auto begun = propose_in_short(short_training(0.1, is_flat ? 0.3 : 0.6, is_flat));
    ASSERT_TRUE(begun) << is_flat;
    EXPECT_TRUE(begun->is_planned);
    EXPECT_EQ(begun->value, 0.075);
  }
  // From there on with the steps that are left, and no further step before it is worth one.
  Situation situation = short_training(0.075, 0.7, true);
  situation.plan_rate = 0.1;
  situation.plan_over = 0.2;
  EXPECT_FALSE(propose_in_short(situation));
  situation.plan_over = 0.5;
  EXPECT_EQ(propose_in_short(situation)->value, 0.0375);
  situation.plan_over = 1;
  EXPECT_EQ(propose_in_short(situation)->value, 0.002);
}

TEST(Autopilot, AShortTrainingTakesTheHighestOfTheRatesThatGainNearlyAsMuch) {
  const auto from_two_to = [](double end) {
    Curve curve = flat(end, 20);
    curve.front().second = 2;
    return curve;
  };
  Situation situation{.window = from_two_to(1), .rate = 0.01};
  situation.arms = {{.branch = 1, .rate = 0.1, .window = from_two_to(1.05)},
                    {.branch = 2, .rate = 1, .window = from_two_to(1.2)},
                    {.branch = 3, .rate = 10, .window = from_two_to(0.5), .ran_away = true}};
  EXPECT_EQ(choose_rate(situation, true), 1U);
  situation.arms[1].window = from_two_to(1.09);
  EXPECT_EQ(choose_rate(situation, true), 2U);
  // Nothing has gained: the best of them.
  for (Arm& arm : situation.arms) arm.window = from_two_to(3);
  situation.window = from_two_to(2.5);
  EXPECT_EQ(choose_rate(situation, true), 0U);
  // Where more is better.
  Situation rising{.window = flat(0.5), .rate = 0.01, .is_short = true};
  rising.window.front().second = 0.1;
  rising.arms = {{.branch = 1, .rate = 0.1, .window = rising.window}};
  EXPECT_EQ(choose_rate(rising, false), 1U);
}

}  // namespace
}  // namespace sterlet::babysit
