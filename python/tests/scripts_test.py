"""What the public example scripts of Optuna use beyond create_study() and optimize(): each as such a script uses it."""

import importlib
import json
import math
import os
import random
import statistics
import unittest

from support import PackageTest

import sterlet as optuna
from sterlet.trial import TrialState


def parabola(trial):
    x = trial.suggest_float("x", -10, 10)
    y = trial.suggest_float("y", -5, 5)
    return (x - 2) ** 2 + y**2


class ScriptsTest(PackageTest):
    def test_a_sampler_of_ones_own_over_the_common_space(self):
        class Walk(optuna.samplers.BaseSampler):
            def __init__(self, seed):
                self.draws = random.Random(seed)
                self.first = optuna.samplers.RandomSampler(seed=seed)

            def infer_relative_search_space(self, study, trial):
                return optuna.samplers.intersection_search_space(study)

            def sample_relative(self, study, trial, search_space):
                found = {}
                last = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
                for name, one in search_space.items():
                    assert isinstance(one, optuna.distributions.UniformDistribution)
                    near = last[-1].params[name]
                    found[name] = self.draws.uniform(max(one.low, near - 1), min(one.high, near + 1))
                return found

            def sample_independent(self, study, trial, param_name, param_distribution):
                return self.first.sample_independent(study, trial, param_name, param_distribution)

        study = optuna.create_study(sampler=Walk(1))
        study.optimize(parabola, n_trials=20)
        xs = [trial.params["x"] for trial in study.trials]
        self.assertTrue(all(abs(a - b) <= 1 for a, b in zip(xs, xs[1:])))
        self.assertEqual(study.direction, optuna.study.StudyDirection.MINIMIZE)

    def test_a_range_from_zero_offers_no_zero(self):
        # Where small values are good, the range's end is soon tried.
        for storage in (None, self.path("a.db")):
            study = optuna.create_study(storage=storage, study_name="s", sampler=optuna.samplers.GPSampler(seed=1))
            study.optimize(lambda trial: trial.suggest_float("alpha", 0.0, 2.0), n_trials=25)
            values = [trial.params["alpha"] for trial in study.trials]
            self.assertEqual(min(values), 2e-6)
            study.enqueue_trial({"alpha": 0.0})  # Who says 0 gets it.
            study.optimize(lambda trial: trial.suggest_float("alpha", 0.0, 2.0), n_trials=1)
            self.assertEqual(study.trials[-1].params["alpha"], 0.0)
            if storage:
                self.assertEqual([trial.params["alpha"] for trial in optuna.load_study(study_name="s", storage=storage).trials],
                                 [*values, 0.0])

    def test_steps_that_do_not_add_up_in_binary(self):
        # 0.001 + 8 * 0.001 is 0.009000000000000001.
        def objective(trial):
            return trial.suggest_float("rate", 0.001, 0.01, step=0.001) + trial.suggest_float("x", -0.3, 0.3, step=0.3)

        rates = [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.01]
        for storage in (None, self.path("a.db")):
            study = optuna.create_study(storage=storage, sampler=optuna.samplers.BruteForceSampler())
            study.optimize(objective)
            tried = [(trial.params["rate"], trial.params["x"]) for trial in study.trials]
            self.assertEqual(sorted(tried), [(rate, x) for rate in rates for x in (-0.3, 0.0, 0.3)])
            study = optuna.create_study(storage=storage)
            study.enqueue_trial({"rate": 0.001 + 8 * 0.001})
            study.optimize(objective, n_trials=1)
            self.assertAlmostEqual(study.best_params["rate"], 0.009, 15)

    def test_a_name_that_is_not_there_says_why(self):
        with self.assertRaisesRegex(ImportError, "no LightGBMTuner as Optuna has: a search in steps"):
            optuna.integration.LightGBMTuner  # noqa: B018
        with self.assertRaisesRegex(ImportError, "LightGBM's own is lightgbm.train"):
            importlib.import_module("sterlet.integration.lightgbm").train  # noqa: B018
        with self.assertRaisesRegex(ImportError, "no GrpcStorageProxy as Optuna has: a storage is a file"):
            from sterlet.storages import GrpcStorageProxy  # noqa: F401
        with self.assertRaisesRegex(ImportError, "no EMMREvaluator as"):
            from sterlet.terminator import EMMREvaluator  # noqa: F401
        with self.assertRaisesRegex(AttributeError, "has no attribute 'TPESamler'"):
            optuna.samplers.TPESamler  # noqa: B018

    def test_modules_are_where_scripts_import_them_from(self):
        for module, names in {
            "integration.lightgbm": ["LightGBMPruningCallback"],
            "integration.xgboost": ["XGBoostPruningCallback"],
            "integration.pytorch_lightning": ["PyTorchLightningPruningCallback"],
            "storages.journal": ["JournalFileBackend", "JournalFileOpenLock", "JournalFileSymlinkLock"],
            "trial._state": ["TrialState"],
            "terminator.callback": ["TerminatorCallback"],
            "terminator.erroreval": ["CrossValidationErrorEvaluator", "report_cross_validation_scores"],
            "terminator.improvement.evaluator": ["BestValueStagnationEvaluator"],
            "terminator.median_erroreval": ["MedianErrorEvaluator"],
            "terminator.terminator": ["Terminator"],
            "version": ["__version__"],
        }.items():
            loaded = importlib.import_module(f"sterlet.{module}")
            for name in names:
                self.assertTrue(hasattr(loaded, name), f"{module}.{name}")
        backend = optuna.storages.journal.JournalFileBackend(
            self.path("j.log"), lock_obj=optuna.storages.JournalFileOpenLock(self.path("j.log")))
        study = optuna.create_study(storage=optuna.storages.JournalStorage(backend), study_name="s")
        study.optimize(parabola, n_trials=2)
        self.assertEqual(len(optuna.load_study(study_name="s", storage=self.path("j.log")).trials), 2)

    def test_old_distributions_are_the_new_ones(self):
        old = optuna.distributions
        made = [old.UniformDistribution(0, 1), old.LogUniformDistribution(0.1, 1), old.DiscreteUniformDistribution(0, 1, 0.5),
                old.IntUniformDistribution(0, 9, 3), old.IntLogUniformDistribution(1, 9)]
        self.assertEqual(made, [old.FloatDistribution(0, 1), old.FloatDistribution(0.1, 1, log=True),
                                old.FloatDistribution(0, 1, step=0.5), old.IntDistribution(0, 9, step=3),
                                old.IntDistribution(1, 9, log=True)])
        self.assertTrue(isinstance(made[1], old.LogUniformDistribution))
        self.assertFalse(isinstance(made[1], old.UniformDistribution))
        self.assertTrue(isinstance(made[3], old.IntUniformDistribution))
        with self.assertRaises(AttributeError):
            old.NormalDistribution  # noqa: B018

    def test_files_belong_to_trials_and_studies(self):
        store = optuna.artifacts.FileSystemArtifactStore(self.folder)
        for storage in (None, self.path("a.db")):
            study = optuna.create_study(storage=storage, study_name="s")
            with open(self.path("plot.png"), "wb") as file:
                file.write(b"a picture")

            def objective(trial):
                optuna.artifacts.upload_artifact(artifact_store=store, file_path=self.path("plot.png"), study_or_trial=trial)
                trial.set_user_attr("kind", "plot")
                return trial.suggest_float("x", 0, 1)

            optuna.artifacts.upload_artifact(artifact_store=store, file_path=self.path("plot.png"), study_or_trial=study)
            study.optimize(objective, n_trials=2)
            seen = study if storage is None else optuna.load_study(study_name="s", storage=storage)
            for owner in (seen, *seen.trials):
                (meta,) = optuna.artifacts.get_all_artifact_meta(owner, storage=study._storage)
                self.assertEqual((meta.filename, meta.mimetype), ("plot.png", "image/png"))
                copy = self.path(meta.artifact_id + ".copy")
                optuna.artifacts.download_artifact(artifact_store=store, file_path=copy, artifact_id=meta.artifact_id)
                with open(copy, "rb") as file:
                    self.assertEqual(file.read(), b"a picture")
                with self.assertRaises(FileExistsError):
                    optuna.artifacts.download_artifact(artifact_store=store, file_path=copy, artifact_id=meta.artifact_id)
            self.assertEqual(seen.trials[0].user_attrs, {"kind": "plot"})
            self.assertEqual(seen.user_attrs, {})
        with self.assertRaises(optuna.artifacts.ArtifactNotFound):
            store.open_reader("none")
        with self.assertRaisesRegex(ValueError, "leads out"):
            store.open_reader("../secret")
        with self.assertRaisesRegex(ValueError, "has ended"):
            optuna.artifacts.upload_artifact(artifact_store=store, file_path=self.path("plot.png"),
                                             study_or_trial=study.trials[0])
        store.remove(meta.artifact_id)
        with self.assertRaises(optuna.artifacts.ArtifactNotFound):
            store.remove(meta.artifact_id)

    def test_a_terminator_ends_a_study_that_stands_still(self):
        study = optuna.create_study()
        study.optimize(lambda trial: abs(trial.number - 12), n_trials=200, callbacks=[optuna.terminator.TerminatorCallback()])
        self.assertEqual(len(study.trials), 12 + 30 + 2)  # The best, those that it may stand, and the one too many.

    def test_terminators_by_the_error_of_cross_validation(self):
        scores = [0.8, 0.9, 0.85, 0.95]

        def objective(trial):
            told = [score - 0.1 / (1 + trial.number) for score in scores]
            optuna.terminator.report_cross_validation_scores(trial, told)
            return statistics.fmean(told)

        for storage in (None, self.path("a.db")):
            study = optuna.create_study(direction="maximize", storage=storage, study_name="s")
            study.optimize(objective, n_trials=4)
            error = optuna.terminator.CrossValidationErrorEvaluator()
            found = error.evaluate(study.trials, study.direction)
            self.assertAlmostEqual(found, math.sqrt((1 / 4 + 1 / 3) * statistics.pvariance(scores)))
        with self.assertRaisesRegex(ValueError, "two folds at least"):
            optuna.terminator.report_cross_validation_scores(study.ask(), [1.0])
        plain = optuna.create_study()
        with self.assertRaisesRegex(ValueError, "no completed trial"):
            error.evaluate(plain.trials, plain.direction)
        plain.optimize(parabola, n_trials=1)
        with self.assertRaisesRegex(ValueError, "report_cross_validation_scores"):
            error.evaluate(plain.trials, plain.direction)

    def test_other_evaluators(self):
        still = optuna.terminator.BestValueStagnationEvaluator(3)
        study = optuna.create_study()
        study.optimize(lambda trial: [5, 3, 4, 4, 2, 9][trial.number], n_trials=6)
        rooms = [still.evaluate(study.trials[:end], study.direction) for end in range(1, 7)]
        self.assertEqual(rooms, [3, 3, 2, 1, 3, 2])
        median = optuna.terminator.MedianErrorEvaluator(still, warm_up_trials=1, n_initial_trials=3, threshold_ratio=0.5)
        self.assertEqual(median.evaluate(study.trials[:3], study.direction), -math.inf)
        self.assertEqual(median.evaluate(study.trials, study.direction), 0.5 * statistics.median(rooms[1:4]))
        fixed = optuna.terminator.Terminator(still, optuna.terminator.StaticErrorEvaluator(2.5), min_n_trials=6)
        self.assertTrue(fixed.should_terminate(study))
        self.assertFalse(optuna.terminator.Terminator(still, min_n_trials=7).should_terminate(study))
        for wrong in (lambda: optuna.terminator.Terminator(min_n_trials=0),
                      lambda: optuna.terminator.BestValueStagnationEvaluator(-1)):
            with self.assertRaises(ValueError):
                wrong()

    def test_names_of_objectives_stay(self):
        path = self.path("a.db")
        study = optuna.create_study(storage=path, study_name="s", directions=["minimize", "maximize"])
        study.set_metric_names(["loss", "accuracy"])
        again = optuna.load_study(study_name="s", storage=path)
        again.trials  # noqa: B018 - reads what is stored
        self.assertEqual(again.metric_names, ["loss", "accuracy"])
        self.assertEqual(again.user_attrs, {})
        with self.assertRaises(ValueError):
            study.set_metric_names(["one"])

    def test_what_scripts_say_to_storages(self):
        again = optuna.storages.RetryFailedTrialCallback(max_retry=3)
        storage = optuna.storages.RDBStorage("sqlite:///" + self.path("a.db"), heartbeat_interval=60, grace_period=120,
                                             failed_trial_callback=again)
        study = optuna.create_study(storage=storage, study_name="s")
        study.optimize(parabola, n_trials=2, callbacks=[optuna.study.MaxTrialsCallback(2, states=(TrialState.COMPLETE,))])
        self.assertIsNone(again.retried_trial_number(study.trials[0]))
        backend = optuna.storages.journal.JournalFileBackend(self.path("journal.log"))
        other = optuna.create_study(storage=optuna.storages.JournalStorage(backend), study_name="s")
        other.optimize(parabola, n_trials=2)
        self.assertTrue(os.path.exists(self.path("journal.log")))
        self.assertEqual(optuna.storages.get_storage(self.path("a.db")).path, self.path("a.db"))

    def test_cmaes_takes_a_source(self):
        source = optuna.create_study(sampler=optuna.samplers.CmaEsSampler(seed=1))
        source.optimize(parabola, n_trials=10)
        target = optuna.create_study(sampler=optuna.samplers.CmaEsSampler(seed=1, source_trials=source.trials))
        target.optimize(parabola, n_trials=10)
        self.assertEqual(len(target.trials), 10)

    def test_instances_in_any_order_with_wilcoxon(self):
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1),
                                    pruner=optuna.pruners.WilcoxonPruner(p_threshold=0.1))
        draws = random.Random(1)
        evaluated = []

        def objective(trial):
            x = trial.suggest_float("x", 0, 10)
            told = []
            for instance in draws.sample(range(15), 15):
                told.append(x + instance + draws.random() / 10)
                evaluated.append(trial.number)
                trial.report(told[-1], instance)
                if trial.should_prune():
                    return statistics.fmean(told)
            return statistics.fmean(told)

        study.optimize(objective, n_trials=15)
        self.assertEqual({trial.state for trial in study.trials}, {TrialState.COMPLETE})
        self.assertLess(len(evaluated), 15 * 15)

    def test_features_are_switched_on_and_off(self):
        features = [f"feature {place}" for place in range(6)]
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=42))
        study.enqueue_trial(dict.fromkeys(features, True))
        for left_out in features:
            study.enqueue_trial({name: name != left_out for name in features})
        seen = set()

        def objective(trial):
            kept = tuple(name for name in features if trial.suggest_categorical(name, [True, False]))
            if kept in seen or len(kept) < 3:
                raise optuna.exceptions.TrialPruned()
            seen.add(kept)
            return len(kept)

        study.optimize(objective, n_trials=20)
        self.assertEqual(study.trials[0].params, dict.fromkeys(features, True))
        self.assertEqual(sum(study.trials[3].params.values()), 5)

    def test_an_objective_with_more_arguments_and_with_fixed_trials(self):
        class Objective:
            def __init__(self, centre):
                self.centre = centre

            def __call__(self, trial):
                return (trial.suggest_float("x", -5, 5) - self.centre) ** 2

        study = optuna.create_study()
        study.optimize(Objective(1), n_trials=3)
        self.assertEqual(Objective(1)(optuna.trial.FixedTrial({"x": 3.0})), 4)
        self.assertEqual(Objective(1)(study.best_trial), study.best_value)

    def test_importance_of_what_a_trial_took(self):
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
        study.optimize(parabola, n_trials=40)
        found = optuna.importance.get_param_importances(study, target=lambda trial: trial.duration.total_seconds())
        self.assertEqual(set(found), {"x", "y"})
        found = optuna.importance.get_param_importances(study, evaluator=optuna.importance.FanovaImportanceEvaluator(seed=1))
        self.assertEqual(list(found), ["x", "y"])

    def test_a_loop_of_ones_own_over_a_stored_study(self):
        study = optuna.create_study(storage=self.path("a.db"), study_name="s")
        asked = [study.ask({"x": optuna.distributions.FloatDistribution(0, 1)}) for _ in range(4)]
        for trial in reversed(asked):
            study.tell(trial, trial.params["x"])
        self.assertEqual([trial.value for trial in study.trials], [trial.params["x"] for trial in asked])
        json.dumps([trial.params for trial in study.trials])


if __name__ == "__main__":
    unittest.main()
