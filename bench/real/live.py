"""The trainings of workloads.py as tasks: every training is kept on disk (cache.py), and judged by the mean of several."""
import functools
import importlib.metadata
import json
import math
import os
import sys

import numpy as np
import tasks as basis
from cache import Cache
from workloads import TASKS

BEST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data/best.json")
JUDGED = 60  # Of the trials of random search: those that looked best, of which the truth is found for the reference.
JUDGED_OF_A_FAMILY = 5


class LiveTask(basis.Task):
    part = "live"

    def __init__(self, name, entry, folder, train, made_with):
        super().__init__("live-" + name, entry["space"])
        self.base = name.removesuffix("-flat")
        self.kind, self.half, self.has_curve, self.full = entry["kind"], entry["half"], entry["curve"], entry["full"]
        self.train, self.families, self.cache = train, {}, Cache(folder, self.base, made_with)

    def active(self, params):
        chosen = {}
        for name, spec in self.full.items():
            if basis.spaces.is_active(spec, chosen):
                chosen[name] = str(params[name]) if spec["type"] == "categorical" else params[name]
        return chosen

    def key(self, params):
        return json.dumps(self.active(params), sort_keys=True)

    def training(self, params, seed):
        chosen = self.active(params)

        def run():
            start = sum(os.times()[:4])  # Processor time, that of programs too.
            values = self.train(chosen, seed)
            return values, sum(os.times()[:4]) - start
        values = self.cache.get(chosen, seed, run)["values"]
        return values if isinstance(values, list) else [[1, values]]

    def curve(self, params, seed, look):
        return self.training(params, basis.chance(self.base, self.key(params), seed, look) % 1000)

    def told(self, params, seed, look):
        return self.curve(params, seed, look)[-1][1]

    def truth(self, params):
        return float(np.mean([self.training(params, judge)[-1][1] for judge in basis.JUDGES]))


def tasks(folder, trainer):
    """All, but for the one whose program is not here."""
    made = []
    for name, entry in TASKS.items():
        train = entry["train"]
        made_with = " ".join(f"{p} {importlib.metadata.version(p)}" for p in entry["libraries"])
        if name.startswith("trainer-"):
            if not os.path.exists(trainer):
                print(f"bench/real: {trainer} is not built, so live-{name} is left out", file=sys.stderr, flush=True)
                continue
            train, made_with = functools.partial(train, program=trainer), "sterlet-train"
        made.append(LiveTask(name, entry, folder, train, made_with))
    return made


def make_references(chosen, store):
    """Best known, from all runs and from the file that remembers it, and what random search reaches: drawn from the trials
    of the random samplers' runs."""
    known = {}
    if os.path.exists(BEST):
        with open(BEST) as f:
            known = json.load(f)
    for t in chosen:
        rows = [r for (_, n, _), r in sorted(store.rows.items()) if n.removesuffix("-flat") == "live-" + t.base]
        pool = [(v, p) for r in rows if r["optimizer"].partition("#")[0] in ("sterlet:random", "optuna:random")
                and r["task"] == t.name for v, p in zip(r["told"], r["settings"])]
        if not pool:
            t.reference = None
            continue
        pool.sort(key=lambda pair: pair[0])
        truths = np.array([t.truth(p) if i < JUDGED else v for i, (v, p) in enumerate(pool)])
        entry = known.setdefault(t.base, {"best": math.inf, "params": None, "families": {}})
        seen = [(truth, t.active(p)) for truth, (_, p) in zip(truths[:JUDGED], pool)]
        seen += [(r["truth"][b], t.active(r["settings"][i])) for r in rows for b, i in r["named"].items()]
        if "family" in t.full:
            seen += [(t.truth(p), t.active(p)) for p in best_of_families(rows)]
        for value, params in seen:
            if value < entry["best"]:
                entry.update(best=float(f"{value:.6g}"), params=params)
            if "family" in params:
                family = params["family"]
                entry["families"][family] = min(float(f"{value:.6g}"), entry["families"].get(family, math.inf))
        rng = np.random.default_rng(basis.chance("reference", t.name))
        told = np.array([v for v, _ in pool])
        t.families = entry["families"]
        t.reference = basis.reference(entry["best"], told[:, None], truths, np.arange(len(pool)), rng)
    with open(BEST + ".new", "w") as f:
        json.dump(known, f, indent=1, sort_keys=True)
        f.write("\n")
    os.replace(BEST + ".new", BEST)


def best_of_families(rows):
    """The settings of each family that looked best in any run."""
    looks = {}
    for row in rows:
        for value, params in zip(row["told"], row["settings"]):
            looks.setdefault(params["family"], []).append((value, json.dumps(params, sort_keys=True)))
    return [json.loads(text) for found in looks.values() for _, text in sorted(found)[:JUDGED_OF_A_FAMILY]]
