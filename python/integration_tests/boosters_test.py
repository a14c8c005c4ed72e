"""XGBoost and LightGBM: pruned, changed live, taken back. Needs both, and pytest: scripts/test --integrations."""

import lightgbm
import numpy as np
import pytest
import xgboost

import sterlet
from live import check_pruning, raise_model
from sterlet.integrations import lightgbm as our_lightgbm
from sterlet.integrations import xgboost as our_xgboost

DATA = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(400, 5))
y = X[:, 0] * X[:, 1] + X[:, 2]
"""
XGBOOST = DATA + """
import xgboost
from sterlet.integrations.xgboost import SterletCallback
data, valid = xgboost.DMatrix(X[:300], y[:300]), xgboost.DMatrix(X[300:], y[300:])
callback = SterletCallback(trial, {"loss": "valid-rmse"})
xgboost.train({"learning_rate": rate, "nthread": 1, "max_depth": 3}, data, callback.left(STEPS),
              evals=[(valid, "valid")], callbacks=[callback], verbose_eval=False)
"""
LIGHTGBM = DATA + """
import lightgbm
from sterlet.integrations.lightgbm import SterletCallback
quiet = {"verbosity": -1, "num_threads": 1}
data = lightgbm.Dataset(X[:300], y[:300], params=quiet)
valid = data.create_valid(X[300:], y[300:])
callback = SterletCallback(trial, {"loss": "valid_0-l2"})
lightgbm.train({"objective": "regression", "metric": "l2", "learning_rate": rate, **quiet}, data, callback.left(STEPS),
               valid_sets=[valid], callbacks=[callback], init_model=callback.resume)
"""
QUIET = {"verbosity": -1, "num_threads": 1}


def make_data():
    place = {}
    exec(DATA, place)
    return place["X"], place["y"]


X, Y = make_data()


def train_xgboost(trial, rate, metrics="valid-rmse", rounds=20):
    data, valid = xgboost.DMatrix(X[:300], Y[:300]), xgboost.DMatrix(X[300:], Y[300:])
    told = {}
    xgboost.train({"learning_rate": rate, "nthread": 1}, data, rounds, evals=[(valid, "valid")], evals_result=told,
                  callbacks=[our_xgboost.SterletCallback(trial, metrics)], verbose_eval=False)
    return told["valid"]["rmse"][-1]


def train_lightgbm(trial, rate, metrics="valid_0-l2", rounds=20):
    data = lightgbm.Dataset(X[:300], Y[:300], params=QUIET)
    model = lightgbm.train({"objective": "regression", "metric": "l2", "learning_rate": rate, **QUIET}, data, rounds,
                           valid_sets=[data.create_valid(X[300:], Y[300:])],
                           callbacks=[our_lightgbm.SterletCallback(trial, metrics)])
    return model.best_score["valid_0"]["l2"]


@pytest.mark.parametrize("train", [train_xgboost, train_lightgbm])
def test_hopeless_trials_end_early(train):
    check_pruning(train, 20)


@pytest.mark.parametrize("program", [XGBOOST, LIGHTGBM], ids=["xgboost", "lightgbm"])
def test_a_change_and_its_undo(program, tmp_path):
    raise_model(tmp_path, program, tolerance=1e-5)


@pytest.mark.parametrize("train", [train_xgboost, train_lightgbm])
def test_a_metric_that_is_not_measured_says_what_is(train):
    study = sterlet.create_study()
    with pytest.raises(ValueError, match="measured no 'test-auc', only valid"):
        study.optimize(lambda trial: train(trial, 0.1, metrics="test-auc"), n_trials=1)


def test_cross_validation_is_pruned_by_its_mean():
    def train_xgboost_cv(trial, rate):
        told = xgboost.cv({"learning_rate": rate, "nthread": 1}, xgboost.DMatrix(X, Y), 12, nfold=3, seed=1,
                          as_pandas=False, callbacks=[our_xgboost.SterletCallback(trial, "test-rmse")])
        return told["test-rmse-mean"][-1]

    def train_lightgbm_cv(trial, rate):
        told = lightgbm.cv({"objective": "regression", "metric": "l2", "learning_rate": rate, **QUIET},
                           lightgbm.Dataset(X, Y, params=QUIET), 12, nfold=3, stratified=False, seed=1,
                           callbacks=[our_lightgbm.SterletCallback(trial, "valid-l2")])
        return told["valid l2-mean"][-1]

    for train in (train_xgboost_cv, train_lightgbm_cv):
        study = check_pruning(train, 12)
        assert np.isfinite(study.best_value)


def test_scikit_learns_interface():
    def objective(trial):
        callback = our_xgboost.SterletCallback(trial, "validation_0-rmse")
        model = xgboost.XGBRegressor(n_estimators=10, n_jobs=1, callbacks=[callback])
        model.fit(X[:300], Y[:300], eval_set=[(X[300:], Y[300:])], verbose=False)
        other = lightgbm.LGBMRegressor(n_estimators=10, n_jobs=1, verbosity=-1)
        other.fit(X[:300], Y[:300], eval_set=[(X[300:], Y[300:])])
        return model.evals_result()["validation_0"]["rmse"][-1]

    study = sterlet.create_study()
    study.optimize(objective, n_trials=2)
    assert [len(trial.intermediate_values) for trial in study.trials] == [10, 10]


def test_with_several_objectives_nothing_is_reported():
    study = sterlet.create_study(directions=["minimize", "minimize"])
    study.optimize(lambda trial: (train_lightgbm(trial, 0.1), 1.0), n_trials=1)
    assert study.trials[0].intermediate_values == {}
