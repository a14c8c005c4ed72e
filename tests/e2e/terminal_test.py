"""Who reads goes away, or must not be fooled: closed terminals and pipes, full disks, texts with control characters."""
import csv
import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import stat
import struct
import subprocess
import termios
import threading
import time
import unittest

from babysit_support import BabysitTest
from support import LIMIT_SECONDS, STERLET, TOY, ProgramTest

# Two trials begin, and end once there is a file `go`.
HELD = """
study: held
objective: {metric: loss, direction: minimize}
command: [sh, -c, 'touch "begun-$STERLET_TRIAL"; until [ -e go ]; do sleep 0.05; done; sterlet report loss=1']
params:
  x: {type: float, low: 0, high: 1, live: true}
workers: 2
seed: 1
sampler: random
budget: {trials: 4}
"""

class Screen:
    """A terminal of its own, whose other end the test holds; what is printed is read all the time."""

    def __init__(self, arguments, folder, environment):
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, environment)
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.text = b""

    def read_until(self, is_there):
        deadline = time.monotonic() + LIMIT_SECONDS
        while not is_there():
            if time.monotonic() > deadline:
                raise AssertionError(f"it never came; the screen: {self.text[-2000:]!r}")
            if select.select([self.end], [], [], 0.05)[0]:
                try:
                    self.text += os.read(self.end, 65536)
                except OSError:
                    return

    def close(self):
        os.close(self.end)

    def wait(self):
        deadline = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("it never ended")


class ReadersThatGo(ProgramTest):
    def environment(self, **extra):
        return super().environment(TERM="xterm", **extra)

    def states(self):
        return [trial["state"] for trial in self.trials()]

    def begun(self):
        return all(os.path.exists(self.path(f"begun-{trial}")) for trial in range(2))

    def test_closing_the_terminal_finishes_the_running_trials_as_a_hangup_does(self):
        for progress in ("rich", "plain", "json", "none"):
            with self.subTest(progress=progress):
                self.setUp()
                self.write("study.yaml", HELD)
                screen = Screen([STERLET, "tune", "study.yaml", "--progress", progress], self.folder, self.environment())
                screen.read_until(self.begun)
                screen.close()
                self.write("go", "")
                self.assertEqual(screen.wait(), 128 + signal.SIGHUP)
                self.assertEqual(self.states(), ["COMPLETE", "COMPLETE"])
                self.assertEqual(self.processes_of(self.folder), [])

    def test_closing_a_terminal_with_a_shell_in_it_is_one_wish_to_end(self):
        self.write("study.yaml", HELD)
        shell = Screen(["bash", "--norc", "-i"], self.folder, self.environment())
        os.write(shell.end, f"{STERLET} tune study.yaml --progress rich; exit\n".encode())
        shell.read_until(self.begun)
        tuners = [pid for pid in os.listdir("/proc") if pid.isdigit() and self.is_tuner(pid)]
        self.assertTrue(tuners)
        shell.close()
        shell.wait()
        self.write("go", "")
        deadline = time.monotonic() + LIMIT_SECONDS
        while any(os.path.exists(f"/proc/{pid}") for pid in tuners) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.states(), ["COMPLETE", "COMPLETE"])

    def is_tuner(self, pid):
        """Whether it is the tuner of this test, or its guardian."""
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                is_tune = b"\0tune\0study.yaml" in file.read()
            return is_tune and os.readlink(f"/proc/{pid}/cwd") == self.folder
        except OSError:
            return False

    def test_a_run_goes_on_where_nobody_reads_what_it_says(self):
        study = TOY + "budget: {trials: 5}\n"
        for redirection in ("2>&1 >/dev/null | head -1 >/dev/null; exit ${PIPESTATUS[0]}", "2>/dev/full", "2>&-",
                            "2>&- <&-"):
            for progress in ("rich", "plain", "json"):
                with self.subTest(redirection=redirection, progress=progress):
                    self.setUp()
                    self.write("train.sh", 'sterlet report loss="$1"\n')
                    self.write("study.yaml", study)
                    done = subprocess.run(["bash", "-c", f"{STERLET} tune study.yaml --progress {progress} {redirection}"],
                                          cwd=self.folder, env=self.environment(), timeout=LIMIT_SECONDS,
                                          stdout=subprocess.PIPE)
                    self.assertEqual(done.returncode, 0)
                    self.assertEqual(self.states(), ["COMPLETE"] * 5)

    def make_study(self):
        self.write("train.sh", 'sterlet report --step 1 loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 5}\n")
        self.run_program("tune", "study.yaml")

    LOOKS = (["ls"], ["ls", "toy"], ["ls", "--json"], ["status"], ["status", "--json"], ["best"], ["best", "--json"],
             ["show"], ["show", "1", "--json"], ["export"], ["export", "-f", "csv"], ["export", "-f", "json"],
             ["export", "--schedule"], ["top", "--once"], ["init"], ["init", "--schema"], ["check", "study.yaml"],
             ["completion", "bash"], ["version"], ["--version"], ["--help"], ["tune", "--help"], ["practices"])

    def test_a_full_disk_under_stdout_is_said_and_ends_with_74(self):
        self.make_study()
        for arguments in self.LOOKS:
            with self.subTest(arguments=arguments), open("/dev/full", "w") as full:
                done = subprocess.run([STERLET, *arguments], cwd=self.folder, env=self.environment(), stdout=full,
                                      stderr=subprocess.PIPE, text=True, timeout=LIMIT_SECONDS)
                self.assertEqual(done.returncode, 74, done.stderr)
                said = done.stderr.splitlines()[-1]
                if "--json" in arguments:
                    said = json.loads(said)["error"]["what"]
                self.assertIn("what was printed is not complete (No space left on device)", said)

    def test_a_pipe_that_is_closed_ends_without_a_word(self):
        self.make_study()
        for arguments in self.LOOKS:
            with self.subTest(arguments=arguments):
                ours, theirs = os.pipe()
                os.close(ours)
                done = subprocess.run([STERLET, *arguments], cwd=self.folder, env=self.environment(), stdout=theirs,
                                      stderr=subprocess.PIPE, text=True, timeout=LIMIT_SECONDS)
                os.close(theirs)
                self.assertEqual(done.returncode, 128 + signal.SIGPIPE)
                self.assertNotIn("pipe", done.stderr.lower())

    def test_files_are_written_whole_and_devices_links_and_folders_are_left_what_they_are(self):
        self.make_study()
        whole = self.run_program("export").stdout
        for command in (["export", "-o"], ["report", "toy", "-o"], ["export", "--schedule", "-o"]):
            with self.subTest(command=command):
                self.write("old", "old")
                os.symlink("old", self.path("link"))
                self.run_program(*command, "link")
                self.assertTrue(os.path.islink(self.path("link")))
                with open(self.path("old")) as file:
                    self.assertNotEqual(file.read(), "old")
                os.unlink(self.path("link"))
                self.write("victim", "precious")
                os.symlink("victim", self.path("page.part"))
                self.run_program(*command, "page")
                with open(self.path("victim")) as file:
                    self.assertEqual(file.read(), "precious")
                os.unlink(self.path("page.part"))
                os.makedirs(self.path("folder"), exist_ok=True)
                refused = self.run_program(*command, "folder", code=1)
                self.assertIn("folder: this is a folder; name a file in it", refused.stderr)
                refused = self.run_program(*command, "/dev/full", code=74)
                self.assertIn("No space left on device", refused.stderr)
                self.run_program(*command, "/dev/null")
                self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        os.mkfifo(self.path("fifo"))
        got = []

        def read():
            with open(self.path("fifo")) as file:
                got.append(file.read())
        reader = threading.Thread(target=read)
        reader.start()
        self.run_program("export", "-o", "fifo")
        reader.join()
        self.assertEqual(got, [whole])
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("fifo")).st_mode))


class ModelsTerminal(BabysitTest):
    def test_closing_the_terminal_pauses_the_model_after_a_checkpoint(self):
        for progress in ("rich", "plain", "json", "none"):
            with self.subTest(progress=progress):
                self.setUp()
                self.model()
                screen = Screen([STERLET, "babysit", "study.yaml", "--progress", progress], self.folder,
                                self.environment(TERM="xterm"))
                screen.read_until(lambda: self.last_step() > 3)
                screen.close()
                self.assertEqual(screen.wait(), 128 + signal.SIGHUP)
                self.assertEqual([trial["state"] for trial in self.trials()], ["PAUSED"])
                self.assertEqual(self.processes_of(self.folder), [])


class Abandoned(ProgramTest):
    """RUNNING trials whose tuner died: who looks is told, and nobody waits for them."""

    def assert_told(self, trial, study, storage=()):
        told = "its tuner is gone"
        self.assertIn(told, self.run_program("status", study, *storage).stdout)
        self.assertIn(told, self.run_program("ls", study, *storage).stdout)
        self.assertIn(told, self.run_program("show", study, str(trial), *storage).stdout)
        self.assertIn(trial, json.loads(self.run_program("status", study, "--json", *storage).stdout)["abandoned"])
        top = self.run_program("top", study, "--once", *storage).stdout
        self.assertIn(told, top)
        self.assertIn("running 0", top)
        # On a terminal it would watch, but there is nothing to watch.
        screen = Screen([STERLET, "top", study, *storage], self.folder, self.environment(TERM="xterm"))
        screen.read_until(lambda: told in screen.text.decode(errors="replace"))
        self.assertEqual(screen.wait(), 0)
        screen.close()

    def wait_until(self, is_there):
        deadline = time.monotonic() + LIMIT_SECONDS
        while not is_there():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_of_a_tuner_that_was_killed(self):
        self.write("study.yaml", HELD)
        tuner = self.start("tune", "study.yaml")
        self.wait_until(lambda: all(os.path.exists(self.path(f"begun-{trial}")) for trial in range(2)))
        self.assertNotIn("tuner is gone", self.run_program("status").stdout)
        tuner.kill()
        tuner.wait()
        self.assert_told(0, "held")

    def test_of_an_ask_tell_that_was_killed(self):
        self.write("study.yaml", HELD)
        driver = self.start("ask-tell", "study.yaml", "--storage", "s.db")
        driver.stdin.write('{"op":"ask"}\n')
        driver.stdin.flush()
        self.assertIn('"id":0', driver.stdout.readline())
        driver.kill()
        driver.wait()
        self.assert_told(0, "held", ("--storage", "s.db"))


class TextsOfOthers(ProgramTest):
    """Programs, study files and notes may hold anything; a terminal gets none of it as a command."""

    EVIL = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202egnp\u2066\u2028\x7f"

    def assert_clean(self, text, what):
        bad = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)
        self.assertEqual(bad, [], f"{what}: {text!r}")

    def test_no_control_character_reaches_the_terminal(self):
        evil = json.dumps(self.EVIL)
        self.write("train.py", f"""
import json, os, socket
evil = {self.EVIL!r}
channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
channel.connect(os.environ["STERLET_CHANNEL"])
def say(message):
    channel.sendall((json.dumps(message) + "\\n").encode())
say({{"report": {{"metrics": {{"loss": 1.0, evil: 2.0}}, "step": 1}}}})
if os.environ["STERLET_TRIAL"] == "1":
    say({{"failed": {{"reason": evil}}}})
    raise SystemExit("error: " + evil)
say({{"values": [1.0]}})
""")
        self.write("study.yaml", f"""
study: toy
objective: {{metric: loss, direction: minimize}}
command: [python3, {self.path('train.py')}, "${{kind}}"]
params:
  x: {{type: float, low: 0, high: 1}}
  kind: {{type: categorical, choices: [{evil}, {json.dumps(self.EVIL + "2")}]}}
sampler: random
seed: 11
budget: {{trials: 4}}
""")
        for progress in ("plain", "json", "rich"):
            done = self.run_program("tune", "study.yaml", "--progress", progress, "--storage", progress + ".db")
            said = done.stderr
            if progress == "rich":
                said = re.sub("\x1b\\[(\\d+A|J|[0-9;]*[mK])", "", said)
            self.assert_clean(said + done.stdout, ["tune", progress])
        storage = ["--storage", "plain.db"]
        for arguments in (["show", "0"], ["show", "1"], ["show", "1", "--json"], ["ls"], ["ls", "toy"], ["ls", "toy", "--json"],
                          ["status"], ["status", "--json"], ["best"], ["best", "--json"], ["top", "--once"], ["export"],
                          ["export", "-f", "json"], ["export", "-f", "csv"], ["export", "--schedule"]):
            self.assert_clean(self.run_program(*arguments, *storage).stdout, arguments)
        # As JSON it is escaped, and reads back as what it was.
        shown = json.loads(self.run_program("show", "0", "--json", *storage).stdout)
        self.assertIn(shown["params"]["kind"], (self.EVIL, self.EVIL + "2"))

    def test_the_path_of_a_storage_that_sqlite_cannot_open(self):
        long = "/".join(["d" * 100] * 6) + "/s.db"
        said = self.run_program("ls", "--storage", long, code=1).stderr
        self.assertIn("the storage's path is too long (", said)
        self.assertIn("name a shorter one with --storage", said)

    def test_a_cell_that_begins_a_formula_is_text_and_a_number_stays_a_number(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", """
study: toy
objective: {metric: loss, direction: maximize}
command: [sh, train.sh, "${x}"]
params:
  x: {type: float, low: -2, high: -1}
  kind: {type: categorical, choices: ["=HYPERLINK(\\"http://x\\")", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"]}
sampler: random
seed: 1
budget: {trials: 12}
""")
        self.run_program("tune", "study.yaml")
        rows = list(csv.DictReader(io.StringIO(self.run_program("export", "-f", "csv").stdout)))
        self.assertEqual(len(rows), 12)
        for row in rows:
            self.assertIn(row["kind"], ("'=HYPERLINK(\"http://x\")", "'@SUM(A1)", "'+cmd|' /C calc'!A0", "'-2+3"))
            self.assertLess(float(row["x"]), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
