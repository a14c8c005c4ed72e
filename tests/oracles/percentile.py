"""Writes percentile.csv: percentiles of growing lists by NumPy.

Values come from the linear congruential generator below, which the test repeats; every 997th step a row of
count, percent, percentile. Written by NumPy 2.4.6, Python 3.11.
"""
import csv
import os

import numpy as np

COUNT, EVERY = 100000, 997
values = np.empty(COUNT)
word = 12345
for i in range(COUNT):
    word = (word * 6364136223846793005 + 1442695040888963407) % 2**64
    values[i] = (word >> 40) / 1000.0  # Few enough levels that there are ties.
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "percentile.csv"), "w", newline="") as f:
    writer = csv.writer(f, lineterminator="\n")
    for count in [1, 2, 3, 4, 5] + list(range(EVERY, COUNT + 1, EVERY)):
        for percent in (0.1, 25.0, 50.0, 99.9):
            writer.writerow([count, percent, repr(float(np.percentile(values[:count], percent)))])
