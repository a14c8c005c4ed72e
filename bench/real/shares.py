#!/usr/bin/env python3
"""What early stopping leaves of a trial: the share of its steps that is trained, on whole curves of random search.

    bench/real/shares.py --work build/real-curves [--sterlet build/release/bin/sterlet] [--pruners curve,median] [--trials 20]

WORK/curves.db has the curves, from `bench/real/curves.py --optimizers random.none`. Nothing is trained: a trial whose curve is not
there whole ends its search. Trials after the fourth count, since the first have nothing to be compared with; `sterlet plan`
takes these shares. Prints a table in Markdown.
"""
import argparse
import os
import sys

import numpy as np

import curve_tasks
import curves

UNPRUNED = 4


def shares(binary, pruner, task, seed, stored, trials):
    optimizer = curves.Sterlet(binary, "random", pruner, task, seed)
    found = []
    try:
        for number in range(trials):
            trial, params = optimizer.ask()
            curve = curves.Curve(stored, task, params)
            if len(curve.values) < task.steps:
                break
            for step in range(1, task.steps + 1):
                is_pruned = optimizer.report(trial, step, curve.values[step - 1]) and step < task.steps
                if is_pruned:
                    break
            optimizer.end(trial, curve.values[step - 1], is_pruned)
            if number >= UNPRUNED:
                found.append(step / task.steps)
    finally:
        optimizer.close()
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sterlet", default="build/release/bin/sterlet")
    options.add_argument("--work", default="build/real-curves")
    options.add_argument("--pruners", default="curve,median,percentile,asha,hyperband")
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--trials", type=int, default=20)
    given = options.parse_args()
    stored = curves.Curves(os.path.join(given.work, "curves.db"))
    tasks = curve_tasks.tasks()
    print("| share of its steps | " + " | ".join(task.name for task in tasks) + " | mean |")
    print("|---|" + "---|" * (len(tasks) + 1))
    for pruner in given.pruners.split(","):
        means = []
        for task in tasks:
            found = [share for seed in range(given.seeds)
                     for share in shares(os.path.abspath(given.sterlet), pruner, task, seed, stored, given.trials)]
            if not found:
                sys.exit(f"{task.name}: no whole curve of random search in {given.work}; run bench/real/curves.py first")
            means.append(np.mean(found))
        print(f"| {pruner} | " + " | ".join(f"{mean:.2f}" for mean in means) + f" | {np.mean(means):.2f} |", flush=True)


if __name__ == "__main__":
    main()
