#!/usr/bin/env python3
"""Trains some thousand small models and writes how good each was into data/trainings.json: the tables of kinds.py.

    python3 bench/quality/trainings.py            # about ten minutes of a core; needs scikit-learn, 1.9 for the same figures

Each table is a grid: one training (or, where later trees only add to earlier ones, one prefix of a training) for every
combination of its axes, on data that is bundled with scikit-learn. Values are rounded to four digits.
"""
import itertools
import json
import os
import sys
import warnings

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np
import sklearn
from sklearn import datasets, ensemble, linear_model, model_selection, neural_network, svm, tree

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data/trainings.json")


def geometric(low, high, count):
    return [float(f"{v:.3g}") for v in np.geomspace(low, high, count)]


def split(data, training, seed=0):
    """Rows in a fixed random order: so many to train with, the others to validate."""
    x, y = data.data, data.target
    order = np.random.default_rng(seed).permutation(len(y))
    x = (x - x[order[:training]].mean(axis=0)) / (x[order[:training]].std(axis=0) + 1e-9)
    return x[order[:training]], y[order[:training]], x[order[training:]], y[order[training:]]


def log_loss(chances, labels):
    return float(-np.log(np.clip(chances[np.arange(len(labels)), labels], 1e-4, 1)).mean())


def svm_digits():
    x, y, x_val, y_val = split(datasets.load_digits(), 500)
    axes = {"kernel": ["rbf", "poly2", "poly3", "poly5", "sigmoid"], "components": [2, 4, 8, 16, 32, 64],
            "c": geometric(1e-2, 1e3, 9), "gamma": geometric(1e-4, 1, 10)}
    turn = np.linalg.svd(x, full_matrices=False)[2].T  # To principal components.

    def error(kernel, components, c, gamma):
        model = svm.SVC(C=c, gamma=gamma, kernel=kernel.rstrip("235"), degree=int(kernel[-1]) if "poly" in kernel else 3,
                        max_iter=3000)
        return 1 - model.fit(x @ turn[:, :components], y).score(x_val @ turn[:, :components], y_val)
    return axes, error


def boosting_diabetes():
    x, y, x_val, y_val = split(datasets.load_diabetes(), 300)
    trees = [10, 20, 40, 80, 160, 320]
    axes = {"learning_rate": geometric(0.01, 1, 9), "depth": [1, 2, 3, 4, 5, 6], "subsample": [0.4, 0.6, 0.8, 1.0],
            "trees": trees}

    def errors(learning_rate, depth, subsample):  # Of each prefix of the trees.
        model = ensemble.GradientBoostingRegressor(learning_rate=learning_rate, max_depth=depth, subsample=subsample,
                                                   n_estimators=trees[-1], random_state=0).fit(x, y)
        stages = list(model.staged_predict(x_val))
        return [float(np.mean((stages[n - 1] - y_val) ** 2) / y_val.var()) for n in trees]
    return axes, errors


def mlp_digits():
    x, y, x_val, y_val = split(datasets.load_digits(), 500)
    axes = {"solver": ["sgd", "adam"], "activation": ["relu", "tanh", "logistic"], "learning_rate": geometric(1e-4, 1, 13),
            "l2": geometric(1e-4, 10, 4), "units": [8, 16, 32, 64, 128]}

    def loss(solver, activation, learning_rate, l2, units):
        model = neural_network.MLPClassifier((units,), activation=activation, solver=solver, alpha=l2, batch_size=32,
                                             learning_rate_init=learning_rate, max_iter=12, random_state=0)
        try:
            return log_loss(model.fit(x, y).predict_proba(x_val), y_val)
        except ValueError:  # The weights overflowed.
            return -float(np.log(1e-4))
    return axes, loss


def forest_cancer():
    x, y, x_val, y_val = split(datasets.load_breast_cancer(), 250)
    trees = [1, 2, 4, 8, 16, 32, 64]
    axes = {"criterion": ["gini", "entropy"], "features": [1, 2, 4, 8, 16, 30], "depth": [1, 2, 3, 4, 5, 6, 7, 8],
            "leaf": [1, 2, 4, 8, 16, 32], "trees": trees}

    def losses(criterion, features, depth, leaf):
        model = ensemble.RandomForestClassifier(trees[-1], criterion=criterion, max_features=features, max_depth=depth,
                                                min_samples_leaf=leaf, random_state=0).fit(x, y)
        chances = np.cumsum([t.predict_proba(x_val) for t in model.estimators_], axis=0)
        return [log_loss(chances[n - 1] / n, y_val) for n in trees]
    return axes, losses


def tree_wine():
    data = datasets.load_wine()
    folds = list(model_selection.StratifiedKFold(5, shuffle=True, random_state=0).split(data.data, data.target))
    axes = {"criterion": ["gini", "entropy"], "splitter": ["best", "random"], "features": list(range(1, 14)),
            "depth": list(range(1, 9)), "leaf": list(range(1, 11))}

    def error(criterion, splitter, features, depth, leaf):
        wrong = 0
        for train, test in folds:
            model = tree.DecisionTreeClassifier(criterion=criterion, splitter=splitter, max_features=features,
                                                max_depth=depth, min_samples_leaf=leaf, random_state=0)
            wrong += np.sum(model.fit(data.data[train], data.target[train]).predict(data.data[test]) != data.target[test])
        return wrong / len(data.target)
    return axes, error


def sgd_cancer():
    folds = [split(datasets.load_breast_cancer(), 200, seed) for seed in range(4)]
    axes = {"loss": ["hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron"],
            "penalty": ["l1", "l2", "elasticnet"], "schedule": ["constant", "invscaling", "adaptive"],
            "alpha": geometric(1e-6, 1, 7), "rate": geometric(1e-4, 10, 11)}

    def error(loss, penalty, schedule, alpha, rate):
        errors = []
        for x, y, x_val, y_val in folds:
            model = linear_model.SGDClassifier(loss=loss, penalty=penalty, alpha=alpha, learning_rate=schedule, eta0=rate,
                                               max_iter=5, tol=None, random_state=0)
            try:
                errors.append(1 - model.fit(x, y).score(x_val, y_val))
            except ValueError:  # The weights overflowed.
                errors.append(0.5)
        return float(np.mean(errors))
    return axes, error


def main():
    warnings.simplefilter("ignore")
    made = []
    for table in (svm_digits, boosting_diabetes, mlp_digits, forest_cancer, tree_wine, sgd_cancer):
        axes, train = table()
        prefixes = table in (boosting_diabetes, forest_cancer)  # Then the last axis comes from one training.
        grid = itertools.product(*list(axes.values())[:len(axes) - prefixes])
        values = np.ravel([train(*point) for point in grid])
        made.append({"name": table.__name__.replace("_", "-"), "axes": axes,
                     "values": [float(f"{v:.4g}") for v in values]})
        print(table.__name__, len(values), min(values), np.median(values), max(values), file=sys.stderr, flush=True)
    with open(PATH, "w") as f:
        lines = [json.dumps(t, separators=(",", ":")) for t in made]
        f.write('{"made_with":"scikit-learn ' + sklearn.__version__ + '","tables":[\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
