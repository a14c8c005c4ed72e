"""Writes hypervolume.csv: point sets with the volume that they dominate, computed by two programs of others.

Sets of 2 to 5 objectives: spheres' and simplices' fronts, random points with dominated ones, ties and repeats. Optuna's
volume (optuna._hypervolume) is the table's figure; the script stops if pymoo disagrees by more than 1e-9. The table was
written by optuna 5.0.0, pymoo 0.6.2, numpy 2.4.6, Python 3.11:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install optuna pymoo && /tmp/venv/bin/python tests/oracles/hypervolume.py
"""

import importlib.metadata
import pathlib

import numpy
from optuna._hypervolume import compute_hypervolume
from pymoo.indicators.hv import HV

random = numpy.random.default_rng(4)


def point_set(kind, count, width):
    points = random.random((count, width))
    if kind == "sphere":
        points = random.normal(size=(count, width))
        points = 1 - numpy.abs(points) / numpy.linalg.norm(points, axis=1, keepdims=True)
    elif kind == "simplex":
        points = random.dirichlet(numpy.ones(width), size=count)
    elif kind == "ties":
        points = random.integers(0, 5, size=(count, width)) / 4
    return points


path = pathlib.Path(__file__).with_name("hypervolume.csv")
with path.open("w") as table:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("optuna", "pymoo", "numpy"))
    table.write(f"# {versions}: objectives, volume below the point of all 1.1, then the points row after row\n")
    for width in (2, 3, 4, 5):
        for kind in ("random", "sphere", "simplex", "ties"):
            for count in (1, 7, 24):
                points = point_set(kind, count, width)
                volume = float(compute_hypervolume(points, numpy.full(width, 1.1)))
                other = float(HV(ref_point=numpy.full(width, 1.1))(points))
                assert abs(volume - other) <= 1e-9 * max(1.0, volume), (kind, count, width, volume, other)
                cells = [width, repr(volume)] + [repr(float(x)) for x in points.ravel()]
                table.write(",".join(map(str, cells)) + "\n")
print(path, versions)
