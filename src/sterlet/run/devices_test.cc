#include "sterlet/run/devices.h"

#include <gtest/gtest.h>

namespace sterlet::run {
namespace {

TEST(Devices, ReadsTheVisibleOnesAndLeavesOutWhatIsNoNumber) {
  EXPECT_EQ(find_gpus("3,5"), (std::vector<int>{3, 5}));
  EXPECT_EQ(find_gpus("-1,x,2"), std::vector<int>{2});
}

TEST(Devices, WorkersFollowTheCoresTheStudyAndTheGpus) {
  studyfile::StudySpec spec;
  spec.resources.cpu = 2;
  EXPECT_EQ(count_workers(spec, std::nullopt, 8, {}).value(), 4);
  EXPECT_EQ(count_workers(spec, std::nullopt, 1, {}).value(), 1);
  spec.workers = 3;
  EXPECT_EQ(count_workers(spec, std::nullopt, 8, {}).value(), 3);
  EXPECT_EQ(count_workers(spec, 6, 8, {}).value(), 6);
  spec.resources.gpu = 1;
  spec.resources.gpu_share = 2;
  EXPECT_EQ(count_workers(spec, 6, 8, {0}).value(), 2);
  EXPECT_EQ(count_workers(spec, 6, 8, {}).error().what, "each trial asks for 1 GPU, but this machine has 0");
}

TEST(Devices, ThreadsFollowTheCoresOfATrialElseItsShareOfAll) {
  studyfile::StudySpec spec;
  EXPECT_EQ(count_threads(spec, 8, 8), 1);
  EXPECT_EQ(count_threads(spec, 3, 8), 2);
  EXPECT_EQ(count_threads(spec, 1, 8), 8);
  EXPECT_EQ(count_threads(spec, 50, 8), 1);
  spec.resources.cpu = 2.5;
  EXPECT_EQ(count_threads(spec, 1, 8), 2);
  spec.resources.cpu = 0.25;
  EXPECT_EQ(count_threads(spec, 1, 8), 1);
}

TEST(Devices, SlotsAreTakenFromTheFreestDeviceFirst) {
  GpuSlots slots({3, 5}, 2);
  EXPECT_EQ(slots.take(1), std::vector<int>{3});
  EXPECT_EQ(slots.take(1), std::vector<int>{5});
  EXPECT_EQ(slots.take(2), (std::vector<int>{3, 5}));
  slots.give_back({5});
  EXPECT_EQ(slots.take(1), std::vector<int>{5});
}

}  // namespace
}  // namespace sterlet::run
