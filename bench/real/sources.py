"""The data that the trainings learn from: all of it comes with scikit-learn, with statsmodels or with Debian's package
dataset-fashion-mnist. Rows that validate are fixed for good; a seed draws which of the others train."""
import functools
import gzip
import os
import warnings

import numpy as np

FASHION = "/usr/share/datasets/fashion-mnist"


class Source:
    """x, y: rows that may train. x_val, y_val: rows that validate."""

    def __init__(self, x, y, validation, regression=False):
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float if regression else int)
        order = np.random.default_rng(20261129).permutation(len(y))
        rest, held = order[:-validation], order[-validation:]
        self.x, self.y, self.x_val, self.y_val = x[rest], y[rest], x[held], y[held]
        self.regression, self.spread = regression, float(np.var(self.y_val)) if regression else 1.0

    def draw(self, rows, seed, scale=True):
        """So many of the rows that train, and all that validate. scale: as the drawn rows have mean 0 and deviation 1."""
        rows = min(rows, len(self.y) * 9 // 10)  # Another seed draws other rows.
        chosen = np.random.default_rng([7, seed]).permutation(len(self.y))[:rows]
        x, x_val = self.x[chosen], self.x_val
        if scale:
            middle, width = x.mean(axis=0), x.std(axis=0) + 1e-9
            x, x_val = (x - middle) / width, np.clip((x_val - middle) / width, -20, 20)
        return x, self.y[chosen], x_val, self.y_val

    def error(self, predicted):
        """Share of wrong labels; in a regression the mean square over the variance, 10 at most."""
        if not self.regression:
            return float(np.mean(predicted != self.y_val))
        with np.errstate(all="ignore"):
            value = float(np.mean((np.asarray(predicted, dtype=float) - self.y_val) ** 2)) / self.spread
        return min(value, 10.0) if np.isfinite(value) else 10.0

    def log_loss(self, chances):
        chances = np.asarray(chances, dtype=float)
        return float(-np.log(np.clip(chances[np.arange(len(self.y_val)), self.y_val], 1e-4, 1)).mean())


def _images(kind):
    with gzip.open(os.path.join(FASHION, kind + "-images-idx3-ubyte.gz")) as f:
        pixels = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(os.path.join(FASHION, kind + "-labels-idx1-ubyte.gz")) as f:
        return pixels, np.frombuffer(f.read(), np.uint8, offset=8)


def _frame(name):
    import statsmodels.datasets
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(statsmodels.datasets, name).load_pandas().data


def digits():
    from sklearn import datasets
    data = datasets.load_digits()
    return Source(data.data / 16, data.target, 600)


def cancer():
    from sklearn import datasets
    data = datasets.load_breast_cancer()
    return Source(data.data, data.target, 250)


def wine():
    from sklearn import datasets
    data = datasets.load_wine()
    return Source(data.data, data.target, 78)


def diabetes():
    from sklearn import datasets
    data = datasets.load_diabetes()
    return Source(data.data, data.target, 170, regression=True)


def affairs():
    """Who had one (statsmodels' `fair`: 6,366 answers to a magazine)."""
    frame = _frame("fair")
    return Source(frame.drop(columns="affairs"), frame["affairs"] > 0, 2000)


def visits():
    """Visits to a doctor (statsmodels' `randhie`: 20,190 years of people), on a log scale."""
    frame = _frame("randhie")
    return Source(frame.drop(columns="mdvis"), np.log1p(frame["mdvis"]), 3000, regression=True)


def votes():
    """Which party 944 Americans lean to, of three (statsmodels' `anes96`)."""
    frame = _frame("anes96")
    party = np.digitize(frame["PID"], [2.5, 3.5])
    return Source(frame.drop(columns=["PID", "vote"]), party, 300)


def schools():
    """Shares of pupils above the national median in mathematics (statsmodels' `star98`)."""
    frame = _frame("star98")
    return Source(frame.drop(columns=["NABOVE", "NBELOW"]), frame["NABOVE"] / (frame["NABOVE"] + frame["NBELOW"]), 120,
                  regression=True)


def fashion():
    """Fashion-MNIST, each image shrunk to 7 by 7: 6,000 rows."""
    pixels, labels = _images("t10k")
    small = pixels[:6000].reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49) / 255
    return Source(small, labels[:6000], 1000)


@functools.lru_cache(maxsize=None)
def source(name):
    return globals()[name]()
