#include "sterlet/plan/value_model.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
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

// Times from 1 to 16 by the first of three dimensions.
double cost_of(const std::vector<double>& unit) { return std::pow(16, unit[0]); }

template <typename Value>
double middle_near_best(Value value, std::uint64_t seed) {
  PilotValues pilot{.units = points(10, 3, seed)};
  for (const auto& unit : pilot.units) {
    pilot.values.push_back(value(unit));
    pilot.costs.push_back(cost_of(unit));
  }
  const auto space = points(256, 3, 99);
  std::vector<double> costs;
  for (const auto& unit : space) costs.push_back(cost_of(unit));
  auto drawn = costs_near_best(pilot, space, costs, 101, seed);
  EXPECT_EQ(drawn.size(), 101u);
  std::sort(drawn.begin(), drawn.end());
  return drawn[50];
}

TEST(ValueModel, KnowsWhetherTheBestIsDearOrCheap) {
  int dear = 0, cheap = 0, between = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto with = [&](double best) {
      return middle_near_best(
          [&](const std::vector<double>& unit) {
            return std::pow(unit[0] - best, 2) + 0.3 * std::pow(unit[1] - 0.4, 2);
          },
          seed);
    };
    dear += with(1) > 9 ? 1 : 0;
    cheap += with(0) < 2 ? 1 : 0;
    const double middle = with(0.5);
    between += middle > 2 && middle < 8 ? 1 : 0;
  }
  EXPECT_GE(dear, 19);
  EXPECT_GE(cheap, 19);
  EXPECT_GE(between, 16);
}

TEST(ValueModel, OfChanceMayBeAnything) {
  base::RandomStream stream({.seed = 3});
  PilotValues pilot{.units = points(8, 3, 3)};
  for (const auto& unit : pilot.units) {
    pilot.values.push_back(stream.normal());
    pilot.costs.push_back(cost_of(unit));
  }
  const auto space = points(256, 3, 99);
  std::vector<double> costs;
  for (const auto& unit : space) costs.push_back(cost_of(unit));
  auto drawn = costs_near_best(pilot, space, costs, 200, 1);
  std::sort(drawn.begin(), drawn.end());
  EXPECT_GT(drawn[180] / drawn[20], 3);
}

TEST(ValueModel, OfFewOrEqualOrFailedValuesDoesNotGuess) {
  const auto space = points(16, 2, 1);
  const std::vector<double> costs(16, 1.0);
  EXPECT_TRUE(costs_near_best({}, space, costs, 10, 1).empty());
  EXPECT_TRUE(
      costs_near_best({.units = points(4, 2, 1), .values = {1, 2, 3, 4}, .costs = {1, 1, 1, 1}}, space, costs, 10, 1)
          .empty());
  EXPECT_TRUE(costs_near_best(
                  {.units = points(6, 2, 1), .values = std::vector<double>(6, 2), .costs = std::vector<double>(6, 1)},
                  space, costs, 10, 1)
                  .empty());
  PilotValues failed{.units = points(6, 2, 1), .values = {1, 2, 3, 4, 5, 6}, .costs = std::vector<double>(6, 1.0)};
  failed.values[2] = failed.values[3] = std::numeric_limits<double>::infinity();
  failed.units[0][1] = std::nan("");
  for (const double cost : costs_near_best(failed, space, costs, 10, 1)) EXPECT_NEAR(cost, 1, 1e-12);
}

}  // namespace
}  // namespace sterlet::plan
