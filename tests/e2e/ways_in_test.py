"""Ways in: to the client, by `sterlet client`, CMake and pkg-config; to help; to a study that is another's."""
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

from support import BIN, LIMIT_SECONDS, SOURCE, STERLET, TOY, ProgramTest

MAIN = """
#include <sterlet.hpp>

int main() {
  sterlet::Trial trial;
  const double x = trial.get("x", 0.5);
  trial.report(1, {{"loss", x * x}});
}
"""
STUDY = """
study: squares
objective: {metric: loss, direction: minimize}
command: [%s]
params: {x: {type: float, low: 0, high: 1}}
budget: {trials: 3}
seed: 1
"""
PROJECT = """
cmake_minimum_required(VERSION 3.24)
project(outside LANGUAGES CXX)
%s
add_executable(outside main.cc)
target_link_libraries(outside PRIVATE sterlet::client)
"""


class WaysIn(ProgramTest):
    def shell(self, *words, **environment):
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=LIMIT_SECONDS,
                              env=self.environment(**environment))
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def tune(self, *command):
        self.write("study.yaml", STUDY % ", ".join(command))
        self.run_program("tune", "study.yaml")
        trials = self.trials()
        self.assertEqual([trial["state"] for trial in trials], ["COMPLETE"] * 3)
        for trial in trials:
            self.assertAlmostEqual(trial["values"][0], trial["params"]["x"] ** 2)

    def build(self, text, *options):
        """A project outside the tree that finds the client by `text`."""
        self.write("main.cc", MAIN)
        self.write("CMakeLists.txt", PROJECT % text)
        self.shell("cmake", "-S", ".", "-B", "build", "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON", *options)
        self.shell("cmake", "--build", "build")
        self.tune("build/outside")

    def install(self):
        self.shell("cmake", "-S", SOURCE, "-B", "client-build", "-DSTERLET_PROGRAM=OFF",
                   f"-DCMAKE_INSTALL_PREFIX={self.path('prefix')}")
        self.shell("cmake", "--install", "client-build")

    def test_clients_are_printed_as_they_are_in_the_sources(self):
        for language, name in (("python", "sterlet.py"), ("cpp", "sterlet.hpp")):
            with open(os.path.join(SOURCE, "client", name)) as file:
                self.assertEqual(self.run_program("client", language).stdout, file.read())
        self.assertIn("LANGUAGE is one of python, cpp (found 'fortran')", self.run_program("client", "fortran", code=2).stderr)

    def test_a_printed_python_client_reports(self):
        self.write("sterlet.py", self.run_program("client", "python").stdout)
        self.write("train.py", "import sterlet\ntrial = sterlet.Trial()\nx = trial.get('x', 0.5)\n"
                               "trial.report(1, loss=x * x)\n")
        self.tune(sys.executable, "train.py")

    def test_a_printed_cpp_client_reports(self):
        self.write("sterlet.hpp", self.run_program("client", "cpp").stdout)
        self.write("main.cc", MAIN)
        self.shell("c++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I.", "main.cc", "-o", "outside")
        self.tune("./outside")

    def test_find_package(self):
        self.install()
        self.build("find_package(sterlet 0.1 REQUIRED)", f"-DCMAKE_PREFIX_PATH={self.path('prefix')}")

    def test_pkg_config(self):
        self.install()
        # A package that was moved after its installation is found as well.
        os.rename(self.path("prefix"), self.path("moved"))
        found = {"PKG_CONFIG_PATH": self.path("moved/share/pkgconfig")}
        flags = self.shell("pkg-config", "--cflags", "sterlet-client >= 0.1", **found).split()
        self.write("main.cc", MAIN)
        self.shell("c++", "-std=c++17", *flags, "main.cc", "-o", "outside")
        self.tune("./outside")

    def test_add_subdirectory(self):
        self.build(f"add_subdirectory({os.path.abspath(SOURCE)} sterlet)")

    def test_fetch_content(self):
        with tarfile.open(self.path("sterlet.tar.gz"), "w:gz") as archive:
            for name in ("CMakeLists.txt", "cmake", "client"):
                archive.add(os.path.join(SOURCE, name), f"sterlet-main/{name}")
        self.build("include(FetchContent)\n"
                   f"FetchContent_Declare(sterlet URL {self.path('sterlet.tar.gz')} DOWNLOAD_EXTRACT_TIMESTAMP OFF)\n"
                   "FetchContent_MakeAvailable(sterlet)")

    def test_the_whole_configures_inside_another_project(self):
        self.write("main.cc", MAIN)
        self.write("CMakeLists.txt", PROJECT % f"add_subdirectory({os.path.abspath(SOURCE)} sterlet)")
        self.shell("cmake", "-S", ".", "-B", "build", "-DSTERLET_PROGRAM=ON", "-DSTERLET_TRAINER=OFF",
                   "-DSTERLET_TESTS=OFF")

    def test_the_program_is_installed(self):
        build = os.path.dirname(os.path.abspath(BIN))
        self.shell("cmake", "--install", build, "--prefix", self.path("prefix"), "--component", "program")
        installed = self.shell(self.path("prefix/bin/sterlet"), "version")
        self.assertEqual(installed, self.run_program("version").stdout)


class Help(ProgramTest):
    def test_help_of_a_command_is_what_its_option_says(self):
        for name in ("tune", "help", "ask-tell"):
            self.assertEqual(self.run_program("help", name).stdout, self.run_program(name, "--help").stdout)
        self.assertEqual(self.run_program("help").stdout, self.run_program("--help").stdout)
        self.assertEqual(self.run_program("help", "tuen", code=2).stderr,
                         "there is no command 'tuen'; did you mean 'tune'?\n")


TRAIN = """
import argparse
open("runs", "a").write("run ")
parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument("--lr", type=float, default=0.1, help="learning rate")
parser.add_argument("--batch-size", type=int, default=64, help="images a step")
parser.add_argument("--optimizer", choices=["sgd", "adam"], default="sgd", help="how it descends")
parser.add_argument("--epochs", type=int, default=3, help="how long")
args = parser.parse_args()
open("trained", "a").write("trained ")
for epoch in range(args.epochs):
    print(f"epoch {epoch + 1} loss={abs(args.lr - 0.01) + args.batch_size / 1000:.6f}")
"""


class FromACommandLine(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("train.py", TRAIN)

    def made(self, *words):
        self.run_program("init", "script", "-o", "study.yaml", "--", *words)
        return json.loads(self.run_program("check", "--json", "study.yaml").stdout)

    def ran(self):
        return os.path.exists(self.path("runs")), os.path.exists(self.path("trained"))

    def test_numbers_become_parameters_and_nothing_is_run(self):
        spec = self.made("python3", "train.py", "--lr", "0.1", "--batch-size=32", "--epochs", "2")
        self.assertEqual(self.ran(), (False, False))
        self.assertEqual(spec["command"], ["python3", "train.py", "--lr", "${lr}", "--batch-size=${batch_size}", "--epochs", "2"])
        with open(self.path("study.yaml")) as file:
            text = file.read()
        self.assertEqual(text.count("# LOOK: from"), 2)
        self.assertIn("# Left as they are: --epochs 2\n", text)
        self.run_program("tune", "study.yaml", "--trials", "3")
        for trial in self.trials():
            self.assertEqual(trial["state"], "COMPLETE", trial)
            expected = abs(trial["params"]["lr"] - 0.01) + trial["params"]["batch_size"] / 1000
            self.assertAlmostEqual(trial["values"][0], expected, places=5)

    def test_options_are_read_where_the_line_asks_for_help(self):
        spec = self.made("python3", "train.py", "--epochs", "1", "--help")
        self.assertEqual(self.ran(), (True, False), "with --help alone")
        self.assertEqual(spec["command"], ["python3", "train.py", "--epochs", "1", "--lr", "${lr}", "--batch-size",
                                           "${batch_size}", "--optimizer", "${optimizer}"])
        self.run_program("tune", "study.yaml", "--trials", "2")
        self.assertEqual([trial["state"] for trial in self.trials()], ["COMPLETE"] * 2)

    def test_defaults_that_the_help_leaves_out_are_read_from_the_source(self):
        self.write("train.py", TRAIN.replace("formatter_class=argparse.ArgumentDefaultsHelpFormatter", ""))
        command = ["python3", "train.py", "--lr", "${lr}", "--batch-size", "${batch_size}", "--optimizer", "${optimizer}"]
        self.assertEqual(self.made("python3", "train.py", "--help")["command"], command)
        os.remove(self.path("study.yaml"))
        os.remove(self.path("runs"))
        spec = self.made("python3", "train.py")
        self.assertEqual(spec["command"], command)
        self.assertEqual(spec["params"]["optimizer"]["choices"], ["sgd", "adam"])
        self.assertEqual(self.ran(), (False, False))

    def test_a_program_with_a_client_reports_by_it(self):
        self.write("train.py", "import sterlet\n" + TRAIN)
        spec = self.made("python3", "train.py", "--lr", "0.1")
        self.assertEqual(spec["metrics"], {"from": "channel"})

    def test_what_looks_like_a_parameter_stays_as_it_is(self):
        self.write("train.sh", 'echo "loss=0.5 $3"\n')
        self.made("sh", "train.sh", "--lr", "0.1", "${HOME}/x", "$${y")
        self.run_program("tune", "study.yaml", "--trials", "1")
        self.assertEqual(self.run_program("logs", "0").stdout, "loss=0.5 ${HOME}/x\n")

    def test_the_metric_is_read_from_what_the_program_prints(self):
        def text(*words):
            if os.path.exists(self.path("study.yaml")):
                os.remove(self.path("study.yaml"))
            self.made(*words)
            with open(self.path("study.yaml")) as file:
                return file.read()
        self.write("silent.py", "import sys\n")
        self.assertIn("# LOOK: WRITE HERE what tells how good a trial is", text("python3", "silent.py", "--lr", "0.1"))
        self.write("fit.R", 'lr <- 0.1\nfor (epoch in 1:3) cat("epoch", epoch, "train_loss:", 1, "val_acc:", epoch / 4, "\\n")\n')
        made = text("sh", "fit.R", "--lr", "0.1")
        self.assertIn("objective: {metric: val_acc, direction: maximize}\n", made)
        self.assertIn('#   for (epoch in 1:3) cat("epoch"', made)
        self.write("train.cc", 'std::cout << "loss: " << loss << " mean_squared_error=" << x;\nprintf("val_rmse %g\\n", rmse);\n')
        self.write("train", "#!/bin/sh\n")
        os.chmod(self.path("train"), 0o755)
        self.assertIn("objective: {metric: val_rmse, direction: minimize}\n", text("./train", "--lr", "0.1"))
        self.write("client.py", "import sterlet\ntrial.report(step, loss=1, val_f1=f1)\n")
        self.assertIn("objective: {metric: val_f1, direction: maximize}\n", text("python3", "client.py", "--lr", "0.1"))
        self.write("fit.sh", 'for epoch in 1 2 3; do echo "epoch $epoch: train_loss=9 val_acc=0.$epoch"; done\n')
        text("sh", "fit.sh", "--lr", "0.1")
        self.run_program("tune", "study.yaml", "--trials", "1")
        (trial,) = self.trials()
        self.assertEqual(trial["values"], [0.3])
        self.assertEqual([report["step"] for report in trial["reports"]], [1, 2, 3])

    def test_what_cannot_be_made_is_said(self):
        def refused(*words):
            return self.run_program("init", *words, code=1).stderr
        self.assertIn("no command line is given", refused("script"))
        self.write("silent.py", "import sys\n")
        self.assertIn("no number to tune", refused("script", "--", "python3", "silent.py"))
        self.assertIn("is one word too many", refused("mlp", "--", "python3"))
        self.assertIn("no such program", refused("script", "--", "pyhton3", "train.py", "--help"))
        self.write("broken.py", "import no_such_module\n")
        self.assertIn("No module named 'no_such_module'", refused("script", "--", "python3", "broken.py", "--help"))
        self.write("study.yaml", "mine")
        self.run_program("init", "script", "-o", "study.yaml", "--", "./a", "0.5", code=1)


class ReadOnly(ProgramTest):
    """Another person's study, in a folder where one may write nothing."""

    def look(self, *arguments):
        # Root may write anywhere, so it looks as nobody.
        other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run([self.sterlet, *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=LIMIT_SECONDS, env=self.environment(), **other)
        self.assertEqual(done.returncode, 0, f"{arguments}\n{done.stdout}\n{done.stderr}")
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_looking_needs_no_right_to_write(self):
        self.write("train.sh", 'echo "x is $1"; sterlet report --step 1 loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 3}\n")
        self.run_program("tune", "study.yaml")
        # A copy that nobody can reach, wherever the build lies.
        tools = tempfile.mkdtemp(prefix="sterlet-test-")
        self.addCleanup(shutil.rmtree, tools, ignore_errors=True)
        self.sterlet = shutil.copy(STERLET, tools)
        os.chmod(tools, 0o777)
        for folder, _, files in os.walk(self.folder):
            for name in files:
                os.chmod(os.path.join(folder, name), 0o444)
            os.chmod(folder, 0o555)
        self.addCleanup(os.chmod, self.folder, 0o755)
        before = sorted(os.listdir(self.folder))
        self.assertIn("toy", self.look("ls", "--studies"))
        self.assertEqual(len(json.loads(self.look("best", "--json"))["best"]), 1)
        self.assertIn("loss", self.look("best"))
        self.assertEqual(len(json.loads(self.look("ls", "toy", "--json"))["trials"]), 3)
        self.assertEqual(json.loads(self.look("show", "1", "--json"))["number"], 1)
        self.assertEqual(len(self.look("export").splitlines()), 3)
        self.assertEqual(json.loads(self.look("status", "--json"))["counts"]["COMPLETE"], 3)
        self.assertIn("x is", self.look("logs", "2"))
        self.look("report", "-o", os.path.join(tools, "page.html"))
        with open(os.path.join(tools, "page.html")) as file:
            self.assertIn("x is", file.read())
        self.assertEqual(sorted(os.listdir(self.folder)), before, "nothing was left there")


if __name__ == "__main__":
    unittest.main(verbosity=2)
