#include "sterlet/space/axis.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/base/text.h"
#include "sterlet/space/space.h"

namespace sterlet::space {
namespace {

std::vector<Scalar> three_choices() { return {std::string("a"), std::string("b"), std::string("c")}; }

// Every kind x scale x step, edges that are no whole number of steps, and those that leave the scale.
std::vector<Parameter> every_kind() {
  using enum Kind;
  using enum Scale;
  return {
      {.name = "float_linear", .low = -2, .high = 3},
      {.name = "float_log", .low = 1e-5, .high = 1, .scale = kLog},
      {.name = "float_reverse_log", .low = 0.9, .high = 0.999, .scale = kReverseLog},
      {.name = "float_log_zero", .low = 1e-6, .high = 1e-1, .scale = kLog, .zero = 0.1},
      {.name = "float_step", .low = 0, .high = 1, .step = 0.1},
      {.name = "float_step_cut", .low = 0.05, .high = 0.99, .step = 0.2},
      {.name = "float_log_step", .low = 0.1, .high = 2, .scale = kLog, .step = 0.1},
      {.name = "float_log_step_leaves", .low = 0.1, .high = 2, .scale = kLog, .step = 0.3},
      {.name = "float_reverse_log_step", .low = 0.5, .high = 0.95, .scale = kReverseLog, .step = 0.05},
      {.name = "float_reverse_log_step_leaves", .low = 0.1, .high = 0.9, .scale = kReverseLog, .step = 0.2},
      {.name = "int_linear", .kind = kInt, .low = -3, .high = 9},
      {.name = "int_log", .kind = kInt, .low = 1, .high = 64, .scale = kLog},
      {.name = "int_log_two", .kind = kInt, .low = 1, .high = 2, .scale = kLog},
      {.name = "int_step", .kind = kInt, .low = 16, .high = 130, .step = 16},
      {.name = "int_log_step", .kind = kInt, .low = 8, .high = 60, .scale = kLog, .step = 4},
      {.name = "int_log_step_leaves", .kind = kInt, .low = 1, .high = 20, .scale = kLog, .step = 3},
      {.name = "categorical", .kind = kCategorical, .choices = three_choices()},
      {.name = "ordinal", .kind = kOrdinal, .choices = {16.0, 32.0, 64.0, 128.0}},
  };
}

// The scale's own coordinate, written again from Axis's docstring.
double scale_of(const Parameter& parameter, double x) {
  if (parameter.scale == Scale::kLog) return std::log(x);
  if (parameter.scale == Scale::kReverseLog) return -std::log1p(-x);
  return x;
}

constexpr int kContinuousCells = 100;

// Expected share of each cell by the formulas of Axis's docstring: levels, or 100 equal parts of a continuous scale,
// after one for `zero` where there is one.
std::vector<double> expected_shares(const Parameter& parameter) {
  if (!is_numeric(parameter)) {
    return std::vector<double>(parameter.choices.size(), 1.0 / static_cast<double>(parameter.choices.size()));
  }
  const double step = parameter.kind == Kind::kInt ? parameter.step.value_or(1) : parameter.step.value_or(0);
  if (step == 0) {
    std::vector<double> shares(kContinuousCells, (1 - parameter.zero) / kContinuousCells);
    if (parameter.zero > 0) shares.insert(shares.begin(), parameter.zero);
    return shares;
  }
  std::vector<double> widths;
  const int levels = static_cast<int>(std::floor((parameter.high - parameter.low) / step + 1e-9)) + 1;
  const auto t = [&](double x) { return scale_of(parameter, x); };
  for (int k = 0; k < levels; ++k) {
    const double x = parameter.low + k * step, below = x - step / 2, above = x + step / 2;
    double width = 0;
    if (parameter.scale == Scale::kLog && below <= 0) {
      width = 2 * (t(above) - t(x));
    } else if (parameter.scale == Scale::kReverseLog && above >= 1) {
      width = 2 * (t(x) - t(below));
    } else {
      width = t(above) - t(below);
    }
    widths.push_back(width);
  }
  double total = 0;
  for (const double width : widths) total += width;
  for (double& width : widths) width /= total;
  return widths;
}

std::size_t cell_of(const Parameter& parameter, double value) {
  if (!is_numeric(parameter)) return static_cast<std::size_t>(value);
  const double step = parameter.kind == Kind::kInt ? parameter.step.value_or(1) : parameter.step.value_or(0);
  if (step > 0) return static_cast<std::size_t>(std::llround((value - parameter.low) / step));
  std::size_t offset = 0;
  if (parameter.zero > 0) {
    if (value == 0) return 0;
    offset = 1;
  }
  const double low = scale_of(parameter, parameter.low), high = scale_of(parameter, parameter.high);
  const double part = (scale_of(parameter, value) - low) / (high - low) * kContinuousCells;
  return offset + static_cast<std::size_t>(std::clamp(part, 0.0, kContinuousCells - 1.0));
}

// Chance that a chi-square of `degrees` is above x: the regularised upper incomplete gamma function Q(degrees/2, x/2),
// by its series or its continued fraction (Abramowitz and Stegun 6.5.29 and 6.5.31).
double chi_square_tail(double x, double degrees) {
  const double a = degrees / 2, z = x / 2;
  const double front = std::exp(a * std::log(z) - z - std::lgamma(a));
  if (z < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < 1000; ++n) sum += term *= z / (a + n);
    return 1 - front * sum;
  }
  double fraction = 0;
  for (int n = 1000; n > 0; --n) fraction = n * (n - a) / (z + 2 * n + 1 - a - fraction);
  return front / (z + 1 - a - fraction);
}

TEST(ChiSquareTail, AgreesWithThePublishedTable) {  // Abramowitz and Stegun, table 26.8.
  EXPECT_NEAR(chi_square_tail(3.84146, 1), 0.05, 1e-5);
  EXPECT_NEAR(chi_square_tail(18.3070, 10), 0.05, 1e-5);
  EXPECT_NEAR(chi_square_tail(2.15586, 10), 0.995, 1e-5);
  EXPECT_NEAR(chi_square_tail(149.449, 100), 0.001, 1e-5);
}

// A chi-square over 10^6 draws for every kind, with p in (1e-4, 1 - 1e-4): over the 18 kinds a right program fails with
// one seed in 280.
TEST(Axis, DrawsAreUniformOnTheScale) {
  constexpr std::uint64_t kSeed = 2;
  constexpr int kDraws = 1000000;
  const auto parameters = every_kind();
  const auto space = Space::make(parameters, {});
  ASSERT_TRUE(space) << space.error().front().error.message();
  std::vector<std::vector<double>> shares;
  std::vector<std::vector<int>> counts;
  for (const Parameter& parameter : parameters) {
    shares.push_back(expected_shares(parameter));
    counts.emplace_back(shares.back().size());
  }
  for (int draw = 0; draw < kDraws; ++draw) {
    const Point point = space->draw({.seed = kSeed, .trial = static_cast<std::uint64_t>(draw)});
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const double value = point.values[i];
      const std::size_t cell = cell_of(parameters[i], value);
      ASSERT_LT(cell, counts[i].size()) << parameters[i].name << " gave " << value << ", seed " << kSeed;
      ++counts[i][cell];
    }
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    double statistic = 0;
    for (std::size_t cell = 0; cell < counts[i].size(); ++cell) {
      const double expected = shares[i][cell] * kDraws;
      statistic += (counts[i][cell] - expected) * (counts[i][cell] - expected) / expected;
    }
    const double p = chi_square_tail(statistic, static_cast<double>(counts[i].size() - 1));
    EXPECT_GT(p, 1e-4) << parameters[i].name << ": chi-square " << statistic << ", seed " << kSeed;
    EXPECT_LT(p, 1 - 1e-4) << parameters[i].name << ": chi-square " << statistic << ", seed " << kSeed;
  }
}

TEST(Axis, CellsHaveTheSharesOfTheFormula) {
  for (const Parameter& parameter : every_kind()) {
    const Axis axis(parameter);
    if (is_numeric(parameter) && parameter.kind == Kind::kFloat && !parameter.step) continue;
    const auto shares = expected_shares(parameter);
    ASSERT_EQ(axis.level_count(), shares.size()) << parameter.name;
    EXPECT_EQ(axis.cell_begin(0), 0) << parameter.name;
    EXPECT_EQ(axis.cell_begin(shares.size()), 1) << parameter.name;
    for (std::uint64_t k = 0; k < shares.size(); ++k) {
      EXPECT_NEAR(axis.cell_begin(k + 1) - axis.cell_begin(k), shares[k], 1e-12) << parameter.name << ", level " << k;
      // What value() does with the cell's inner edges agrees with where it says they are.
      EXPECT_EQ(axis.value(axis.cell_begin(k) + 1e-9), axis.level(k)) << parameter.name << ", level " << k;
      EXPECT_EQ(axis.value(axis.cell_begin(k + 1) - 1e-9), axis.level(k)) << parameter.name << ", level " << k;
    }
  }
}

TEST(ReverseLog, HalfOfTheDrawsLieInTheLastDecade) {
  constexpr std::uint64_t kSeed = 32;
  constexpr int kDraws = 100000;
  const Axis axis({.name = "beta", .low = 0.9, .high = 0.999, .scale = Scale::kReverseLog});
  base::RandomStream stream({.seed = kSeed});
  int inside = 0;
  for (int i = 0; i < kDraws; ++i) inside += axis.value(stream.uniform()) >= 0.99 ? 1 : 0;
  EXPECT_NEAR(inside / static_cast<double>(kDraws), 0.5, 5 * 0.5 / std::sqrt(kDraws)) << "seed " << kSeed;
  EXPECT_NEAR(axis.value(0.5), 0.99, 1e-12);
}

TEST(ReverseLog, RoundTripsAtBothEnds) {
  const Axis axis({.name = "beta", .low = 0.9, .high = 0.999999, .scale = Scale::kReverseLog});
  EXPECT_EQ(axis.value(0), 0.9);
  EXPECT_EQ(axis.value(1), 0.999999);
  EXPECT_NEAR(axis.unit(0.9), 0, 1e-15);
  EXPECT_NEAR(axis.unit(0.999999), 1, 1e-15);
  EXPECT_NEAR(axis.value(0.2), 0.99, 1e-12);
  EXPECT_NEAR((1 - axis.value(0.8)) / 1e-5, 1, 1e-9);
  for (double u = 0; u <= 1; u += 1.0 / 1024) EXPECT_NEAR(axis.unit(axis.value(u)), u, 1e-10);
}

TEST(Axis, ValuesComeBackFromTheirUnit) {
  constexpr std::uint64_t kSeed = 33;
  for (const Parameter& parameter : every_kind()) {
    const Axis axis(parameter);
    base::RandomStream stream({.seed = kSeed});
    for (int i = 0; i < 5000; ++i) {
      const double value = axis.value(stream.uniform());
      ASSERT_TRUE(axis.contains(value)) << parameter.name << " " << value << ", seed " << kSeed;
      const double unit = axis.unit(value);
      ASSERT_GE(unit, 0.0);
      ASSERT_LE(unit, 1.0);
      if (axis.level_count()) {
        ASSERT_EQ(axis.value(unit), value) << parameter.name << ", seed " << kSeed;
      } else {
        ASSERT_NEAR(axis.value(unit), value, 1e-12 * std::max(1.0, std::fabs(value)))
            << parameter.name << ", seed " << kSeed;
      }
    }
  }
}

TEST(Axis, GrowsWithItsUnit) {
  for (const Parameter& parameter : every_kind()) {
    const Axis axis(parameter);
    double previous = axis.value(0);
    for (int i = 1; i <= 5000; ++i) {
      const double value = axis.value(i / 5000.0);
      ASSERT_GE(value, previous) << parameter.name << " at " << i;
      previous = value;
    }
  }
}

TEST(Axis, EndsAreTheBoundsAndUnitsAreClamped) {
  for (const Parameter& parameter : every_kind()) {
    const Axis axis(parameter);
    EXPECT_EQ(axis.value(-1), axis.value(0)) << parameter.name;
    EXPECT_EQ(axis.value(2), axis.value(1)) << parameter.name;
    if (!is_numeric(parameter)) continue;
    if (parameter.zero == 0) {
      EXPECT_EQ(axis.value(0), parameter.low) << parameter.name;
    }
    if (!parameter.step) {
      EXPECT_EQ(axis.value(1), parameter.high) << parameter.name;
    }
  }
}

TEST(Axis, AContinuousRangeOfOneValueGivesIt) {
  for (const Scale scale : {Scale::kLinear, Scale::kLog, Scale::kReverseLog}) {
    const Axis axis({.name = "x", .low = 0.3, .high = 0.3, .scale = scale});
    for (const double u : {0.0, 0.3, 0.5, 1.0}) EXPECT_EQ(axis.value(u), 0.3);
    EXPECT_EQ(axis.unit(0.3), 0.5);
    EXPECT_EQ(axis.level_count(), 1u);
    EXPECT_TRUE(axis.contains(0.3));
    EXPECT_FALSE(axis.contains(0.31));
  }
}

TEST(Axis, OneLevelOrOneChoiceGivesIt) {
  const std::vector<Parameter> single{
      {.name = "int", .kind = Kind::kInt, .low = 4, .high = 4},
      {.name = "int_log", .kind = Kind::kInt, .low = 4, .high = 4, .scale = Scale::kLog},
      {.name = "step", .low = 4, .high = 4, .step = 1.0},
      {.name = "log_step", .low = 0.4, .high = 0.4, .scale = Scale::kLog, .step = 1.0},
      {.name = "reverse_log_step", .low = 0.7, .high = 0.7, .scale = Scale::kReverseLog, .step = 0.9},
      {.name = "choice", .kind = Kind::kCategorical, .choices = {std::string("only")}}};
  for (const Parameter& parameter : single) {
    const Axis axis(parameter);
    const double expected = is_numeric(parameter) ? parameter.low : 0;
    for (const double u : {0.0, 0.5, 1.0}) EXPECT_EQ(axis.value(u), expected) << parameter.name;
    EXPECT_EQ(axis.unit(expected), 0.5) << parameter.name;
    EXPECT_EQ(axis.level_count(), 1u) << parameter.name;
    EXPECT_EQ(axis.level(0), expected) << parameter.name;
  }
}

TEST(Axis, ALogIntOfTwoValuesGivesEachItsCell) {  // ln(1.5/0.5) and ln(2.5/1.5) of ln(2.5/0.5).
  const Axis axis({.name = "n", .kind = Kind::kInt, .low = 1, .high = 2, .scale = Scale::kLog});
  EXPECT_NEAR(axis.cell_begin(1), std::log(3.0) / std::log(5.0), 1e-15);
  EXPECT_EQ(axis.value(0), 1);
  EXPECT_EQ(axis.value(1), 2);
}

TEST(Axis, AHugeLogIntStillTellsNeighboursApart) {
  const Axis axis({.name = "n", .kind = Kind::kInt, .low = 1, .high = 1e9, .scale = Scale::kLog});
  EXPECT_EQ(axis.level_count(), 1000000000u);
  for (const double value : {1.0, 2.0, 3.0, 12345.0, 99999999.0, 1e9 - 2, 1e9 - 1, 1e9}) {
    EXPECT_TRUE(axis.contains(value));
    EXPECT_EQ(axis.value(axis.unit(value)), value);
  }
  EXPECT_FALSE(axis.contains(1.5));
  EXPECT_FALSE(axis.contains(0));
  EXPECT_FALSE(axis.contains(1e9 + 1));
}

TEST(Axis, ARangeThatIsNoWholeNumberOfStepsEndsBelowHigh) {
  const Axis ints({.name = "n", .kind = Kind::kInt, .low = 1, .high = 10, .step = 4.0});
  EXPECT_EQ(ints.level_count(), 3u);
  EXPECT_EQ(ints.value(1), 9);
  EXPECT_FALSE(ints.contains(10));
  const Axis floats({.name = "x", .low = 0, .high = 0.35, .step = 0.1});
  EXPECT_EQ(floats.value(1), 0.3);
}

TEST(Axis, StepsPrintCleanDecimals) {
  const Axis axis({.name = "x", .low = 0, .high = 1, .step = 0.1});
  std::string all;
  for (std::uint64_t k = 0; k < 11; ++k) all += base::number_text(axis.level(k)) + " ";
  EXPECT_EQ(all, "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1 ");
  const Axis odd({.name = "x", .low = 0.05, .high = 0.3, .step = 0.05});
  EXPECT_EQ(base::number_text(odd.level(2)), "0.15");
  const Axis tiny({.name = "x", .low = 1e-5, .high = 1e-4, .step = 1e-5});
  EXPECT_EQ(base::number_text(tiny.level(2)), "3e-05");
  EXPECT_EQ(tiny.level_count(), 10u);
}

TEST(Axis, ZeroHasItsShareAndNothingLiesBelowLow) {
  const Axis axis({.name = "decay", .low = 1e-6, .high = 0.1, .scale = Scale::kLog, .zero = 0.25});
  EXPECT_EQ(axis.value(0), 0);
  EXPECT_EQ(axis.value(std::nextafter(0.25, 0.0)), 0);
  EXPECT_EQ(axis.value(0.25), 1e-6);
  EXPECT_EQ(axis.value(1), 0.1);
  EXPECT_EQ(axis.unit(0), 0.125);
  EXPECT_TRUE(axis.contains(0));
  EXPECT_FALSE(axis.contains(1e-7));
  EXPECT_FALSE(axis.level_count());
}

TEST(Axis, NeverContainsNaN) {
  for (const Parameter& parameter : every_kind()) {
    EXPECT_FALSE(Axis(parameter).contains(std::nan(""))) << parameter.name;
    EXPECT_FALSE(Axis(parameter).contains(HUGE_VAL)) << parameter.name;
    EXPECT_FALSE(Axis(parameter).contains(-1e18)) << parameter.name;
  }
}

TEST(Axis, OnlyCategoriesAreUnordered) {
  for (const Parameter& parameter : every_kind()) {
    EXPECT_EQ(Axis(parameter).ordered(), parameter.kind != Kind::kCategorical) << parameter.name;
  }
}

}  // namespace
}  // namespace sterlet::space
