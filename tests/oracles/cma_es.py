"""Writes cma_es.csv: 50 generations of the package cmaes (CyberAgent), without and with the margin for integers.

Rows "normals" hold a generation's standard normal numbers, sample after sample; rows "state" what the package makes of
them: sigma, mean, the diagonal of C and, with margin, A. Both sides sample with the symmetric root of C, which has no
sign to agree on. The table was written by cmaes 0.13.1, numpy 2.4.6, scipy 1.17.1, Python 3.11:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install cmaes scipy && /tmp/venv/bin/python tests/oracles/cma_es.py
"""

import importlib.metadata
import pathlib

import numpy
from cmaes import CMA, CMAwM

DIMENSIONS, GENERATIONS = 5, 50
LEVELS = [2, 5, 12, 0, 0]  # Of each coordinate of [0, 1]; 0: continuous.
TARGET = numpy.array([0.9, 0.35, 0.62, 0.3, 0.55])

random = numpy.random.default_rng(6)


def value(x):
    """A curved valley: the second half pulls on the first."""
    y = x - TARGET
    return float(sum(10 ** (0.5 * i) * y[i] ** 2 for i in range(DIMENSIONS)) + (y[0] - 2 * y[3] ** 2 + y[4]) ** 2)


def follow(name, optimizer, table):
    inner = optimizer if name == "plain" else optimizer._cma
    queue = []

    def sample():
        basis, scales = inner._eigen_decomposition()
        return inner._mean + inner._sigma * (basis @ numpy.diag(scales) @ basis.T @ queue.pop(0))

    inner._sample_solution = sample
    for _ in range(GENERATIONS):
        normals = random.standard_normal((optimizer.population_size, DIMENSIONS)).round(6)
        queue.extend(normals)
        table.write(f"{name},normals," + ",".join(f"{z:.6f}" for z in normals.ravel()) + "\n")
        told = []
        for _ in range(optimizer.population_size):
            x = optimizer.ask()
            told.append((x, value(x)) if name == "plain" else (x[1], value(x[0])))
        optimizer.tell(told)
        margins = numpy.ones(DIMENSIONS) if name == "plain" else optimizer._A
        state = [inner._sigma, *inner._mean, *numpy.diag(inner._C), *margins]
        table.write(f"{name},state," + ",".join(repr(float(number)) for number in state) + "\n")


path = pathlib.Path(__file__).with_name("cma_es.csv")
with path.open("w") as table:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("cmaes", "numpy", "scipy"))
    table.write(f"# {versions}: run, kind of row, numbers\n")
    follow("plain", CMA(mean=numpy.full(DIMENSIONS, 0.4), sigma=0.2), table)
    steps = numpy.array([1 / n if n else 0 for n in LEVELS])
    bounds = numpy.array([[0.5 / n, 1 - 0.5 / n] if n else [-numpy.inf, numpy.inf] for n in LEVELS])
    mean = numpy.full(DIMENSIONS, 0.4)
    follow("margin", CMAwM(mean=mean, sigma=0.2, bounds=bounds, steps=steps), table)
print(path, versions)
