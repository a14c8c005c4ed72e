#!/usr/bin/python3
"""The autopilot on a small network at steps of about 1 ms, against the best of five fixed rates at equal steps.

    bench/babysit/small_steps.py [--seeds 5] [--steps 500] [--bin build/release/bin]

A regression: 20 inputs, one hidden layer of 32 tanh units, mini-batches of 64, momentum 0.9, noise in the targets. It
reports val_error (the mean squared error of 500 held-back rows) and its training loss at every step, as a beginner's
program does. The fixed rates are run by the same code without Sterlet; each gets all the steps. The autopilot starts at
0.01 and pays for every step of every branch. What is compared is the mean val_error of the last ten steps of each.
Needs numpy.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RATES = [0.003, 0.01, 0.03, 0.1, 0.3]
START = 0.01

MODEL = '''
import json, os, sys, time
sys.path.insert(0, CLIENT)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy
import sterlet

trial = sterlet.Trial(live=True, restores=True)
trial.params.setdefault("learning_rate", float(os.environ.get("RATE", "0.01")))
seed = trial.seed(int(os.environ.get("CHANCE", "0")))
data = numpy.random.default_rng(SEED)
x = data.standard_normal((2000, 20))
y = numpy.tanh(x @ data.standard_normal((20, 1))) + 0.1 * data.standard_normal((2000, 1))
chance = numpy.random.default_rng(SEED + 1000)
state = {"w": 0.2 * chance.standard_normal((20, 32)), "b": numpy.zeros((1, 32)),
         "v": 0.2 * chance.standard_normal((32, 1)), "c": numpy.zeros((1, 1))}
speed = {name: numpy.zeros_like(value) for name, value in state.items()}


def save(path):
    with open(path, "wb") as file:
        words = numpy.frombuffer(json.dumps(chance.bit_generator.state).encode(), dtype=numpy.uint8)
        numpy.savez(file, chance=words, **state, **{"speed_" + name: value for name, value in speed.items()})


def load(path):
    with numpy.load(path) as file:
        chance.bit_generator.state = json.loads(file["chance"].tobytes())
        for name in state:
            state[name], speed[name] = file[name], file["speed_" + name]


def train(rate):
    rows = chance.integers(0, 1500, 64)
    hidden = numpy.tanh(x[rows] @ state["w"] + state["b"])
    error = hidden @ state["v"] + state["c"] - y[rows]
    back = 2 * error / 64
    inner = (back @ state["v"].T) * (1 - hidden ** 2)
    slope = {"v": hidden.T @ back, "c": back.sum(0, keepdims=True), "w": x[rows].T @ inner,
             "b": inner.sum(0, keepdims=True)}
    for name in state:
        speed[name] = 0.9 * speed[name] - rate * slope[name]
        state[name] = state[name] + speed[name]
    return float((error ** 2).mean())


def validate():
    hidden = numpy.tanh(x[1500:] @ state["w"] + state["b"])
    return float(((hidden @ state["v"] + state["c"] - y[1500:]) ** 2).mean())


numpy.seterr(all="ignore")
values = []
for step in trial.steps(int(os.environ.get("STEPS", "1000000")), save=save, load=load):
    begun = time.monotonic()
    loss = train(trial.params["learning_rate"])
    values.append(validate())
    trial.report(step, val_error=values[-1], loss=loss)
    if trial.active():
        time.sleep(max(0.0, 0.001 - (time.monotonic() - begun)))
if not trial.active():
    print(json.dumps(values))
'''

STUDY = """study: small
objective: {metric: val_error, direction: minimize}
command: [/usr/bin/python3, model.py]
strategy: babysit
params:
  learning_rate: {type: float, low: 1e-4, high: 10, scale: log, default: %g, live: true}
""" % START


def end_of(values):
    return sum(values[-10:]) / 10


def fixed(folder, rate, steps):
    environment = dict(os.environ, RATE=str(rate), STEPS=str(steps))
    done = subprocess.run(["/usr/bin/python3", "model.py"], cwd=folder, env=environment, check=True, capture_output=True)
    return end_of(json.loads(done.stdout))


def line_of(tree):
    """Reports of the line that leads to the branch that is trained."""
    branches = {branch["id"]: branch for branch in tree["branches"]}
    at, end, curve = branches[tree["active"]], None, []
    while at is not None:
        curve = [r for r in at["reports"] if end is None or r["step"] <= end] + curve
        end, at = at["from_step"], branches.get(at["parent"])
    return curve


def autopilot(folder, program, steps, window):
    more = ["--window", str(window)] if window else []
    subprocess.run([program, "babysit", "study.yaml", "--auto", "--steps", str(steps), "--progress", "none"] + more,
                   cwd=folder, check=True, capture_output=True)
    tree = json.loads(subprocess.run([program, "show", "small", "--tree", "--json"], cwd=folder, check=True,
                                     capture_output=True).stdout)
    curve = [report["metrics"]["val_error"] for report in line_of(tree)]
    tried = [change for branch in tree["branches"] for change in branch["interventions"]]
    ranged = sum("range test" in change["note"] for change in tried)
    rates = [b["params"]["learning_rate"] for b in tree["branches"] if b["id"] == tree["active"]]
    return end_of(curve), len(curve), ranged, len(tried), rates[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--window", type=int, default=0, help="0: what sterlet chooses")
    parser.add_argument("--bin", default=os.path.join(SOURCE, "build", "release", "bin"))
    arguments = parser.parse_args()
    program = os.path.join(os.path.abspath(arguments.bin), "sterlet")
    print("| seed | " + " | ".join("rate %g" % rate for rate in RATES) +
          " | autopilot | steps of its line | range test, all tries | last rate | against the best |")
    print("|---" * (len(RATES) + 6) + "|")
    behind = 0
    for seed in range(arguments.seeds):
        folder = tempfile.mkdtemp(prefix="small-steps-")
        try:
            with open(os.path.join(folder, "model.py"), "w") as file:
                file.write(MODEL.replace("CLIENT", repr(os.path.join(SOURCE, "client"))).replace("SEED", str(seed)))
            with open(os.path.join(folder, "study.yaml"), "w") as file:
                file.write(STUDY)
            ends = [fixed(folder, rate, arguments.steps) for rate in RATES]
            end, steps, ranged, tries, rate = autopilot(folder, program, arguments.steps, arguments.window)
        finally:
            shutil.rmtree(folder)
        best = min(value for value in ends if value == value)
        behind += end > best
        print("| %d | " % seed + " | ".join("%.4g" % value for value in ends) +
              " | %.4g | %d | %d of %d | %.3g | %+.1f%% |" % (end, steps, ranged, tries, rate, 100 * (end / best - 1)))
        sys.stdout.flush()
    print("\nbehind the best fixed rate: %d of %d" % (behind, arguments.seeds))


main()
