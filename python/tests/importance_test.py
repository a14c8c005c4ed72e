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

    def test_several_objectives_have_the_mean_of_their_shares(self):
        study = sterlet.create_study(directions=["minimize", "maximize"], sampler=sterlet.samplers.RandomSampler(seed=1))
        self.assertEqual(get_param_importances(study), {})
        study.optimize(lambda trial: (objective(trial), trial.params["small"]), n_trials=40)
        both = get_param_importances(study)
        for name, share in both.items():
            each = [get_param_importances(study, target=lambda trial: trial.values[place])[name] for place in (0, 1)]
            self.assertAlmostEqual(share, sum(each) / 2)
        self.assertEqual(list(both)[-1], "none")

    def test_of_few_trials_it_says_how_little_it_knows(self):
        study = sterlet.create_study(sampler=sterlet.samplers.RandomSampler(seed=1))
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1) ** 3 + 0 * len(trial.suggest_categorical("k", ["a", "bb"])),
                       n_trials=9)
        with self.assertWarnsRegex(UserWarning, "not enough data: 9 trials so far"):
            found = get_param_importances(study, normalize=False)
        # Ranks of x and of its cube are the same.
        self.assertAlmostEqual(found["x"], 1)
        self.assertLess(found["k"], 0.5)

    def test_evaluators_of_ones_own_and_wrong_ones(self):
        class Half(sterlet.importance.BaseImportanceEvaluator):
            def evaluate(self, study, params=None, *, target=None):
                return {"a": 2.0, "b": 2.0}

        study = sterlet.create_study()
        self.assertEqual(get_param_importances(study, evaluator=Half()), {"a": 0.5, "b": 0.5})
        with self.assertRaises(TypeError):
            get_param_importances(study, evaluator="fanova")
        study.optimize(objective, n_trials=2)
        with self.assertRaisesRegex(ValueError, "no completed trial has the parameter 'smal'"):
            get_param_importances(study, params=["smal"])


if __name__ == "__main__":
    unittest.main()
