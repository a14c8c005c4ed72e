"""What must hold when the outside fails: a full disk, a lock that somebody holds, a file that goes away, a terminal that
is closed. Nothing that was acknowledged is lost, nothing is doubled, no number is missing, the study opens again."""
import contextlib
import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
import time
import unittest

from support import LIMIT_SECONDS, SOURCE, STERLET, TOY, ProgramTest


class Driver:
    """The other end of `sterlet ask-tell`: one line a request, one line an answer."""

    def __init__(self, child):
        self.child = child

    def say(self, **message):
        self.child.stdin.write(json.dumps(message) + "\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def end(self):
        self.child.communicate(timeout=LIMIT_SECONDS)
        return self.child.returncode


class Faults(ProgramTest):
    def wait_until(self, condition, what):
        until = time.monotonic() + LIMIT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            select.select([], [], [], 0.01)

    def check_whole(self, *arguments, count, states=("COMPLETE",), cwd=None):
        trials = self.trials(*arguments, cwd=cwd)
        self.assertEqual([trial["number"] for trial in trials], list(range(count)))
        self.assertEqual({trial["state"] for trial in trials}, set(states))
        return trials

    def small_disk(self, size):
        """A folder on a file system of that size."""
        if os.geteuid() != 0:
            self.skipTest("only root may mount a small file system")
        folder = self.path("disk")
        os.mkdir(folder)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "sterlet-test", folder],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"a small file system cannot be mounted here: {mounted.stderr}")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def fill(self, folder):
        """Fills the disk to the last byte; returns what gives the room back."""
        name = os.path.join(folder, "fill")
        with open(name, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 512)
        return lambda: os.remove(name)

    def test_a_disk_that_is_full_for_a_moment_costs_ask_tell_nothing(self):
        disk = self.small_disk("1m")
        with open(os.path.join(disk, "study.yaml"), "w") as file:
            file.write(TOY)
        driver = Driver(self.start("ask-tell", os.path.join(disk, "study.yaml"), "--storage", os.path.join(disk, "sterlet.db")))
        told = {}
        for value in (1, 2, 3):
            asked = driver.say(op="ask")
            self.assertTrue(driver.say(op="tell", id=asked["id"], value=value)["ok"])
            told[asked["id"]] = value
        held = driver.say(op="ask")["id"]
        make_room = self.fill(disk)
        for _ in range(2000):
            refused = driver.say(op="ask")
            if "error" in refused:
                break
            told[refused["id"]] = None
        self.assertIn("disk", refused["error"], refused)
        said = [driver.say(op="tell", id=held, value=7) for _ in range(2)]
        if "error" in said[0]:  # It may still fit where a new trial does not. The same answer again, not another one.
            self.assertIn("disk", said[0]["error"])
            lines, sentences = zip(*(answer["error"].split(": ", 1) for answer in said))
            self.assertRegex(lines[0], r"^line [0-9]+$")
            self.assertEqual(int(lines[1].split()[1]), int(lines[0].split()[1]) + 1, "each names its own line")
            self.assertEqual(*sentences)
        make_room()
        if "error" in said[0]:
            self.assertTrue(driver.say(op="tell", id=held, value=7)["ok"])
        told[held] = 7
        asked = driver.say(op="ask")
        self.assertEqual(asked["id"], max(told) + 1, "no number is left out")
        self.assertTrue(driver.say(op="tell", id=asked["id"], value=8)["ok"])
        told[asked["id"]] = 8
        self.assertEqual(driver.end(), 0)
        stored = {trial["number"]: trial["values"] for trial in self.trials(cwd=disk)}
        self.assertEqual(sorted(stored), list(range(len(told))))
        self.assertEqual(stored, {number: [] if value is None else [value] for number, value in told.items()})

    def test_a_full_disk_ends_tune_which_then_goes_on_to_its_exact_budget(self):
        disk = self.small_disk("4m")
        with open(os.path.join(disk, "study.yaml"), "w") as file:
            file.write(TOY.replace('[sh, train.sh, "${x}"]', '[sh, -c, "sleep 0.05; sterlet report loss=$0", "${x}"]') +
                       "budget: {trials: 60}\nworkers: 2\n")
        child = self.start("tune", os.path.join(disk, "study.yaml"), "--progress", "none")
        database = os.path.join(disk, "sterlet.db")

        def has_begun():
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as c:
                return c.execute("SELECT count(*) FROM trials WHERE state = 'COMPLETE'").fetchone()[0] > 3
            return False
        self.wait_until(has_begun, "no trial ends")
        make_room = self.fill(disk)
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 74, errors)
        self.assertIn("disk", errors)
        self.wait_until(lambda: not self.processes_of(disk), "a program outlives its tuner")
        looked = self.run_program("status", cwd=disk)
        self.assertIn("toy", looked.stdout, "who looks needs no room")
        make_room()
        self.run_program("resume", "--progress", "none", cwd=disk)
        self.check_whole(count=60, cwd=disk)
        with contextlib.closing(sqlite3.connect(database)) as c:
            self.assertEqual(c.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def test_a_lock_of_half_a_minute_costs_neither_tune_nor_ask_tell_anything(self):
        self.write("train.sh", 'sleep 1\nsterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 8}\nworkers: 2\n")
        self.write("asked.yaml", TOY.replace("study: toy", "study: asked"))
        tuner = self.start("tune", "study.yaml", "--progress", "none")
        driver = Driver(self.start("ask-tell", "asked.yaml", "--storage", "sterlet.db"))
        first = driver.say(op="ask")["id"]
        self.wait_until(lambda: self.events("COMPLETE"), "no trial ends")
        with contextlib.closing(sqlite3.connect(self.path("sterlet.db"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + 30
            said = driver.say(op="tell", id=first, value=1)
            select.select([], [], [], max(0.0, until - time.monotonic()))
            self.assertIsNone(tuner.poll(), "the tuner gave up")
            other.execute("ROLLBACK")
        if "error" in said:  # It may say so after a while, and is asked again.
            self.assertIn("locked", said["error"])
            said = driver.say(op="tell", id=first, value=1)
        self.assertTrue(said["ok"], said)
        _, errors = tuner.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(tuner.returncode, 0, errors)
        self.assertEqual(driver.end(), 0)
        trials = self.check_whole("toy", count=8)
        self.assertEqual({trial["attempts"] for trial in trials}, {1}, "no trial was killed for it")
        self.assertEqual(self.check_whole("asked", count=1)[0]["values"], [1])

    def test_a_file_that_goes_away_under_tune_is_said(self):
        def replace():
            with contextlib.closing(sqlite3.connect(self.path("other.db"))) as other:
                other.execute("CREATE TABLE t (x)")
            os.rename(self.path("other.db"), self.path("sterlet.db"))

        for name, act in (("deleted", lambda: os.remove(self.path("sterlet.db"))),
                          ("moved", lambda: os.rename(self.path("sterlet.db"), self.path("moved.db"))),
                          ("replaced", replace)):
            with self.subTest(name):
                for left in os.listdir(self.folder):
                    if ".db" in left:
                        os.remove(self.path(left))
                self.write("train.sh", 'sleep 0.1\nsterlet report loss="$1"\n')
                self.write("study.yaml", TOY + "budget: {trials: 100}\nworkers: 2\n")
                child = self.start("tune", "study.yaml", "--progress", "none")
                self.wait_until(lambda: self.events("COMPLETE"), "no trial ends")
                act()
                _, errors = child.communicate(timeout=LIMIT_SECONDS)
                self.assertEqual(child.returncode, 74, errors)
                self.assertIn("this file was deleted, moved or replaced while it was in use", errors)
                self.wait_until(lambda: not self.processes_of(self.folder), "a program outlives its tuner")
                if name == "moved":
                    os.rename(self.path("moved.db"), self.path("sterlet.db"))
                    self.run_program("resume", "--trials", "10", "--progress", "none")
                    self.trials()

    def test_a_storage_behind_a_symbolic_link_is_the_file_it_names(self):
        os.mkdir(self.path("far"))
        os.symlink(self.path("far/real.db"), self.path("link.db"))
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 3}\n")
        self.run_program("tune", "study.yaml", "--storage", "link.db", "--progress", "none")
        self.check_whole("--storage", "far/real.db", count=3)

    def test_who_looks_brings_no_storage_up_to_date_and_who_writes_keeps_a_copy(self):
        with contextlib.closing(sqlite3.connect(self.path("sterlet.db"))) as made, \
                open(os.path.join(SOURCE, "tests/assets/schema-5.sql")) as sample:
            made.executescript(sample.read())
        with open(self.path("sterlet.db"), "rb") as file:
            before = file.read()
        for command in (["ls"], ["status"], ["show", "0"], ["best"], ["export"], ["report", "-o", "r.html"]):
            done = self.run_program(*command)
            self.assertEqual(done.stderr, "", command)
            with open(self.path("sterlet.db"), "rb") as file:
                self.assertEqual(file.read(), before, command)
            self.assertFalse([name for name in os.listdir(self.folder) if name.startswith("sterlet.db-")], command)
        done = self.run_program("stop")
        self.assertIn("sterlet.db.schema-5.bak", done.stderr)
        with open(self.path("sterlet.db.schema-5.bak"), "rb") as file:
            self.assertTrue(file.read().startswith(b"SQLite format 3"))
        self.assertNotIn("schema", self.run_program("stop").stderr, "told once")

    def test_a_closed_terminal_stops_tune_in_its_own_way(self):
        self.write("train.sh", 'sleep 0.2\nsterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 30}\nworkers: 2\n")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execve(STERLET, [STERLET, "tune", "study.yaml"], self.environment(TERM="xterm"))

        def has_begun():
            if select.select([terminal], [], [], 0)[0]:
                os.read(terminal, 65536)
            return len(self.events("COMPLETE")) > 2
        self.wait_until(has_begun, "no trial ends")
        os.close(terminal)
        ended = [0, 0]

        def is_over():
            ended[:] = os.waitpid(child, os.WNOHANG)
            return ended[0] == child
        try:
            self.wait_until(is_over, "it does not end")
        except AssertionError:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise
        self.assertFalse(os.WIFSIGNALED(ended[1]) and os.WTERMSIG(ended[1]) == signal.SIGABRT, "it was aborted")
        self.wait_until(lambda: not self.processes_of(self.folder), "a program outlives its tuner")
        self.assertNotIn("RUNNING", {trial["state"] for trial in self.trials()})
        self.run_program("resume", "--progress", "none")
        self.check_whole(count=30)


if __name__ == "__main__":
    unittest.main()
