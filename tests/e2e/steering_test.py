"""Single trials are stopped from elsewhere, the best is trained again, and people are told of what happens."""
import glob
import json
import os
import re
import signal
import time
import unittest

from support import LIMIT_SECONDS, SOURCE, ProgramTest

# Each trial reports, says that it waits, and ends once there is a file `go`, or after a word to stop.
STUDY = """
study: mlp
objective: {metric: loss, direction: minimize}
command: [sh, train.sh, "${x}"]
params:
  x: {type: float, low: 0.1, high: 1}
sampler: random
seed: 3
workers: 2
budget: {trials: 3}
"""
TRAIN = """
sterlet report --step 1 loss="$1"
echo waiting; touch "waits-$STERLET_TRIAL"
until [ -e go ] || [ -e "go-$STERLET_TRIAL" ]; do sleep 0.05; done
"""


class SteeringTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("study.yaml", STUDY)
        self.write("train.sh", TRAIN)

    def wait_until(self, is_there):
        deadline = time.monotonic() + LIMIT_SECONDS
        while not is_there():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def wait_for(self, *names):
        self.wait_until(lambda: all(os.path.exists(self.path(name)) for name in names))

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()


class Stop(SteeringTest):
    def test_one_trial_is_stopped_another_pruned_and_the_study_goes_on(self):
        tuner = self.start("tune", "study.yaml", "--progress", "plain")
        self.wait_for("waits-0", "waits-1")
        stopped = self.run_program("stop", "mlp", "0").stdout
        self.assertRegex(stopped, r"^trial 0 has ended: CANCELLED, stopped by \S+\n$")
        pruned = json.loads(self.run_program("stop", "1", "--prune", "--json").stdout)
        self.assertEqual((pruned["version"], pruned["trial"]), (1, 1))
        self.assertRegex(pruned["sentence"], "^trial 1 has ended: PRUNED, pruned by ")
        self.wait_for("waits-2", "waits-3")
        self.write("go", "")
        self.assertEqual(tuner.wait(LIMIT_SECONDS), 0)
        trials = self.trials()
        self.assertEqual([trial["state"] for trial in trials], ["CANCELLED", "PRUNED", "COMPLETE", "COMPLETE"],
                         "a cancelled trial does not count against the budget")
        self.assertEqual(trials[1]["values"], [trials[1]["params"]["x"]], "what it has come to counts")
        self.assertEqual(self.processes_of(self.folder), [])

    def test_what_cannot_be_stopped_is_said(self):
        tuner = self.start("tune", "study.yaml")
        self.wait_for("waits-0", "waits-1")
        self.assertIn("they go from 0 to 1", self.run_program("stop", "mlp", "7", code=1).stderr)
        self.assertIn("--prune ends one trial, and none was named", self.run_program("stop", "mlp", "--prune", code=1).stderr)
        self.write("go-0", "")
        self.wait_for("waits-2")
        self.assertEqual(self.run_program("stop", "mlp", "0", code=1).stderr,
                         "mlp: trial 0 does not run, it is COMPLETE; see what does with sterlet ls mlp --state running\n")
        tuner.send_signal(signal.SIGKILL)
        tuner.wait()
        self.assertIn("trial 1 stands still, as its tuner is gone; sterlet resume mlp runs it again",
                      self.run_program("stop", "mlp", "1", code=1).stderr)
        self.assertEqual(self.run_program("stop", "mlp").stdout, "nothing runs mlp now, so there is nothing to stop\n")

    def test_a_wish_that_nobody_hears_is_taken_back(self):
        driver = self.start("ask-tell", "study.yaml", "--storage", "sterlet.db")
        driver.stdin.write('{"op":"ask"}\n')
        driver.stdin.flush()
        driver.stdout.readline()
        self.stop_between_writes(driver)
        self.assertIn("trial 0 was asked to end, but has not within 0 s",
                      self.run_program("stop", "mlp", "0", "--wait", "0", code=124).stderr)
        driver.kill()
        driver.wait()
        self.write("go", "")
        self.run_program("resume", "mlp")
        self.assertEqual([trial["state"] for trial in self.trials()], ["COMPLETE"] * 3)

    def test_a_trial_that_another_program_asked_for_is_stopped_and_its_program_hears_of_it(self):
        driver = self.start("ask-tell", "study.yaml", "--storage", "sterlet.db")

        def say(**message):
            driver.stdin.write(json.dumps(message) + "\n")
            driver.stdin.flush()
            return json.loads(driver.stdout.readline())
        for number in range(3):
            self.assertEqual(say(op="ask")["id"], number)
            self.assertEqual(say(op="report", id=number, step=1, value=number / 10), {"prune": False})
        self.assertRegex(self.run_program("stop", "mlp", "0").stdout, "^trial 0 has ended: CANCELLED, stopped by ")
        self.assertRegex(self.run_program("stop", "mlp", "1", "--prune").stdout, "^trial 1 has ended: PRUNED, pruned by ")
        self.assertTrue(say(op="report", id=0, step=2, value=9)["prune"])
        self.assertRegex(say(op="tell", id=0, value=9)["stopped"], "^stopped by ")
        self.assertRegex(say(op="report", id=1, step=2, value=9)["reason"], "^pruned by ")
        self.assertEqual(say(op="report", id=2, step=2, value=9), {"prune": False})
        self.assertEqual(say(op="tell", id=2, value=0.5), {"ok": True})
        self.assertEqual(say(op="ask")["id"], 3, "what was cancelled counts for nothing")
        self.assertEqual(say(op="retry", id=0), {"ok": True, "ids": [0]})
        self.assertEqual(say(op="ask")["id"], 0)
        self.assertEqual(say(op="tell", id=0, value=0.25), {"ok": True}, "another attempt of it is as any other")
        driver.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual([(trial["state"], trial["values"]) for trial in self.trials()][:3],
                         [("COMPLETE", [0.25]), ("PRUNED", [0.1]), ("COMPLETE", [0.5])])


class Run(SteeringTest):
    def setUp(self):
        super().setUp()
        self.write("go", "")
        self.run_program("tune", "study.yaml")
        self.best = json.loads(self.run_program("best", "--json").stdout)["best"][0]
        self.before = self.trials()

    def test_the_best_is_trained_again_on_other_seeds_outside_the_history(self):
        self.write("train.sh", 'sterlet report loss="$(awk "BEGIN {print $1 + $STERLET_SEED % 100 / 1000}")"\n')
        done = self.run_program("run", "mlp", "--seeds", "3", "--json")
        said = json.loads(done.stdout)
        values = [run["value"] for run in said["runs"]]
        self.assertEqual(len({run["seed"] for run in said["runs"]}), 3)
        for run in said["runs"]:
            self.assertAlmostEqual(run["value"], self.best["params"]["x"] + run["seed"] % 100 / 1000, 5)
        self.assertAlmostEqual(said["mean"], sum(values) / 3, 12)
        self.assertEqual(self.trials(), self.before, "the history is as it was")
        folder = glob.glob(self.path(f"sterlet-runs/mlp-*/trial-{self.best['number']}-1"))
        self.assertEqual(len(folder), 1)
        self.assertIn(f"again; its files: {folder[0]}", done.stderr)
        self.assertEqual(len(glob.glob(folder[0] + "/*/stdout-1.log")), 3)
        again = self.run_program("run", "mlp", "--seeds", "3")
        self.assertRegex(again.stdout, r"(?m)^trial 0, seed \d+: loss [\d.]+\n(.*\n)+mean [\d.]+, standard deviation [\d.]+ over 3 seeds\n$")
        self.assertEqual(json.loads(self.run_program("run", "--json", "--seeds", "3").stdout)["runs"], said["runs"],
                         "the same seeds each time")
        other = json.loads(self.run_program("run", "--json", "--trial", "0", "--seed", "9").stdout)
        self.assertNotIn(other["runs"][0]["seed"], {run["seed"] for run in said["runs"]})

    def test_results_join_the_history_where_asked(self):
        self.write("train.sh", 'sterlet report --step 1 loss=9\nsterlet report --step 2 loss=0.01\n')
        done = self.run_program("run", "mlp", "--seeds", "2", "--add")
        self.assertEqual(done.stderr.count("added to the history as trial "), 2)
        added = self.trials()[3:]
        self.assertEqual([(trial["origin"], trial["values"]) for trial in added], [("added", [0.01])] * 2)
        self.assertEqual(added[0]["params"], self.best["params"])
        self.assertEqual([report["step"] for report in added[0]["reports"]], [1, 2])

    def test_ctrl_c_ends_it_clean(self):
        os.unlink(self.path("go"))
        for name in glob.glob(self.path("waits-*")):
            os.unlink(name)
        child = self.start("run", "mlp")
        self.wait_for("waits-0")
        self.signal(child)
        out, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 130, errors)
        self.assertIn("interrupted: ending what runs", errors)
        self.assertEqual(self.processes_of(self.folder), [])
        self.assertEqual(self.trials(), self.before)

    def test_what_cannot_be_run_is_said(self):
        self.assertIn("they go from 0 to 2", self.run_program("run", "mlp", "--trial", "9", code=1).stderr)
        self.write("train.sh", "echo broken >&2\nexit 4\n")
        done = self.run_program("run", "mlp", code=3)
        self.assertIn("trial 0, seed", done.stdout)
        self.assertIn("ended with exit code 4", done.stdout)


class Notify(SteeringTest):
    def study(self, command, on="[best, end, failed]", more=""):
        self.write("study.yaml", STUDY + f"notify: {{command: {command}, on: {on}}}\n" + more)

    def told(self):
        return [json.loads(self.read(name)) for name in sorted(os.listdir(self.folder)) if name.startswith("told-")]

    def test_people_are_told_of_the_best_of_failures_and_of_the_end(self):
        self.write("tell.sh", 'cat > "told-$(printf %03d "$STERLET_ATTEMPT")"; touch "done-$STERLET_ATTEMPT"\n')
        # One after the other, each once the message of the one before has come: then each is news for certain.
        self.write("train.sh", 'for i in $(seq 6000); do [ "$STERLET_TRIAL" = 0 ] || [ -e "done-$STERLET_TRIAL" ] && break; sleep 0.02; done\n'
                               '[ "$STERLET_TRIAL" = 1 ] && { echo "no data" >&2; exit 3; }\n'
                               'sterlet report loss=$((9 - STERLET_TRIAL))\n')
        self.study("[sh, tell.sh]")
        done = self.run_program("tune", "study.yaml", "--workers", "1", "--progress", "plain")
        self.assertNotIn("notify", done.stderr)
        told = self.told()
        self.assertEqual([t["event"] for t in told], ["best", "failed", "best", "end"])
        self.assertEqual([t["text"] for t in told],
                         ["mlp: trial 0 is the best so far, loss 9", told[1]["text"], "mlp: trial 2 is the best so far, loss 7",
                          "mlp: ended after 3 trials, the budget of trials is used up; best: trial 2 with loss 7"])
        self.assertRegex(told[1]["text"], r"^mlp: trial 1 failed: sh .*ended with exit code 3 .*no data$")
        self.assertEqual(told[0]["values"], {"loss": 9})
        self.assertEqual(told[0]["params"], self.trials()[0]["params"])
        self.assertEqual((told[3]["trials"], told[3]["failed"], told[3]["best"]["trial"]), (3, 1, 2))
        self.assertEqual(os.listdir(self.trials_folder("mlp") + "/notify"), ["checkpoints"])
        # What is the best already is no news; the run's end is.
        self.run_program("tune", "study.yaml")
        self.assertEqual(self.told()[0]["event"], "end", "the second run's first and only message")

    def test_only_what_is_wanted(self):
        self.write("tell.sh", 'cat > "told-$STERLET_ATTEMPT"\n')
        self.write("go", "")
        self.study("[sh, tell.sh]", on="[end]")
        self.run_program("tune", "study.yaml")
        self.assertEqual([t["event"] for t in self.told()], ["end"])

    def test_one_that_fails_is_told_of_once_and_ends_nothing(self):
        self.write("go", "")
        self.study("[no-such-program, --now]")
        done = self.run_program("tune", "study.yaml", "--progress", "plain")
        self.assertEqual(done.stderr.count("; the run goes on"), 1, done.stderr)
        self.assertRegex(done.stderr, r"notify: .*no-such-program.*; the run goes on, and no more is said of it")
        self.assertEqual([trial["state"] for trial in self.trials()], ["COMPLETE"] * 3)

    def test_one_that_hangs_blocks_nothing(self):
        self.write("tell.sh", 'touch hangs; exec sleep 300\n')
        self.study("[sh, tell.sh]", on="[best]")
        tuner = self.start("tune", "study.yaml")
        self.wait_for("waits-0", "waits-1")
        self.write("go-0", "")
        self.wait_for("hangs")
        self.wait_for("waits-2")
        self.write("go", "")
        self.wait_until(lambda: [trial["state"] for trial in self.trials()] == ["COMPLETE"] * 3)
        tuner.kill()
        tuner.communicate()
        self.wait_until(lambda: not self.processes_of(self.folder))

    def test_the_examples_of_the_documentation(self):
        with open(os.path.join(SOURCE, "docs/notify.md")) as file:
            scripts = dict(re.findall(r"`(\w+\.sh)`:\n```sh\n(.*?)```", file.read(), re.S))
        self.assertEqual(sorted(scripts), ["desktop.sh", "mail.sh", "slack.sh"])
        os.mkdir(self.path("bin"))
        for tool in ("curl", "mail", "notify-send"):
            self.write(f"bin/{tool}", f'#!/bin/sh\nfor word; do echo "$word"; done >{self.path("got-" + tool)}\ncat >>{self.path("got-" + tool)}\n')
            os.chmod(self.path(f"bin/{tool}"), 0o755)
        self.write("go", "")
        texts = {"mail.sh": "got-mail", "slack.sh": "got-curl", "desktop.sh": "got-notify-send"}
        for name, got in texts.items():
            self.write(name, scripts[name])
            self.study(f"[sh, {name}]", on="[end]")
            environment = self.environment()
            child = self.start("tune", "study.yaml", "--storage", name + ".db",
                               PATH=self.path("bin") + os.pathsep + environment["PATH"], SLACK_WEBHOOK="https://hooks.example/T0")
            self.assertNotIn("notify", child.communicate(timeout=LIMIT_SECONDS)[1])
            self.assertIn("mlp: ended after 3 trials, the budget of trials is used up; best: trial", self.read(got))
        self.assertIn("https://hooks.example/T0", self.read("got-curl"))
        (sent,) = re.findall(r"^\{.*\}$", self.read("got-curl"), re.M)
        self.assertEqual(list(json.loads(sent)), ["text"])

    def test_the_study_file_is_checked(self):
        self.write("study.yaml", STUDY + "notify: {on: [best, ends], comand: [x]}\n")
        said = self.run_program("check", "study.yaml", code=64).stderr
        self.assertRegex(said, r"study.yaml:\d+:\d+: notify: unknown key 'comand'; did you mean 'command'\?")
        self.assertRegex(said, r"study.yaml:\d+:\d+: notify: command is missing, the program that tells people")
        self.write("study.yaml", STUDY + "notify: {on: [best, ends], command: [x]}\n")
        self.assertRegex(self.run_program("check", "study.yaml", code=64).stderr, r"notify: on cannot be 'ends'; did you mean 'end'\?")


if __name__ == "__main__":
    unittest.main(verbosity=2)
