"""Completion as a person meets it: typed into real shells, on a terminal."""
import os
import pty
import re
import select
import signal
import subprocess
import time
import unittest

from support import LIMIT_SECONDS, ProgramTest, TOY

# What is typed, and what stands on the line after Tab.
TYPED = [
    ("sterlet tu", "sterlet tune "),  # And not tuna.txt.
    ("sterlet --json sta", "sterlet --json status "),
    ("sterlet init xg", "sterlet init xgboost "),
    ("sterlet init sc", "sterlet init script "),
    ("sterlet tune --pro", "sterlet tune --progress "),
    ("sterlet export --format c", "sterlet export --format csv "),
    ("sterlet export -f c", "sterlet export -f csv "),
    ("sterlet export --format=c", "sterlet export --format=csv "),
    ("sterlet completion z", "sterlet completion zsh "),
    ("sterlet client p", "sterlet client python "),
    ("sterlet help exp", "sterlet help export "),
    ("sterlet best gra", "sterlet best grape "),
    ("sterlet best --storage oth", "sterlet best --storage other.db"),
    ("sterlet logs grape 7", "sterlet logs grape 7 "),
    ("sterlet enqueue grape kind=be", "sterlet enqueue grape kind=beta "),
    ("sterlet enqueue grape x", "sterlet enqueue grape x="),
    ("sterlet check stu", "sterlet check study.yaml "),  # And not study.txt.
]


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, test, *command, **environment):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.chdir(test.folder)
            os.execvpe(command[0], command, test.environment(TERM="xterm", COLUMNS="200", **environment))
        self.seen = ""
        test.addCleanup(self.end)

    def end(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.fd)

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text):
        """Reads until the text stands there; returns whether it came."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while text not in self.seen and time.monotonic() < deadline:
            if select.select([self.fd], [], [], 1)[0]:
                more = os.read(self.fd, 65536).decode(errors="replace")
                seen = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r|\x07", "", self.seen + more)
                while "\x08" in seen.lstrip("\x08"):  # What is written over is the same text.
                    seen = re.sub(r"[^\x08]\x08", "", seen)
                self.seen = seen.lstrip("\x08")
        return text in self.seen


class Completion(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY.replace("study: toy", "study: grape").replace("[a, b, c]", "[alpha, beta]") + "budget: {trials: 11}\n")
        self.run_program("tune", "study.yaml")
        os.symlink("sterlet.db", self.path("other.db"))
        for name in ("tuna.txt", "study.txt", "status.txt"):
            self.write(name, "")

    def type_all(self, terminal):
        for typed, expected in TYPED:
            terminal.seen = ""
            terminal.send(typed + "\t")
            self.assertTrue(terminal.wait_for(expected), f"{typed}: {terminal.seen!r}")
            terminal.seen = ""
            terminal.send("\x15echo _next_\r")  # Ctrl-U: away with the line.
            self.assertTrue(terminal.wait_for("\n_next_"), terminal.seen)

    def test_bash(self):
        self.write("rc", "PS1='> '\nbind 'set bell-style none'\nbind 'set enable-bracketed-paste off'\n"
                   + self.run_program("completion", "bash").stdout + "echo _ready_\n")
        terminal = Terminal(self, "bash", "--noprofile", "--rcfile", "rc", "-i")
        self.assertTrue(terminal.wait_for("_ready_"), terminal.seen)
        self.type_all(terminal)

    def test_zsh(self):
        self.write(".zshrc", "PS1='> '\nunsetopt beep prompt_sp\nunset zle_bracketed_paste\nautoload -Uz compinit\n"
                   "compinit -u -D\n" + self.run_program("completion", "zsh").stdout + "echo _ready_\n")
        terminal = Terminal(self, "zsh", "-d", "-i", ZDOTDIR=self.folder)
        self.assertTrue(terminal.wait_for("_ready_"), terminal.seen)
        self.type_all(terminal)

    def test_fish(self):
        script = self.write("complete.fish", self.run_program("completion", "fish").stdout)
        environment = self.environment(HOME=self.folder, XDG_CONFIG_HOME=self.folder, XDG_DATA_HOME=self.folder)
        for typed, expected in TYPED:
            done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C '{typed}'"], text=True,
                                  cwd=self.folder, capture_output=True, timeout=LIMIT_SECONDS, env=environment)
            words = [line.split("\t")[0] for line in done.stdout.splitlines()]
            self.assertEqual(words, [expected.split()[-1]], f"{typed}: {done.stdout}{done.stderr}")

    def words(self, *typed):
        return [line.split("\t")[0] for line in self.run_program("complete", "--", *typed).stdout.splitlines()]

    def test_what_is_offered(self):
        commands = self.words("")
        self.assertIn("tune", commands)
        self.assertNotIn("complete", commands)
        self.assertNotIn(":files", commands)
        self.assertEqual(self.words("tuen", ""), [])
        self.assertEqual(self.words("init", ""), ["mlp", "cnn", "sgd", "adam", "xgboost", "script"])
        self.assertIn("--seed", self.words("tune", "-"))
        self.assertIn("--json", self.words("tune", "-"))
        self.assertEqual(self.words("show", ""), ["grape", *[str(n) for n in range(10, -1, -1)], "best", "last"])
        self.assertEqual(self.words("enqueue", "x=0.5", ""), ["x=", "kind=alpha", "kind=beta"])
        self.assertEqual(self.words("set", "grape", ""), [], "no parameter of it is live")
        self.assertEqual(self.words("ls", "--sort", ""), ["value", "number", "time", "x", "kind"])
        self.assertIn("FAILED", self.words("ls", "--state", ""))
        self.assertEqual(self.words("retry", "grape", "")[0], "10")
        self.assertEqual(self.words("tune", ""), [":studyfiles"])
        self.assertEqual(self.words("tune", "--workers", ""), [])
        self.assertEqual(self.words("best", "--storage", "missing.db", ""), [":studyfiles"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
