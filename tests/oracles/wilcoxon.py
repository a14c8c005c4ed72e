"""Writes wilcoxon.csv: one-sided signed-rank tests (differences above 0, zeros split) by SciPy.

Columns: p-value, then the differences. Written by SciPy 1.17.1, NumPy 2.4.6, Python 3.11.
"""
import csv
import os

import numpy as np
import scipy.stats

random = np.random.default_rng(5)
rows = []
for n in (2, 3, 5, 8, 13, 20, 35, 50, 60, 120):
    for shift in (-0.5, 0.0, 0.4, 1.0):
        differences = random.normal(shift, 1.0, n)
        method = "exact" if n <= 50 else "approx"
        rows.append((differences, method))
for n in (6, 10, 25, 70):  # with ties and zeros
    rows.append((random.integers(-3, 5, n).astype(float), "approx"))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "wilcoxon.csv"), "w", newline="") as f:
    writer = csv.writer(f, lineterminator="\n")
    for differences, method in rows:
        p = scipy.stats.wilcoxon(differences, alternative="greater", zero_method="zsplit", correction=False,
                                 method=method).pvalue
        writer.writerow([repr(float(p))] + [repr(float(d)) for d in differences])
