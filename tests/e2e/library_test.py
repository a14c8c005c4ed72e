"""The C++ library in projects outside the tree: found in each way, used as docs/cpp.md shows, beside the client."""
import contextlib
import os
import re
import shutil
import subprocess
import tarfile
import unittest

from support import BIN, LIMIT_SECONDS, SOURCE, ProgramTest

BUILD = os.path.dirname(os.path.abspath(BIN))
PROJECT = """
cmake_minimum_required(VERSION 3.24)
project(outside LANGUAGES CXX)
%s
add_executable(outside main.cc)
target_compile_features(outside PRIVATE cxx_std_20)
target_link_libraries(outside PRIVATE %s)
"""
BOTH = """
#include <sterlet.hpp>
#include <sterlet/sterlet.hpp>

#include <iostream>

int main() {
  sterlet::Trial trial;  // The client's: a trial of a program that is tuned.
  sterlet::Space space;
  space.add_float("x", 0, 1);
  sterlet::StudyOptions options;
  options.trials = trial.get("trials", 3);
  auto study = sterlet::Study::open(space, options);
  int count = 0;
  while (const auto suggestion = study->ask()) {
    ++count;
    study->tell(suggestion->number, *suggestion->params.number("x")).value();
  }
  std::cout << count << " trials" << std::endl;
}
"""
# Two trials that go on until somebody ends them, and one of the whole study that is told.
STOPPED = """
#include <sterlet/sterlet.hpp>

#include <chrono>
#include <iostream>
#include <thread>

int main() {
  sterlet::Space space;
  space.add_float("x", 0, 1);
  auto study = sterlet::Study::open(space, {.name = "mine", .trials = 3, .storage = "mine.db"});
  for (int i = 0; i < 2; ++i) {
    const auto trial = study->ask();
    std::cout << "trial " << trial->number << std::endl;
    for (int step = 1; step < 100000; ++step) {
      if (i == 1 && step > 1) {
        if (*study->should_prune(trial->number)) break;
      } else if (const auto decided = study->report(trial->number, step, 0.5); decided->prune) {
        std::cout << decided->reason << std::endl;
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    study->tell(trial->number, 0.25).value();
  }
  study->tell(study->ask()->number, 0.75).value();
  std::cout << "ended" << std::endl;
}
"""
# Between CMake and the compiler: one source of each of these rooms, which meet all libraries of others, is compiled; the
# rest is taken from this build, which has it.
COMPILED = ("math", "storage", "studyfile", "library")
LAUNCHER = """#!/usr/bin/env python3
import glob, os, shutil, sys
build, command = %r, sys.argv[1:]
source = command[command.index("-c") + 1] if "-c" in command else ""
_, _, place = source.partition("/src/sterlet/")
room = place.split("/")[0]
known = glob.glob(f"{build}/CMakeFiles/*.dir/src/sterlet/{place}.o") if place else []
taken = bool(known)
if known and room in %r:
    try:
        os.close(os.open(f"{room}.compiled", os.O_CREAT | os.O_EXCL))
        taken = False
    except FileExistsError:
        pass
if not taken:
    os.execvp(command[0], command)
target = command[command.index("-o") + 1]
shutil.copy(known[0], target)
open(f"{target}.d", "w").write(f"{target}: {source}\\n")
"""
SEEN = re.compile(r"best of auto: trial \d+, loss (\S+) .*\nbest of random: .*\n2000 random trials at \d+ a second\n"
                  r"a sampler alone: loss \S+ after 40\n")


class Library(ProgramTest):
    def shell(self, *words, code=0, **environment):
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=2 * LIMIT_SECONDS,
                              env=self.environment(**environment))
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def install(self, *components):
        for component in components:
            self.shell("cmake", "--install", BUILD, "--prefix", self.path("prefix"), "--component", component)

    def flags(self):
        """Of an installation that was moved afterwards."""
        self.install("library", "client")
        os.rename(self.path("prefix"), self.path("moved"))
        found = {"PKG_CONFIG_PATH": self.path("moved/share/pkgconfig")}
        return self.shell("pkg-config", "--cflags", "--libs", "sterlet >= 0.1", **found).split()

    def check_example(self, program):
        told = SEEN.fullmatch(self.shell(program, "2000"))
        self.assertTrue(told)
        self.assertLess(float(told[1]), 0.2)

    def test_find_package(self):
        self.install("client", "library")
        shutil.copytree(os.path.join(SOURCE, "examples/cpp_library"), self.path("example"))
        self.shell("cmake", "-S", "example", "-B", "build", f"-DCMAKE_PREFIX_PATH={self.path('prefix')}")
        self.shell("cmake", "--build", "build")
        self.check_example("build/example-cpp-library")

    def test_pkg_config(self):
        flags = self.flags()
        self.shell("c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror",
                   os.path.join(SOURCE, "examples/cpp_library/main.cc"), "-o", "example", *flags)
        self.check_example("./example")

    def test_a_program_uses_client_and_library_in_the_older_language(self):
        flags = self.flags()
        self.write("main.cc", BOTH)
        self.shell("c++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "main.cc", "-o", "both", *flags)
        self.assertEqual(self.shell("./both"), "3 trials\n")

    def test_without_the_library_there_is_the_client(self):
        self.install("client")
        self.write("main.cc", "#include <sterlet.hpp>\nint main() { sterlet::Trial trial; }\n")
        find = "find_package(sterlet REQUIRED%s)"
        self.write("CMakeLists.txt", PROJECT % (find % "", "sterlet::client"))
        prefix = f"-DCMAKE_PREFIX_PATH={self.path('prefix')}"
        self.shell("cmake", "-S", ".", "-B", "build", prefix)
        self.shell("cmake", "--build", "build")
        self.write("CMakeLists.txt", PROJECT % (find % " COMPONENTS library", "sterlet::client"))
        self.shell("cmake", "-S", ".", "-B", "other", prefix, code=1)

    def test_snippets_of_the_page(self):
        flags = self.flags()
        with open(os.path.join(SOURCE, "docs/cpp.md")) as file:
            snippets = re.findall(r"```cpp\n(.*?)```", file.read(), re.S)
        self.assertGreaterEqual(len(snippets), 6)
        told = []
        for index, snippet in enumerate(snippets):
            self.write(f"snippet{index}.cc", snippet)
            self.shell("c++", "-std=c++20", "-Wall", "-Wextra", f"snippet{index}.cc", "-o", f"snippet{index}", *flags)
            told.append(self.shell(f"./snippet{index}"))
        self.assertIn("invalid argument: rate: a log scale needs low > 0", told[2])
        self.assertIn("60 trials\n", told[4])
        # The study that a snippet leaves is the command line's.
        self.assertEqual(len(self.trials("--storage", "mine.db")), 60)

    def test_it_adds_nothing_to_what_its_host_prints(self):
        flags = self.flags()
        self.write("main.cc", '#include <sterlet/sterlet.hpp>\nint main() {\n  sterlet::Space space;\n'
                              '  space.add_float("x", 0, 1);\n'
                              '  auto study = sterlet::Study::open(space, {.trials = 3, .storage = "old.db"});\n'
                              '  while (const auto trial = study->ask()) study->tell(trial->number, 1.0).value();\n'
                              '  return study->tell(99, 1.0) || sterlet::Study::load("no", "old.db") ? 1 : 0;\n}\n')
        self.shell("c++", "-std=c++20", "main.cc", "-o", "quiet", *flags)
        done = subprocess.run(["./quiet"], cwd=self.folder, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_person_stops_a_trial_that_it_runs(self):
        self.write("main.cc", STOPPED)
        self.shell("c++", "-std=c++20", "main.cc", "-o", "stopped", *self.flags())
        with subprocess.Popen(["./stopped"], cwd=self.folder, stdout=subprocess.PIPE, text=True) as program, \
                contextlib.ExitStack() as stack:
            stack.callback(program.kill)  # Where a check fails, it would go on.
            self.assertEqual(program.stdout.readline(), "trial 0\n")
            said = self.run_program("stop", "mine", "0", "--storage", "mine.db").stdout
            self.assertRegex(said, "^trial 0 has ended: CANCELLED, stopped by ")
            self.assertRegex(program.stdout.readline(), "^stopped by ")
            self.assertEqual(program.stdout.readline(), "trial 1\n")
            said = self.run_program("stop", "mine", "1", "--prune", "--storage", "mine.db").stdout
            self.assertRegex(said, "^trial 1 has ended: PRUNED, pruned by ")
            self.assertEqual(program.communicate(timeout=LIMIT_SECONDS)[0], "ended\n")
        self.assertEqual([(trial["state"], trial["values"]) for trial in self.trials("--storage", "mine.db")],
                         [("CANCELLED", []), ("PRUNED", [0.5]), ("COMPLETE", [0.75])])

    def test_fetch_content_builds_a_checkout(self):
        """FetchContent_MakeAvailable is add_subdirectory, of what it has unpacked."""
        with tarfile.open(self.path("sterlet.tar.gz"), "w:gz") as archive:
            for name in ("CMakeLists.txt", "cmake", "client", "include", "src", "examples/cpp_library"):
                archive.add(os.path.join(SOURCE, name), f"sterlet-main/{name}")
        shutil.copy(os.path.join(SOURCE, "examples/cpp_library/main.cc"), self.path("main.cc"))
        self.write("CMakeLists.txt", PROJECT % (
            "include(FetchContent)\n"
            f"FetchContent_Declare(sterlet URL {self.path('sterlet.tar.gz')} DOWNLOAD_EXTRACT_TIMESTAMP OFF)\n"
            "FetchContent_MakeAvailable(sterlet)", "sterlet::sterlet"))
        self.write("launcher", LAUNCHER % (BUILD, COMPILED))
        os.chmod(self.path("launcher"), 0o755)
        self.shell("cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None", "-DSTERLET_CCACHE=OFF",
                   f"-DCMAKE_CXX_COMPILER_LAUNCHER={self.path('launcher')}")
        self.shell("cmake", "--build", "build", "--target", "outside")
        self.check_example("build/outside")
        rooms = {name[: -len(".compiled")] for name in os.listdir(self.path("build")) if name.endswith(".compiled")}
        self.assertEqual(rooms, set(COMPILED))


if __name__ == "__main__":
    unittest.main(verbosity=2)
