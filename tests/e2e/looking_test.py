"""What a person sees of a study: ls, show, status, best, logs, export."""
import csv
import io
import json
import os
import re
import subprocess
import time
import unittest

from support import LIMIT_SECONDS, SOURCE, TOY, ProgramTest

MANY = """
study: many
objective: {metric: val_error, direction: minimize}
params:
  optimizer:     {type: categorical, choices: [sgd, adam]}
  learning_rate: {type: float, low: 1e-4, high: 1, scale: log, tier: 1}
  momentum:      {type: float, low: 0.9, high: 0.999, scale: reverse_log}
  batch_size:    {type: int, low: 16, high: 512}
  units:         {type: int, low: 10, high: 99, repeat: layers, tier: 3}
  layers:        {type: int, low: 1, high: 3}
  epochs:        10
sampler: random
seed: 3
"""

LONG_REASON = "the program ended with exit code 1: " + "a long story " * 8 + "and its end"

# Two trials begin, and end once there is a file `go`.
HELD = """
study: held
objective: {metric: loss, direction: minimize}
command: [sh, -c, 'echo begun; touch "begun-$STERLET_TRIAL"; until [ -e go ]; do sleep 0.05; done; echo gone; sterlet report loss=1']
params: {x: {type: float, low: 0, high: 1}}
workers: 2
seed: 1
sampler: random
budget: {trials: 2, time: 1h, target: 0.5}
"""


class LookingTest(ProgramTest):
    def add(self, study, lines, storage="sterlet.db"):
        self.write("study.yaml", study)
        said = "".join(json.dumps({"op": "add", **line}) + "\n" for line in lines)
        answers = self.run_program("ask-tell", "study.yaml", "--storage", storage, stdin=said).stdout
        self.assertNotIn("error", answers)

    def make_many(self):
        point = {"optimizer": "sgd", "learning_rate": 0.010000000000000004, "momentum": 0.9123456789, "batch_size": 32,
                 "layers": 2, "units": [64, 80], "epochs": 10}
        self.add(MANY, [
            {"params": point, "value": 0.30000000000000004},
            {"params": {**point, "learning_rate": 0.5, "optimizer": "adam"}, "value": 0.1},
            {"params": {**point, "learning_rate": 0.002}, "state": "failed", "reason": LONG_REASON},
            {"params": {**point, "learning_rate": 0.1}, "value": 0.2},
            {"params": {**point, "learning_rate": 0.7}, "value": 0.05, "constraints": [1]}])

    def wait_until(self, is_there):
        deadline = time.monotonic() + LIMIT_SECONDS
        while not is_there():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def shell(self, command):
        return subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment(), capture_output=True, text=True,
                              timeout=LIMIT_SECONDS)


class Lists(LookingTest):
    def numbers(self, *arguments):
        rows = self.run_program("ls", "many", "--columns", "number", *arguments).stdout.splitlines()
        self.assertEqual(rows[0], "number")
        return [int(row) for row in rows[1:]]

    def test_a_list_fits_80_columns_and_ends_with_the_newest(self):
        self.make_many()
        done = self.run_program("ls", "many")
        lines = done.stdout.splitlines()
        self.assertLessEqual(max(map(len, lines)), 80, done.stdout)
        self.assertRegex(lines[0], r"^number  state     val_error  learning_rate .* took  when( +reason)?$")
        self.assertEqual([line.split()[0] for line in lines if re.match(r"\d", line)], ["0", "1", "2", "3", "4"])
        self.assertRegex(lines[1], r"^0       COMPLETE  0\.3        0\.01 .* \d+[sm] ago$")
        told = " ".join(line.strip() for line in lines[4:] if line.startswith("        "))
        self.assertIn(LONG_REASON, told, "the reason of a failure is told to its end")
        self.assertNotIn("epochs", done.stdout, "a constant says nothing")
        self.assertIn("no room for ", done.stderr)
        self.assertIn("units[", done.stderr)

    def test_one_study_is_listed_at_once_and_the_studies_where_asked(self):
        self.make_many()
        self.assertEqual(self.run_program("ls").stdout, self.run_program("ls", "many").stdout)
        rows = self.run_program("ls", "--studies").stdout.splitlines()
        self.assertRegex(rows[1], r"^many   5       4         0\.1   \d+[sm] ago$")
        self.assertEqual([s["study"] for s in json.loads(self.run_program("ls", "--json").stdout)["studies"]], ["many"])
        self.add(TOY, [{"params": {"x": 0.5, "kind": "a"}, "value": 1}])
        self.assertEqual([row.split()[0] for row in self.run_program("ls").stdout.splitlines()], ["study", "many", "toy"])
        self.assertIn("there are 2 studies in it: many, toy", self.run_program("ls", "--top", "1", code=1).stderr)

    def test_sorted_filtered_and_cut(self):
        self.make_many()
        self.assertEqual(self.numbers(), [0, 1, 2, 3, 4])
        self.assertEqual(self.numbers("--sort", "value"), [1, 3, 0, 4, 2], "what breaks a constraint, or failed, comes last")
        self.assertEqual(self.numbers("--sort", "learning_rate"), [2, 0, 3, 1, 4])
        self.assertEqual(self.numbers("--sort", "optimizer"), [1, 0, 2, 3, 4])
        self.assertEqual(self.numbers("--sort", "number"), [0, 1, 2, 3, 4])
        self.numbers("--sort", "time")
        self.assertEqual(self.numbers("--top", "2"), [1, 3])
        self.assertEqual(self.numbers("--top", "2", "--sort", "number"), [1, 3])
        self.assertEqual(self.numbers("--state", "failed"), [2])
        self.assertEqual(self.numbers("--state", "failed,Complete"), [0, 1, 2, 3, 4])
        listed = json.loads(self.run_program("ls", "--top", "1", "--json").stdout)["trials"]
        self.assertEqual(listed, [self.trials()[1]])
        shown = self.run_program("ls", "--columns", "number,units[1],val_error,origin").stdout.splitlines()
        self.assertEqual(shown[:2], ["number  units[1]  val_error  origin", "0       80        0.3        added"])

    def test_maximised_values_have_the_largest_first(self):
        self.add(MANY.replace("minimize", "maximize"), [
            {"params": {"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "batch_size": 32, "layers": 1, "units": [10],
                        "epochs": 10}, "value": value} for value in (1, 3, 2)])
        self.assertEqual(self.numbers("--sort", "value"), [1, 2, 0])
        self.assertEqual(self.numbers("--top", "1"), [1])

    def test_what_there_is_not_is_said(self):
        self.make_many()
        for arguments, sentence in (
                (["--sort", "lerning_rate"], "--sort: there is no column 'lerning_rate'; did you mean 'learning_rate'?"),
                (["--columns", "numbr"], "--columns: there is no column 'numbr'; did you mean 'number'?"),
                (["--state", "faild"], "--state: there is no state 'faild'; did you mean 'FAILED'?")):
            self.assertEqual(self.run_program("ls", "many", *arguments, code=1).stderr, sentence + "\n")


class Golden(LookingTest):
    """What is printed, but for times and the width of gaps: tests/golden/looking."""

    COMMANDS = {"ls": ["ls"], "ls-value": ["ls", "--sort", "value"], "ls-top": ["ls", "--top", "2"], "ls-studies": ["ls", "--studies"],
                "ls-columns": ["ls", "--columns", "number,state,val_error,units[0],origin,reason"], "show": ["show"],
                "show-failed": ["show", "2"], "status": ["status"], "best": ["best"], "top": ["top", "--once"]}

    def test_texts(self):
        self.make_many()
        folder = os.path.join(SOURCE, "tests/golden/looking")
        for name, arguments in self.COMMANDS.items():
            with self.subTest(arguments=arguments):
                done = self.run_program(*arguments)
                text = f"$ sterlet {' '.join(arguments)}\n{done.stdout}{done.stderr}"
                text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "DATE UTC", text)
                text = re.sub(r"\b\d+(\.\d)?[sm]\b", "0s", text)
                text = re.sub(r" {2,}", "  ", text)
                path = os.path.join(folder, name + ".txt")
                if os.environ.get("UPDATE_GOLDEN"):
                    os.makedirs(folder, exist_ok=True)
                    with open(path, "w") as file:
                        file.write(text)
                else:
                    with open(path) as file:
                        self.assertEqual(text, file.read())


class Cards(LookingTest):
    def test_show_without_a_number_is_the_best_for_people_to_read(self):
        self.write("train.sh", 'for step in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do sterlet report --step $step '
                               'loss="$(awk "BEGIN {print $1 + 1 / $step}")" other=$step; done\n')
        self.write("study.yaml", TOY + "budget: {trials: 3}\nworkers: 1\n")
        self.run_program("tune", "study.yaml")
        best = json.loads(self.run_program("best", "--json").stdout)["best"][0]
        shown = self.run_program("show").stdout
        self.assertEqual(shown, self.run_program("show", "toy", str(best["number"])).stdout)
        for words, number in ((["best"], best["number"]), (["toy", "best"], best["number"]), (["last"], 2)):
            self.assertTrue(self.run_program("show", *words).stdout.startswith(f"trial     {number}, COMPLETE"), words)
        self.assertEqual(self.run_program("logs", "toy", "last").stdout, self.run_program("logs", "2").stdout)
        self.assertIn("'beste' is not a trial's number; give a whole number from 0, or best, or last",
                      self.run_program("show", "toy", "beste", code=1).stderr)
        self.assertRegex(shown, rf"^trial     {best['number']}, COMPLETE, the best\nloss      [0-9.]{{1,9}}\nx ")
        self.assertIn("\ntried as  a random point\n", shown)
        self.assertRegex(shown, r"\nstarted   \d{4}-\d\d-\d\d \d\d:\d\d UTC \(\d+[sm] ago\)\ntook ")
        self.assertRegex(shown, r"\nloss [0-9.]+ to [0-9.]+  [▁▂▃▄▅▆▇█]+  best [0-9.]+ at step 14\nother 1 to 14  [▁▂▃▄▅▆▇█]+\n")
        self.assertIn("\nthe last 12 of 14 reports (all: sterlet show toy", shown)
        self.assertNotRegex(shown, r"\d{9}")
        self.assertEqual(shown.count("\nstep "), 12)

    def test_status_of_what_runs_and_of_what_has_ended(self):
        self.write("study.yaml", HELD)
        tuner = self.start("tune", "study.yaml")
        self.wait_until(lambda: all(os.path.exists(self.path(f"begun-{trial}")) for trial in range(2)))
        status = self.run_program("status").stdout
        self.assertRegex(status, rf"\nrunning    since \d+[sm] ago, by process {tuner.pid} on \S+\n")
        self.assertRegex(status, r"\nbudget     0 of 2 trials left\n +(1h|59m\d*s?) of 1h left\n +until loss is 0\.5\n")
        (session,) = json.loads(self.run_program("status", "--json").stdout)["sessions"]
        self.assertEqual(session["pid"], tuner.pid)
        self.write("go", "")
        tuner.communicate(timeout=LIMIT_SECONDS)
        status = self.run_program("status").stdout
        self.assertRegex(status, r"\nrunning    no; the last one ended \d+[sm] ago\n +no more trials begin: the budget of trials is used up\n")
        self.assertIn("until loss is 0.5 (best 1)", status)
        self.assertEqual(json.loads(self.run_program("status", "--json").stdout)["ended"], "the budget of trials is used up")

    def test_values_are_short_for_people_and_exact_for_programs(self):
        self.add(TOY, [{"params": {"x": 0.010000000000000004, "kind": "a"}, "value": 0.30000000000000004}])
        for command in ("best", "show", "status", "ls"):
            shown = self.run_program(command).stdout
            self.assertNotIn("0000000", shown, command)
            self.assertIn("0.01", shown, command)
        self.assertEqual(json.loads(self.run_program("best", "--json").stdout)["best"][0]["params"]["x"], 0.010000000000000004)
        self.assertIn("0.30000000000000004", self.run_program("export").stdout)

    def test_check_counts_one_parameter_as_one(self):
        self.write("study.yaml", HELD)
        self.assertIn("1 parameter, 1 dimension\n", self.run_program("check", "study.yaml").stdout)


class Commands(LookingTest):
    STUDY = """
study: toy
objective: {metric: loss, direction: minimize}
command: [python3, 'a b.py', --x, "${x}", --kind, "${kind}", --seed, "${seed}"]
metrics: {from: stdout, pattern: 'loss=(?<loss>\\S+)'}
params:
  x: {type: float, low: 0.001, high: 1}
  kind: {type: categorical, choices: ["it's $HOME", "b `c`"]}
  hidden: {type: int, low: 1, high: 9}
sampler: random
seed: 5
budget: {trials: 2}
"""

    def test_the_command_line_of_the_best_does_in_a_shell_what_the_trial_did(self):
        self.write("a b.py", "import sys\nprint(repr(sys.argv[1:]))\nprint(f'loss={float(sys.argv[2])}')\n")
        self.write("study.yaml", self.STUDY)
        self.run_program("tune", "study.yaml")
        done = self.run_program("best", "--command")
        best = json.loads(self.run_program("best", "--json").stdout)["best"][0]
        self.assertEqual(self.shell(done.stdout).stdout, self.run_program("logs", str(best["number"])).stdout)
        self.assertEqual(done.stderr, "not in it, as the program reads them from Sterlet: hidden; sterlet run toy trains with them\n")
        elsewhere = self.run_program("best", "--command", "--storage", self.path("sterlet.db"), cwd="/").stdout
        self.assertTrue(elsewhere.startswith(f"cd {self.folder} && python3 'a b.py' --x "), elsewhere)
        listed = json.loads(self.run_program("best", "--command", "--json").stdout)["commands"]
        self.assertEqual((listed[0]["number"], listed[0]["not_in_command"]), (best["number"], ["hidden"]))

    def test_a_study_without_a_command_has_no_command_line(self):
        self.add(TOY.replace('command: [sh, train.sh, "${x}"]\n', ""), [{"params": {"x": 0.5, "kind": "a"}, "value": 1}])
        self.assertIn("the study has no command; see its parameters with sterlet show toy 0",
                      self.run_program("best", "--command", code=64).stderr)

    def test_logs_are_followed_to_the_end_of_the_trial(self):
        self.write("study.yaml", HELD)
        tuner = self.start("tune", "study.yaml")
        self.wait_until(lambda: all(os.path.exists(self.path(f"begun-{trial}")) for trial in range(2)))
        follower = self.start("logs", "held", "1", "-f")
        self.assertEqual(follower.stdout.readline(), "begun\n")
        self.assertIsNone(follower.poll())
        self.assertEqual(self.run_program("logs", "--last").stdout, "begun\n")
        self.write("go", "")
        out, errors = follower.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual((out, errors, follower.returncode), ("gone\n", "trial 1 is COMPLETE\n", 0))
        tuner.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(self.run_program("logs", "held", "-f").stdout, "begun\ngone\n")

    def test_following_ends_where_the_tuner_is_gone(self):
        self.write("study.yaml", HELD)
        tuner = self.start("tune", "study.yaml")
        self.wait_until(lambda: all(os.path.exists(self.path(f"begun-{trial}")) for trial in range(2)))
        follower = self.start("logs", "held", "0", "-f")
        self.assertEqual(follower.stdout.readline(), "begun\n")
        tuner.kill()
        tuner.wait()
        self.assertEqual(follower.communicate(timeout=LIMIT_SECONDS), ("", "trial 0 is RUNNING\n"))


class Exports(LookingTest):
    def test_the_format_follows_the_ending_and_a_table_has_durations_and_all_metrics(self):
        self.write("train.sh", 'sterlet report --step 1 loss=3 accuracy=0.5 x=7\nsterlet report --step 2 loss="$1" accuracy=0.75\n')
        self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        self.run_program("tune", "study.yaml")
        for name in ("t.csv", "t.json", "t.jsonl", "t"):
            self.run_program("export", "-o", name)
        with open(self.path("t.csv")) as file:
            rows = list(csv.DictReader(io.StringIO(file.read())))
        self.assertEqual([(row["accuracy"], row["last x"]) for row in rows], [("0.75", "7")] * 2)
        for row in rows:
            self.assertGreater(float(row["duration"]), 0)
        with open(self.path("t.json")) as file:
            self.assertEqual(len(json.load(file)["trials"]), 2)
        for name in ("t.jsonl", "t"):
            with open(self.path(name)) as file:
                self.assertEqual(len(file.read().splitlines()), 2)


class SaidByTune(LookingTest):
    def test_the_best_is_named_after_its_own_line(self):
        # Both trials end at once, so that the second one is the best before the first one's line is printed.
        self.write("train.sh", 'touch "ready-$STERLET_TRIAL"; until [ -e ready-0 ] && [ -e ready-1 ]; do sleep 0.02; done\n'
                               'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 2}\nworkers: 2\n")
        said = self.run_program("tune", "study.yaml", "--progress", "plain").stderr
        told = set()
        for line in said.splitlines():
            found = re.match(r"trial (\d+) COMPLETE", line)
            if not found:
                continue
            told.add(found[1])
            named = re.search(r"\(best: trial (\d+) ", line)
            self.assertTrue(named is None or named[1] in told, said)
        self.assertEqual(told, {"0", "1"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
