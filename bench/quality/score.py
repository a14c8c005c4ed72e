"""From runs to tables: normalised regret, ranks, areas, intervals.

Normalised regret = (best - reference best) / (random search's median - reference best) at the same budget: 0 is the best
value known, 1 is random search. Intervals are 95% bootstrap intervals over instances and over seeds within them.
"""
import math

import numpy as np
from problems import random_median

BUDGETS = [25, 50, 100, 200]
AREA_BUDGETS = [10, 14, 20, 28, 40, 57, 80, 113, 160, 200]
RANK_BUDGETS = [25, 50, 100]
DRAWS = 1000


def normalised(reference, value, budget):
    return (value - reference["best"]) / (random_median(reference, budget) - reference["best"])


def regret(problem, best, budget):
    return normalised(problem.reference, best[budget - 1], budget)


def area(problem, best):
    """Mean normalised regret from trial 10 to the last, over the logarithm of the trial."""
    budgets = [b for b in AREA_BUDGETS if b <= len(best)]
    logs, values = [math.log(b) for b in budgets], [regret(problem, best, b) for b in budgets]
    return float(np.trapezoid(values, logs) / (logs[-1] - logs[0]))


def resample(table, rng):
    """table: instance -> one figure a seed. (DRAWS, instances): means over resampled seeds."""
    return np.stack([rng.choice(np.array(v), (DRAWS, len(v))).mean(axis=1) for v in table], axis=1)


def mean_with_interval(table):
    """Of the mean over instances of the mean over seeds."""
    rng = np.random.default_rng(0)
    draws = resample(table, rng)
    picks = rng.integers(0, len(table), (DRAWS, len(table)))
    low, high = np.percentile(np.take_along_axis(draws, picks, axis=1).mean(axis=1), [2.5, 97.5])
    return float(np.mean([np.mean(v) for v in table])), float(low), float(high)


def ranks_of(table):
    """(..., optimizers, instances) -> ranks along the optimizers, 1 the best, ties shared."""
    below = (table[..., None, :, :] < table[..., :, None, :]).sum(axis=-2)
    equal = (table[..., None, :, :] == table[..., :, None, :]).sum(axis=-2)
    return below + (equal + 1) / 2


def mean_ranks(tables):
    """tables: budget -> optimizer -> instance -> one figure a seed (lists, all alike in shape). Mean over the budgets of
    the mean rank over instances, with its interval: (mean, low, high) for each optimizer."""
    rng = np.random.default_rng(0)
    instances = len(tables[0][0])
    picks = rng.integers(0, instances, (DRAWS, instances))
    mean, draws = 0, 0
    for table in tables:
        middle = np.array([[np.mean(seeds) for seeds in row] for row in table])
        mean = mean + ranks_of(middle).mean(axis=-1) / len(tables)
        drawn = np.stack([resample(row, rng) for row in table], axis=1)  # (DRAWS, optimizers, instances)
        drawn = np.take_along_axis(drawn, picks[:, None, :].repeat(drawn.shape[1], axis=1), axis=2)
        draws = draws + ranks_of(drawn).mean(axis=-1) / len(tables)
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    return list(zip(mean.tolist(), low.tolist(), high.tolist()))


def difference(mine, theirs):
    """Paired by instance and seed: mean of mine - theirs with its interval, and instances won-drawn-lost."""
    pairs = [[a - b for a, b in zip(x, y)] for x, y in zip(mine, theirs)]
    rng = np.random.default_rng(0)
    counts = [0, 0, 0]
    for seeds in pairs:
        low, high = np.percentile(rng.choice(np.array(seeds), (DRAWS, len(seeds))).mean(axis=1), [2.5, 97.5])
        counts[0 if high < 0 else 2 if low > 0 else 1] += 1
    return mean_with_interval(pairs), "-".join(map(str, counts))


def worth_lost(right, wrong, budget, good_enough=-math.inf):
    """Share of the trials that the wrong scale costs: the right scale needs only the rest to come as far as the wrong one
    comes with `budget`, or with as many as it needs to be good enough. right, wrong: one run a seed (best so far after
    each trial); medians over seeds."""
    on_right, on_wrong = (np.median([best[:budget] for best in runs], axis=0) for runs in (right, wrong))
    target = max(on_wrong[-1], good_enough)
    needed = int(np.argmax(on_wrong <= target)) + 1
    enough = np.flatnonzero(on_right <= target)
    return max(0.0, 1 - (int(enough[0]) + 1) / needed) if len(enough) else 0.0


def volume(points, corner):
    """Area dominated by points of two objectives, up to the corner."""
    area, ceiling = 0.0, corner[1]
    for f, g in sorted(points):
        if f < corner[0] and g < ceiling:
            area += (corner[0] - f) * (ceiling - g)
            ceiling = g
    return area


def markdown(header, rows):
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in [header, ["---"] * len(header)] + rows)
