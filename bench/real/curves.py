#!/usr/bin/env python3
"""Early stopping on live trainings with real curves: at equal epochs, the value of the best complete trial.

    bench/real/curves.py [--sterlet build/release/bin/sterlet] [--seeds 10] [--work build/real-curves] [--table]

Boosting rounds, networks' and linear models' epochs are trained as each optimizer asks for them, one step after the other,
and end where its pruner says so. A step costs one epoch; an optimizer has `--full` full trainings' worth of them. What was
trained is kept in WORK/curves.db: a parameter set that comes again costs nothing, one that goes further is trained anew.
Finished runs are in WORK/runs.jsonl, with a hash of Sterlet's program, and are not measured again. Needs numpy, scikit-learn, xgboost,
lightgbm, optuna; Fashion-MNIST from Debian's dataset-fashion-mnist.
"""
import argparse
import hashlib
import json
import math
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np

import curve_tasks

OPTIMIZERS = ["sterlet:auto+auto", "sterlet:auto+none", "sterlet:tpe+auto", "sterlet:random+none", "optuna:tpe+hyperband",
              "optuna:tpe+median", "optuna:tpe+none"]
MARKS = [5, 10, 20]
REFERENCE = "sterlet:random+none"


class Curves:
    """The trained curves, by task and parameters."""

    def __init__(self, path):
        self.file = sqlite3.connect(path, timeout=60, isolation_level=None)
        self.file.execute("CREATE TABLE IF NOT EXISTS curves (task TEXT, params TEXT, curve TEXT, PRIMARY KEY (task, params))")
        self.seconds = 0.0

    def open(self, task, params):
        return Curve(self, task, params)

    def stored(self, task, key):
        row = self.file.execute("SELECT curve FROM curves WHERE task = ? AND params = ?", (task.key, key)).fetchone()
        return json.loads(row[0]) if row else []

    def store(self, task, key, curve):
        self.file.execute("INSERT OR REPLACE INTO curves VALUES (?, ?, ?)", (task.key, key, json.dumps(curve)))


class Curve:
    """Losses of one parameter set, step by step; trains only what is not stored."""

    def __init__(self, curves, task, params):
        self.curves, self.task, self.params = curves, task, params
        self.key = json.dumps(params, sort_keys=True)
        self.values, self.training = curves.stored(task, self.key), None

    def at(self, step):
        if step <= len(self.values):
            return self.values[step - 1]
        start = time.perf_counter()
        if self.training is None:
            self.training, self.values = self.task.train(self.params), []
        while len(self.values) < step:
            value = float(next(self.training))
            self.values.append(min(value, 1e6) if math.isfinite(value) else 1e6)
        self.curves.seconds += time.perf_counter() - start
        return self.values[step - 1]

    def close(self):
        if self.training is not None:
            self.curves.store(self.task, self.key, self.values)


class Sterlet:
    def __init__(self, binary, sampler, pruner, task, seed):
        self.folder = tempfile.TemporaryDirectory(prefix="curves-")
        study = os.path.join(self.folder.name, "study.yaml")
        with open(study, "w") as file:
            file.write(f"study: curves\nobjective: loss\nsampler: {sampler}\npruner: {pruner}\nseed: {seed}\nparams:\n")
            for name, spec in task.space.items():
                file.write(f"  {name}: {json.dumps(spec)}\n")
        self.process = subprocess.Popen([binary, "ask-tell", study], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        cwd=self.folder.name)

    def say(self, **message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"{message['op']}: {answer['error']}")
        return answer

    def ask(self):
        answer = self.say(op="ask")
        return answer["id"], answer["params"]

    def report(self, trial, step, value):
        return self.say(op="report", id=trial, step=step, value=value)["prune"]

    def end(self, trial, value, is_pruned):
        self.say(op="tell", id=trial, **({"state": "pruned"} if is_pruned else {"value": value}))

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()
        self.folder.cleanup()


class Optuna:
    def __init__(self, sampler, pruner, task, seed):
        import optuna
        warnings.simplefilter("ignore")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.optuna, self.space, self.trials = optuna, task.space, {}
        made = {"hyperband": lambda: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=task.steps),
                "median": optuna.pruners.MedianPruner, "none": optuna.pruners.NopPruner}[pruner]()
        sampler = {"tpe": optuna.samplers.TPESampler, "random": optuna.samplers.RandomSampler}[sampler](seed=seed)
        self.study = optuna.create_study(sampler=sampler, pruner=made)

    def ask(self):
        trial, params = self.study.ask(), {}
        for name, spec in self.space.items():
            if spec["type"] == "categorical":
                params[name] = trial.suggest_categorical(name, spec["choices"])
                continue
            suggest = trial.suggest_int if spec["type"] == "int" else trial.suggest_float
            params[name] = suggest(name, spec["low"], spec["high"], log=spec.get("scale") == "log")
        self.trials[trial.number] = trial
        return trial.number, params

    def report(self, number, step, value):
        self.trials[number].report(value, step)
        return self.trials[number].should_prune()

    def end(self, number, value, is_pruned):
        trial = self.trials.pop(number)
        if is_pruned:
            self.study.tell(trial, state=self.optuna.trial.TrialState.PRUNED)
        else:
            self.study.tell(trial, value)

    def close(self):
        pass


def make(name, task, seed, binary):
    package, _, parts = name.partition(":")
    sampler, pruner = parts.split("+")
    if package == "sterlet":
        return Sterlet(binary, sampler, pruner, task, seed)
    return Optuna(sampler, pruner, task, seed)


def run(optimizer, task, curves, full):
    """[[epochs spent, value of the best complete trial], ...], and how many trials began and were complete."""
    left, best, line, begun, complete = full * task.steps, math.inf, [], 0, 0
    while left > 0:
        trial, params = optimizer.ask()
        begun += 1
        curve = curves.open(task, params)
        is_pruned, step = False, 0
        while left > 0 and step < task.steps and not is_pruned:
            step += 1
            left -= 1
            is_pruned = optimizer.report(trial, step, curve.at(step)) and step < task.steps
        curve.close()
        if step < task.steps and not is_pruned:
            break  # The epochs are used up.
        optimizer.end(trial, curve.values[step - 1], is_pruned)
        if not is_pruned:
            complete += 1
            if curve.values[step - 1] < best:
                best = curve.values[step - 1]
                line.append([full * task.steps - left, best])
    return line, begun, complete


def value_at(row, epochs):
    values = [value for spent, value in row["line"] if spent <= epochs]
    return values[-1] if values else math.nan


class Report:
    def __init__(self, rows, tasks, curves):
        self.tasks, self.rows = tasks, {(r["optimizer"], r["task"], r["seed"]): r for r in rows}
        self.names = [name for name in OPTIMIZERS if any(key[0] == name for key in self.rows)]
        self.names += sorted({key[0] for key in self.rows} - set(self.names))
        self.floor, self.unit = {}, {}
        for task in tasks:
            if task.reference:
                self.floor[task.name] = task.reference["best"]
                for mark in MARKS:
                    self.unit[task.name, mark] = task.reference["random_median"][str(mark)] - self.floor[task.name]
                continue
            kept = [r for r in self.rows.values() if r["task"] == task.name]
            stored = curves.file.execute("SELECT curve FROM curves WHERE task = ?", (task.key,))
            ends = [curve[-1] for curve in (json.loads(row[0]) for row in stored) if len(curve) == task.steps]
            self.floor[task.name] = min(ends, default=math.nan)
            for mark in MARKS:
                found = [value_at(r, mark * task.steps) for r in kept if r["optimizer"] == REFERENCE]
                self.unit[task.name, mark] = np.mean(found) - self.floor[task.name] if found else math.nan

    def regret(self, name, task, seed, mark):
        row = self.rows.get((name, task.name, seed))
        if row is None:
            return math.nan
        value = value_at(row, mark * task.steps)
        # Where no trial is complete yet, as far off as a random search of one training is at most: the worst of all.
        if math.isnan(value):
            value = max(v for key, r in self.rows.items() if key[1] == task.name for _, v in r["line"][:1])
        return (value - self.floor[task.name]) / self.unit[task.name, mark]

    def seeds(self, name, task):
        return sorted(key[2] for key in self.rows if key[0] == name and key[1] == task.name)

    def table(self):
        lines = ["| | " + " | ".join(f"regret at {m}" for m in MARKS) + " | trials | complete |",
                 "|---|" + "---|" * (len(MARKS) + 2)]
        for name in self.names:
            cells = []
            for mark in MARKS:
                values = [np.mean([self.regret(name, t, s, mark) for s in self.seeds(name, t)])
                          for t in self.tasks if self.seeds(name, t)]
                cells.append(f"{np.mean(values):.3f}")
            own = [r for key, r in self.rows.items() if key[0] == name]
            cells += [f"{np.mean([r['begun'] for r in own]):.1f}", f"{np.mean([r['complete'] for r in own]):.1f}"]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        return "\n".join(lines)

    def pairs(self, ours):
        chance = np.random.default_rng(1)
        lines = [f"| {ours} less | " + " | ".join(f"at {m}" for m in MARKS) + " | tasks ahead at " +
                 " / ".join(map(str, MARKS)) + " |", "|---|" + "---|" * (len(MARKS) + 1)]
        for peer in self.names:
            if peer == ours:
                continue
            cells, ahead = [], []
            for mark in MARKS:
                by_task = []
                for task in self.tasks:
                    seeds = [s for s in self.seeds(ours, task) if s in self.seeds(peer, task)]
                    by_task.append(np.array([self.regret(ours, task, s, mark) - self.regret(peer, task, s, mark)
                                             for s in seeds]))
                by_task = [d for d in by_task if len(d)]
                means = [np.mean([d[chance.integers(len(d), size=len(d))].mean() for d in by_task]) for _ in range(2000)]
                low, high = np.percentile(means, [2.5, 97.5])
                cells.append(f"{np.mean([d.mean() for d in by_task]):+.3f} [{low:+.3f}, {high:+.3f}]")
                ahead.append(str(sum(d.mean() < 0 for d in by_task)))
            lines.append(f"| {peer} | " + " | ".join(cells) + f" | {' / '.join(ahead)} of {len(by_task)} |")
        return "\n".join(lines)

    def by_task(self, mark):
        lines = [f"| regret at {mark} | " + " | ".join(t.name for t in self.tasks) + " |", "|---|" + "---|" * len(self.tasks)]
        for name in self.names:
            cells = [f"{np.mean([self.regret(name, t, s, mark) for s in self.seeds(name, t)]):.2f}" if self.seeds(name, t)
                     else "-" for t in self.tasks]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        return "\n".join(lines)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sterlet", default="build/release/bin/sterlet")
    options.add_argument("--seeds", type=int, default=10)
    options.add_argument("--full", type=int, default=20, help="full trainings' worth of epochs")
    options.add_argument("--work", default="build/real-curves")
    options.add_argument("--stand-ins", action="store_true", help="surrogates of trainings instead, which cost nothing")
    options.add_argument("--tasks", default="", help="regular expression")
    options.add_argument("--optimizers", default="", help="regular expression, or names with commas")
    options.add_argument("--label", default="", help="added to Sterlet's names, to compare two programs")
    options.add_argument("--table", action="store_true", help="measures nothing")
    given = options.parse_args()
    os.makedirs(given.work, exist_ok=True)
    curves = Curves(os.path.join(given.work, "curves.db"))
    every = curve_tasks.stand_ins() if given.stand_ins else curve_tasks.tasks()
    tasks = [task for task in every if re.search(given.tasks, task.name)]
    path = os.path.join(given.work, "runs.jsonl")
    with open(path, "a+") as file:
        file.seek(0)
        rows = [json.loads(line) for line in file]
    names = given.optimizers.split(",") if ":" in given.optimizers and "," in given.optimizers else \
        [name for name in OPTIMIZERS if re.search(given.optimizers.replace("+", r"\+"), name)]
    with open(given.sterlet, "rb") as file:
        program = hashlib.sha256(file.read()).hexdigest()[:12]
    if not given.table:
        for seed in range(given.seeds):
            for name in names:
                for task in tasks:
                    version = program if name.startswith("sterlet:") else ""
                    label = name + (given.label if version else "")
                    key = (label, task.name, seed)
                    old = [r for r in rows if (r["optimizer"], r["task"], r["seed"]) == key]
                    if any(r["version"] == version or given.label for r in old):
                        continue
                    optimizer = make(name, task, seed, os.path.abspath(given.sterlet))
                    try:
                        line, begun, complete = run(optimizer, task, curves, given.full)
                    finally:
                        optimizer.close()
                    rows.append({"optimizer": label, "task": task.name, "seed": seed, "version": version, "line": line,
                                 "begun": begun, "complete": complete})
                    with open(path, "a") as file:
                        file.write(json.dumps(rows[-1]) + "\n")
            print(f"seed {seed}: {curves.seconds:.0f} s of training so far", file=sys.stderr, flush=True)
    report = Report(rows, tasks, curves)  # Of equal keys the last one counts.
    print(report.table(), report.pairs("sterlet:auto+auto" + given.label), *(report.by_task(m) for m in MARKS), sep="\n\n")


if __name__ == "__main__":
    main()
