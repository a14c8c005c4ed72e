"""A study's life: exact budgets, kills at any moment, signals, cold starts of many processes at once."""
import json
import os
import pathlib
import random
import select
import shlex
import signal
import time
import unittest

from support import HOLD_LAST, LIMIT_SECONDS, SOURCE, TOY, ProgramTest


class Lifecycle(ProgramTest):
    def wait_until(self, condition, what):
        """Looks again and again, without an opinion on how long it takes, up to the limit."""
        until = time.monotonic() + LIMIT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            select.select([], [], [], 0.01)

    def check_clean(self, budget):
        trials = self.trials()
        self.assertEqual([t["number"] for t in trials], list(range(budget)))
        self.assertEqual({t["state"] for t in trials}, {"COMPLETE"})
        self.wait_until(lambda: not self.processes_of(self.folder), "a trial's process outlived its study")
        return trials

    def test_budget_is_exact_with_many_workers(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 40}\n")
        self.run_program("tune", "study.yaml", "--workers", "8")
        self.check_clean(40)
        self.run_program("tune", "study.yaml", "--workers", "8")  # Again: nothing is left to do.
        self.check_clean(40)
        self.run_program("resume", "--trials", "43")
        self.check_clean(43)

    def test_sixty_four_processes_start_cold_and_all_work(self):
        # Each process runs one trial at a time, and each trial waits until 64 have begun: so all 64 must be at work.
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\n'
                               'for i in $(seq 6000); do [ "$(ls | grep -c ^began-)" -ge 64 ] && break; sleep 0.1; done\n'
                               'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 64}\n")
        children = [self.start("tune", "study.yaml", "--workers", "1", "--progress", "none") for _ in range(64)]
        for child in children:
            _, errors = child.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual(child.returncode, 0, errors)
        self.check_clean(64)

    def test_a_tuner_that_was_stopped_hears_all_once_it_goes_on(self):
        # The program reports faster than anybody reads, notices, trains on to its end, and waits there.
        self.write("train.py", "import sys\nsys.path.insert(0, sys.argv[1])\nimport sterlet\ntrial = sterlet.Trial()\n"
                               "import os, time\ntrial.report(1, loss=1)\nopen('began', 'w').close()\n"
                               "while not os.path.exists('stopped'): time.sleep(0.01)\n"
                               "for step in range(2, 14001): trial.report(step, loss=1 / step)\n"
                               "print('done', flush=True)\n")
        client = os.path.join(SOURCE, "client")
        self.write("study.yaml", "study: s\nobjective: loss\nparams: {x: {type: float, low: 0, high: 1}}\n"
                                 f"command: [/usr/bin/python3, train.py, {client}]\nbudget: {{trials: 1}}\nsampler: random\n")
        child = self.start("tune", "study.yaml", "--progress", "none")

        def log(name):
            found = list(pathlib.Path(self.folder).glob(f"sterlet-trials/**/0/{name}"))
            return found[0].read_text() if found else ""

        # Not before the program itself says so: its parameters are on disk before the tuner has started it.
        self.wait_until(lambda: os.path.exists(self.path("began")), "the trial did not begin")
        os.kill(child.pid, signal.SIGSTOP)
        self.write("stopped", "")
        self.wait_until(lambda: "done" in log("stdout-1.log"), "the program did not train on to its end")
        self.assertIn("Sterlet does not listen", log("stderr-1.log"))
        os.kill(child.pid, signal.SIGCONT)
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, errors)
        trial, = self.check_clean(1)
        self.assertEqual((trial["values"], trial["attempts"]), ([1 / 14000], 1))
        self.assertEqual([report["step"] for report in trial["reports"]], list(range(1, 14001)))

    def test_killed_at_random_moments_and_resumed_equals_uninterrupted(self):
        seed = int(os.environ.get("STERLET_TEST_SEED", random.randrange(2**31)))
        kills = int(os.environ.get("STERLET_TEST_KILLS", 20))
        print(f"STERLET_TEST_SEED={seed}")
        moments = random.Random(seed)
        self.write("train.sh", HOLD_LAST.format(first=90) + 'sterlet report --step 1 loss=2\nsleep 0.15\nsterlet report --step 2 loss="$1"\n'
                               '(setsid sleep 300 &)\n')
        for strategy in ("uninterrupted", "killed"):
            os.makedirs(self.path(strategy))
            for name in ("train.sh",):
                os.link(self.path(name), os.path.join(self.path(strategy), name))
            self.write(f"{strategy}/study.yaml", TOY + "budget: {trials: 100}\nworkers: 3\n")
        self.write("uninterrupted/go", "")
        self.run_program("tune", "uninterrupted/study.yaml")
        killed = 0
        # On a slow machine no trial may begin within so short a time: then there are more kills, later ones.
        while killed < kills or (killed < 20 * kills and not self.events("retry", "killed")):
            child = self.start("tune", "killed/study.yaml", "--progress", "none")
            select.select([], [], [], moments.uniform(0.0, max(0.4, 0.4 * killed / kills)))
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
        self.assertEqual([json.dumps(t["params"]) for t in resumed], [json.dumps(t["params"]) for t in whole])
        self.assertEqual([t["number"] for t in resumed], list(range(100)))
        self.assertEqual({t["state"] for t in resumed}, {"COMPLETE"})
        self.assertEqual([t["values"] for t in resumed], [t["values"] for t in whole])
        self.assertGreater(sum(t["attempts"] for t in resumed), 100, "no kill hit a running trial")
        self.wait_until(lambda: not self.processes_of(self.folder), "a child is left")

    def test_interrupted_once_finishes_what_runs(self):
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\nuntil [ -e go ]; do sleep 0.05; done\n'
                               'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 9}\nworkers: 3\n")
        child = self.start("tune", "study.yaml", "--progress", "json")
        self.wait_until(lambda: os.path.exists(self.path("began-2")), "three trials begin")
        self.signal(child)
        for line in child.stderr:
            if '"interrupted"' in line:
                break
        self.write("go", "")
        child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 130)
        self.assertEqual([t["state"] for t in self.trials()], ["COMPLETE"] * 3)
        self.run_program("resume")
        self.check_clean(9)

    def test_an_interrupted_run_says_what_is_kept_and_how_to_go_on(self):
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\nuntil [ -e go ]; do sleep 0.05; done\n'
                               'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 9}\nworkers: 3\n")
        child = self.start("tune", "study.yaml", "--progress", "plain", "--storage", "my trials.db")
        self.wait_until(lambda: os.path.exists(self.path("began-2")), "three trials begin")
        self.signal(child)
        for line in child.stderr:
            if line.startswith("interrupted"):
                break
        self.write("go", "")
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 130)
        told = "toy: interrupted; 3 finished trials are kept of the budget's 9; to go on: "
        (command,) = [line[len(told):] for line in errors.splitlines() if line.startswith(told)]
        self.assertEqual(command, "sterlet resume toy --storage 'my trials.db'")
        self.run_program(*shlex.split(command)[1:])
        self.assertEqual([t["state"] for t in self.trials("--storage", "my trials.db")], ["COMPLETE"] * 9)

    def test_interrupted_twice_ends_the_children_which_run_again_on_resume(self):
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\n[ -e go ] || exec sleep 300\nsterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 4}\nworkers: 2\n")
        child = self.start("tune", "study.yaml", "--progress", "json")
        self.wait_until(lambda: os.path.exists(self.path("began-1")), "two trials begin")
        self.signal(child, signal.SIGTERM)
        for line in child.stderr:
            if '"interrupted"' in line:
                break
        self.signal(child, signal.SIGTERM)
        child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 143)
        self.assertEqual([t["state"] for t in self.trials()], ["LOST"] * 2)
        self.write("go", "")
        self.run_program("resume")
        self.assertEqual([t["attempts"] for t in self.check_clean(4)], [2, 2, 1, 1])

    def test_stop_from_elsewhere_and_resume(self):
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\nuntil [ -e go ]; do sleep 0.05; done\n'
                               'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 5}\nworkers: 1\n")
        child = self.start("tune", "study.yaml")
        self.wait_until(lambda: os.path.exists(self.path("began-0")), "a trial begins")
        self.run_program("stop", "toy")
        self.write("go", "")
        child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0)
        self.assertEqual(len(self.trials()), 1)
        self.run_program("resume", "toy")
        self.check_clean(5)

    def tune_with_gpus(self, resources, gpus):
        self.write("study.yaml", TOY + f"budget: {{trials: 8}}\nworkers: 4\nresources: {resources}\n")
        child = self.start("tune", "study.yaml", CUDA_VISIBLE_DEVICES=gpus)
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        return child.returncode, errors

    def test_a_gpu_is_given_to_one_trial_at_a_time(self):
        # Each trial holds a folder of its device's name: a second one on the device would fail to make it.
        self.write("train.sh", 'mkdir "gpu-$CUDA_VISIBLE_DEVICES" || exit 1\nsleep 0.05\n'
                               'echo "$CUDA_VISIBLE_DEVICES" >> seen\nrmdir "gpu-$CUDA_VISIBLE_DEVICES"\n'
                               'sterlet report loss="$1"\n')
        self.assertEqual(self.tune_with_gpus("{gpu: 1}", "3,5")[0], 0)
        self.check_clean(8)
        with open(self.path("seen")) as file:
            self.assertEqual(set(file.read().split()), {"3", "5"})

    def test_a_trial_of_two_gpus_gets_two_different_ones(self):
        self.write("train.sh", 'echo "$CUDA_VISIBLE_DEVICES" >> seen\nsterlet report loss="$1"\n')
        self.assertEqual(self.tune_with_gpus("{gpu: 2, gpu_share: 2}", "3,5")[0], 0)
        self.check_clean(8)
        with open(self.path("seen")) as file:
            self.assertEqual([sorted(line.split(",")) for line in file.read().split()], [["3", "5"]] * 8)
        code, errors = self.tune_with_gpus("{gpu: 3, gpu_share: 4}", "3,5")
        self.assertEqual(code, 1)
        self.assertIn("each trial asks for 3 GPUs, but this machine has 2", errors)

    def test_causes_of_an_end_are_told_apart(self):
        self.write("train.sh", 'case "$STERLET_TRIAL" in\n0) echo boom >&2; exit 3;;\n1) kill -SEGV $$;;\n'
                               '2) sterlet report loss=NaN;;\n3) ;;\n*) sterlet report loss="$1";;\nesac\n')
        self.write("study.yaml", TOY + "budget: {trials: 5}\nworkers: 2\n")
        self.run_program("tune", "study.yaml")
        reasons = [t.get("reason", "") for t in self.trials()]
        for reason, part in zip(reasons, ["exit code 3", "signal 11", "loss was NaN", "without reporting loss", ""]):
            self.assertIn(part, reason)
        self.assertEqual(reasons[4], "")
        self.assertIn("boom", reasons[0])
        self.assertIn("boom", self.run_program("logs", "toy", "0").stdout)
        # By itself: how long the others take is the machine's to say.
        self.write("study.yaml", TOY.replace("sh, train.sh", "sleep, '300'") + "budget: {trials: 1}\nresources: {time: 1s}\n")
        self.run_program("tune", "study.yaml", "--storage", "late.db", code=3)
        (late,) = self.trials("--storage", "late.db")
        self.assertIn("its time limit being 1.0 s", late["reason"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
