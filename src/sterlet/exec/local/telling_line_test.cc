#include "sterlet/exec/local/telling_line.h"

#include <gtest/gtest.h>

namespace sterlet::exec {
namespace {

TEST(TellingLine, IsMostlyTheLast) {
  EXPECT_EQ(telling_line({}), "");
  EXPECT_EQ(telling_line({"Traceback (most recent call last):", "File \"t.py\", line 1", "ValueError: no data"}),
            "ValueError: no data");
  EXPECT_EQ(telling_line({"}", "^"}), "^") << "nothing else is there";
  EXPECT_EQ(telling_line({"x", "at least 3 rows: found none"}), "at least 3 rows: found none");
}

TEST(TellingLine, IsNotWhatALanguageSaysOfItsEnd) {
  EXPECT_EQ(telling_line({"Error in library(x) : there is no package called 'x'", "Execution halted"}),
            "Error in library(x) : there is no package called 'x'");
  EXPECT_EQ(telling_line({"Error in fit(data) :", "no rows are left", "Calls: main -> fit", "Execution halted"}),
            "Error in fit(data) : no rows are left");
  EXPECT_EQ(
      telling_line({"Can't locate X.pm in @INC at t.pl line 1.", "BEGIN failed--compilation aborted at t.pl line 1."}),
      "Can't locate X.pm in @INC at t.pl line 1.");
  EXPECT_EQ(
      telling_line({"Error: Cannot find module 'x'", "Require stack:", "- /t.js", "at Module._load (node:internal:1:1)",
                    "code: 'MODULE_NOT_FOUND',", "requireStack: [ '/t.js' ]", "}", "Node.js v20.20.2"}),
      "Error: Cannot find module 'x'");
  EXPECT_EQ(telling_line({"Exception in thread \"main\" java.lang.RuntimeException: x", "at T.main(T.java:1)",
                          "Caused by: java.io.IOException: no data", "at T.read(T.java:2)", "... 12 more"}),
            "Caused by: java.io.IOException: no data");
  EXPECT_EQ(telling_line({"ERROR: LoadError: no data", "Stacktrace:", "[1] error(s::String)", "@ Base ./error.jl:35",
                          "in expression starting at /t.jl:1"}),
            "ERROR: LoadError: no data");
}

TEST(TellingLine, OfPythonIsTheErrorThatEndedIt) {
  const std::string header = "Traceback (most recent call last):", frame = "File \"t.py\", line 1, in <module>";
  EXPECT_EQ(telling_line({header, frame, "1/0", "ZeroDivisionError: division by zero",
                          "During handling of the above exception, another exception occurred:", header, frame,
                          "raise RuntimeError('bad batch')", "RuntimeError: bad batch", "WARNING: cleaning up"}),
            "RuntimeError: bad batch");
  EXPECT_EQ(telling_line({header, frame, "ValueError: real", "Exception ignored in: <function A.__del__ at 0x1>",
                          header, frame, "KeyError: 'gone'"}),
            "ValueError: real");
  EXPECT_EQ(telling_line({header, frame, "RuntimeError: Error(s) in loading state_dict for Net:",
                          "size mismatch for fc.weight: copying a param"}),
            "RuntimeError: Error(s) in loading state_dict for Net: size mismatch for fc.weight: copying a param");
  EXPECT_EQ(telling_line({header, frame, "torch.cuda.OutOfMemoryError: CUDA out of memory.",
                          "For debugging consider passing CUDA_LAUNCH_BLOCKING=1"}),
            "torch.cuda.OutOfMemoryError: CUDA out of memory.");
  EXPECT_EQ(telling_line({header, frame, "KeyboardInterrupt"}), "KeyboardInterrupt");
  EXPECT_EQ(telling_line({header, frame, "gpytorch.utils.NotPositiveDefinite: x"}),
            "gpytorch.utils.NotPositiveDefinite: x")
      << "a name of another form is the last line";
  EXPECT_EQ(telling_line({"Exception ignored in: <x>", header, frame, "KeyError: 'gone'"}), "KeyError: 'gone'");
}

TEST(TellingLine, IsNotWhatALauncherSaysOfItsProgram) {
  EXPECT_EQ(telling_line({"ValueError: no data", "make: *** [Makefile:2: train] Error 1"}), "ValueError: no data");
  EXPECT_EQ(telling_line({"make: *** No rule to make target 'train'.  Stop."}),
            "make: *** No rule to make target 'train'.  Stop.");
  EXPECT_EQ(telling_line({"docker: Cannot connect to the Docker daemon.", "Run 'docker run --help' for more"}),
            "docker: Cannot connect to the Docker daemon.");
  EXPECT_EQ(telling_line({"KeyError: 'lr'", "srun: error: node1: task 0: Exited with exit code 1"}), "KeyError: 'lr'");
}

}  // namespace
}  // namespace sterlet::exec
