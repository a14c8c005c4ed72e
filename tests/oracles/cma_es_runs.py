"""Writes cma_es_runs.csv: how far the package cmaes (CyberAgent) comes on three functions of 5 dimensions in [-5, 5].

For each function and number of evaluations the quartiles, over 51 seeds, of log10 of the best value so far. Starts are
uniform, sigma 2 (a fifth of the range), bounds and population as the package has them. The table was written by
cmaes 0.13.1, numpy 2.4.6, Python 3.11:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install cmaes && /tmp/venv/bin/python tests/oracles/cma_es_runs.py
"""

import importlib.metadata
import pathlib

import numpy
from cmaes import CMA

DIMENSIONS, SEEDS, CHECKS = 5, 51, (200, 500, 1000, 2000)
OPTIMUM = numpy.array([1.0, -2.0, 0.5, 3.0, -0.5])


def sphere(x):
    return float(((x - OPTIMUM) ** 2).sum())


def rosenbrock(x):
    return float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum())


def rastrigin(x):
    y = x - OPTIMUM
    return float((y**2 + 10 - 10 * numpy.cos(2 * numpy.pi * y)).sum())


def run(function, seed):
    start = numpy.random.default_rng(seed).uniform(-5, 5, DIMENSIONS)
    optimizer = CMA(mean=start, sigma=2.0, bounds=numpy.array([[-5.0, 5.0]] * DIMENSIONS), seed=seed)
    best, told, reached = float("inf"), [], []
    for number in range(1, max(CHECKS) + 1):
        x = optimizer.ask()
        told.append((x, function(x)))
        best = min(best, told[-1][1])
        if len(told) == optimizer.population_size:
            optimizer.tell(told)
            told = []
        if number in CHECKS:
            reached.append(numpy.log10(max(best, 1e-300)))
    return reached


path = pathlib.Path(__file__).with_name("cma_es_runs.csv")
with path.open("w") as table:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("cmaes", "numpy"))
    table.write(f"# {versions}: function, evaluations, quartiles of log10 of the best value over {SEEDS} seeds\n")
    for function in (sphere, rosenbrock, rastrigin):
        runs = numpy.array([run(function, seed) for seed in range(SEEDS)])
        for check, reached in zip(CHECKS, runs.T):
            quartiles = ",".join(f"{q:.3f}" for q in numpy.percentile(reached, [25, 50, 75]))
            table.write(f"{function.__name__},{check},{quartiles}\n")
print(path, versions)
