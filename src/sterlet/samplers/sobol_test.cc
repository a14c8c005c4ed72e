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

TEST(Sobol, UnscrambledPointsAgreeWithScipy) {  // Oracle: tests/oracles/sobol.csv, written by sobol.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/sobol.csv");
  ASSERT_TRUE(table);
  std::string line;
  std::uint32_t row = 0;
  while (std::getline(table, line)) {
    if (line.starts_with('#')) continue;
    std::stringstream cells(line);
    std::string cell;
    for (std::size_t dimension = 0; std::getline(cells, cell, ','); ++dimension) {
      const double ours = sobol_coordinate(row ^ (row >> 1), dimension) * 0x1p-32;  // scipy walks in Gray code order.
      EXPECT_EQ(ours, base::parse_number(cell)) << "point " << row << ", dimension " << dimension;
    }
    ++row;
  }
  EXPECT_EQ(row, 64u);
}

TEST(Sobol, EveryDimensionOfTheTableIsANet) {  // Each 2^-8 of the axis once among the first 2^8 points.
  for (std::size_t dimension = 0; dimension < sobol_dimensions_max(); dimension += 61) {
    std::set<std::uint32_t> cells;
    for (std::uint32_t i = 0; i < 256; ++i) cells.insert(sobol_coordinate(i, dimension) >> 24);
    EXPECT_EQ(cells.size(), 256u) << "dimension " << dimension;
  }
}

TEST(Sobol, ScramblingPutsOnePointIntoEachCellOfEveryAxis) {
  for (const std::uint64_t seed : {0ull, 1ull, 77ull, 0xFFFFFFFFFFFFFFFFull}) {
    for (std::size_t dimension = 0; dimension < 12; ++dimension) {
      for (const int m : {3, 6, 8}) {
        for (const std::uint32_t block : {0u, 5u}) {  // From a multiple of 2^m.
          std::set<std::uint32_t> cells;
          for (std::uint32_t i = 0; i < (1u << m); ++i) {
            const std::uint32_t fraction = sobol_coordinate((block << m) + i, dimension);
            cells.insert(owen_scramble(fraction, seed, dimension) >> (32 - m));
          }
          EXPECT_EQ(cells.size(), 1u << m) << "seed " << seed << ", dimension " << dimension << ", block " << block;
        }
      }
    }
  }
}

TEST(Sobol, ScramblingKeepsTheFirstPlaneANet) {  // Every elementary box of 2^-m holds one of 2^m points.
  for (const std::uint64_t seed : {3ull, 4ull}) {
    constexpr int kM = 8;
    for (int split = 0; split <= kM; ++split) {
      std::set<std::pair<std::uint64_t, std::uint64_t>> boxes;
      for (std::uint32_t i = 0; i < (1u << kM); ++i) {
        const std::uint64_t x = owen_scramble(sobol_coordinate(i, 0), seed, 0);
        const std::uint64_t y = owen_scramble(sobol_coordinate(i, 1), seed, 1);
        boxes.insert({x >> (32 - split), y >> (32 - (kM - split))});
      }
      EXPECT_EQ(boxes.size(), 1u << kM) << "seed " << seed << ", split " << split;
    }
  }
}

TEST(Sobol, ScramblingIsABijectionThatKeepsCommonPrefixes) {
  for (std::uint32_t i = 0; i < 200; ++i) {
    const std::uint32_t a = sobol_coordinate(i, 3), b = a ^ 1u, c = a ^ (1u << 20);
    EXPECT_NE(owen_scramble(a, 5, 3), owen_scramble(b, 5, 3));
    EXPECT_EQ(owen_scramble(a, 5, 3) >> 1, owen_scramble(b, 5, 3) >> 1);
    EXPECT_EQ(owen_scramble(a, 5, 3) >> 21, owen_scramble(c, 5, 3) >> 21);
    EXPECT_NE((owen_scramble(a, 5, 3) >> 20) & 1, (owen_scramble(c, 5, 3) >> 20) & 1);
  }
}

TEST(Sobol, SeedsAndDimensionsAreScrambledDifferently) {
  std::set<std::uint32_t> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (std::size_t dimension = 0; dimension < 20; ++dimension) seen.insert(owen_scramble(0, seed, dimension));
  }
  EXPECT_EQ(seen.size(), 1000u);
}

// A scrambled point is uniform: over 2,000 seeds the mean of one coordinate lies within 5 standard errors of 1/2.
TEST(Sobol, ScramblingIsUnbiased) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) sum += owen_scramble(0x40000000, seed, 2) * 0x1p-32;
  EXPECT_NEAR(sum / 2000, 0.5, 5 * std::sqrt(1.0 / 12 / 2000));
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
  const std::size_t dimensions = sobol_dimensions_max() + 3;
  const auto points = first_points(*make_sobol(unit_cube(dimensions), 55), 55, 3);
  EXPECT_NE(points[0].values.back(), points[1].values.back());
  EXPECT_NE(points[0].values.back(), points[0].values[dimensions - 2]);
}

}  // namespace
}  // namespace sterlet::samplers
