"""Trainings whose validation loss is seen step by step: boosting rounds, epochs of networks and of linear models."""
import gzip
import json
import math
import os
import sys

import numpy as np

QUALITY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../quality")
FASHION = "/usr/share/datasets/fashion-mnist"


def number(low, high, scale="linear", type="float"):
    return {"type": type, "low": low, "high": high, "scale": scale}


def whole(low, high, scale="linear"):
    return number(low, high, scale, "int")


def choice(*choices):
    return {"type": "categorical", "choices": list(choices)}


class Data:
    """Rows to train with and others to validate, standardised."""

    def __init__(self, x, y, training, seed=0):
        order = np.random.default_rng(seed).permutation(len(y))
        first, rest = order[:training], order[training:]
        x = (x - x[first].mean(axis=0)) / (x[first].std(axis=0) + 1e-6)
        self.x, self.y, self.x_val, self.y_val = x[first], y[first], x[rest], y[rest]

    @property
    def classes(self):
        return len(np.unique(self.y))


def bundled(name, training):
    from sklearn import datasets
    data = getattr(datasets, "load_" + name)()
    return Data(data.data.astype(float), data.target, training)


def fashion(training, validation, cell):
    """Images averaged over cells of so many pixels."""
    with gzip.open(os.path.join(FASHION, "train-images-idx3-ubyte.gz")) as file:
        images = np.frombuffer(file.read((training + validation) * 784 + 16), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(os.path.join(FASHION, "train-labels-idx1-ubyte.gz")) as file:
        labels = np.frombuffer(file.read(training + validation + 8), np.uint8, offset=8)
    side = 28 // cell
    x = images.reshape(-1, side, cell, side, cell).mean(axis=(2, 4)).reshape(len(images), -1)
    return Data(x.astype(float) / 255, labels.astype(int), training)


def log_loss(chances, labels):
    chances = np.clip(chances[np.arange(len(labels)), labels], 1e-4, 1)
    return -np.log(chances).mean()


class Task:
    """`train(params)` yields the validation loss after each of `steps` steps."""

    def __init__(self, name, steps, space, data, train):
        self.name, self.steps, self.space, self.make_data, self.how = name, steps, space, data, train
        self.key, self.data, self.reference = f"{name} 1", None, None

    def train(self, params):
        if self.data is None:
            self.data = self.make_data()
        return self.how(self.data, params, self.steps)


def xgboost(objective, rounds):
    """`rounds` trees a step, for each class."""
    def train(data, params, steps):
        import xgboost as xgb
        known, held = xgb.DMatrix(data.x, data.y), xgb.DMatrix(data.x_val, data.y_val)
        settings = {"objective": objective, "nthread": 1, "seed": 1, "verbosity": 0, "tree_method": "hist", **params}
        if objective == "multi:softprob":
            settings["num_class"] = data.classes
        model = xgb.Booster(settings, [known, held])
        for step in range(steps):
            for tree in range(rounds):
                model.update(known, step * rounds + tree)
            out = model.predict(held)
            yield log_loss(out, data.y_val) if out.ndim == 2 else math.sqrt(np.mean((out - data.y_val) ** 2))
    return train


def lightgbm(objective, rounds):
    def train(data, params, steps):
        import lightgbm as lgb
        settings = {"objective": objective, "num_threads": 1, "seed": 1, "verbosity": -1, "deterministic": True,
                    "force_row_wise": True, **params}
        if objective == "multiclass":
            settings["num_class"] = data.classes
        if params.get("bagging_fraction", 1) < 1:
            settings["bagging_freq"] = 1
        model = lgb.Booster(settings, lgb.Dataset(data.x, data.y, params=settings))
        for _ in range(steps):
            for _ in range(rounds):
                model.update()
            out = model.predict(data.x_val)
            yield log_loss(out if out.ndim == 2 else np.stack([1 - out, out], axis=1), data.y_val)
    return train


def network(metric):
    """A network of rectifiers, mini-batches with momentum, dropout, decay and a schedule; `metric` error or loss."""
    def train(data, params, steps):
        chance = np.random.default_rng(1)
        sizes = [data.x.shape[1]] + [params["units"]] * params["layers"] + [data.classes]
        weights = [chance.normal(0, math.sqrt(2 / a), (a, b)) for a, b in zip(sizes, sizes[1:])]
        biases = [np.zeros(b) for b in sizes[1:]]
        speeds = [np.zeros_like(w) for w in weights + biases]
        batch, n = params["batch"], len(data.y)
        with np.errstate(all="ignore"):
            for step in range(steps):
                rate = params["rate"] * {"constant": 1.0, "cosine": 0.5 * (1 + math.cos(math.pi * step / steps)),
                                         "steps": 0.2 ** (2 * step // steps)}[params["schedule"]]
                order = chance.permutation(n)
                for begin in range(0, n - batch + 1, batch):
                    rows = order[begin:begin + batch]
                    layers = [data.x[rows]]
                    masks = []
                    for i, (w, b) in enumerate(zip(weights, biases)):
                        out = layers[-1] @ w + b
                        if i + 1 < len(weights):
                            keep = (out > 0) * (chance.random(out.shape) >= params["dropout"]) / (1 - params["dropout"])
                            masks.append(keep)
                            out = out * keep
                        layers.append(out)
                    out = layers[-1] - layers[-1].max(axis=1, keepdims=True)
                    slope = np.exp(out)
                    slope /= slope.sum(axis=1, keepdims=True)
                    slope[np.arange(len(rows)), data.y[rows]] -= 1
                    slope /= len(rows)
                    for i in range(len(weights) - 1, -1, -1):
                        down = slope @ weights[i].T if i > 0 else None
                        for own, speed, gradient in ((weights[i], speeds[i], layers[i].T @ slope + params["decay"] * weights[i]),
                                                     (biases[i], speeds[len(weights) + i], slope.sum(axis=0))):
                            speed *= params["momentum"]
                            speed -= rate * gradient
                            own += speed
                        if i > 0:
                            slope = down * masks[i - 1]
                out = data.x_val
                for i, (w, b) in enumerate(zip(weights, biases)):
                    out = out @ w + b
                    if i + 1 < len(weights):
                        out = np.maximum(out, 0)
                if metric == "error":
                    yield np.mean(out.argmax(axis=1) != data.y_val) if np.isfinite(out).all() else 0.9
                    continue
                out = np.exp(out - out.max(axis=1, keepdims=True))
                yield log_loss(np.nan_to_num(out / out.sum(axis=1, keepdims=True)), data.y_val)
    return train


def linear(data, params, steps):
    from sklearn import linear_model
    kept = {name: params[name] for name in ("loss", "alpha", "eta0", "learning_rate", "l1_ratio")}
    model = linear_model.SGDClassifier(penalty="elasticnet", random_state=1, average=params["average"] == "yes", **kept)
    for _ in range(steps):
        try:
            model.partial_fit(data.x, data.y, classes=np.arange(data.classes))
            yield 1 - model.score(data.x_val, data.y_val)
        except ValueError:  # The weights overflowed.
            yield 0.9


def regressor(data, params, steps):
    from sklearn import neural_network
    y = (data.y - data.y.mean()) / data.y.std()
    model = neural_network.MLPRegressor(hidden_layer_sizes=[params["units"]] * params["layers"], solver=params["solver"], alpha=params["alpha"],
                                        learning_rate_init=params["rate"], batch_size=params["batch"], random_state=1,
                                        activation=params["activation"])
    for _ in range(steps):
        try:
            model.partial_fit(data.x, y)
            yield min(10.0, math.sqrt(np.mean((model.predict(data.x_val) - (data.y_val - data.y.mean()) / data.y.std()) ** 2)))
        except ValueError:  # The weights overflowed.
            yield 10.0


TREES = {"eta": number(0.01, 1, "log"), "max_depth": whole(1, 10), "subsample": number(0.3, 1),
         "colsample_bytree": number(0.2, 1), "min_child_weight": number(0.1, 30, "log"), "lambda": number(1e-3, 100, "log")}
LEAVES = {"learning_rate": number(0.01, 1, "log"), "num_leaves": whole(2, 64, "log"), "min_data_in_leaf": whole(1, 60, "log"),
          "feature_fraction": number(0.2, 1), "bagging_fraction": number(0.3, 1), "lambda_l2": number(1e-3, 100, "log")}
NETWORK = {"rate": number(1e-3, 1, "log"), "momentum": number(0, 0.97), "batch": whole(16, 256, "log"),
           "units": whole(8, 64, "log"), "layers": whole(1, 3), "dropout": number(0, 0.6), "decay": number(1e-6, 1e-2, "log"),
           "schedule": choice("constant", "cosine", "steps")}


def tasks():
    return [
        Task("xgb-digits", 27, TREES, lambda: bundled("digits", 900), xgboost("multi:softprob", 1)),
        Task("xgb-diabetes", 50, TREES, lambda: bundled("diabetes", 300), xgboost("reg:squarederror", 2)),
        Task("lgbm-cancer", 50, LEAVES, lambda: bundled("breast_cancer", 350), lightgbm("binary", 2)),
        Task("lgbm-fashion", 20, LEAVES, lambda: fashion(400, 1200, 4), lightgbm("multiclass", 1)),
        Task("mlp-digits", 30, NETWORK, lambda: bundled("digits", 900), network("loss")),
        Task("mlp-fashion", 27, NETWORK, lambda: fashion(800, 2000, 4), network("error")),
        Task("sgd-fashion", 20, {"loss": choice("hinge", "log_loss", "modified_huber"), "alpha": number(1e-6, 1, "log"),
                                 "eta0": number(1e-4, 1, "log"), "learning_rate": choice("constant", "invscaling", "adaptive"),
                                 "l1_ratio": number(0, 1), "average": choice("yes", "no")},
             lambda: fashion(500, 2000, 4), linear),
        Task("mlp-diabetes", 30, {"units": whole(4, 128, "log"), "layers": whole(1, 3), "solver": choice("adam", "sgd"),
                                  "alpha": number(1e-5, 10, "log"), "rate": number(1e-4, 0.3, "log"),
                                  "batch": whole(32, 128, "log"), "activation": choice("relu", "tanh")},
             lambda: bundled("diabetes", 300), regressor),
    ]


def stand_ins():
    """Surrogates of trainings with learning curves, with the references of bench/quality."""
    sys.path.append(QUALITY)
    import surrogate
    with open(os.path.join(QUALITY, "public.json")) as file:
        entries = [e for e in json.load(file)["instances"] if e["name"].startswith("lcbench") and e.get("core")]
    model = surrogate.Surrogate(os.path.join(QUALITY, "data/lcbench.json"))
    column, first, last = (model.spec["fidelity"][key] for key in ("name", "first", "last"))

    def made(entry):
        def train(_, params, steps):
            rows = [{**params, column: first + step} for step in range(steps)]
            yield from model.evaluate(entry["task"], rows, entry["target"])
        task = Task(entry["name"], last - first + 1, model.spec["space"], lambda: True, train)
        task.reference = entry["reference"]
        return task
    return [made(entry) for entry in entries]
