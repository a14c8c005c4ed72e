#!/usr/bin/env python3
"""Trains some ten thousand small models, each cell with several seeds, and writes how good each was into data/tables.json.xz.

    build/quality/venv/bin/python bench/real/maketables.py             # about a quarter of an hour of a core
    build/quality/venv/bin/python bench/real/maketables.py svc-digits  # only these; the others stay as they are

A table is a grid with conditions: one training for every combination of the parameters that are active, or, where later
rounds only add to earlier ones, one prefix of a training (`prefix` names that axis). A seed draws the rows that train and
is the model's own. Values are rounded to four digits.
"""
import functools
import json
import lzma
import os
import sys
import time
import warnings

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import cells
import numpy as np
from sources import source

RECIPES = {}


def geometric(low, high, count):
    return [float(f"{v:.3g}") for v in np.geomspace(low, high, count)]


def whole(low, high, count, condition=None):
    """An axis of integers on a log scale."""
    grid = sorted({int(round(v)) for v in np.geomspace(low, high, count)})
    return {"grid": grid, "scale": "log", **({"when": condition} if condition else {})}


def recipe(name, kind, half, axes, seeds=4, prefix=None):
    """The decorated function trains: (parameters, seed) -> value, or with `prefix` a list of them along that axis. half: dev
    or check."""
    def register(train):
        RECIPES[name] = ({"name": name, "kind": kind, "half": half, "prefix": prefix, "seeds": seeds,
                          "axes": {n: a if isinstance(a, dict) else {"grid": a} for n, a in axes.items()}}, train)
        return train
    return register


def when(grid, condition):
    return {"grid": grid, "when": condition}


# Kernels: what the degree and the width of a kernel are depends on which it is.

KERNELS = {"kernel": ["linear", "rbf", "poly", "sigmoid"], "gamma": when(geometric(1e-4, 1, 9), 'kernel != "linear"'),
           "degree": when([2, 3, 4, 5], 'kernel == "poly"')}


def support_vectors(make, p, **more):
    return make(kernel=p["kernel"], gamma=p.get("gamma", 1.0), degree=p.get("degree", 3), C=p["c"], max_iter=2000, **more)


@recipe("svc-digits", "kernels", "dev", {**KERNELS, "c": geometric(1e-2, 1e3, 9), "components": [4, 8, 16, 64]})
def svc_digits(p, seed):
    from sklearn import svm
    s = source("digits")
    x, y, x_val, _ = s.draw(200, seed)
    turn = np.linalg.svd(x, full_matrices=False)[2].T[:, :p["components"]]
    return s.error(support_vectors(svm.SVC, p).fit(x @ turn, y).predict(x_val @ turn))


@recipe("svr-diabetes", "kernels", "check", {**KERNELS, "c": geometric(1e-1, 1e4, 9), "epsilon": geometric(1, 100, 5)})
def svr_diabetes(p, seed):
    from sklearn import svm
    s = source("diabetes")
    x, y, x_val, _ = s.draw(150, seed)
    return s.error(support_vectors(svm.SVR, p, epsilon=p["epsilon"]).fit(x, y).predict(x_val))


@recipe("kernel-ridge-schools", "kernels", "dev", {
    "kernel": ["linear", "rbf", "laplacian", "poly"], "gamma": when(geometric(1e-4, 1, 13), 'kernel != "linear"'),
    "degree": when([2, 3, 4], 'kernel == "poly"'), "offset": when(geometric(0.03, 30, 5), 'kernel == "poly"'),
    "alpha": geometric(1e-4, 100, 13)}, seeds=5)
def kernel_ridge_schools(p, seed):
    from sklearn.metrics.pairwise import pairwise_kernels
    s = source("schools")
    x, y, x_val, _ = s.draw(130, seed)
    names = {"linear": (), "rbf": ("gamma",), "laplacian": ("gamma",), "poly": ("gamma", "degree", "coef0")}
    options = {n: p["offset" if n == "coef0" else n] for n in names[p["kernel"]]}
    own, other = (pairwise_kernels(a, x, metric=p["kernel"], **options) for a in (x, x_val))
    try:
        weights = np.linalg.solve(own + p["alpha"] * np.eye(len(x)), y - y.mean())
    except np.linalg.LinAlgError:  # Singular: it predicts nothing.
        return 10.0
    return s.error(other @ weights + y.mean())


# Boosting: rounds are prefixes of one training.

ROUNDS = [5, 10, 20, 40, 80, 160]


@recipe("xgboost-affairs", "boosting", "check", {
    "learning_rate": geometric(0.01, 1, 9), "depth": [1, 2, 3, 4, 6, 8], "rows": [0.4, 0.7, 1.0],
    "l2": geometric(0.1, 100, 4), "rounds": ROUNDS}, seeds=3, prefix="rounds")
def xgboost_affairs(p, seed):
    import xgboost
    s = source("affairs")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    model = xgboost.train({"objective": "binary:logistic", "eta": p["learning_rate"], "max_depth": p["depth"],
                           "subsample": p["rows"], "lambda": p["l2"], "seed": seed, "nthread": 1, "max_bin": 32},
                          xgboost.DMatrix(x, y, nthread=1), ROUNDS[-1])
    held = xgboost.DMatrix(x_val[:1000], nthread=1)
    chances = (model.predict(held, iteration_range=(0, n)) for n in ROUNDS)
    return [float(-np.log(np.clip(np.where(s.y_val[:1000] == 1, c, 1 - c), 1e-4, 1)).mean()) for c in chances]


@recipe("lightgbm-visits", "boosting", "dev", {
    "learning_rate": geometric(0.01, 1, 9), "leaves": [2, 4, 8, 16, 32], "smallest": [2, 8, 32],
    "columns": [0.3, 0.6, 1.0], "l1": [0.01, 1.0], "rounds": ROUNDS}, seeds=3, prefix="rounds")
def lightgbm_visits(p, seed):
    import lightgbm
    s = source("visits")
    x, y, x_val, _ = s.draw(400, seed, scale=False)
    model = lightgbm.train({"objective": "regression", "learning_rate": p["learning_rate"], "num_leaves": p["leaves"],
                            "min_data_in_leaf": p["smallest"], "feature_fraction": p["columns"], "lambda_l1": p["l1"],
                            "seed": seed, "num_threads": 1, "verbosity": -1, "max_bin": 31, "deterministic": True},
                           lightgbm.Dataset(x, y, params={"verbosity": -1}), ROUNDS[-1])
    return [float(np.mean((model.predict(x_val[:1000], num_iteration=n) - s.y_val[:1000]) ** 2) / s.spread) for n in ROUNDS]


@recipe("histboost-votes", "boosting", "check", {
    "learning_rate": geometric(0.02, 1, 8), "leaves": [2, 4, 8, 16], "l2": geometric(1e-2, 100, 4), "smallest": [2, 8, 32],
    "rounds": [2, 4, 8, 16, 32]}, seeds=3, prefix="rounds")
def histboost_votes(p, seed):
    from sklearn import ensemble
    s = source("votes")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    model = ensemble.HistGradientBoostingClassifier(
        learning_rate=p["learning_rate"], max_leaf_nodes=p["leaves"], l2_regularization=p["l2"], max_bins=32, max_iter=32,
        min_samples_leaf=p["smallest"], early_stopping=False, random_state=seed).fit(x, y)
    stages = list(model.staged_predict_proba(x_val))
    return [s.log_loss(stages[n - 1]) for n in (2, 4, 8, 16, 32)]


# Forests.

TREES = [1, 2, 4, 8, 16]


def averages(s, model, x_val):
    """The loss of each prefix of a forest."""
    if s.regression:
        total = np.cumsum([t.predict(x_val) for t in model.estimators_], axis=0)
        return [s.error(total[n - 1] / n) for n in TREES]
    total = np.cumsum([t.predict_proba(x_val) for t in model.estimators_], axis=0)
    return [s.log_loss(total[n - 1] / n) for n in TREES]


@recipe("forest-digits", "forests", "dev", {
    "splits": ["best", "random"], "criterion": ["gini", "entropy"], "features": [1, 2, 4, 8, 16, 32, 64],
    "depth": [2, 4, 6, 8, 12], "leaf": [1, 2, 4, 8], "trees": TREES}, seeds=3, prefix="trees")
def forest_digits(p, seed):
    from sklearn import ensemble
    s = source("digits")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    make = ensemble.ExtraTreesClassifier if p["splits"] == "random" else ensemble.RandomForestClassifier
    return averages(s, make(TREES[-1], criterion=p["criterion"], max_features=p["features"], max_depth=p["depth"],
                            min_samples_leaf=p["leaf"], random_state=seed).fit(x, y), x_val)


@recipe("forest-diabetes", "forests", "check", {
    "splits": ["best", "random"], "share": when([0.2, 0.4, 0.6, 0.8, 1.0], 'splits == "best"'),
    "features": [1, 2, 4, 6, 8, 10], "depth": [1, 2, 4, 6, 9], "leaf": [1, 2, 4, 8, 16], "trees": TREES},
    seeds=3, prefix="trees")
def forest_diabetes(p, seed):
    from sklearn import ensemble
    s = source("diabetes")
    x, y, x_val, _ = s.draw(180, seed, scale=False)
    common = {"max_features": p["features"], "max_depth": p["depth"], "min_samples_leaf": p["leaf"], "random_state": seed}
    if p["splits"] == "random":
        return averages(s, ensemble.ExtraTreesRegressor(TREES[-1], **common).fit(x, y), x_val)
    return averages(s, ensemble.RandomForestRegressor(TREES[-1], max_samples=p["share"], **common).fit(x, y), x_val)


@recipe("tree-votes", "forests", "dev", {
    "criterion": ["gini", "entropy"], "splitter": ["best", "random"], "features": list(range(1, 10)),
    "depth": list(range(1, 9)), "leaf": whole(1, 60, 9), "pruning": [0.0, 0.002, 0.005, 0.01]}, seeds=4)
def tree_votes(p, seed):
    from sklearn import tree
    s = source("votes")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    model = tree.DecisionTreeClassifier(criterion=p["criterion"], splitter=p["splitter"], max_features=p["features"],
                                        max_depth=p["depth"], min_samples_leaf=p["leaf"], ccp_alpha=p["pruning"],
                                        random_state=seed)
    return s.error(model.fit(x, y).predict(x_val))


# Networks: epochs are prefixes of one training.

EPOCHS = [2, 4, 8, 16]
SOLVERS = {"solver": ["sgd", "adam"], "momentum": when([0.0, 0.5, 0.8, 0.9, 0.95, 0.99], 'solver == "sgd"')}


class Network:
    """One hidden layer or two, trained in steps of so many rows, by gradient with momentum or by Adam."""

    def __init__(self, sizes, activation, seed):
        self.rng = np.random.default_rng(seed)
        self.weights = [self.rng.standard_normal((a, b)) * np.sqrt(2 / a) for a, b in zip(sizes, sizes[1:])]
        self.weights += [np.zeros(b) for b in sizes[1:]]
        self.layers, self.activation = len(sizes) - 1, activation
        self.first = [np.zeros_like(w) for w in self.weights]
        self.second, self.steps = [np.zeros_like(w) for w in self.weights], 0

    def forward(self, x):
        outputs = [x]
        for i in range(self.layers):
            z = outputs[-1] @ self.weights[i] + self.weights[self.layers + i]
            if i + 1 < self.layers:
                z = np.maximum(z, 0) if self.activation == "relu" else np.tanh(z)
            outputs.append(z)
        return outputs

    def epoch(self, x, slope, rate, batch, l2, solver, momentum):
        """slope: (what the network says, rows) -> gradient at its output."""
        order = self.rng.permutation(len(x))
        for start in range(0, len(x), batch):
            rows = order[start:start + batch]
            outputs = self.forward(x[rows])
            back, gradients = slope(outputs[-1], rows) / len(rows), [None] * len(self.weights)
            for i in reversed(range(self.layers)):
                gradients[i] = outputs[i].T @ back + l2 * self.weights[i]
                gradients[self.layers + i] = back.sum(axis=0)
                if i:
                    back = back @ self.weights[i].T
                    back = back * (outputs[i] > 0) if self.activation == "relu" else back * (1 - outputs[i] ** 2)
            self.steps += 1
            for i, g in enumerate(gradients):
                if solver == "sgd":
                    self.first[i] = momentum * self.first[i] - rate * g
                    self.weights[i] = self.weights[i] + self.first[i]
                    continue
                self.first[i] = 0.9 * self.first[i] + 0.1 * g
                self.second[i] = 0.999 * self.second[i] + 0.001 * g * g
                self.weights[i] = self.weights[i] - rate * (self.first[i] / (1 - 0.9 ** self.steps)) / (
                    np.sqrt(self.second[i] / (1 - 0.999 ** self.steps)) + 1e-8)


def chances_of(z):
    z = z - z.max(axis=1, keepdims=True)
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


@recipe("mlp-digits", "networks", "dev", {
    **SOLVERS, "learning_rate": geometric(1e-4, 1, 13), "units": [8, 16, 32, 64], "l2": geometric(1e-5, 1e-1, 3),
    "activation": ["relu", "tanh"], "epochs": EPOCHS}, seeds=3, prefix="epochs")
def mlp_digits(p, seed):
    s = source("digits")
    x, y, x_val, _ = s.draw(256, seed)
    truth = np.eye(10)[y]
    network, losses = Network([64, p["units"], 10], p["activation"], seed), []
    with np.errstate(all="ignore"):
        for epoch in range(1, EPOCHS[-1] + 1):
            network.epoch(x, lambda z, rows: chances_of(z) - truth[rows], p["learning_rate"], 32, p["l2"], p["solver"],
                          p.get("momentum", 0))
            if epoch in EPOCHS:
                chances = chances_of(network.forward(x_val)[-1])
                losses.append(s.log_loss(chances) if np.all(np.isfinite(chances)) else -float(np.log(1e-4)))
    return losses


@recipe("mlp-schools", "networks", "check", {
    **SOLVERS, "learning_rate": geometric(1e-4, 1, 11), "layers": [1, 2], "units": [4, 16, 64],
    "units_2": when([4, 16, 64], "layers == 2"), "batch": [8, 32, 128], "epochs": EPOCHS}, seeds=3, prefix="epochs")
def mlp_schools(p, seed):
    s = source("schools")
    x, y, x_val, _ = s.draw(128, seed)
    goal = ((y - y.mean()) / y.std())[:, None]
    sizes = [x.shape[1], p["units"], *([p["units_2"]] if p["layers"] == 2 else []), 1]
    network, errors = Network(sizes, "relu", seed), []
    with np.errstate(all="ignore"):
        for epoch in range(1, EPOCHS[-1] + 1):
            network.epoch(x, lambda z, rows: z - goal[rows], p["learning_rate"], p["batch"], 1e-4, p["solver"],
                          p.get("momentum", 0))
            if epoch in EPOCHS:
                errors.append(s.error(network.forward(x_val)[-1][:, 0] * y.std() + y.mean()))
    return errors


# Linear models.

@recipe("sgd-fashion", "linear", "check", {
    "loss": ["hinge", "log_loss", "modified_huber", "perceptron"], "penalty": ["l2", "l1", "elasticnet"],
    "mix": when([0.1, 0.3, 0.5, 0.8], 'penalty == "elasticnet"'), "alpha": geometric(1e-6, 1, 7),
    "schedule": ["optimal", "constant", "invscaling"], "rate": when(geometric(1e-4, 1, 9), 'schedule != "optimal"')}, seeds=3)
def sgd_fashion(p, seed):
    from sklearn import linear_model
    s = source("fashion")
    x, y, x_val, _ = s.draw(200, seed)
    model = linear_model.SGDClassifier(loss=p["loss"], penalty=p["penalty"], l1_ratio=p.get("mix", 0.15), alpha=p["alpha"],
                                       learning_rate=p["schedule"], eta0=p.get("rate", 0.01), max_iter=3, tol=None,
                                       random_state=seed)
    try:
        return s.error(model.fit(x, y).predict(x_val))
    except ValueError:  # The weights overflowed.
        return 0.9


@recipe("elasticnet-schools", "linear", "dev", {
    "powers": [1, 2], "products": when(["yes", "no"], "powers == 2"), "scaler": ["standard", "rank"],
    "penalty": ["l2", "mixed"], "mix": when([0.05, 0.2, 0.4, 0.6, 0.8, 1.0], 'penalty == "mixed"'),
    "alpha": geometric(1e-4, 10, 21)}, seeds=5)
def elasticnet_schools(p, seed):
    from sklearn import linear_model, preprocessing
    s = source("schools")
    x, y, x_val, _ = s.draw(150, seed)
    if p["scaler"] == "rank":
        ranks = preprocessing.QuantileTransformer(n_quantiles=50, output_distribution="normal", random_state=0)
        x, x_val = ranks.fit_transform(x), ranks.transform(x_val)
    if p["powers"] == 2:
        if p["products"] == "yes":
            more = preprocessing.PolynomialFeatures(2, include_bias=False)
            x, x_val = more.fit_transform(x), more.transform(x_val)
        else:
            x, x_val = np.hstack([x, x * x]), np.hstack([x_val, x_val * x_val])
    if p["penalty"] == "l2":
        model = linear_model.Ridge(alpha=p["alpha"] * len(x))
    else:
        model = linear_model.ElasticNet(alpha=p["alpha"] * y.std(), l1_ratio=p["mix"], max_iter=60, tol=1e-3)
    return s.error(model.fit(x, y).predict(x_val))


# Neighbours and pipelines: what is done to the columns first.

SCALERS = {"none": None, "standard": "StandardScaler", "range": "MinMaxScaler", "robust": "RobustScaler",
           "length": "Normalizer"}


def scaled(name, x, x_val):
    from sklearn import preprocessing
    if not SCALERS[name]:
        return x, x_val
    made = getattr(preprocessing, SCALERS[name])()
    return made.fit_transform(x), made.transform(x_val)


@functools.lru_cache(maxsize=8)  # All k and weights of one distance follow each other.
def nearest(name, rows, seed, scaler, metric, power, columns, components):
    """For each row that validates: how far the rows that train are, the nearest first, and what they are labelled."""
    from scipy.spatial import distance
    x, y, x_val, _ = source(name).draw(rows, seed, scale=False)
    x, x_val = scaled(scaler, x, x_val)
    if components:
        turn = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2].T[:, :components]
        x, x_val = x @ turn, x_val @ turn
    x, x_val = x[:, :columns], x_val[:, :columns]
    apart = distance.cdist(x_val, x, metric, **({"p": power} if metric == "minkowski" else {}))
    order = np.argsort(apart, axis=1, kind="stable")
    return np.take_along_axis(apart, order, axis=1), y[order]


def neighbours(name, rows, p, seed):
    """The share of wrong labels, where the k nearest vote, alike or by 1 / distance."""
    apart, labels = nearest(name, rows, seed, p["scaler"], p["metric"], p.get("power"), p.get("columns"), p.get("components"))
    votes = np.ones_like(apart[:, :p["k"]]) if p["weights"] == "uniform" else 1 / (apart[:, :p["k"]] + 1e-12)
    counts = np.stack([(votes * (labels[:, :p["k"]] == label)).sum(axis=1) for label in range(labels.max() + 1)], axis=1)
    return source(name).error(counts.argmax(axis=1))


BEFORE = {"scaler": list(SCALERS), "metric": ["cityblock", "chebyshev", "cosine", "minkowski"],
          "power": when([1.5, 2.0, 3.0, 5.0], 'metric == "minkowski"')}


@recipe("neighbours-wine", "neighbours", "check", {
    **BEFORE, "columns": [2, 4, 6, 8, 10, 13], "weights": ["uniform", "distance"], "k": whole(1, 50, 16)}, seeds=3)
def neighbours_wine(p, seed):
    return neighbours("wine", 60, p, seed)


@recipe("neighbours-fashion", "neighbours", "dev", {
    **BEFORE, "components": [2, 4, 8, 16, 32], "weights": ["uniform", "distance"], "k": whole(1, 60, 12)}, seeds=3)
def neighbours_fashion(p, seed):
    return neighbours("fashion", 200, p, seed)


REDUCERS = {"scaler": list(SCALERS), "reducer": ["none", "components", "best"]}


def reduced(p, x, y, x_val):
    from sklearn import feature_selection
    if p["reducer"] == "components":
        middle = x.mean(axis=0)
        turn = np.linalg.svd(x - middle, full_matrices=False)[2].T[:, :p["components"]]
        return (x - middle) @ turn, (x_val - middle) @ turn
    if p["reducer"] == "best":
        with np.errstate(all="ignore"):
            f, _ = feature_selection.f_classif(x, y)
        chosen = np.argsort(-np.nan_to_num(f), kind="stable")[:p["columns"]]
        return x[:, chosen], x_val[:, chosen]
    return x, x_val


@recipe("pipeline-cancer", "pipelines", "check", {
    **REDUCERS, "components": whole(1, 30, 9, 'reducer == "components"'),
    "columns": whole(1, 30, 9, 'reducer == "best"'), "balance": ["yes", "no"], "c": geometric(1e-4, 1e3, 15)}, seeds=4)
def pipeline_cancer(p, seed):
    from sklearn import linear_model
    s = source("cancer")
    x, y, x_val, _ = s.draw(120, seed, scale=False)
    x, x_val = reduced(p, *(lambda a, b: (a, y, b))(*scaled(p["scaler"], x, x_val)))
    model = linear_model.LogisticRegression(C=p["c"], class_weight="balanced" if p["balance"] == "yes" else None, max_iter=60)
    return s.log_loss(model.fit(x, y).predict_proba(x_val))


@recipe("pipeline-digits", "pipelines", "dev", {
    **REDUCERS, "components": when([4, 8, 16, 24, 32], 'reducer == "components"'),
    "columns": when([8, 16, 24, 32, 48], 'reducer == "best"'), "model": ["ridge", "bayes", "discriminant"],
    "alpha": when(geometric(1e-4, 1e3, 15), 'model == "ridge"'), "smoothing": when(geometric(1e-9, 1, 15), 'model == "bayes"'),
    "shrinkage": when([round(0.05 * i, 2) for i in range(1, 21)], 'model == "discriminant"')}, seeds=4)
def pipeline_digits(p, seed):
    from sklearn import discriminant_analysis, linear_model, naive_bayes
    s = source("digits")
    x, y, x_val, _ = s.draw(150, seed, scale=False)
    x, x_val = reduced(p, *(lambda a, b: (a, y, b))(*scaled(p["scaler"], x, x_val)))
    model = {"ridge": lambda: linear_model.RidgeClassifier(alpha=p["alpha"]),
             "bayes": lambda: naive_bayes.GaussianNB(var_smoothing=p["smoothing"]),
             "discriminant": lambda: discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage=p["shrinkage"])}
    return s.error(model[p["model"]]().fit(x, y).predict(x_val))


# Five families of models, each with parameters of its own.

def of(family):
    return f'family == "{family}"'


FAMILIES = {
    "family": ["neighbours", "forest", "linear", "boosting", "support"],
    "k": whole(1, 60, 14, of("neighbours")), "weights": when(["uniform", "distance"], of("neighbours")),
    "power": when([1.0, 1.5, 2.0, 3.0], of("neighbours")),
    "features": when([0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 1.0], of("forest")), "leaf": when([1, 2, 4, 8, 16, 32], of("forest")),
    "depth": when([2, 4, 6, 9, 12], of("forest")),
    "alpha": when(geometric(1e-4, 1e3, 21), of("linear")), "powers": when([1, 2], of("linear")),
    "learning_rate": when(geometric(0.02, 0.8, 10), of("boosting")), "levels": when([1, 2, 3, 4], of("boosting")),
    "rounds": when([4, 8, 16, 32, 64], of("boosting")),
    "c": when(geometric(1e-2, 1e4, 14), of("support")), "gamma": when(geometric(1e-4, 1, 14), of("support"))}


def family(s, p, x, y, x_val, seed):
    from sklearn import ensemble, linear_model, neighbors, preprocessing, svm
    kind = "Regressor" if s.regression else "Classifier"
    if p["family"] == "neighbours":
        model = getattr(neighbors, "KNeighbors" + kind)(p["k"], weights=p["weights"], p=p["power"], algorithm="brute")
    elif p["family"] == "forest":
        model = getattr(ensemble, "ExtraTrees" + kind)(20, max_features=p["features"], min_samples_leaf=p["leaf"],
                                                       max_depth=p["depth"], random_state=seed)
    elif p["family"] == "linear":
        if p["powers"] == 2:
            more = preprocessing.PolynomialFeatures(2, include_bias=False)
            x, x_val = more.fit_transform(x[:, :10]), more.transform(x_val[:, :10])
        model = linear_model.Ridge(alpha=p["alpha"]) if s.regression else linear_model.RidgeClassifier(alpha=p["alpha"])
    elif p["family"] == "boosting":
        import xgboost
        model = getattr(xgboost, "XGB" + kind)(n_estimators=p["rounds"], learning_rate=p["learning_rate"],
                                               max_depth=p["levels"], subsample=0.7, random_state=seed, n_jobs=1, max_bin=32)
    else:
        model = (svm.SVR if s.regression else svm.SVC)(C=p["c"], gamma=p["gamma"], max_iter=2000)
    return s.error(model.fit(x, y).predict(x_val))


@recipe("families-diabetes", "families", "dev", FAMILIES, seeds=4)
def families_diabetes(p, seed):
    s = source("diabetes")
    x, y, x_val, _ = s.draw(244, seed)
    return family(s, p, x, y, x_val, seed)


@recipe("families-votes", "families", "check", FAMILIES, seeds=4)
def families_votes(p, seed):
    s = source("votes")
    x, y, x_val, _ = s.draw(500, seed)
    return family(s, p, x, y, x_val, seed)


def make(name):
    """The table: for every cell, in the order of cells.points, the values of its seeds."""
    about, train = RECIPES[name]
    start, prefix, values = time.process_time(), about["prefix"], []
    axes = {n: a for n, a in about["axes"].items() if n != prefix}
    for point in cells.points(axes):
        runs = [train(point, seed) for seed in range(about["seeds"])]
        values += zip(*runs) if prefix else [runs]
    rounded = [[float(f"{v:.4g}") for v in cell] for cell in values]
    seconds = time.process_time() - start
    means = np.array([np.mean(cell) for cell in rounded])
    noise = np.mean([np.std(cell, ddof=1) for m, cell in zip(means, rounded) if m <= np.quantile(means, 0.1)])
    print(f"{name:22} {len(rounded):5} cells {seconds:6.0f} s, mean at best {means.min():.4f}, first decile "
          f"{np.quantile(means, 0.1):.4f}, middle {np.median(means):.4f}, worst {means.max():.4f}; noise {noise:.4f}",
          file=sys.stderr, flush=True)
    return {**about, "values": rounded}


def main():
    import importlib.metadata
    warnings.simplefilter("ignore")
    made = {}
    if os.path.exists(cells.PATH):
        made = {t["name"]: t for t in cells.read()["tables"]}
    for name in sys.argv[1:] or RECIPES:
        made[name] = make(name)
        versions = {p: importlib.metadata.version(p) for p in ("scikit-learn", "xgboost", "lightgbm", "statsmodels", "numpy")}
        whole_text = json.dumps({"made_with": versions, "tables": [made[n] for n in RECIPES if n in made]},
                                separators=(",", ":"))
        with open(cells.PATH + ".new", "wb") as f:
            f.write(lzma.compress(whole_text.encode(), preset=9))
        os.replace(cells.PATH + ".new", cells.PATH)


if __name__ == "__main__":
    main()
