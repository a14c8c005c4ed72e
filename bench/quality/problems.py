"""Problems by set: a space, a function, how it is told, and the reference that regret is measured against."""
import json
import math
import os
import zlib

import functions
import kinds
import numpy as np
import space as spaces
import synthetic
from surrogate import Surrogate

HERE = os.path.dirname(os.path.abspath(__file__))
BUDGETS = [1, 5, 10, 20, 25, 40, 50, 100, 200]
SAMPLE = 10000


class Problem:
    """name, space, value(params), NaN where the trial fails; core (all peers run it), batch (trials pending at once), noise
    (standard deviation), outliers and flaky (shares of the trials)."""
    objectives = 1
    is_front = False
    trials = 200
    kind, outliers, flaky = "", 0.0, 0.0
    _surrogates = {}

    def __init__(self, name, space, values, best=None, core=False, batch=1, noise=0.0, reference=None):
        self.name, self.space, self.values, self.best = name, space, values, best
        self.core, self.batch, self.noise, self.reference = core, batch, noise, reference

    def value(self, params):
        return self.values([params])[0]

    def told(self, value, seed, trial):
        """What the optimizer hears instead: with noise, as an outlier, or NaN for a trial that failed. It is the same for
        the same trial number, whoever asks and in whatever order."""
        if not (self.noise or self.outliers or self.flaky):
            return value
        rng = np.random.default_rng([zlib.crc32(self.name.encode()), seed, trial])
        if self.noise:
            return value + self.noise * float(rng.standard_normal())
        chance = rng.random()
        return math.nan if chance < self.flaky else kinds.OUTLIER if chance < self.flaky + self.outliers else value

    def with_batch(self, batch):
        return Problem(f"{self.name}@{batch}", self.space, self.values, self.best, self.core, batch, self.noise,
                       self.reference)


class Front(Problem):
    objectives = 2
    is_front = True


def one_by_one(function):
    return lambda rows: [function(row) for row in rows]


def public_problems():
    """The list in public.json, the references with it: best known, and random search's median at each budget."""
    problems = []
    with open(os.path.join(HERE, "public.json")) as f:
        entries = json.load(f)["instances"]
    for entry in entries:
        options = {"core": entry.get("core", False), "batch": entry.get("batch", 1), "noise": entry.get("noise", 0.0),
                   "reference": entry["reference"]}
        if "function" in entry:
            space, function, _ = functions.FUNCTIONS[entry["function"]]
            problems.append(Problem(entry["name"], space, one_by_one(function), **options))
            continue
        path = os.path.join(HERE, entry["file"])
        if path not in Problem._surrogates:
            Problem._surrogates[path] = Surrogate(path)
        source = Problem._surrogates[path]

        def values(rows, source=source, entry=entry):
            return [float(v) for v in source.evaluate(entry["task"], rows, entry["target"])]
        problems.append(Problem(entry["name"], source.spec["space"], values, **options))
    return problems


def synthetic_problems(prefix):
    """Those whose names begin so ("rate-") or, with "", all the others."""
    return [Problem(name, space, one_by_one(function), best, core=name.endswith("-5d"))
            for name, (space, function, best) in synthetic.FUNCTIONS.items() if name.startswith("rate-") == bool(prefix)]


def kind_problems():
    """The first of each kind is core."""
    problems = []
    for entry in kinds.KINDS.values():
        first = all(p.kind != entry.kind for p in problems)
        problem = Problem(entry.name, entry.space, one_by_one(entry.function), entry.best, core=first, noise=entry.noise)
        problem.kind, problem.outliers, problem.flaky = entry.kind, entry.outliers, entry.flaky
        problems.append(problem)
    return problems


def fronts():
    return [Front(name, space, one_by_one(function), point)
            for name, (space, function, point) in synthetic.FRONTS.items()]


def random_medians(values, rng, noise=0.0):
    """Median, over many random searches, of the best of n; with noise, of the one that looked best."""
    medians = {}
    for n in BUDGETS:
        drawn = values[rng.integers(0, len(values), (4000, n))]
        looks = drawn + noise * rng.standard_normal(drawn.shape) if noise else drawn
        medians[str(n)] = float(np.median(np.take_along_axis(drawn, looks.argmin(axis=1)[:, None], axis=1)))
    return medians


def sampled_reference(problem, sample=SAMPLE):
    rng = np.random.default_rng(12345)
    rows = [spaces.decode(problem.space, rng.random(len(problem.space))) for _ in range(sample)]
    values = np.nan_to_num(np.array(problem.values(rows)), nan=math.inf)  # Failed ones are never the best.
    return {"best": problem.best, "random_median": random_medians(values, rng, problem.noise)}


def add_references(problems, cache_path):
    """Fills in the references that are not in a list, and remembers them."""
    cache = {}
    if os.path.exists(cache_path):
        with open(cache_path) as f:
            cache = json.load(f)
    for problem in problems:
        if problem.reference or problem.is_front:
            continue
        # One reference for both scales of a rate: the right one's.
        key = problem.name.replace("-linear", "-log") if problem.name.startswith("rate-") else problem.name
        if key not in cache:
            right = next(p for p in problems if p.name == key)
            cache[key] = sampled_reference(right)
            with open(cache_path, "w") as f:
                json.dump(cache, f)
        problem.reference = cache[key]


def random_median(reference, budget):
    """By interpolation over the logarithm of the budget."""
    known = sorted((int(n), v) for n, v in reference["random_median"].items())
    return float(np.interp(math.log(budget), [math.log(n) for n, _ in known], [v for _, v in known]))
