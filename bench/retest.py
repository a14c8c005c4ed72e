"""Verdicts of `sterlet retest` on the real trainer: five changes, five seeds, and what all settings say.

Fashion-MNIST, pooled to 14 x 14, as a table of 6,000 rows in the study's folder. A study of 20 random settings of an MLP is
tuned; then, in a copy of it, one thing changes: nothing; 10% more rows; 30% of the labels drawn at random and all images inverted;
another architecture; another optimizer. `sterlet retest --json` gives its verdict. The truth is made by brute force: all 20
settings trained again on three seeds, before and after the change.

  python3 bench/retest.py --seeds 5 [--truth]     prints a table in Markdown
"""
import argparse
import gzip
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get("STERLET_BIN") or os.path.join(HERE, "../build/release/bin")
IMAGES = "/usr/share/datasets/fashion-mnist"
ROWS = 6000
TRIALS = 20
STUDY = """
study: fashion
objective: {{metric: val_error, direction: minimize}}
command: [sterlet-train, mlp, --data, fashion.csv, --epochs, "3", --checkpoint-every, "0"{more}]
params:
  learning_rate: {{type: float, low: 1e-3, high: 1, scale: log}}
  momentum: {{type: float, low: 0.5, high: 0.99, scale: reverse_log}}
  batch_size: {{type: int, low: 16, high: 256, scale: log}}
  units: {{type: int, low: 16, high: 128, scale: log}}
sampler: random
workers: 1
seed: {seed}
budget: {{trials: {trials}}}
"""
CHANGES = {
    "nothing": ("", None),
    "10% more rows": ("", "more"),
    "labels noised, images inverted": ("", "noised"),
    "5 layers of tanh": (', --layers, "5", --activation, tanh', None),
    "adam": (", --optimizer, adam", None),
}


def read_idx(name, head):
    with gzip.open(os.path.join(IMAGES, name)) as file:
        return file.read()[head:]


class Images:
    def __init__(self):
        self.pixels = read_idx("train-images-idx3-ubyte.gz", 16)
        self.labels = read_idx("train-labels-idx1-ubyte.gz", 8)

    def row(self, i):
        """14 x 14 means of 2 x 2 pixels."""
        at = i * 784
        return [sum(self.pixels[at + (2 * y + a) * 28 + 2 * x + b] for a in (0, 1) for b in (0, 1)) // 4
                for y in range(14) for x in range(14)]

    def write(self, path, kind):
        noise = random.Random(1)
        with open(path, "w") as file:
            file.write(",".join(f"p{i}" for i in range(196)) + ",label\n")
            for i in range(ROWS * 11 // 10 if kind == "more" else ROWS):
                row, label = self.row(i), self.labels[i]
                if kind == "noised":
                    row = [255 - pixel for pixel in row]
                    label = noise.randrange(10) if noise.random() < 0.3 else label
                file.write(",".join(map(str, row)) + f",c{label}\n")


def run(*arguments, cwd):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": os.path.abspath(BIN) + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(["nice", "-n", "12", *arguments], cwd=cwd, text=True, capture_output=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout


def train(folder, params, more, seed):
    flags = [word for name, value in params.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    words = [word.strip().strip('"') for word in more.split(",") if word.strip()]
    out = run("sterlet-train", "mlp", "--data", "fashion.csv", "--epochs", "3", "--checkpoint-every", "0", "--seed", str(seed),
              *words, *flags, cwd=folder)
    return float(out.split("val_error=")[-1].split()[0])


def kendall(a, b):
    pairs = [(x - y) * (u - v) for x, u in zip(a, b) for y, v in zip(a, b) if x < y]
    signs = [(p > 0) - (p < 0) for p in pairs]
    return sum(signs) / max(1, sum(map(abs, signs)))


def truth(folder, trials, more, then, spread):
    """What all settings say on three seeds: tau, how far the old best is behind in noise sds, and the mean change."""
    now = [[train(folder, trial["params"], more, seed) for seed in (101, 102, 103)] for trial in trials]
    means = [statistics.mean(values) for values in now]
    good = [values for values in now if statistics.mean(values) < min(means) + spread]
    noise = math.sqrt(statistics.mean(statistics.variance(values) for values in good))
    best = min(range(len(trials)), key=lambda i: trials[i]["values"][0])
    return {"tau": kendall(then, means), "behind": (means[best] - min(means)) / max(noise, 1e-9),
            "moved": statistics.mean(means) - statistics.mean(then), "noise": noise, "means": means}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--only", help="one change")
    options = parser.parse_args()
    images = Images()
    folder = tempfile.mkdtemp(prefix="sterlet-retest-")
    results = {name: [] for name in CHANGES}
    try:
        images.write(os.path.join(folder, "plain.csv"), None)
        images.write(os.path.join(folder, "more.csv"), "more")
        images.write(os.path.join(folder, "noised.csv"), "noised")
        for seed in range(1, options.seeds + 1):
            home = os.path.join(folder, f"seed-{seed}")
            os.mkdir(home)
            shutil.copy(os.path.join(folder, "plain.csv"), os.path.join(home, "fashion.csv"))
            with open(os.path.join(home, "study.yaml"), "w") as file:
                file.write(STUDY.format(more="", seed=seed, trials=TRIALS))
            run("sterlet", "tune", "study.yaml", "--quiet", cwd=home)
            trials = [json.loads(line) for line in run("sterlet", "export", cwd=home).splitlines()]
            trials = [trial for trial in trials if trial["state"] == "COMPLETE"]
            values = sorted(trial["values"][0] for trial in trials)
            spread = statistics.median(values) - values[0]
            then = None
            for name, (more, data) in CHANGES.items():
                if options.only and name != options.only:
                    continue
                place = os.path.join(folder, f"seed-{seed}-{data or 'plain'}-{len(more)}")
                shutil.copytree(home, place)
                if data:
                    shutil.copy(os.path.join(folder, data + ".csv"), os.path.join(place, "fashion.csv"))
                with open(os.path.join(place, "study.yaml"), "w") as file:
                    file.write(STUDY.format(more=more, seed=seed, trials=TRIALS))
                verdict = json.loads(run("sterlet", "retest", "study.yaml", "--json", cwd=place))
                if options.truth:
                    if then is None:
                        then = truth(home, trials, "", [trial["values"][0] for trial in trials], spread)["means"]
                    verdict["truth"] = truth(place, trials, more, then, spread)
                results[name].append(verdict)
                line = {key: verdict[key] for key in ("verdict", "confidence", "evaluations", "best_then", "best_now", "moved")}
                line["tau"] = verdict["rank_correlation"]["value"]
                line["truth"] = {k: round(v, 4) for k, v in verdict.get("truth", {}).items() if k != "means"}
                print(f"seed {seed}, {name}: {json.dumps(line)}", file=sys.stderr, flush=True)
                shutil.rmtree(place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("| change | holds | drifted | rusted | unsure | evaluations | tau of all 20 | old best behind, sds of a run |")
    print("|---|---|---|---|---|---|---|---|")
    for name, verdicts in results.items():
        if not verdicts:
            continue
        counts = [sum(one["verdict"] == word for one in verdicts) for word in ("holds", "drifted", "rusted", "unsure")]
        evaluations = [one["evaluations"] for one in verdicts]
        known = [one["truth"] for one in verdicts if "truth" in one]
        def text(key):
            return " ".join(f"{one[key]:.2f}" for one in known) or "-"
        print(f"| {name} | " + " | ".join(map(str, counts)) +
              f" | {statistics.mean(evaluations):.1f} (most {max(evaluations)}) | {text('tau')} | {text('behind')} |")


if __name__ == "__main__":
    main()
