#include "sterlet/cli/likewise.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace sterlet::cli {
namespace {

using Lines = std::vector<std::string>;

Lines fail(Likewise& likewise, std::int64_t trial, const std::string& why, std::int64_t now_ms = 0) {
  return likewise.take(trial, why, fmt::format("trial {}: {}", trial, why), now_ms);
}

TEST(Likewise, TellsTheFirstAndFoldsTheRest) {
  Likewise likewise;
  EXPECT_EQ(fail(likewise, 0, "ended after 0.4 s"), Lines{"trial 0: ended after 0.4 s"});
  for (int trial = 1; trial <= 9; ++trial) EXPECT_TRUE(fail(likewise, trial, "ended after 0.5 s").empty());
  EXPECT_EQ(likewise.release(), Lines{"the same 9 more times: trials 1 to 9"});
  EXPECT_TRUE(likewise.release().empty());
  EXPECT_EQ(fail(likewise, 10, "ended after 0.4 s"), Lines{"trial 10: ended after 0.4 s"}) << "anew";
}

TEST(Likewise, TellsASingleOneInFull) {
  Likewise likewise;
  fail(likewise, 0, "no data");
  EXPECT_TRUE(fail(likewise, 1, "no data").empty());
  EXPECT_EQ(fail(likewise, 2, "no GPU"), (Lines{"trial 1: no data", "trial 2: no GPU"}));
}

TEST(Likewise, KeepsApartWhatIsNotAlike) {
  Likewise likewise;
  fail(likewise, 0, "ended with exit code 1");
  EXPECT_EQ(fail(likewise, 1, "ended with exit code 2").size(), 1U);
  EXPECT_EQ(fail(likewise, 2, "KeyError: 'layer1'").size(), 1U);
  EXPECT_EQ(fail(likewise, 3, "KeyError: 'layer2'").size(), 1U);
}

TEST(Likewise, NamesTheTrialsInFewWords) {
  Likewise likewise;
  fail(likewise, 0, "x");
  for (const int trial : {2, 1, 3, 7, 7}) fail(likewise, trial, "x");
  EXPECT_EQ(likewise.release(), Lines{"the same 5 more times: trials 1 to 3 and 7"});
  fail(likewise, 0, "x");
  for (const int trial : {0, 0}) fail(likewise, trial, "x");
  EXPECT_EQ(likewise.release(), Lines{"the same 2 more times: trial 0"});
  fail(likewise, 0, "x");
  for (int trial = 1; trial < 40; trial += 2) fail(likewise, trial, "x");
  EXPECT_EQ(likewise.release(), Lines{"the same 20 more times: trials 1, 3, 5, 7, 9, ..., 39"});
}

TEST(Likewise, HoldsNothingBackForLong) {
  Likewise likewise;
  fail(likewise, 0, "x", 0);
  EXPECT_TRUE(fail(likewise, 1, "x", 1000).empty());
  EXPECT_TRUE(likewise.release_due(1000 + Likewise::kHoldMs - 1).empty());
  EXPECT_EQ(likewise.release_due(1000 + Likewise::kHoldMs), Lines{"trial 1: x"});
  EXPECT_TRUE(fail(likewise, 2, "x", 9000).empty());
  EXPECT_TRUE(fail(likewise, 3, "x", 9001).empty());
  EXPECT_EQ(fail(likewise, 4, "x", 9000 + Likewise::kHoldMs), Lines{"the same 3 more times: trials 2 to 4"});
}

}  // namespace
}  // namespace sterlet::cli
