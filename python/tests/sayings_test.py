"""What the program's other commands say of a study: plans, verdicts, noise."""

import os
import random
import unittest

from support import PackageTest, square

import sterlet

OBJECTIVE = """
import sterlet

def objective(trial):
    x = trial.suggest_float("x", -1, 1)
    n = trial.suggest_int("n", 1, 3)
    return (x - 0.3) ** 2 + n

def other(trial):
    return -objective(trial)

if __name__ == "__main__":
    sterlet.logging.set_verbosity(sterlet.logging.ERROR)
    for storage in ("s.db", None):
        study = sterlet.create_study(study_name="s", storage=storage, sampler=sterlet.samplers.RandomSampler(seed=1))
        study.optimize(objective, n_trials=20)
        same, changed = study.retest(objective, n_trials=8), study.retest(other, n_trials=8, timeout=100)
        print(same.verdict, changed.verdict, len(study.trials), same.evaluations >= 5, str(same).startswith("holds, "))
"""


class SayingsTest(PackageTest):
    def test_a_plan_needs_a_budget_and_knows_the_steps(self):
        def objective(trial):
            for step in range(1, 6):
                trial.report(trial.suggest_float("x", 0, 1), step)
            return trial.params["x"]

        for storage in (None, self.path("a.db")):
            study = sterlet.create_study(study_name="s", storage=storage)
            with self.assertRaisesRegex(ValueError, "no trial has ended that says how long a step takes"):
                study.plan(time="1h")
            study.enqueue_trial({"x": 0.5})
            study.optimize(objective, n_trials=3)
            plan = study.plan(time=3600, workers=3)
            self.assertEqual(plan.strategy, "parallel")
            self.assertEqual(plan.settings["workers"], 3)
            self.assertEqual(plan.details["measured"]["steps"], 5)
            self.assertIn("caviar", str(plan))
            own = study.plan(n_trials=40, seconds_per_step="3s", steps=20, memory="1GiB")
            self.assertEqual(own.details["measured"]["full_seconds"], 60)
            self.assertEqual(own.choices[0]["trials"], [40, 40, 40])
            with self.assertRaisesRegex(sterlet.exceptions.EngineError, "a plan needs a budget"):
                study.plan()

    def test_old_results_are_tested_again_in_worker_processes(self):
        with open(self.path("mine.py"), "w", encoding="utf-8") as file:
            file.write(OBJECTIVE)
        told = self.run_python("import runpy; runpy.run_path('mine.py', run_name='__main__')")
        self.assertEqual(told, "holds rusted 20 True True\n" * 2)
        self.assertIn("rusted", self.run_sterlet("status", "s", "--storage", "s.db"))
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith(".sterlet-")])

    def test_a_retest_says_what_it_cannot_do(self):
        study = sterlet.create_study(study_name="s", storage=self.path("a.db"))
        study.optimize(square, n_trials=3)
        with self.assertRaisesRegex(ValueError, "s has no command that could be run again; give the objective"):
            study.retest()
        with self.assertRaisesRegex(ValueError, "cannot be imported by a worker"):
            study.retest(lambda trial: 1.0)

    def test_the_best_result_may_be_luck(self):
        draws = random.Random(3)

        def noisy(trial):
            x, y = trial.suggest_float("x", -1, 1), trial.suggest_float("y", -1, 1)
            return x * x + y * y + draws.gauss(0, 0.3)

        for storage in (None, self.path("a.db")):
            study = sterlet.create_study(storage=storage, study_name="s", sampler=sterlet.samplers.RandomSampler(seed=1))
            self.assertIsNone(study.noise)
            study.optimize(noisy, n_trials=150)
            noise = study.noise
            self.assertAlmostEqual(noise.deviation, 0.3, delta=0.1)
            self.assertGreater(noise.expected, noise.value)
            self.assertEqual(noise.value, study.trials[noise.trial].value)
            self.assertEqual(noise.luckiest, study.best_trial.number)
        sure = sterlet.create_study(sampler=sterlet.samplers.RandomSampler(seed=1))
        sure.optimize(square, n_trials=40)
        self.assertIsNone(sure.noise)
        self.assertIsNone(sterlet.create_study(directions=["minimize", "maximize"]).noise)


if __name__ == "__main__":
    unittest.main()
