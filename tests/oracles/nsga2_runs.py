"""Writes nsga2_runs.csv: the hypervolume that Optuna's NSGA-II reaches on ZDT1 (2 objectives, 8 parameters) and DTLZ2 (3, 7).

For each function and number of trials the lowest, middle and highest volume over 7 seeds, reference point all 1.1
(ZDT1: 1.1 and 6). The table was written by optuna 5.0.0, numpy 2.4.6, Python 3.11:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install optuna && /tmp/venv/bin/python tests/oracles/nsga2_runs.py
"""

import importlib.metadata
import math
import pathlib

import numpy
import optuna
from optuna._hypervolume import compute_hypervolume

SEEDS, CHECKS = 7, (250, 500)


def zdt1(x):
    g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
    return x[0], g * (1 - math.sqrt(x[0] / g))


def dtlz2(x):
    g = sum((y - 0.5) ** 2 for y in x[2:])
    a, b = x[0] * math.pi / 2, x[1] * math.pi / 2
    return (1 + g) * math.cos(a) * math.cos(b), (1 + g) * math.cos(a) * math.sin(b), (1 + g) * math.sin(a)


def volumes(function, dimensions, reference, seed):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=["minimize"] * len(reference), sampler=optuna.samplers.NSGAIISampler(seed=seed))
    rows, reached = [], []
    for number in range(1, max(CHECKS) + 1):
        trial = study.ask()
        values = function([trial.suggest_float(f"x{i}", 0, 1) for i in range(dimensions)])
        study.tell(trial, values)
        rows.append(values)
        if number in CHECKS:
            inside = numpy.array([row for row in rows if numpy.all(numpy.array(row) < reference)])
            reached.append(compute_hypervolume(inside, numpy.array(reference)))
    return reached


path = pathlib.Path(__file__).with_name("nsga2_runs.csv")
with path.open("w") as table:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("optuna", "numpy"))
    table.write(f"# {versions}: function, trials, lowest, middle and highest volume over {SEEDS} seeds\n")
    for function, dimensions, reference in ((zdt1, 8, [1.1, 6.0]), (dtlz2, 7, [1.1, 1.1, 1.1])):
        runs = numpy.array([volumes(function, dimensions, reference, seed) for seed in range(SEEDS)])
        for check, reached in zip(CHECKS, runs.T):
            numbers = ",".join(f"{v:.4f}" for v in (reached.min(), numpy.median(reached), reached.max()))
            table.write(f"{function.__name__},{check},{numbers}\n")
print(path, versions)
