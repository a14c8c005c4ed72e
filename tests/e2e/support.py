"""Runs the real program in a folder of its own: files in, arguments, what comes out."""
import contextlib
import glob
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

BIN = os.environ.get("STERLET_BIN") or os.path.join(os.path.dirname(__file__), "../../build/release/bin")
SOURCE = os.environ.get("STERLET_SOURCE_DIR") or os.path.join(os.path.dirname(__file__), "../..")
STERLET = os.path.join(BIN, "sterlet")
LIMIT_SECONDS = 240  # No single command of these tests takes nearly so long; a hang ends with a message.


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sterlet-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.children = []
        self.addCleanup(self.end_children)

    def end_children(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.communicate()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def environment(self, **extra):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("STERLET_")}
        return {**clean, "PATH": BIN + os.pathsep + clean["PATH"], **extra}

    def start(self, *arguments, **extra):
        child = subprocess.Popen([STERLET, *arguments], cwd=self.folder, text=True, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment(**extra))
        self.children.append(child)
        return child

    def run_program(self, *arguments, code=0, stdin=None, cwd=None):
        done = subprocess.run([STERLET, *arguments], cwd=cwd or self.folder, text=True, input=stdin or "",
                              capture_output=True, timeout=LIMIT_SECONDS, env=self.environment())
        if code is not None:
            self.assertEqual(done.returncode, code, f"{arguments}\nstdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def trials(self, *arguments, cwd=None):
        out = self.run_program("export", *arguments, cwd=cwd).stdout
        return [json.loads(line) for line in out.splitlines()]

    def events(self, kind, folder="."):
        """(trial, detail) of each event of that kind, oldest first; none where nothing has been stored yet.

        A tuner may be killed before its storage has tables, or a file at all.
        """
        path = self.path(f"{folder}/sterlet.db")
        if not os.path.exists(path):
            return []
        with contextlib.closing(sqlite3.connect(path, timeout=LIMIT_SECONDS)) as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
                return []
            return database.execute("SELECT trial, detail FROM events WHERE kind = ? ORDER BY seq", (kind,)).fetchall()

    def processes_of(self, folder):
        """Processes that run in the folder, or whose environment names a trial in it."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == os.getpid():
                continue
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    environment = file.read()
                with open(f"/proc/{entry}/stat") as file:
                    state = file.read().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if state != "Z" and b"STERLET_SESSION=" in environment and folder.encode() in environment:
                found.append(int(entry))
        return found

    def trials_folder(self, study, folder="."):
        """Folder with the folders of a study's trials: its name ends with the study's identity."""
        (found,) = glob.glob(self.path(f"{folder}/sterlet-trials/{glob.escape(study)}-" + "[0-9a-f]" * 8))
        return os.path.normpath(found)

    def signal(self, child, number=signal.SIGINT):
        child.send_signal(number)

    def stop_between_writes(self, child, folder="."):
        """SIGSTOP, at a moment when it does not hold the storage's lock: what stands still with it stops all who write."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            child.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)  # All its threads stand.
            try:
                with contextlib.closing(sqlite3.connect(self.path(f"{folder}/sterlet.db"), timeout=0)) as database:
                    database.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                self.assertIn("lock", str(error))
            child.send_signal(signal.SIGCONT)
            self.assertLess(time.monotonic(), deadline, "it always holds the lock")


TOY = """
study: toy
objective: {metric: loss, direction: minimize}
command: [sh, train.sh, "${x}"]
params:
  x: {type: float, low: 0.001, high: 1, scale: log}
  kind: {type: categorical, choices: [a, b, c]}
sampler: random
seed: 11
"""

# The start of a shell script whose last trials wait for a file `go`, so that a study cannot be over before it is there.
HOLD_LAST = '[ "$STERLET_TRIAL" -lt {first} ] || until [ -e go ]; do sleep 0.05; done\n'
