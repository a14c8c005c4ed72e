"""What the package's tests share: the program of this build, and a folder of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "python"))
BIN = os.environ.get("STERLET_BIN") or os.path.join(ROOT, "build", "release", "bin")
os.environ["STERLET_BINARY"] = os.path.join(BIN, "sterlet")
LIMIT_SECONDS = 240  # No command of these tests takes nearly so long; a hang ends with a message.

import sterlet  # noqa: E402


class PackageTest(unittest.TestCase):
    def setUp(self):
        sterlet.logging.set_verbosity(sterlet.logging.ERROR)
        # An objective's warnings are checked where they are meant.
        context = warnings.catch_warnings()
        context.__enter__()
        warnings.simplefilter("ignore")
        self.addCleanup(context.__exit__, None, None, None)
        self.folder = tempfile.mkdtemp(prefix="sterlet-python-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_python(self, text, *arguments, code=0, **extra):
        """Runs a program of its own with the package."""
        environment = {**os.environ, "PYTHONPATH": os.path.join(ROOT, "python"), **extra}
        done = subprocess.run([sys.executable, "-c", text, *arguments], cwd=self.folder, env=environment, text=True,
                              capture_output=True, timeout=LIMIT_SECONDS)
        self.assertEqual(done.returncode, code, f"stdout: {done.stdout}\nstderr: {done.stderr}")
        return done.stdout

    def run_sterlet(self, *arguments, code=0):
        done = subprocess.run([os.environ["STERLET_BINARY"], *arguments], cwd=self.folder, text=True,
                              capture_output=True, timeout=LIMIT_SECONDS)
        self.assertEqual(done.returncode, code, f"stdout: {done.stdout}\nstderr: {done.stderr}")
        return done.stdout


def kill_engine(study):
    """As if the system had killed it."""
    child = study._desk.engine()._child
    child.kill()
    child.wait()


def square(trial):
    """Three parameters of three kinds; its least value is 0."""
    x = trial.suggest_float("x", -5, 5)
    n = trial.suggest_int("n", 1, 10)
    kind = trial.suggest_categorical("kind", ["a", "b", "c"])
    return (x - 1) ** 2 + abs(n - 3) + "abc".index(kind)
