"""Which parameters matter, of studies in memory and in a storage."""

import unittest

from support import PackageTest

import sterlet
from sterlet.importance import PedAnovaImportanceEvaluator, get_param_importances


def objective(trial):
    large = trial.suggest_float("a large one", -5, 5)
    small = trial.suggest_int("small", 0, 9)
    none = trial.suggest_float("none", 0, 1)
    return large**2 + 0.1 * small + 0 * none


class ImportanceTest(PackageTest):
    def test_the_largest_comes_first(self):
        for storage in (None, self.path("a.db")):
            study = sterlet.create_study(storage=storage, sampler=sterlet.samplers.RandomSampler(seed=1))
            study.optimize(objective, n_trials=60)
            for evaluator in (None, PedAnovaImportanceEvaluator()):
                found = get_param_importances(study, evaluator=evaluator)
                self.assertEqual(set(found), {"a large one", "small", "none"})
                self.assertEqual(next(iter(found)), "a large one")
                self.assertAlmostEqual(sum(found.values()), 1)
                self.assertEqual(sorted(found.values(), reverse=True), list(found.values()))
            self.assertEqual(list(get_param_importances(study, params=["small"])), ["small"])
            self.assertEqual(next(iter(get_param_importances(study, target=lambda trial: trial.params["small"]))), "small")

    def test_several_objectives_need_a_target(self):
        study = sterlet.create_study(directions=["minimize", "maximize"], sampler=sterlet.samplers.RandomSampler(seed=1))
        with self.assertRaisesRegex(ValueError, "target"):
            get_param_importances(study)
        with self.assertRaisesRegex(ValueError, "without completed"):
            get_param_importances(study, target=lambda trial: trial.values[0])
        study.optimize(lambda trial: (objective(trial), 1.0), n_trials=40)
        found = get_param_importances(study, target=lambda trial: trial.values[0])
        self.assertEqual(next(iter(found)), "a large one")


if __name__ == "__main__":
    unittest.main()
