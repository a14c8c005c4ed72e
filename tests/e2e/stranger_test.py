"""What somebody types who knows other tools, and not this one: each ends in one sentence that says what is meant here."""
import json
import os
import unittest

import support
from support import TOY, ProgramTest

TRAIN = 'sterlet report loss="$1"\n'
MODEL = """
import sys
sys.path.insert(0, {client!r})
import sterlet
trial = sterlet.Trial(live=True)
for step in trial.steps(20):
    trial.report(step, loss=trial.params["rate"] / step)
"""


class Words(ProgramTest):
    def test_commands_of_other_tools(self):
        for words, told in ((["delete", "toy"], "there is no command 'delete'; write sterlet rm"),
                            (["list"], "there is no command 'list'; write sterlet ls"),
                            (["watch", "--help"], "there is no command 'watch'; write sterlet top"),
                            (["notify", "--help"], "there is no command 'notify'; notify is a key of the study file: see "
                                                   "docs/study-file.md"),
                            (["tuen", "--help"], "there is no command 'tuen'; did you mean 'tune'?")):
            done = self.run_program(*words, code=2)
            self.assertEqual((done.stdout, done.stderr), ("", f"sterlet: {told}\n"), words)
        self.assertEqual(self.run_program("help", "import", code=2).stderr, "there is no command 'import'; write sterlet add\n")

    def test_words_too_many_or_too_few(self):
        self.write("train.sh", TRAIN)
        self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        self.run_program("tune", "study.yaml")
        self.assertEqual(self.run_program("show", "toy", "1", "2", code=1).stderr,
                         "'1' is not a trial's number; give a whole number from 0, or best, or last\n")
        self.assertNotIn("0x", self.run_program("show", "--help").stdout + self.run_program("stop", "--help").stdout)
        self.assertEqual(self.run_program("enqueue", "toy", code=1).stderr,
                         "it is not said what to try; write it behind the study, as in sterlet enqueue toy learning_rate=0.01\n")


class Files(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("train.sh", TRAIN)
        self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        self.run_program("tune", "study.yaml")

    def test_a_copy_has_no_output(self):
        self.run_program("cp", "toy", "other")
        done = self.run_program("logs", "other", "0")
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"^trial 0 has no output: no program of it has run in \S+/sterlet-trials/other-[0-9a-f]{8}\n$")
        self.assertEqual(self.run_program("logs", "toy", "0").stderr, "")

    def test_tables_of_another_kind(self):
        done = self.run_program("export", "toy", "-o", "trials.parquet", code=1)
        self.assertEqual(done.stderr, "trials.parquet: trials are not written as .parquet; name it .csv, .json or .jsonl, or add "
                                      "--format csv\n")
        self.assertFalse(os.path.exists(self.path("trials.parquet")))
        self.run_program("export", "toy", "-o", "trials.parquet", "--format", "csv")

    def test_a_table_of_a_spreadsheet_in_another_language(self):
        self.write("results.csv", "x;kind;loss\n0,1;a;0,3\n")
        self.assertEqual(self.run_program("add", "toy", "results.csv", code=1).stderr,
                         "results.csv: none of its columns is a parameter or an objective (x;kind;loss); save it with commas between "
                         "the columns, and points in the numbers\n")

    def test_what_was_added_has_no_rate(self):
        self.write("results.csv", "x,kind,loss\n" + "".join(f"0.{i},a,0.{i}\n" for i in range(100, 400)))
        self.run_program("add", "toy", "results.csv")
        shown = self.run_program("top", "toy", "--once").stdout
        self.assertNotRegex(shown, r"rate +[0-9.]+ trials/s", shown)  # Two trials in a second or two, no 302.


class OneModel(ProgramTest):
    def test_what_a_model_that_is_babysat_does_not_use_is_not_shown(self):
        self.write("train.py", MODEL.format(client=os.path.join(support.SOURCE, "client")))
        self.write("study.yaml", "study: one\nobjective: loss\ncommand: [python3, train.py]\nstrategy: babysit\n"
                                 "params: {rate: {type: float, low: 1e-4, high: 1, scale: log, live: true}}\n")
        self.assertIn("rate 0.01 from the beginning", self.run_program("babysit", "study.yaml").stderr)
        status = self.run_program("status").stdout
        self.assertIn("strategy   babysit\n", status)
        self.assertIn("; the model is trained, and sterlet babysit one --new raises another\n", status)
        shown = self.run_program("show").stdout
        self.assertRegex(shown, r"\ntried as +one model that is babysat\n")
        self.assertRegex(shown, r"\nschedule +rate=0\.01 from step 0\n")
        for word in ("sampler", "pruner"):
            self.assertNotIn(word, status + self.run_program("show").stdout)
            self.assertNotIn(word, json.loads(self.run_program("status", "--json").stdout))
        self.assertEqual(json.loads(self.run_program("status", "--json").stdout)["strategy"], "babysit")


if __name__ == "__main__":
    unittest.main(verbosity=2)
