#include "sterlet/math/hypervolume.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/base/text.h"

namespace sterlet::math {
namespace {

struct Set {
  std::size_t width = 1;
  std::vector<double> values;
  std::vector<double> reference;

  ObjectiveRows rows() const { return {.values = values, .width = width}; }
  Set without(std::size_t row) const {
    Set rest = *this;
    const auto first = rest.values.begin() + static_cast<std::ptrdiff_t>(row * width);
    rest.values.erase(first, first + static_cast<std::ptrdiff_t>(width));
    return rest;
  }
};

// Points of [0, 1]^width, every third set on few levels (ties, repeats, points on the border of the reference box).
Set random_set(std::uint64_t seed, std::size_t width, std::size_t count) {
  base::RandomStream stream({.seed = seed});
  Set set{.width = width, .reference = std::vector<double>(width, seed % 2 == 0 ? 1.1 : 0.75)};
  for (std::size_t i = 0; i < width * count; ++i) {
    set.values.push_back(seed % 3 == 0 ? static_cast<double>(stream.below(5)) / 4 : stream.uniform());
  }
  return set;
}

// Inclusion and exclusion: the boxes of each subset meet in the box of its coordinate-wise worst.
double volume_by_subsets(const Set& set) {
  const ObjectiveRows rows = set.rows();
  double volume = 0;
  for (std::uint32_t subset = 1; subset < (1u << rows.count()); ++subset) {
    double box = 1;
    for (std::size_t i = 0; i < set.width; ++i) {
      double worst = -1;
      for (std::size_t row = 0; row < rows.count(); ++row) {
        if ((subset >> row & 1) != 0) worst = std::max(worst, rows[row][i]);
      }
      box *= std::max(0.0, set.reference[i] - worst);
    }
    volume += std::popcount(subset) % 2 == 1 ? box : -box;
  }
  return volume;
}

TEST(Hypervolume, AgreesWithInclusionAndExclusion) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Set set = random_set(seed, 1 + seed % 5, seed / 5 % 11);
    EXPECT_NEAR(hypervolume(set.rows(), set.reference), volume_by_subsets(set), 1e-12) << "seed " << seed;
  }
}

TEST(Hypervolume, AgreesWithOptunaAndPymoo) {  // Oracle: tests/oracles/hypervolume.csv, written by hypervolume.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/hypervolume.csv");
  ASSERT_TRUE(table);
  std::string line;
  int count = 0;
  while (std::getline(table, line)) {
    if (line.starts_with('#')) continue;
    std::stringstream cells(line);
    std::vector<double> numbers;
    for (std::string cell; std::getline(cells, cell, ',');) numbers.push_back(base::parse_number(cell).value());
    const auto width = static_cast<std::size_t>(numbers[0]);
    const ObjectiveRows points{.values = std::span(numbers).subspan(2), .width = width};
    EXPECT_NEAR(hypervolume(points, std::vector<double>(width, 1.1)), numbers[1], 1e-12) << line.substr(0, 40);
    ++count;
  }
  EXPECT_EQ(count, 48);
}

// 20,000 throws at the unit box: off by more than 4 standard errors with a chance of 6e-5 a set, 1e-3 for all 15.
TEST(Hypervolume, AgreesWithThrowsAtRandom) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    Set set = random_set(3 * seed + 1, 3 + seed % 3, 40);
    std::fill(set.reference.begin(), set.reference.end(), 1.0);
    base::RandomStream stream({.seed = seed, .trial = 1});
    const int throws = 20000;
    int hits = 0;
    std::vector<double> thrown(set.width);
    for (int i = 0; i < throws; ++i) {
      for (double& value : thrown) value = stream.uniform();
      bool covered = false;
      for (std::size_t row = 0; row < set.rows().count() && !covered; ++row) {
        covered = std::equal(thrown.begin(), thrown.end(), set.rows()[row].begin(), std::greater_equal<>());
      }
      hits += covered ? 1 : 0;
    }
    const double volume = hypervolume(set.rows(), set.reference);
    EXPECT_NEAR(static_cast<double>(hits) / throws, volume, 4 * std::sqrt(volume * (1 - volume) / throws) + 1e-12)
        << "seed " << seed;
  }
}

TEST(Hypervolume, AContributionIsWhatTakingTheRowAwayLoses) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Set set = random_set(seed, 1 + seed % 5, 1 + seed / 5 % 15);
    const std::vector<double> contributions = hypervolume_contributions(set.rows(), set.reference);
    ASSERT_EQ(contributions.size(), set.rows().count());
    for (std::size_t row = 0; row < contributions.size(); ++row) {
      const double lost = hypervolume(set.rows(), set.reference) - hypervolume(set.without(row).rows(), set.reference);
      EXPECT_NEAR(contributions[row], lost, 1e-12) << "seed " << seed << ", row " << row;
    }
  }
}

// The same choice without old gains as bounds.
std::vector<double> volumes_of_plain_greedy(const Set& set, std::size_t count) {
  Set chosen{.width = set.width, .reference = set.reference};
  std::vector<double> volumes;
  for (std::size_t k = 0; k < count; ++k) {
    Set best = chosen;
    double best_volume = -1;
    for (std::size_t row = 0; row < set.rows().count(); ++row) {
      Set more = chosen;
      more.values.insert(more.values.end(), set.rows()[row].begin(), set.rows()[row].end());
      const double volume = hypervolume(more.rows(), set.reference);
      if (volume > best_volume) {
        best_volume = volume;
        best = more;
      }
    }
    chosen = best;
    volumes.push_back(best_volume);
  }
  return volumes;
}

TEST(Hypervolume, ASubsetGrowsByTheRowThatAddsMost) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Set set = random_set(3 * seed + 1, 2 + seed % 4, 20);  // No ties: the two may break them differently.
    const std::vector<std::size_t> subset = hypervolume_subset(set.rows(), set.reference, 6);
    ASSERT_EQ(subset.size(), 6u);
    const std::vector<double> expected = volumes_of_plain_greedy(set, 6);
    Set chosen{.width = set.width, .reference = set.reference};
    for (std::size_t k = 0; k < subset.size(); ++k) {
      const std::span<const double> row = set.rows()[subset[k]];
      chosen.values.insert(chosen.values.end(), row.begin(), row.end());
      EXPECT_NEAR(hypervolume(chosen.rows(), set.reference), expected[k], 1e-12) << "seed " << seed << ", " << k;
    }
  }
}

TEST(Hypervolume, ASubsetOfEverythingHasEachRowOnce) {
  const Set set = random_set(3, 3, 9);  // With repeats and dominated rows.
  std::vector<std::size_t> subset = hypervolume_subset(set.rows(), set.reference, 100);
  std::sort(subset.begin(), subset.end());
  EXPECT_EQ(subset, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Hypervolume, TheDefaultReferenceLiesATenthPastTheFrontsWorst) {
  const std::vector<double> values{-1, 4, 0, 3, 9, -6, 9, 9};  // The last row is dominated.
  const std::vector<double> reference = default_reference({.values = values, .width = 2});
  EXPECT_DOUBLE_EQ(reference[0], 10);
  EXPECT_DOUBLE_EQ(reference[1], 5);
  const std::vector<double> single{5, 0};
  EXPECT_EQ(default_reference({.values = single, .width = 2}), (std::vector<double>{5.5, 0.1}));
  EXPECT_EQ(default_reference({.values = {}, .width = 2}), (std::vector<double>{0.1, 0.1}));
}

}  // namespace
}  // namespace sterlet::math
