"""SterletPruner inside Optuna. Needs optuna and pytest: scripts/test --integrations."""

import os
import pickle
import signal

import optuna
import pytest

from sterlet.exceptions import EngineError
from sterlet.integrations.optuna import SterletPruner

optuna.logging.set_verbosity(optuna.logging.WARNING)


def objective(trial):
    """A curve that falls towards its level."""
    level = trial.suggest_float("level", 0, 1)
    for step in range(1, 21):
        trial.report(level + 1 / step, step)
        if trial.should_prune():
            raise optuna.TrialPruned()
    return level + 1 / 20


def study_of(pruner, **more):
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1), pruner=pruner, **more)


def test_hopeless_trials_end_early_and_the_best_do_not():
    for name in ("auto", "median", "asha"):
        study = study_of(SterletPruner(name))
        study.optimize(objective, n_trials=40)
        pruned = study.get_trials(states=[optuna.trial.TrialState.PRUNED])
        assert len(pruned) > 8, name
        best = min(study.trials, key=lambda trial: trial.params["level"])
        assert best.state == optuna.trial.TrialState.COMPLETE, name
        assert sum(len(trial.intermediate_values) for trial in pruned) < 20 * len(pruned)


def test_it_decides_as_optunas_median():
    options = {"startup_trials": 5, "warmup_steps": 0, "interval": 1}
    ours, theirs = study_of(SterletPruner("median", **options)), study_of(optuna.pruners.MedianPruner())
    for study in (ours, theirs):
        study.optimize(objective, n_trials=30)
    assert [trial.state for trial in ours.trials] == [trial.state for trial in theirs.trials]


def test_maximizing():
    study = study_of(SterletPruner("median", startup_trials=2), direction="maximize")

    def climbing(trial):
        level = trial.suggest_float("level", 0, 1)
        for step in range(1, 6):
            trial.report(level * step, step)
            if trial.should_prune():
                raise optuna.TrialPruned()
        return level

    study.optimize(climbing, n_trials=20)
    pruned = study.get_trials(states=[optuna.trial.TrialState.PRUNED])
    assert pruned and max(trial.params["level"] for trial in pruned) < study.best_params["level"]


def test_threads_a_kill_and_a_pickle():
    pruner = SterletPruner("median", startup_trials=3)
    study = study_of(pruner)
    study.optimize(objective, n_trials=20)
    os.kill(pruner._judge._engine._child.pid, signal.SIGKILL)
    study.optimize(objective, n_trials=20, n_jobs=4)
    assert len(study.trials) == 40
    again = pickle.loads(pickle.dumps(pruner))
    other = study_of(again)
    other.optimize(objective, n_trials=10)
    assert all(trial.state.is_finished() for trial in study.trials + other.trials)


def test_an_unknown_one_says_so():
    with pytest.raises(EngineError, match="medain"):
        study_of(SterletPruner("medain")).optimize(objective, n_trials=1)
