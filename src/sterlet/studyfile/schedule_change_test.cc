#include "sterlet/studyfile/schedule_change.h"

#include <gtest/gtest.h>

namespace sterlet::studyfile {
namespace {

TEST(ScheduleChange, AddsWhatDiffers) {
  Schedule schedule;
  change_to(schedule, 0, {{"rate", 0.1}, {"size", 3}});
  change_to(schedule, 10, {{"rate", 0.1}, {"size", 3}});
  change_to(schedule, 20, {{"rate", 0.2}, {"size", 3}});
  change_to(schedule, 20, {{"rate", 0.3}, {"size", 3}});
  change_to(schedule, 30, {{"rate", 0.1}, {"size", 3}});
  const Schedule expected{{{.step = 0, .set = {{"rate", 0.1}, {"size", 3}}},
                           {.step = 20, .set = {{"rate", 0.3}}},
                           {.step = 30, .set = {{"rate", 0.1}}}}};
  EXPECT_EQ(schedule, expected);
}

}  // namespace
}  // namespace sterlet::studyfile
