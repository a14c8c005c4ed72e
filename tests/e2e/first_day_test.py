"""The first day of a person with Sterlet, with the mistakes that people make. Each is mended by Sterlet's own commands: no
file has to be deleted by hand."""
import json
import os
import time
import unittest

from support import LIMIT_SECONDS, ProgramTest

TRAIN = """
import argparse, math, os, sys, time
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--layers", type=int, default=2)
args = parser.parse_args()
if open("state").read() == "broken":
    raise RuntimeError("the data is not there")
for epoch in range(1, 4):
    while open("state").read() == "slow":
        time.sleep(0.02)
    print(f"epoch {epoch} acc={epoch / 3 / (1 + abs(math.log10(args.lr) + 2) + abs(args.layers - 3)):.4f}", flush=True)
"""


class FirstDay(ProgramTest):
    def wait_until(self, condition, what):
        deadline = time.monotonic() + LIMIT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)

    def edit(self, old, new):
        with open(self.path("study.yaml")) as file:
            text = file.read()
        self.assertIn(old, text)
        self.write("study.yaml", text.replace(old, new))

    def states(self):
        return [trial["state"] for trial in self.trials("train")]

    def test_the_whole_first_day(self):
        self.write("train.py", TRAIN)
        self.write("state", "fine")
        run = self.run_program

        # A study file from the command line that one has.
        run("init", "script", "-o", "study.yaml", "--", "python3", "train.py", "--lr", "0.1", "--layers", "2")
        self.assertIn("valid", run("check", "study.yaml").stdout)

        # What is printed was found in the script. Somebody shortens it, and the direction is forgotten: refused, with what
        # to write.
        self.edit("objective: {metric: acc, direction: maximize}", "objective: acc")
        for command in ("check", "tune"):
            self.assertIn("a larger value seems better", run(command, "study.yaml", code=64).stderr)
        self.edit("objective: acc", "objective: {metric: acc, direction: maximize}")

        # A typo in the program: told, and nothing is used up.
        self.edit("budget: {trials: 50, time: 1h}", "budget: {trials: 6}")
        self.edit("command: [python3", "command: [pyhton3")
        for command in ("check", "tune"):
            self.assertIn("pyhton3: no such program", run(command, "study.yaml", code=1).stderr)
        self.edit("command: [pyhton3", "command: [python3")
        self.edit("train.py, --lr", "trian.py, --lr")
        for command in ("check", "tune"):
            self.assertIn("trian.py: no such script in ", run(command, "study.yaml", code=1).stderr)
        self.edit("trian.py", "train.py")

        # The script fails; it is mended, and what failed runs again.
        self.write("state", "broken")
        said = run("tune", "study.yaml", code=3).stderr
        self.assertIn("the data is not there", said)
        self.assertEqual(self.states(), ["FAILED"] * 6, "what could not start has used up nothing")
        self.write("state", "fine")
        self.assertIn("sterlet retry train --failed runs the 6 again that failed", run("tune", "study.yaml", code=3).stderr)
        run("retry", "train", "--failed")
        self.assertEqual(self.states(), ["COMPLETE"] * 6)
        count = 6

        # The space turns out too small: shown what that means, then taken.
        self.edit("layers: {type: int, low: 1, high: 4", "layers: {type: int, low: 1, high: 8")
        self.edit("budget: {trials: 6}", f"budget: {{trials: {count + 4}}}")
        said = run("tune", "study.yaml", code=64).stderr
        self.assertIn("--amend", said)
        self.assertEqual(len(self.states()), count)
        run("tune", "study.yaml", "--amend")
        self.assertEqual(self.states(), ["COMPLETE"] * (count + 4))

        # It runs; one looks, and stops one trial.
        self.write("state", "slow")
        tuner = self.start("tune", "study.yaml", "--trials", str(count + 6), "--workers", "1", "--progress", "plain")
        self.wait_until(lambda: "RUNNING" in self.states(), "a trial runs")
        number = self.states().index("RUNNING")
        self.assertEqual(json.loads(run("status", "--json").stdout)["counts"]["RUNNING"], 1)
        self.assertIn("train", run("top", "--once").stdout)
        self.assertIn("RUNNING", run("ls", "train").stdout)
        run("stop", "train", str(number), "--wait", str(LIMIT_SECONDS - 60))
        self.wait_until(lambda: self.states()[number] == "CANCELLED", "the trial was stopped")
        self.write("state", "fine")
        _, errors = tuner.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(tuner.returncode, 0, errors)
        states = self.states()
        self.assertEqual(len(states) - states.count("CANCELLED"), count + 6, "what was stopped counts for nothing")

        # What came out of it, once more, and on a page.
        best = json.loads(run("best", "--json").stdout)["best"][0]
        complete = [trial for trial in self.trials("train") if trial["state"] == "COMPLETE"]
        self.assertEqual(best["values"][0], max(trial["values"][0] for trial in complete))
        self.assertIn(f"--layers {best['params']['layers']}", run("best", "--command").stdout)
        self.assertEqual(json.loads(run("run", "train", "--json").stdout)["mean"], best["values"][0])
        run("report", "train")
        self.assertTrue(os.path.exists(self.path("report.html")))

        # All of it goes.
        self.assertIn("add --yes", run("rm", "train", code=1).stderr)
        run("rm", "train", "--yes")
        self.assertEqual(json.loads(run("ls", "--json").stdout)["studies"], [])
        self.assertFalse(os.path.exists(self.path("sterlet-trials")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
