#!/usr/bin/env python3
"""What the autopilot of `sterlet babysit` is worth: Fashion-MNIST with sterlet-train, from starts 30 times off.

    bench/babysit/bench.py bars [--seeds 5] [--keep FOLDER]      the autopilot beside schedules, at equal steps
    bench/babysit/bench.py held-back --keep FOLDER               what it kept there, with and without on other seeds
    bench/babysit/bench.py calibration [--seeds 5]               verdicts against controls and held-back data
    bench/babysit/bench.py latency                               how soon a change is there (what it costs: cost.py)

Needs the built programs (build/release/bin) and Debian's dataset-fashion-mnist. One process at a time, one thread.
"""
import argparse
import json
import math
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BIN = os.environ.get("STERLET_BIN") or os.path.join(ROOT, "build", "release", "bin")
TRAIN = os.path.join(BIN, "sterlet-train")
STERLET = os.path.join(BIN, "sterlet")

ROWS, BATCH, EPOCHS = 6400, 64, 10
STEPS = ROWS // BATCH * EPOCHS  # Of a training with a fixed rate.
BUDGET = STEPS * 3 // 2  # Of all others.
EVERY = 20
WINDOW = 4
TAIL = 5  # Reports whose mean is called the error, so that no lucky one counts.
COMMAND = ["mlp", "--data", "fashion-mnist", "--train-rows", str(ROWS), "--batch-size", str(BATCH), "--units", "64",
           "--momentum", "0.9", "--report-every", str(EVERY), "--checkpoint-every", "0"]
LOW, HIGH = 1e-4, 10


def environment(**more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STERLET_")}
    return {**clean, "PATH": BIN + os.pathsep + clean["PATH"], **more}


def plain(rate, seed, steps, *more):
    """A training alone: its val_error by step; of one that ran away, until then."""
    epochs = -(-steps * BATCH // ROWS)
    done = subprocess.run([TRAIN, *COMMAND, "--learning-rate", str(rate), "--seed", str(seed), "--epochs", str(epochs),
                           *more], capture_output=True, text=True, env=environment())
    found = re.findall(r"step (\d+) .*?val_error=(\S+)", done.stdout)
    curve = [(int(step), float(value)) for step, value in found if int(step) <= steps]
    return curve if curve and curve[-1][0] >= steps - EVERY else curve + [(steps, 1.0)] * TAIL


def end_of(curve):
    return statistics.mean(value for _, value in curve[-TAIL:])


class Channel:
    """A sterlet-train that is spoken to."""

    def __init__(self, folder, rate, seed, epochs, agenda=()):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "agenda"), "w") as file:
            file.writelines(json.dumps(message) + "\n" for message in agenda)
        params = os.path.join(folder, "params.json")
        with open(params, "w") as file:
            json.dump({"learning_rate": rate}, file)
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [TRAIN, *COMMAND, "--seed", str(seed), "--epochs", str(epochs)], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
            env=environment(STERLET_CHANNEL=f"fd:{theirs.fileno()}", STERLET_PARAMS=params,
                            STERLET_CHECKPOINT_DIR=folder, STERLET_AGENDA=os.path.join(folder, "agenda")))
        theirs.close()
        self.socket, self.lines = ours, ours.makefile("r")

    def send(self, message):
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass  # It has ended; what it said last is still to be read.

    def messages(self):
        for line in self.lines:
            yield json.loads(line)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.lines.close()
        self.socket.close()


def on_plateau(rate, seed, steps):
    """ReduceLROnPlateau with PyTorch's defaults: over 10 after 10 reports without 1e-4 of gain."""
    folder = tempfile.mkdtemp(prefix="sterlet-bench-")
    channel = Channel(folder, rate, seed, -(-steps * BATCH // ROWS))
    curve, best, waited = [], math.inf, 0
    for message in channel.messages():
        if "report" not in message:
            continue
        value = message["report"]["metrics"]["val_error"]
        curve.append((message["report"]["step"], value))
        if curve[-1][0] >= steps:
            break
        if value < best * (1 - 1e-4):
            best, waited = value, 0
        else:
            waited += 1
            if waited > 10:
                rate, waited = rate / 10, 0
                channel.send({"set": {"learning_rate": rate}})
    channel.end()
    shutil.rmtree(folder)
    return curve


STUDY = """
study: bench
objective: {{metric: val_error, direction: minimize}}
command: [sterlet-train, {command}, --seed, "{seed}", --epochs, "{epochs}"]
params:
  learning_rate: {{type: float, low: {low}, high: {high}, scale: log, default: {rate}, tier: 1, live: true}}
seed: {seed}
"""


def study(folder, rate, seed, steps):
    with open(os.path.join(folder, "study.yaml"), "w") as file:
        file.write(STUDY.format(command=", ".join(f'"{word}"' for word in COMMAND), seed=seed, rate=rate, low=LOW,
                                high=HIGH, epochs=-(-steps * BATCH // ROWS)))


def search(seed, trials=20):
    """The best fixed rate of a search with Sterlet's own default sampler: (rate, its error)."""
    folder = tempfile.mkdtemp(prefix="sterlet-bench-")
    study(folder, 0.01, seed, STEPS)
    subprocess.run([STERLET, "tune", "study.yaml", "--trials", str(trials), "--workers", "1"], cwd=folder,
                   env=environment(), capture_output=True, check=True)
    out = subprocess.run([STERLET, "export", "bench"], cwd=folder, env=environment(), capture_output=True, text=True,
                         check=True).stdout
    best = (1.0, 0.0)
    for line in out.splitlines():
        trial = json.loads(line)
        if trial["state"] == "COMPLETE":
            curve = [(r["step"], r["metrics"]["val_error"]) for r in trial["reports"]]
            best = min(best, (end_of(curve), trial["params"]["learning_rate"]))
    shutil.rmtree(folder)
    return best[1], best[0]


def autopilot(rate, seed, steps, keep=None):
    """The line that it ends with, and its whole tree."""
    folder = tempfile.mkdtemp(prefix="sterlet-bench-")
    study(folder, rate, seed, 10 * steps)
    done = subprocess.run([STERLET, "babysit", "study.yaml", "--auto", "--steps", str(steps), "--window", str(WINDOW)],
                          cwd=folder, env=environment(), capture_output=True, text=True)
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
    tree = json.loads(subprocess.run([STERLET, "show", "bench", "--tree", "--json"], cwd=folder, env=environment(),
                                     capture_output=True, text=True, check=True).stdout)
    branches = {branch["id"]: branch for branch in tree["branches"]}
    at, end, curve = branches[tree["active"]], None, []
    while at is not None:
        curve = [(r["step"], r["metrics"]["val_error"]) for r in at["reports"] if end is None or r["step"] <= end] + curve
        end, at = at["from_step"], branches.get(at["parent"])
    if keep:
        shutil.copytree(folder, keep)
        with open(os.path.join(keep, "tree.json"), "w") as file:
            json.dump(tree, file)
    shutil.rmtree(folder)
    return [point for point in curve if isinstance(point[1], float)], tree


def steps_of(tree):
    """Trained on all branches, as far as reports or checkpoints tell."""
    return sum(max([b["from_step"]] + [point["step"] for point in b["reports"] + b["checkpoints"]]) - b["from_step"]
               for b in tree["branches"])


def reached(curve, target):
    """Whether the mean of some TAIL reports in a row is as good as the target."""
    values = [value for _, value in curve]
    return any(statistics.mean(values[i:i + TAIL]) <= target for i in range(len(values) - TAIL + 1))


def bars(arguments):
    rate = arguments.rate or search(1000)[0]
    print(f"the best of 20 fixed rates, {STEPS} steps: {rate:.4g}", flush=True)
    rows = {name: [] for name in ("target", "constant", "cosine", "plateau", "low", "high")}
    met = {"low": 0, "high": 0}
    for seed in range(arguments.seeds):
        target = end_of(plain(rate, seed, STEPS))
        rows["target"].append(target)
        for name, start in (("low", rate / 30), ("high", min(rate * 30, HIGH))):
            keep = arguments.keep and os.path.join(arguments.keep, f"{name}-{seed}")
            curve, tree = autopilot(start, seed, BUDGET, keep)
            rows[name].append(end_of(curve))
            met[name] += reached(curve, target)
            spent = steps_of(tree)
            print(f"seed {seed} {name}: target {target:.4f}, end {end_of(curve):.4f}, reached {reached(curve, target)}, "
                  f"line {curve[-1][0]} of {spent} steps, rate {start:.4g} -> "
                  f"{[b['params']['learning_rate'] for b in tree['branches'] if b['id'] == tree['active']][0]}", flush=True)
    for seed in range(arguments.seeds):
        rows["constant"].append(end_of(plain(rate, seed, BUDGET)))
        rows["cosine"].append(end_of(plain(rate, seed, BUDGET, "--decay", "cosine", "--decay-rate", "0.001")))
        rows["plateau"].append(end_of(on_plateau(rate, seed, BUDGET)))
        print(f"seed {seed}: constant {rows['constant'][-1]:.4f}, cosine {rows['cosine'][-1]:.4f}, plateau "
              f"{rows['plateau'][-1]:.4f}", flush=True)
    words = {"target": f"constant best rate, {STEPS} steps (the target)", "constant": "constant best rate",
             "cosine": "cosine from the best rate", "plateau": "reduce on plateau from the best rate",
             "low": "autopilot, start 30 times too low", "high": "autopilot, start 30 times too high"}
    print("| | val_error, mean | lowest | highest | reached the target |\n| --- | --- | --- | --- | --- |")
    for name, values in rows.items():
        reach = f"{met[name]} of {len(values)}" if name in met else "-"
        print(f"| {words[name]} | {statistics.mean(values):.4f} | {min(values):.4f} | {max(values):.4f} | {reach} |")


def measure_changes(seed, rate, folder):
    """Changes made at three checkpoints of a training, each with its unchanged branch, on the same data and on others."""
    cases, wanted = [], [160, 400, 800]
    channel = Channel(folder, rate, seed, 10**6)
    stream = channel.messages()

    def run(path, rate_now, skip):
        """A window from the checkpoint."""
        channel.send({"restore": {"path": path, "set": {"learning_rate": rate_now}, "skip_steps": skip}})
        curve, is_there = [], False
        for message in stream:
            is_there = is_there or "applied" in message
            if is_there and "report" in message:
                curve.append((message["report"]["step"], message["report"]["metrics"]["val_error"]))
                if len(curve) == WINDOW:
                    return curve
        return None

    before = []
    for message in stream:
        if "report" in message:
            before.append((message["report"]["step"], message["report"]["metrics"]["val_error"]))
            if before[-1][0] >= wanted[0]:
                channel.send({"checkpoint": {}})
        if "checkpoint" not in message:
            continue
        step, path = message["checkpoint"]["step"], message["checkpoint"]["path"]
        before = [point for point in before if point[0] <= step]
        controls = [run(path, rate, skip) for skip in (0, 1000, 2000)]
        if None in controls:
            break
        for factor in (0.1, 0.3, 0.6, 1.7, 3):
            arms = [run(path, rate * factor, skip) for skip in (0, 1000, 2000)]
            if None in arms:
                break
            cases.append({"seed": seed, "rate": rate, "step": step, "factor": factor, "before": before[-50:],
                          "after": arms[0], "control": controls[0], "others": list(zip(controls[1:], arms[1:]))})
        wanted.pop(0)
        if not wanted or run(path, rate, 0) is None:
            break
        before += [(s, v) for s, v in controls[0]]
    channel.end()
    return cases


def gain(control, changed):
    """Of the mean over the window, its first 40% left out."""
    skip = int(0.4 * len(control))
    return statistics.mean(v for _, v in control[skip:]) - statistics.mean(v for _, v in changed[skip:])


def calibration(arguments):
    cases = []
    for seed in range(100, 100 + arguments.seeds):
        for rate in (0.003, 0.03, 0.1):
            folder = tempfile.mkdtemp(prefix="sterlet-bench-")
            cases += measure_changes(seed, rate, folder)
            shutil.rmtree(folder)
            print(f"seed {seed}, rate {rate}: {len(cases)} changes", flush=True)
    said = subprocess.run([os.path.join(BIN, "sterlet-bench-verdicts")], capture_output=True, text=True, check=True,
                          input="".join(json.dumps(case) + "\n" for case in cases)).stdout.splitlines()
    if arguments.keep:
        with open(arguments.keep, "w") as file:
            file.writelines(json.dumps({**case, **json.loads(line)}) + "\n" for case, line in zip(cases, said))
    print("| verdict | changes | called helped, p > 0.9 | of them did | on the same data | worse on held-back data |\n"
          "| --- | --- | --- | --- | --- | --- |")
    for name in ("extrapolated", "paired"):
        called = [case for case, line in zip(cases, said) if json.loads(line)[name] > 0.9]
        same = sum(gain(case["control"], case["after"]) > 0 for case in called)
        worse = sum(statistics.mean(gain(a, b) for a, b in case["others"]) < 0 for case in called)
        share = 100 / max(1, len(called))
        print(f"| {name} | {len(cases)} | {len(called)} | {same} | {same * share:.0f}% | {worse} ({worse * share:.1f}%) |")


def scheduled(schedule, seed, steps):
    """A training with [(step, rate)], each from its step on: its val_error by step."""
    folder = tempfile.mkdtemp(prefix="sterlet-bench-")
    channel = Channel(folder, schedule[0][1], seed, -(-steps * BATCH // ROWS),
                      [{"set": {"learning_rate": rate}, "at": step} for step, rate in schedule[1:]])
    curve, heard = [], 1
    for message in channel.messages():
        heard += "applied" in message
        if "report" in message and message["report"]["step"] <= steps:
            curve.append((message["report"]["step"], message["report"]["metrics"]["val_error"]))
    channel.end()
    shutil.rmtree(folder)
    if curve and curve[-1][0] > steps - EVERY:
        assert heard == len(schedule), (heard, schedule)
        return curve
    return [(steps, 1.0)]  # It ran away.


def held_back(arguments):
    """Each kept change on a line, again from the beginning on seeds that the autopilot never saw: the line's schedule
    until the change, then with it or without, until the line changes again or ends."""
    pairs, all_worse, changes, worse_of_mean, seeds = 0, 0, 0, 0, range(1000, 1003)
    for name in sorted(os.listdir(arguments.keep)):
        with open(os.path.join(arguments.keep, name, "tree.json")) as file:
            tree = json.load(file)
        branches = {branch["id"]: branch for branch in tree["branches"]}
        line = [branches[tree["active"]]]
        while line[0]["parent"] is not None:
            line.insert(0, branches[line[0]["parent"]])
        end = line[-1]["reports"][-1]["step"]
        schedule = []
        for i, branch in enumerate(line):
            rate = branch["params"]["learning_rate"]
            until = line[i + 1]["from_step"] if i + 1 < len(line) else end
            without, schedule = schedule, [point for point in schedule if point[0] < branch["from_step"]]
            schedule.append((branch["from_step"], rate))
            if not without or until - branch["from_step"] < WINDOW * EVERY:
                continue
            reports = min(TAIL, (until - branch["from_step"]) // EVERY)
            gains = []
            for seed in seeds:
                with_it, left = (scheduled(which, seed, until)[-reports:] for which in (schedule, without))
                gains.append(statistics.mean(v for _, v in left) - statistics.mean(v for _, v in with_it))
            changes += 1
            pairs += len(gains)
            all_worse += sum(gain < 0 for gain in gains)
            worse_of_mean += statistics.mean(gains) < 0
            print(f"{name}: {without[-1][1]:.4g} to {rate:.4g} at step {branch['from_step']}, until {until}: gains "
                  f"{', '.join(f'{gain:.4f}' for gain in gains)}", flush=True)
    print(f"{changes} kept changes on {len(seeds)} held-back seeds: {all_worse} of {pairs} worse "
          f"({100 * all_worse / max(1, pairs):.1f}%), in the mean of the seeds {worse_of_mean} of {changes} "
          f"({100 * worse_of_mean / max(1, changes):.1f}%)")


LATENCY_STUDY = """
study: bench
objective: {{metric: val_error, direction: minimize}}
command: [sh, -c, "{train}"]
params:
  learning_rate: {{type: float, low: 1e-4, high: 1, scale: log, default: 0.01, live: true}}
seed: 1
"""
LATENCY_TRAIN = ("sterlet-train mlp --data fashion-mnist --train-rows 12800 --batch-size 128 --units 256 --epochs 120 "
                 "--report-every 100 --checkpoint-every 0")
CHANGES = 100


def raised(folder, changes):
    """Seconds from each command to its answer, and the same by the storage's clock."""
    with open(os.path.join(folder, "study.yaml"), "w") as file:
        file.write(LATENCY_STUDY.format(train=LATENCY_TRAIN))
    child = subprocess.Popen([STERLET, "babysit", "study.yaml"], cwd=folder, env=environment(),
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = []
    for number in range(changes):
        while not os.path.exists(os.path.join(folder, "sterlet.db")):
            time.sleep(0.05)
        begun = time.monotonic()
        done = subprocess.run([STERLET, "set", f"learning_rate={0.01 + 1e-5 * (number % 2)}", "--storage", "sterlet.db"],
                              cwd=folder, env=environment(), capture_output=True, text=True)
        if number == 0 and done.returncode:
            time.sleep(0.2)  # It has only just been started.
            continue
        if done.returncode:
            sys.exit(done.stderr)
        took.append(time.monotonic() - begun)
    child.wait()
    stored = sqlite3.connect(os.path.join(folder, "sterlet.db"))
    rows = stored.execute("select done_ms - created_ms from commands where kind = 'set'").fetchall()
    return took, [row[0] / 1000 for row in rows]


def latency(arguments):
    all_took, all_stored = [], []
    for _ in range(arguments.seeds):
        folder = tempfile.mkdtemp(prefix="sterlet-bench-")
        took, stored = raised(folder, CHANGES)
        all_took += took
        all_stored += stored
        shutil.rmtree(folder)
    for name, values in (("command to answer, its own start included", all_took), ("mailbox to answer", all_stored)):
        values.sort()
        print(f"{name}: {len(values)} changes, median {1000 * statistics.median(values):.0f} ms, 95% "
              f"{1000 * values[int(0.95 * len(values))]:.0f} ms, longest {1000 * values[-1]:.0f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["bars", "held-back", "calibration", "latency"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rate", type=float, help="the best fixed rate, where a search has found it already")
    parser.add_argument("--keep", help="folder for the autopilot's studies")
    arguments = parser.parse_args()
    modes = {"bars": bars, "held-back": held_back, "calibration": calibration, "latency": latency}
    modes[arguments.what](arguments)


if __name__ == "__main__":
    main()
