#!/usr/bin/python3
"""What babysitting costs the training, checkpoints aside: the share of its time that a model spends in Sterlet's client.

    bench/babysit/cost.py [--bin FOLDER] [--seconds 20] [--changes 100]

The model's steps take a given time of processor (0.2 ms to 20 ms) and it reports every 20th; `sterlet set` changes it as
often as --changes says, spread over the run. The model clocks each call of the client, in C++ (bench/babysit/model.cc,
target sterlet-bench-model) and in Python (below), so that 1% can be told from nothing: comparing whole runs
cannot. By the wall's clock what other programs do meanwhile counts too; by the processor's it does not. The last column is
the processor time of `sterlet babysit` itself (and of its start), which is spent on another core where there is one.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

STUDY = """
study: cost
objective: {{metric: loss, direction: minimize}}
command: {command}
params:
  learning_rate: {{type: float, low: 1e-4, high: 1, scale: log, default: 0.01, live: true}}
seed: 1
"""

MODEL = """
import json, os, sys, time
sys.path.insert(0, %r)
import sterlet
steps, step_us, every = map(int, sys.argv[1:])
trial = sterlet.Trial(live=True, restores=True)
rate, step = trial.get("learning_rate", 0.01), 0
client, checkpoints = [0.0, 0.0], [0.0, 0.0]
now = lambda: (time.perf_counter(), time.thread_time())


def add(to, since):
    at = now()
    to[0] += at[0] - since[0]
    to[1] += at[1] - since[1]
    return at


begun = now()
while step < steps and not trial.should_stop():
    at = now()
    for change in trial.changes():
        if change.kind == "checkpoint":
            at = add(client, at)
            with open(os.path.join(trial.checkpoint_dir, f"step-{step}"), "w") as file:
                print(step, file=file)
            trial.checkpointed(step, f"step-{step}")
            at = add(checkpoints, at)
        if change.values:
            rate = change.values["learning_rate"]
            trial.applied(step, change.values)
    at = add(client, at)
    while time.thread_time() - at[1] < 1e-6 * step_us:
        pass
    step += 1
    if step %% every == 0:
        at = now()
        trial.report(step, loss=1 / (step + 1000), learning_rate=rate)
        add(client, at)
total = [0.0, 0.0]
add(total, begun)
print(json.dumps({"total": total, "client": client, "checkpoints": checkpoints}))
""" % os.path.join(os.path.abspath(ROOT), "client")


def raised(program, command, changes, seconds):
    """(what the model's last line says, processor seconds of `sterlet babysit`, changes made)."""
    folder = tempfile.mkdtemp(prefix="sterlet-cost-")
    with open(os.path.join(folder, "model.py"), "w") as file:
        file.write(MODEL)
    with open(os.path.join(folder, "study.yaml"), "w") as file:
        file.write(STUDY.format(command=json.dumps(["sh", "-c", command + " > last"])))
    child = subprocess.Popen([program, "babysit", "study.yaml", "--progress", "none"], cwd=folder,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    begun, made = time.monotonic(), 0
    for number in range(changes):
        time.sleep(max(0, begun + (number + 1) * seconds / (changes + 1) - time.monotonic()))
        done = subprocess.run([program, "set", f"learning_rate={0.01 + 1e-5 * (number % 2)}", "--storage", "sterlet.db"],
                              cwd=folder, capture_output=True, text=True)
        made += done.returncode == 0  # The last may come when the model has ended.
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"bench/babysit/cost.py: sterlet babysit ended with status {status}: {child.stderr.read()}")
    with open(os.path.join(folder, "last")) as file:
        told = json.loads(file.read())
    shutil.rmtree(folder)
    return told, used.ru_utime + used.ru_stime, made


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    options.add_argument("--seconds", type=float, default=20, help="of each run")
    options.add_argument("--changes", type=int, default=100)
    given = options.parse_args()
    folder = os.path.abspath(given.bin)
    for program in ("sterlet", "sterlet-bench-model"):
        if not os.path.exists(os.path.join(folder, program)):
            sys.exit(f"bench/babysit/cost.py: {folder} has no {program}; build it (ninja -C build/release {program}), or name "
                     "its folder with --bin")
    print("| client | ms a step | steps | changes | of the wall's time | of the processor's | us a step | checkpoints | "
          "`sterlet babysit` |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, model in (("C++", os.path.join(folder, "sterlet-bench-model")), ("Python", "exec /usr/bin/python3 model.py")):
        for step_us in (200, 1000, 5000, 20000):
            for changes in (0, given.changes):
                steps = int(given.seconds / (1e-6 * step_us))
                told, used, made = raised(os.path.join(folder, "sterlet"), f"{model} {steps} {step_us} 20", changes,
                                          given.seconds)
                (wall, processor), client = told["total"], told["client"]
                print(f"| {name} | {step_us / 1000:g} | {steps} | {made} | {100 * client[0] / wall:.2f}% | "
                      f"{100 * client[1] / processor:.2f}% | {1e6 * client[1] / steps:.1f} | "
                      f"{100 * told['checkpoints'][1] / processor:.2f}% | {100 * (used - processor) / processor:.2f}% |",
                      flush=True)


if __name__ == "__main__":
    main()
