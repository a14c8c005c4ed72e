#include "sterlet/samplers/gp/region.h"

#include <vector>

#include <gtest/gtest.h>

namespace sterlet::samplers {
namespace {

constexpr std::size_t kStartup = 6;

// Trials that each improve on all before, or none.
void add(std::vector<double>& values, int count, double step) {
  for (int i = 0; i < count; ++i) values.push_back((values.empty() ? 0 : values.back()) + step);
}

TEST(GpRegion, IsTheWholeSpaceUntilTheFirstPointsAreTold) {
  std::vector<double> values;
  EXPECT_EQ(region_of(values, kStartup), (GpRegion{.since = 0, .side = 1}));
  add(values, 5, -0.1);
  EXPECT_EQ(region_of(values, kStartup).side, 1);
  add(values, 1, -0.1);
  EXPECT_EQ(region_of(values, kStartup).side, 0.8);
}

TEST(GpRegion, IsHalvedByTenFailuresInARowAndDoubledByThreeSuccesses) {
  std::vector<double> values;
  add(values, 6, -0.1);
  add(values, 9, 0);
  EXPECT_EQ(region_of(values, kStartup).side, 0.8);
  add(values, 1, 0);
  EXPECT_EQ(region_of(values, kStartup).side, 0.4);
  add(values, 9, 0);
  add(values, 2, -0.1);
  EXPECT_EQ(region_of(values, kStartup).side, 0.4) << "neither is in a row";
  add(values, 1, -0.1);
  EXPECT_EQ(region_of(values, kStartup).side, 0.8);
  add(values, 3, -0.1);
  EXPECT_EQ(region_of(values, kStartup).side, 1) << "no wider than the space";
}

TEST(GpRegion, TakesNoNoticeOfTinyImprovements) {
  std::vector<double> values;
  add(values, 6, -0.1);
  add(values, 10, -1e-5);
  EXPECT_EQ(region_of(values, kStartup).side, 0.4);
}

TEST(GpRegion, BeginsAnewWhenItIsNearlyAPoint) {
  std::vector<double> values;
  add(values, 6, -0.1);
  add(values, 69, 0);
  EXPECT_EQ(region_of(values, kStartup), (GpRegion{.since = 0, .side = 0.8 / 64}));
  add(values, 1, 0);
  EXPECT_EQ(region_of(values, kStartup), (GpRegion{.since = 76, .side = 1}));
  add(values, 6, 0.1);  // Worse than all before, and each worse than the last: only the first counts as an improvement.
  EXPECT_EQ(region_of(values, kStartup), (GpRegion{.since = 76, .side = 0.8}));
}

}  // namespace
}  // namespace sterlet::samplers
