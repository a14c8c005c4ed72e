#include "sterlet/math/sobol_points.h"

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/base/text.h"

namespace sterlet::math {
namespace {

TEST(SobolPoints, UnscrambledPointsAgreeWithScipy) {  // Oracle: tests/oracles/sobol.csv, written by sobol.py.
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

TEST(SobolPoints, EveryDimensionOfTheTableIsANet) {  // Each 2^-8 of the axis once among the first 2^8 points.
  for (std::size_t dimension = 0; dimension < sobol_dimensions_max(); dimension += 61) {
    std::set<std::uint32_t> cells;
    for (std::uint32_t i = 0; i < 256; ++i) cells.insert(sobol_coordinate(i, dimension) >> 24);
    EXPECT_EQ(cells.size(), 256u) << "dimension " << dimension;
  }
}

TEST(SobolPoints, ScramblingPutsOnePointIntoEachCellOfEveryAxis) {
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

TEST(SobolPoints, ScramblingKeepsTheFirstPlaneANet) {  // Every elementary box of 2^-m holds one of 2^m points.
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

TEST(SobolPoints, ScramblingIsABijectionThatKeepsCommonPrefixes) {
  for (std::uint32_t i = 0; i < 200; ++i) {
    const std::uint32_t a = sobol_coordinate(i, 3), b = a ^ 1u, c = a ^ (1u << 20);
    EXPECT_NE(owen_scramble(a, 5, 3), owen_scramble(b, 5, 3));
    EXPECT_EQ(owen_scramble(a, 5, 3) >> 1, owen_scramble(b, 5, 3) >> 1);
    EXPECT_EQ(owen_scramble(a, 5, 3) >> 21, owen_scramble(c, 5, 3) >> 21);
    EXPECT_NE((owen_scramble(a, 5, 3) >> 20) & 1, (owen_scramble(c, 5, 3) >> 20) & 1);
  }
}

TEST(SobolPoints, SeedsAndDimensionsAreScrambledDifferently) {
  std::set<std::uint32_t> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (std::size_t dimension = 0; dimension < 20; ++dimension) seen.insert(owen_scramble(0, seed, dimension));
  }
  EXPECT_EQ(seen.size(), 1000u);
}

// A scrambled point is uniform: over 2,000 seeds the mean of one coordinate lies within 5 standard errors of 1/2.
TEST(SobolPoints, ScramblingIsUnbiased) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) sum += owen_scramble(0x40000000, seed, 2) * 0x1p-32;
  EXPECT_NEAR(sum / 2000, 0.5, 5 * std::sqrt(1.0 / 12 / 2000));
}

}  // namespace
}  // namespace sterlet::math
