#!/usr/bin/python3
"""Time to reach what plain random search finds, on Fashion-MNIST: `sampler: auto` with `pruner: auto` against 60 full trials.

    bench/walltime.py [--bin FOLDER] [--seeds 3] [--workers 1] [--work FOLDER]

For each seed, one after the other on the same cores: a random search of full trials, then the same study with both on auto
until a complete trial is at least as good as the random search's best. Wall time, and the processor seconds of all
processes (which other work on the machine distorts less). Prints one table in Markdown.
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
command: [sterlet-train, mlp, --data, fashion-mnist, --train-rows, "{rows}", --epochs, "{epochs}", --checkpoint-every, "0"]
preset: mlp
params:
  learning_rate: {{high: 0.3}}
  batch_size: {{low: 64}}
  layers: {{high: 3}}
  units: {{low: 64}}
  activation: {{choices: [relu, gelu]}}
  dropout: {{high: 0.3}}
  weight_decay: {{high: 1e-3}}
defaults_first: false
seed: {seed}
workers: {workers}
"""


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", default="build/release/bin", help="folder of sterlet and sterlet-train")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--first-seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--trials", type=int, default=60, help="full trials of the random search")
    options.add_argument("--epochs", type=int, default=12)
    options.add_argument("--rows", type=int, default=10000)
    options.add_argument("--auto", default="sampler: auto\npruner: auto", help="the lines that are measured")
    options.add_argument("--work", help="folder to work in, kept; a search that is there already is not done again")
    given = options.parse_args()
    program = os.path.join(os.path.abspath(given.bin), "sterlet")
    folder = given.work or tempfile.mkdtemp(prefix="sterlet-walltime-")
    os.makedirs(folder, exist_ok=True)

    def search(name, seed, more):
        """Runs the study; what it took is kept beside it."""
        took = os.path.join(folder, f"{name}.took.json")
        if not os.path.exists(took):
            with open(os.path.join(folder, f"{name}.yaml"), "w") as file:
                file.write(STUDY.format(name=name, rows=given.rows, epochs=given.epochs, seed=seed, workers=given.workers) +
                           more + "\n")
            begun = time.monotonic()
            run = subprocess.Popen([program, "tune", f"{name}.yaml", "--progress", "none"], cwd=folder,
                                   stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(run.pid, 0)
            wall = time.monotonic() - begun
            if status != 0:
                sys.exit(f"{name}: sterlet tune ended with status {status}")
            with open(took, "w") as file:
                json.dump({"wall": wall, "processor": usage.ru_utime + usage.ru_stime}, file)
        with open(took) as file:
            result = json.load(file)
        exported = subprocess.run([program, "export", name], cwd=folder, text=True, capture_output=True, check=True)
        trials = [json.loads(line) for line in exported.stdout.splitlines()]
        complete = [trial for trial in trials if trial["state"] == "COMPLETE"]
        return result | {"best": min(trial["values"][0] for trial in complete), "trials": len(trials),
                         "complete": len(complete), "epochs": sum(len(trial["reports"]) for trial in trials)}

    print("| seed | search | best val error | trials | complete | epochs | wall s | processor s |")
    print("|---|---|---|---|---|---|---|---|")
    ratios = []
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        plain = search(f"random-{seed}", seed, f"sampler: random\npruner: none\nbudget: {{trials: {given.trials}}}")
        target = repr(plain["best"])
        # Ten times as many trials: a search that does not get there must end, and shows as one that is worse.
        auto = search(f"auto-{seed}", seed, f"{given.auto}\nbudget: {{trials: {given.trials * 10}, target: {target}, "
                                            f"time: {1.5 * plain['wall']:.0f}s}}")
        for name, row in (("random", plain), ("auto", auto)):
            print(f"| {seed} | {name} | {row['best']:.4f} | {row['trials']} | {row['complete']} | {row['epochs']} | "
                  f"{row['wall']:.0f} | {row['processor']:.0f} |", flush=True)
        ratios.append({key: auto[key] / plain[key] for key in ("epochs", "wall", "processor")} |
                      {"reached": auto["best"] <= plain["best"]})
    for key in ("wall", "processor", "epochs"):
        values = [ratio[key] for ratio in ratios]
        print(f"\nauto / random, {key}: {', '.join(f'{value:.2f}' for value in values)}; mean {statistics.mean(values):.2f}.")
    missed = sum(not ratio["reached"] for ratio in ratios)
    if missed:
        print(f"\nNot reached in {missed} of {given.seeds} seeds.")


if __name__ == "__main__":
    main()
