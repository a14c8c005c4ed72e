"""Trainings that are really run, some hundredths of a second to a second each.

A task is a function (parameters, seed) -> a value, or the values along a curve: [(step, value), ...], of which the last
one counts. The seed draws the rows that train and is the model's own; the rows that validate stay.
"""
import subprocess

import numpy as np
from network import Network, chances_of
from sources import source

TASKS = {}


def number(low, high, scale="linear", when=None):
    return {"type": "float", "low": low, "high": high, "scale": scale, **({"when": when} if when else {})}


def whole(low, high, scale="linear", when=None):
    return {**number(low, high, scale, when), "type": "int"}


def choice(*names, when=None):
    return {"type": "categorical", "choices": list(names), **({"when": when} if when else {})}


def task(name, kind, half, space, libraries=("scikit-learn",), flat=False, curve=False):
    """flat: the same task once more as NAME-flat, its conditions hidden. curve: the function answers a curve."""
    def register(train):
        entry = {"kind": kind, "half": half, "full": space, "libraries": libraries, "train": train, "curve": curve}
        TASKS[name] = {**entry, "space": space}
        if flat:
            bare = {n: {k: v for k, v in s.items() if k != "when"} for n, s in space.items()}
            TASKS[name + "-flat"] = {**entry, "space": bare}
        return train
    return register


def every(count, values):
    """A curve of so many steps, from values that are one a round."""
    return [[n, float(values[n - 1])] for n in range(len(values) // count, len(values) + 1, len(values) // count)]


# Boosting, round by round.

@task("boost-affairs", "boosting", "dev", {
    "learning_rate": number(0.005, 1, "log"), "depth": whole(1, 10), "rows": number(0.2, 1), "columns": number(0.3, 1),
    "l2": number(1e-3, 100, "log"), "smallest": number(0.1, 30, "log")}, ("xgboost", "statsmodels"), curve=True)
def boost_affairs(p, seed):
    import xgboost
    s = source("affairs")
    x, y, x_val, y_val = s.draw(1500, seed, scale=False)
    held, seen = xgboost.DMatrix(x_val, y_val, nthread=1), {}
    xgboost.train({"objective": "binary:logistic", "eval_metric": "logloss", "eta": p["learning_rate"], "nthread": 1,
                   "max_depth": p["depth"], "subsample": p["rows"], "colsample_bytree": p["columns"], "lambda": p["l2"],
                   "min_child_weight": p["smallest"], "seed": seed, "max_bin": 64}, xgboost.DMatrix(x, y, nthread=1), 81,
                  evals=[(held, "held")], evals_result=seen, verbose_eval=False)
    return every(27, seen["held"]["logloss"])


@task("boost-visits", "boosting", "check", {
    "booster": choice("gbdt", "dart"), "learning_rate": number(0.005, 1, "log"), "leaves": whole(2, 128, "log"),
    "smallest": whole(1, 200, "log"), "columns": number(0.2, 1), "l1": number(1e-3, 100, "log"),
    "drop": number(0.01, 0.5, "log", 'booster == "dart"')}, ("lightgbm", "statsmodels"), curve=True)
def boost_visits(p, seed):
    import lightgbm
    s = source("visits")
    x, y, x_val, y_val = s.draw(3000, seed, scale=False)
    data, seen = lightgbm.Dataset(x, y, params={"verbosity": -1}), {}
    lightgbm.train({"objective": "regression", "metric": "l2", "boosting": p["booster"], "learning_rate": p["learning_rate"],
                    "num_leaves": p["leaves"], "min_data_in_leaf": p["smallest"], "feature_fraction": p["columns"],
                    "lambda_l1": p["l1"], "drop_rate": p.get("drop", 0.1), "seed": seed, "num_threads": 1, "verbosity": -1,
                    "max_bin": 63, "deterministic": True}, data, 54,
                   valid_sets=[lightgbm.Dataset(x_val, y_val, reference=data)], valid_names=["held"],
                   callbacks=[lightgbm.record_evaluation(seen)])
    return every(27, np.array(seen["held"]["l2"]) / s.spread)


@task("boost-digits", "boosting", "check", {
    "learning_rate": number(0.01, 1, "log"), "leaves": whole(2, 32, "log"), "smallest": whole(1, 60, "log"),
    "l2": number(1e-4, 100, "log"), "columns": number(0.1, 1)})
def boost_digits(p, seed):
    from sklearn import ensemble
    s = source("digits")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    model = ensemble.HistGradientBoostingClassifier(
        learning_rate=p["learning_rate"], max_leaf_nodes=p["leaves"], min_samples_leaf=p["smallest"], max_bins=16,
        l2_regularization=p["l2"], max_features=p["columns"], max_iter=8, early_stopping=False, random_state=seed)
    return s.log_loss(model.fit(x, y).predict_proba(x_val))


# Forests and kernels.

@task("forest-fashion", "forests", "dev", {
    "splits": choice("best", "random"), "bootstrap": choice("yes", "no"), "share": number(0.1, 1, when='bootstrap == "yes"'),
    "criterion": choice("gini", "entropy"), "features": number(0.02, 1, "log"), "depth": whole(2, 30, "log"),
    "leaf": whole(1, 30, "log")})
def forest_fashion(p, seed):
    from sklearn import ensemble
    s = source("fashion")
    x, y, x_val, _ = s.draw(400, seed, scale=False)
    make = ensemble.ExtraTreesClassifier if p["splits"] == "random" else ensemble.RandomForestClassifier
    model = make(20, criterion=p["criterion"], max_features=p["features"], max_depth=p["depth"], min_samples_leaf=p["leaf"],
                 bootstrap=p["bootstrap"] == "yes", max_samples=p.get("share"), random_state=seed)
    return s.log_loss(model.fit(x, y).predict_proba(x_val))


KERNELS = {"kernel": choice("linear", "rbf", "poly", "sigmoid"), "gamma": number(1e-5, 1, "log", 'kernel != "linear"'),
           "degree": whole(2, 5, when='kernel == "poly"'), "offset": number(-1, 3, when='kernel == "poly"')}


def kernel_options(p):
    return {"kernel": p["kernel"], "gamma": p.get("gamma", 1.0), "degree": p.get("degree", 3), "coef0": p.get("offset", 0.0),
            "max_iter": 4000}


@task("svc-fashion", "kernels", "dev", {**KERNELS, "c": number(1e-3, 1e4, "log")})
def svc_fashion(p, seed):
    from sklearn import svm
    s = source("fashion")
    x, y, x_val, _ = s.draw(500, seed)
    return s.error(svm.SVC(C=p["c"], **kernel_options(p)).fit(x, y).predict(x_val))


@task("svr-visits", "kernels", "check", {**KERNELS, "c": number(1e-3, 1e3, "log"), "epsilon": number(1e-3, 2, "log")},
      ("scikit-learn", "statsmodels"))
def svr_visits(p, seed):
    from sklearn import svm
    s = source("visits")
    x, y, x_val, _ = s.draw(700, seed)
    return s.error(svm.SVR(C=p["c"], epsilon=p["epsilon"], **kernel_options(p)).fit(x, y).predict(x_val))


# Networks and linear models, epoch by epoch.

NETWORK = {"solver": choice("sgd", "adam"), "momentum": number(0, 0.99, when='solver == "sgd"'),
           "learning_rate": number(1e-5, 1, "log"), "batch": whole(8, 128, "log"), "l2": number(1e-6, 1e-1, "log"),
           "activation": choice("relu", "tanh"), "units": whole(4, 96, "log")}


def epochs(network, p, x, slope, error, count):
    curve = []
    with np.errstate(all="ignore"):
        for epoch in range(1, count + 1):
            network.epoch(x, slope, p["learning_rate"], p["batch"], p["l2"], p["solver"], p.get("momentum", 0.0))
            curve.append([epoch, error()])
    return curve


@task("mlp-fashion", "networks", "dev", NETWORK, ("numpy",), curve=True)
def mlp_fashion(p, seed):
    s = source("fashion")
    x, y, x_val, _ = s.draw(400, seed)
    network, truth = Network([x.shape[1], p["units"], 10], p["activation"], seed), np.eye(10)[y]

    def loss():
        chances = chances_of(network.forward(x_val)[-1])
        return s.log_loss(chances) if np.all(np.isfinite(chances)) else -float(np.log(1e-4))
    return epochs(network, p, x, lambda z, rows: chances_of(z) - truth[rows], loss, 18)


@task("mlp-diabetes", "networks", "check", {
    **NETWORK, "layers": whole(1, 2), "units_2": whole(4, 96, "log", "layers == 2")}, ("scikit-learn", "numpy"), curve=True)
def mlp_diabetes(p, seed):
    s = source("diabetes")
    x, y, x_val, _ = s.draw(200, seed)
    sizes = [x.shape[1], p["units"], *([p["units_2"]] if p["layers"] == 2 else []), 1]
    network, goal = Network(sizes, p["activation"], seed), ((y - y.mean()) / y.std())[:, None]
    return epochs(network, p, x, lambda z, rows: z - goal[rows],
                  lambda: s.error(network.forward(x_val)[-1][:, 0] * y.std() + y.mean()), 27)


@task("sgd-fashion", "linear", "check", {
    "loss": choice("hinge", "log_loss", "modified_huber", "perceptron"), "penalty": choice("l2", "l1", "elasticnet"),
    "mix": number(0.02, 0.98, when='penalty == "elasticnet"'), "alpha": number(1e-7, 1, "log"),
    "schedule": choice("optimal", "constant", "invscaling"), "rate": number(1e-5, 1, "log", 'schedule != "optimal"'),
    "average": choice("yes", "no")}, curve=True)
def sgd_fashion(p, seed):
    from sklearn import linear_model
    s = source("fashion")
    x, y, x_val, _ = s.draw(400, seed)
    model = linear_model.SGDClassifier(loss=p["loss"], penalty=p["penalty"], l1_ratio=p.get("mix", 0.15), alpha=p["alpha"],
                                       learning_rate=p["schedule"], eta0=p.get("rate", 0.01), random_state=seed,
                                       average=p["average"] == "yes")
    curve = []
    for epoch in range(1, 10):
        try:
            curve.append([epoch, s.error(model.partial_fit(x, y, classes=range(10)).predict(x_val))])
        except ValueError:  # The weights overflowed: they stay as they are.
            curve.append([epoch, 0.9])
    return curve


# Pipelines: what is done to the columns first.

def columns_of(p, x, x_val):
    from sklearn import preprocessing
    made = {"none": None, "standard": preprocessing.StandardScaler, "range": preprocessing.MinMaxScaler,
            "rank": lambda: preprocessing.QuantileTransformer(n_quantiles=50), "length": preprocessing.Normalizer}[p["scaler"]]
    if made:
        scaler = made()
        x, x_val = scaler.fit_transform(x), scaler.transform(x_val)
    if p["reducer"] == "components":
        middle = x.mean(axis=0)
        turn = np.linalg.svd(x - middle, full_matrices=False)[2].T[:, :p["components"]]
        x, x_val = (x - middle) @ turn, (x_val - middle) @ turn
    return x, x_val


def before(columns):
    return {"scaler": choice("none", "standard", "range", "rank", "length"), "reducer": choice("none", "components"),
            "components": whole(1, columns, "log", 'reducer == "components"')}


@task("neighbours-digits", "pipelines", "dev", {
    **before(64), "k": whole(1, 60, "log"), "weights": choice("uniform", "distance"),
    "metric": choice("cosine", "minkowski"), "power": number(0.7, 6, "log", 'metric == "minkowski"')})
def neighbours_digits(p, seed):
    from sklearn import neighbors
    s = source("digits")
    x, y, x_val, _ = s.draw(200, seed, scale=False)
    x, x_val = columns_of(p, x, x_val)
    options = {"p": p["power"]} if "power" in p else {}
    model = neighbors.KNeighborsClassifier(p["k"], weights=p["weights"], metric=p["metric"], algorithm="brute", **options)
    return s.error(model.fit(x, y).predict(x_val))


@task("pipeline-cancer", "pipelines", "check", {
    **before(30), "powers": whole(1, 2), "c": number(1e-5, 1e4, "log"), "balance": choice("yes", "no"),
    "steps": whole(5, 80, "log")})
def pipeline_cancer(p, seed):
    from sklearn import linear_model
    s = source("cancer")
    x, y, x_val, _ = s.draw(150, seed, scale=False)
    x, x_val = columns_of(p, x, x_val)
    if p["powers"] == 2:
        x, x_val = np.hstack([x, x * x]), np.hstack([x_val, x_val * x_val])
    model = linear_model.LogisticRegression(C=p["c"], class_weight="balanced" if p["balance"] == "yes" else None,
                                            max_iter=p["steps"])
    return s.log_loss(model.fit(x, y).predict_proba(x_val))


# Five families of models.

def of(family):
    return f'family == "{family}"'


@task("families-fashion", "families", "dev", {
    "family": choice("neighbours", "forest", "linear", "boosting", "support"),
    "k": whole(1, 60, "log", of("neighbours")), "power": number(0.8, 4, "log", of("neighbours")),
    "features": number(0.03, 1, "log", of("forest")), "leaf": whole(1, 30, "log", of("forest")),
    "c": number(1e-4, 100, "log", of("linear")), "steps": whole(5, 60, "log", of("linear")),
    "learning_rate": number(0.02, 1, "log", of("boosting")), "depth": whole(1, 6, when=of("boosting")),
    "rows": number(0.3, 1, when=of("boosting")),
    "cost": number(1e-2, 1e4, "log", of("support")), "gamma": number(1e-5, 1, "log", of("support"))},
    ("scikit-learn", "xgboost"), flat=True)
def families_fashion(p, seed):
    from sklearn import ensemble, linear_model, neighbors, svm
    s = source("fashion")
    x, y, x_val, _ = s.draw(400, seed)
    if p["family"] == "boosting":
        import xgboost
        model = xgboost.XGBClassifier(n_estimators=8, learning_rate=p["learning_rate"], max_depth=p["depth"],
                                      subsample=p["rows"], random_state=seed, n_jobs=1, max_bin=16)
    else:
        model = {"neighbours": lambda: neighbors.KNeighborsClassifier(p["k"], p=p["power"], weights="distance",
                                                                      algorithm="brute"),
                 "forest": lambda: ensemble.ExtraTreesClassifier(20, max_features=p["features"], min_samples_leaf=p["leaf"],
                                                                 random_state=seed),
                 "linear": lambda: linear_model.LogisticRegression(C=p["c"], max_iter=p["steps"]),
                 "support": lambda: svm.SVC(C=p["cost"], gamma=p["gamma"])}[p["family"]]()
    return s.error(model.fit(x, y).predict(x_val))


@task("families-visits", "families", "check", {
    "family": choice("support", "linear", "network", "forest", "boosting"),
    "cost": number(1e-3, 100, "log", of("support")), "gamma": number(1e-5, 1, "log", of("support")),
    "epsilon": number(1e-2, 1, "log", of("support")),
    "powers": whole(1, 2, when=of("linear")), "l2": number(1e-3, 1e4, "log", of("linear")),
    "rate": number(1e-5, 1, "log", of("network")), "units": whole(4, 64, "log", of("network")),
    "momentum": number(0, 0.98, when=of("network")),
    "features": number(0.1, 1, when=of("forest")), "leaf": whole(1, 100, "log", of("forest")),
    "learning_rate": number(0.01, 1, "log", of("boosting")), "leaves": whole(2, 64, "log", of("boosting")),
    "rounds": whole(5, 100, "log", of("boosting"))}, ("scikit-learn", "lightgbm", "statsmodels"), flat=True)
def families_visits(p, seed):
    from sklearn import ensemble, linear_model, preprocessing, svm
    s = source("visits")
    x, y, x_val, _ = s.draw(800, seed)
    if p["family"] == "network":
        network, goal = Network([x.shape[1], p["units"], 1], "relu", seed), ((y - y.mean()) / y.std())[:, None]
        with np.errstate(all="ignore"):
            for _ in range(8):
                network.epoch(x, lambda z, rows: z - goal[rows], p["rate"], 16, 1e-4, "sgd", p["momentum"])
            return s.error(network.forward(x_val)[-1][:, 0] * y.std() + y.mean())
    if p["family"] == "linear" and p["powers"] == 2:
        more = preprocessing.PolynomialFeatures(2, include_bias=False)
        x, x_val = more.fit_transform(x), more.transform(x_val)
    if p["family"] == "boosting":
        import lightgbm
        model = lightgbm.train({"objective": "regression", "learning_rate": p["learning_rate"], "num_leaves": p["leaves"],
                                "seed": seed, "num_threads": 1, "verbosity": -1, "max_bin": 31, "min_data_in_leaf": 5},
                               lightgbm.Dataset(x, y, params={"verbosity": -1}), p["rounds"])
        return s.error(model.predict(x_val))
    model = {"support": lambda: svm.SVR(C=p["cost"], gamma=p["gamma"], epsilon=p["epsilon"], max_iter=4000),
             "linear": lambda: linear_model.Ridge(alpha=p["l2"]),
             "forest": lambda: ensemble.ExtraTreesRegressor(20, max_features=p["features"], min_samples_leaf=p["leaf"],
                                                            random_state=seed)}[p["family"]]()
    return s.error(model.fit(x, y).predict(x_val))


# The trainer, a program of its own.

@task("trainer-fashion", "networks", "check", {
    "optimizer": choice("sgd", "adam"), "learning_rate": number(1e-5, 1, "log"),
    "momentum": number(0, 0.99, when='optimizer == "sgd"'), "weight_decay": number(1e-7, 1e-1, "log"),
    "dropout": number(0, 0.7), "batch_size": whole(8, 256, "log"), "units": whole(8, 128, "log"), "layers": whole(1, 3),
    "activation": choice("relu", "tanh", "gelu", "sigmoid")}, (), curve=True)
def trainer_fashion(p, seed, program):
    flags = [f"--{name.replace('_', '-')}={value!r}".replace("'", "") for name, value in p.items()]
    done = subprocess.run([program, "mlp", "--train-rows=1000", "--epochs=6", f"--seed={seed}", *flags], text=True,
                          capture_output=True, timeout=600)
    curve = []
    for line in done.stdout.splitlines():
        words = dict(word.split("=", 1) for word in line.split() if "=" in word)
        if "val_loss" in words:
            loss = float(words["val_loss"])
            curve.append([int(line.split()[1]), min(loss, 10.0) if np.isfinite(loss) else 10.0])
    if done.returncode and "the loss became" in done.stderr:  # It diverged, and ended there.
        curve += [[epoch, 10.0] for epoch in range(len(curve) + 1, 7)]
    if len(curve) != 6:
        raise RuntimeError(f"{program} ended after {len(curve)} of 6 epochs: {done.stderr[-300:]}")
    return curve
