"""What results depended on is recorded, what has changed is told, and a retest says whether they still hold."""
import json
import os
import re
import signal
import sqlite3
import subprocess
import unittest

from support import ProgramTest

# The loss is a bowl around the number in `optimum`, above the number in `level`; the trial's seed moves it a little.
TRAIN = """
import json, os, time
place, level = (float(line) for line in open("data/bowl.csv").read().split()[1:])
x = json.load(open(os.environ["STERLET_PARAMS"]))["x"]
noise = (int(os.environ["STERLET_SEED"]) % 1000 - 500) * 2e-6
while os.path.exists("hold") and int(os.environ["STERLET_TRIAL"]) == 0 and os.path.exists("data/bowl.csv"):
    time.sleep(0.02)
print("loss=%.6f" % (level + (x - place) ** 2 + noise))
"""
STUDY = """
study: bowl
objective: {metric: loss, direction: minimize}
command: [python3, train.py]
metrics: {from: stdout, pattern: 'loss=(?<loss>\\S+)'}
params: {x: {type: float, low: 0, high: 1}}
sampler: random
seed: 5
budget: {trials: 12}
context: {files: [train.py, data/], env: [FLAVOUR], command: [sh, -c, 'cat versions 2>/dev/null || true']}
"""
VERSION_1_KEYS = {"version", "verdict", "confidence", "rank_correlation", "evaluations", "best_then", "best_now", "changed"}


class StalenessTest(ProgramTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("data"))
        self.write("train.py", TRAIN)
        self.bowl(0.3, 1)
        self.write("study.yaml", STUDY)

    def bowl(self, place, level):
        self.write("data/bowl.csv", f"place\n{place}\n{level}\n")

    def tune(self, *arguments):
        return self.run_program("tune", "study.yaml", *arguments)

    def status(self, *arguments, code=0):
        return json.loads(self.run_program("status", "--json", *arguments, code=code).stdout)

    def study(self, *arguments, code=0):
        (study,) = self.status(*arguments, code=code)["studies"]
        return study

    def retest(self, *arguments, code=0):
        return json.loads(self.run_program("retest", "--json", *arguments, code=code).stdout)

    def rows(self, sql):
        database = sqlite3.connect(self.path("sterlet.db"))
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def age(self, days):
        """As if all had happened so long ago."""
        database = sqlite3.connect(self.path("sterlet.db"))
        for table, column in (("trials", "ended_ms"), ("documents", "created_ms")):
            database.execute(f"UPDATE {table} SET {column} = {column} - {int(days * 86400e3)}")
        database.commit()
        database.close()

    def test_a_trial_that_is_asked_for_has_a_context(self):
        child = self.start("ask-tell", "study.yaml", "--storage", "sterlet.db")
        out, err = child.communicate('{"op":"ask"}\n{"op":"tell","id":0,"value":1}\n{"op":"ask"}\n')
        self.assertEqual(err, "")
        self.assertEqual(len(out.splitlines()), 3)
        ((body,),) = self.rows("SELECT body FROM documents WHERE kind = 'context'")
        self.assertEqual([file["path"] for file in json.loads(body)["files"]], ["train.py", "data/"])
        for trial in ("0", "1"):
            shown = json.loads(self.run_program("show", "bowl", trial, "--json").stdout)
            self.assertEqual(shown["context"], json.loads(body))
        self.bowl(0.4, 1)
        self.assertEqual([change["part"] for change in self.study()["changed"]], ["data/bowl.csv"])

    def test_all_trials_of_one_session_share_a_context(self):
        self.tune()
        ((body,),) = self.rows("SELECT body FROM documents WHERE kind = 'context'")
        context = json.loads(body)
        self.assertEqual([file["path"] for file in context["files"]], ["train.py", "data/"])
        self.assertEqual(context["command"], ["python3", "train.py"])
        self.assertEqual(context["env"], {"FLAVOUR": ""})
        self.assertIn("cores", context["machine"])
        self.assertEqual(len(self.rows("SELECT trial FROM document_links WHERE kind = 'context'")), 12)
        self.assertEqual(json.loads(self.run_program("show", "3", "--json").stdout)["context"], context)

    def test_a_change_under_a_run_is_the_context_of_the_trials_after_it(self):
        self.write("hold", "")
        self.write("study.yaml", STUDY.replace("sampler: random", "sampler: random\nworkers: 1").replace("trials: 12", "trials: 2"))
        child = self.start("tune", "study.yaml")
        while not os.path.exists(self.path("sterlet.db")) or not self.events("claim"):
            self.assertIsNone(child.poll())
        self.bowl(0.3, 2)
        os.remove(self.path("hold"))
        self.assertEqual(child.wait(), 0)
        links = self.rows("SELECT trial, document FROM document_links WHERE kind = 'context' ORDER BY trial")
        self.assertEqual([trial for trial, _ in links], [0, 1])
        bodies = {i: json.loads(body) for i, body in self.rows("SELECT id, body FROM documents")}
        last = bodies[links[1][1]]["files"][1]
        self.write("other.yaml", STUDY.replace("study: bowl", "study: other").replace("trials: 12", "trials: 1"))
        self.run_program("tune", "other.yaml")
        ((now,),) = self.rows("SELECT body FROM documents WHERE study_id = 2")
        self.assertEqual(last, json.loads(now)["files"][1], "trial 1 began after the change")

    def test_status_tells_what_has_changed(self):
        self.tune()
        study = self.study()
        self.assertEqual(study["changed"], [])
        self.assertFalse(study["stale"])
        self.assertLess(study["risk"], 0.01)
        self.assertIn("nothing since trial", self.run_program("status").stdout)
        self.write("data/bowl.csv", "place\n0.3\n1\n\n\n")
        self.write("versions", "torch 2.1.0\n")
        study = self.study()
        self.assertEqual([change["part"] for change in study["changed"]], ["data/bowl.csv"])
        self.assertTrue(study["stale"])
        self.assertIn("data/bowl.csv: 100% more rows (2 -> 4)", self.run_program("status").stdout)
        checked = self.run_program("status", "--check", code=4)
        self.assertIn("bowl is stale: data/bowl.csv: 100% more rows (2 -> 4); to test it again, run sterlet retest bowl",
                      checked.stderr)

    def test_the_policy_of_the_study_decides(self):
        self.write("study.yaml", STUDY + "retest: {after: 30d, on: [env]}\n")
        self.tune()
        self.bowl(0.9, 1)
        self.run_program("status", "--check")
        self.age(29)
        self.assertEqual(round(self.study()["age_days"]), 29)
        self.run_program("status", "--check")
        self.age(2)
        self.assertIn("its last confirmation is 31d old, more than 30d",
                      self.run_program("status", "--check", code=4).stderr)

    def test_all_studies_come_by_risk(self):
        self.tune()
        self.write("other.yaml", STUDY.replace("study: bowl", "study: other").replace(", data/]", "]"))
        self.run_program("tune", "other.yaml")
        self.bowl(0.9, 1)
        status = self.status()
        self.assertEqual([study["study"] for study in status["studies"]], ["bowl", "other"])
        self.assertEqual([study["stale"] for study in status["studies"]], [True, False])
        table = self.run_program("status").stdout.splitlines()
        self.assertRegex(table[1], r"^bowl +yes +0\.\d\d +\d+[sm] +data/bowl.csv: same size, other content")
        self.assertRegex(table[2], r"^other +no +0\.0\d +\d+[sm] +nothing since trial \d+, the best")
        self.run_program("status", "--check", code=4)
        self.run_program("status", "other", "--check")

    def test_a_clock_that_went_back_is_a_sentence(self):
        self.tune()
        self.age(-400)
        self.assertIn("this machine's clock has gone back", self.run_program("status").stdout)
        study = self.study()
        self.assertTrue(study["clock_went_back"])
        self.assertEqual(study["age_days"], 0)

    def test_what_holds(self):
        self.tune()
        before = self.run_program("export").stdout, self.status()["counts"], self.run_program("best", "--json").stdout
        verdict = self.retest()
        self.assertLessEqual(VERSION_1_KEYS, set(verdict))
        self.assertEqual(verdict["version"], 1)
        self.assertEqual(verdict["verdict"], "holds")
        self.assertGreater(verdict["confidence"], 0.9)
        self.assertLessEqual(verdict["evaluations"], 10)
        self.assertEqual(verdict["best_now"], verdict["best_then"])
        correlation = verdict["rank_correlation"]
        self.assertEqual(set(correlation), {"value", "low", "high"})
        self.assertTrue(correlation["low"] <= correlation["value"] <= correlation["high"], correlation)
        self.assertEqual(verdict["changed"], [])
        after = self.run_program("export").stdout, self.status()["counts"], self.run_program("best", "--json").stdout
        self.assertEqual(before, after, "trials, budget and best are as they were")
        self.assertEqual(self.study()["confirmed_by"], "a retest")
        self.assertIn("holds, confidence", self.run_program("status").stdout)
        self.assertIn("retested", self.run_program("show").stdout)
        self.assertEqual(json.loads(self.run_program("show", "--json").stdout)["verdicts"][0]["verdict"], "holds")

    def test_what_has_drifted(self):
        self.tune()
        self.bowl(0.3, 7)
        verdict = self.retest()
        self.assertEqual(verdict["verdict"], "drifted")
        self.assertAlmostEqual(verdict["moved"], 6, places=2)
        self.assertEqual(verdict["changed"], ["data/bowl.csv"])
        self.assertFalse(self.study()["stale"], "the verdict's context is what counts from now on")

    def test_what_has_rusted(self):
        self.tune()
        self.bowl(0.95, 1)
        told = self.run_program("retest")
        self.assertRegex(told.stdout, r"(?m)^verdict +rusted, confidence (0\.\d\d|1\.00), after \d+ evaluations$")
        self.assertRegex(told.stdout, r"(?m)^changed +data/bowl.csv: ")
        self.assertRegex(told.stdout, r"(?m)^do +tune again ")
        evaluations = int(re.search(r"after (\d+) evaluations", told.stdout).group(1))
        self.assertLessEqual(evaluations, 12)
        self.assertEqual(told.stderr.count(" of 15: trial "), evaluations)
        self.assertEqual(self.study()["risk"], 1)
        self.assertIn("its last retest said rusted", self.run_program("status", "--check", code=4).stderr)
        # Noise that hides all differences takes that back no more than it makes differences between settings.
        self.write("train.py", "import random\n" + TRAIN.replace(
            '(int(os.environ["STERLET_SEED"]) % 1000 - 500) * 2e-6',
            'random.Random(int(os.environ["STERLET_SEED"])).gauss(0, 100)'))
        loud = self.retest("--trials", "8")
        self.assertEqual((loud["verdict"], loud["rank_correlation"]["value"]), ("unsure", None))
        self.assertNotIn("scale", loud)
        self.assertEqual(self.study()["risk"], 1)
        self.assertIn("a retest said rusted, and the last one was unsure", self.run_program("status", "--check", code=4).stderr)

    def test_a_retest_that_was_given_up_leaves_no_failures_behind(self):
        self.write("train.py", "import os, sys\nif os.path.exists('off'):\n    sys.exit('no GPU')\n" + TRAIN)
        self.tune()
        self.write("off", "")
        for _ in range(2):
            self.assertIn("the first two evaluations failed", self.run_program("retest", code=1).stderr)
        self.assertEqual(self.rows("SELECT count(*) FROM documents WHERE kind = 'verdict'"), [(0,)])
        os.remove(self.path("off"))
        verdict = self.retest()
        self.assertEqual(verdict["verdict"], "holds")
        self.assertNotIn(None, [value for trial in verdict["trials"] for value in trial["now"]])

    def test_an_interrupted_retest_goes_on(self):
        self.tune()
        self.write("hold", "")
        child = self.start("retest", "--trials", "9")
        while not self.processes_of(self.folder):
            self.assertIsNone(child.poll())
        self.signal(child, signal.SIGINT)
        _, errors = child.communicate()
        self.assertEqual(child.returncode, 130, errors)
        self.assertIn("interrupted, so there is no verdict", errors)
        os.remove(self.path("hold"))
        self.assertEqual(self.rows("SELECT count(*) FROM documents WHERE kind = 'verdict'"), [(0,)])
        self.assertEqual(self.retest()["verdict"], "holds")

    def test_deleted_code_and_data_are_sentences(self):
        self.tune()
        os.rename(self.path("data"), self.path("moved"))
        gone = self.run_program("retest", code=1)
        self.assertIn("context: data/: there is no such file or folder", gone.stderr)
        self.assertIn("the first two evaluations failed, which says nothing about the settings", gone.stderr)
        self.assertEqual(self.study()["changed"][0]["text"], "data/: no longer there")
        os.rename(self.path("moved"), self.path("data"))
        os.remove(self.path("train.py"))
        gone = self.run_program("retest", code=1).stderr
        self.assertIn("context: train.py: there is no such file or folder", gone)
        self.assertIn("its program cannot be started (train.py: no such script in ", gone)
        self.assertEqual(self.rows("SELECT count(*) FROM documents WHERE kind = 'verdict'"), [(0,)])
        self.write("train.py", TRAIN)
        self.assertEqual(self.retest()["verdict"], "holds", "nothing was lost")

    def test_what_cannot_be_read_of_a_folder_is_told(self):
        self.tune()
        self.assertNotIn("not known", self.run_program("status").stdout)
        place = os.open(self.path("data"), os.O_RDONLY)
        for name in ["x" * 200] * 21:  # Beyond what one path may have, so that nobody can open it.
            os.mkdir(name, dir_fd=place)
            inner = os.open(name, os.O_RDONLY, dir_fd=place)
            os.close(place)
            place = inner
        os.close(place)
        study = self.study()
        (problem,) = study["problems"]
        self.assertRegex(problem, r"^data/x+/.*: the folder cannot be opened \(File name too long\); it is not part of the hash")
        self.assertTrue(study["stale"])
        self.assertRegex(study["changed"][0]["text"], "^data/x.*: cannot be read$")
        self.assertRegex(self.run_program("status").stdout, r"(?m)^not known +data/x")

    def test_added_results_have_a_context_where_they_were_found_here(self):
        self.write("found.csv", "x,loss\n0.3,1\n0.4,2\n")
        self.run_program("add", "study.yaml", "found.csv")
        self.assertNotIn("compared_with", self.study())
        self.assertIn("no context was taken (of added ones: add --here)", self.run_program("status", "--all").stdout)
        self.write("found.csv", "x,loss\n0.31,0.5\n")
        self.run_program("add", "study.yaml", "found.csv", "--here")
        self.assertEqual(self.study()["compared_with"], "trial 2, the best")
        self.bowl(0.4, 1)
        self.assertEqual([change["part"] for change in self.study()["changed"]], ["data/bowl.csv"])

    def test_another_space_is_refused(self):
        self.tune()
        self.write("study.yaml", STUDY.replace("high: 1}", "high: 2}"))
        refused = self.run_program("retest", "study.yaml", code=1).stderr
        self.assertIn("study.yaml says another params.x.high than the study 'bowl' was run with", refused)
        self.assertEqual(self.retest("bowl")["verdict"], "holds")

    def test_too_little_to_compare_is_refused(self):
        self.tune("--trials", "3")
        self.assertIn("a retest needs 5 settings with a value (found 3)", self.run_program("retest", code=1).stderr)

    def test_a_context_command_that_fails_or_hangs_ends_no_run(self):
        self.write("study.yaml", STUDY.replace("'cat versions 2>/dev/null || true'", "'echo no >&2; exit 3'"))
        told = self.tune("--trials", "2")
        self.assertIn("context: context command sh: it ended with exit code 3: no", told.stderr)
        self.assertEqual(len(self.trials()), 2)
        self.write("hang.yaml", STUDY.replace("study: bowl", "study: hang").replace("'cat versions 2>/dev/null || true'", "'sleep 1000'"))
        told = self.run_program("tune", "hang.yaml", "--trials", "2")
        self.assertEqual(len(self.trials("hang")), 2)
        self.assertEqual(self.processes_of(self.folder), [])

    def test_git_is_part_of_a_context(self):
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@x"]
        for words in (["init", "-q"], ["add", "train.py"], ["commit", "-qm", "one"]):
            subprocess.run(git + words, cwd=self.folder, check=True)
        self.tune("--trials", "2")
        self.write("train.py", TRAIN + "\n# changed\n")
        changed = {change["part"]: change for change in self.study()["changed"]}
        self.assertEqual(set(changed), {"train.py", "git"})
        self.assertRegex(changed["git"]["text"], r"^git: [0-9a-f]{8} -> [0-9a-f]{8} with changes$")


if __name__ == "__main__":
    unittest.main()
