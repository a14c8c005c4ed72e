#include "sterlet/study/curve_value.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace sterlet::study {
namespace {

using studyfile::CurveValue;
using studyfile::Direction;
using studyfile::Objective;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double counted(const std::vector<double>& values, CurveValue of, Direction direction = Direction::kMinimize) {
  std::vector<storage::ReportRecord> curve;
  for (const double value : values) {
    curve.push_back({.metric = "other", .value = -100});
    curve.push_back({.metric = "m", .value = value});
  }
  const std::vector<Objective> objectives{{.metric = "m", .direction = direction, .of = of}};
  return counted_values(curve, objectives).front();
}

constexpr CurveValue kBest{.kind = CurveValue::Kind::kBest};
constexpr CurveValue mean_of(std::int64_t count) { return {.kind = CurveValue::Kind::kMean, .count = count}; }

TEST(CurveValue, IsTheLastTheBestOrAMean) {
  EXPECT_EQ(counted({3, 1, 2}, {}), 2);
  EXPECT_EQ(counted({3, 1, 2}, kBest), 1);
  EXPECT_EQ(counted({3, 1, 2}, kBest, Direction::kMaximize), 3);
  EXPECT_EQ(counted({9, 3, 1, 2}, mean_of(3)), 2);
  EXPECT_EQ(counted({3, 1}, mean_of(5)), 2);
}

TEST(CurveValue, OfTheBestPassesOverNanAndOfAMeanDoesNot) {
  EXPECT_EQ(counted({kNan, 3, 1, kNan}, kBest), 1);
  EXPECT_TRUE(std::isnan(counted({3, 1, kNan}, mean_of(2))));
  EXPECT_TRUE(std::isnan(counted({3, kNan}, {})));
  EXPECT_TRUE(std::isnan(counted({kNan, kNan}, kBest)));
}

TEST(CurveValue, OfWhatWasNeverReportedIsNan) {
  for (const CurveValue& of : {CurveValue{}, kBest, mean_of(2)}) EXPECT_TRUE(std::isnan(counted({}, of)));
}

}  // namespace
}  // namespace sterlet::study
