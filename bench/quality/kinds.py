"""Problems of many kinds, several of each: what tuning meets beside smooth bowls in the middle of a box. Each has a known
minimum, and where a formula makes it, the point `at` that has it.

The tables of real trainings are read by grids.py.
"""
import dataclasses
import math

import grids
import numpy as np
import space as spaces

KINDS = {}  # name -> Kind, in the order of the kinds.
FAILED = math.nan
OUTLIER = 1e6


@dataclasses.dataclass
class Kind:
    name: str
    kind: str
    space: dict
    function: object  # A dict of parameters -> value; FAILED where the trial fails.
    best: float
    at: dict = None
    noise: float = 0.0  # Standard deviation of what is told.
    outliers: float = 0.0  # Share of trials that are told as OUTLIER.
    flaky: float = 0.0  # Share of trials that fail wherever they lie.


def add(name, kind, space, function, at, best=0.0, **options):
    KINDS[name] = Kind(name, kind, space, function, best, at, **options)


def number(low, high, scale="linear", **more):
    return {"type": "float", "low": low, "high": high, "scale": scale, **more}


def whole(low, high, scale="linear", **more):
    return {"type": "int", "low": low, "high": high, "scale": scale, **more}


def choice(names, **more):
    """Of names, or of so many."""
    names = [f"c{i}" for i in range(names)] if isinstance(names, int) else list(names)
    return {"type": "categorical", "choices": names, **more}


def floats(count, low=0, high=1):
    return {f"x{i}": number(low, high) for i in range(count)}


def vector(params, names=None):
    return np.array([params[n] for n in names] if names else list(params.values()), dtype=float)


def point(values):
    return {f"x{i}": float(v) for i, v in enumerate(values)}


def unit(spec, value):
    """Where the value lies between low and high on its scale: 0 to 1."""
    low, high = spec["low"], spec["high"]
    if spec["scale"] == "log":
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def units_of(space, params):
    return np.array([unit(space[n], params[n]) for n in params if space[n]["type"] != "categorical"])


def definite(rng, dimensions, condition):
    """A random positive definite matrix with so large a ratio of its axes."""
    q, _ = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))
    return q * condition ** np.linspace(0, 1, dimensions) @ q.T


# Edges: the optimum in a corner, on a face, near the border of most parameters.

def edges():
    corner = np.array([0, 1, 1, 0, 1.0])

    def in_a_corner(p):
        d = np.abs(vector(p) - corner)
        return 1 - math.exp(-d @ [3, 1, 0.5, 2, 1] - 3 * d[0] * d[1] - 2 * d[2] * d[4])
    add("corner-5d", "edges", floats(5), in_a_corner, point(corner))

    # Convex, its gradient at `on` pointing out of the box along the first three axes and nought along the others: by the
    # conditions of Karush, Kuhn and Tucker `on` is the minimum.
    h, on, pull = definite(np.random.default_rng(1), 6, 30), np.array([3, -3, 3, 1.1, -2.2, 0.4]), [-4, 3, -1, 0, 0, 0]

    def on_a_face(p):
        z = vector(p) - on
        return math.log1p(z @ pull + 0.5 * z @ h @ z)
    add("face-6d", "edges", floats(6, -3, 3), on_a_face, point(on))

    space = {"rate": number(1e-5, 1, "log"), "decay": number(1e-8, 1e-1, "log"), "keep": number(0, 1),
             "width": number(8, 4096, "log"), "mix": number(-2, 2), "clip": number(0.01, 100, "log"), "warm": number(0, 50),
             "tail": number(1, 9)}
    at = {"rate": 0.5, "decay": 2e-8, "keep": 0.97, "width": 3000.0, "mix": -1.85, "clip": 0.02, "warm": 2.0, "tail": 8.6}
    goal, weights = units_of(space, at), np.array([8, 4, 4, 2, 2, 1, 1, 0.5])
    add("off-centre-8d", "edges", space, lambda p: math.log1p(20 * weights @ (units_of(space, p) - goal) ** 2), at)


# Integers: wide, narrow, on a log scale.

def integers():
    at = {"x0": 1744, "x1": 96, "x2": 1001, "x3": 433}
    space = {n: whole(1, 2000) for n in at}

    def wide(p):  # The first two are best as multiples of 8.
        a, b, c, d = (vector(p) - vector(at)) / 500
        return (a + b) ** 2 + 2 * (b - 0.5 * c) ** 2 + c * c + 3 * (d - 0.3 * a) ** 2 + 0.04 * (p["x0"] % 8 > 0) \
            + 0.08 * (p["x1"] % 8 > 0)
    add("integers-wide", "integers", space, wide, at)

    goal = np.array([1, 6, 3, 5, 2, 4, 1, 2])
    h = definite(np.random.default_rng(2), 8, 20)

    def narrow(p):
        z = vector(p) - goal
        return z @ h @ z / 20 + 0.4 * np.sum(np.abs(z) % 2)
    add("integers-narrow", "integers", {f"x{i}": whole(1, 6) for i in range(8)}, narrow,
        {f"x{i}": int(g) for i, g in enumerate(goal)})

    space = {"units": whole(1, 4096, "log"), "more_units": whole(1, 4096, "log"), "batch": whole(1, 1024, "log"),
             "epochs": whole(1, 300, "log"), "layers": whole(1, 12), "rate": number(1e-4, 1, "log")}
    best = {"units": 730, "more_units": 44, "batch": 24, "epochs": 210, "layers": 3, "rate": 0.01}

    def made_up(p):
        first, second, batch, epochs = (math.log2(p[n] / best[n]) for n in ("units", "more_units", "batch", "epochs"))
        rate = math.log2(p["rate"] / best["rate"])
        return 0.03 * (first + second) ** 2 + 0.01 * (first - 0.5 * second) ** 2 + 0.02 * (rate - 0.7 * batch) ** 2 \
            + 0.01 * (batch + 0.3 * epochs) ** 2 + 0.02 * epochs ** 2 + 0.05 * (p["layers"] - 3) ** 2
    add("integers-log", "integers", space, made_up, best)


# Categories without order.

def categories():
    rng = np.random.default_rng(3)
    names = [f"c{i}" for i in range(30)]
    level = dict(zip(names, rng.permutation(np.linspace(0, 0.6, 30))))
    centre = dict(zip(names, rng.uniform(0.1, 0.9, (30, 3))))
    first = min(level, key=level.get)
    add("choices-30", "categories", {"c": choice(names), **floats(3)},
        lambda p: level[p["c"]] + ((vector(p, ["x0", "x1", "x2"]) - centre[p["c"]]) ** 2).sum(),
        {"c": first, **point(centre[first])})

    sizes = [3, 12, 5, 8, 4, 10, 6, 3, 7]
    single = [rng.uniform(0, 1, n) for n in sizes]
    pairs = [rng.uniform(0, 1, (n, m)) for n, m in zip(sizes, sizes[1:])]  # Neighbours interact.

    def chain(p):
        chosen = [int(v[1:]) for v in p.values()]
        return sum(s[i] for s, i in zip(single, chosen)) + sum(t[i, j] for t, i, j in zip(pairs, chosen, chosen[1:]))
    ways = {i: (single[0][i], [i]) for i in range(sizes[0])}  # The best way to each choice, from the first to the last.
    for s, t in zip(single[1:], pairs):
        ways = {j: min((cost + t[i, j] + s[j], way + [j]) for i, (cost, way) in ways.items()) for j in range(len(s))}
    best, way = min(ways.values())
    add("choices-only", "categories", {f"a{i}": choice(n) for i, n in enumerate(sizes)}, chain,
        {f"a{i}": f"c{j}" for i, j in enumerate(way)}, best)

    space = {"a": choice(20), "b": choice(8), "c": choice(4), "rate": number(1e-5, 1, "log"), **floats(3)}
    costs = {n: rng.permutation(np.linspace(0, 0.3, len(space[n]["choices"]))) for n in "abc"}
    shift, weight = rng.uniform(0.2, 0.8, 20), rng.uniform(0.3, 3, 8)

    def mixed(p):
        a, b, c = (int(p[n][1:]) for n in "abc")
        x = vector(p, ["x0", "x1", "x2"])
        return costs["a"][a] + costs["b"][b] + costs["c"][c] + 2 * (unit(space["rate"], p["rate"]) - shift[a]) ** 2 \
            + weight[b] * (x[0] - 0.3) ** 2 + (x[1] - x[2]) ** 2 + (x[2] - 0.2 * c - 0.1) ** 2
    a, b, c = (int(np.argmin(costs[n])) for n in "abc")
    add("choices-floats", "categories", space, mixed, {"a": f"c{a}", "b": f"c{b}", "c": f"c{c}",
        "rate": float(1e-5 ** (1 - shift[a])), "x0": 0.3, "x1": 0.2 * c + 0.1, "x2": 0.2 * c + 0.1})


# Conditions, two and three levels deep.

def conditions():
    def tree(name, choices, leaves):
        """choices: name -> ({choice: cost}, when); leaves: name -> (spec, best, weight, when). The cheapest choice on every
        level is the best."""
        space = {n: choice(costs, **({"when": when} if when else {})) for n, (costs, when) in choices.items()}
        space |= {n: {**spec, **({"when": when} if when else {})} for n, (spec, _, _, when) in leaves.items()}

        def value(p):
            total = sum(costs[p[n]] for n, (costs, _) in choices.items() if n in p)
            return total + sum(weight * (unit(spec, p[n]) - unit(spec, best)) ** 2
                               for n, (spec, best, weight, _) in leaves.items() if n in p)
        at = {}
        for n, spec in space.items():
            if spaces.is_active(spec, at):
                at[n] = min(choices[n][0], key=choices[n][0].get) if n in choices else leaves[n][1]
        add(name, "conditions", space, value, at, value(at))

    rate = number(1e-5, 1, "log")
    tree("two-levels", {
        "model": ({"linear": 0.3, "forest": 0.12, "boosting": 0.0, "network": 0.08, "neighbours": 0.25}, None),
        "booster": ({"trees": 0.0, "dart": 0.04, "stumps": 0.1}, 'model == "boosting"'),
        "solver": ({"sgd": 0.05, "adam": 0.0, "lbfgs": 0.15}, 'model == "network"')}, {
        "l2": (number(1e-6, 100, "log"), 0.1, 0.5, 'model == "linear"'),
        "features": (number(0.05, 1), 0.4, 0.4, 'model == "forest"'),
        "leaf": (whole(1, 64, "log"), 4, 0.3, 'model == "forest"'),
        "shrinkage": (number(0.001, 1, "log"), 0.03, 2.0, 'model == "boosting"'),
        "rounds": (whole(10, 2000, "log"), 700, 1.0, 'model == "boosting"'),
        "dropped": (number(0, 0.9), 0.1, 0.5, 'booster == "dart"'),
        "depth": (whole(2, 12), 5, 0.5, 'booster != "stumps"'),
        "units": (whole(8, 1024, "log"), 300, 0.6, 'model == "network"'),
        "momentum": (number(0, 0.99), 0.9, 0.5, 'solver == "sgd"'),
        "rate": (rate, 1e-3, 2.0, 'model == "network"'),
        "near": (whole(1, 100, "log"), 9, 0.5, 'model == "neighbours"')})
    tree("three-levels", {
        "family": ({"a": 0.15, "b": 0.0, "c": 0.2, "d": 0.3}, None),
        "kind": ({"p": 0.2, "q": 0.25, "r": 0.0}, 'family == "b"'),
        "way": ({"u": 0.1, "v": 0.2, "w": 0.15, "z": -0.2}, 'kind == "r"'),
        "other": ({"s": 0.0, "t": 0.1}, 'family != "b"')}, {
        "rate": (rate, 0.02, 1.5, None),
        "x_a": (number(0, 1), 0.7, 0.5, 'family == "a"'), "y_a": (number(0, 1), 0.2, 0.5, 'family == "a"'),
        "x_c": (number(1, 1000, "log"), 30.0, 0.5, 'family == "c"'), "x_s": (number(-1, 1), 0.5, 0.3, 'other == "s"'),
        "x_p": (number(0, 1), 0.5, 0.5, 'kind == "p"'), "x_r": (number(0, 1), 0.85, 1.0, 'kind == "r"'),
        "n_r": (whole(1, 40), 31, 1.0, 'kind == "r"'), "x_z": (number(1e-4, 1, "log"), 0.005, 1.0, 'way == "z"'),
        "y_z": (number(0, 1), 0.3, 1.0, 'way == "z"')})


# 20, 50 and 100 dimensions: few that matter, and all.

def dimensions():
    for d, few in ((20, 4), (50, 5), (100, 6)):
        rng = np.random.default_rng([4, d])
        matter, goal = rng.permutation(d)[:few], rng.uniform(0.15, 0.85, few)
        h = definite(rng, few, 8)

        def some(p, matter=matter, goal=goal, h=h):
            z = vector(p)[matter] - goal
            return 1 - math.exp(-1.5 * z @ h @ z) + 0.1 * np.mean(np.sin(4 * math.pi * z) ** 2)
        at = np.full(d, 0.5)
        at[matter] = goal
        add(f"few-of-{d}d", "dimensions, few", floats(d), some, point(at))

        space = {f"x{i}": [number(0, 1), number(-5, 20), number(1e-4, 10, "log"), whole(1, 200)][i % 4 if d == 50 else 0]
                 for i in range(d)}
        middle = rng.uniform(0.1, 0.9, d)
        at = {n: s["low"] * (s["high"] / s["low"]) ** m if s["scale"] == "log" else s["low"] + m * (s["high"] - s["low"])
              for (n, s), m in zip(space.items(), middle)}
        at = {n: round(v) if space[n]["type"] == "int" else float(v) for n, v in at.items()}
        goal, weights = units_of(space, at), rng.permutation(np.geomspace(0.2, 5, d))

        def everything(p, space=space, goal=goal, weights=weights):
            z = units_of(space, p) - goal
            return math.sqrt(weights @ z ** 2 + (z[1:] - z[:-1]) @ (z[1:] - z[:-1]))
        add(f"all-of-{d}d", "dimensions, all", space, everything, at)


# Values of a million now and then, losses that blow up, tails over many powers of ten.

def outliers():
    def four_wells(p):  # After Styblinski and Tang: the deepest of 2^5 wells.
        z = vector(p)
        return float(np.sum(z ** 4 - 16 * z ** 2 + 5 * z) / 10 / len(z) + 7.833233140754279)
    add("spikes-5d", "outliers", floats(5, -5, 5), four_wells, point(np.full(5, -2.903534)), outliers=0.06)

    space = {"rate": number(1e-4, 10, "log"), "momentum": number(0, 0.98), "scale": number(0.01, 10, "log"),
             "batch": whole(8, 512, "log"), "smoothing": number(0, 0.5)}
    at = {"rate": 0.06, "momentum": 0.85, "scale": 0.5, "batch": 32, "smoothing": 0.1}

    def steps(p):
        return math.log10(p["rate"] / (1 - p["momentum"]) / math.sqrt(p["batch"]))
    edge = steps(at)

    def blows_up(p):  # Best just before it diverges.
        over = steps(p) - edge
        loss = 0.2 * over ** 2 + 0.1 * math.log10(p["scale"] / 0.5) ** 2 + (p["momentum"] - 0.85) ** 2 \
            + (p["smoothing"] - 0.1) ** 2 + 0.02 * math.log2(p["batch"] / 32) ** 2
        return min(OUTLIER, loss + 0.05 * (10 ** max(0.0, 6 * (over - 0.1)) - 1))
    add("blow-up-5d", "outliers", space, blows_up, at)

    goal, h = np.array([0.7, 0.25, 0.6, 0.4]), definite(np.random.default_rng(5), 4, 10)

    def long_tail(p):
        z = vector(p) - goal
        return 10 ** (3 * math.sqrt(z @ h @ z)) - 1
    add("long-tail-4d", "outliers", floats(4), long_tail, point(goal))


# Trials that fail: out of memory, in islands, nearly everywhere, at random.

def failures():
    space = {"units": whole(16, 4096, "log"), "layers": whole(1, 16), "batch": whole(8, 1024, "log"),
             "rate": number(1e-5, 1, "log")}
    at = {"units": 512, "layers": 6, "batch": 64, "rate": 2e-3}

    def memory(p):
        return p["units"] * p["layers"] * p["batch"] / (512 * 6 * 64)

    def too_large(p):  # What is best needs nine tenths of the memory.
        if memory(p) > 1.1:
            return FAILED
        units, layers, batch = math.log2(p["units"] / 512), (p["layers"] - 6) / 3, math.log2(p["batch"] / 64)
        return 0.05 * (units + 0.5 * batch) ** 2 + 0.1 * layers ** 2 + 0.01 * units ** 2 \
            + 0.1 * (math.log10(p["rate"] / 2e-3) - 0.1 * batch) ** 2
    add("fails-beyond", "failures", space, too_large, at)

    goal = np.array([0.3, 0.8, 0.55, 0.2])

    def islands(p):
        x = vector(p, ["x0", "x1", "x2", "x3"])
        if p["solver"] == "c2" or np.sum(np.sin(9 * (x - goal) + 1.4)) < -0.3:
            return FAILED
        return ((x - goal) ** 2) @ [2, 1, 1, 3] + {"c0": 0.1, "c1": 0.0, "c3": 0.05}[p["solver"]]
    add("fails-in-islands", "failures", {"solver": choice(4), **floats(4)}, islands, {"solver": "c1", **point(goal)})

    band = np.array([0.6, 0.2, 0.45, 0.7, 0.35])

    def mostly(p):
        z = vector(p) - band
        return FAILED if abs(z[0] + z[1] - z[2]) > 0.17 else math.sqrt(z @ (z * [1, 2, 1, 3, 1]))
    add("fails-mostly", "failures", floats(5), mostly, point(band))

    add("fails-by-chance", "failures", {"a": choice(3), **floats(4)},
        lambda p: ((vector(p, ["x0", "x1", "x2", "x3"]) - goal) ** 2) @ [1, 2, 4, 1] + 0.1 * int(p["a"][1:]),
        {"a": "c0", **point(goal)}, flaky=0.2)


# Equal values: errors counted on few samples, trainings that learn nothing, steps.

def plateaus():
    rng = np.random.default_rng(6)
    truth, samples = np.array([0.8, -0.5, 0.3, -0.9, 0.4]), rng.standard_normal((80, 5))
    labels = samples @ truth + 0.25 > 0

    def counted(p):  # The share that a plane puts on the wrong side.
        plane = vector(p)
        return float(np.mean((samples @ plane[:5] + plane[5] > 0) != labels))
    add("counted-6d", "plateaus", floats(6, -1, 1), counted, point([*truth, 0.25]))

    space = {"rate": number(1e-6, 10, "log"), "gain": number(0.01, 100, "log"), "units": whole(4, 512, "log"), **floats(2)}
    at = {"rate": 3e-3, "gain": 1.5, "units": 100, "x0": 0.35, "x1": 0.7}
    alive = units_of(space, at)

    def dead(p):  # Learns only where rate and gain fit.
        z = units_of(space, p) - alive
        return 0.9 if (z[0] / 0.22) ** 2 + (z[1] / 0.25) ** 2 > 1 else min(0.9, float(z ** 2 @ [6, 4, 1, 2, 2]))
    add("learns-nothing-5d", "plateaus", space, dead, at)

    goal, h = np.array([0.2, 0.65, 0.4, 0.75]), definite(np.random.default_rng(7), 4, 12)

    def steps(p):
        z = vector(p) - goal
        return math.floor(20 * math.sqrt(z @ h @ z)) / 20
    add("steps-4d", "plateaus", floats(4), steps, point(goal))


# Noise: 0.1 and 0.3 of the gap between random search's median after 50 trials and the optimum, 0.3 of the whole range.

def wells_6d():  # After Hartmann's functions; the minimum is the best of 300 descents from random points.
    rng = np.random.default_rng(8)
    places, sharpness, depths = rng.uniform(0.1, 0.9, (6, 6)), rng.uniform(0.3, 17, (6, 6)), [1, 1.4, 2.2, 2.6, 3, 3.2]
    return lambda p: float(-np.exp(-np.sum(sharpness * (vector(p) - places) ** 2, axis=1)) @ depths)


def valley_4d(p):
    z = vector(p) - [-0.7, 0.2, 0.5, -0.4] + 1
    return math.log1p(float(np.sum(20 * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2)))


WELLS_BEST, WELLS_AT = -4.767002600185029, point([0.5182946693431655, 0.3635864974073399, 0.26785590889242383,
                                                  0.374125503876262, 0.2612583929353334, 0.3853767638991213])
NOISE = {"wells-6d": (0.22, 0.66, 1.43), "valley-4d": (0.31, 0.94, 2.7), "forest-cancer": (0.00095, 0.0028, 0.295)}


# Many optima.

def many_optima():
    goal = np.array([2.3, -3.1, 1.4])

    def crate(p):
        z = np.append(vector(p, ["x0", "x1", "x2"]) - goal, [(p["n"] - 17) / 4, (p["m"] - 5) / 2])
        return float(z @ z / 5 + 2 * np.sum(1 - np.cos(2 * math.pi * z)))
    add("egg-crate-5d", "many optima", {**floats(3, -5, 5), "n": whole(0, 30), "m": whole(0, 12)}, crate,
        {**point(goal), "n": 17, "m": 5})

    wide, deep = np.array([0.3, 0.3, 0.6]), np.array([0.78, 0.72, 0.2])

    def needle(p):  # In a sixtieth of the space the deep hole is better than the bottom of the wide bowl.
        x = vector(p)
        return min(0.4 + ((x - wide) ** 2).sum(), 2.5 * math.sqrt(((x - deep) ** 2).sum()))
    add("needle-3d", "many optima", floats(3), needle, point(deep))

    def far_second(p):  # After Schwefel: the second best lies far from the best.
        z = vector(p)
        return 418.98288727215591 - float(np.mean(z * np.sin(np.sqrt(np.abs(z)))))
    add("far-apart-4d", "many optima", floats(4, -500, 500), far_second, point(np.full(4, 420.968746)))


# Scales given wrongly.

def wrong_scales():
    space = {"rate": number(1e-5, 0.5), "decay": number(1e-6, 0.1), "batch": whole(1, 2048), "drop": number(0, 0.8)}
    at = {"rate": 2e-3, "decay": 3e-4, "batch": 24, "drop": 0.25}
    add("linear-for-log-4d", "wrong scales", space, lambda p: 0.1 * math.log10(p["rate"] / at["rate"]) ** 2
        + 0.05 * math.log10(p["decay"] / at["decay"]) ** 2 + 0.02 * math.log2(p["batch"] / 24 * 2e-3 / p["rate"]) ** 2
        + (p["drop"] - 0.25) ** 2, at)
    space = {"drop": number(1e-3, 0.9, "log"), "momentum": number(0.01, 0.99, "log"), "units": whole(1, 1000, "log"),
             "share": number(1e-4, 1, "log"), "rate": number(1e-5, 1)}
    goal = {"drop": 0.55, "momentum": 0.8, "units": 640, "share": 0.35, "rate": 0.3}
    add("log-for-linear-5d", "wrong scales", space, lambda p: 3 * (p["drop"] - 0.55) ** 2 + 4 * (p["momentum"] - 0.8) ** 2
        + (p["units"] / 1000 - 0.64) ** 2 + (p["share"] - p["drop"] + 0.2) ** 2 + 2 * (p["rate"] - 0.3) ** 2, goal)


def noise():
    problems = {"wells-6d": (floats(6), wells_6d(), WELLS_AT, WELLS_BEST),
                "valley-4d": (floats(4, -2.5, 2.5), valley_4d, point([-0.7, 0.2, 0.5, -0.4]), 0.0),
                "forest-cancer": grids.tables()["forest-cancer"]}
    for i, strength in enumerate(("0.1 of the gap", "0.3 of the gap", "0.3 of the range")):
        for name, problem in problems.items():
            add(f"{name}-{strength.replace(' of the ', '-')}", "noise, " + strength, *problem, noise=NOISE[name][i])


def trainings():
    for name, problem in grids.tables().items():
        add(name, "trainings", *problem)


for group in (edges, integers, categories, conditions, dimensions, outliers, failures, plateaus, noise, many_optima,
              wrong_scales, trainings):
    group()
