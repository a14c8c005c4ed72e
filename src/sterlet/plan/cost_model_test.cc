#include "sterlet/plan/cost_model.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "sterlet/math/sobol_points.h"

namespace sterlet::plan {
namespace {

std::vector<std::vector<double>> points(std::size_t count, std::size_t width, std::uint64_t seed) {
  std::vector<std::size_t> ranks(width);
  for (std::size_t j = 0; j < width; ++j) ranks[j] = j;
  const math::SobolPoints sobol(ranks, seed);
  std::vector<std::vector<double>> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(sobol.at(static_cast<std::uint32_t>(i), {}));
  return out;
}

std::optional<double> mean_cost(const std::vector<std::vector<double>>& units, const std::vector<double>& costs,
                                const std::vector<std::vector<double>>& space) {
  const auto all = costs_over(units, costs, space);
  if (!all) return std::nullopt;
  return std::accumulate(all->begin(), all->end(), 0.0) / static_cast<double>(all->size());
}

TEST(CostModel, KnowsTheMeanOfAPowerFromFewPoints) {
  // A batch size from 16 to 256 on a log scale, to which the time is inverse: the mean is (1 - 1/16) / ln 16.
  const auto units = points(6, 4, 3);
  std::vector<double> costs;
  for (const auto& row : units) costs.push_back(std::pow(16.0, -row[2]));
  const auto mean = mean_cost(units, costs, points(512, 4, 5));
  ASSERT_TRUE(mean.has_value());
  EXPECT_NEAR(*mean, (1 - 1.0 / 16) / std::log(16.0), 0.01);
}

TEST(CostModel, KnowsTheMeanOfALine) {
  const auto units = points(6, 3, 4);
  std::vector<double> costs;
  for (const auto& row : units) costs.push_back(0.25 + 7 * row[1]);
  const auto mean = mean_cost(units, costs, points(512, 3, 5));
  ASSERT_TRUE(mean.has_value());
  EXPECT_NEAR(*mean, 3.75, 0.1);
}

TEST(CostModel, KnowsEachPointOfAProduct) {
  // As layers times units, each on a scale on which its logarithm is even.
  const auto units = points(10, 4, 6), space = points(64, 4, 7);
  const auto cost = [](const std::vector<double>& row) { return 2 * std::pow(6, row[0]) * std::pow(16, row[3]); };
  std::vector<double> costs;
  for (const auto& row : units) costs.push_back(cost(row));
  const auto all = costs_over(units, costs, space);
  ASSERT_TRUE(all.has_value());
  for (std::size_t i = 0; i < space.size(); ++i) EXPECT_NEAR((*all)[i] / cost(space[i]), 1, 0.02);
}

TEST(CostModel, OfChanceOrFewPointsIsNone) {
  int none = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto units = points(7, 5, seed);
    base::RandomStream stream({.seed = seed});
    std::vector<double> costs;
    for (std::size_t i = 0; i < units.size(); ++i) costs.push_back(std::exp(0.3 * stream.normal()));
    none += mean_cost(units, costs, units) ? 0 : 1;
  }
  EXPECT_GE(none, 14);  // One of five columns may look like it.
  EXPECT_FALSE(mean_cost(points(4, 2, 1), {1, 2, 3, 4}, points(16, 2, 1)).has_value());
  EXPECT_FALSE(mean_cost({}, {}, {}).has_value());
  EXPECT_FALSE(mean_cost(points(6, 0, 1), std::vector<double>(6, 1), points(16, 0, 1)).has_value());
}

TEST(CostModel, DoesNotMindEqualCosts) {
  const auto mean = mean_cost(points(6, 2, 1), std::vector<double>(6, 2.0), points(16, 2, 2));
  EXPECT_TRUE(!mean || std::fabs(*mean - 2) < 1e-6);
}

}  // namespace
}  // namespace sterlet::plan
