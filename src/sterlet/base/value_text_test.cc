#include "sterlet/base/value_text.h"

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

TEST(ValueText, IsWhatAPersonWouldWrite) {
  EXPECT_EQ(value_text("adam"), "adam");
  EXPECT_EQ(value_text(0.1), "0.1");
  EXPECT_EQ(value_text(3.0), "3");
  EXPECT_EQ(value_text(1e-5), "1e-05");
  EXPECT_EQ(value_text(64), "64");
  EXPECT_EQ(value_text(true), "true");
  EXPECT_EQ(value_text(Json{64, 80}), "[64,80]");
}

}  // namespace
}  // namespace sterlet::base
