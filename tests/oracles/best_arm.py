"""Writes best_arm.csv: the probability that the arm with the least expected true mean is the best, by numerical
integration on fine grids with SciPy; the model is that of src/sterlet/analysis/best_arm.h, written anew.

A line: probability, index of the best, standard deviation of the noise, then mean, squares, runs of each arm.
Written by SciPy 1.17.1, NumPy 2.4.6, Python 3.11.
"""
import csv
import os

import numpy as np
from scipy import integrate, stats


def best_arm(mean, squares, runs):
    mean, squares, runs = map(np.asarray, (mean, squares, runs))
    k, freedom = len(mean), int((runs - 1).sum())
    pooled = squares.sum() / freedom
    gaps = np.diff(np.unique(mean))
    pooled = max(pooled, gaps.min() ** 2 / 12)
    centre, spread = 0.0, np.inf
    if k >= 5:
        used = max(5, -(-k // 3))
        scores = stats.norm.ppf((np.arange(1, used + 1) - 0.375) / (k + 0.25))
        slope, centre = np.polyfit(scores, np.sort(mean)[:used], 1)
        spread = slope**2
    share = np.mean(1 / runs)

    def posterior(variance, truth):
        precision = (1 / truth if truth else 0) + runs / variance
        return ((centre / truth if truth else 0) + runs * mean / variance) / precision, 1 / precision

    # The noise's variance on a fine logarithmic grid; the standard deviation of the true means on the grid of the model.
    truths = [(2 * slope * (j + 0.5) / 8) ** 2 for j in range(8)] if k >= 5 else [None]
    u = np.linspace(-8, 12, 401) + np.log(pooled)
    weight, pairs = [], []
    for x in u:
        variance = np.exp(x)
        log_weight = stats.invgamma.logpdf(variance, freedom / 2, scale=freedom * pooled / 2) + x
        for truth in truths:
            expected = (truth or 1) + variance * share
            weight.append(log_weight - (k / 8 * (np.log(expected) + spread / expected) if truth else 0))
            pairs.append((variance, truth))
    weight = np.exp(np.array(weight) - max(weight))
    weight /= weight.sum()
    noise = np.exp(sum(w * np.log(pair[0]) for w, pair in zip(weight, pairs)))
    best = int(np.argmin(sum(w * posterior(*pair)[0] for w, pair in zip(weight, pairs))))
    if k >= 5:
        return crowded(mean, runs, best, pooled, freedom), best, np.sqrt(noise)
    z = np.linspace(-8, 8, 401)

    def chance(pair):
        m, v = posterior(*pair)
        sd = np.sqrt(v)
        below = stats.norm.sf(m[best] + sd[best] * z[:, None], np.delete(m, best), np.delete(sd, best))
        return integrate.simpson(stats.norm.pdf(z) * below.prod(1), x=z)

    return sum(w * chance(pair) for w, pair in zip(weight, pairs) if w > 1e-7), best, np.sqrt(noise)


def crowded(mean, runs, best, pooled, freedom):
    """The chance of the best by the family of gamma distributions over the true means, with its grid of possibilities, but
    on some 5,000 cells of true means with SciPy's gamma distribution."""
    k = len(mean)
    order = [best] + [i for i in np.argsort(mean, kind="stable") if i != best]
    mean, runs = mean[order], runs[order]
    telling = int(np.clip(-(-k // 3), 5, 40))
    cut = mean[telling - 1]
    low_u = -np.log(1 + 8 / np.sqrt(freedom) + 28 / freedom)
    high_u = min(14 / freedom, 7) + 8 / np.sqrt(freedom + 15)
    log_weights, chances = [], []
    for u in np.linspace(low_u, high_u, 5):
        noise = pooled * np.exp(u)
        sd = np.sqrt(noise)
        own = sd / np.sqrt(runs)
        width = max(cut - mean[:2].min(), 1e-3 * sd)
        lowest, highest = (mean - 8 * own)[:telling].min(), max(cut + 4 * sd, mean[0] + 8 * own[0])
        beyond = highest + np.geomspace(1e-3, 100, 600) * (highest - lowest)
        edges = np.unique(np.concatenate([np.linspace(lowest, highest, 3000),
                                          np.linspace(mean[0] - 8 * own[0], mean[0] + 8 * own[0], 1500), beyond]))
        middle = (edges[1:] + edges[:-1]) / 2
        likelihood = stats.norm.pdf(middle, mean[:, None], own[:, None])
        above = stats.norm.sf(cut, middle, own[telling:, None])
        log_noise = stats.invgamma.logpdf(noise, freedom / 2, scale=freedom * pooled / 2) + np.log(noise)
        for shape in (1, 1.5, 3, 10, 50):
            for part in width * 2 * (np.arange(8) + 0.5) / 8:
                scale = part / stats.gamma.ppf((telling - 0.5) / k, shape)
                for shift in np.linspace(-1, 1, 9):
                    share = stats.gamma.cdf(edges, shape, cut - part + shift * max(width, sd), scale)
                    share[0], share[-1] = 0, 1
                    share = np.diff(share)
                    seen = likelihood[:telling] @ share
                    beyond_cut = above @ share
                    log_weights.append(log_noise + np.log(np.maximum(seen, 1e-300)).sum() +
                                       np.log(np.maximum(beyond_cut, 1e-300)).sum())
                    chances.append((likelihood, share))
    log_weights = np.array(log_weights)
    weights = np.exp(log_weights - log_weights.max())
    total = 0.0
    for weight, (likelihood, share) in zip(weights, chances):
        if weight < 1e-4:
            continue
        masses = likelihood * share
        masses = masses[masses.sum(1) > 0]
        masses /= masses.sum(1, keepdims=True)
        below = np.cumsum(masses, 1) - masses / 2
        total += weight * (masses[0] * np.prod(1 - below[1:], 0)).sum()
    return total / weights[weights >= 1e-4].sum()


def main():
    random = np.random.default_rng(7)
    rows = []
    for k in (2, 3, 5, 8, 20, 60):
        for noise in (0.1, 0.5, 2.0):
            for repeated in (1, 3):
                truth = random.normal(0, 1, k)
                order = np.argsort(truth)
                runs = np.ones(k, int)
                runs[order[:repeated]] = random.integers(2, 9, len(order[:repeated]))
                values = [random.normal(t, noise, n) for t, n in zip(truth, runs)]
                mean = [v.mean() for v in values]
                squares = [((v - v.mean()) ** 2).sum() for v in values]
                probability, best, sd = best_arm(mean, squares, runs)
                row = [probability, best, sd]
                for arm in zip(mean, squares, runs):
                    row += arm
                rows.append([repr(x.item() if hasattr(x, "item") else x) for x in row])
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "best_arm.csv"), "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
