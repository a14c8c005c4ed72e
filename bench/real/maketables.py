#!/usr/bin/env python3
"""Trains some ten thousand small models, each cell with several seeds, and writes how good each was into data/tables.json.xz.

    build/quality/venv/bin/python bench/real/maketables.py             # about a quarter of an hour of a core
    build/quality/venv/bin/python bench/real/maketables.py svc-digits  # only these; the others stay as they are

A table is a grid with conditions: one training for every combination of the parameters that are active, or, where later
rounds only add to earlier ones, one prefix of a training (`prefix` names that axis). A seed draws the rows that train and
is the model's own. Values are rounded to four digits.
"""
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
import recipes_models  # noqa: F401  These register what is made.
import recipes_pipelines  # noqa: F401
import recipes_trees  # noqa: F401
from recipes import RECIPES


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
