"""Writes parzen.csv: kernels and mixtures over a conditional space, by scipy.stats.

The space: `kind` of 4 choices; `x` in [0, 1]; `layers` 1 to 8; `units` 1 to 1024 on a log scale; `rate` in [1e-4, 1] on
a log scale, which exists unless kind is 3. Densities are relative to the uniform one, a level's mass to its cell's
width; a dimension that a centre lacks has factor 1. Groups of lines: "bandwidths", one for each dimension; then
"centre" lines; then "x" lines with the log of the first centre's kernel and of the mixture of all centres with equal
weights and a uniform component of the same weight. Written by scipy 1.17.1, numpy 2.4.6, Python 3.11:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scipy && /tmp/venv/bin/python tests/oracles/parzen.py
"""

import importlib.metadata
import math
import pathlib

import numpy
from scipy.special import log_ndtr, logsumexp
from scipy.stats import truncnorm

random = numpy.random.default_rng(11)
LOG_MASS_MIN = -80.0


def log_mass(mean, deviation, low, high):
    a, b = (low - mean) / deviation, (high - mean) / deviation
    if a > 0:
        a, b = -b, -a
    return max(LOG_MASS_MIN, float(log_ndtr(b) + numpy.log1p(-numpy.exp(log_ndtr(a) - log_ndtr(b)))))


def continuous(mean, x, deviation):
    return float(truncnorm.logpdf(x, -mean / deviation, (1 - mean) / deviation, loc=mean, scale=deviation))


def levels(count, log):
    """Position of each level's value and the edges of its cell, in [0, 1]."""
    scale = math.log if log else float
    low, high = scale(0.5), scale(count + 0.5)
    place = lambda value: (scale(value) - low) / (high - low)
    return [place(k) for k in range(1, count + 1)], [place(k + 0.5) for k in range(0, count + 1)]


def discrete(table, own, level, deviation):
    places, edges = table
    low, high = edges[level - 1], edges[level]
    mean = places[own - 1]
    return log_mass(mean, deviation, low, high) - math.log(high - low) - log_mass(mean, deviation, 0, 1)


LAYERS, UNITS = levels(8, False), levels(1024, True)
rate_unit = lambda rate: (math.log(rate) - math.log(1e-4)) / -math.log(1e-4)


def log_kernel(centre, x, b):
    kind = math.log(4 * (1 - b[0]) if centre[0] == x[0] else 4 * b[0] / 3)
    total = kind + continuous(centre[1], x[1], b[1]) + discrete(LAYERS, centre[2], x[2], b[2])
    total += discrete(UNITS, centre[3], x[3], b[3])
    if centre[0] != 3 and x[0] != 3:
        total += continuous(rate_unit(centre[4]), rate_unit(x[4]), b[4])
    return total


def draw():
    kind = int(random.integers(4))
    rate = math.nan if kind == 3 else float(10 ** (-4 * random.random()))
    units = min(1024, max(1, round(0.5 * 2049 ** random.random())))
    return kind, float(random.random()), int(random.integers(1, 9)), units, rate


path = pathlib.Path(__file__).with_name("parzen.csv")
with path.open("w") as table:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("scipy", "numpy"))
    table.write(f"# {versions}\n")
    for scale in (0.01, 0.03, 0.1, 0.3, 1.0):
        bandwidths = [min(0.75, scale), scale, min(1, 2 * scale), scale, scale]
        table.write(",".join(["bandwidths"] + [repr(b) for b in bandwidths]) + "\n")
        centres = [draw() for _ in range(20)]
        for centre in centres:
            table.write(",".join(["centre"] + [repr(v) for v in centre]) + "\n")
        for i in range(30):
            x = draw()
            if i < 10:  # Near a centre, where the density is high.
                near = centres[i]
                x = (near[0], min(1.0, near[1] + 0.004), near[2], near[3], near[4])
            logs = [log_kernel(centre, x, bandwidths) for centre in centres]
            mixture = float(logsumexp(logs + [0.0])) - math.log(len(centres) + 1)
            table.write(",".join(["x"] + [repr(v) for v in x] + [repr(logs[0]), repr(mixture)]) + "\n")
print(path, versions)
