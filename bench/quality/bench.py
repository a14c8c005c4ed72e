#!/usr/bin/env python3
"""Runs the quality benchmark and prints its tables; bench/quality/run builds what it needs and calls it. See README.md."""
import argparse
import json
import math
import os
import re
import sys
import time
from datetime import date

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")  # Before numpy is loaded: one run, one core.

import peers
import problems as sets
import space as spaces
import tables

STERLET = ["random", "sobol", "refine", "tpe", "cmaes", "gp", "auto"]
PEERS = ["optuna:random", "optuna:tpe", "optuna:cmaes", "rustuna:random", "rustuna:tpe", "rustuna:cmaes", "hyperopt:tpe",
         "nevergrad:ngopt"]
SLOW = ["optuna:gp", "smac:facade", "hebo:hebo"]  # Seconds to minutes a run: fewer seeds, 100 trials, core instances.
FRONT = ["sterlet:random", "sterlet:refine", "sterlet:nsga2", "sterlet:tpe", "sterlet:auto", "optuna:random",
         "optuna:nsga2", "optuna:tpe", "rustuna:nsga2", "rustuna:tpe"]
PAIRS = [("sterlet:tpe", "optuna:tpe"), ("sterlet:tpe", "rustuna:tpe"), ("sterlet:cmaes", "optuna:cmaes"),
         ("sterlet:cmaes", "rustuna:cmaes"), ("sterlet:gp", "optuna:gp"), ("sterlet:auto", "optuna:gp"),
         ("sterlet:auto", "optuna:tpe"), ("sterlet:refine", "optuna:random")]
KIND_COLUMNS = ["sterlet:auto", "sterlet:gp", "sterlet:tpe", "sterlet:cmaes", "sterlet:refine", "sterlet:random", "optuna:tpe",
                "optuna:cmaes", "optuna:gp", "rustuna:tpe", "nevergrad:ngopt"]
WORKER_PROBLEMS = ["lcbench-7593", "hartmann6", "averages_betas", "conditional_network"]
BATCHES = [1, 8, 64]
BEGIN, END = "<!-- quality: begin -->", "<!-- quality: end -->"


def all_optimizers():
    return [f"sterlet:{s}" for s in STERLET] + PEERS + SLOW


def run_one(optimizer, problem, seed):
    """Best true value of the trials told so far, by what was told, after each; for fronts, each trial's two values. With
    `batch` trials pending the oldest is told before the next is asked for."""
    best, pending, asked = [], [], 0.0
    least_told, least_true = float("inf"), float("inf")
    for number in range(problem.trials):
        start = time.perf_counter()
        id, params = optimizer.ask()
        if number > 0:  # The first may wait for a process to start.
            asked += time.perf_counter() - start
        spaces.check(problem.space, params)
        pending.append((id, number, problem.value(params)))
        while pending and (len(pending) >= problem.batch or number + 1 == problem.trials):
            id, trial, value = pending.pop(0)
            told = value if problem.is_front else problem.told(value, seed, trial)
            if not problem.is_front and math.isnan(told):
                optimizer.fail(id)
            else:
                optimizer.tell(id, told)
            if problem.is_front:
                best.append(value)
                continue
            if told < least_told:
                least_told, least_true = told, value
            best.append(least_true)
    return best, 1000 * asked / max(1, problem.trials - 1)


class Bench:
    def __init__(self, args):
        self.args = args
        os.makedirs(args.out, exist_ok=True)
        self.path = os.path.join(args.out, "runs.jsonl")
        if not args.resume and not args.table and os.path.exists(self.path):
            os.remove(self.path)
        self.rows, self.missing, self.failures, self.seconds = [], {}, [], {}
        if os.path.exists(self.path):
            with open(self.path) as f:
                self.rows = [json.loads(line) for line in f]
        self.versions = {}
        public = sets.public_problems()
        self.public = [p for p in public if p.batch == 1]
        self.synthetic, self.rate = sets.synthetic_problems(""), sets.synthetic_problems("rate-")
        sets.add_references(self.synthetic + self.rate, os.path.join(args.out, "references.json"))
        by_name = {p.name: p for p in public}
        self.workers = [by_name[n].with_batch(b) for n in WORKER_PROBLEMS for b in BATCHES]
        self.fronts = sets.fronts()
        self.kinds = sets.kind_problems() if args.part in (None, "kinds") else []  # Their references take a minute.
        sets.add_references(self.kinds, os.path.join(args.out, "references.json"))
        self.names = [o for o in all_optimizers() if not args.optimizers or re.search(args.optimizers, o)]
        self.front_names = [o for o in FRONT if not args.optimizers or re.search(args.optimizers, o)]

    def version(self, optimizer):
        package = optimizer.partition(":")[0]
        if package not in self.versions:
            self.versions[package] = peers.version(optimizer, self.args.sterlet)
        return self.versions[package]

    def is_current(self, row):
        return not self.version(row["optimizer"]) or row["version"] == self.version(row["optimizer"])

    def plan(self):
        """(part, optimizer, problem, trials, seeds), the quickest first."""
        args, core = self.args, lambda list: [p for p in list if p.core]
        if args.quick:
            for problem_set in (self.public, self.synthetic, self.kinds):
                problem_set[:] = core(problem_set)
        for o in self.names:
            if o in SLOW:
                continue
            yield "public", o, self.public, 200, args.seeds
            yield "synthetic", o, self.synthetic, 200, args.seeds
            yield "kinds", o, self.kinds, 100, args.seeds
        for o in self.names:
            if o not in SLOW and o.partition(":")[0] in ("sterlet", "optuna"):
                yield "scale", o, self.rate, 100, args.seeds
                yield "workers", o, self.workers, 200, args.seeds
        for o in self.front_names:
            yield "fronts", o, self.fronts, 200, args.seeds
        if not args.quick:
            for o in self.names:
                if o in SLOW:
                    yield "public", o, core(self.public), 100, args.slow_seeds
                    if args.part == "kinds":  # Hours: only where asked for.
                        yield "kinds", o, self.kinds, 100, args.slow_seeds

    def run(self):
        done = {(r["optimizer"], r["problem"], r["seed"]) for r in self.rows if self.is_current(r)}
        self.rows = [r for r in self.rows if self.is_current(r)]
        with open(self.path, "a") as f:
            for part, optimizer, problem_list, trials, seeds in self.plan():
                if self.args.part and part != self.args.part:
                    continue
                start, count = time.perf_counter(), 0
                for seed in range(seeds):
                    for problem in problem_list:
                        key = (optimizer, problem.name, seed)
                        wanted = not self.args.only or re.search(self.args.only, problem.name)
                        if key in done or not wanted or optimizer in self.missing:
                            continue
                        problem.trials = trials
                        row = self.measure(optimizer, problem, seed)
                        if row:
                            count += 1
                            self.rows.append(row)
                            f.write(json.dumps(row) + "\n")
                            f.flush()
                if count:
                    seconds = time.perf_counter() - start
                    print(f"{part:10} {optimizer:18} {count:4} runs {seconds:8.1f} s", file=sys.stderr, flush=True)

    def measure(self, optimizer, problem, seed):
        made, start = None, time.perf_counter()
        try:
            made = peers.make(optimizer, problem, seed, self.args.sterlet, self.args.timeout)
            best, ask_ms = run_one(made, problem, seed)
        except peers.Unavailable as why:
            self.missing[optimizer] = str(why).splitlines()[-1][:160]
            return None
        except Exception as error:  # A peer may fail in any way; it is told, and left out of the tables.
            text = f"{optimizer} on {problem.name}, seed {seed}: {type(error).__name__}: {error}".replace("\n", " ")[:300]
            print(text, file=sys.stderr, flush=True)
            self.failures.append(text)
            return None
        finally:
            if made:
                made.close()
        return {"optimizer": optimizer, "problem": problem.name, "seed": seed, "version": self.version(optimizer),
                "best": best, "ask_ms": ask_ms, "seconds": round(time.perf_counter() - start, 3)}

    def report(self):
        runs = tables.Runs(self.rows)
        core = [p for p in self.public if p.core]
        pairs = [p for p in PAIRS if p[0] in self.names and p[1] in self.names]
        parts = []

        def add(title, text, table):
            parts.append(f"### {title}\n\n{text}\n\n{table}" if text else f"### {title}\n\n{table}")
        add(f"Public core instances ({len(core)})", "", tables.regret_table(runs, core, self.names))
        add("The same, paired by instance and seed", "Regret of Sterlet's sampler less the peer's; below 0 is better.",
            tables.pair_table(runs, core, pairs))
        if len(self.public) > len(core):
            add(f"All public instances, one trial at a time ({len(self.public)})", "",
                tables.regret_table(runs, self.public, [o for o in self.names if o not in SLOW]))
        add(f"Synthetic functions ({len(self.synthetic)})", "", tables.regret_table(
            runs, self.synthetic, [o for o in self.names if o not in SLOW]))
        if self.kinds:
            add(f"Problems of many kinds ({len(self.kinds)})", "100 trials.",
                tables.regret_table(runs, self.kinds, self.names))
            add("The same by kind", "Mean regret at 50 and 100 trials; the least at 100 is bold. Mean rank: at 50 and 100.",
                tables.kind_table(runs, self.kinds, [o for o in KIND_COLUMNS if o in self.names], [50, 100]))
        add("A learning rate on the wrong scale",
            "Four made-up networks, the rate from 0.0001 to 1 on a log scale (right) and on a linear one. Worth lost: the "
            "share of 100 trials that the right scale does without to come as far as the wrong one. On the way to 0.01: the "
            "same for the trials that the wrong one needs to a regret of 0.01, beyond which precision says little.",
            tables.scale_table(runs, self.rate, self.names))
        add("Trials pending at once", f"Regret after 200 trials on {', '.join(WORKER_PROBLEMS)}.",
            tables.worker_table(runs, self.workers, self.names, BATCHES))
        add("Two objectives", "Area dominated up to the reference point, after 50, 100 and 200 trials; more is better.",
            tables.front_table(runs, self.fronts, self.front_names, [50, 100, 200]))
        hours = sum(r["seconds"] for r in self.rows) / 3600
        head = [f"Measured {date.today().isoformat()} by `bench/quality/run`: {len(self.rows)} runs, {hours:.2f} h of one "
                "core. Normalised regret: 0 is the best value known, 1 the median of random search; below 0 is better than "
                "known. In brackets 95% bootstrap intervals over instances and seeds. Area: mean regret from trial 10 to "
                "200, over the logarithm of the trial. Mean rank: at 25, 50 and 100 trials, among the rows of the table.",
                "", "Versions: " + ", ".join(f"{p} {v}" for p, v in sorted(self.versions.items()) if v) + "."]
        if self.missing:
            head += [""] + [f"- Left out: {o} ({why})" for o, why in self.missing.items()]
        if self.failures:
            head += [""] + [f"- Failed: {text}" for text in self.failures[:20]]
        return "\n".join(head) + "\n\n" + "\n\n".join(parts)


def write_between_marks(path, text, marks=(BEGIN, END), title="Quality"):
    begin, end = marks
    old = open(path).read() if os.path.exists(path) else "# Results\n"
    section = f"{begin}\n{text}\n{end}"
    if begin in old and end in old:
        new = re.sub(re.escape(begin) + ".*" + re.escape(end), lambda _: section, old, flags=re.DOTALL)
    else:
        new = old.rstrip("\n") + f"\n\n## {title}\n\n" + section + "\n"
    with open(path, "w") as f:
        f.write(new)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sterlet", default="build/bench/bin/sterlet", help="the program to measure")
    parser.add_argument("--out", default="build/quality", help="folder of the stored runs")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--slow-seeds", type=int, default=3, help="for " + ", ".join(SLOW))
    parser.add_argument("--only", help="regular expression on problem names")
    parser.add_argument("--optimizers", help="regular expression on optimizer names")
    parser.add_argument("--part", choices=["public", "synthetic", "kinds", "scale", "workers", "fronts"])
    parser.add_argument("--quick", action="store_true", help="core and 5-dimensional problems, no slow peers")
    parser.add_argument("--resume", action="store_true", help="keep stored runs whose program is the same")
    parser.add_argument("--table", action="store_true", help="run nothing, print the tables of the stored runs")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one run of sterlet")
    parser.add_argument("--write", metavar="FILE", help="replace the quality section of this file")
    args = parser.parse_args()
    args.sterlet = os.path.abspath(args.sterlet)
    if args.quick and args.seeds == 10:
        args.seeds = 3
    bench = Bench(args)
    if args.table:
        list(bench.plan())  # --quick narrows the sets.
        for row in bench.rows:
            bench.version(row["optimizer"])
    else:
        bench.run()
    text = bench.report()
    print(text)
    if args.write:
        write_between_marks(args.write, text)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
