#include "sterlet/report/curves.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace sterlet::report {
namespace {

using nlohmann::json;

json written(Curves& curves) {
  std::string text;
  curves.write(text);
  return json::parse(text);
}

TEST(Curves, AreWrittenWholeWhereThereAreFew) {
  Curves curves;
  for (const std::size_t row : {3, 5}) {
    curves.begin(row, false);
    for (int step = 1; step <= 3; ++step) curves.add("loss", step, 1.0 / step);
  }
  curves.add("accuracy", 3, 0.5);
  EXPECT_EQ(written(curves), json::parse(R"({"steps":[[1,2,3],[3]],"metrics":[
      {"name":"loss","reported":2,"rows":[3,5],"steps":[0,0],"values":[[1,0.5,0.333333],[1,0.5,0.333333]]},
      {"name":"accuracy","reported":1,"rows":[5],"steps":[1],"values":[[0.5]]}]})"));
  EXPECT_FALSE(curves.is_thinned());
}

TEST(Curves, OneOfAMillionPointsKeepsItsEndsAndEvenDistances) {
  Curves curves;
  curves.begin(0, true);
  constexpr int kSteps = 1'000'001;
  for (int step = 0; step < kSteps; ++step) curves.add("loss", step, 0.5);
  const json steps = written(curves)["steps"][0];
  ASSERT_EQ(steps.size(), 40'000U);
  EXPECT_EQ(steps.front(), 0);
  EXPECT_EQ(steps.back(), kSteps - 1);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const int distance = steps[i].get<int>() - steps[i - 1].get<int>();
    ASSERT_TRUE(distance >= 16 && distance <= 48) << distance << " at " << i;
  }
  EXPECT_TRUE(curves.is_thinned());
}

TEST(Curves, OfVeryManySomeAreLeftOutButNeverTheBest) {
  Curves curves;
  for (std::size_t row = 0; row < 100'000; ++row) {
    curves.begin(row, row == 77'777);
    for (int step = 1; step <= 10; ++step) curves.add("loss", step, 0.5);
  }
  const json metric = written(curves)["metrics"][0];
  EXPECT_EQ(metric["reported"], 100'000);
  EXPECT_LE(metric["rows"].size(), 5'001U);
  EXPECT_GE(metric["rows"].size(), 2'000U);
  EXPECT_TRUE(std::find(metric["rows"].begin(), metric["rows"].end(), 77'777) != metric["rows"].end());
}

}  // namespace
}  // namespace sterlet::report
