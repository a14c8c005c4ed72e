#include "sterlet/analysis/shapley.h"

#include <numeric>

#include <gtest/gtest.h>

#include "sterlet/analysis/known_functions.h"

namespace sterlet::analysis {
namespace {

double sum_of(const Shapley& shapley) {
  return std::accumulate(shapley.shares.begin(), shapley.shares.end(), 0.0,
                         [](double sum, const Estimate& share) { return sum + share.value; });
}

std::vector<std::uint8_t> bins_at(const Forest& forest, double place) {
  std::vector<std::uint8_t> bins;
  for (const BinnedColumn& column : forest.binned.columns) bins.push_back(column.bin_of(place));
  return bins;
}

std::vector<std::vector<std::size_t>> each_alone(std::size_t width) {
  std::vector<std::vector<std::size_t>> players;
  for (std::size_t j = 0; j < width; ++j) players.push_back({j});
  return players;
}

TEST(Shapley, SharesAddUpToTheDifference) {
  for (const std::size_t width : {4, 10, 14}) {  // Up to 10 exactly, beyond by drawn orders.
    const Forest forest = fit_forest(known::sample(known::ishigami, width, 300, 1), {});
    const Shapley shapley = shapley_values(forest, bins_at(forest, 0.2), bins_at(forest, 0.8), each_alone(width), 1);
    EXPECT_NEAR(sum_of(shapley), shapley.to - shapley.from, 1e-9) << width;
  }
}

TEST(Shapley, OfAnAdditiveFunctionAreItsParts) {
  const Forest forest = fit_forest(known::sample(known::additive, 6, 1000, 1), {});
  const Shapley shapley = shapley_values(forest, bins_at(forest, 0.1), bins_at(forest, 0.9), each_alone(6), 1);
  for (std::size_t j = 0; j < 6; ++j) {
    const double truth = j < 4 ? 0.8 * static_cast<double>(4 - j) : 0;
    EXPECT_NEAR(shapley.shares[j].value, truth, 0.25) << j;
  }
}

TEST(Shapley, ColumnsOfOnePlayerMoveTogether) {
  const Forest forest = fit_forest(known::sample(known::additive, 4, 400, 1), {});
  const auto from = bins_at(forest, 0.1), to = bins_at(forest, 0.9);
  const Shapley together = shapley_values(forest, from, to, {{0, 1}, {2}, {3}}, 1);
  const Shapley alone = shapley_values(forest, from, to, each_alone(4), 1);
  EXPECT_NEAR(together.shares[0].value, alone.shares[0].value + alone.shares[1].value, 0.1);
  EXPECT_NEAR(sum_of(together), sum_of(alone), 1e-9);
}

TEST(Shapley, WithoutPlayersOrModelsIsNothing) {
  EXPECT_TRUE(shapley_values({}, {}, {}, {}, 1).shares.empty());
  EXPECT_EQ(shapley_values(Forest{}, {0}, {0}, {{0}}, 1).shares.size(), 1U);
}

}  // namespace
}  // namespace sterlet::analysis
