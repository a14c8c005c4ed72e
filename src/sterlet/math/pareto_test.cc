#include "sterlet/math/pareto.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::math {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Few levels make ties and repeats; the last of them is infinite.
std::vector<double> random_values(base::RandomStream& stream, std::size_t count, std::uint64_t levels) {
  std::vector<double> values(count);
  for (double& value : values) {
    const std::uint64_t level = stream.below(levels);
    value = level + 1 == levels ? kInfinity : static_cast<double>(level);
  }
  return values;
}

// By definition: peel off what nobody left dominates.
std::vector<std::uint32_t> ranks_by_peeling(const ObjectiveRows& points) {
  constexpr std::uint32_t kNone = 0xFFFFFFFF;
  std::vector<std::uint32_t> ranks(points.count(), kNone);
  for (std::uint32_t rank = 0; std::count(ranks.begin(), ranks.end(), kNone) > 0; ++rank) {
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < points.count(); ++i) {
      bool dominated = ranks[i] != kNone;
      for (std::size_t j = 0; j < points.count() && !dominated; ++j) {
        dominated = ranks[j] == kNone && dominates(points[j], points[i]);
      }
      if (!dominated) front.push_back(i);
    }
    for (const std::size_t i : front) ranks[i] = rank;
  }
  return ranks;
}

TEST(Pareto, RanksAreThoseOfPeelingOffFronts) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    base::RandomStream stream({.seed = seed});
    const std::size_t width = 1 + seed % 5;
    const std::vector<double> values = random_values(stream, width * (1 + stream.below(30)), seed % 3 == 0 ? 4 : 1000);
    const ObjectiveRows points{.values = values, .width = width};
    const std::vector<std::uint32_t> expected = ranks_by_peeling(points);
    EXPECT_EQ(pareto_ranks(points), expected) << "seed " << seed;
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (expected[i] == 0) front.push_back(i);
    }
    EXPECT_EQ(pareto_front(points), front) << "seed " << seed;
  }
}

TEST(Pareto, NothingHasNoFront) {
  EXPECT_TRUE(pareto_front({.values = {}, .width = 3}).empty());
  EXPECT_TRUE(pareto_ranks({.values = {}, .width = 2}).empty());
  EXPECT_TRUE(crowding_distances({.values = {}, .width = 2}, {}).empty());
}

TEST(Pareto, CrowdingIsTheGapBetweenNeighboursAndInfiniteAtTheEnds) {
  const std::vector<double> values{0, 10, 1, 6, 4, 5, 10, 0, 99, 99};  // The last is not on the front.
  const std::vector<std::size_t> front{3, 1, 0, 2};
  const std::vector<double> distances = crowding_distances({.values = values, .width = 2}, front);
  ASSERT_EQ(distances.size(), 4u);
  EXPECT_EQ(distances[0], kInfinity);
  EXPECT_DOUBLE_EQ(distances[1], (4.0 - 0) / 10 + (10.0 - 5) / 10);
  EXPECT_EQ(distances[2], kInfinity);
  EXPECT_DOUBLE_EQ(distances[3], (10.0 - 1) / 10 + (6.0 - 0) / 10);
}

TEST(Pareto, AnObjectiveThatDoesNotVaryOrIsInfiniteLeavesCrowdingToTheOthers) {
  const std::vector<double> values{7, 0, 7, 1, 7, 3, 7, 4};
  const std::vector<std::size_t> front{0, 1, 2, 3};
  const std::vector<double> constant = crowding_distances({.values = values, .width = 2}, front);
  EXPECT_EQ(constant[0], kInfinity);
  EXPECT_DOUBLE_EQ(constant[1], 0.75);
  EXPECT_DOUBLE_EQ(constant[2], 0.75);
  EXPECT_EQ(constant[3], kInfinity);
  const std::vector<double> infinite{kInfinity, 0, 1, 2, 0, 4};
  const std::vector<std::size_t> three{0, 1, 2};
  for (const double distance : crowding_distances({.values = infinite, .width = 2}, three)) {
    EXPECT_FALSE(std::isnan(distance));
  }
}

}  // namespace
}  // namespace sterlet::math
