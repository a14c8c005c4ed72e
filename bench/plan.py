#!/usr/bin/python3
"""Is a plan true? Times predicted by `sterlet plan` beside those of a real run, and the strategy that it names beside the other.

    bench/plan.py [--bin FOLDER] [--trainer real|sleep] [--budgets 30 60 120] [--sizes 32 128 512] [--workers 2]

For each budget (seconds) and model size, one after the other: the plan with its pilot; as many trials as it expects by
`sterlet tune` (what ended within 1.1 of the budget counts); and one model by `sterlet babysit --auto` with the steps that the
plan gives it. `--trainer sleep` is a program that sleeps its steps away, so that other work on the machine hardly counts:
a step takes longer with the size and with the point. Prints a table in Markdown, and how many cells keep the bars.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

REAL = """study: {name}
objective: val_error
command: [sterlet-train, mlp, --data, fashion-mnist, --train-rows, "6400", --epochs, "10", --report-every, "50",
  --checkpoint-every, "0", --units, "{size}"]
params:
  learning_rate: {{type: float, low: 1e-4, high: 1, scale: log, default: 0.01, tier: 1, live: true}}
  momentum: {{type: float, low: 0.5, high: 0.99, scale: reverse_log, default: 0.9, tier: 2, live: true}}
  batch_size: {{type: int, low: 32, high: 256, scale: log, default: 64, tier: 2}}
  dropout: {{type: float, low: 0, high: 0.5, default: 0, tier: 3}}
seed: {seed}
"""

# 20 reports; log(rate) is best at -3, and a tenth of the size beyond, which a live change can repair.
SLEEP = """study: {name}
objective: loss
command: [python3, train.py, "{size}"]
params:
  rate: {{type: float, low: 1e-4, high: 1, scale: log, default: 0.01, tier: 1, live: true}}
  slow: {{type: float, low: 0.7, high: 1.4, default: 1, tier: 2}}
seed: {seed}
"""
TRAIN = """import json, math, sys, time
sys.path.insert(0, {client!r})
import sterlet
trial = sterlet.Trial(live=True, restores=True)
state = {{"loss": 1.0}}
def save(path):
    json.dump(state, open(path, "w"))
def load(path):
    state.update(json.load(open(path)))
size = float(sys.argv[1])
due = time.monotonic()
for step in trial.steps(40, save=save, load=load):
    due = max(due, time.monotonic() - 0.1) + 0.002 * size * trial.params["slow"]
    time.sleep(max(0, due - time.monotonic()))
    off = (math.log10(trial.params["rate"]) + 2.4) ** 2
    state["loss"] += (0.1 + 0.1 * off - state["loss"]) * 0.08
    trial.report(step, loss=state["loss"] + 0.001 * math.sin(step))
"""


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", default="build/release/bin", help="folder of sterlet and sterlet-train")
    options.add_argument("--trainer", choices=("real", "sleep"), default="real")
    options.add_argument("--budgets", type=float, nargs="+", default=[30, 60, 120])
    options.add_argument("--sizes", type=int, nargs="+", default=[32, 128, 512])
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--pilot-time", help="as sterlet plan --pilot-time")
    given = options.parse_args()
    program = os.path.join(os.path.abspath(given.bin), "sterlet")
    folder = tempfile.mkdtemp(prefix="sterlet-plan-bench-")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    with open(os.path.join(folder, "train.py"), "w") as file:
        file.write(TRAIN.format(client=os.path.join(source, "client")))

    def run(*arguments):
        begun = time.monotonic()
        done = subprocess.run([program, *arguments], cwd=folder, text=True, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return done.stdout, time.monotonic() - begun

    def trials(name):
        return [json.loads(line) for line in run("export", name)[0].splitlines()]

    def seconds(text):
        return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float(text[19:].rstrip("Z") or 0)

    print("| size | budget | a training | trials | planned | took | off | named | caviar | panda | regret | load |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    right = timed = cells = 0
    for size in given.sizes:
        for budget in given.budgets:
            name = f"s{size}-b{budget:g}"
            with open(os.path.join(folder, f"{name}.yaml"), "w") as file:
                file.write((REAL if given.trainer == "real" else SLEEP).format(name=name, size=size, seed=given.seed))
            workers = ("--workers", str(given.workers))
            pilot = ("--pilot-time", given.pilot_time) if given.pilot_time else ()
            plan = json.loads(run("plan", f"{name}.yaml", "--time", f"{budget}s", "--json", *workers, *pilot)[0])
            caviar = next(each for each in plan["choices"] if each["strategy"] == "parallel" and each["pruner"] == "none")
            panda = next(each for each in plan["choices"] if each["strategy"] == "babysit")
            count = max(1, round(caviar["trials"][1]))
            run("tune", f"{name}.yaml", "--trials", str(count), "--progress", "none", *workers)
            done = trials(name)
            first = min(seconds(trial["started"]) for trial in done)
            took = max(seconds(trial["ended"]) for trial in done) - first
            values = [trial["values"][0] for trial in done
                      if trial["state"] == "COMPLETE" and seconds(trial["ended"]) - first <= 1.1 * budget]
            best = min(values, default=float("inf"))
            raised = float("inf")
            if panda["steps"] > 0:
                run("babysit", f"{name}.yaml", "--storage", f"{name}.db", "--auto", "--steps", str(panda["steps"]),
                    "--progress", "none")
                reports = [json.loads(line) for line in
                           run("export", name, "--storage", f"{name}.db")[0].splitlines()][0]["reports"]
                metric = "val_error" if given.trainer == "real" else "loss"
                raised = reports[-1]["metrics"][metric]
            named, other = (best, raised) if plan["strategy"] == "parallel" else (raised, best)
            regret = (named - min(named, other)) / min(named, other)
            off = caviar["hours"][1] * 3600 / took - 1
            cells += 1
            right += regret < 0.05
            timed += abs(off) <= 0.2
            print(f"| {size} | {budget:g} s | {plan['measured']['full_seconds']:.1f} s | {count} | "
                  f"{caviar['hours'][1] * 3600:.0f} s ({caviar['hours'][0] * 3600:.0f}-{caviar['hours'][2] * 3600:.0f}) | "
                  f"{took:.0f} s | {100 * off:+.0f}% | {plan['strategy']} | {best:.4f} | {raised:.4f} | {100 * regret:.1f}% | "
                  f"{os.getloadavg()[0]:.1f} |", flush=True)
    print(f"\nTime within 20%: {timed} of {cells}. The strategy named is the better one, or its regret is under 5%: "
          f"{right} of {cells}.")


if __name__ == "__main__":
    main()
