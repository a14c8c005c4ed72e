#include "sterlet/samplers/tpe/kernel.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/text.h"
#include "sterlet/samplers/tpe/score.h"

namespace sterlet::samplers {
namespace {

using space::Kind;
using space::Point;
using space::Scale;
using space::Space;

constexpr double kInactive = std::numeric_limits<double>::quiet_NaN();

Space make_space(std::vector<space::Parameter> parameters) {
  auto space = Space::make(std::move(parameters), {});
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

// The space of tests/oracles/parzen.py.
Space oracle_space() {
  return make_space({{.name = "kind", .kind = Kind::kCategorical, .choices = {0.0, 1.0, 2.0, 3.0}},
                     {.name = "x"},
                     {.name = "layers", .kind = Kind::kInt, .low = 1, .high = 8},
                     {.name = "units", .kind = Kind::kInt, .low = 1, .high = 1024, .scale = Scale::kLog},
                     {.name = "rate", .low = 1e-4, .high = 1, .scale = Scale::kLog, .when = "kind != 3"}});
}

struct Located {
  Point point;
  std::vector<double> unit;
  ParzenPoint view() const { return {.unit = unit, .values = point.values}; }
};

Located locate(const Space& space, std::vector<double> values) {
  Located located{.point = {std::move(values)}};
  located.unit = space.to_unit(located.point);
  return located;
}

struct OracleRow {
  Located x;
  double log_kernel = 0, log_mixture = 0;
};

struct OracleGroup {
  std::vector<double> bandwidths;
  std::vector<Located> centres;
  std::vector<OracleRow> rows;
};

std::vector<OracleGroup> read_oracle(const Space& space) {
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/parzen.csv");
  std::vector<OracleGroup> groups;
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream cells(line);
    std::string word;
    std::getline(cells, word, ',');
    const std::string role = word;
    std::vector<double> numbers;
    while (std::getline(cells, word, ',')) numbers.push_back(base::parse_number(word).value());
    if (role == "bandwidths") {
      groups.push_back({.bandwidths = numbers});
      continue;
    }
    const std::vector<double> values(numbers.begin(), numbers.begin() + 5);
    if (role == "centre") groups.back().centres.push_back(locate(space, values));
    if (role == "x") {
      groups.back().rows.push_back({.x = locate(space, values), .log_kernel = numbers[5], .log_mixture = numbers[6]});
    }
  }
  return groups;
}

TEST(ParzenTable, KernelsInDoublePrecisionAgreeWithScipy) {  // Oracle: tests/oracles/parzen.csv, written by parzen.py.
  const Space space = oracle_space();
  const ParzenTable table(space);
  std::size_t compared = 0;
  for (const OracleGroup& group : read_oracle(space)) {
    for (const OracleRow& row : group.rows) {
      const double found = table.log_kernel(group.centres[0].view(), row.x.view(), group.bandwidths);
      EXPECT_NEAR(found, row.log_kernel, 1e-10 * std::max(1.0, std::abs(row.log_kernel))) << "row " << compared;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 150u);
}

TEST(ParzenTable, MixturesInSinglePrecisionAgreeWithScipy) {
  const Space space = oracle_space();
  ParzenTable table(space);
  std::size_t compared = 0;
  for (const OracleGroup& group : read_oracle(space)) {
    table.set_bandwidths(group.bandwidths);
    table.resize(group.centres.size());
    for (std::size_t i = 0; i < group.centres.size(); ++i) table.set(i, group.centres[i].view());
    std::vector<float> log_kernels(table.padded_size()), weights(table.padded_size(), 0.0f);
    std::fill_n(weights.begin(), group.centres.size(), 1.0f);
    for (const OracleRow& row : group.rows) {
      table.log_kernels(row.x.view(), log_kernels);
      const double found = log_mixture(log_kernels, weights, static_cast<double>(group.centres.size()), 1);
      EXPECT_NEAR(found, row.log_mixture, 2e-4 * std::max(1.0, std::abs(row.log_mixture))) << "row " << compared;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 150u);
}

TEST(ParzenTable, NormalKernelsIntegrateToOne) {
  const Space space = make_space({{.name = "x"}});
  ParzenTable table(space);
  for (const double bandwidth : {0.03, 0.2, 1.0}) {
    for (const double centre : {0.0, 0.01, 0.3, 1.0}) {
      const std::vector<double> bandwidths{bandwidth};
      table.set_bandwidths(bandwidths);
      table.resize(1);
      table.set(0, locate(space, {centre}).view());
      std::vector<float> log_kernel(table.padded_size());
      double integral = 0;
      constexpr int kIntervals = 2000;  // Simpson's rule.
      for (int i = 0; i <= kIntervals; ++i) {
        table.log_kernels(locate(space, {static_cast<double>(i) / kIntervals}).view(), log_kernel);
        const double weight = i == 0 || i == kIntervals ? 1 : (i % 2 == 1 ? 4 : 2);
        integral += weight * std::exp(static_cast<double>(log_kernel[0])) / (3.0 * kIntervals);
      }
      EXPECT_NEAR(integral, 1, 2e-5) << "centre " << centre << ", bandwidth " << bandwidth;
    }
  }
}

// Few levels (tables), many (narrow cells), many on a log scale (wide and narrow ones), more than the tables take.
TEST(ParzenTable, LevelsAndChoicesSumToOne) {
  struct Case {
    space::Parameter parameter;
    std::vector<double> centres;
  };
  const std::vector<Case> cases{
      {{.name = "a", .kind = Kind::kInt, .low = 1, .high = 8}, {1, 4, 8}},
      {{.name = "a", .kind = Kind::kInt, .low = 0, .high = 700}, {0, 20, 411, 700}},
      {{.name = "a", .kind = Kind::kInt, .low = 1, .high = 1000, .scale = Scale::kLog}, {1, 3, 40, 1000}},
      {{.name = "a", .kind = Kind::kInt, .low = 1, .high = 30000, .scale = Scale::kLog}, {1, 2, 777, 30000}},
      {{.name = "a", .kind = Kind::kOrdinal, .choices = {1.0, 2.0, 4.0, 8.0}}, {0, 2, 3}},
      {{.name = "a", .low = 0, .high = 0.5, .step = 0.1}, {0, 0.3}},
      {{.name = "a", .kind = Kind::kCategorical, .choices = {1.0, 2.0, 4.0, 8.0}}, {0, 2, 3}}};
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const Space space = make_space({cases[c].parameter});
    const space::Axis& axis = space.axis(0);
    ParzenTable table(space);
    for (const double bandwidth : {0.03, 0.25}) {
      for (const double centre : cases[c].centres) {
        const std::vector<double> bandwidths{bandwidth};
        table.set_bandwidths(bandwidths);
        table.resize(1);
        table.set(0, locate(space, {centre}).view());
        std::vector<float> log_kernel(table.padded_size());
        double sum = 0;
        for (std::uint64_t level = 0; level < *axis.level_count(); ++level) {
          table.log_kernels(locate(space, {axis.level(level)}).view(), log_kernel);
          const double width = axis.cell_begin(level + 1) - axis.cell_begin(level);
          sum += width * std::exp(static_cast<double>(log_kernel[0]));
        }
        EXPECT_NEAR(sum, 1, 1e-4) << "case " << c << ", centre " << centre << ", bandwidth " << bandwidth;
      }
    }
  }
}

TEST(ParzenTable, ADimensionThatEitherLacksLeavesTheKernelAlone) {
  const Space space =
      make_space({{.name = "on", .kind = Kind::kCategorical, .choices = {0.0, 1.0}},
                  {.name = "x"},
                  {.name = "f", .when = "on == 1"},
                  {.name = "i", .kind = Kind::kInt, .low = 1, .high = 5, .when = "on == 1"},
                  {.name = "c", .kind = Kind::kCategorical, .choices = {0.0, 1.0, 2.0}, .when = "on == 1"}});
  ParzenTable table(space);
  const std::vector<double> bandwidths{0.25, 0.1, 0.1, 0.1, 0.25};
  const Located with = locate(space, {1, 0.4, 0.3, 2, 1}),
                without = locate(space, {0, 0.4, kInactive, kInactive, kInactive});
  table.set_bandwidths(bandwidths);
  table.resize(2);
  table.set(0, with.view());
  table.set(1, without.view());
  std::vector<float> found(table.padded_size());
  // ln of the choice's 2 * 0.75 and of the normal's height 1 / (0.1 sqrt(2 pi)), 0.4 being 4 deviations from an end.
  const double own = std::log(2 * 0.75), other = std::log(2 * 0.25);
  const double height = -std::log(0.1 * std::sqrt(2 * std::numbers::pi)) - std::log1p(-3.2e-5);
  table.log_kernels(without.view(), found);
  EXPECT_NEAR(found[0], other + height, 2e-5);
  EXPECT_NEAR(found[1], own + height, 2e-5);
  table.log_kernels(with.view(), found);
  EXPECT_NEAR(found[0], table.log_kernel(with.view(), with.view(), bandwidths), 1e-5);
  EXPECT_NEAR(found[1], other + height, 2e-5);
}

// Kernels that were set under other bandwidths, in another order, over others that are gone: the same bits as a new
// table's.
TEST(ParzenTable, WhatItHeldBeforeLeavesNoTrace) {
  const Space space = oracle_space();
  const std::vector<double> wide{0.25, 0.3, 0.3, 0.3, 0.3}, narrow{0.25, 0.03, 0.03, 0.05, 0.2};
  constexpr std::size_t kCount = 20;
  std::vector<Located> centres;
  for (std::uint64_t i = 0; i < 2 * kCount; ++i) {
    centres.push_back(locate(space, space.draw({.seed = 8, .trial = i}).values));
  }
  ParzenTable used(space), fresh(space);
  used.set_bandwidths(wide);
  used.resize(2 * kCount);
  for (std::size_t i = 2 * kCount; i-- > 0;) used.set(i, centres[i].view());
  used.resize(kCount);
  used.empty(3);
  used.empty(7);
  used.set_bandwidths(narrow);
  used.set(7, centres[kCount].view());
  fresh.set_bandwidths(narrow);
  fresh.resize(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    if (i != 3) fresh.set(i, centres[i == 7 ? kCount : i].view());
  }
  std::vector<float> found(used.padded_size()), expected(fresh.padded_size());
  for (const Located& x : centres) {
    used.log_kernels(x.view(), found);
    fresh.log_kernels(x.view(), expected);
    EXPECT_EQ(found, expected);
    EXPECT_LT(found[3], -1e29f);
  }
}

// One, two and three blocks: a pair and what is left over.
TEST(TpeScore, EveryBlockHasItsSquaresSubtracted) {
  for (std::size_t count = kScoreLanes; count <= 3 * kScoreLanes; count += kScoreLanes) {
    std::vector<float> out(count, 1.0f), first(count), second(count);
    for (std::size_t i = 0; i < count; ++i) {
      first[i] = 0.25f * static_cast<float>(i % 5);
      second[i] = 0.5f * static_cast<float>(i % 3);
    }
    const std::vector<SquareTerm> terms{{.centre = first.data(), .x = 0.5f, .scale = 2.0f},
                                        {.centre = second.data(), .x = 1.0f, .scale = 4.0f}};
    subtract_squares(out, terms);
    for (std::size_t i = 0; i < count; ++i) {
      const float one = first[i] - 0.5f, other = second[i] - 1.0f;
      EXPECT_EQ(out[i], 1.0f - 2.0f * (one * one) - 4.0f * (other * other)) << i << " of " << count;
    }
  }
}

TEST(TpeScore, TheLargestIsFoundInEveryLane) {
  for (std::size_t at = 0; at < 2 * kScoreLanes; ++at) {
    std::vector<float> values(2 * kScoreLanes, -3.0f);
    values[at] = 0.5f;
    EXPECT_EQ(largest(values, -10.0f), 0.5f) << at;
    EXPECT_EQ(largest(values, 2.0f), 2.0f) << at;
  }
}

TEST(TpeScore, EachNumberIsTakenFromItsOwnCubic) {
  const std::vector<Cubic> cubics{{1.0f, 2.0f, 4.0f, 8.0f}, {-1.0f, 0.5f, 0.0f, 2.0f}};
  const std::vector<std::int32_t> piece{0, 1, 1};
  const std::vector<float> along{0.5f, 0.0f, 1.0f};
  std::vector<float> out(3);
  minus_cubics(out, cubics.data(), piece.data(), along.data(), 0.25f);
  EXPECT_EQ(out, (std::vector<float>{-4.25f, 0.75f, -1.75f}));
}

TEST(TpeScore, MixturesKeepTheirDigitsWhereKernelsAreFarOrClose) {
  // Sums of exponentials over 1,000 numbers against double precision, at shifts where single precision would end.
  for (const float offset : {-500.0f, -60.0f, 0.0f, 300.0f}) {
    std::vector<float> logs(padded(1000), -1e30f), weights(padded(1000), 0.0f);
    double largest_log = 0, sum = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
      logs[i] = offset - 0.037f * static_cast<float>(i);
      weights[i] = 0.5f + static_cast<float>(i % 7);
      largest_log = std::max(largest_log, static_cast<double>(logs[i]));
    }
    double total = 1;
    for (std::size_t i = 0; i < 1000; ++i) {
      total += static_cast<double>(weights[i]);
      sum += static_cast<double>(weights[i]) * std::exp(static_cast<double>(logs[i]) - largest_log);
    }
    const double expected = largest_log + std::log((sum + std::exp(-largest_log)) / total);
    EXPECT_NEAR(log_mixture(logs, weights, total - 1, 1), expected, 2e-6 * std::max(1.0, std::abs(expected))) << offset;
  }
}

}  // namespace
}  // namespace sterlet::samplers
