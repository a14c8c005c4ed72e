"""Problems by set: a space, a function, how it is told, and the reference that regret is measured against."""
import json
import math
import os
import zlib

import functions
import numpy as np
import space as spaces
import synthetic
from surrogate import Surrogate

HERE = os.path.dirname(os.path.abspath(__file__))
BUDGETS = [1, 5, 10, 20, 25, 40, 50, 100, 200]
SAMPLE = 10000


class Problem:
    """name, space, value(params); core (all peers run it), batch (trials pending at once), noise (standard deviation)."""
    objectives = 1
    is_front = False
    trials = 200
    _surrogates = {}

    def __init__(self, name, space, values, best=None, core=False, batch=1, noise=0.0, reference=None):
        self.name, self.space, self.values, self.best = name, space, values, best
        self.core, self.batch, self.noise, self.reference = core, batch, noise, reference

    def value(self, params):
        return self.values([params])[0]

    def noise_of(self, seed, trial):
        """The same noise for the same trial number, whoever asks and in whatever order."""
        if not self.noise:
            return 0.0
        key = [zlib.crc32(self.name.encode()), seed, trial]
        return self.noise * float(np.random.default_rng(key).standard_normal())

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


def fronts():
    return [Front(name, space, one_by_one(function), point)
            for name, (space, function, point) in synthetic.FRONTS.items()]


def random_medians(values, rng):
    """Median, over many random searches, of the best of n."""
    return {str(n): float(np.median(values[rng.integers(0, len(values), (4000, n))].min(axis=1))) for n in BUDGETS}


def sampled_reference(problem):
    rng = np.random.default_rng(12345)
    rows = [spaces.decode(problem.space, rng.random(len(problem.space))) for _ in range(SAMPLE)]
    return {"best": problem.best, "random_median": random_medians(np.array(problem.values(rows)), rng)}


def add_references(problems, cache_path):
    """Fills in the references that are not in a list, and remembers them."""
    cache = {}
    if os.path.exists(cache_path):
        with open(cache_path) as f:
            cache = json.load(f)
    for problem in problems:
        if problem.reference or problem.is_front:
            continue
        key = problem.name.replace("-linear", "-log")  # One reference for both scales: the right one's.
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
