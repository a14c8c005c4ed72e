"""A model whose whole life can be told again: what the tests of babysit train, and how they check it."""
import json
import os
import select
import subprocess
import time

from support import LIMIT_SECONDS, SOURCE, STERLET, ProgramTest

# A step takes two milliseconds, as a real one takes its time. The state is one number, moved by the learning rate and by
# chance that comes from the state, so that a curve betrays every step made with another rate, from another checkpoint, or
# in another order.
MODEL = """
import json, os, select, sys
sys.path.insert(0, %r)
import sterlet

trial = sterlet.Trial(live=True, restores=CAN_RESTORE, loop=True)
state = {"step": 0, "x": 1.0, "chance": trial.seed(1)}
rate = trial.params["learning_rate"]
with open(os.path.join(trial.checkpoint_dir, "../seed"), "w") as file:
    file.write(str(trial.seed(1)))


def save():
    name = "ck-%%d-%%d" %% (state["step"], len(os.listdir(trial.checkpoint_dir)))
    path = os.path.join(trial.checkpoint_dir, name)
    with open(path + ".part", "w") as file:
        json.dump(state, file)
    os.rename(path + ".part", path)
    trial.checkpointed(state["step"], name)


def load(path):
    with open(path) as file:
        state.update(json.load(file))


if trial.resume_path:
    load(trial.resume_path)
while state["step"] < STEPS and not trial.should_stop():
    if os.path.exists("hold"):  # So that a test can have two things asked for before either is answered.
        open("held", "w").close()
        while os.path.exists("hold"):
            select.poll().poll(2)
    for change in trial.changes():
        if change.kind == "checkpoint":
            save()
        elif change.kind == "restore":
            load(change.path)
            trial.restored(state["step"], change.path)
        if change.values:
            rate = change.values["learning_rate"]
            trial.applied(state["step"], change.values)
    select.select([], [], [], 0.002)
    state["step"] += 1
    state["chance"] = (state["chance"] * 6364136223846793005 + 1442695040888963407) %% 2**64
    state["x"] += rate * (state["chance"] / 2**64 - 0.4 - state["x"])
    trial.report(state["step"], loss=state["x"], rate=rate)
""" % os.path.join(SOURCE, "client")

# What models of other kinds begin with: `state` is all that a step depends on, `now` its live values; `place` in it is
# moved by data that is left out.
OBEDIENT = """
import json, math, os, select, sys
sys.path.insert(0, %r)
import sterlet

trial = sterlet.Trial(live=True, restores=True, loop=True)
state = {"step": 0, "place": 0}
now = {"learning_rate": trial.params["learning_rate"]}
saved = []


def save():
    name = "ck-%%d-%%d" %% (state["step"], len(os.listdir(trial.checkpoint_dir)))
    with open(os.path.join(trial.checkpoint_dir, name), "w") as file:
        json.dump(state, file)
    trial.checkpointed(state["step"], name)
    saved.append(state["step"])


def load(path, skip=0):
    with open(path) as file:
        state.update(json.load(file))
    state["place"] += skip


def obey():
    # Whether anything was set.
    was_set = False
    for change in trial.changes():
        if change.kind == "checkpoint":
            save()
        elif change.kind == "restore":
            load(change.path, change.skip_steps)
            trial.restored(state["step"], change.path, change.skip_steps)
        if change.values:
            now.update(change.values)
            trial.applied(state["step"], change.values)
            was_set = True
    return was_set
""" % os.path.join(SOURCE, "client")

STUDY = """
study: m
objective: {metric: loss, direction: minimize}
command: [/usr/bin/python3, model.py]
strategy: panda
params:
  learning_rate: {type: float, low: 1e-3, high: 1, scale: log, default: 0.1, live: true}
  size: {type: int, low: 1, high: 9, default: 3}
seed: 7
"""


def retell(branches, seed):
    """Every branch's curve as it must be, from its parameters and the tree alone: {id: {step: (loss, rate)}}."""
    curves = {name: {} for name in branches}
    states = {}  # Of a branch at a step where another begins, or its last.

    def state_at(name, step):
        if (name, step) in states:
            return states[name, step]
        branch = branches[name]
        x, chance = (1.0, seed) if branch["parent"] is None else state_at(branch["parent"], branch["from_step"])
        rate = branch["params"]["learning_rate"]
        for at in range(branch["from_step"] + 1, step + 1):
            chance = (chance * 6364136223846793005 + 1442695040888963407) % 2**64
            x += rate * (chance / 2**64 - 0.4 - x)
            curves[name][at] = (x, rate)
        states[name, step] = (x, chance)
        return x, chance

    for name, branch in branches.items():
        state_at(name, max((report["step"] for report in branch["reports"]), default=branch["from_step"]))
    return curves


# For model(): it ends at the earliest at this step, and at once where it is further when `may-end` comes to be there. A
# model that ended at a step of its own might do so before a slow machine has asked for what the test is about.
def ends_when_it_may(step):
    return f"({step} if os.path.exists('may-end') else 10**9)"


class BabysitTest(ProgramTest):
    def model(self, steps=10**9, restores=True, study=STUDY):
        self.write("model.py", MODEL.replace("STEPS", str(steps)).replace("CAN_RESTORE", str(restores)))
        return self.write("study.yaml", study)

    def write_table(self):
        """A table for sterlet-train to learn from."""
        rows = "".join(f"{i % 7},{i * 37 % 11},{'up' if i * 37 % 11 > i % 7 else 'down'}\n" for i in range(400))
        self.write("table.csv", "a,b,kind\n" + rows)

    def raise_model(self, *arguments):
        # Its checkpoints are those that somebody asks for, however long the machine takes over what comes before.
        never = () if "--checkpoint-every" in arguments else ("--checkpoint-every", "1d")
        return self.start("babysit", "study.yaml", *never, *arguments)

    def tree(self):
        return json.loads(self.run_program("show", "--tree", "--json").stdout)

    def branches(self):
        return {branch["id"]: branch for branch in self.tree()["branches"]}

    def wait_until(self, condition, what):
        """Looks again and again, without an opinion on how long it takes, up to the limit."""
        until = time.monotonic() + LIMIT_SECONDS
        while True:
            found = condition()
            if found:
                return found
            self.assertLess(time.monotonic(), until, what)
            select.select([], [], [], 0.01)

    def attempt(self, *arguments):
        """Runs a command that may fail."""
        return subprocess.run([STERLET, *arguments], cwd=self.folder, text=True, input="", capture_output=True,
                              timeout=LIMIT_SECONDS, env=self.environment())

    def last_step(self, study="m"):
        """Of the branch that is trained; 0 where there is nothing yet."""
        done = self.attempt("show", study, "--tree", "--json")
        if done.returncode != 0:
            return 0
        tree = json.loads(done.stdout)
        reports = [branch for branch in tree["branches"] if branch["id"] == tree["active"]][0]["reports"]
        return reports[-1]["step"] if reports else 0

    def hold(self):
        """Lets the program stand still, hearing nothing, until `hold` is removed."""
        self.write("hold", "")
        self.wait_until(lambda: os.path.exists(self.path("held")), "its program stands still")

    def train_on(self, child, count=5, study="m"):
        """Until the branch that is trained is `count` steps further than now."""
        before = self.last_step(study)

        def is_there():
            self.assertIsNone(child.poll(), "it ended")
            return self.last_step(study) >= before + count
        self.wait_until(is_there, "the model trains on")

    def end(self, child, study="m", code=0):
        self.run_program("stop", study)
        out, err = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, code, out + err)
        return err

    def check_tree(self):
        """The stored curves are those of a model that was never killed: branch by branch, to the last bit."""
        branches = self.branches()
        with open(self.trials_folder("m") + "/0/seed") as file:
            told = retell(branches, int(file.read()))
        for name, branch in branches.items():
            for report in branch["reports"]:
                metrics = report["metrics"]
                self.assertEqual((metrics["loss"], metrics["rate"]), told[name][report["step"]],
                                 f"branch {name}, step {report['step']}")
            steps = [report["step"] for report in branch["reports"]]
            first = branch["from_step"] + 1
            self.assertEqual(steps, list(range(first, first + len(steps))), f"branch {name} has a gap")
        return branches
