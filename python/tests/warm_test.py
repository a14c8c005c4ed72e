"""Warm starts and hints, as docs/warm.md has them."""

import os
import pickle
import unittest

from support import PackageTest, kill_engine

import sterlet
from sterlet.exceptions import EngineError


def valley(trial):
    return (trial.suggest_float("x", -5, 5) - 2) ** 2 + (trial.suggest_float("y", -5, 5) + 1) ** 2


def begun(storage=None, name="old", trials=30, **more):
    study = sterlet.create_study(
        storage=storage, study_name=name, sampler=sterlet.samplers.TPESampler(seed=1), **more)
    study.optimize(valley, n_trials=trials)
    return study


class WarmTest(PackageTest):
    def test_the_old_best_comes_first_and_its_neighbourhood_next(self):
        storage = self.path("a.db")
        old, memory = begun(storage), begun()
        for place, told in enumerate([
            {"warm_from": "old", "warm_storage": storage},
            {"warm_from": old},
            {"warm_from": ["old"], "storage": storage},
            {"warm_from": memory},
            {"warm_from": memory, "storage": storage},
        ]):
            with self.subTest(place):
                study = begun(name=f"new{place}", trials=8, **told)
                best = memory.best_params if told["warm_from"] is memory else old.best_params
                self.assertEqual(study.trials[0].params, best)
                self.assertEqual(len(study.trials), 8)
                self.assertEqual([one["state"] for one in study.hints()], ["active"])
                # Nothing of the old one joins it.
                self.assertEqual(study.best_value, min(trial.value for trial in study.trials))
        cold = begun(trials=8)
        self.assertNotEqual(cold.trials[0].params, old.best_params)
        self.assertEqual(cold.hints(), [])

    def test_a_new_parameter_joins_and_an_old_one_may_be_gone(self):
        old = begun()

        def other(trial):
            return (trial.suggest_float("x", -5, 5) - 2) ** 2 + trial.suggest_int("n", 1, 3)

        study = sterlet.create_study(warm_from=old)
        study.optimize(other, n_trials=10)
        self.assertEqual(study.trials[0].params["x"], old.best_params["x"])
        self.assertEqual({name for trial in study.trials for name in trial.params}, {"x", "n"})

    def test_what_cannot_be_a_start_says_so(self):
        storage = self.path("a.db")
        begun(storage)
        with self.assertRaisesRegex(KeyError, "no study 'odl'"):
            sterlet.create_study(warm_from="odl", warm_storage=storage)
        with self.assertRaisesRegex(KeyError, "no storage"):
            sterlet.create_study(warm_from="old", warm_storage=self.path("none.db"))
        with self.assertRaisesRegex(EngineError, "cannot start warm from 'old'"):
            sterlet.create_study(warm_from="old", warm_storage=storage, direction="maximize")
        with self.assertRaisesRegex(ValueError, "one storage"):
            sterlet.create_study(warm_from=[begun(), "old"], warm_storage=storage)

    def test_an_engine_that_is_killed_loses_neither_start_nor_hint_nor_queue(self):
        storage = self.path("a.db")
        old, other = begun(storage), begun(name="other")

        def steered(kills, warm):
            study = sterlet.create_study(warm_from=warm, warm_storage=storage, sampler=sterlet.samplers.RandomSampler(seed=3))
            study.hint({"x": (1.9, 2.1)}, weight=5)
            for place in range(12):
                if place in kills:
                    kill_engine(study)
                if place == 6:
                    study.enqueue_trial({"x": 0.5})
                    study.enqueue_trial({"y": 0.25})
                if place == 9:
                    study.forget(len(study.hints()))
                study.optimize(valley, n_trials=1)
            return study

        for warm in (old, ["old"], [other], None):
            whole = steered((), warm)
            self.assertEqual(whole.trials[6].params["x"], 0.5)
            for kills in ((0,), (1,), (5,), (6,), (7,), (8,), (9, 10), tuple(range(12))):
                with self.subTest(kills=kills, warm=warm):
                    study = steered(kills, warm)
                    self.assertEqual([trial.params for trial in study.trials], [trial.params for trial in whole.trials])
                    self.assertEqual([one["state"] for one in study.hints()], [one["state"] for one in whole.hints()])

    def test_what_waits_survives_another_sampler_and_a_pickle(self):
        study = sterlet.create_study(sampler=sterlet.samplers.CmaEsSampler(seed=1))
        study.enqueue_trial({"x": 1.0})
        study.enqueue_trial({"x": 2.0})

        def objective(trial):
            trial.suggest_categorical("kind", ["a", "b"])  # CMA-ES gives way to another.
            return trial.suggest_float("x", 0, 3)

        study.optimize(objective, n_trials=1)
        again = pickle.loads(pickle.dumps(study))
        study.sampler = sterlet.samplers.RandomSampler(seed=1)
        for one in (study, again):
            one.optimize(objective, n_trials=2)
            self.assertEqual([trial.params["x"] for trial in one.trials][:2], [1.0, 2.0])
            self.assertNotEqual(one.trials[2].params["x"], 2.0)

    def test_a_warm_start_that_is_gone_is_told_and_the_study_goes_on(self):
        storage = self.path("b.db")
        begun(storage)
        study = sterlet.create_study(warm_from="old", warm_storage=storage)
        study.optimize(valley, n_trials=3)
        os.unlink(storage)
        kill_engine(study)
        with self.assertLogs("sterlet", "WARNING") as told:
            sterlet.logging.set_verbosity(sterlet.logging.WARNING)
            study.optimize(valley, n_trials=3)
        self.assertIn("goes on without its warm start", told.output[0])
        self.assertEqual(len(study.trials), 6)
        self.assertEqual(study.hints(), [])

    def test_a_hint_pulls_until_it_is_forgotten(self):
        for storage in (None, self.path("a.db")):
            study = sterlet.create_study(storage=storage, study_name="s", sampler=sterlet.samplers.RandomSampler(seed=3))
            study.hint({"x": (1.9, 2.1), "kind": ["b"]}, weight=5)  # Nobody has suggested them yet.
            self.assertEqual(study.hints(), [])

            def objective(trial):
                trial.suggest_categorical("kind", ["a", "b", "c"])
                return trial.suggest_float("x", -100, 100) ** 2

            study.optimize(objective, n_trials=12)
            near = [trial for trial in study.trials[1:] if abs(trial.params["x"] - 2) < 30]
            self.assertGreater(len(near), 6)
            (hint,) = study.hints()
            self.assertEqual((hint["kind"], hint["state"], hint["params"]), ("hint", "active", {"x": [1.9, 2.1], "kind": ["b"]}))
            study.forget(hint["number"])
            self.assertEqual(study.hints()[0]["state"], "forgotten")
            with self.assertRaises(EngineError):
                study.hint({"x": (500, 600)})
            with self.assertRaises(EngineError):
                study.hint({"kind": "d"})
            with self.assertRaises(EngineError):
                study.hint({"x": 1}, weight=-1)
            study.hint({"kind": "c"})
            self.assertEqual(len(study.hints()), 2)


if __name__ == "__main__":
    unittest.main()
