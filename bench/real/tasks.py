"""What is tuned: tables of real trainings, and trainings that are run. Both answer the same questions.

told(params, seed, look): the value that an optimizer hears; look counts how often its run has seen this setting.
truth(params): the mean over the seeds that judge. A repeat is another training, and so is the same setting in another run.
"""
import hashlib
import json
import math

import cells
import numpy as np
import problems as sets
import space as spaces

BUDGETS = [15, 25, 50, 100]
SUITE = 2  # Raised where tasks or their noise change: stored runs of another suite do not count.
JUDGES = [1000 + i for i in range(5)]  # Seeds of live trainings; no run is told of them.
SEARCHES = 4000


def chance(*what):
    """A number that depends on what is said and on nothing else."""
    digest = hashlib.blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class Task(sets.Problem):
    """part: tables or live; kind; half: dev (samplers are chosen by these) or check (held back); flat: a space whose
    conditions are hidden from the optimizers."""
    trials = max(BUDGETS)
    part, half, has_curve = "", "", False

    def __init__(self, name, space):
        super().__init__(name, space, None)

    def key(self, params):
        """Equal for what is the same setting."""
        raise NotImplementedError

    def told(self, params, seed, look):
        raise NotImplementedError

    def curve(self, params, seed, look):
        """[(step, value)] of the same training, where the task has_curve; its last value is what told() says."""
        raise NotImplementedError

    def truth(self, params):
        raise NotImplementedError

    def family_of(self, params):
        return params.get("family")


class TableTask(Task):
    part = "tables"

    def __init__(self, table):
        super().__init__(table.name, table.space)
        self.table, self.kind, self.half, self.base = table, table.kind, table.half, table.name.removesuffix("-flat")
        best = int(table.means.argmin())
        self.best, self.families = float(table.means[best]), {}
        if "family" in table.axes:
            for point, mean in zip(cells.points(table.axes), table.means):
                known = self.families.get(point["family"], math.inf)
                self.families[point["family"]] = min(known, float(mean))

    def key(self, params):
        return self.table.cell(params)

    def told(self, params, seed, look):
        cell = self.table.cell(params)
        return float(self.table.values[cell, chance(self.base, seed, cell, look) % self.table.seeds])

    def truth(self, params):
        return float(self.table.means[self.table.cell(params)])

    def make_reference(self):
        """Best known, and what random search reaches: its median and mean."""
        rng = np.random.default_rng(chance("reference", self.base))
        drawn = [self.table.cell(spaces.decode(self.space, rng.random(len(self.space)))) for _ in range(8000)]
        drawn = np.array(drawn)
        self.reference = reference(self.best, self.table.values, self.table.means, drawn, rng)


class CurveTask(TableTask):
    """A table without its prefix: each training runs to the end and shows every cell of the prefix on its way."""
    has_curve = True

    def __init__(self, table):
        super().__init__(table)
        self.name += "-curve"
        self.space = {n: s for n, s in self.space.items() if n != table.prefix}
        self.last = table.axes[table.prefix]["grid"][-1]
        ends = [i for p, i in zip(cells.points(table.axes), range(len(table.means))) if p[table.prefix] == self.last]
        self.best = float(table.means[ends].min())

    def key(self, params):
        return self.table.cell({**params, self.table.prefix: self.last})

    def curve(self, params, seed, look):
        column = chance(self.base, seed, self.key(params), look) % self.table.seeds
        return [(step, float(self.table.values[cell, column])) for step, cell in self.table.curve(params)]

    def told(self, params, seed, look):
        return self.curve(params, seed, look)[-1][1]

    def truth(self, params):
        return float(self.table.means[self.key(params)])

    def make_reference(self):
        rng = np.random.default_rng(chance("reference", self.name))
        drawn = np.array([self.key(spaces.decode(self.space, rng.random(len(self.space)))) for _ in range(5000)])
        self.reference = reference(self.best, self.table.values, self.table.means, drawn, rng)


def reference(best, values, means, drawn, rng):
    """values: (cells, seeds) of what may be told; means: the truth; drawn: cells that random search drew."""
    medians, averages = {}, {}
    for budget in BUDGETS:
        picked = drawn[rng.integers(0, len(drawn), (SEARCHES, budget))]
        told = values[picked, rng.integers(0, values.shape[1], picked.shape)]
        named = means[np.take_along_axis(picked, told.argmin(axis=1)[:, None], axis=1)[:, 0]]
        medians[str(budget)], averages[str(budget)] = float(np.median(named)), float(named.mean())
    return {"best": best, "random_median": medians, "random_mean": averages}


def table_tasks():
    return [TableTask(t) for t in cells.tables().values()]


def curve_tasks():
    return [CurveTask(t) for t in cells.tables().values() if t.prefix]
