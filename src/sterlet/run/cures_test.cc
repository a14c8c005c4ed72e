#include "sterlet/run/cures.h"

#include <gtest/gtest.h>

namespace sterlet::run {
namespace {

TEST(WithAdvice, SaysWhatToDoAboutWhatNewcomersMeet) {
  using exec::Cause;
  const auto told = [](const std::string& said, const exec::Event::Exited& exited) {
    exec::Event::Exited own = exited;
    own.reason = said;
    return with_advice(said, own, "/home/ada/mlp");
  };
  const exec::Event::Exited failed{.cause = Cause::kError, .traces = {.stderr_last = {"x"}}};
  EXPECT_EQ(
      told("ModuleNotFoundError: No module named 'sterlet'", failed),
      "ModuleNotFoundError: No module named 'sterlet'; write the client beside the program: sterlet client python > "
      "sterlet.py");
  EXPECT_EQ(
      told("ModuleNotFoundError: No module named 'torch'", failed),
      "ModuleNotFoundError: No module named 'torch'; install it for the Python of the command, or begin the command "
      "with the Python that has it, as .venv/bin/python");
  EXPECT_EQ(
      told("[Errno 2] No such file or directory: 'data.csv'", failed),
      "[Errno 2] No such file or directory: 'data.csv'; a path that does not begin with / begins at the study file's "
      "folder, /home/ada/mlp");
  EXPECT_EQ(told("argument --layers: invalid int value: '2.5'", failed),
            "argument --layers: invalid int value: '2.5'; a parameter that must be whole needs type: int");
  EXPECT_EQ(told("KeyError: 'lr'", failed), "KeyError: 'lr'");
  EXPECT_EQ(told("t ended with exit code 1", {.cause = Cause::kError}), "t ended with exit code 1; it printed nothing");
  EXPECT_EQ(told("t ended with exit code 1", {.cause = Cause::kError, .traces = {.stdout_last = {"a", "no data"}}}),
            "t ended with exit code 1; its last line on stdout was \"no data\"");
  EXPECT_EQ(with_advice("no data", {.cause = Cause::kError, .reason = "t ended with exit code 1"}, "/"), "no data")
      << "the program has said why";
  EXPECT_EQ(told("t was ended, its time limit being 1.0 s", {.cause = Cause::kTimeLimit}),
            "t was ended, its time limit being 1.0 s; give it more by time in resources, or less to do");
  EXPECT_EQ(told("t used more than its limit", {.cause = Cause::kOutOfMemory}),
            "t used more than its limit; give it more by memory in resources");
  EXPECT_EQ(told("t was killed by the system", {.cause = Cause::kOutOfMemory}), "t was killed by the system");
}

TEST(CureOf, KnowsWhichPathsBeginWhere) {
  const auto missing = [](const std::string& path) {
    return cure_of("FileNotFoundError: [Errno 2] No such file or directory: '" + path + "'", "/home/ada");
  };
  EXPECT_EQ(missing("data.csv"), "a path that does not begin with / begins at the study file's folder, /home/ada");
  EXPECT_EQ(missing("~/data.csv"), "only shells know what ~ is: write the whole path");
  EXPECT_EQ(missing("$HOME/data.csv"), "no shell has filled in the variable: write the whole path");
  EXPECT_EQ(missing("/data/x.csv"), "see whether its folder is there, and how the path is written");
  EXPECT_EQ(cure_of("cat: /data: No such file or directory", "/home/ada"),
            "see whether its folder is there, and how the path is written");
  EXPECT_EQ(cure_of("cat: data: No such file or directory", "/home/ada"),
            "a path that does not begin with / begins at the study file's folder, /home/ada");
  EXPECT_EQ(cure_of("KeyError: 'lr'"), "");
}

}  // namespace
}  // namespace sterlet::run
