#!/usr/bin/env python3
"""Whether a study of a program with threads of its own (LightGBM) is as fast as with OMP_NUM_THREADS set by hand.

    bench/threads.py [--repeats 5] [--trials 12] [--unset]      prints a table; needs lightgbm and the built program

Each study runs with `workers: auto` and two environments in turn: as it is, and with OMP_NUM_THREADS=1 by hand. With
--unset also with as many threads as there are cores, which is what a library takes where nobody sets it.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

STERLET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../build/release/bin/sterlet")
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")
TRAIN = """
import sys, time
import lightgbm as lgb, numpy as np
draws = np.random.default_rng(0)
X = draws.normal(size=(4000, 20))
y = X[:, 0] * X[:, 1] + draws.normal(size=4000) * .1
begin = time.monotonic()
model = lgb.train(dict(objective="l2", learning_rate=float(sys.argv[1]), verbose=-1, num_leaves=15), lgb.Dataset(X, y), 200)
print(f"mse={np.mean((model.predict(X) - y) ** 2)} fit_seconds={time.monotonic() - begin:.3f}")
"""
STUDY = """
study: s
objective: mse
command: [{python}, train.py, "${{rate}}"]
metrics: {{from: stdout, pattern: 'mse=(?<mse>\\S+) fit_seconds=(?<fit_seconds>\\S+)'}}
params: {{rate: {{type: float, low: 0.01, high: 1, scale: log}}}}
budget: {{trials: {trials}}}
workers: auto
sampler: random
seed: 1
"""


def run(trials, threads):
    """Seconds of the study, and of its fits."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    if threads:
        environment.update({name: str(threads) for name in VARIABLES})
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("train.py", TRAIN), ("study.yaml", STUDY.format(python=sys.executable, trials=trials))):
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        begin = time.monotonic()
        subprocess.run([STERLET, "tune", "study.yaml", "--quiet"], cwd=folder, env=environment, check=True)
        seconds = time.monotonic() - begin
        told = subprocess.run([STERLET, "export"], cwd=folder, check=True, capture_output=True, text=True).stdout
    return seconds, [float(fit) for fit in re.findall(r'"fit_seconds":([\d.e-]+)', told)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--unset", action="store_true")
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    rows = {"Sterlet as it is": None, "OMP_NUM_THREADS=1 by hand": 1}
    if options.unset:
        rows[f"{cores} threads in each trial"] = cores
    seconds, fits = {name: [] for name in rows}, {name: [] for name in rows}
    for _ in range(options.repeats):  # In turn, so that a busy machine is busy for all.
        for name, threads in rows.items():
            took, each = run(options.trials, threads)
            seconds[name].append(took)
            fits[name] += each
    by_hand = statistics.median(seconds["OMP_NUM_THREADS=1 by hand"])
    print(f"Studies of {options.trials} trials on {cores} cores, `workers: auto`, median [lowest..highest] of {options.repeats}; "
          f"load average at the end {os.getloadavg()[0]:.1f}\n")
    print("| | study, s | beside by hand | one fit, s |\n| --- | --- | --- | --- |")
    for name in rows:
        took, each = sorted(seconds[name]), sorted(fits[name])
        print(f"| {name} | {statistics.median(took):.2f} [{took[0]:.2f}..{took[-1]:.2f}] | "
              f"{100 * (statistics.median(took) / by_hand - 1):+.0f}% | "
              f"{statistics.median(each):.2f} [{each[0]:.2f}..{each[-1]:.2f}] |")


if __name__ == "__main__":
    main()
