#include "sterlet/analysis/forest.h"

#include <limits>

#include <gtest/gtest.h>

#include "sterlet/analysis/known_functions.h"

namespace sterlet::analysis {
namespace {

TEST(Bins, OfFewValuesAreOneAValueWithEdgesHalfWay) {
  TrialTable table;
  table.columns = {{.values = {0.1, 0.5, 0.9, 0.5}}, {.values = {0, 2, 2, 1}, .choices = 3}};
  table.results = {1, 2, 3, 4};
  const BinnedTable binned = bin_table(table);
  EXPECT_EQ(binned.columns[0].edges, (std::vector<double>{0, 0.3, 0.7, 1}));
  EXPECT_EQ(binned.rows, (std::vector<std::uint8_t>{0, 0, 1, 2, 2, 2, 1, 1}));
  EXPECT_DOUBLE_EQ(binned.columns[1].width_of(0b101), 2.0 / 3);
}

TEST(Bins, OfAValueThatIsNotActiveAreDrawnAsTheSpaceIs) {
  TrialTable table;
  const double absent = std::numeric_limits<double>::quiet_NaN();
  table.columns = {{.values = {0.1, absent, 0.9}}};
  table.results = {1, 2, 3};
  const BinnedTable binned = bin_table(table);
  base::RandomStream stream({.seed = 1, .stream = kAnalysisStream});
  double upper = 0;
  for (int i = 0; i < 4000; ++i) {
    std::uint8_t bin = 9;
    binned.fill(1, stream, &bin);
    upper += bin;
  }
  EXPECT_NEAR(upper / 4000, 0.5, 0.04);  // Five standard deviations.
}

TEST(Forest, ExplainsTrialsItHasNotSeen) {
  EXPECT_GT(fit_forest(known::sample(known::ishigami, 3, 1000, 1), {}).explained, 0.95);
  EXPECT_GT(fit_forest(known::sample(known::additive, 10, 1000, 1), {}).explained, 0.97);
}

TEST(Forest, OfChanceAloneExplainsNothingAndIsNotEnough) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const TrialTable table = known::sample([](auto) { return 0.0; }, 5, 200, seed, 1);
    const Forest forest = fit_forest(table, {});
    EXPECT_LT(forest.explained, 0.1);
    EXPECT_FALSE(is_enough(table, forest));
  }
}

TEST(Forest, OfNoneOneOrEqualTrialsKnowsNothing) {
  for (const std::size_t rows : {0, 1, 2, 30}) {
    const TrialTable table = known::sample([](auto) { return 0.5; }, 3, rows, 1);
    const Forest forest = fit_forest(table, {});
    EXPECT_FALSE(is_enough(table, forest)) << rows;
  }
}

TEST(Forest, OfNoColumnsKnowsNothing) {
  const TrialTable table{.results = {1, 2, 3}};
  const Forest forest = fit_forest(table, {});
  EXPECT_TRUE(forest.models.empty());
  EXPECT_FALSE(is_enough(table, forest));
}

TEST(Forest, IsTheSameForTheSameSeed) {
  const TrialTable table = known::sample(known::ishigami, 3, 100, 1);
  const Forest a = fit_forest(table, {.seed = 4}), b = fit_forest(table, {.seed = 4});
  const std::array<std::uint8_t, 3> bins = {3, 4, 5};
  for (std::size_t i = 0; i < a.models.size(); ++i) {
    EXPECT_EQ(a.models[i].predict(bins.data()), b.models[i].predict(bins.data()));
  }
}

}  // namespace
}  // namespace sterlet::analysis
