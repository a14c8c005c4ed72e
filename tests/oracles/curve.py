"""Writes curve.csv: the evidence of one curve shape and its prediction, by numerical integration over the noise variance.

Given the noise variance v the curve y = A + B g + noise is normal with mean m0a + m0b g and covariance
v (I + X V0 X'), and v has an inverse gamma prior: SciPy's quad integrates over log v. Columns: reports n, prior (m0a,
m0b, v0aa, v0ab, v0bb, a0, b0), g at the end, log evidence, mean of a later value at the end, its standard deviation;
then n values of g and n of y. Written by SciPy 1.17.1, NumPy 2.4.6, Python 3.11.
"""
import csv
import pathlib

import numpy as np
import scipy.integrate
import scipy.special
import scipy.stats

random = np.random.default_rng(3)
rows = []
for n, a0, scale in [(3, 1.5, 1.0), (5, 2.0, 0.1), (10, 2.0, 1.0), (20, 3.0, 5.0), (40, 2.5, 0.3)]:
    g = np.exp(-np.arange(1, n + 1) / 15.0) + 0.02 * random.random(n)
    y = scale * (0.3 + 0.7 * g + 0.05 * random.normal(size=n))
    m0 = scale * np.array([0.4, 0.5])
    b0 = a0 * (0.04 * scale) ** 2
    v0 = np.array([[30.0, -5.0], [-5.0, 50.0]])
    end = float(np.exp(-50 / 15.0))
    x = np.stack([np.ones(n), g], 1)
    spread = np.eye(n) + x @ v0 @ x.T
    root = np.linalg.cholesky(spread)
    white = np.linalg.solve(root, y - x @ m0)
    square, log_det = white @ white, 2 * np.log(np.diag(root)).sum()

    def log_density(log_v):
        v = np.exp(log_v)
        likelihood = -0.5 * (n * np.log(2 * np.pi * v) + log_det + square / v)
        prior = a0 * np.log(b0) - scipy.special.gammaln(a0) - (a0 + 1) * log_v - b0 / v
        return likelihood + prior + log_v

    grid = np.linspace(np.log(b0) - 12, np.log(b0) + 12, 4001)
    top = grid[np.argmax(log_density(grid))]
    peak = log_density(top)

    def integral(f):
        return scipy.integrate.quad(lambda t: np.exp(log_density(t) - peak) * f(np.exp(t)), top - 12, top + 25,
                                    epsabs=0, epsrel=1e-12, limit=1000, points=[top - 1, top, top + 1, top + 4])[0]

    whole = integral(lambda v: 1.0)
    # Given v, A and B are normal: condition the joint normal of the reports and the later value.
    x_end = np.array([1.0, end])
    cross = x_end @ v0 @ x.T
    gain = np.linalg.solve(spread, cross)
    mean = x_end @ m0 + gain @ (y - x @ m0)
    factor = 1 + x_end @ v0 @ x_end - gain @ cross
    variance = factor * integral(lambda v: v) / whole
    rows.append([n, *m0, v0[0, 0], v0[0, 1], v0[1, 1], a0, b0, end, peak + np.log(whole), mean, np.sqrt(variance), *g, *y])
path = pathlib.Path(__file__).with_name("curve.csv")
with path.open("w", newline="") as table:
    csv.writer(table, lineterminator="\n").writerows([repr(float(v)) for v in row] for row in rows)
