#!/usr/bin/env python3
"""What the trial named best is worth in truth, beside the one whose result is the best.

    bench/real/named.py [--sterlet build/release/bin/sterlet] [--sampler auto] [--seeds 12] [--out build/real-named]

In one and the same search: after 25, 50 and 100 trials `best` of `sterlet ask-tell` names a trial, and the trial with the
lowest value is looked up. Compared are their true values: of the tables of bench/real the mean over the seeds of a cell, of
the functions of bench/quality (kind noise, and kinds without any) the value without the noise. The unit is by how much the
true value of the lowest is worse than that of the best trial there was, in the mean over the seeds; where that is 0, the
median of all trials less their best. Runs are kept in OUT/runs.jsonl. Needs numpy.
"""
import argparse
import collections
import hashlib
import json
import math
import os
import re
import sys

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "../quality"))

import numpy as np
import peers
import problems
import tasks

MARKS = [25, 50, 100]
EXACT = "^(corner-5d|integers-narrow|choices-floats|long-tail-4d|learns-nothing-5d|steps-4d|egg-crate-5d|needle-3d|" \
        "far-apart-4d|spikes-5d|svm-digits|boosting-diabetes|mlp-digits|forest-cancer|tree-wine|sgd-cancer)$"


class Function:
    """A problem of bench/quality, asked as the tables are."""

    def __init__(self, problem):
        self.problem, self.space, self.name = problem, problem.space, problem.name
        self.is_front, self.trials, self.group = False, max(MARKS), "functions with noise" if problem.noise else "no noise"

    def truth_and_told(self, params, seed, number, _):
        value = self.problem.value(params)
        return value, self.problem.told(value, seed, number)


class Table:
    def __init__(self, task):
        self.task, self.space, self.name = task, task.space, task.name
        self.is_front, self.trials, self.group = False, max(MARKS), "tables of trainings"

    def truth_and_told(self, params, seed, _, looks):
        key = self.task.key(params)
        looks[key] += 1
        return self.task.truth(params), self.task.told(params, seed, looks[key] - 1)


def run(program, sampler, task, seed):
    """By number of trials: true value of the one named, of the lowest, of the best there was; and the median."""
    optimizer = peers.Sterlet(program, sampler, task, task.trials, seed, 900)
    truths, told, found, looks = {}, {}, {}, collections.Counter()
    try:
        for number in range(task.trials):
            id, params = optimizer.ask()
            truth, value = task.truth_and_told(params, seed, number, looks)
            if math.isnan(value):
                optimizer.fail(id)
            else:
                truths[id], told[id] = truth, value
                optimizer.tell(id, value)
            if number + 1 in MARKS and told:
                answer = optimizer._send(op="best")
                lowest, all_of_them = min(told, key=told.get), list(truths.values())
                found[str(number + 1)] = {
                    "named": truths[answer["id"]], "lowest": truths[lowest], "told": told[lowest],
                    "expected": answer.get("luckiest", answer).get("expected"),
                    "best": min(all_of_them), "median": float(np.median(all_of_them))}
    finally:
        optimizer.close()
    return found


def table(rows):
    by_task = collections.defaultdict(list)
    for row in rows:
        by_task[row["group"], row["task"]].append(row["found"])
    lines = ["| | " + " | ".join(f"at {m}" for m in MARKS) + " | another named at " + " / ".join(map(str, MARKS)) + " |",
             "|---|" + "---|" * (len(MARKS) + 1)]
    groups = collections.defaultdict(list)
    for (group, name), found in sorted(by_task.items()):
        cells, changes = [], []
        for mark in map(str, MARKS):
            known = [f[mark] for f in found if mark in f]
            gap = np.mean([k["lowest"] - k["best"] for k in known])
            unit = gap if gap > 0 else np.mean([k["median"] - k["best"] for k in known])
            unit = unit or 1.0  # All trials are equally good.
            gained = np.array([k["named"] - k["lowest"] for k in known]) / unit
            error = gained.std(ddof=1) / math.sqrt(len(gained))
            cells.append((gained.mean(), error))
            changes.append(float(np.mean(gained != 0)))
        groups[group].append((cells, changes))
        lines.append(row_of(name, cells, changes))
    for group, all_of_them in groups.items():
        cells = [(np.mean([c[i][0] for c, _ in all_of_them]),
                  math.sqrt(sum(c[i][1] ** 2 for c, _ in all_of_them)) / len(all_of_them)) for i in range(len(MARKS))]
        changes = [np.mean([c[i] for _, c in all_of_them]) for i in range(len(MARKS))]
        lines.append(row_of(f"**{group} ({len(all_of_them)})**", cells, changes))
    return "\n".join(lines)


def row_of(name, cells, changes):
    return f"| {name} | " + " | ".join(f"{m:+.2f} ± {e:.2f}" for m, e in cells) + " | " + \
        " / ".join(f"{c:.0%}" for c in changes) + " |"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sterlet", default="build/release/bin/sterlet")
    options.add_argument("--sampler", default="auto")
    options.add_argument("--seeds", type=int, default=12)
    options.add_argument("--out", default="build/real-named")
    options.add_argument("--only", default="", help="regular expression on names")
    given = options.parse_args()
    os.makedirs(given.out, exist_ok=True)
    path = os.path.join(given.out, "runs.jsonl")
    with open(path, "a+") as file:
        file.seek(0)
        rows = [json.loads(line) for line in file]
    with open(given.sterlet, "rb") as file:
        version = given.sampler + " " + hashlib.sha256(file.read()).hexdigest()[:12]
    rows = [row for row in rows if row["version"] == version]
    done = {(row["task"], row["seed"]) for row in rows}
    functions = [p for p in problems.kind_problems() if p.noise or re.search(EXACT, p.name)]
    every = [Table(t) for t in tasks.table_tasks()] + [Function(p) for p in functions]
    for seed in range(given.seeds):
        for task in every:
            if not re.search(given.only, task.name) or (task.name, seed) in done:
                continue
            rows.append({"task": task.name, "group": task.group, "seed": seed, "version": version,
                         "found": run(os.path.abspath(given.sterlet), given.sampler, task, seed)})
            with open(path, "a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
        print(f"seed {seed} is done", file=sys.stderr, flush=True)
    print(table(rows))


if __name__ == "__main__":
    main()
