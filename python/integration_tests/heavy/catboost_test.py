"""CatBoost: pruned. Needs it and pytest: scripts/test --frameworks."""

import catboost
import numpy as np
import pytest

import sterlet
from live import check_pruning
from sterlet.integrations.catboost import SterletCallback

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 5))
Y = X[:, 0] * X[:, 1] + X[:, 2]


def train(trial, rate, metrics="validation-RMSE"):
    callback = SterletCallback(trial, metrics)
    model = catboost.CatBoostRegressor(iterations=20, learning_rate=rate, thread_count=1, verbose=False,
                                       allow_writing_files=False)
    model.fit(X[:300], Y[:300], eval_set=(X[300:], Y[300:]), callbacks=[callback])
    callback.check_pruned()
    return model.get_best_score()["validation"]["RMSE"]


def test_hopeless_trials_end_early():
    check_pruning(train, 20)


def test_a_metric_that_is_not_measured_says_what_is():
    with pytest.raises(ValueError, match="measured no 'validation-AUC', only learn-RMSE, validation-RMSE"):
        sterlet.create_study().optimize(lambda trial: train(trial, 0.1, "validation-AUC"), n_trials=1)
