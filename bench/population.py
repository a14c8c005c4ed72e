#!/usr/bin/python3
"""Population-based training against the best fixed setting at equal compute, on Fashion-MNIST.

    bench/population.py [--bin FOLDER] [--seeds 3] [--explore perturb] [--work FOLDER]

For each seed: a random search of as many trials as the population has members (it begins with the very same settings), and
the population, both of the same number of epochs in all. Then both winners, the fixed setting and the schedule, are trained
anew on seeds that neither saw (sterlet tune --replay). Prints one table in Markdown.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

STUDY = """
study: {name}
objective: val_error
command: [sterlet-train, mlp, --data, fashion-mnist, --train-rows, "{rows}", --epochs, "{epochs}", --checkpoint-every, "0",
          --test, --units, "64", --batch-size, "64"]
params:
  learning_rate: {{type: float, low: 1e-3, high: 1, scale: log, live: true}}
  momentum: {{type: float, low: 0.5, high: 0.99, scale: reverse_log, live: true}}
sampler: random
defaults_first: false
seed: {seed}
workers: 1
"""


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", default="build/release/bin", help="folder of sterlet and sterlet-train")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--members", type=int, default=8)
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("--interval", type=int, default=4)
    options.add_argument("--rows", type=int, default=6000)
    options.add_argument("--replays", type=int, default=3, help="fresh seeds for each winner")
    options.add_argument("--explore", default="perturb")
    options.add_argument("--work", help="folder to work in, kept; what is done already is not done again")
    given = options.parse_args()
    program = os.path.join(os.path.abspath(given.bin), "sterlet")
    folder = given.work or tempfile.mkdtemp(prefix="sterlet-population-")
    os.makedirs(folder, exist_ok=True)

    def run(*arguments):
        done = subprocess.run([program, *arguments], cwd=folder, text=True, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def study(kind, seed, more):
        name = f"{kind}-{seed}"
        with open(os.path.join(folder, f"{name}.yaml"), "w") as file:
            file.write(STUDY.format(name=name, rows=given.rows, epochs=given.epochs, seed=seed) + more)
        begun = time.monotonic()
        run("tune", f"{name}.yaml", "--progress", "none")
        seconds = time.monotonic() - begun
        trials = [json.loads(line) for line in run("export", name).splitlines()]
        best = min((t for t in trials if t["state"] == "COMPLETE"), key=lambda t: t["values"][0])
        run("export", name, "--schedule", "-o", f"{name}.json")
        again = json.loads(run("--json", "tune", f"{name}.yaml", "--progress", "none", "--replay", f"{name}.json", "--seeds",
                               str(given.replays)))
        replayed = [json.loads(line) for line in run("export", again["study"]).splitlines()]
        with open(os.path.join(folder, f"{name}.json")) as file:
            changes = len(json.load(file)["schedule"]) - 1
        return {"val": best["values"][0], "test": best["reports"][-1]["metrics"]["test_error"], "seconds": seconds,
                "changes": changes, "replay_val": [t["values"][0] for t in replayed],
                "replay_test": [t["reports"][-1]["metrics"]["test_error"] for t in replayed]}

    pbt = (f"strategy: {{name: pbt, population: {given.members}, interval: {given.interval}, steps: {given.epochs}, "
           f"explore: {given.explore}}}\n")
    print("| seed | way | val error | test error | replayed: val | replayed: test | changes | wall s |")
    print("|---|---|---|---|---|---|---|---|")
    gains = []
    for seed in range(1, given.seeds + 1):
        rows = {"fixed": study("fixed", seed, f"budget: {{trials: {given.members}}}\n"),
                "pbt": study(f"pbt-{given.explore}", seed, pbt)}
        for name, row in rows.items():
            mean = {key: statistics.mean(row[key]) for key in ("replay_val", "replay_test")}
            print(f"| {seed} | {name} | {row['val']:.4f} | {row['test']:.4f} | {mean['replay_val']:.4f} | "
                  f"{mean['replay_test']:.4f} | {row['changes']} | {row['seconds']:.0f} |", flush=True)
        gains.append([statistics.mean(rows["fixed"]["replay_" + key]) - statistics.mean(rows["pbt"]["replay_" + key])
                      for key in ("val", "test")])
    for at, key in enumerate(("val", "test")):
        values = [gain[at] for gain in gains]
        spread = f", standard deviation {statistics.stdev(values):.4f}" if len(values) > 1 else ""
        print(f"\nThe schedule's gain over the fixed setting, replayed, {key} error: {statistics.mean(values):+.4f}{spread}.")


if __name__ == "__main__":
    main()
