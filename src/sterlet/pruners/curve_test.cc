#include "sterlet/pruners/curve.h"

#include <array>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/base/text.h"
#include "sterlet/math/curve_model.h"

namespace sterlet::pruners {
namespace {

TEST(CurveModel, EvidenceAndPredictionAgreeWithIntegration) {  // Oracle: tests/oracles/curve.csv, written by curve.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/curve.csv");
  ASSERT_TRUE(table);
  std::string line, cell;
  int rows = 0;
  for (; std::getline(table, line); ++rows) {
    std::stringstream cells(line);
    std::vector<double> v;
    while (std::getline(cells, cell, ',')) v.push_back(*base::parse_number(cell));
    const auto n = static_cast<std::size_t>(v[0]);
    math::CurvePrior prior{.mean_a = v[1],
                           .mean_b = v[2],
                           .var_aa = v[3],
                           .var_ab = v[4],
                           .var_bb = v[5],
                           .noise_shape = v[6],
                           .noise_rate = v[7]};
    math::CurveSums sums;
    std::array<double, math::kShapes> g{}, end{};
    end.fill(v[8]);
    for (std::size_t i = 0; i < n; ++i) {
      g.fill(v[12 + i]);
      sums.add(g, v[12 + n + i]);
    }
    EXPECT_NEAR(math::shape_posterior(sums, 0, prior, 1).log_evidence, v[9], 1e-8 * std::abs(v[9])) << rows;
    const math::CurvePrediction prediction = math::predict_curve(sums, prior, end, 1);
    EXPECT_NEAR(prediction.mean, v[10], 1e-8 * std::abs(v[10])) << rows;
    EXPECT_NEAR(prediction.sd, v[11], 1e-8 * v[11]) << rows;
  }
  EXPECT_EQ(rows, 5);
}

TEST(CurveModel, AutocorrelationIsThatOfTheResiduals) {
  base::RandomStream chance({.seed = 4});
  math::CurveSums sums;
  std::vector<double> residuals;
  double noise = 0;
  for (int i = 1; i <= 200; ++i) {
    noise = 0.6 * noise + 0.1 * (chance.uniform() - 0.5);
    const auto g = math::shape_values(i / 200.0);
    sums.add(g, 7 + 2 * g[21] + noise);
    residuals.push_back(noise);
  }
  double squares = 0, products = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    squares += residuals[i] * residuals[i];
    if (i > 0) products += residuals[i - 1] * residuals[i];
  }
  EXPECT_NEAR(math::residual_autocorrelation(sums, 21, 7, 2), products / squares, 1e-9);
}

TEST(CurveModel, StudentsDistributionAgreesWithTables) {
  // Quantiles of t with 6 degrees of freedom: Abramowitz, Stegun, table 26.10.
  EXPECT_NEAR(math::student6_below(0), 0.5, 1e-15);
  EXPECT_NEAR(math::student6_below(1.43976), 0.9, 1e-5);
  EXPECT_NEAR(math::student6_below(1.94318), 0.95, 1e-5);
  EXPECT_NEAR(math::student6_below(-3.70743), 0.005, 1e-5);
  EXPECT_EQ(math::student6_below(HUGE_VAL), 1);
}

// A family of curves between the shapes, each with its own level, depth, time scale and exponent.
struct Drawn {
  double level, depth, scale, exponent;
  int family;
  double at(double t) const {
    const double ratio = t / scale;
    if (family == 0) return level + depth * std::pow(1 + ratio, -exponent);
    if (family == 1) return level + depth * std::exp(-std::pow(ratio, exponent));
    return level + depth / (1 + std::pow(ratio, exponent));
  }
};

Drawn draw(base::RandomStream& chance) {
  Drawn drawn{};
  drawn.level = 0.1 + 0.4 * chance.uniform();
  drawn.depth = 0.3 + 0.4 * chance.uniform();
  drawn.scale = 0.03 + 0.3 * chance.uniform();
  drawn.exponent = 0.6 + 1.2 * chance.uniform();
  drawn.family = static_cast<int>(chance.below(3));
  return drawn;
}

TEST(Curve, IntervalsCoverWhatTheyClaim) {
  // 30 complete curves of 50 steps teach the prior, 400 more are predicted at three steps. Seed 9; 90% intervals. The
  // share covered has a standard deviation of at most 1.8%, and a family that lies between the shapes is not the
  // model's.
  constexpr int kSteps = 50, kTaught = 30, kAsked = 400;
  base::RandomStream chance({.seed = 9});
  const auto pruner = make_curve({.chance = 1e-6}, {});
  std::array<int, 3> covered{};
  const std::array<int, 3> asked_at{5, 10, 25};
  for (int trial = 0; trial < kTaught + kAsked; ++trial) {
    const Drawn curve = draw(chance);
    const bool is_asked = trial >= kTaught;
    double value = 0;
    for (int step = 1; step <= kSteps; ++step) {
      value = curve.at(static_cast<double>(step) / kSteps) + 0.01 * chance.normal();
      pruner->report({.trial = trial, .step = step, .value = value});
      for (std::size_t i = 0; i < asked_at.size(); ++i) {
        if (!is_asked || asked_at[i] != step) continue;
        const auto forecast = pruner->forecast(trial);
        ASSERT_TRUE(forecast.has_value());
        // The 95% quantile of Student's t with 6 degrees of freedom, which decisions use.
        covered[i] += std::abs(curve.at(1) - forecast->value) < 1.943 * forecast->sd ? 1 : 0;
      }
    }
    using enum space::Outcome;
    pruner->finish({.trial = trial, .outcome = is_asked ? kFailed : kComplete, .value = value});
  }
  for (const int count : covered) {
    EXPECT_GT(count, 0.82 * kAsked);
    EXPECT_LT(count, kAsked);
  }
}

TEST(Curve, StopsTheHopelessAndLetsTheBestRun) {
  base::RandomStream chance({.seed = 2});
  const auto pruner = make_curve({}, {.maximize = true});
  int pruned = 0, steps = 0;
  double best = -1, best_of_all = -1;
  std::string reason;
  for (int trial = 0; trial < 100; ++trial) {
    const Drawn curve = draw(chance);
    best_of_all = std::max(best_of_all, 1 - curve.at(1));
    bool stopped = false;
    for (int step = 1; step <= 50 && !stopped; ++step, ++steps) {
      const Decision decision = pruner->report({.trial = trial, .step = step, .value = -(1 - curve.at(step / 50.0))});
      stopped = decision.prune && step < 50;
      if (stopped) reason = decision.reason;
    }
    pruned += stopped ? 1 : 0;
    if (!stopped) best = std::max(best, 1 - curve.at(1));
    using enum space::Outcome;
    pruner->finish({.trial = trial, .outcome = stopped ? kPruned : kComplete, .value = -(1 - curve.at(1))});
    EXPECT_EQ(pruner->forecast(trial).has_value(), stopped);
  }
  EXPECT_GT(pruned, 60);
  EXPECT_LT(steps, 100 * 50 / 2);
  EXPECT_EQ(best, best_of_all);
  EXPECT_NE(reason.find("of 50 it was expected to end at 0."), std::string::npos) << reason;
  EXPECT_NE(reason.find("%, limit 8%"), std::string::npos) << "fewer than 10 ended complete: " << reason;
}

// The step at which a curve is pruned; nothing: it ran to its end. It ends as it was decided.
std::optional<int> pruned_at(Pruner& pruner, int trial, const Drawn& curve) {
  for (int step = 1; step <= 50; ++step) {
    const Decision decision = pruner.report({.trial = trial, .step = step, .value = curve.at(step / 50.0)});
    if (!decision.prune || step == 50) continue;
    pruner.finish({.trial = trial, .outcome = space::Outcome::kPruned, .value = curve.at(step / 50.0)});
    return step;
  }
  pruner.finish({.trial = trial, .outcome = space::Outcome::kComplete, .value = curve.at(1)});
  return std::nullopt;
}

TEST(Curve, StopsTheHopelessAfterTheFirstCompleteTrial) {
  const auto pruner = make_curve({}, {});
  const Drawn good{.level = 0.1, .depth = 0.5, .scale = 0.1, .exponent = 1, .family = 1};
  const Drawn hopeless{.level = 0.5, .depth = 0.4, .scale = 0.1, .exponent = 1, .family = 1};
  EXPECT_FALSE(pruned_at(*pruner, 0, good).has_value());
  const auto step = pruned_at(*pruner, 1, hopeless);
  ASSERT_TRUE(step.has_value());
  EXPECT_LT(*step, 25);
  EXPECT_FALSE(pruned_at(*pruner, 2, {.level = 0.05, .depth = 0.5, .scale = 0.1, .exponent = 1, .family = 1}));
}

TEST(Curve, ProtectsMoreOfTheLeadersTheMoreTrialsAreComplete) {
  // What stands second at each step and hardly falls is pruned after one complete trial, and runs on after ten.
  const Drawn best{.level = 0.1, .depth = 0.5, .scale = 0.1, .exponent = 1, .family = 1};
  const Drawn second{.level = 0.4, .depth = 0.201, .scale = 0.1, .exponent = 1, .family = 1};
  const Drawn worse{.level = 0.5, .depth = 0.401, .scale = 0.1, .exponent = 1, .family = 1};
  for (const int complete : {1, 10}) {
    const auto pruner = make_curve({}, {});
    for (int trial = 0; trial < complete; ++trial) {
      const Drawn& curve = trial == 0 ? best : worse;
      for (int step = 1; step <= 50; ++step) {
        pruner->report({.trial = trial, .step = step, .value = curve.at(step / 50.0) + 1e-4 * trial});
      }
      pruner->finish({.trial = trial, .outcome = space::Outcome::kComplete, .value = curve.at(1)});
    }
    EXPECT_EQ(pruned_at(*pruner, complete, second).has_value(), complete == 1) << complete;
  }
}

TEST(Curve, LearnsTheLengthOfAFullRunAgain) {
  const auto pruner = make_curve({.startup_trials = 1}, {});
  for (int step = 1; step <= 10; ++step) pruner->report({.trial = 0, .step = step, .value = 1.0 / step});
  pruner->finish({.trial = 0, .outcome = space::Outcome::kComplete, .value = 0.1});
  for (int step = 1; step <= 5; ++step) pruner->report({.trial = 1, .step = step, .value = 1.0 / step});
  for (int step = 1; step <= 100; ++step) pruner->report({.trial = 2, .step = step, .value = 1.0 / step});
  EXPECT_NEAR(pruner->forecast(1)->value, 0.1, 0.03);
  pruner->finish({.trial = 2, .outcome = space::Outcome::kComplete, .value = 0.01});
  pruner->report({.trial = 1, .step = 6, .value = 1.0 / 6});
  EXPECT_NEAR(pruner->forecast(1)->value, 0.01, 0.08);
}

}  // namespace
}  // namespace sterlet::pruners
