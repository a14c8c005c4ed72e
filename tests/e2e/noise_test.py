"""Noise: repeats are counted exactly by many workers, whatever is killed, and the answer says how sure it is."""
import json
import os
import random
import select
import unittest

from support import SOURCE, TOY, ProgramTest

# A loss with noise that only the trial's own seed decides.
TRAIN = """import os, random, sys
sys.path.insert(0, os.path.join(%r, 'client'))
import sterlet
trial = sterlet.Trial()
random.seed(int(os.environ['STERLET_SEED']))
trial.report(1, loss=(trial.params['x'] - 0.3) ** 2 + random.gauss(0, 0.05))
"""


class Noise(ProgramTest):
    def check(self, trials, at_most):
        runs, noise = {}, []
        for trial in trials:
            first = trial.get("repeat_of", trial["number"])
            self.assertEqual(trial["params"], trials[first]["params"])
            self.assertEqual(trial["origin"] == "repeat", "repeat_of" in trial)
            runs.setdefault(first, []).append(trial)
        for first, own in runs.items():
            self.assertLessEqual(len(own), at_most)
            values = [t["values"][0] for t in own]
            self.assertEqual(len(set(values)), len(values), "a repeat with the same seed")
            if len(own) > 1:
                self.assertEqual(trials[first]["runs"], [t["number"] for t in own])
                self.assertAlmostEqual(trials[first]["mean"][0], sum(values) / len(values), 12)
                noise.append(trials[first]["standard_error"] * len(own) ** 0.5)
        self.assertAlmostEqual(min(noise), max(noise), 12)  # One run's noise is the same for all.
        return runs

    def study(self, repeats, trials):
        self.write("train.py", TRAIN % os.environ.get("STERLET_SOURCE_DIR", os.path.join(os.path.dirname(__file__), "../..")))
        self.write("study.yaml", TOY.replace("sh, train.sh", "python3, train.py") +
                   f"repeats: {repeats}\nbudget: {{trials: {trials}}}\nworkers: 8\n")

    def test_fixed_repeats_with_eight_workers_and_a_killed_tuner(self):
        seed = int(os.environ.get("STERLET_TEST_SEED", random.randrange(2**31)))
        print(f"STERLET_TEST_SEED={seed}")
        moments = random.Random(seed)
        self.study(3, 30)
        for _ in range(3):
            child = self.start("tune", "study.yaml", "--progress", "none")
            select.select([], [], [], moments.uniform(0.1, 0.6))
            child.kill()
            child.communicate()
        self.run_program("tune", "study.yaml")
        trials = self.trials()
        self.assertEqual([t["number"] for t in trials], list(range(30)))
        self.assertEqual({t["state"] for t in trials}, {"COMPLETE"})
        runs = self.check(trials, 3)
        self.assertGreaterEqual(sum(len(own) == 3 for own in runs.values()), 30 // 3 - 8)

    def test_a_race_ends_with_the_probability_of_its_best(self):
        self.study("{at_most: 8, share: 0.5}", 40)
        out = self.run_program("tune", "study.yaml").stdout
        self.assertRegex(out, r"best: trial \d+ with loss \S+ \(minimized\)\n  mean of \d+ runs \([\d, ]+\), standard error [\d.e-]+; "
                              r"it is the best with probability [01]\.\d\d\n")
        trials = self.trials()
        self.assertEqual(len(trials), 40)
        runs = self.check(trials, 8)
        repeated = [own for own in runs.values() if len(own) > 1]
        self.assertLess(len(repeated), 0.75 * len(runs))
        self.assertIn(out.splitlines()[1], self.run_program("best", "toy").stdout)
        best = json.loads(self.run_program("best", "toy", "--json").stdout)["best"][0]
        self.assertEqual(len(best["runs"]), len(runs[best["runs"][0]]))
        self.assertIn(f"{best['probability']:.2f}", out)
        self.assertAlmostEqual(best["values"][0], best["mean"][0], 12)
        self.assertIn("the best with probability", self.run_program("status", "toy").stdout)
        self.assertIn("mean of", self.run_program("top", "toy", "--once").stdout)
        self.run_program("report", "toy")
        page = next(name for name in os.listdir(self.folder) if name.endswith(".html"))
        with open(self.path(page)) as file:
            self.assertIn("it is the best with probability", file.read())
        header, *rows = self.run_program("export", "toy", "--format", "csv").stdout.splitlines()
        self.assertIn(",repeat_of,runs,mean,standard_error,attempts,", header)
        self.assertEqual(len(rows), 40)

    def test_what_is_named_best_is_not_the_luckiest_trial(self):
        """Adds the same 80 noisy results each time; golden: tests/golden/looking/best-noisy.txt."""
        self.write("study.yaml", "study: toy\nobjective: loss\ncommand: [./train, \"${x}\", \"${y}\"]\nparams:\n"
                   "  x: {type: float, low: 0, high: 1}\n  y: {type: float, low: 0, high: 1}\n")
        lines, chance = [], random.Random(7)
        for i in range(80):
            x, y = (round(min(max(c, 0), 1), 3) for c in
                    ((chance.gauss(0.3, 0.1), chance.gauss(0.6, 0.1)) if i % 2 else (chance.random(), chance.random())))
            value = round((x - 0.3) ** 2 + (y - 0.6) ** 2 + chance.gauss(0.1, 0.03), 4)
            lines.append(json.dumps({"op": "add", "params": {"x": x, "y": y}, "value": value}) + "\n")
        asked = self.run_program("ask-tell", "study.yaml", "--storage", "sterlet.db",
                                 stdin="".join(lines) + '{"op":"best"}\n').stdout.splitlines()
        said = ""
        for words in (["best"], ["best", "--measured"], ["best", "--command"]):
            said += f"$ sterlet {' '.join(words)}\n{self.run_program(*words).stdout}"
        best = json.loads(self.run_program("best", "--json").stdout)["best"][0]
        measured = json.loads(self.run_program("best", "--measured", "--json").stdout)["best"][0]
        self.assertNotEqual(best["number"], measured["number"])
        self.assertEqual(best["luckiest"]["number"], measured["number"])
        self.assertLess(measured["values"][0], best["values"][0])
        told = json.loads(asked[-1])
        self.assertEqual((told["id"], told["expected"], told["luckiest"]),
                         (best["number"], best["expected"], best["luckiest"]))
        self.assertRegex(self.run_program("status").stdout, rf"best +trial {best['number']} with .*\n +expected .* is probably luck")
        self.assertRegex(self.run_program("show").stdout, rf"trial +{best['number']}, COMPLETE, the best\n(.*\n)*noise +expected")
        self.run_program("report", "toy")
        page = next(name for name in os.listdir(self.folder) if name.endswith(".html"))
        with open(self.path(page)) as file:
            self.assertIn("is probably luck", file.read())
        path = os.path.join(SOURCE, "tests/golden/looking/best-noisy.txt")
        if os.environ.get("UPDATE_GOLDEN"):
            with open(path, "w") as file:
                file.write(said)
        with open(path) as file:
            self.assertEqual(said, file.read())


if __name__ == "__main__":
    unittest.main(verbosity=2)
