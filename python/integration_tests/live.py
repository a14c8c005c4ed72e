"""A model of a framework under `sterlet babysit`: changed, taken back, stopped, gone on with, and compared.

It must be the model that was never touched: after a change and its undo, and in another process, branch a has the curve
of a training without Sterlet.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
STERLET = os.environ["STERLET_BINARY"]
LIMIT_SECONDS = 900  # A model of a heavy framework on a machine that is busy.
STEPS_ALONE = 60

# What the programs share: a trial that notes what it reports, and takes its time, as a real one does.
TOLD = """
import json, os, select, sys
sys.path.insert(0, %r)
import sterlet


class Told(sterlet.Trial):
    def report(self, step, metrics=None, wait=False, **more):
        with open("alone.jsonl" if self.number < 0 else "told.jsonl", "a") as file:
            file.write(json.dumps([step, {**(metrics or {}), **more}]) + "\\n")
        if self.number >= 0:
            select.poll().poll(5)
        return super().report(step, metrics, wait, **more)


STEPS = int(os.environ.get("STEPS", "100000"))
trial = Told(live=True, restores=True)
rate = trial.get("learning_rate", 0.05)
""" % os.path.join(ROOT, "python")

STUDY = """
study: m
objective: {metric: loss, direction: minimize}
command: [%s, train.py]
strategy: babysit
params:
  learning_rate: {type: float, low: 1e-3, high: 1, scale: log, default: 0.05, live: true}
seed: 7
""" % json.dumps(sys.executable)


class Raised:
    """A model that trains in a folder, and what is done to it."""

    def __init__(self, folder, program):
        self.folder = str(folder)
        for name, text in (("train.py", TOLD + program), ("study.yaml", STUDY)):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text)
        self.tuner = None

    def train_alone(self, steps=STEPS_ALONE):
        """{step: loss} of a training without Sterlet."""
        environment = {**os.environ, "STEPS": str(steps)}
        done = subprocess.run([sys.executable, "train.py"], cwd=self.folder, env=environment, text=True,
                              capture_output=True, timeout=LIMIT_SECONDS)
        assert done.returncode == 0, done.stderr
        with open(os.path.join(self.folder, "alone.jsonl")) as file:
            curve = {step: metrics["loss"] for step, metrics in map(json.loads, file)}
        assert list(curve) == list(range(1, steps + 1))
        return curve

    def __enter__(self):
        with open(os.path.join(self.folder, "tuner.txt"), "a") as file:
            self.tuner = subprocess.Popen([STERLET, "babysit", "study.yaml", "--progress", "plain"], cwd=self.folder,
                                          stdout=file, stderr=file)
        return self

    def __exit__(self, *raised):
        if self.tuner.poll() is None:
            self.tuner.send_signal(signal.SIGTERM)
        self.tuner.wait(LIMIT_SECONDS)

    def run(self, *words):
        done = subprocess.run([STERLET, *words], cwd=self.folder, text=True, capture_output=True, timeout=LIMIT_SECONDS)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}\n{self.said()}"
        return done.stdout

    def said(self):
        """What the tuner and the program printed."""
        texts = []
        for folder, _, names in os.walk(self.folder):
            for name in names:
                if name == "tuner.txt" or name.startswith("stderr"):
                    with open(os.path.join(folder, name)) as file:
                        texts.append(f"{name}: {file.read()[-2000:]}")
        return "\n".join(texts)

    def branches(self):
        """{branch: {step: loss}}."""
        told = json.loads(self.run("show", "--tree", "--json"))
        return {one["id"]: {report["step"]: report["metrics"]["loss"] for report in one["reports"]}
                for one in told["branches"]}

    def wait_for(self, condition):
        end = time.monotonic() + LIMIT_SECONDS
        while not self._holds(condition):
            assert self.tuner.poll() is None, f"it ended: {self.said()}"
            assert time.monotonic() < end, f"it did not come to pass: {self.said()}"
            select.poll().poll(50)

    def _holds(self, condition):
        try:
            return condition(self.branches())
        except (AssertionError, KeyError, ValueError):
            return False


def raise_model(folder, program, *, tolerance, steps=STEPS_ALONE):
    """The whole story, against so many steps of a training alone."""
    model = Raised(folder, program)
    alone = model.train_alone(steps)
    with model:
        model.wait_for(lambda now: len(now["a"]) >= 3)
        model.run("set", "learning_rate=0.3")
        model.wait_for(lambda now: len(now["b"]) >= 4)
        model.run("undo")
        now = model.branches()
        after = max(now["b"])
        model.wait_for(lambda now: max(now["a"]) >= min(after, steps - 10))
    with model:  # In another process, from the checkpoint that it was stopped with.
        begun = max(model.branches()["a"])
        model.wait_for(lambda now: max(now["a"]) >= begun + 3)
    curves = model.branches()
    kept = {step: loss for step, loss in curves["a"].items() if step in alone}
    assert len(kept) >= 10 and list(kept) == sorted(kept), kept
    for step, loss in kept.items():
        assert abs(loss - alone[step]) <= tolerance * (1 + abs(loss)), (step, loss, alone[step], model.said())
    changed = {step: loss for step, loss in curves["b"].items() if step in alone}
    assert any(abs(loss - alone[step]) > 1e-4 for step, loss in changed.items()), (changed, alone)


def check_pruning(train, steps, best_is_low=True):
    """train(trial, rate) under Study.optimize(): hopeless trials end early, the best one does not."""
    import sterlet

    sterlet.logging.set_verbosity(sterlet.logging.ERROR)
    pruner = sterlet.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=2)
    study = sterlet.create_study(sampler=sterlet.samplers.RandomSampler(seed=1), pruner=pruner)
    study.optimize(lambda trial: train(trial, trial.suggest_float("learning_rate", 1e-3, 0.3, log=True)), n_trials=12)
    states = [trial.state.name for trial in study.trials]
    assert set(states) == {"COMPLETE", "PRUNED"}, states
    for trial in study.trials:
        whole = len(trial.intermediate_values) == steps
        assert whole == (trial.state.name == "COMPLETE"), (trial.number, trial.state, len(trial.intermediate_values))
    return study
