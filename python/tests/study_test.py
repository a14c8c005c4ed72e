"""Studies in memory: what optimize, ask and tell do, as Optuna has it."""

import datetime
import math
import threading
import unittest

from support import PackageTest, square

import sterlet
from sterlet.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from sterlet.trial import TrialState


class OptimizeTest(PackageTest):
    def test_finds_a_minimum_and_keeps_each_trial(self):
        study = sterlet.create_study(sampler=sterlet.samplers.TPESampler(seed=1))
        study.optimize(square, n_trials=60)
        self.assertEqual([trial.number for trial in study.trials], list(range(60)))
        self.assertTrue(all(trial.state == TrialState.COMPLETE for trial in study.trials))
        best = min(study.trials, key=lambda trial: (trial.value, trial.number))
        self.assertEqual(study.best_trial, best)
        self.assertEqual(study.best_value, best.value)
        self.assertEqual(study.best_params, best.params)
        self.assertLess(study.best_value, 2)
        for trial in study.trials:
            self.assertEqual(list(trial.params), ["x", "n", "kind"])
            self.assertTrue(all(trial.distributions[name].contains(value) for name, value in trial.params.items()))
            self.assertIsInstance(trial.params["n"], int)
            self.assertGreaterEqual(trial.duration, datetime.timedelta(0))

    def test_is_maximized_too(self):
        study = sterlet.create_study(direction="maximize", sampler=sterlet.samplers.TPESampler(seed=3))
        study.optimize(lambda trial: -square(trial), n_trials=40)
        self.assertEqual(study.best_value, max(trial.value for trial in study.trials))
        self.assertEqual(study.direction.name, "MAXIMIZE")

    def test_equal_seeds_give_equal_trials(self):
        runs = []
        for _ in range(2):
            study = sterlet.create_study(sampler=sterlet.samplers.TPESampler(seed=11))
            study.optimize(square, n_trials=25)
            runs.append([trial.params for trial in study.trials])
        self.assertEqual(*runs)

    def test_parameters_join_as_they_appear(self):
        def objective(trial):
            kind = trial.suggest_categorical("kind", ["tree", "line"])
            if kind == "tree":
                return trial.suggest_int("depth", 1, 9) / 10
            late = trial.suggest_float("late", 0, 1) if trial.number > 20 else 0
            return 1 + trial.suggest_float("slope", 1e-4, 1, log=True) + late

        for sampler in (sterlet.samplers.TPESampler(seed=5), sterlet.samplers.GPSampler(seed=5),
                        sterlet.samplers.RandomSampler(seed=5), sterlet.samplers.NSGAIISampler(seed=5),
                        sterlet.samplers.QMCSampler(seed=5), sterlet.samplers.RefineSampler(seed=5)):
            study = sterlet.create_study(sampler=sampler)
            study.optimize(objective, n_trials=50)
            for trial in study.trials:
                wanted = {"kind", "depth"} if trial.params["kind"] == "tree" else {"kind", "slope"}
                self.assertEqual(set(trial.params) - {"late"}, wanted)
            self.assertEqual(study.best_params["kind"], "tree")
        told = study._desk.engine().call({"op": "trials"})["trials"]
        self.assertEqual([one["params"] for one in told], [trial.params for trial in study.trials])

    def test_bounds_may_change_but_not_choices_or_scale(self):
        study = sterlet.create_study(sampler=sterlet.samplers.TPESampler(seed=2))
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1 + trial.number), n_trials=30)
        for trial in study.trials:
            self.assertLessEqual(trial.params["x"], 1 + trial.number)
        self.assertGreater(max(trial.params["x"] for trial in study.trials), 1)
        trial = study.ask()
        with self.assertRaisesRegex(ValueError, "cannot change its kind"):
            trial.suggest_int("x", 0, 1)
        with self.assertRaisesRegex(ValueError, "cannot change its scale"):
            trial.suggest_float("x", 1, 2, log=True)
        trial.suggest_categorical("kind", ["a", "b"])
        study.tell(trial, 1)
        with self.assertRaisesRegex(ValueError, "cannot change its choices"):
            study.ask().suggest_categorical("kind", ["a", "c"])

    def test_a_constant_may_become_a_range(self):
        study = sterlet.create_study(sampler=sterlet.samplers.TPESampler(seed=2))
        study.optimize(lambda trial: trial.suggest_float("x", 2, 2 + trial.number // 3) +
                       trial.suggest_float("rate", 0.1, 0.1 * (1 + trial.number // 3), log=True) +
                       trial.suggest_int("n", 4, 4 + 2 * (trial.number // 3), step=2), n_trials=12)
        self.assertEqual([trial.params["n"] for trial in study.trials[:3]], [4, 4, 4])
        self.assertGreater(max(trial.params["x"] for trial in study.trials), 2)

    def test_each_kind_of_value(self):
        seen = {}

        def objective(trial):
            seen.setdefault("step", set()).add(trial.suggest_float("step", 0, 1, step=0.25))
            seen.setdefault("even", set()).add(trial.suggest_int("even", 0, 10, step=2))
            seen.setdefault("log", set()).add(trial.suggest_int("log", 1, 1000, log=True))
            seen.setdefault("momentum", []).append(trial.suggest_float("momentum", 0.9, 0.999, scale="reverse_log"))
            seen.setdefault("mixed", set()).add(trial.suggest_categorical("mixed", [None, True, 1.5, "x", (1, 2)]))
            seen.setdefault("one", set()).add(trial.suggest_float("one", 2, 2))
            seen.setdefault("odd name", set()).add(trial.suggest_float("odd name (%)", 0, 1) <= 1)
            return 0.0

        study = sterlet.create_study(sampler=sterlet.samplers.RandomSampler(seed=1))
        study.optimize(objective, n_trials=60)
        self.assertEqual(seen["step"], {0, 0.25, 0.5, 0.75, 1})
        self.assertEqual(seen["even"], {0, 2, 4, 6, 8, 10})
        self.assertLess(min(seen["log"]), 20)
        self.assertGreater(max(seen["log"]), 300)
        self.assertGreater(sum(value > 0.99 for value in seen["momentum"]), 18)
        self.assertEqual(seen["mixed"], {None, True, 1.5, "x", (1, 2)})
        self.assertEqual(seen["one"], {2.0})

    def test_failures_are_told_and_caught_only_where_asked(self):
        study = sterlet.create_study()

        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            if trial.number == 1:
                raise KeyError("gone")
            return math.nan if trial.number == 2 else None if trial.number == 3 else x

        with self.assertRaises(KeyError):
            study.optimize(objective, n_trials=5)
        self.assertEqual(len(study.trials), 2)
        study.optimize(objective, n_trials=4, catch=KeyError)
        states = [trial.state.name for trial in study.trials]
        self.assertEqual(states, ["COMPLETE", "FAIL", "FAIL", "FAIL", "COMPLETE", "COMPLETE"])
        self.assertIsNone(study.trials[1].value)

    def test_stop_callbacks_and_timeout(self):
        study = sterlet.create_study()
        told = []

        def callback(study, trial):
            told.append(trial.number)
            if trial.number == 4:
                study.stop()

        study.optimize(square, n_trials=50, callbacks=[callback])
        self.assertEqual(told, [0, 1, 2, 3, 4])
        study.optimize(square, timeout=0)
        self.assertEqual(len(study.trials), 5)
        study.optimize(square, n_trials=50, callbacks=[sterlet.study.MaxTrialsCallback(8)])
        self.assertEqual(len(study.trials), 8)
        with self.assertRaises(RuntimeError):
            study.stop()
        with self.assertRaises(RuntimeError):
            study.optimize(lambda trial: study.optimize(square, n_trials=1), n_trials=1)

    def test_eight_threads_lose_nothing(self):
        study = sterlet.create_study(sampler=sterlet.samplers.TPESampler(seed=1))
        together = threading.Barrier(8)

        def objective(trial):
            if trial.number < 8:
                together.wait(240)  # Eight run at once.
            return square(trial)

        study.optimize(objective, n_trials=64, n_jobs=8)
        self.assertEqual([trial.number for trial in study.trials], list(range(64)))
        self.assertTrue(all(trial.state == TrialState.COMPLETE for trial in study.trials))
        told = study._desk.engine().call({"op": "trials"})["trials"]
        self.assertEqual([one["params"] for one in told], [trial.params for trial in study.trials])

    def test_an_objective_without_parameters_is_no_error(self):
        study = sterlet.create_study()
        study.optimize(lambda trial: trial.number, n_trials=5)
        self.assertEqual(study.best_params, {})
        self.assertEqual(study.best_value, 0)

    def test_pruning_and_what_is_left_of_it(self):
        study = sterlet.create_study(pruner=sterlet.pruners.MedianPruner(n_startup_trials=2),
                                     sampler=sterlet.samplers.RandomSampler(seed=1))

        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            for step in range(1, 6):
                trial.report(x + 1 / step, step)
                if trial.should_prune():
                    raise sterlet.TrialPruned(f"at {step}")
            return x

        study.optimize(objective, n_trials=30)
        pruned = study.get_trials(states=[TrialState.PRUNED])
        self.assertGreater(len(pruned), 3)
        for trial in pruned:
            self.assertEqual(trial.value, trial.intermediate_values[trial.last_step])
        self.assertEqual(study.best_trial.state, TrialState.COMPLETE)

    def test_an_objective_may_be_written_as_a_launched_program(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            self.assertTrue(trial.has("x") and not trial.has("y"))
            for step in trial.steps(5):
                if trial.report(step, value=x + step):
                    break
            trial.finish(trial.get("x", 0) + 5)

        study = sterlet.create_study(pruner=sterlet.pruners.ThresholdPruner(upper=5.5))
        study.optimize(objective, n_trials=5)
        for trial in study.trials:
            self.assertEqual((trial.state, trial.value), (TrialState.COMPLETE, trial.params["x"] + 5))
            self.assertEqual(trial.last_step, 5)

    def test_reports_are_checked(self):
        trial = sterlet.create_study().ask()
        with self.assertRaises(TypeError):
            trial.report("low", 1)
        with self.assertRaises(ValueError):
            trial.report(1, -1)
        trial.report(1, 3)
        trial.report(2, 3)
        self.assertEqual(trial._record.intermediate_values, {3: 1.0})
        trial.report(4, value=0.5)
        self.assertEqual(trial._record.intermediate_values[4], 0.5)

    def test_own_samplers_and_pruners(self):
        class Middle(sterlet.samplers.BaseSampler):
            def infer_relative_search_space(self, study, trial):
                return {"x": FloatDistribution(0, 4)} if trial.number else {}

            def sample_relative(self, study, trial, search_space):
                return {name: (one.low + one.high) / 2 for name, one in search_space.items()}

            def sample_independent(self, study, trial, param_name, param_distribution):
                return param_distribution.low

        class Third(sterlet.pruners.BasePruner):
            def prune(self, study, trial):
                return trial.last_step == 3

        study = sterlet.create_study(sampler=Middle(), pruner=Third())

        def objective(trial):
            x = trial.suggest_float("x", 0, 4)
            for step in range(trial.number + 2):
                trial.report(x, step)
                if trial.should_prune():
                    raise sterlet.TrialPruned()
            return x

        study.optimize(objective, n_trials=3)
        self.assertEqual([trial.params["x"] for trial in study.trials], [0, 2, 2])
        self.assertEqual([trial.state.name for trial in study.trials], ["COMPLETE", "COMPLETE", "PRUNED"])

    def test_grids_and_brute_force_end_by_themselves(self):
        study = sterlet.create_study(sampler=sterlet.samplers.GridSampler({"x": [0, 1, 2], "kind": ["a", "b"]}))
        study.optimize(lambda trial: trial.suggest_int("x", 0, 9) + len(trial.suggest_categorical("kind", ["a", "b"])),
                       n_trials=100)
        self.assertEqual(sorted((trial.params["x"], trial.params["kind"]) for trial in study.trials),
                         [(x, kind) for x in range(3) for kind in "ab"])

        def objective(trial):
            if trial.suggest_categorical("kind", ["a", "b"]) == "a":
                return trial.suggest_int("n", 1, 3)
            return trial.suggest_float("x", 0, 1, step=0.5)

        study = sterlet.create_study(sampler=sterlet.samplers.BruteForceSampler(seed=1))
        study.optimize(objective, n_trials=100)
        self.assertEqual(len(study.trials), 6)
        self.assertEqual(len({tuple(trial.params.items()) for trial in study.trials}), 6)

    def test_a_sampler_that_does_not_suit_gives_way(self):
        for sampler in (sterlet.samplers.CmaEsSampler(seed=1), sterlet.samplers.NSGAIISampler(seed=1)):
            study = sterlet.create_study(sampler=sampler)
            study.optimize(square, n_trials=15)
            self.assertEqual([trial.state.name for trial in study.trials], ["COMPLETE"] * 15)

    def test_another_sampler_may_be_set(self):
        study = sterlet.create_study(sampler=sterlet.samplers.RandomSampler(seed=1))
        study.optimize(square, n_trials=5)
        study.sampler = sterlet.samplers.TPESampler(seed=1)
        study.optimize(square, n_trials=5)
        self.assertEqual(study._desk.engine().study["spec"]["sampler"]["name"], "tpe")
        self.assertEqual(len(study._desk.engine().call({"op": "trials"})["trials"]), 10)

    def test_a_parameter_can_be_fixed(self):
        base = sterlet.samplers.TPESampler(seed=1)
        study = sterlet.create_study(sampler=sterlet.samplers.PartialFixedSampler({"n": 7}, base))
        study.optimize(square, n_trials=20)
        self.assertEqual({trial.params["n"] for trial in study.trials}, {7})
        self.assertGreater(len({trial.params["x"] for trial in study.trials}), 15)


class AskTellTest(PackageTest):
    def test_ask_with_distributions_and_tell_by_number(self):
        study = sterlet.create_study()
        asked = study.ask({"x": FloatDistribution(0, 1), "n": IntDistribution(1, 3),
                           "kind": CategoricalDistribution(["a", "b"])})
        self.assertEqual(set(asked.params), {"x", "n", "kind"})
        self.assertEqual(study.tell(asked.number, 0.5).state, TrialState.COMPLETE)
        with self.assertRaisesRegex(ValueError, "is COMPLETE already"):
            study.tell(asked, 1)
        self.assertEqual(study.tell(asked, 1, skip_if_finished=True).value, 0.5)
        with self.assertRaisesRegex(ValueError, "there is no trial 7"):
            study.tell(7, 1)

    def test_what_may_be_told(self):
        study = sterlet.create_study()
        for values, state in ((None, TrialState.COMPLETE), (1.0, TrialState.PRUNED), (1.0, TrialState.FAIL),
                              (math.nan, TrialState.COMPLETE), ([1, 2], TrialState.COMPLETE)):
            with self.assertRaises(ValueError):
                study.tell(study.ask(), values, state)
        self.assertEqual(study.tell(study.ask(), [1, 2]).state, TrialState.FAIL)
        self.assertEqual(study.tell(study.ask(), "no number").state, TrialState.FAIL)
        self.assertEqual(study.tell(study.ask(), math.inf).value, math.inf)
        trial = study.ask()
        trial.report(3, 1)
        self.assertEqual(study.tell(trial, state=TrialState.PRUNED).value, 3)

    def test_enqueued_values_come_first(self):
        study = sterlet.create_study()
        study.enqueue_trial({"x": 1.0, "n": 3}, user_attrs={"why": "a guess"})
        study.enqueue_trial({"x": 1.0, "n": 3}, skip_if_exists=True)
        study.enqueue_trial({"kind": "b", "unknown": 5})
        study.optimize(square, n_trials=3)
        first, second, third = study.trials
        self.assertEqual((first.params["x"], first.params["n"]), (1.0, 3))
        self.assertEqual(first.user_attrs, {"why": "a guess"})
        self.assertEqual(second.params["kind"], "b")
        self.assertNotEqual(third.params["x"], 1.0)
        study.enqueue_trial({"x": 1.0, "n": 3}, skip_if_exists=True)
        self.assertNotEqual(study.ask().suggest_float("x", -5, 5), 1.0)

    def test_trials_from_elsewhere(self):
        study = sterlet.create_study()
        x = FloatDistribution(0, 10)
        study.add_trial(sterlet.create_trial(params={"x": 2.0}, distributions={"x": x}, value=4.0))
        study.add_trials([
            sterlet.create_trial(state=TrialState.PRUNED, params={"x": 3.0}, distributions={"x": x},
                                 intermediate_values={1: 9.0, 2: 8.0}),
            sterlet.create_trial(state=TrialState.FAIL, params={"y": 1}, distributions={"y": IntDistribution(0, 3)}),
            sterlet.create_trial(state=TrialState.WAITING, system_attrs={"fixed_params": {"x": 5.0}})])
        self.assertEqual([trial.number for trial in study.trials], [0, 1, 2])
        self.assertEqual(study.best_params, {"x": 2.0})
        trial = study.ask()
        self.assertEqual(trial.suggest_float("x", 0, 10), 5.0)
        with self.assertRaises(ValueError):
            study.add_trial(sterlet.create_trial(value=1, params={"x": 20.0}, distributions={"x": x}))
        with self.assertRaises(ValueError):
            study.add_trial(sterlet.create_trial(values=[1, 2]))

    def test_attributes(self):
        study = sterlet.create_study()
        study.set_user_attr("data", "iris")
        trial = study.ask()
        trial.set_user_attr("epochs", 3)
        study.tell(trial, 1)
        self.assertEqual(study.user_attrs, {"data": "iris"})
        self.assertEqual(study.trials[0].user_attrs, {"epochs": 3})

    def test_what_was_asked_for_twice_is_the_same(self):
        trial = sterlet.create_study().ask()
        self.assertEqual(trial.suggest_float("x", 0, 1), trial.suggest_float("x", 0, 1))
        with self.assertWarnsRegex(RuntimeWarning, "asked for twice with different ranges"):
            trial.suggest_float("x", 0, 2)
        self.assertIsInstance(trial, sterlet.Trial)


class ManyObjectivesTest(PackageTest):
    def test_the_front_is_what_nothing_dominates(self):
        for count in (2, 3):
            study = sterlet.create_study(directions=["minimize", "maximize", "minimize"][:count])

            def objective(trial):
                x, y = trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)
                return [x, y - x, x * y][: len(study.directions)]

            study.optimize(objective, n_trials=40)
            signs = [1, -1, 1][:count]
            rows = [[sign * value for sign, value in zip(signs, trial.values)] for trial in study.trials]
            expected = [i for i, row in enumerate(rows)
                        if not any(other != row and all(a <= b for a, b in zip(other, row)) for other in rows)]
            self.assertEqual([trial.number for trial in study.best_trials], expected)
            with self.assertRaises(RuntimeError):
                study.best_trial
            with self.assertRaises(NotImplementedError):
                study.ask().should_prune()

    def test_constraints(self):
        def judge(trial):
            return [trial.params["x"] - 0.5]

        for sampler in (sterlet.samplers.TPESampler(seed=1, constraints_func=judge),
                        sterlet.samplers.GPSampler(seed=1, constraints_func=judge)):
            study = sterlet.create_study(sampler=sampler, direction="maximize")
            study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=30)
            self.assertLessEqual(study.best_value, 0.5)
            self.assertGreater(study.best_value, 0.3)
        study = sterlet.create_study()

        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            trial.set_constraint("large", 0.7 - x)
            return x

        study.optimize(objective, n_trials=30)
        self.assertGreaterEqual(study.best_value, 0.7)
        self.assertEqual(list(study.best_trial.constraints), ["large"])


if __name__ == "__main__":
    unittest.main()
