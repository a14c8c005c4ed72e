#!/usr/bin/python3
"""Is a plan's time true for programs of every kind? Predicted by `sterlet plan`, beside `sterlet tune` with as many trials.

    bench/plan_kinds.py [--bin FOLDER] [--budget 40] [--workers 2] [--seed 1] [--at-once 1] [KIND ...]

The programs sleep their steps away, so that other work on the machine hardly counts. Their kinds: equal times; times by the
batch size, with and without its counting for the result; by layers and units; by epochs; by the number of trees, told at the
end alone; a slow start; memory; times at random; early failures; a stop of their own once they are good; and eight more. --at-once: so
many kinds beside each other. Prints a table in Markdown.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time

HEAD = """import json, math, os, random, sys, time
sys.path.insert(0, {client!r})
import sterlet
trial = sterlet.Trial()
p = trial.params
chance = random.Random(trial.seed(0))
def bowl(**at):
    return 0.1 + sum((p[name] - best) ** 2 * weight for name, (best, weight) in at.items())
def off(name, best):
    return math.log10(p[name] / best) ** 2
def train(steps, seconds, loss, told=True):
    if told:
        trial.announce_steps(steps)
    due = time.monotonic()
    for step in range(1, steps + 1):
        due += seconds
        time.sleep(max(0, due - time.monotonic()))
        trial.report(step, loss=loss + 0.5 / step)
"""
RATE = "  rate: {type: float, low: 1e-4, high: 1, scale: log, default: 0.01}\n"
X = "  x: {type: float, low: 0, high: 1, default: 0.5}\n"
KINDS = {
    "equal": (X, "train(20, 0.05, bowl(x=(0.3, 1)))"),
    "batch, smaller is better": (
        X + "  batch: {type: int, low: 16, high: 256, scale: log, default: 64}\n",
        "train(max(4, 2560 // p['batch']), 0.025, bowl(x=(0.3, 1)) + 0.1 * math.log2(p['batch'] / 16))"),
    "batch, not told": (
        X + "  batch: {type: int, low: 16, high: 256, scale: log, default: 64}\n",
        "train(max(4, 2560 // p['batch']), 0.025, bowl(x=(0.3, 1)) + 0.1 * abs(math.log2(p['batch'] / 64)), told=False)"),
    "layers and units": (
        X + "  layers: {type: int, low: 1, high: 6, default: 2}\n  units: {type: int, low: 32, high: 512, scale: log, default: 128}\n",
        "train(20, 0.004 + 0.00012 * p['layers'] * p['units'], bowl(x=(0.3, 1)) + 0.3 / p['layers'] + 3 / p['units'])"),
    "layers and units squared": (
        X + "  layers: {type: int, low: 1, high: 6, default: 2}\n  units: {type: int, low: 32, high: 256, scale: log, default: 64}\n",
        "train(20, 0.01 + 1e-6 * p['layers'] * p['units'] ** 2, bowl(x=(0.3, 1)) + 0.3 / p['layers'] + 3 / p['units'])"),
    "epochs": (
        X + "  epochs: {type: int, low: 5, high: 60, default: 20}\n",
        "train(p['epochs'], 0.04, bowl(x=(0.3, 1)) + 1 / p['epochs'])"),
    "trees, told at the end": (
        X + "  trees: {type: int, low: 20, high: 1000, scale: log, default: 100}\n  rate: {type: float, low: 1e-3, high: 1, scale: log, default: 0.1}\n",
        "time.sleep(0.003 * p['trees']); trial.finish(bowl(x=(0.3, 1)) + 0.1 * abs(math.log(p['trees'] * p['rate'] / 10)))"),
    "slow start": (X, "time.sleep(2.5)\ntrain(10, 0.05, bowl(x=(0.3, 1)))"),
    "memory": (
        X + "  width: {type: int, low: 1, high: 8, default: 4}\n",
        "keep = [bytearray(b'1' * 1024) * (1024 * 20) for _ in range(p['width'])]\ntrain(10, 0.02 * p['width'], bowl(x=(0.3, 1)) + 0.2 / p['width'])"),
    "at random": (X, "seconds = 0.05 * math.exp(0.7 * chance.gauss(0, 1))\ntrain(20, seconds, bowl(x=(0.3, 1)))"),
    "early failures": (
        X + "  rate: {type: float, low: 1e-4, high: 10, scale: log, default: 0.01}\n",
        "if p['rate'] > 0.3:\n    train(2, 0.05, 9)\n    sys.exit('diverged')\ntrain(30, 0.05, bowl(x=(0.3, 1)) + 0.1 * abs(math.log10(p['rate']) + 1))"),
    "stops itself": (
        X + "  rate: {type: float, low: 1e-3, high: 1, scale: log, default: 0.03}\n",
        "train(int(8 + 2 / p['rate'] ** 0.5), 0.04, bowl(x=(0.3, 1)) + 0.1 * abs(math.log10(p['rate']) + 1.5), told=False)"),
    # Written before a plan of them was seen.
    "filters and pixels": (
        RATE + "  filters: {type: int, low: 8, high: 64, scale: log, default: 16}\n  pixels: {type: int, low: 16, high: 64, step: 8, default: 32}\n",
        "train(15, 0.01 + 2e-6 * p['filters'] * p['pixels'] ** 2, 0.3 + 0.1 * off('rate', 0.01) + 0.6 / p['filters'] ** 0.5 + 1 / p['pixels'] + chance.gauss(0, 0.005))"),
    "rounds and depth, not told": (
        RATE + "  rounds: {type: int, low: 10, high: 200, scale: log, default: 40}\n  depth: {type: int, low: 2, high: 10, default: 4}\n",
        "train(p['rounds'], 0.003 + 0.002 * p['depth'], 0.2 + 0.05 * off('rate', 2 / p['rounds']) + 0.004 * (p['depth'] - 6) ** 2 + 1 / p['rounds'] + chance.gauss(0, 0.003), told=False)"),
    "a choice of sizes, and blocks": (
        RATE + "  size: {choices: [32, 64, 128, 256], default: 64}\n  blocks: {type: int, low: 1, high: 8, default: 2}\n  dropout: {type: float, low: 0, high: 0.5, default: 0.1}\n",
        "time.sleep(0.5)\ntrain(20, 0.005 + 0.00015 * p['size'] * p['blocks'], 0.5 + 0.1 * off('rate', 0.003) + 0.2 / p['blocks'] + 4 / p['size'] + 0.2 * (p['dropout'] - 0.2) ** 2 + chance.gauss(0, 0.005))"),
    "a share of the data": (
        RATE + "  share: {type: float, low: 0.1, high: 1, default: 0.4}\n  decay: {type: float, low: 1e-6, high: 1e-1, scale: log, default: 1e-4}\n",
        "train(max(2, int(50 * p['share'])), 0.04, 0.2 + 0.1 * off('rate', 0.01) + 0.05 * p['share'] ** -0.5 + 0.01 * off('decay', 1e-3) + chance.gauss(0, 0.003))"),
    # Written after the pilot was changed for the last time.
    "cells squared, told at the end": (
        "  cells: {type: int, low: 10, high: 60, default: 20}\n  k: {type: float, low: 0.1, high: 10, scale: log, default: 1}\n  damping: {type: float, low: 0, high: 1, default: 0.2}\n",
        "time.sleep(0.2 + 0.001 * p['cells'] ** 2); trial.finish(0.1 + 0.2 * off('k', 3) + 0.3 * (p['damping'] - 0.6) ** 2 + 3 / p['cells'])"),
    "length times units": (
        RATE + "  length: {type: int, low: 16, high: 256, scale: log, default: 64}\n  units: {type: int, low: 16, high: 128, default: 32}\n",
        "train(20, 0.01 + 1e-5 * p['length'] * p['units'], 0.5 + 0.1 * off('rate', 0.005) + 0.2 * off('length', 120) + 1 / p['units'] + chance.gauss(0, 0.005))"),
    "two optimizers, one twice as dear": (
        RATE + "  optimizer: {choices: [sgd, adam], default: sgd}\n  width: {type: int, low: 16, high: 256, scale: log, default: 64}\n",
        "train(20, (0.01 + 0.0003 * p['width']) * (2 if p['optimizer'] == 'adam' else 1), 0.4 + 0.1 * off('rate', 0.01) + 2 / p['width'] - (0.1 if p['optimizer'] == 'adam' else 0) + chance.gauss(0, 0.005))"),
    "epochs, and best in the middle": (
        RATE + "  epochs: {type: int, low: 4, high: 80, scale: log, default: 15}\n  mixup: {type: float, low: 0, high: 1, default: 0.2}\n",
        "train(p['epochs'], 0.04, 0.3 + 0.1 * off('rate', 0.02) + 0.3 * off('epochs', 25) + 0.05 * (p['mixup'] - 0.4) ** 2 + chance.gauss(0, 0.003))"),
}


def seconds_of(text):
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float(text[19:].rstrip("Z") or 0)


def measure(kind, given, folder):
    params, program = KINDS[kind]
    name = "".join(c for c in kind if c.isalpha())
    client = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "client")
    with open(os.path.join(folder, f"{name}.py"), "w") as file:
        file.write(HEAD.format(client=client) + program + "\n")
    with open(os.path.join(folder, f"{name}.yaml"), "w") as file:
        file.write(f"study: {name}\nobjective: loss\ncommand: [python3, {name}.py]\nparams:\n{params}seed: {given.seed}\n"
                   "failures_max: 1000\npruner: none\n")
    sterlet = os.path.join(os.path.abspath(given.bin), "sterlet")

    def run(*arguments):
        done = subprocess.run([sterlet, *arguments, "--storage", f"{name}.db"] if arguments[0] != "plan" else
                              [sterlet, *arguments], cwd=folder, text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{kind}: {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    begun = time.monotonic()
    plan = json.loads(run("plan", f"{name}.yaml", "--time", f"{given.budget}s", "--json", "--workers", str(given.workers)))
    pilot = time.monotonic() - begun
    caviar = next(each for each in plan["choices"] if each["strategy"] == "parallel")
    count = max(1, round(caviar["trials"][1]))
    run("tune", f"{name}.yaml", "--trials", str(count), "--progress", "none", "--workers", str(given.workers))
    done = [json.loads(line) for line in run("export", name).splitlines()]
    first = min(seconds_of(trial["started"]) for trial in done)
    took = max(seconds_of(trial["ended"]) for trial in done) - first
    low, planned, high = (3600 * each for each in caviar["hours"])
    return (f"| {kind} | {given.seed} | {pilot:.1f} s | {count} | {planned:.0f} s ({low:.0f}-{high:.0f}) | {took:.0f} s | "
            f"{100 * (planned / took - 1):+.0f}% | {caviar['trials'][0]:.0f}-{caviar['trials'][2]:.0f} |",
            abs(planned / took - 1) <= 0.2)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", default="build/release/bin", help="folder of sterlet")
    options.add_argument("--budget", type=float, default=40)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--at-once", type=int, default=1)
    options.add_argument("kinds", nargs="*", default=[])
    given = options.parse_args()
    print("| program | seed | pilot | trials | planned | took | off | trials, 10% to 90% |\n|---|---|---|---|---|---|---|---|", flush=True)
    right = 0
    kinds = [kind for kind in KINDS if not given.kinds or any(kind.startswith(each) for each in given.kinds)]
    with tempfile.TemporaryDirectory(prefix="sterlet-plan-kinds-") as folder, \
            concurrent.futures.ThreadPoolExecutor(given.at_once) as pool:
        for line, is_right in pool.map(lambda kind: measure(kind, given, folder), kinds):
            right += is_right
            print(line, flush=True)
    print(f"\nTime within 20%: {right} of {len(kinds)}. Load {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
