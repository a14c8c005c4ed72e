// What single pruners promise: the rule and its reason, on histories small enough to check by hand.

#include <cmath>
#include <limits>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/pruners/registry.h"

namespace sterlet::pruners {
namespace {

using base::Json;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::unique_ptr<Pruner> made(const std::string& choice, const StudyFacts& facts = {}) {
  auto parsed = base::parse_json(choice);
  EXPECT_TRUE(parsed) << choice;
  auto pruner = make(*parsed, facts);
  EXPECT_TRUE(pruner) << pruner.error().message();
  return std::move(*pruner);
}

TEST(Asha, FollowsTheRungsOfTheWorkedExample) {
  // eta 3, rungs 1, 3, 9: nine trials come to rung 1 one after another, better ones last.
  const auto pruner = made(R"({"name":"asha","eta":3})");
  std::set<int> pruned;
  for (int trial = 0; trial < 9; ++trial) {
    const double value = trial % 3 == 0 ? 0.5 - 0.01 * trial : 0.9 - 0.01 * trial;
    if (pruner->report({.trial = trial, .step = 1, .value = value}).prune) pruned.insert(trial);
  }
  // 0 and 1 come before there are three; of later ones 3 and 6 are among the best third when they come.
  EXPECT_EQ(pruned, (std::set<int>{2, 4, 5, 7, 8}));
  for (const int trial : {0, 3, 6}) {
    EXPECT_FALSE(pruner->report({.trial = trial, .step = 2, .value = 9}).prune) << "between rungs";
  }
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 3, .value = 0.3}).prune);
  EXPECT_FALSE(pruner->report({.trial = 3, .step = 3, .value = 0.2}).prune);
  const Decision last = pruner->report({.trial = 6, .step = 3, .value = 0.25});
  EXPECT_TRUE(last.prune);
  EXPECT_EQ(last.reason, "at step 3 it stood 2nd of 3 at this rung; kept: 1");
}

TEST(Asha, AReportPastSeveralRungsEntersEach) {
  const auto pruner = made(R"({"name":"asha","eta":2,"min_steps":5})");  // Rungs 5, 10, 20.
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 4, .value = 9}).prune);
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 11, .value = 0.1}).prune);
  EXPECT_FALSE(pruner->report({.trial = 1, .step = 6, .value = 0.05}).prune);
  EXPECT_EQ(pruner->report({.trial = 1, .step = 10, .value = 0.2}).reason,
            "at step 10 it stood 2nd of 2 at this rung; kept: 1");
}

TEST(Asha, ASecondAttemptIsNotCountedTwice) {
  const auto pruner = made(R"({"name":"asha","eta":2})");
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 1, .value = 0.5}).prune);
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 1, .value = 0.9}).prune) << "the trial was lost and runs again";
  EXPECT_EQ(pruner->report({.trial = 1, .step = 1, .value = 0.6}).reason,
            "at step 1 it stood 2nd of 2 at this rung; kept: 1");
}

TEST(Asha, PromotesWhatHasComeAmongTheBestOfItsRung) {
  // The asynchronous algorithm of Li et al. with eta 3, by hand: rungs 1, 3, 9.
  const auto pruner = made(R"({"name":"asha","eta":3,"promote":true})");
  const auto at = [&](std::int64_t trial, std::int64_t step, double value) {
    const Decision decision = pruner->report({.trial = trial, .step = step, .value = value});
    EXPECT_EQ(decision.pause, decision.prune);
    return decision.prune;
  };
  EXPECT_TRUE(at(0, 1, 0.5)) << "one of one: a third of one is none";
  EXPECT_TRUE(at(1, 1, 0.7));
  EXPECT_EQ(pruner->promote(std::vector<std::int64_t>{0, 1}), std::nullopt);
  EXPECT_TRUE(at(2, 1, 0.6));
  EXPECT_EQ(pruner->promote(std::vector<std::int64_t>{0, 1, 2}), 0);
  EXPECT_EQ(pruner->promote(std::vector<std::int64_t>{1, 2}), std::nullopt) << "0 is running: the place is taken";
  EXPECT_FALSE(at(0, 2, 0.4));
  EXPECT_TRUE(at(0, 3, 0.3));
  EXPECT_EQ(pruner->promote(std::vector<std::int64_t>{0, 1, 2}), std::nullopt) << "not twice from one rung";
  EXPECT_FALSE(at(3, 1, 0.1)) << "the best of four goes on at once";
  EXPECT_TRUE(at(4, 1, 0.9));
  EXPECT_TRUE(at(5, 1, 0.9));
  EXPECT_TRUE(at(3, 3, 0.2));
  EXPECT_EQ(pruner->promote(std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}), std::nullopt);
  for (const std::int64_t trial : {6, 7, 8}) at(trial, 1, 0.9);
  EXPECT_EQ(pruner->promote(std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}), 2) << "third of nine";
  EXPECT_TRUE(at(2, 3, 0.35));
  EXPECT_EQ(pruner->promote(std::vector<std::int64_t>{0, 1, 2, 3}), 3) << "the highest rung first";
}

TEST(Median, ComparesBestWithBestAtTheStep) {
  const auto pruner = made(R"({"name":"median","startup_trials":3,"warmup_steps":1})");
  for (int trial = 0; trial < 3; ++trial) {
    EXPECT_FALSE(pruner->report({.trial = trial, .step = 1, .value = 0.1 * (trial + 1)}).prune);
    EXPECT_FALSE(pruner->report({.trial = trial, .step = 2, .value = 0.9}).prune);
  }
  EXPECT_FALSE(pruner->report({.trial = 3, .step = 1, .value = 5}).prune) << "warm-up";
  const Decision decision = pruner->report({.trial = 3, .step = 2, .value = 0.21});
  EXPECT_TRUE(decision.prune);
  EXPECT_EQ(decision.reason, "at step 2 its best of 0.21 was worse than 0.2, the median of 3 others at that step");
  EXPECT_FALSE(pruner->report({.trial = 4, .step = 2, .value = 0.2}).prune);
}

TEST(Median, ShowsAMaximisedObjectiveWithItsOwnSign) {
  const auto pruner = made(R"({"name":"median","startup_trials":1})", {.maximize = true});
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 1, .value = -0.9}).prune);
  EXPECT_EQ(pruner->report({.trial = 1, .step = 1, .value = -0.5}).reason,
            "at step 1 its best of 0.5 was worse than 0.9, the median of 1 other at that step");
}

TEST(Percentile, KeepsTheBestPart) {
  const auto pruner = made(R"({"name":"percentile","percentile":10,"startup_trials":11,"interval":2})");
  for (int trial = 0; trial < 11; ++trial) {
    EXPECT_FALSE(pruner->report({.trial = trial, .step = 1, .value = static_cast<double>(trial)}).prune);
    EXPECT_FALSE(pruner->report({.trial = trial, .step = 2, .value = 99}).prune);
  }
  EXPECT_FALSE(pruner->report({.trial = 11, .step = 1, .value = 1}).prune);
  EXPECT_TRUE(pruner->report({.trial = 12, .step = 1, .value = 1.01}).prune);
  EXPECT_FALSE(pruner->report({.trial = 12, .step = 2, .value = 1.01}).prune) << "not a step of the interval";
}

TEST(Threshold, HasLimitsInTheUsersUnits) {
  const auto pruner = made(R"({"name":"threshold","lower":0.5,"upper":0.9,"warmup_steps":1})", {.maximize = true});
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 1, .value = -0.1}).prune);
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 2, .value = -0.5}).prune);
  EXPECT_EQ(pruner->report({.trial = 0, .step = 3, .value = -0.4}).reason,
            "at step 3 its value of 0.4 was below the limit of 0.5");
  EXPECT_EQ(pruner->report({.trial = 0, .step = 4, .value = -1}).reason,
            "at step 4 its value of 1 was above the limit of 0.9");
  EXPECT_EQ(pruner->report({.trial = 0, .step = 5, .value = kNaN}).reason, "at step 5 it reported NaN");
}

TEST(Patient, WaitsForAStandstill) {
  const auto pruner = made(R"({"name":"patient","patience":2,"min_delta":0.1})");
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 1, .value = 1}).prune);
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 2, .value = 0.95}).prune);
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 3, .value = 0.8}).prune);
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 4, .value = kNaN}).prune);
  EXPECT_EQ(pruner->report({.trial = 0, .step = 5, .value = 0.79}).reason,
            "at step 5 it had not improved on its 0.8 of step 3 for 2 reports");
}

TEST(Patient, AsksTheOtherToo) {
  const auto pruner = made(R"({"name":"patient","patience":1,"wraps":{"name":"asha","eta":2}})");
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 1, .value = 0.1}).prune);
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 2, .value = 0.1}).prune) << "stands still, but leads";
  EXPECT_FALSE(pruner->report({.trial = 1, .step = 1, .value = 0.9}).prune) << "asha would, but it is its first";
  EXPECT_EQ(
      pruner->report({.trial = 1, .step = 2, .value = 0.9}).reason,
      "at step 2 it had not improved on its 0.9 of step 1 for 1 report; at step 2 it stood 2nd of 2 at this rung; "
      "kept: 1");
}

TEST(Hyperband, SpreadsTrialsOverBracketsThatBeginLater) {
  // Full runs of 9 steps, eta 3: brackets with first rungs 1, 3 and 9, shares 9 : 5 : 3. Worse and worse trials, so
  // each is stopped at the first rung of its bracket, but for the few that come while that is still empty.
  const auto pruner = made(R"({"name":"hyperband","eta":3,"max_steps":9})", {.seed = 3});
  int stopped[10] = {};
  constexpr int kTrials = 1700;
  for (int trial = 0; trial < kTrials; ++trial) {
    for (int step = 1; step <= 9; ++step) {
      if (!pruner->report({.trial = trial, .step = step, .value = 1.0 * trial}).prune) continue;
      ++stopped[step];
      break;
    }
  }
  // Binomial standard deviations 21, 19 and 16; five of them is a false alarm in a million. Seed 3.
  EXPECT_NEAR(stopped[1], 900, 103);
  EXPECT_NEAR(stopped[3], 500, 94);
  EXPECT_NEAR(stopped[9], 300, 79);
  EXPECT_GT(stopped[1] + stopped[3] + stopped[9], kTrials - 10);
}

TEST(Hyperband, LearnsTheFullLengthFromTheFirstCompleteTrial) {
  const auto pruner = made(R"({"name":"hyperband"})");
  for (int trial = 0; trial < 50; ++trial) {
    EXPECT_FALSE(pruner->report({.trial = trial, .step = 1, .value = 1.0 * trial}).prune);
  }
  EXPECT_FALSE(pruner->report({.trial = 0, .step = 27, .value = 0}).prune);
  pruner->finish({.trial = 0, .outcome = space::Outcome::kComplete, .value = 0});
  int pruned = 0;
  for (int trial = 50; trial < 100; ++trial) {
    pruned += pruner->report({.trial = trial, .step = 1, .value = 1.0 * trial}).prune ? 1 : 0;
  }
  EXPECT_GT(pruned, 0);
}

}  // namespace
}  // namespace sterlet::pruners
