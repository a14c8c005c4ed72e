#include "sterlet/exec/local/ending.h"

#include <signal.h>

#include <fstream>

#include <gtest/gtest.h>

#include "sterlet/exec/test_support.h"

namespace sterlet::exec {
namespace {

TEST(Ending, TellsKillsForMemoryFromOthers) {
  Ending ending{.program = "python3 train.py", .code = SIGKILL, .signalled = true, .seconds = 312};
  EXPECT_EQ(explain_ending(ending).cause, Cause::kSignal);
  EXPECT_EQ(explain_ending(ending).reason,
            "python3 train.py was killed by signal 9 after 312 s, often a sign of too little memory");
  ending.system_out_of_memory = true;
  EXPECT_EQ(explain_ending(ending).cause, Cause::kOutOfMemory);
  EXPECT_EQ(explain_ending(ending).reason,
            "python3 train.py was killed by the system after 312 s because memory ran out; give it less to hold, or "
            "run fewer workers");
  // A shell tells of its program's end by its exit code.
  ending.signalled = false;
  ending.code = 137;
  EXPECT_EQ(explain_ending(ending).cause, Cause::kOutOfMemory);
  ending.system_out_of_memory = false;
  EXPECT_EQ(explain_ending(ending).cause, Cause::kError);
  // What we killed ourselves is not the system's doing.
  ending = {.program = "t", .code = SIGKILL, .signalled = true, .stopped = true, .system_out_of_memory = true};
  EXPECT_EQ(explain_ending(ending).cause, Cause::kStopped);
}

TEST(Ending, NamesTheScriptOfAnInterpreter) {
  EXPECT_EQ(program_name({"python3.11", "train.py", "--rate", "1"}), "python3.11 train.py");
  EXPECT_EQ(program_name({"/usr/bin/python3", "-u", "train.py"}), "/usr/bin/python3");
  EXPECT_EQ(program_name({"./train", "x"}), "./train");
  EXPECT_EQ(program_name({"pythonista", "x"}), "pythonista");
}

TEST(Ending, LastLineIsPrintableWithoutColoursAndCutAtACharacter) {
  const TestFolder folder;
  const std::string path = folder.file("log");
  EXPECT_TRUE(last_lines(path, 1).empty());
  std::ofstream(path) << "one\n  t\x1B[31mw\x1B]o \n\n \t\n";
  EXPECT_EQ(last_lines(path, 1).front(), "tw\\x1b]o");
  std::string umlauts = "x";
  for (int i = 0; i < 150; ++i) umlauts += "\xC3\xBC";
  std::ofstream(path) << umlauts;
  EXPECT_EQ(last_lines(path, 1).front(), umlauts.substr(0, 199) + "...");
}

TEST(Ending, LastLinesComeOldestFirst) {
  const TestFolder folder;
  const std::string path = folder.file("log");
  EXPECT_TRUE(last_lines(path, 3).empty());
  std::ofstream(path) << "one\ntwo\r\n\n  three\rfour";
  EXPECT_EQ(last_lines(path, 3), (std::vector<std::string>{"two", "three", "four"}));
  EXPECT_EQ(last_lines(path, 9), (std::vector<std::string>{"one", "two", "three", "four"}));
}

}  // namespace
}  // namespace sterlet::exec
