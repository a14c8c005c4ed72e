"""A signal to Sterlet while its program carries out a change: logbook, curve and checkpoint must go on agreeing.

The program takes as long over each restore and each `set` as the test likes: it says that it has begun (`busy`) and waits
for `go`. A signal counts as taken once the kernel has none pending for the process.
"""
import contextlib
import json
import os
import signal
import sqlite3
import unittest

from babysit_support import MODEL, STUDY, BabysitTest
from support import LIMIT_SECONDS, SOURCE

SLOW = MODEL.replace("while state", '''
def wait():
    if not os.path.exists("slow"):
        return
    open("busy", "w").close()
    while not os.path.exists("go"):
        select.poll().poll(2)
    for name in ("busy", "go", "slow"):
        os.remove(name)


while state''', 1).replace('''        elif change.kind == "restore":
''', '''        elif change.kind == "restore":
            wait()
''').replace('''        if change.values:
''', '''        if change.values:
            if change.kind == "set":
                wait()
''')


class Stops(BabysitTest):
    def begin(self, *arguments):
        self.model()
        self.write("model.py", SLOW.replace("CAN_RESTORE", "True").replace("STEPS", "10**9"))
        child = self.raise_model(*arguments)
        self.train_on(child)
        return child

    def slow(self):
        """From now on the program does not answer the next change."""
        self.write("slow", "")

    def is_busy(self):
        return os.path.exists(self.path("busy"))

    def send(self, child, number):
        """Sends a signal, and waits until Sterlet has read it."""
        child.send_signal(number)

        def is_read():
            if child.poll() is not None:
                return True
            with open(f"/proc/{child.pid}/status") as file:
                pending = [line.split()[1] for line in file if line.startswith(("SigPnd", "ShdPnd"))]
            return all(not int(mask, 16) & (1 << (number - 1)) for mask in pending)
        self.wait_until(is_read, "the signal is read")

    def stop_in(self, command, number):
        """The change's own answer, after a signal in the middle of it."""
        self.slow()
        asked = self.start(*command, "--json")
        self.wait_until(self.is_busy, "the program carries it out")
        self.send(self.child, number)
        self.write("go", "")
        out, errors = asked.communicate(timeout=LIMIT_SECONDS)
        self.child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(self.child.returncode, 128 + number)
        self.assertEqual(asked.returncode, 0, errors)
        self.assertEqual(self.trials()[0]["state"], "PAUSED")
        return json.loads(out)

    def go_on(self):
        """It goes on from a checkpoint of the branch that the answer named: its curve would betray any other."""
        child = self.raise_model()
        self.train_on(child)
        self.end(child)
        return self.check_tree()

    def test_a_set_that_is_answered_after_the_signal_is_stored_and_gone_on_with(self):
        self.child = self.begin()
        answer = self.stop_in(["set", "learning_rate=0.4"], signal.SIGTERM)
        self.assertEqual(answer["branch"], "b")
        self.assertEqual(self.tree()["active"], "b")
        self.check_tree()
        self.go_on()

    def test_an_undo_that_is_answered_after_the_signal_is_stored_and_gone_on_with(self):
        self.child = self.begin()
        self.run_program("set", "learning_rate=0.4")
        self.train_on(self.child)
        answer = self.stop_in(["undo"], signal.SIGINT)
        self.assertEqual(answer["branch"], "a")
        self.assertEqual(self.tree()["active"], "a")
        self.check_tree()
        self.go_on()

    def test_a_branch_that_is_answered_after_the_signal_is_stored_and_gone_on_with(self):
        self.child = self.begin()
        self.run_program("set", "learning_rate=0.4")
        step = self.branches()["b"]["from_step"]
        self.train_on(self.child)
        answer = self.stop_in(["branch", "--at", str(step), "learning_rate=0.02"], signal.SIGHUP)
        self.assertEqual(answer["branch"], "c")
        self.check_tree()
        self.go_on()

    def test_a_second_signal_does_not_wait_and_nothing_was_changed(self):
        for number, command in enumerate((["set", "learning_rate=0.4"], ["branch", "--at", "STEP", "learning_rate=0.02"],
                                          ["undo"])):
            with self.subTest(command=command):
                if number == 0:
                    self.child = self.begin()
                else:
                    self.child = self.raise_model()
                    self.train_on(self.child)
                if number == 1:
                    self.run_program("set", "learning_rate=0.3")
                    self.train_on(self.child)
                before = self.branches()
                points = [point["step"] for point in before["a"]["checkpoints"]]
                command = [word.replace("STEP", str(points[0]) if points else "") for word in command]
                self.slow()
                asked = self.start(*command)
                self.wait_until(self.is_busy, "the program carries it out")
                self.send(self.child, signal.SIGTERM)
                self.send(self.child, signal.SIGTERM)
                _, errors = asked.communicate(timeout=LIMIT_SECONDS)
                self.assertEqual(asked.returncode, 1)
                self.assertIn("the program ended before it answered, for the model was stopped; nothing was changed", errors)
                self.child.communicate(timeout=LIMIT_SECONDS)
                for name in ("busy", "slow"):
                    os.remove(self.path(name))
                after = self.check_tree()
                self.assertEqual(list(after), list(before))
                self.assertEqual(len(after["a"]["interventions"]), len(before["a"]["interventions"]))
        self.go_on()

    def test_a_program_that_is_killed_before_it_answers_carries_it_out_when_it_is_there_again(self):
        self.child = self.begin()
        self.slow()
        asked = self.start("set", "learning_rate=0.4", "--json")
        self.wait_until(self.is_busy, "the program carries it out")
        os.remove(self.path("slow"))
        os.remove(self.path("busy"))
        for pid in self.processes_of(self.folder):
            os.kill(pid, signal.SIGKILL)
        out, errors = asked.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(asked.returncode, 0, errors)
        self.assertEqual(json.loads(out)["branch"], "b")
        self.train_on(self.child)
        self.end(self.child)
        self.check_tree()

    def test_a_branch_whose_program_is_started_again_from_before_it_begins_there(self):
        """The program carries out one message a step: the checkpoint for a change is of an earlier step than the change."""
        self.model()
        with open(self.path("model.py")) as file:
            program = file.read()
        self.write("model.py", program.replace("while state", "waiting = []\nwhile state", 1).replace(
            "for change in trial.changes():", "waiting += trial.changes()\n    for change in [waiting.pop(0)] if waiting else []:"))
        child = self.raise_model()
        self.train_on(child)
        self.run_program("set", "learning_rate=0.4")
        self.train_on(child)
        branches = self.check_tree()
        saved = branches["a"]["checkpoints"][-1]["step"]
        self.assertGreater(branches["b"]["from_step"], saved)
        for pid in self.processes_of(self.folder):
            os.kill(pid, signal.SIGKILL)
        self.wait_until(lambda: self.branches()["b"]["from_step"] == saved, "it is started again")
        self.train_on(child)
        self.end(child)
        branches = self.check_tree()
        self.assertEqual(branches["a"]["interventions"][0]["step"], saved)

    def test_a_try_of_the_autopilot_that_a_signal_meets_is_of_its_own_branch(self):
        self.child = self.begin("--auto", "--window", "5")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.slow()
            self.wait_until(self.is_busy, "the autopilot tries something")
            self.send(self.child, number)
            self.write("go", "")
            self.child.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual(self.child.returncode, 128 + number)
            self.check_tree()
            self.child = self.raise_model("--auto", "--window", "5")
        self.wait_until(lambda: len(self.branches()) > 4, "it tries on")
        self.end(self.child)
        self.check_tree()


class Outside(BabysitTest):
    """What happens around a model: another program at the storage, and checkpoints that are no files to read at once."""

    def line_of(self, child, text):
        """The line of the child's stderr with that text."""
        while True:
            line = child.stderr.readline()
            self.assertTrue(line, "it ended")
            if text in line:
                return line

    def test_a_lock_of_another_program_ends_nothing(self):
        self.model()
        child = self.raise_model("--progress", "plain")
        self.train_on(child)
        with contextlib.closing(sqlite3.connect(self.path("sterlet.db"), isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            self.line_of(child, "the model trains on, and what it tells is stored later")
            database.execute("ROLLBACK")
        self.train_on(child)
        self.run_program("set", "learning_rate=0.4")
        self.train_on(child)
        self.end(child)
        self.check_tree()

    def test_a_checkpoint_that_takes_hours_to_read_does_not_make_it_deaf(self):
        self.model()
        with open(self.path("model.py")) as file:
            program = file.read()
        self.write("model.py", program.replace("    select.select", """    if state["step"] == 5:
        name = os.path.join(trial.checkpoint_dir, "large")
        with open(name, "w") as file:
            file.truncate(1 << 42)
        trial.checkpointed(5, "large")
    select.select"""))
        child = self.raise_model("--progress", "plain")
        self.line_of(child, "the checkpoint of step 5 is being read for its checksum")
        child.send_signal(signal.SIGTERM)  # Its program ends.
        self.wait_until(lambda: not self.processes_of(self.folder), "the program ends")
        child.send_signal(signal.SIGTERM)
        errors = child.communicate(timeout=LIMIT_SECONDS)[1]
        self.assertEqual(child.returncode, 143)
        self.assertIn("the checkpoint of step 5 does not count: ", errors)
        self.assertEqual(self.trials()[0]["state"], "PAUSED")
        self.assertGreater(len(self.branches()["a"]["reports"]), 5)
        self.check_tree()

    def test_a_device_or_a_fifo_is_no_checkpoint(self):
        self.model(steps=8)
        with open(self.path("model.py")) as file:
            program = file.read()
        self.write("model.py", program.replace("    select.select", """    if state["step"] == 3:
        os.mkfifo(os.path.join(trial.checkpoint_dir, "fifo"))
        for name in ("fifo", "/dev/zero", "/proc"):
            trial.checkpointed(3, name)
    select.select"""))
        errors = self.run_program("babysit", "study.yaml", "--progress", "plain").stderr
        self.assertIn("fifo: the checkpoint is neither a file nor a folder", errors)
        self.assertEqual(errors.count("does not count"), 3, errors)
        self.check_tree()


class Endings(BabysitTest):
    """What people are told of a model's end, and of a metric that never came."""

    def study_that_tells(self):
        self.write("tell.sh", 'cat > "told-$STERLET_ATTEMPT"\n')
        return STUDY + "notify: {command: [sh, tell.sh]}\n"

    def told(self):
        names = sorted(name for name in os.listdir(self.folder) if name.startswith("told-"))
        found = []
        for name in names:
            with open(self.path(name)) as file:
                found.append(json.load(file))
        return [(each["event"], each["text"]) for each in found]

    def test_people_are_told_of_a_stop(self):
        self.model(study=self.study_that_tells())
        child = self.raise_model()
        self.train_on(child, 5)
        err = self.end(child)
        self.assertNotIn("notify", err)
        # Its loss falls at each step: the first better value is told at once, the best one before the end.
        *best, (event, text) = self.told()
        self.assertEqual(event, "end")
        self.assertRegex(text, r"^m: ended after 1 trial, stopped at step \d+")
        self.assertIn(len(best), (1, 2))
        for event, text in best:
            self.assertEqual(event, "best")
            self.assertRegex(text, r"^m: trial 0 has its best loss so far, \S+ at step \d+$")

    def test_people_are_told_of_a_failure(self):
        self.write("model.py", "import sys; sys.exit('no data')")
        self.write("study.yaml", self.study_that_tells())
        done = self.run_program("babysit", "study.yaml", code=3)
        self.assertIn("no data", done.stderr)
        (failed, end) = self.told()
        self.assertEqual((failed[0], end[0]), ("failed", "end"))
        self.assertRegex(failed[1], "^m: trial 0 failed: .*no data$")
        self.assertRegex(end[1], "^m: ended after 1 trial, it failed: .*no data$")

    def test_a_metric_that_never_comes_is_told_with_what_came(self):
        self.write("model.py", f"import sys\nsys.path.insert(0, {os.path.join(SOURCE, 'client')!r})\nimport sterlet\n"
                               "trial = sterlet.Trial(live=True)\ntrial.report(1, val_loss=0.5, accuracy=1)\n")
        self.write("study.yaml", STUDY)
        done = self.run_program("babysit", "study.yaml", code=3)
        self.assertIn("trial 0 failed: it ended without reporting loss: it reported val_loss, accuracy; if val_loss is meant, "
                      "write it in objective, or report it as loss", done.stderr)
        self.write("model.py", "print('loss: 0.5')\n")
        done = self.run_program("babysit", "study.yaml", "--new", code=3)
        self.assertIn("it printed \"loss: 0.5\", but metrics come from the trial channel unless the file says otherwise; add "
                      "metrics: {from: stdout, pattern: 'loss: (?<loss>\\S+)'}", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
