#include "sterlet/analysis/marginals.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/analysis/forest.h"
#include "sterlet/analysis/known_functions.h"

namespace sterlet::analysis {
namespace {

// Two ordered columns and one of choices, each with few bins, so that the whole space can be summed over.
struct Small {
  TrialTable table;
  BinnedTable binned;
  Trees trees;

  Small() {
    base::RandomStream stream({.seed = 3, .stream = base::Stream::kPractice});
    table.columns.resize(3);
    table.columns[2].choices = 4;
    for (int row = 0; row < 300; ++row) {
      const double a = std::floor(stream.uniform() * 7) / 7 + 0.05, b = std::floor(stream.uniform() * 5) / 5 + 0.01;
      const auto c = static_cast<double>(stream.below(4));
      table.columns[0].values.push_back(a);
      table.columns[1].values.push_back(b);
      table.columns[2].values.push_back(c);
      table.results.push_back(std::sin(5 * a) * b + (c == 2 ? a : b * c));
    }
    binned = bin_table(table);
    trees = fit_trees(binned, binned.rows, table.results, {}, {}, {.trees_max = 20}, stream);
  }

  // The mean of the trees' prediction over the space, with some columns held at a bin.
  double mean(int first, int second, int third) const {
    double sum = 0;
    const std::vector<BinnedColumn>& columns = binned.columns;
    for (std::size_t i = 0; i < columns[0].bins(); ++i) {
      for (std::size_t k = 0; k < columns[1].bins(); ++k) {
        for (std::size_t l = 0; l < columns[2].bins(); ++l) {
          const std::array<std::uint8_t, 3> bins = {
              static_cast<std::uint8_t>(first < 0 ? static_cast<int>(i) : first),
              static_cast<std::uint8_t>(second < 0 ? static_cast<int>(k) : second),
              static_cast<std::uint8_t>(third < 0 ? static_cast<int>(l) : third)};
          sum += columns[0].shares[i] * columns[1].shares[k] * columns[2].shares[l] * trees.predict(bins.data());
        }
      }
    }
    return sum;
  }
};

TEST(Marginals, EqualIntegrationOfTheTreesOverTheWholeSpace) {
  const Small small;
  ASSERT_EQ(small.trees.trees.size(), 20U);
  const Marginals marginals = Marginals::of(small.binned, small.trees, {{0, 1}, {0, 2}, {1, 2}});
  const double mean = small.mean(-1, -1, -1);
  EXPECT_NEAR(marginals.mean(), mean, 1e-12);
  for (int bin = 0; bin < 7; ++bin) {
    EXPECT_NEAR(marginals.alone(0, static_cast<std::size_t>(bin)), small.mean(bin, -1, -1) - mean, 1e-12);
  }
  for (int choice = 0; choice < 4; ++choice) {
    EXPECT_NEAR(marginals.alone(2, static_cast<std::size_t>(choice)), small.mean(-1, -1, choice) - mean, 1e-12);
  }
  for (int i = 0; i < 5; ++i) {
    for (int k = 0; k < 4; ++k) {
      const double expected = small.mean(-1, i, k) - small.mean(-1, i, -1) - small.mean(-1, -1, k) + mean;
      EXPECT_NEAR(marginals.together(2, static_cast<std::size_t>(i), static_cast<std::size_t>(k)), expected, 1e-12);
    }
  }
}

TEST(Marginals, VariancesOfAllPartsAddUpToTheWholeWhereThereAreTwoColumns) {
  TrialTable table = known::sample([](auto x) { return x[0] * x[1]; }, 2, 400, 1);
  const Forest forest = fit_forest(table, {});
  const Trees& trees = forest.models.front();
  const Marginals marginals = Marginals::of(forest.binned, trees, {{0, 1}});
  double variance = 0;
  const std::vector<BinnedColumn>& columns = forest.binned.columns;
  for (std::size_t i = 0; i < columns[0].bins(); ++i) {
    for (std::size_t k = 0; k < columns[1].bins(); ++k) {
      const std::array<std::uint8_t, 2> bins = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(k)};
      const double off = trees.predict(bins.data()) - marginals.mean();
      variance += columns[0].shares[i] * columns[1].shares[k] * off * off;
    }
  }
  EXPECT_NEAR(marginals.variance_alone(0) + marginals.variance_alone(1) + marginals.variance_together(0), variance,
              1e-12);
}

}  // namespace
}  // namespace sterlet::analysis
