#include "sterlet/samplers/grid.h"

#include <set>

#include <gtest/gtest.h>

namespace sterlet::samplers {
namespace {

using space::Kind;
using space::Parameter;
using space::Space;

Space make_space(std::vector<Parameter> parameters, const std::vector<std::string>& constraints = {}) {
  auto space = Space::make(std::move(parameters), constraints);
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

Space small_space() {
  return make_space({{.name = "n", .kind = Kind::kInt, .low = 1, .high = 4},
                     {.name = "opt", .kind = Kind::kCategorical, .choices = {std::string("a"), std::string("b")}},
                     {.name = "x", .when = "opt == 'b'"}},
                    {"n < 4 or opt == 'a'"});
}

// The texts of `count` points in turn; those of the grid alone, if it must not be used up.
std::vector<std::string> walk(const Sampler& sampler, space::History& history, std::size_t count) {
  std::vector<std::string> points;
  for (std::size_t i = 0; i < count; ++i) {
    const Suggestion suggestion = sampler.suggest(history, {.seed = 1, .trial = history.size()});
    if (suggestion.origin == space::Origin::kGrid) points.push_back(Space::text_of(suggestion.point));
    history.append(
        {.number = static_cast<std::int64_t>(history.size()), .point = suggestion.point, .origin = suggestion.origin});
  }
  return points;
}

TEST(Grid, GivesEachCombinationOnceAndThenRandomPoints) {  // 4 with "a", 3 with "b" times 3 values of x.
  const auto sampler = make_grid(small_space(), {.points = 3}, {.seed = 1, .trial_budget = 13});
  ASSERT_TRUE(sampler) << sampler.error().message();
  space::History history;
  const auto points = walk(**sampler, history, 20);
  EXPECT_EQ(points.size(), 13u);
  EXPECT_EQ(std::set<std::string>(points.begin(), points.end()).size(), 13u);
}

TEST(Grid, PassesOverPointsThatWereTriedOtherwise) {
  const Space space = small_space();
  const auto sampler = make_grid(space, {.points = 3}, {.seed = 1});
  ASSERT_TRUE(sampler);
  const auto all = space.enumerate(3, 100);
  ASSERT_TRUE(all);
  space::History history;
  for (const std::size_t taken : {0u, 5u, 12u}) {
    history.append({.number = static_cast<std::int64_t>(history.size()),
                    .point = (*all)[taken],
                    .origin = space::Origin::kEnqueued});
  }
  const auto points = walk(**sampler, history, 15);
  EXPECT_EQ(points.size(), 10u);
  EXPECT_EQ(std::set<std::string>(points.begin(), points.end()).size(), 10u);
}

TEST(Grid, AShareOfZerosIsOneValue) {  // Once every level within the share gave the point again.
  const Space space = make_space({{.name = "decay", .low = 1e-6, .high = 1, .scale = space::Scale::kLog, .zero = 0.6},
                                  {.name = "same", .low = 0.5, .high = 0.5, .scale = space::Scale::kLog, .zero = 0.5}});
  const auto all = space.enumerate(5, 100);
  ASSERT_TRUE(all);
  std::set<std::string> distinct;
  for (const auto& point : *all) distinct.insert(Space::text_of(point));
  EXPECT_EQ(distinct.size(), all->size());
  EXPECT_EQ(all->size(), 6u);
}

TEST(Grid, RefusesMoreThanTheBudgetNamingTheNumber) {
  const auto refused = make_grid(small_space(), {.points = 3}, {.seed = 1, .trial_budget = 12});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "this grid has 13 points, more than the budget of 12 trials; use sampler: sobol, which covers every "
            "parameter evenly with any number of trials, or fewer values (sampler: {name: grid, points: 3})");
}

TEST(Grid, RefusesMoreThanAMillionNamingTheNumber) {
  std::vector<Parameter> parameters;
  for (int i = 0; i < 12; ++i) parameters.push_back({.name = "x" + std::to_string(i)});
  const auto refused = make_grid(make_space(parameters), {.points = 5}, {.seed = 1});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("up to 2.44141e+08 points, more than the 1000000 that a grid may have"),
            std::string::npos)
      << refused.error().message();
}

TEST(Grid, ContinuousValuesIncludeBothEnds) {
  const auto all = make_space({{.name = "x", .low = 1e-4, .high = 1, .scale = space::Scale::kLog}}).enumerate(5, 10);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 5u);
  EXPECT_EQ(all->front().values[0], 1e-4);
  EXPECT_NEAR((*all)[2].values[0], 1e-2, 1e-14);
  EXPECT_EQ(all->back().values[0], 1);
}

}  // namespace
}  // namespace sterlet::samplers
