#include "sterlet/babysit/windows.h"

#include <gtest/gtest.h>

#include "sterlet/babysit/supervisor.h"

namespace sterlet::babysit {
namespace {

Reported reports_every(std::int64_t steps) {
  Reported reported("loss");
  for (int i = 1; i <= 20; ++i) reported.add(i * steps, "loss", 1.0);
  return reported;
}

TEST(Windows, TenReportsAreOneUnlessSomethingElseWasAskedFor) {
  EXPECT_EQ(window_reports({}, reports_every(10), 5000), 10);
  EXPECT_EQ(window_reports({.window = 4}, reports_every(1), 5000), 4);
}

TEST(Windows, ReportsOfEveryStepAreTakenTogether) {
  EXPECT_EQ(window_reports({}, reports_every(1), 100), 10);
  EXPECT_EQ(window_reports({}, reports_every(1), 5000), 250);
  EXPECT_EQ(window_reports({.limits = {.steps = 2000}}, reports_every(1), 5000), 50);
  EXPECT_EQ(window_reports({.limits = {.steps = 200}}, reports_every(1), 5000), 10);
}

}  // namespace
}  // namespace sterlet::babysit
