"""Populations: members copy each other's checkpoints and hyperparameters, whatever is killed, and a schedule is trained
again."""
import contextlib
import json
import os
import random
import select
import shutil
import sqlite3
import time
import unittest

from support import LIMIT_SECONDS, SOURCE, ProgramTest

# The surrogate of the PBT paper, with a state that betrays every step made with other values, from another checkpoint or
# in another order: x moves towards 0 at a speed that depends on how near the rate is to what is best at that step.
TRAIN = """
import json, os, sys, time
sys.path.insert(0, %r)
import sterlet

trial = sterlet.Trial(live=True)
state = {"step": 0, "x": 1.0, "trace": [], "seed": trial.seed(0)}
if trial.resume_path:
    with open(trial.resume_path) as file:
        state = json.load(file)
    if state["seed"] != trial.seed(0):
        sys.exit("a checkpoint of another seed")  # As sterlet-train does.
rate = trial.params["rate"]
steps = int(os.environ.get("TOY_STEPS", "12"))


def obey():
    global rate
    for change in trial.changes():
        if change.kind == "checkpoint":
            save()
        elif change.kind == "set":
            rate = change.values["rate"]
            trial.applied(state["step"], change.values)


saves = int(os.environ.get("TOY_SAVES", "0"))  # Checkpoints by itself, every so many steps.
dies = int(os.environ.get("TOY_DIES", "0"))  # In the first attempt of every trial, killed at this step.
with open(os.path.join(trial.checkpoint_dir, "../starts"), "a") as file:
    file.write("%%d\\n" %% state["step"])


def save():
    path = os.path.join(trial.checkpoint_dir, f"{state['step']}-{trial.attempt}.json")
    with open(path + ".part", "w") as file:
        json.dump(state, file)
    os.rename(path + ".part", path)
    trial.checkpointed(state["step"], path)


while state["step"] < steps and not trial.should_stop():
    time.sleep(float(os.environ.get("TOY_SECONDS", "0")))
    state["step"] += 1
    best = 0.5 * 0.8 ** state["step"]
    state["x"] *= 1 - 0.3 / (1 + 4 * abs(rate - best) / best)
    state["trace"].append([trial.params["size"], rate])
    trial.report(state["step"], loss=state["x"])
    obey()
    if saves and state["step"] %% saves == 0:
        save()
    if trial.attempt == 1 and state["step"] == dies:
        os.kill(os.getpid(), 9)
with open(os.path.join(trial.checkpoint_dir, "../end.json"), "w") as file:
    json.dump(state, file)
""" % os.path.join(SOURCE, "client")

STUDY = """
study: p
objective: loss
command: [/usr/bin/python3, train.py]
strategy: {name: pbt, population: 4, interval: 3, steps: 12}
params:
  rate: {type: float, low: 0.001, high: 1, scale: log, live: true}
  size: {type: int, low: 1, high: 9}
sampler: random
seed: 7
"""


class Population(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("train.py", TRAIN)
        self.write("study.yaml", STUDY)

    def turns(self, folder="."):
        with contextlib.closing(sqlite3.connect(self.path(f"{folder}/sterlet.db"))) as database:
            return database.execute("SELECT turn, trial, from_step, to_step, parent, point, state, value, reason FROM "
                                    "turns ORDER BY turn, trial").fetchall()

    def checkpoints(self, folder="."):
        trials = self.trials_folder("p", folder)
        return sorted(os.path.join(trial, name) for trial in os.listdir(trials)
                      for name in os.listdir(f"{trials}/{trial}/checkpoints"))

    def needed(self, folder):
        """Checkpoints that the stored turns name and something may still go on from, and the newest of each member."""
        with contextlib.closing(sqlite3.connect(self.path(f"{folder}/sterlet.db"))) as database:
            turns = database.execute("SELECT trial, start, checkpoint, state FROM turns ORDER BY turn, trial").fetchall()
        newest = {trial: end for trial, _, end, _ in turns if end}
        return {start for _, start, _, state in turns if start and state in ("waiting", "running")} | set(newest.values())

    def told(self, folder="."):
        """Paths of all checkpoints that the study was ever told of."""
        return {path for _, path in self.events("checkpoint", folder)}

    def retell(self, schedule, steps=12):
        """x after each step, from the schedule alone."""
        changes = {entry["step"]: entry["set"] for entry in schedule["schedule"]}
        x, rate, curve = 1.0, None, {}
        for step in range(steps):
            rate = changes.get(step, {}).get("rate", rate)
            best = 0.5 * 0.8 ** (step + 1)
            x *= 1 - 0.3 / (1 + 4 * abs(rate - best) / best)
            curve[step + 1] = x
        return curve

    def test_members_copy_the_best_and_the_winners_schedule_tells_its_curve(self):
        self.run_program("tune", "study.yaml", "--workers", "2")
        turns = self.turns()
        self.assertEqual([(t[0], t[1]) for t in turns], [(g, m) for g in range(4) for m in range(4)])
        self.assertEqual({t[6] for t in turns}, {"done"})
        value = {(t[0], t[1]): t[7] for t in turns}
        points = {(t[0], t[1]): [float(v) for v in t[5].split(",")] for t in turns}
        for turn, trial, _, _, parent, _, _, _, reason in turns:
            if turn == 0:
                self.assertIsNone(parent)
                continue
            ranked = sorted(range(4), key=lambda m: (value[turn - 1, m], m))
            if trial == ranked[-1]:  # The worst goes on from the best, elsewhere, and only its live parameter moves.
                self.assertEqual(parent, ranked[0])
                self.assertNotEqual(points[turn, trial][0], points[turn - 1, parent][0])
                self.assertEqual(points[turn, trial][1], points[turn - 1, parent][1])
                self.assertIn(f"stood 4th of 4 with", reason)
            else:
                self.assertEqual((parent, points[turn, trial]), (trial, points[turn - 1, trial]))
        for trial in self.trials():
            self.assertEqual((trial["state"], trial["attempts"]), ("COMPLETE", 4))
            schedule = json.loads(self.run_program("export", "p", "--schedule", "--trial", str(trial["number"])).stdout)
            curve = self.retell(schedule)
            self.assertAlmostEqual(trial["values"][0], curve[12], places=12)
            with open(f"{self.trials_folder('p')}/{trial['number']}/end.json") as file:
                trace = json.load(file)["trace"]
            self.assertEqual(len(trace), 12)
            self.assertEqual({size for size, _ in trace}, {schedule["schedule"][0]["set"]["size"]})
        best = min(self.trials(), key=lambda t: t["values"][0])
        # Its parameters are those of its last interval, everywhere; the model is there, and nothing else is.
        last = [float(v) for v in next(t for t in turns if t[:2] == (3, best["number"]))[5].split(",")]
        for shown in (best, json.loads(self.run_program("--json", "best", "p").stdout)["best"][0]):
            self.assertEqual([shown["params"]["rate"], shown["params"]["size"]], last)
        self.assertIn("of steps 9 to 12; those before: sterlet show p --tree", self.run_program("best", "p").stdout)
        table = self.run_program("export", "p", "--format", "csv").stdout.splitlines()
        row = dict(zip(table[0].split(","), table[1 + best["number"]].split(",")))
        self.assertEqual([float(row["rate"]), float(row["size"])], last)
        self.assertEqual(self.checkpoints(), [f"{i}/12-4.json" for i in range(4)])
        self.assertTrue(best["checkpoint"].endswith(f"{best['number']}/checkpoints/12-4.json"))
        # As a kill just after a commit leaves it: one that is not needed is there, and goes when the study is opened again.
        for name in ("0/checkpoints/3-1.json", "0/checkpoints/of-somebody-else"):
            self.write(f"{self.trials_folder('p')}/{name}", "{}")
        self.run_program("tune", "study.yaml")
        self.assertEqual(self.checkpoints(), ["0/12-4.json", "0/of-somebody-else"] + [f"{i}/12-4.json" for i in (1, 2, 3)])
        text = self.run_program("show", "p", str(best["number"])).stdout
        self.assertIn("steps 9 to 12", text)
        self.assertIn("steps 9 to 12", self.run_program("show", "p", "--tree").stdout)
        self.assertTrue(json.loads(self.run_program("--json", "show", "p", "--tree").stdout)["turns"])
        self.run_program("report", "p")

    def test_any_number_of_workers_gives_the_same_population(self):
        for workers in ("1", "4"):
            os.makedirs(self.path(workers))
            self.write(f"{workers}/train.py", TRAIN)
            self.write(f"{workers}/study.yaml", STUDY.replace("steps: 12}", "steps: 12, explore: pb2}"))
            self.run_program("tune", f"{workers}/study.yaml", "--workers", workers)
        self.assertEqual(self.turns("1"), self.turns("4"))

    def test_killed_at_random_moments_and_resumed_equals_uninterrupted(self):
        seed = int(os.environ.get("STERLET_TEST_SEED", random.randrange(2**31)))
        kills = int(os.environ.get("STERLET_TEST_KILLS", 6))
        print(f"STERLET_TEST_SEED={seed}")
        moments = random.Random(seed)
        for folder in ("uninterrupted", "killed"):
            os.makedirs(self.path(folder))
            self.write(f"{folder}/train.py", TRAIN)
            self.write(f"{folder}/study.yaml", STUDY)
        self.run_program("tune", "uninterrupted/study.yaml", "--workers", "2")
        # On a slow machine a second is too short for much to come about: then there are more kills, later ones.
        for number in range(20 * kills):
            if number >= kills and len(self.told("killed")) > 20:
                break
            child = self.start("tune", "killed/study.yaml", "--workers", "2", "--progress", "none", TOY_SECONDS="0.01",
                               TOY_SAVES="2")
            select.select([], [], [], moments.uniform(0.0, max(1.0, number / kills)))
            child.kill()
            child.communicate()
            until = time.monotonic() + LIMIT_SECONDS
            while self.processes_of(self.path("killed")):
                self.assertLess(time.monotonic(), until, "a child outlived the killed tuner")
                select.select([], [], [], 0.01)
            if self.told("killed"):  # Else its storage may have no tables yet.
                for path in self.needed("killed"):
                    self.assertTrue(os.path.exists(path), path)
        self.run_program("tune", "killed/study.yaml", "--workers", "2")
        # One a member: what kills left over is gone as well, but for files whose program was killed before it told them.
        told = self.told("killed")
        there = {path for path in told if os.path.exists(path)}
        self.assertGreater(len(told), 20)
        self.assertEqual(there, self.needed("killed"))
        self.assertEqual(sorted(os.path.basename(path).split("-")[0] for path in there), ["12"] * 4)
        self.assertEqual(self.turns("killed"), self.turns("uninterrupted"))
        keys = ("number", "state", "params", "values", "reports")
        self.assertEqual([[t[k] for k in keys] for t in self.trials(cwd=self.path("killed"))],
                         [[t[k] for k in keys] for t in self.trials(cwd=self.path("uninterrupted"))])

    def test_what_a_killed_tuner_left_is_gone_at_the_end(self):
        child = self.start("tune", "study.yaml", "--workers", "2", "--progress", "none", TOY_SECONDS="0.05", TOY_SAVES="2")
        until = time.monotonic() + LIMIT_SECONDS
        # Step 8 lies inside the third interval: its turn is trained again, and this checkpoint is nobody's any more.
        while not any("/8-" in path for path in self.told()):
            self.assertLess(time.monotonic(), until, "no member told of step 8")
            select.select([], [], [], 0.01)
        child.kill()
        child.communicate()
        while self.processes_of(self.folder):
            self.assertLess(time.monotonic(), until, "a child outlived the killed tuner")
            select.select([], [], [], 0.01)
        self.run_program("tune", "study.yaml", "--workers", "2")
        self.assertEqual({path for path in self.told() if os.path.exists(path)}, self.needed("."))

    def test_a_schedule_is_trained_again_on_other_seeds(self):
        self.run_program("tune", "study.yaml", "--workers", "2")
        self.run_program("export", "p", "--schedule", "-o", "schedule.json")
        with open(self.path("schedule.json")) as file:
            schedule = json.load(file)
        self.assertGreater(len(schedule["schedule"]), 1, "the winner never changed: this test shows nothing")
        done = self.run_program("--json", "tune", "study.yaml", "--replay", "schedule.json", "--seeds", "3")
        answer = json.loads(done.stdout)
        expected = self.retell(schedule)[12]
        for run in answer["runs"]:
            self.assertAlmostEqual(run["value"], expected, places=12)
        self.assertEqual(len({run["seed"] for run in answer["runs"]}), 3)
        self.assertAlmostEqual(answer["mean"], expected, places=12)
        self.assertLess(answer["sd"], 1e-12)
        for run in answer["runs"]:
            with open(f"{self.trials_folder(answer['study'])}/{run['trial']}/end.json") as file:
                rates = [rate for _, rate in json.load(file)["trace"]]
            changes = {entry["step"]: entry["set"]["rate"] for entry in schedule["schedule"]}
            self.assertEqual(rates, [changes[max(s for s in changes if s <= step)] for step in range(12)])
        text = self.run_program("tune", "study.yaml", "--replay", "schedule.json", "--seeds", "3").stdout
        self.assertIn("mean", text)  # Again: nothing is left to do, and the answer is the same.

    def test_a_killed_replay_goes_on_from_its_checkpoint(self):
        self.write("schedule.json", json.dumps({"version": 1, "schedule": [
            {"step": 0, "set": {"rate": 0.4, "size": 1}}, {"step": 3, "set": {"rate": 0.3}},
            {"step": 6, "set": {"rate": 0.1}}, {"step": 9, "set": {"rate": 0.05}}]}))
        with open(self.path("schedule.json")) as file:
            curve = self.retell(json.load(file))
        for dies, starts in ((5, [0, 3]), (7, [0, 6]), (9, [0, 9]), (2, [0, 0])):
            # The checkpoint of step 6 or 9 has been told before the program dies, and holds or not the change made there.
            child = self.start("tune", "study.yaml", "--replay", "schedule.json", "--seeds", "2", "--storage", f"{dies}.db",
                               "--workers", "1", TOY_SAVES="3", TOY_DIES=str(dies))
            out, err = child.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual(child.returncode, 0, out + err)
            (study,) = os.listdir(self.path("sterlet-trials"))
            for trial in self.trials("--storage", f"{dies}.db"):
                self.assertEqual((trial["state"], trial["attempts"]), ("COMPLETE", 2))
                self.assertAlmostEqual(trial["values"][0], curve[12], places=12)
                folder = self.path(f"sterlet-trials/{study}/{trial['number']}")
                with open(f"{folder}/starts") as file:
                    self.assertEqual([int(line) for line in file], starts)
                with open(f"{folder}/end.json") as file:
                    rates = [rate for _, rate in json.load(file)["trace"]]
                self.assertEqual(rates, [0.4] * 3 + [0.3] * 3 + [0.1] * 3 + [0.05] * 3)
            shutil.rmtree(self.path("sterlet-trials"))

    def test_a_member_that_is_killed_three_times_at_one_step_has_failed_that_interval(self):
        self.write("train.py", TRAIN.replace("rate = trial.params", "if trial.number == 1 and state['step'] == 3:\n"
                                             "    os.kill(os.getpid(), 9)\nrate = trial.params"))
        err = self.run_program("tune", "study.yaml", "--workers", "2").stderr
        turns = {(t[0], t[1]): t for t in self.turns()}
        self.assertEqual(turns[1, 1][6], "failed")
        self.assertIn("killed 3 times in a row without a step further", turns[1, 1][8])
        self.assertEqual([t["state"] for t in self.trials()], ["COMPLETE"] * 4)
        # One line an interval, and one a member at its end; of kills a line each.
        self.assertNotIn("PAUSED", err)
        self.assertRegex(err, "(?m)^steps 0 to 3: best trial [0-3] with loss=")
        self.assertRegex(err, "(?m)^steps 3 to 6: best trial [023] with loss=[^;]*; trial 1 failed: .* without a step further; "
                              "continues from a copy: trial 1 from [023]$")
        self.assertEqual(len([line for line in err.splitlines() if line.startswith("steps ")]), 4)

    def test_a_member_that_a_person_stops_goes_on_as_a_copy_of_one_of_the_best(self):
        self.write("train.py", TRAIN.replace("    state[\"step\"] += 1\n", "    while trial.number == 1 and state['step'] == 4 and "
                                             "not os.path.exists('go'):\n        open('waits', 'w').close()\n"
                                             "        time.sleep(0.02)\n        if trial.should_stop():\n            sys.exit()\n"
                                             "    state[\"step\"] += 1\n"))
        child = self.start("tune", "study.yaml", "--workers", "4")
        until = time.monotonic() + LIMIT_SECONDS
        while not os.path.exists(self.path("waits")):
            self.assertLess(time.monotonic(), until, "the member waits")
            select.select([], [], [], 0.01)
        # To prune a member is the same: an interval counts as a whole or not at all.
        self.assertRegex(self.run_program("stop", "p", "1", "--prune").stdout, r"^trial 1 has ended: PAUSED, stopped by \S+; in the next "
                                                                    "interval it goes on as a copy of one of the best\n$")
        self.write("go", "")
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, errors)
        turns = {(t[0], t[1]): t for t in self.turns()}
        self.assertEqual(turns[1, 1][6], "failed")
        self.assertRegex(errors, "(?m)^steps 3 to 6: .*continues from a copy: .*trial 1 from [023]")
        self.assertEqual([trial["state"] for trial in self.trials()], ["COMPLETE"] * 4)

    def test_a_program_that_takes_no_changes_fails_a_replay_with_a_sentence(self):
        self.write("schedule.json", '{"version":1,"schedule":[{"step":0,"set":{"rate":0.1,"size":1}},{"step":3,"set":{"rate":0.2}}]}')
        self.write("train.py", TRAIN.replace("live=True", "live=False"))
        done = self.run_program("tune", "study.yaml", "--replay", "schedule.json", "--seeds", "1", code=3)
        self.assertIn("its program refused the schedule's change", done.stdout + done.stderr)

    def test_a_failed_member_is_replaced(self):
        self.write("train.py", TRAIN.replace("rate = trial.params", "import sys\nif trial.number == 1 and not "
                                             "trial.resume_path: sys.exit('the loss became NaN')\nrate = trial.params"))
        self.run_program("tune", "study.yaml", "--workers", "2")
        turns = {(t[0], t[1]): t for t in self.turns()}
        self.assertEqual(turns[0, 1][6], "failed")
        self.assertIn("failed, so it goes on from trial", turns[1, 1][8])
        self.assertEqual([t["state"] for t in self.trials()], ["COMPLETE"] * 4)

    def test_what_pbt_cannot_work_with_is_said_in_one_sentence(self):
        self.write("train.py", TRAIN.replace('change.kind == "checkpoint"', 'change.kind == "no"'))
        done = self.run_program("tune", "study.yaml", "--workers", "1", code=1)
        self.assertIn("p: pbt goes on from checkpoints, and its program told none of step 3; have it write one when it is "
                      "asked to", done.stderr)
        self.write("train.py", TRAIN)  # Mended, it goes on where it stood.
        self.run_program("tune", "study.yaml", "--workers", "1")
        self.assertEqual([t["state"] for t in self.trials()], ["COMPLETE"] * 4)
        self.run_program("tune", "study.yaml", "--storage", "s.db", code=0)
        for text, sentence in (
                (STUDY.replace(", live: true", ""), "pbt changes live parameters while they train, and there is none; add "
                                                    "live: true to what may change"),
                (STUDY.replace("interval: 3, ", ""), "pbt needs interval; write it as in strategy: {name: pbt, interval: 2"),
                (STUDY.replace("interval: 3", "interval: 30"), "a training of 12 steps has no second interval of 30"),
                (STUDY.replace("interval: 3", "intervall: 3"), "unknown option 'intervall'; did you mean 'interval'?"),
                (STUDY + "pruner: median\n", "pbt decides itself who goes on, so that no pruner may; remove pruner"),
                (STUDY.replace("steps: 12", "steps: 12, explore: gp"), "explore cannot be 'gp'")):
            self.write("bad.yaml", text)
            self.assertIn(sentence, self.run_program("check", "bad.yaml", code=64).stderr)

    def test_a_program_that_ends_too_early_is_told(self):
        self.write("study.yaml", STUDY.replace("steps: 12", "steps: 15"))
        done = self.run_program("tune", "study.yaml", "--workers", "2", code=1)
        self.assertIn("write steps: 12", done.stderr)

    def test_a_shell_script_can_be_a_member(self):
        self.write("train.sh", 'step=0; [ -n "$STERLET_RESUME" ] && step=$(cat "$STERLET_RESUME")\n'
                   'while [ $step -lt 12 ]; do step=$((step + 1)); sterlet report --step $step loss=$step || {\n'
                   '  echo $step > "$STERLET_CHECKPOINT_DIR/$step"; sterlet report --step $step --checkpoint $step; exit 0; }\n'
                   'done\n')
        self.write("study.yaml", STUDY.replace("/usr/bin/python3, train.py", "sh, train.sh"))
        self.run_program("tune", "study.yaml", "--workers", "2")
        for trial in self.trials():
            self.assertEqual([report["step"] for report in trial["reports"]], list(range(1, 13)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
