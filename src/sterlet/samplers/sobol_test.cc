#include "sterlet/samplers/sobol.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/base/text.h"

namespace sterlet::samplers {
namespace {

space::Space unit_cube(std::size_t dimensions, const std::vector<std::string>& constraints = {}) {
  std::vector<space::Parameter> parameters;
  for (std::size_t i = 0; i < dimensions; ++i) parameters.push_back({.name = fmt::format("x{}", i)});
  auto space = space::Space::make(std::move(parameters), constraints);
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

// Suggests and remembers `count` points.
std::vector<space::Point> first_points(const Sampler& sampler, std::uint64_t seed, std::size_t count) {
  space::History history;
  std::vector<space::Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    const Suggestion suggestion = sampler.suggest(history, {.seed = seed, .trial = i});
    EXPECT_EQ(suggestion.origin, space::Origin::kSobol);
    history.append({.number = static_cast<std::int64_t>(i), .point = suggestion.point, .origin = suggestion.origin});
    points.push_back(suggestion.point);
  }
  return points;
}

TEST(Sobol, SuggestionsCoverEveryAxisEvenly) {
  const auto sampler = make_sobol(unit_cube(9), 51);
  const auto points = first_points(*sampler, 51, 64);
  for (std::size_t dimension = 0; dimension < 9; ++dimension) {
    std::set<int> cells;
    for (const auto& point : points) cells.insert(static_cast<int>(point.values[dimension] * 64));
    EXPECT_EQ(cells.size(), 64u) << "dimension " << dimension;
  }
}

// Once a broken constraint sent trial k to the point of trial k + 1, which then came twice.
TEST(Sobol, NoPointComesTwiceWhereConstraintsCut) {
  const auto space = unit_cube(2, {"x0 + x1 <= 0.7"});
  const auto sampler = make_sobol(space, 52);
  std::set<std::string> seen;
  for (const auto& point : first_points(*sampler, 52, 200)) {
    EXPECT_TRUE(space.satisfies_constraints(point));
    seen.insert(space::Space::text_of(point));
  }
  EXPECT_EQ(seen.size(), 200u);
}

TEST(Sobol, AnotherAttemptGivesAnotherPoint) {
  const auto sampler = make_sobol(unit_cube(2), 53);
  std::set<std::string> seen;
  for (std::uint32_t attempt = 0; attempt < 50; ++attempt) {
    seen.insert(space::Space::text_of(sampler->suggest({}, {.seed = 53, .trial = 0, .attempt = attempt}).point));
  }
  EXPECT_EQ(seen.size(), 50u);
}

TEST(Sobol, TierOneGetsTheFirstDimensions) {
  auto parameters = unit_cube(3).parameters();
  parameters[0].tier = 4;
  parameters[2].tier = 1;
  const auto space = space::Space::make(parameters, {});
  ASSERT_TRUE(space);
  const auto by_tier = first_points(*make_sobol(*space, 54), 54, 8);
  const auto plain = first_points(*make_sobol(unit_cube(3), 54), 54, 8);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(by_tier[i].values[2], plain[i].values[0]);
    EXPECT_EQ(by_tier[i].values[1], plain[i].values[1]);
    EXPECT_EQ(by_tier[i].values[0], plain[i].values[2]);
  }
}

TEST(Sobol, DimensionsPastTheTableAreDrawn) {
  const std::size_t dimensions = math::sobol_dimensions_max() + 3;
  const auto points = first_points(*make_sobol(unit_cube(dimensions), 55), 55, 3);
  EXPECT_NE(points[0].values.back(), points[1].values.back());
  EXPECT_NE(points[0].values.back(), points[0].values[dimensions - 2]);
}

}  // namespace
}  // namespace sterlet::samplers
