#include "sterlet/cli/log_end.h"

#include <gtest/gtest.h>

namespace sterlet::cli {
namespace {

TEST(FinalText, IsWhatATerminalShowsInTheEnd) {
  EXPECT_EQ(final_text("epoch 1\nepoch 2\n"), "epoch 1\nepoch 2");
  EXPECT_EQ(final_text("10%\r50%\r100%\ndone"), "100%\ndone");
  EXPECT_EQ(final_text("100%\r\nnext\r\n"), "100%\nnext");
  EXPECT_EQ(final_text("\x1b[1;31mred\x1b[0m \x1b[2Ktext\x1b("), "red text");
  EXPECT_EQ(final_text("a\x1b["), "a");
  EXPECT_EQ(final_text("a\x01z"), "a\\x01z");
  EXPECT_EQ(final_text(""), "");
}

}  // namespace
}  // namespace sterlet::cli
