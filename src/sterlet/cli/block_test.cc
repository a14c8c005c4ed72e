#include "sterlet/cli/block.h"

#include <algorithm>

#include "sterlet/cli/test_support.h"

namespace sterlet::cli {
namespace {

TEST(Line, IsCutByCharactersAndColoursTakeNone) {
  const Line line = Line("ab").add("cdé", Style::kBad).add("fg");
  EXPECT_EQ(line.text(80, false), "abcdéfg");
  EXPECT_EQ(line.text(80, true), "ab\x1b[31mcdé\x1b[0mfg");
  EXPECT_EQ(line.text(5, true), "ab\x1b[31mcdé\x1b[0m");
  EXPECT_EQ(line.text(4, true), "ab\x1b[31mcd\x1b[0m");
  EXPECT_EQ(line.text(2, true), "ab");
  EXPECT_EQ(line.text(0, true), "");
}

TEST(Line, ShowsOthersTextsAndObeysNone) { EXPECT_EQ(Line("a\x1b[2J\n\u009b").text(80, true), "a\\x1b[2J\\n\\u009b"); }

TEST(Block, IsDrawnInItsPlaceAndWhatIsSaidStaysAbove) {
  Sink sink;
  HeldClock clock;
  Printer printer(sink.fd(), Buffering::kLines);
  Block block(printer, clock, false);
  block.draw({Line("one"), Line("two")});
  EXPECT_EQ(sink.take(), "one\x1b[K\ntwo\x1b[K\n\x1b[J");
  block.draw({Line("three")});
  EXPECT_EQ(sink.take(), "\r\x1b[2Athree\x1b[K\n\x1b[J");
  block.draw({Line("three")});
  EXPECT_EQ(sink.take(), "") << "nothing has changed";
  block.say("said");
  EXPECT_EQ(sink.take(), "\r\x1b[1A\x1b[Jsaid\n");
  block.draw({Line("four")});
  EXPECT_EQ(sink.take(), "four\x1b[K\n\x1b[J");
}

TEST(Block, IsDueTwiceASecond) {
  Sink sink;
  HeldClock clock;
  Printer printer(sink.fd(), Buffering::kLines);
  Block block(printer, clock, false);
  block.draw({});
  EXPECT_FALSE(block.is_due());
  clock.now_ms += 499;
  EXPECT_FALSE(block.is_due());
  clock.now_ms += 1;
  EXPECT_TRUE(block.is_due());
}

TEST(Block, TakesNoMoreLinesThanTheScreenHas) {
  Sink sink;
  HeldClock clock;
  Printer printer(sink.fd(), Buffering::kLines);
  Block block(printer, clock, false);
  EXPECT_EQ(block.rows(), 23);
  block.draw(std::vector<Line>(40, Line("x")));
  const std::string drawn = sink.take();
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), '\n'), 23);
}

TEST(Block, IsSilentWhereTheTerminalHasGone) {
  HeldClock clock;
  Printer printer(-1, Buffering::kLines);
  Block block(printer, clock, true);
  block.draw({Line("one")});
  block.say("two");
  EXPECT_NE(printer.failure(), 0);
}

}  // namespace
}  // namespace sterlet::cli
