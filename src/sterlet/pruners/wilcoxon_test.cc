#include "sterlet/pruners/wilcoxon.h"

#include <fstream>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/text.h"

namespace sterlet::pruners {
namespace {

TEST(Wilcoxon, PValuesAgreeWithScipy) {  // Oracle: tests/oracles/wilcoxon.csv, written by wilcoxon.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/wilcoxon.csv");
  ASSERT_TRUE(table);
  std::string line, cell;
  int rows = 0;
  for (; std::getline(table, line); ++rows) {
    std::stringstream cells(line);
    std::getline(cells, cell, ',');
    const double expected = *base::parse_number(cell);
    std::vector<double> differences;
    while (std::getline(cells, cell, ',')) differences.push_back(*base::parse_number(cell));
    EXPECT_NEAR(signed_rank_p_value(differences), expected, 1e-12) << line.substr(0, 80);
  }
  EXPECT_EQ(rows, 44);
}

TEST(Wilcoxon, PrunesWhatIsWorseOnTheSameInstancesInAnyOrder) {
  const auto pruner = make_wilcoxon({.p_threshold = 0.1, .startup_steps = 5});
  for (int step = 0; step < 10; ++step) {
    EXPECT_FALSE(pruner->report({.trial = 0, .step = step, .value = 1.0 + 0.1 * step}).prune);
  }
  pruner->finish({.trial = 0, .outcome = space::Outcome::kComplete, .value = 1.45});
  // Worse by a little more each time: after 4 pairs too few, after 5 the exact p is 1/32.
  for (const int step : {7, 3, 9, 0}) {
    EXPECT_FALSE(pruner->report({.trial = 1, .step = step, .value = 1.5 + 0.11 * step}).prune);
  }
  const Decision decision = pruner->report({.trial = 1, .step = 5, .value = 1.5 + 0.11 * 5});
  EXPECT_TRUE(decision.prune);
  EXPECT_EQ(decision.reason, "it was worse than trial 0 on 5 of 5 shared steps (p = 0.03125, limit 0.1)");
}

TEST(Wilcoxon, DoesNotPruneAtTheLastInstanceWhereNothingIsSaved) {
  for (const int folds : {5, 6}) {
    const auto pruner = make_wilcoxon({.p_threshold = 0.1, .startup_steps = 5});
    for (int step = 0; step < folds; ++step) pruner->report({.trial = 0, .step = step, .value = 1.0 + 0.1 * step});
    pruner->finish({.trial = 0, .outcome = space::Outcome::kComplete, .value = 1.25});
    bool is_pruned = false;
    for (int step = 0; step < 5; ++step) {
      is_pruned = pruner->report({.trial = 1, .step = step, .value = 2.0 + 0.11 * step}).prune;
    }
    EXPECT_EQ(is_pruned, folds == 6) << folds;
  }
}

TEST(Wilcoxon, KeepsATrialWhoseMeanBeatsTheBest) {
  const auto pruner = make_wilcoxon({.p_threshold = 0.1, .startup_steps = 5});
  for (int step = 0; step < 20; ++step) {
    EXPECT_FALSE(pruner->report({.trial = 0, .step = step, .value = step < 10 ? 0.0 : 10.0}).prune);
  }
  pruner->finish({.trial = 0, .outcome = space::Outcome::kComplete, .value = 5});
  for (int step = 0; step < 10; ++step) {  // Worse on each, but these are the easy ones.
    EXPECT_FALSE(pruner->report({.trial = 1, .step = step, .value = 1.0 + 0.01 * step}).prune) << step;
  }
}

}  // namespace
}  // namespace sterlet::pruners
