#include "sterlet/samplers/elites.h"

#include <limits>

#include <gtest/gtest.h>

namespace sterlet::samplers {
namespace {

using space::History;
using space::Outcome;

struct Told {
  Outcome outcome = Outcome::kComplete;
  std::vector<double> values;
  std::vector<double> constraints;
  std::int64_t last_step = 0;
  double at = -1;  // The setting; its own where negative.
};

Elites elites_of(const std::vector<Told>& told, std::size_t count) {
  History history;
  std::vector<std::uint32_t> among;
  for (std::size_t i = 0; i < told.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i);
    const double at = told[i].at >= 0 ? told[i].at : 0.001 * static_cast<double>(i);
    history.append({.number = number, .point = {{at}}});
    history.update(number, told[i].outcome, told[i].values, told[i].constraints, told[i].last_step);
    among.push_back(static_cast<std::uint32_t>(i));
  }
  return find_elites(history, among, count);
}

using Numbers = std::vector<std::size_t>;

TEST(Elites, BestValuesFirstWithFallingWeights) {
  const Elites elites = elites_of({{.values = {3}}, {.values = {1}}, {.values = {2}}, {.values = {1}}}, 3);
  EXPECT_EQ(elites.trials, (Numbers{1, 3, 2}));
  EXPECT_TRUE(elites.has_best);
  EXPECT_GT(elites.weights[0], elites.weights[1]);
  EXPECT_GT(elites.weights[1], elites.weights[2]);
  EXPECT_NEAR(elites.weights[0] + elites.weights[1] + elites.weights[2], 1, 1e-12);
}

TEST(Elites, PrunedOnesFollowByHowFarTheyCame) {
  EXPECT_EQ(elites_of({{.outcome = Outcome::kPruned, .values = {0.1}, .last_step = 2},
                       {.values = {9}},
                       {.outcome = Outcome::kPruned, .values = {0.5}, .last_step = 7},
                       {.outcome = Outcome::kFailed, .values = {}},
                       {.outcome = Outcome::kPending, .values = {}}},
                      9)
                .trials,
            (Numbers{1, 2, 0}));
}

TEST(Elites, BrokenConstraintsComeLast) {
  EXPECT_EQ(elites_of({{.values = {1}, .constraints = {0.5}},
                       {.values = {5}, .constraints = {-1}},
                       {.values = {0}, .constraints = {2}}},
                      9)
                .trials,
            (Numbers{1, 0, 2}));
}

TEST(Elites, ASettingTriedTwiceHasTheMeanOfItsValues) {
  EXPECT_EQ(elites_of({{.values = {0}, .at = 0.5}, {.values = {3}}, {.values = {10}, .at = 0.5}}, 9).trials,
            (Numbers{1, 0}));
}

TEST(Elites, SeveralObjectivesGoByFront) {
  const Elites elites = elites_of(
      {{.values = {2, 2}}, {.values = {0, 3}}, {.values = {3, 3}}, {.values = {3, 0}}, {.values = {1, 1}}}, 4);
  EXPECT_EQ(elites.trials, (Numbers{1, 4, 3, 0}));
  EXPECT_FALSE(elites.has_best);
  EXPECT_EQ(elites.weights, (std::vector<double>{0.25, 0.25, 0.25, 0.25}));
}

TEST(Elites, ACutFrontKeepsTheFreest) {
  const Elites elites =
      elites_of({{.values = {0, 10}}, {.values = {5, 5}}, {.values = {5.1, 4.9}}, {.values = {10, 0}}}, 3);
  EXPECT_EQ(elites.trials[0] + elites.trials[1], 3u);  // Both ends.
  EXPECT_EQ(elites.trials.size(), 3u);
}

TEST(Elites, NothingFinishedGivesNone) {
  EXPECT_TRUE(elites_of({{.outcome = Outcome::kFailed, .values = {std::numeric_limits<double>::quiet_NaN()}}}, 4)
                  .trials.empty());
}

}  // namespace
}  // namespace sterlet::samplers
