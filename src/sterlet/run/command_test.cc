#include "sterlet/run/command.h"

#include <gtest/gtest.h>

namespace sterlet::run {
namespace {

TEST(Command, ReplacesParametersAndLeavesOutWhatIsNotActive) {
  const base::Json params = {{"lr", 0.001}, {"units", {64, 80}}, {"name", "; rm -rf $(x)"}, {"flag", true}};
  const auto argv = expand_command({"train", "--lr=${lr}", "${units}", "--m", "${momentum}", "x${momentum}", "${name}",
                                    "${flag}", "$${lr}", "${trial}"},
                                   params, {.trial = 4});
  EXPECT_EQ(argv, (std::vector<std::string>{"train", "--lr=0.001", "64,80", "; rm -rf $(x)", "true", "${lr}", "4"}));
}

TEST(Command, DropsAFlagWithItsAbsentValueAndNothingElse) {
  const auto expand = [](const std::vector<std::string>& command) {
    return expand_command(command, {{"lr", -0.5}}, {.trial = 4});
  };
  using Argv = std::vector<std::string>;
  EXPECT_EQ(expand({"t", "--bias", "-0.5", "${momentum}", "end"}), (Argv{"t", "--bias", "-0.5", "end"}));
  EXPECT_EQ(expand({"t", "--lr", "${lr}", "${momentum}"}), (Argv{"t", "--lr", "-0.5"})) << "a value of a parameter";
  EXPECT_EQ(expand({"t", "--nesterov=1", "${momentum}"}), (Argv{"t", "--nesterov=1"})) << "it has its value";
  EXPECT_EQ(expand({"t", "-m", "${momentum}"}), Argv{"t"});
  EXPECT_EQ(expand({"t", "--", "${momentum}"}), (Argv{"t", "--"}));
  EXPECT_EQ(expand({"t", "-", "${momentum}"}), (Argv{"t", "-"}));
  EXPECT_EQ(expand({"t", "-.5", "${momentum}"}), (Argv{"t", "-.5"}));
  EXPECT_EQ(expand({"t", "--quiet", "--m", "${momentum}", "${decay}"}), (Argv{"t", "--quiet"}));
  EXPECT_EQ(expand({"t", "--quiet", "--m${momentum}", "${decay}"}), (Argv{"t", "--quiet"})) << "it is gone itself";
  EXPECT_EQ(expand({"--t", "${momentum}"}), Argv{"--t"}) << "the program stays";
}

}  // namespace
}  // namespace sterlet::run
