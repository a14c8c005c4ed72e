#!/usr/bin/env python3
"""Runs the suite of real trainings and prints its tables; bench/real/run builds what it needs and calls it. See README.md."""
import argparse
import collections
import json
import math
import os
import re
import sys
import time
import warnings

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")  # Before numpy is loaded: one run, one core.

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "../quality"))

import live
import peers
import report
import space as spaces
import tasks
from bench import write_between_marks

STERLET = ["sterlet:random", "sterlet:tpe", "sterlet:auto", "sterlet:refine", "sterlet:cmaes", "sterlet:gp", "sterlet:sobol"]
PEERS = ["optuna:tpe", "rustuna:tpe", "optuna:random"]
SLOW = ["optuna:gp", "smac:facade", "ax:default", "hebo:hebo"]  # Seconds to minutes a run: fewer seeds.
ASKED_FOR = ["hebo:hebo"]  # Five minutes a run.
LIVE = ["sterlet:random", "optuna:tpe", "sterlet:auto", "sterlet:tpe", "sterlet:refine", "sterlet:cmaes"]
MARKS = ("<!-- real: begin -->", "<!-- real: end -->")


def run_one(optimizer, task, seed):
    """Every trial's setting and what was told of it, and which trial is named the best after so many: the optimizer's own
    word where it has one, or else the least value told."""
    looks, settings, told, numbers, named, asked = collections.Counter(), [], [], {}, {}, 0.0
    for number in range(task.trials):
        start = time.perf_counter()
        id, params = optimizer.ask()
        if number > 0:  # The first may wait for a process to start.
            asked += time.perf_counter() - start
        spaces.check(task.space, params)
        key = task.key(params)
        value = task.told(params, seed, looks[key])
        looks[key] += 1
        numbers[id] = number
        settings.append(params)
        told.append(value)
        if math.isnan(value):
            optimizer.fail(id)
        else:
            optimizer.tell(id, value)
        if number + 1 in tasks.BUDGETS:
            good = [i for i, v in enumerate(told) if not math.isnan(v)]
            if good:
                own = numbers[optimizer.best()] if hasattr(optimizer, "best") else min(good, key=told.__getitem__)
                named[number + 1] = own
    return settings, told, named, 1000 * asked / max(1, task.trials - 1)


class Store:
    """Runs on disk, one a line. Those of other folders are read, too, and never written."""

    def __init__(self, args):
        self.args, self.versions = args, {}
        self.path = os.path.join(args.out, "runs.jsonl")
        os.makedirs(args.out, exist_ok=True)
        self.rows = {}
        for path in [*(os.path.join(f, "runs.jsonl") for f in args.also), self.path]:
            if os.path.exists(path):
                with open(path) as f:
                    for line in f:
                        row = json.loads(line)
                        if self.is_current(row):
                            self.rows[row["optimizer"], row["task"], row["seed"]] = row

    def version(self, optimizer):
        package = optimizer.partition(":")[0]
        if package not in self.versions:
            self.versions[package] = peers.version(optimizer, self.args.sterlet)
        return self.versions[package]

    def is_current(self, row):
        name = row["optimizer"]
        if row.get("suite") != tasks.SUITE:
            return False
        if "#" in name and name.partition("#")[2] != self.args.label:
            return True  # Of another program, which its label names: the last word counts.
        if self.args.same and re.search(self.args.same, name):
            return True
        version = self.version(name)
        return not version or row["version"] == version

    def add(self, row):
        self.rows[row["optimizer"], row["task"], row["seed"]] = row
        with open(self.path, "a") as f:
            f.write(json.dumps(row, separators=(",", ":")) + "\n")


class Bench:
    def __init__(self, args):
        self.args, self.missing, self.failures = args, {}, []
        self.store = Store(args)
        self.tasks = [] if args.part == "live" else tasks.table_tasks()
        if args.part != "tables":
            self.tasks += live.tasks(args.cache or os.path.join(args.out, "cache"), args.trainer)
        self.tasks = [t for t in self.tasks if (not args.only or re.search(args.only, t.name))
                      and args.half in (None, t.half)]
        wanted = lambda o: re.search(args.optimizers, o) if args.optimizers else o not in ASKED_FOR  # noqa: E731
        self.names = [o for o in STERLET + PEERS + SLOW if wanted(o)]

    def label(self, optimizer):
        return f"{optimizer}#{self.args.label}" if self.args.label and optimizer.startswith("sterlet:") else optimizer

    def plan(self):
        """(optimizer, tasks, seeds): the quick ones and the tables first."""
        args = self.args
        tables, trained = ([t for t in self.tasks if t.part == part] for part in ("tables", "live"))
        quick = [o for o in self.names if o not in SLOW]
        slow = [o for o in self.names if o in SLOW]
        for o in quick:
            yield o, tables, args.seeds
        for o in slow:
            yield o, tables, args.slow_seeds
        for o in quick:
            if o in LIVE or args.optimizers:
                yield o, trained, args.live_seeds
        for o in slow:
            yield o, trained, min(args.live_seeds, args.slow_seeds)

    def run(self):
        for optimizer, chosen, seeds in self.plan():
            count, start = 0, time.perf_counter()
            for seed in range(seeds):
                for task in chosen:
                    if (self.label(optimizer), task.name, seed) not in self.store.rows and optimizer not in self.missing:
                        count += self.measure(optimizer, task, seed)
            if count:
                print(f"{optimizer:18} {chosen[0].part:7} {count:4} runs {time.perf_counter() - start:8.1f} s",
                      file=sys.stderr, flush=True)

    def measure(self, optimizer, task, seed):
        made, start = None, time.perf_counter()
        try:
            more = json.loads(self.args.study) if self.args.study else None
            made = peers.make(optimizer, task, seed, self.args.sterlet, self.args.timeout, more)
            settings, told, named, ask_ms = run_one(made, task, seed)
        except peers.Unavailable as why:
            self.missing[optimizer] = str(why).splitlines()[-1][:160]
            return False
        except Exception as error:  # A peer may fail in any way; it is told, and left out of the tables.
            text = f"{optimizer} on {task.name}, seed {seed}: {type(error).__name__}: {error}".replace("\n", " ")[:300]
            print(text, file=sys.stderr, flush=True)
            self.failures.append(text)
            return False
        finally:
            if made:
                made.close()
        row = {"suite": tasks.SUITE, "optimizer": self.label(optimizer), "task": task.name, "seed": seed,
               "version": self.store.version(optimizer),
               "named": named, "truth": {b: task.truth(settings[i]) for b, i in named.items()},
               "family": {b: task.family_of(settings[i]) for b, i in named.items()}, "told": told,
               "ask_ms": round(ask_ms, 3), "seconds": round(time.perf_counter() - start, 2)}
        if task.part == "live":
            row["settings"] = settings
        else:  # What it would have named had it known the truth.
            truths = [math.inf if math.isnan(v) else task.truth(p) for p, v in zip(settings, told)]
            row["tried"] = {b: min(truths[:b]) for b in named}
        row = json.loads(json.dumps(row))
        self.store.add(row)
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sterlet", default="build/bench/bin/sterlet", help="the program to measure")
    parser.add_argument("--trainer", default="", help="sterlet-train (default: beside the program)")
    parser.add_argument("--out", default="build/real", help="folder of the stored runs")
    parser.add_argument("--also", action="append", default=[], metavar="FOLDER", help="read the runs stored there, too")
    parser.add_argument("--cache", help="folder of the stored live trainings (default: cache in the folder of runs)")
    parser.add_argument("--seeds", type=int, default=10, help="of the tables")
    parser.add_argument("--slow-seeds", type=int, default=3, help="for " + ", ".join(SLOW))
    parser.add_argument("--live-seeds", type=int, default=3, help="of the live tasks")
    parser.add_argument("--only", help="regular expression on names of tasks")
    parser.add_argument("--half", choices=["dev", "check"], help="only these tasks")
    parser.add_argument("--part", choices=["tables", "live"])
    parser.add_argument("--optimizers", help="regular expression on names of optimizers")
    parser.add_argument("--label", default="", help="Sterlet's runs are stored and shown as sterlet:SAMPLER#LABEL")
    parser.add_argument("--study", help="more keys of the study file as JSON, such as '{\"repeats\": 3}'; give a --label, too")
    parser.add_argument("--same", help="optimizers whose runs of another program count as this one's: a regular expression")
    parser.add_argument("--table", action="store_true", help="run nothing, print the tables of the stored runs")
    parser.add_argument("--quiet", action="store_true", help="measure only, print no tables")
    parser.add_argument("--detail", action="store_true", help="also print one line a task")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds for one run of sterlet")
    parser.add_argument("--write", metavar="FILE", help="replace the section of real trainings in this file")
    args = parser.parse_args()
    if args.study and not args.label:
        parser.error("--study changes what Sterlet does: give these runs a --label of their own")
    args.sterlet = os.path.abspath(args.sterlet)
    args.trainer = args.trainer or os.path.join(os.path.dirname(args.sterlet), "sterlet-train")
    warnings.simplefilter("ignore")
    bench = Bench(args)
    if not args.table:
        bench.run()
    if not args.quiet:
        text = report.make(bench)
        print(text)
        if args.write:
            write_between_marks(args.write, text, MARKS, "Real trainings")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
