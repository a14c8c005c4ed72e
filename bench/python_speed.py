"""study.optimize() of an empty objective with three parameters: the Python package beside Optuna, in one run.

    python_speed.py [--trials 1000] [--repeats 3]     needs optuna; prints a table for RESULTS.md

Each measurement is a process of its own, the two libraries in turn, so that what else the machine does falls on both.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
ROWS = (("TPE", "TPESampler", 1), ("random", "RandomSampler", 1), ("default", None, 1), ("TPE, stored", "TPESampler", 5))


def objective(trial):
    trial.suggest_float("rate", 1e-5, 1, log=True)
    trial.suggest_int("layers", 1, 8)
    trial.suggest_categorical("kind", ["a", "b", "c"])
    return 0.0


def used_seconds():
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_megabytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith("VmHWM:"))


def measure(library, sampler, trials, storage):
    """What one process says: trials a second of time that passes, and of the processors'; memory of all its processes."""
    start = time.perf_counter()
    if library == "sterlet":
        sys.path.insert(0, os.path.join(ROOT, "python"))
        import sterlet as tuner
    else:
        import optuna as tuner
    imported = time.perf_counter() - start
    tuner.logging.set_verbosity(tuner.logging.WARNING)
    made = getattr(tuner.samplers, sampler)(seed=1) if sampler else None
    study = tuner.create_study(sampler=made, storage=f"sqlite:///{storage}" if storage else None)
    before = used_seconds()
    start = time.perf_counter()
    study.optimize(objective, n_trials=trials)
    seconds = time.perf_counter() - start
    assert len(study.trials) == trials
    peak = peak_megabytes("self")
    if library == "sterlet":
        peak += peak_megabytes(study._desk.engine()._child.pid)
        study._desk.close()  # So that its processor time counts.
    print(json.dumps({"rate": trials / seconds, "used_ms": (used_seconds() - before) / trials * 1e3,
                      "import_ms": imported * 1e3, "peak_mb": peak}))


def run(library, sampler, trials, storage):
    words = [sys.executable, __file__, "--measure", library, "--sampler", sampler or "", "--trials", str(trials)]
    if storage:
        for end in ("", "-journal", "-wal", "-shm"):
            if os.path.exists(storage + end):
                os.unlink(storage + end)
        words += ["--storage", storage]
    done = subprocess.run(words, check=True, capture_output=True, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", default="/tmp")
    parser.add_argument("--measure")
    parser.add_argument("--sampler", default="")
    parser.add_argument("--storage")
    told = parser.parse_args()
    if told.measure:
        measure(told.measure, told.sampler, told.trials, told.storage)
        return
    print("| | trials | Sterlet, trials/s | Optuna, trials/s | ratio | processor time a trial, ms | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    last = {}
    for label, sampler, fewer in ROWS:
        trials = told.trials // fewer
        seen = {"sterlet": [], "optuna": []}
        for _ in range(told.repeats):
            for library, found in seen.items():
                storage = os.path.join(told.folder, f"python-speed-{library}.db") if "stored" in label else None
                found.append(run(library, sampler, trials, storage))
        last = {library: {key: statistics.median(one[key] for one in found) for key in found[0]}
                for library, found in seen.items()}
        ours, theirs = last["sterlet"], last["optuna"]
        print(f"| {label} | {trials} | {ours['rate']:,.0f} | {theirs['rate']:,.1f} | {ours['rate'] / theirs['rate']:.0f} x | "
              f"{ours['used_ms']:.2f} and {theirs['used_ms']:.2f} | {theirs['used_ms'] / ours['used_ms']:.0f} x |", flush=True)
    print(f"\nImport: {last['sterlet']['import_ms']:.1f} ms and {last['optuna']['import_ms']:.0f} ms. Peak memory with the last "
          f"row's trials, all processes: {last['sterlet']['peak_mb']:.0f} MB and {last['optuna']['peak_mb']:.0f} MB.")


if __name__ == "__main__":
    main()
