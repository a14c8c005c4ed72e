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

}  // namespace
}  // namespace sterlet::run
