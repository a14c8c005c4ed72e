"""Trials cut short: every kind of program ends when it is told to, and kills at any moment change no decision."""
import contextlib
import os
import random
import select
import sqlite3
import time
import unittest

from support import HOLD_LAST, LIMIT_SECONDS, SOURCE, TOY, ProgramTest

# What reports more than 1 is cut short.
THRESHOLD = TOY + "pruner: {name: threshold, upper: 1}\nbudget: {trials: 2}\nworkers: 1\n"


class Pruning(ProgramTest):
    def wait_until(self, condition, what):
        until = time.monotonic() + LIMIT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            select.select([], [], [], 0.01)

    def check_pruned(self, step=1):
        self.assertEqual(self.trials(), self.trials("toy"))
        for trial in self.trials():
            self.assertEqual(trial["state"], "PRUNED", trial)
            self.assertEqual(trial["reason"], f"at step {step} its value of 2 was above the limit of 1")
            self.assertEqual(trial["attempts"], 1)
        self.wait_until(lambda: not self.processes_of(self.folder), "a pruned program goes on")

    def study(self, *command, more=""):
        self.write("study.yaml", THRESHOLD.replace("sh, train.sh", ", ".join(command)) + more)

    def test_a_python_client_ends_in_its_own_way(self):
        self.write("train.py", "import os, sys\n"
                   f"sys.path.insert(0, {os.path.join(SOURCE, 'client')!r})\n"
                   "import sterlet\n"
                   "trial = sterlet.Trial()\n"
                   "step = 0\n"
                   "while not trial.should_stop():\n"
                   "    step += 1\n"
                   "    if step == 1: trial.report(step, loss=2)\n"
                   "    import time; time.sleep(0.01)\n"
                   "open('ended-orderly-' + os.environ['STERLET_TRIAL'], 'w').close()\n")
        self.study("python3", "train.py")
        self.run_program("tune", "study.yaml", code=3)
        self.check_pruned()
        self.assertTrue(os.path.exists(self.path("ended-orderly-0")))
        self.assertTrue(os.path.exists(self.path("ended-orderly-1")))

    def test_a_shell_script_is_told_by_its_report(self):
        self.write("train.sh", 'sterlet report --step 1 loss=2 || { touch "ended-$?"; exit 0; }\nsleep 300\n')
        self.study("sh", "train.sh")
        self.run_program("tune", "study.yaml", code=3)
        self.check_pruned()
        self.assertTrue(os.path.exists(self.path("ended-10")))

    def test_a_program_of_which_only_the_output_is_known_is_ended(self):
        self.write("train.sh", 'echo "step 1 loss 0.5"\necho "step 2 loss 2"\nexec sleep 300\n')
        self.study("sh", "train.sh", more="metrics: {from: stdout, pattern: 'step (?<step>\\d+) loss (?<loss>\\S+)'}\n")
        self.run_program("tune", "study.yaml", code=3)
        self.check_pruned(step=2)

    def test_a_program_that_reports_on_is_ended(self):
        self.write("train.sh", "step=0\nwhile true; do step=$((step+1)); sterlet report --step $step loss=2; sleep 0.1; done\n")
        self.study("sh", "train.sh")
        self.run_program("tune", "study.yaml", code=3)
        self.check_pruned()

    def test_reasons_are_shown(self):
        self.write("train.sh", "sterlet report --step 1 loss=2\n")
        self.study("sh", "train.sh")
        self.run_program("tune", "study.yaml", code=3)
        sentence = "at step 1 its value of 2 was above the limit of 1"
        for command in (["show", "toy", "0"], ["ls", "toy"], ["export", "toy", "--format", "csv"]):
            self.assertIn(sentence, self.run_program(*command).stdout, command)
        self.assertIn("threshold", self.run_program("status", "toy").stdout)
        self.assertIn("pruned 2", self.run_program("top", "toy", "--once").stdout)

    def test_killed_at_random_moments_decides_as_uninterrupted(self):
        seed = int(os.environ.get("STERLET_TEST_SEED", random.randrange(2**31)))
        kills = int(os.environ.get("STERLET_TEST_KILLS", 8))
        print(f"STERLET_TEST_SEED={seed}")
        moments = random.Random(seed)
        script = (HOLD_LAST.format(first=30) + 'for step in 1 2 3 4; do\n'
                  '  loss=$(awk "BEGIN{print $1 * (1 + 1 / $step)}")\n'
                  '  sterlet report --step $step loss=$loss || exit 0\n'
                  'done\n')
        for folder in ("uninterrupted", "killed"):
            os.makedirs(self.path(folder))
            self.write(f"{folder}/train.sh", script)
            self.write(f"{folder}/study.yaml",
                       TOY + "budget: {trials: 40}\nworkers: 1\npruner: {name: asha, eta: 2}\n")
        self.write("uninterrupted/go", "")
        self.run_program("tune", "uninterrupted/study.yaml")
        killed = 0
        while killed < kills:
            child = self.start("tune", "killed/study.yaml", "--progress", "none")
            select.select([], [], [], moments.uniform(0.0, 0.3))
            if child.poll() is None:
                killed += 1
            child.kill()
            child.communicate()
            self.wait_until(lambda: not self.processes_of(self.path("killed")), "a child outlived the killed tuner")
            self.assertNotEqual(child.returncode, 0, "the study was over before all the kills")
        self.write("killed/go", "")
        self.run_program("tune", "killed/study.yaml")
        whole = self.trials(cwd=self.path("uninterrupted"))
        resumed = self.trials(cwd=self.path("killed"))
        for key in ("number", "params", "state", "values", "reason"):
            self.assertEqual([t.get(key) for t in resumed], [t.get(key) for t in whole], key)
        states = [t["state"] for t in whole]
        self.assertEqual(set(states), {"COMPLETE", "PRUNED"})
        self.assertGreater(states.count("PRUNED"), 10)

    def test_paused_trials_are_promoted_once_whatever_is_killed(self):
        # Eight workers, rungs 1, 3 and 9 of 9 steps; the tuner is killed at random moments. Afterwards every trial has
        # each of its steps, nobody was promoted twice from one rung, and the best third of each rung has gone on.
        seed = int(os.environ.get("STERLET_TEST_SEED", random.randrange(2**31)))
        print(f"STERLET_TEST_SEED={seed}")
        moments = random.Random(seed)
        self.write("train.py", "import json, os, sys\n"
                   f"sys.path.insert(0, {os.path.join(SOURCE, 'client')!r})\n"
                   "import sterlet\n"
                   "trial = sterlet.Trial()\n"
                   "x = trial.params['x']\n"
                   "first = 1\n"
                   "if trial.resume_path:\n"
                   "    with open(trial.resume_path) as file: first = json.load(file)['step'] + 1\n"
                   "for step in range(first, 10):\n"
                   "    stop = trial.report(step, wait=True, loss=x * (1 + 1 / step))\n"
                   "    path = os.path.join(trial.checkpoint_dir, f'{step}.json')\n"
                   "    with open(path, 'w') as file: json.dump({'step': step}, file)\n"
                   "    trial.checkpointed(step, path)\n"
                   "    if stop or trial.should_stop(): break\n")
        self.write("study.yaml", TOY.replace("sh, train.sh", "python3, train.py") +
                   "pruner: {name: asha, eta: 3, promote: true}\nbudget: {trials: 40}\nworkers: 8\n")
        for _ in range(int(os.environ.get("STERLET_TEST_KILLS", 6))):
            child = self.start("tune", "study.yaml", "--progress", "none")
            select.select([], [], [], moments.uniform(0.1, 1.0))
            child.kill()
            child.communicate()
            self.wait_until(lambda: not self.processes_of(self.folder), "a child outlived the killed tuner")
        self.run_program("tune", "study.yaml")
        trials = self.trials()
        self.assertEqual([t["number"] for t in trials], list(range(40)))
        self.assertLessEqual({t["state"] for t in trials}, {"PAUSED", "COMPLETE"})
        with contextlib.closing(sqlite3.connect(self.path("sterlet.db"))) as database:
            reports = database.execute("SELECT trial, step FROM reports WHERE metric = 'loss'").fetchall()
            promoted = database.execute("SELECT trial, coalesce(max(reports.step), 0) FROM events LEFT JOIN reports "
                                        "USING (study_id, trial) WHERE kind = 'promote' AND reports.seq < events.seq "
                                        "GROUP BY events.seq, trial").fetchall()
            again = dict(database.execute("SELECT trial, count(*) FROM events WHERE kind IN ('promote', 'retry') GROUP BY trial"))
        last = {trial: max(step for t, step in reports if t == trial) for trial in range(40)}
        for trial in trials:
            number = trial["number"]
            self.assertEqual({step for t, step in reports if t == number}, set(range(1, last[number] + 1)), trial)
            self.assertEqual(trial["attempts"], 1 + again.get(number, 0))
        self.assertTrue(promoted, "nothing was promoted")
        rungs = [(trial, sum(step >= rung for rung in (1, 3, 9))) for trial, step in promoted]
        self.assertEqual(len(rungs), len(set(rungs)), f"promoted twice from one rung: {promoted}")
        for rung, following in ((1, 3), (3, 9)):
            # The toy's order is that of x at every step.
            there = sorted((t["params"]["x"], t["number"]) for t in trials if last[t["number"]] >= rung)
            for _, number in there[:len(there) // 3]:
                self.assertGreaterEqual(last[number], following, f"trial {number} was left at rung {rung}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
