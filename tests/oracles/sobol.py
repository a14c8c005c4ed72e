"""Writes sobol.csv: the first 64 points of scipy's unscrambled Sobol sequence in 16 dimensions.

scipy walks the sequence in Gray code order (point i is our point i ^ (i >> 1)) with Joe and Kuo's direction numbers of
its own. The table was written by scipy 1.17.1, numpy 2.4.6, Python 3.11:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scipy && /tmp/venv/bin/python tests/oracles/sobol.py
"""

import pathlib

import numpy
import scipy
from scipy.stats import qmc

POINTS, DIMENSIONS = 64, 16

points = qmc.Sobol(d=DIMENSIONS, scramble=False).random(POINTS)
path = pathlib.Path(__file__).with_name("sobol.csv")
with path.open("w") as table:
    table.write(f"# scipy {scipy.__version__}, numpy {numpy.__version__}: point i of the file in row i, one column a dimension\n")
    for point in points:
        table.write(",".join(repr(float(x)) for x in point) + "\n")
print(path, scipy.__version__, numpy.__version__)
