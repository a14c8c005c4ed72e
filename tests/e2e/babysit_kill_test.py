"""Changes, undos, branches and pauses of a model, with its program or Sterlet itself killed at random moments.

STERLET_TEST_INTERLEAVINGS says how many (10 unless told; the long suite takes 100), STERLET_TEST_SEED repeats a failure.
"""
import json
import os
import random
import select
import unittest

from babysit_support import BabysitTest
from support import LIMIT_SECONDS


class Kills(BabysitTest):
    def test_whatever_is_killed_the_model_goes_on_as_the_logbook_says(self):
        seed = int(os.environ.get("STERLET_TEST_SEED", random.randrange(2**31)))
        count = int(os.environ.get("STERLET_TEST_INTERLEAVINGS", 10))
        print(f"STERLET_TEST_SEED={seed}")
        chance = random.Random(seed)
        self.model()
        self.child = None
        self.killed = {"nothing": 0, "program": 0, "sterlet": 0}
        self.go_on()
        for number in range(count):
            victim = chance.choice(["nothing", "program", "program", "sterlet", "sterlet"])
            command = self.choose(chance)
            with self.subTest(number=number, command=command, victim=victim):
                self.interleave(command, victim, chance.uniform(0, 0.05))
        self.end(self.child)
        self.check_tree()
        self.wait_until(lambda: not self.processes_of(self.folder), "a program outlived its Sterlet")
        print(self.killed)

    def go_on(self):
        if self.child is None or self.child.poll() is not None:
            self.child = self.raise_model("--checkpoint-every", "0.2s", "--keep-last", "2")
        # What was asked for before a kill may still come after it. It comes in order: once this pause is answered, all is.
        self.wait_until(self.is_paused, "it is held")
        self.wait_until(lambda: self.attempt("resume", "m").returncode == 0 or not self.tree()["paused"], "it goes on")
        self.train_on(self.child, 3)

    def is_paused(self):
        self.assertIsNone(self.child.poll(), "it ended")
        done = self.attempt("pause", "m", "--json")
        if done.returncode == 0:
            return not json.loads(done.stdout).get("later")
        return "it is paused already" in done.stderr

    def choose(self, chance):
        branches = self.branches()
        kind = chance.choice(["set", "set", "undo", "branch", "pause"])
        rate = round(chance.uniform(0.01, 0.9), 3)
        steps = [point["step"] for branch in branches.values() for point in branch["checkpoints"]]
        if kind == "branch" and steps:
            return ["branch", "--at", str(chance.choice(steps)), f"learning_rate={rate}"]
        if kind == "undo" or kind == "pause":
            return [kind, "m"]
        return ["set", f"learning_rate={rate}"]

    def interleave(self, command, victim, delay):
        before = self.branches()
        asked = self.start(*command, "--json")
        select.select([], [], [], delay)
        if victim == "sterlet":
            self.child.kill()
        elif victim == "program":
            for pid in self.processes_of(self.folder):
                os.kill(pid, 9)
        self.killed[victim] += 1
        out, errors = asked.communicate(timeout=LIMIT_SECONDS)
        if victim == "sterlet":
            self.child.communicate()
            self.wait_until(lambda: not self.processes_of(self.folder), "a program outlived its Sterlet")
        answer = json.loads(out) if asked.returncode == 0 else {}
        self.assertIn(asked.returncode, (0, 1), errors)
        if answer and not answer.get("later") and command[0] in ("set", "branch"):
            # What was answered is there, whatever was killed since.
            branch = self.branches()[answer["branch"]]
            self.assertEqual(branch["params"]["learning_rate"], float(command[-1].split("=")[1]))
        self.go_on()
        after = self.check_tree()
        for name, branch in before.items():
            self.assertEqual(after[name]["params"], branch["params"])
            # A program that is killed between the checkpoint for a change and the change starts where the checkpoint is.
            saved = [point["step"] for point in after.get(branch["parent"], {}).get("checkpoints", [])]
            self.assertIn(after[name]["from_step"], [branch["from_step"], *saved])


if __name__ == "__main__":
    unittest.main(verbosity=2)
