#include "sterlet/base/result.h"

#include <gtest/gtest.h>

#include "sterlet/base/clock.h"

namespace sterlet::base {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorCode::kConflict, "odd", "take an even one");
  return value / 2;
}
Result<int> quarter(int value) {
  STERLET_TRY(const int once, half(value));
  STERLET_TRY(const int twice, half(once));
  return twice;
}
Result<void> check_quarter(int value) {
  STERLET_PASS(quarter(value));
  return {};
}

TEST(Result, TryPassesValuesOnAndErrorsUp) {
  EXPECT_EQ(quarter(12), 3);
  ASSERT_FALSE(quarter(6));
  EXPECT_EQ(quarter(6).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(check_quarter(8));
  EXPECT_FALSE(check_quarter(7));
}

TEST(Error, MessageLeavesOutWhatIsEmpty) {
  EXPECT_EQ((Error{.where = "a.yaml:1:2", .what = "wrong", .next = "right it"}.message()),
            "a.yaml:1:2: wrong; right it");
  EXPECT_EQ((Error{.what = "wrong"}.message()), "wrong");
}

TEST(Error, TheFirstPlaceStays) {
  const Error error{.what = "wrong"};
  EXPECT_EQ(error.at("trial 3").at("study.yaml").message(), "trial 3: wrong");
  EXPECT_EQ(error.while_doing("claiming trial 17").message(), "wrong (while claiming trial 17)");
}

TEST(ExitCode, FollowsTheTable) {
  EXPECT_EQ(exit_code(ErrorCode::kInvalidArgument), 1);
  EXPECT_EQ(exit_code(ErrorCode::kBadStudyFile), 64);
  EXPECT_EQ(exit_code(ErrorCode::kUnreachable), 69);
  EXPECT_EQ(exit_code(ErrorCode::kDisk), 74);
  EXPECT_EQ(exit_code(ErrorCode::kTimeout), 124);
  EXPECT_EQ(exit_code(ErrorCode::kInterrupted), 130);
}

TEST(CheckDeathTest, StopsWithFileAndReason) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(STERLET_CHECK(1 == 2, "numbers broke"), "a bug: numbers broke .*result_test.cc.*1 == 2");
}

TEST(Clock, TimestampsAreUtcWithMilliseconds) {
  EXPECT_EQ(timestamp_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(timestamp_text(1764000000000), "2025-11-24T16:00:00.000Z");
  EXPECT_EQ(timestamp_text(1764000000007), "2025-11-24T16:00:00.007Z");
  EXPECT_EQ(timestamp_text(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, SteadyTimeOnlyGrows) {
  const std::int64_t before = system_clock().steady_ms();
  EXPECT_GE(system_clock().steady_ms(), before);
}

}  // namespace
}  // namespace sterlet::base
