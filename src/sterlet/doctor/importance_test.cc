#include "sterlet/doctor/importance.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"

namespace sterlet::doctor {
namespace {

// Of a parameter that matters much, one that matters less, and one that does nothing.
Importance importance_in(double unit, double last = std::numeric_limits<double>::quiet_NaN()) {
  auto file = studyfile::parse_study_text(
      study::strategies(),
      "objective: loss\nparams:\n  a: {type: float, low: 0, high: 1, default: 0.5}\n"
      "  b: {type: float, low: 0, high: 1, default: 0.5}\n  c: {type: float, low: 0, high: 1, default: 0.5}\n",
      "toy.yaml", "/");
  EXPECT_TRUE(file.has_value());
  auto study = study::Study::open(std::move(*file), {});
  EXPECT_TRUE(study.has_value());
  base::RandomStream chance({.seed = 3});
  const auto add = [&](double a, double b, double c, double result) {
    EXPECT_TRUE((*study)->add({{"a", a}, {"b", b}, {"c", c}}, {.values = {result}}).has_value());
  };
  add(0.5, 0.5, 0.5, unit * 0.75);
  for (int i = 0; i < 120; ++i) {
    const double a = chance.uniform(), b = chance.uniform(), c = chance.uniform();
    add(a, b, c, unit * (a + 0.5 * b));
  }
  if (!std::isnan(last)) add(0.9, 0.9, 0.9, last);
  return importance_of(**study, 0);
}

const ImportanceRow& row_of(const Importance& importance, const std::string& name) {
  for (const ImportanceRow& row : importance.rows) {
    if (row.name == name) return row;
  }
  throw std::out_of_range(name);
}

TEST(ImportanceOf, DoesNotDependOnTheUnitOfResults) {
  const Importance usual = importance_in(1);
  ASSERT_TRUE(usual.is_enough);
  EXPECT_NEAR(row_of(usual, "a").fanova->value, 0.8, 0.05);
  // The exact powers of two give the very same shares, others all but.
  for (const double unit : {1e-300, 1e-14, std::ldexp(1.0, -1000), std::ldexp(1.0, 1000), 1e300}) {
    const Importance other = importance_in(unit);
    ASSERT_TRUE(other.is_enough) << unit << ": " << other.why;
    int exponent = 0;
    const double off = std::frexp(unit, &exponent) == 0.5 ? 1e-12 : 0.01;
    for (const char* name : {"a", "b", "c"}) {
      EXPECT_NEAR(row_of(other, name).fanova->value, row_of(usual, name).fanova->value, off) << unit << name;
      EXPECT_NEAR(row_of(other, name).pedanova->value, row_of(usual, name).pedanova->value, off) << unit << name;
      EXPECT_NEAR(row_of(other, name).shapley->value / unit, row_of(usual, name).shapley->value, off) << unit << name;
    }
    EXPECT_NEAR(other.path->from_value / unit, usual.path->from_value, 1e-9) << unit;
    EXPECT_NEAR(other.path->to_value / unit, usual.path->to_value, 1e-9) << unit;
  }
}

TEST(ImportanceOf, IsThatOfTheManyWhereOneResultIsOutOfAllBounds) {
  for (const auto& [unit, last] : {std::pair(1e-300, 1.0), std::pair(1e-300, 1e300), std::pair(1.0, 1e308)}) {
    const Importance mixed = importance_in(unit, last);
    // It is one of many that no parameter explains, and says nothing against what they explain of the others.
    EXPECT_GT(mixed.explained, 0.3) << unit;
    EXPECT_LT(mixed.explained, 0.9) << unit;
    EXPECT_NEAR(mixed.explained, importance_in(1, 1e300).explained, 0.02) << unit;
  }
}

}  // namespace
}  // namespace sterlet::doctor
