"""Tables of real trainings (data/tables.json.xz, made by maketables.py): grids with conditions, several seeds a cell."""
import functools
import itertools
import json
import lzma
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "../quality"))

import grids
import numpy as np
import space as spaces

PATH = os.path.join(HERE, "data/tables.json.xz")


def read():
    with lzma.open(PATH, "rt") as f:
        return json.load(f)


def points(axes, chosen=None):
    """Every combination of the axes that are active, the first axis turning slowest."""
    chosen = chosen or {}
    for position, (name, axis) in enumerate(axes.items()):
        if not spaces.is_active(axis, chosen):
            continue
        rest = dict(itertools.islice(axes.items(), position + 1, None))
        for value in axis["grid"]:
            yield from points(rest, {**chosen, name: value})
        return
    yield chosen


class Table:
    """A complete table as the optimizers meet it. flat: all parameters are always there, and those that do not matter are
    ignored."""

    def __init__(self, made, flat=False):
        self.name, self.kind, self.half = made["name"] + ("-flat" if flat else ""), made["kind"], made["half"]
        self.axes, self.prefix, self.seeds = made["axes"], made["prefix"], made["seeds"]
        self.values, self._last = np.array(made["values"]), (None, -1)
        self.means = self.values.mean(axis=1)
        self.specs = {n: grids.spec_of(a["grid"], a.get("scale")) for n, a in self.axes.items()}
        self.space = {n: {**s, **({} if flat or "when" not in self.axes[n] else {"when": self.axes[n]["when"]})}
                      for n, s in self.specs.items()}

    @functools.cached_property
    def _order(self):
        """So points() and cell() agree on where a cell is."""
        return {tuple(sorted(p.items())): i for i, p in enumerate(points(self.axes))}

    def at(self, params):
        """The point of the grid that is nearest, without what is not active there."""
        near = {}
        for name, axis in self.axes.items():
            if spaces.is_active(axis, near):
                near[name] = axis["grid"][grids.nearest(self.specs[name], axis["grid"], params[name])]
        return near

    def cell(self, params):
        if params != self._last[0]:  # Each trial asks several times.
            self._last = dict(params), self._order[tuple(sorted(self.at(params).items()))]
        return self._last[1]

    def curve(self, params):
        """Cells along the prefix: what one training shows as it goes on. params need not have the prefix."""
        grid = self.axes[self.prefix]["grid"]
        return [(step, self.cell({**params, self.prefix: step})) for step in grid]


@functools.lru_cache(maxsize=None)
def tables():
    """By name; a choice among families stands there twice, with conditions and flat."""
    made = read()["tables"]
    both = [Table(t, flat) for t in made for flat in (False, True) if not flat or t["kind"] == "families"]
    return {t.name: t for t in both}
