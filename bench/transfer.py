#!/usr/bin/python3
"""Does a learning rate carry over? What `sterlet plan --transfer` predicts at a width beside a search there.

    bench/transfer.py [--bin build/release/bin] [--work build/transfer] [--seeds 5] [--rows 5000] [--epochs 4] [--metric val_error]
                      [--decay cosine] [--optimizers sgd adam]

For SGD with momentum and for Adam, and each seed: the transfer over widths 16, 32 and 64 to 256, on `sterlet-train mlp` with
Fashion-MNIST, the rate falling along a cosine (with --decay none it stays, and each result depends on the last few batches); and
a search at 256, 21 rates from one end of the range to the other. Its best is the lowest point of a parabola
through the seven rates around its lowest result, so that one lucky training does not decide; the lowest itself is
shown too. Bars: within a factor of 1.5, and the interval holds it in 4 of 5 seeds. What was measured is in WORK and not measured
again. Prints a table in Markdown.
"""
import argparse
import json
import math
import os
import subprocess
import sys

RANGES = {"sgd": (1e-3, 1.0, 0.03), "adam": (1e-4, 0.1, 0.003)}
SIZES, TARGET, RATES = "16,32,64", 256, 21

STUDY = """study: {name}
objective: {metric}
command: [sterlet-train, mlp, --data, fashion-mnist, --train-rows, "{rows}", --epochs, "{epochs}", --checkpoint-every, "0",
  --optimizer, {optimizer}, --decay, {decay}]
params:
  learning_rate: {{type: float, low: {low}, high: {high}, scale: log, default: {default}, tier: 1}}
  units: {{type: int, low: 16, high: 256, scale: log, default: {units}, scale_of: width}}
seed: {seed}
workers: 1
"""


def rates_of(optimizer):
    low, high, _ = RANGES[optimizer]
    return [low * (high / low) ** (i / (RATES - 1)) for i in range(RATES)]


def vertex(rates, results):
    """The lowest point of a parabola in ln(rate) through the seven trials around the lowest; its own place where there is none."""
    good = [(math.log(rate), result) for rate, result in zip(rates, results) if result is not None and math.isfinite(result)]
    at = min(range(len(good)), key=lambda i: good[i][1])
    first = max(0, min(at - 3, len(good) - 7))
    near = good[first:first + 7]
    middle = sum(x for x, _ in near) / len(near)
    # Even places around their middle: the sums of odd powers vanish.
    xs, ys = [x - middle for x, _ in near], [y for _, y in near]
    s2, s4, n = sum(x ** 2 for x in xs), sum(x ** 4 for x in xs), len(xs)
    bend = (sum(x * x * y for x, y in zip(xs, ys)) - s2 / n * sum(ys)) / (s4 - s2 * s2 / n)
    slope = sum(x * y for x, y in zip(xs, ys)) / s2
    inside = bend > 0 and xs[0] <= -slope / (2 * bend) <= xs[-1]
    return math.exp(middle - slope / (2 * bend)) if inside else math.exp(good[at][0])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", default="build/release/bin", help="folder of sterlet and sterlet-train")
    options.add_argument("--work", default="build/transfer")
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--rows", type=int, default=5000)
    options.add_argument("--epochs", type=int, default=4)
    options.add_argument("--metric", default="val_error")
    options.add_argument("--decay", default="cosine", help="of the learning rate, as sterlet-train has it")
    options.add_argument("--optimizers", nargs="+", default=list(RANGES))
    options.add_argument("--points", type=int, default=7)
    given = options.parse_args()
    program = os.path.join(os.path.abspath(given.bin), "sterlet")
    os.makedirs(given.work, exist_ok=True)

    def run(*arguments):
        done = subprocess.run([program, *arguments], cwd=given.work, text=True, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def kept(name, measure):
        path = os.path.join(given.work, name + ".json")
        if not os.path.exists(path):
            result = measure()
            with open(path + ".new", "w") as file:
                json.dump(result, file)
            os.replace(path + ".new", path)
        with open(path) as file:
            return json.load(file)

    def write(name, optimizer, seed, units, more=""):
        low, high, default = RANGES[optimizer]
        with open(os.path.join(given.work, name + ".yaml"), "w") as file:
            file.write(STUDY.format(name=name, metric=given.metric, rows=given.rows, epochs=given.epochs, optimizer=optimizer, decay=given.decay,
                                    low=low, high=high, default=default, units=units, seed=seed) + more)

    def transfer(name, optimizer, seed):
        write(name, optimizer, seed, 64)
        return json.loads(run("plan", name + ".yaml", "--transfer", "width=" + SIZES, "--to", str(TARGET), "--points",
                              str(given.points), "--json"))

    def search(name, optimizer, seed):
        points = [{"learning_rate": rate, "units": TARGET} for rate in rates_of(optimizer)]
        write(name, optimizer, seed, TARGET,
              f"enqueue: {json.dumps(points)}\ndefaults_first: false\nsampler: random\nbudget: {{trials: {RATES}}}\n")
        path = os.path.join(given.work, name + ".db")
        if os.path.exists(path):
            os.remove(path)
        run("tune", name + ".yaml", "--storage", name + ".db", "--progress", "none")
        trials = [json.loads(line) for line in run("export", name, "--storage", name + ".db").splitlines()]
        return [trial["values"][0] if trial["state"] == "COMPLETE" and isinstance(trial["values"][0], float) else None
                for trial in trials]

    print("| optimizer | seed | best at 16, 32, 64 | verdict | predicted at 256 | search at 256 (lowest) | factor | held |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    near = held = cells = 0
    base = f"{given.metric}-{given.rows}-{given.epochs}-{given.decay}"
    for seed in range(1, given.seeds + 1):
        for optimizer in given.optimizers:
            # The search has another seed than the transfer, as a later run would have.
            results = kept(f"search-{base}-{optimizer}-{seed}",
                           lambda: search(f"search-{base}-{optimizer}-{seed}", optimizer, 100 + seed))
            found = kept(f"transfer-{base}-{given.points}-{optimizer}-{seed}",
                         lambda: transfer(f"transfer-{base}-{given.points}-{optimizer}-{seed}", optimizer, seed))["params"][0]
            rates = rates_of(optimizer)
            best = vertex(rates, results)
            lowest = min((result, rate) for rate, result in zip(rates, results) if result is not None)[1]
            predicted = found["predicted"]
            factor = max(predicted["value"] / best, best / predicted["value"])
            is_held = predicted["low"] <= best <= predicted["high"]
            cells, near, held = cells + 1, near + (factor <= 1.5), held + is_held
            places = ", ".join(f"{each['best']:.3g}" for each in found["at"])
            print(f"| {optimizer} | {seed} | {places} | {found['verdict']} | {predicted['value']:.3g} ({predicted['low']:.3g} to "
                  f"{predicted['high']:.3g}) | {best:.3g} ({lowest:.3g}) | {factor:.2f} | {'yes' if is_held else 'no'} |", flush=True)
    print(f"\nWithin a factor of 1.5: {near} of {cells}. The interval holds the search's best: {held} of {cells}.")


if __name__ == "__main__":
    main()
