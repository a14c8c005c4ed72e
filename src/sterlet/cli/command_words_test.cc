#include "sterlet/cli/command_words.h"

#include <gtest/gtest.h>

namespace sterlet::cli {
namespace {

TEST(CommandWords, SayWhatWasMeant) {
  const std::vector<std::string> names{"tune", "best", "ls", "rm"};
  EXPECT_EQ(command_advice("delete", names), "write sterlet rm");
  EXPECT_EQ(command_advice("notify", names), "notify is a key of the study file: see docs/study-file.md");
  EXPECT_EQ(command_advice("tunee", names), "did you mean 'tune'?");
  EXPECT_EQ(command_advice("quux", names), "see sterlet --help");
}

}  // namespace
}  // namespace sterlet::cli
