#include "sterlet/analysis/failures.h"

#include <gtest/gtest.h>

#include "sterlet/analysis/known_functions.h"

namespace sterlet::analysis {
namespace {

struct Trials {
  std::vector<Column> columns;
  std::vector<bool> failed;
};

// 80 trials of three coordinates and a choice of three; those that `fails` says fail, and of the others a share.
template <typename Fails>
Trials draw(std::uint64_t seed, Fails fails, double others) {
  base::RandomStream stream({.seed = seed, .stream = base::Stream::kPractice});
  Trials trials;
  trials.columns.resize(4);
  trials.columns[3].choices = 3;
  for (int i = 0; i < 80; ++i) {
    std::array<double, 4> point{};
    for (std::size_t j = 0; j < 3; ++j) point[j] = stream.uniform();
    point[3] = static_cast<double>(stream.below(3));
    for (std::size_t j = 0; j < 4; ++j) trials.columns[j].values.push_back(point[j]);
    trials.failed.push_back(fails(point) || stream.uniform() < others);
  }
  return trials;
}

TEST(Failures, InARegionOfOneBoundAreNamed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Trials trials = draw(
        seed, [](const auto& point) { return point[1] > 0.8; }, 0.03);
    const auto region = find_failure_region(trials.columns, trials.failed);
    ASSERT_TRUE(region.has_value()) << seed;
    ASSERT_EQ(region->sides.size(), 1U) << seed;
    EXPECT_EQ(region->sides[0].column, 1U);
    EXPECT_TRUE(region->sides[0].is_upper);
    EXPECT_NEAR(region->sides[0].low, 0.8, 0.08);
    EXPECT_EQ(region->failed_inside, region->inside);
  }
}

TEST(Failures, InARegionOfAChoiceAndABoundAreNamed) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Trials trials = draw(
        seed, [](const auto& point) { return point[3] == 2 && point[0] < 0.5; }, 0.02);
    const auto region = find_failure_region(trials.columns, trials.failed);
    if (!region || region->sides.size() != 2) continue;
    const bool is_choice_first = region->sides[0].column == 3;
    const FailureSide& choice = region->sides[is_choice_first ? 0 : 1];
    const FailureSide& bound = region->sides[is_choice_first ? 1 : 0];
    found += choice.column == 3 && choice.low == 2 && bound.column == 0 && !bound.is_upper ? 1 : 0;
  }
  EXPECT_GE(found, 18);
}

TEST(Failures, ByChanceNameNoRegion) {
  int invented = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Trials trials = draw(
        seed, [](const auto&) { return false; }, 0.15);
    invented += find_failure_region(trials.columns, trials.failed).has_value() ? 1 : 0;
  }
  EXPECT_LE(invented, 2);
}

TEST(Failures, OfNoneOrAllNameNoRegion) {
  EXPECT_FALSE(find_failure_region({}, {}).has_value());
  Trials trials = draw(
      1, [](const auto&) { return true; }, 0);
  EXPECT_FALSE(find_failure_region(trials.columns, trials.failed).has_value());
  trials.failed.assign(80, false);
  EXPECT_FALSE(find_failure_region(trials.columns, trials.failed).has_value());
}

}  // namespace
}  // namespace sterlet::analysis
