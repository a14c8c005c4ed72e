"""Trials cut short: every kind of program ends when it is told to, and kills at any moment change no decision."""
import contextlib
import os
import random
import re
import select
import signal
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
        for command in (["show", "toy", "0"], ["ls", "toy", "--columns", "number,reason"],
                        ["export", "toy", "--format", "csv"]):
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

    def rungs_of(self, trials):
        """Checks what holds of promotions whatever was killed: rungs 1, 3 and 9 of 9 steps, eta 3."""
        with contextlib.closing(sqlite3.connect(self.path("sterlet.db"))) as database:
            reports = database.execute("SELECT trial, step FROM reports WHERE metric = 'loss'").fetchall()
            promoted = database.execute("SELECT trial, coalesce(max(reports.step), 0) FROM events LEFT JOIN reports "
                                        "USING (study_id, trial) WHERE kind = 'promote' AND reports.seq < events.seq "
                                        "GROUP BY events.seq, trial").fetchall()
            again = dict(database.execute("SELECT trial, count(*) FROM events WHERE kind IN ('promote', 'retry') GROUP BY trial"))
        last = {trial["number"]: max(step for t, step in reports if t == trial["number"]) for trial in trials}
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
        # A decision says how many stood at its rung when it was made: each number once, or an entry is lost or doubled.
        with contextlib.closing(sqlite3.connect(self.path("sterlet.db"))) as database:
            said = [re.search(r"at step (\d+) it stood \w+ of (\d+) ", detail) for detail, in
                    database.execute("SELECT detail FROM events WHERE kind = 'prune'")]
        entries = [(int(match[1]), int(match[2])) for match in said]
        self.assertEqual(len(entries), len(set(entries)), f"an entry was counted twice: {sorted(entries)}")
        for step, count in entries:
            self.assertLessEqual(count, sum(reached >= step for reached in last.values()))
        # Nothing is left waiting: who was not promoted was stopped in effect.
        self.assertEqual({t["state"] for t in trials}, {"PRUNED", "COMPLETE"})
        for trial in trials:
            self.assertEqual(trial["state"] == "COMPLETE", last[trial["number"]] == 9, trial)
            if trial["state"] == "PRUNED":
                self.assertRegex(trial["reason"], r"^not promoted before the study ended \(the budget of trials is used up\): "
                                 r"at step \d+ it stood \d+(st|nd|rd|th) of \d+ at this rung; kept: \d+$")
                self.assertEqual(len(trial["values"]), 1)
        return last

    def test_paused_trials_are_promoted_once_whatever_is_killed(self):
        # Eight workers; programs and the tuner are killed at random moments, and the study is resumed with a larger
        # budget. Afterwards every trial has each of its steps, nobody was promoted twice from one rung, and the best
        # third of each rung has gone on, those of the first budget as well.
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
        kills = int(os.environ.get("STERLET_TEST_KILLS", 6))
        self.killed_trials = set()
        for _ in range(kills):
            child = self.start("tune", "study.yaml", "--progress", "none")
            until = time.monotonic() + moments.uniform(0.1, 1.0)
            while child.poll() is None and time.monotonic() < until:
                self.kill_a_program(moments)
                select.select([], [], [], moments.uniform(0.05, 0.3))
            child.kill()
            child.communicate()
            self.wait_until(lambda: not self.processes_of(self.folder), "a child outlived the killed tuner")
        child = self.start("tune", "study.yaml", "--progress", "none")
        earlier = len(self.events("killed"))

        def is_killed():
            # One that was told to end, or ended by itself just before, does not count: then another one is killed.
            self.kill_a_program(moments)
            return child.poll() is not None or len(self.events("killed")) > earlier
        self.wait_until(is_killed, "no program was killed")
        child.communicate()
        trials = self.trials()
        self.assertEqual([t["number"] for t in trials], list(range(40)))
        before = self.rungs_of(trials)
        self.run_program("resume", "toy", "--trials", "70")
        trials = self.trials()
        self.assertEqual([t["number"] for t in trials], list(range(70)))
        after = self.rungs_of(trials)
        self.assertTrue(all(after[number] >= before[number] for number in before))
        self.assertTrue(self.events("killed"), "no program was killed while its study went on")

    def kill_a_program(self, moments):
        """Kills the program of one trial alone, each trial's once at most; False where none runs."""
        programs = {}
        for process in self.processes_of(self.folder):
            with contextlib.suppress(OSError), open(f"/proc/{process}/environ", "rb") as file:
                trial = re.search(rb"\0STERLET_TRIAL=(\d+)\0", file.read())
                if trial and int(trial[1]) not in self.killed_trials:
                    programs[int(trial[1])] = process
        if not programs:
            return False
        trial = moments.choice(sorted(programs))
        self.killed_trials.add(trial)
        with contextlib.suppress(ProcessLookupError):
            os.kill(programs[trial], signal.SIGKILL)
        return True

    def test_a_program_killed_again_and_again_without_a_step_fails(self):
        self.write("train.sh", 'echo $$; [ "$STERLET_TRIAL" = 0 ] && kill -9 $$\nsterlet report --step 1 loss=1\n')
        self.write("study.yaml", TOY + "budget: {trials: 2}\nworkers: 1\n")
        self.run_program("tune", "study.yaml")
        first, second = self.trials()
        self.assertEqual((first["state"], first["attempts"]), ("FAILED", 3))
        self.assertRegex(first["reason"], r"^sh train.sh was killed by signal 9 after [\d.]+ s, often a sign of too little "
                         r"memory; it was killed 3 times in a row without a step further$")
        self.assertEqual(second["state"], "COMPLETE")


if __name__ == "__main__":
    unittest.main(verbosity=2)
