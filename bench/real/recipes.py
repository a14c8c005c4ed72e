"""Tables of real trainings: how each is made is said in recipes_*.py, by the decorator here; maketables.py makes them."""
import numpy as np

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
