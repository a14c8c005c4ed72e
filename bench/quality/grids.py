"""Tables of real trainings (data/trainings.json, made by trainings.py): every value is that of the training at the nearest
point of a grid."""
import json
import math
import os

import numpy as np

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data/trainings.json")


def spec_of(grid, scale=None):
    """What is named is a choice; numbers that grow by a factor are on a log scale, where the scale is not said."""
    if isinstance(grid[0], str):
        return {"type": "categorical", "choices": grid}
    if not scale:
        scale = "log" if len(grid) > 2 and grid[1] and abs(grid[0] * grid[2] / grid[1] ** 2 - 1) < 0.05 else "linear"
    return {"type": "int" if isinstance(grid[0], int) else "float", "low": grid[0], "high": grid[-1], "scale": scale}


def nearest(spec, grid, value):
    if spec["type"] == "categorical":
        return grid.index(value)
    scaled = math.log if spec["scale"] == "log" else float
    return min(range(len(grid)), key=lambda i: abs(scaled(grid[i]) - scaled(value)))


def table(axes, values):
    """(space, function, point of the minimum, minimum)."""
    space = {name: spec_of(grid) for name, grid in axes.items()}
    cube = np.array(values).reshape([len(grid) for grid in axes.values()])

    def function(params):
        return float(cube[tuple(nearest(space[name], grid, params[name]) for name, grid in axes.items())])
    where = np.unravel_index(cube.argmin(), cube.shape)
    return space, function, {name: grid[i] for (name, grid), i in zip(axes.items(), where)}, float(cube.min())


def tables():
    with open(PATH) as f:
        return {made["name"]: table(made["axes"], made["values"]) for made in json.load(f)["tables"]}
