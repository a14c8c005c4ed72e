#include "sterlet/samplers/auto/auto.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {
namespace {

using space::History;
using space::Kind;
using space::Outcome;
using space::Space;

const PolicyRow& row_for(const Situation& situation, std::size_t objectives) {
  for (const PolicyRow& row : auto_policy()) {
    const bool is_for_these = row.objectives_low <= objectives && objectives <= row.objectives_high;
    if (is_for_these && row.holds(situation)) return row;
  }
  ADD_FAILURE() << "no row holds";
  return auto_policy().back();
}

TEST(AutoPolicy, EveryRowIsCompleteAndNamesSamplersThatExist) {
  for (const PolicyRow& row : auto_policy()) {
    SCOPED_TRACE(row.name);
    EXPECT_FALSE(row.when.empty());
    EXPECT_FALSE(row.measured.empty());
    int sum = 0;
    for (const PolicyRow::Share& share : row.shares) {
      EXPECT_NE(find(share.sampler), nullptr) << share.sampler;
      EXPECT_NE(share.sampler, "auto");
      sum += share.twentieths;
    }
    EXPECT_EQ(sum, 20);
  }
}

TEST(AutoPolicy, SomeRowHoldsInEverySituation) {
  for (const std::size_t finished : {0u, 5u, 200u, 1400u, 5000u, 100000u}) {
    for (const std::size_t dimensions : {0u, 1u, 7u, 30u, 200u}) {
      for (const std::size_t objectives : {1u, 2u, 4u, 5u, 12u}) {
        for (const double seconds : {0.0, 0.001, 0.2, 3600.0}) {
          row_for({.finished = finished, .dimensions = dimensions, .trial_seconds = seconds}, objectives);
        }
      }
    }
  }
}

TEST(AutoPolicy, TheDearerTheModelTheLongerATrialMustBe) {
  const auto first = [](const Situation& situation) {
    return row_for(situation, situation.objectives).shares[0].sampler;
  };
  EXPECT_EQ(first({.finished = 50, .dimensions = 10, .trial_seconds = 1}), "gp");
  EXPECT_EQ(first({.finished = 50, .dimensions = 100, .trial_seconds = 1}), "tpe");
  EXPECT_EQ(first({.finished = 50, .dimensions = 100, .trial_seconds = 2}), "gp");
  EXPECT_EQ(first({.finished = 50, .dimensions = 100, .conditional_share = 1, .trial_seconds = 2}), "tpe");
  EXPECT_EQ(first({.finished = 50, .dimensions = 10, .objectives = 2, .trial_seconds = 0.5}), "nsga2");
  EXPECT_EQ(first({.finished = 50, .dimensions = 10, .objectives = 2, .trial_seconds = 1}), "gp");
}

TEST(AutoPolicy, SharesAreMetExactlyAndSpread) {
  const PolicyRow row{.shares = {{"gp", 15}, {"tpe", 4}, {"random", 1}}};
  std::map<std::string_view, int> counts;
  std::string_view before;
  int longest = 0, run = 0;
  for (std::uint64_t number = 0; number < 200; ++number) {
    const std::string_view pick = auto_pick(row, number);
    ++counts[pick];
    run = pick == before ? run + 1 : 1;
    if (pick != "gp") longest = std::max(longest, run);
    before = pick;
  }
  EXPECT_EQ(counts["gp"], 150);
  EXPECT_EQ(counts["tpe"], 40);
  EXPECT_EQ(counts["random"], 10);
  EXPECT_LE(longest, 2);
}

// Ten short trials: the dear model may not be asked any more; the same trials without times: it is.
TEST(Auto, AsksACheaperSamplerWhereTrialsAreShort) {
  const auto space = Space::make({{.name = "x"}, {.name = "y"}}, {});
  ASSERT_TRUE(space);
  const auto suggestion_after = [&](double seconds) {
    const auto sampler = make_auto(*space, {}, {.seed = 3, .trial_budget = 400});
    EXPECT_TRUE(sampler);
    History history;
    for (std::int64_t i = 0; i < 60; ++i) {
      const base::StreamKey key{.seed = 3, .trial = static_cast<std::uint64_t>(i)};
      history.append({.number = i, .point = space->draw(key)});
      const auto& values = history.trials().back().point.values;
      history.update(i, Outcome::kComplete, {values[0] + values[1]}, {}, 0, seconds);
    }
    // The trial numbers of one turn of the shares; a prediction is the mark of a model.
    std::vector<std::vector<double>> points;
    for (std::uint64_t trial = 60; trial < 80; ++trial) {
      points.push_back((*sampler)->suggest(history, {.seed = 3, .trial = trial}).point.values);
    }
    return points;
  };
  EXPECT_NE(suggestion_after(1e-5), suggestion_after(3600));
  EXPECT_EQ(suggestion_after(0), suggestion_after(3600));
}

TEST(Auto, TakesAnyNumberOfObjectives) {
  const auto space = Space::make({{.name = "x"}, {.name = "y"}}, {});
  ASSERT_TRUE(space);
  for (const std::size_t objectives : {1u, 2u, 4u, 5u, 9u}) {
    const auto sampler = make_auto(*space, {}, {.seed = 3, .objective_count = objectives});
    ASSERT_TRUE(sampler) << objectives << ": " << sampler.error().message();
    History history;
    for (std::int64_t i = 0; i < 25; ++i) {
      const Suggestion suggestion = (*sampler)->suggest(history, {.seed = 3, .trial = static_cast<std::uint64_t>(i)});
      history.append({.number = i, .point = suggestion.point, .origin = suggestion.origin});
      std::vector<double> values;
      for (std::size_t k = 0; k < objectives; ++k) {
        values.push_back(std::abs(suggestion.point.values[k % 2] - 0.1 * static_cast<double>(k)));
      }
      history.update(i, Outcome::kComplete, values, {}, 0);
    }
  }
}

}  // namespace
}  // namespace sterlet::samplers
