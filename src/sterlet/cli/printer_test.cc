#include "sterlet/cli/printer.h"

#include <cerrno>

#include "sterlet/cli/test_support.h"

namespace sterlet::cli {
namespace {

constexpr const char* kEvil = "a\x1b[2J\u009b\u202e\nb";
constexpr const char* kShown = "a\\x1b[2J\\u009b\\u202e\\nb";

TEST(Printer, ShowsOthersTextsAndObeysNone) {
  Sink sink;
  Printer out(sink.fd(), Buffering::kLines);
  out.line(kEvil);
  EXPECT_EQ(sink.take(), std::string(kShown) + "\n");
  out.text("one\n\ttwo\x1b[31m\n");
  EXPECT_EQ(sink.take(), "one\n\ttwo\\x1b[31m\n");
  out.table({{"name", kEvil}, {"déjà", "x"}});
  EXPECT_EQ(sink.take(), "name  " + std::string(kShown) + "\ndéjà  x\n");
  out.json({{"name", kEvil}});
  EXPECT_EQ(sink.take(), "{\"name\":\"a\\u001b[2J\\u009b\\u202e\\nb\"}\n");
  out.raw("\x1b[1m");
  EXPECT_EQ(sink.take(), "\x1b[1m");
}

TEST(Printer, BuffersDataButNotWhatIsSaid) {
  Sink data, said;
  Printer out(data.fd(), Buffering::kWhole), err(said.fd(), Buffering::kLines);
  out.line("a");
  err.line("b");
  EXPECT_EQ(data.take(), "");
  EXPECT_EQ(said.take(), "b\n");
  out.flush();
  EXPECT_EQ(data.take(), "a\n");
}

TEST(Printer, KeepsTheFirstFailureAndSaysNoMore) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  Printer out(full, Buffering::kLines);
  for (int i = 0; i < 3; ++i) out.line("x");
  EXPECT_EQ(out.failure(), ENOSPC);
  close(full);
}

TEST(TableText, AlignsByCharactersAndLeavesNoBlanksAtTheEnd) {
  EXPECT_EQ(table_text({{"a", "bb", ""}, {"ééé", "c"}}), "a    bb\nééé  c\n");
  EXPECT_EQ(table_text({{"漢字", "c"}, {"name", "d"}}), "漢字  c\nname  d\n") << "wide characters take two columns";
  EXPECT_EQ(table_text({}), "");
}

}  // namespace
}  // namespace sterlet::cli
