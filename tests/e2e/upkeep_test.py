"""Studies are removed, renamed and copied; results come from elsewhere; notes and tags are kept, shown and found by."""
import csv
import io
import json
import os
import pathlib
import select
import time
import unittest

from support import LIMIT_SECONDS, ProgramTest

STUDY = """
study: s
objective: {metric: loss, direction: minimize}
command: [sh, train.sh, "${x}"]
params:
  x: {type: float, low: 0, high: 1, default: 0.5}
  k: {type: categorical, choices: [a, b]}
sampler: tpe
workers: 1
seed: 5
budget: {trials: 5}
"""
TRAIN = ('sterlet report --step 1 loss="$1" other="0.$STERLET_TRIAL"\nsterlet report --step 2 loss="$1"\n'
         'touch "$STERLET_CHECKPOINT_DIR/last.pt"\n')


class Upkeep(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("train.sh", TRAIN)
        self.write("study.yaml", STUDY)

    def wait_until(self, condition, what):
        """Looks again and again, without an opinion on how long it takes, up to the limit."""
        until = time.monotonic() + LIMIT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            select.select([], [], [], 0.01)

    def tune(self):
        self.run_program("tune", "study.yaml")

    def studies(self):
        return [study["study"] for study in json.loads(self.run_program("ls", "--json").stdout)["studies"]]

    def test_a_study_is_removed_with_its_files_and_leaves_the_others(self):
        self.tune()
        folder = self.trials_folder("s")
        self.write("other.yaml", STUDY.replace("study: s", "study: other"))
        self.run_program("tune", "other.yaml")
        asked = self.run_program("rm", "s", code=1).stderr
        self.assertRegex(asked, rf"^this would remove the study s with 5 trials, and the checkpoints and logs in {folder} "
                                r"\(\d+ files, [\d.]+ (bytes|KiB)\); nothing was removed; to do it, add --yes\n$")
        self.assertEqual(self.studies(), ["s", "other"])
        self.assertIn("removed the study s with 5 trials", self.run_program("rm", "s", "--yes").stdout)
        self.assertEqual(self.studies(), ["other"])
        self.assertFalse(os.path.exists(folder))
        self.assertTrue(os.path.exists(self.trials_folder("other") + "/0/checkpoints/last.pt"))
        self.assertEqual(len(self.trials("other")), 5)
        self.run_program("tune", "study.yaml")  # The name is free.
        self.assertEqual(len(self.trials("s")), 5)
        self.assertNotEqual(self.trials_folder("s"), folder)
        self.run_program("rm", "s", "--yes", "--keep-files")
        self.assertTrue(os.path.exists(self.trials_folder("s") + "/0/checkpoints/last.pt"))
        self.assertIn("there is no study 's' in the storage", self.run_program("rm", "s", "--yes", code=1).stderr)
        self.assertIn("it is not said what to remove", self.run_program("rm", "--yes", code=1).stderr)

    def test_trials_are_removed_and_their_numbers_are_not_given_again(self):
        self.tune()
        before = self.trials()
        best = min(before, key=lambda t: t["values"][0])["number"]
        folder = self.trials_folder("s")
        self.run_program("rm", "s", str(best), "9", "--yes", code=1)
        self.assertEqual(self.trials(), before, "all or none")
        self.assertIn(f"this would remove trial {best} of the study s, and the checkpoints and logs",
                      self.run_program("rm", "s", str(best), code=1).stderr)
        told = json.loads(self.run_program("rm", "s", str(best), "--yes", "--json").stdout)
        self.assertEqual((told["removed"], told["files"] > 3), ([best], True))
        self.assertFalse(os.path.exists(f"{folder}/{best}"))
        left = [t for t in before if t["number"] != best]
        self.assertEqual(self.trials(), left)
        self.assertIn(f"trial {best} was removed", self.run_program("show", str(best), code=1).stderr)
        self.assertNotIn(best, [b["number"] for b in json.loads(self.run_program("best", "--json").stdout)["best"]])
        self.assertEqual(len(self.run_program("export", "--format", "csv").stdout.splitlines()), 5)
        self.run_program("report", "s", "-o", "page.html")
        self.run_program("tune", "study.yaml")  # The budget has room for one more.
        self.assertEqual([t["number"] for t in self.trials()], [t["number"] for t in left] + [5])

    def test_the_last_trial_leaves_no_empty_folders(self):
        self.tune()
        folder = self.trials_folder("s")
        self.write("other.yaml", STUDY.replace("study: s", "study: other"))
        self.run_program("tune", "other.yaml")
        told = self.run_program("rm", "s", "0", "1", "2", "3", "4", "--yes", "--storage", "./sterlet.db").stdout
        self.assertIn(f" in {folder} (", told)
        self.assertFalse(os.path.exists(folder))
        self.assertTrue(os.path.exists(self.trials_folder("other")))
        self.run_program("rm", "other", "--yes")
        self.assertFalse(os.path.exists(self.path("sterlet-trials")))

    def test_what_runs_is_neither_removed_nor_renamed_nor_copied(self):
        self.write("train.sh", "touch began\nuntil [ -e go ]; do sleep 0.05; done\n" + TRAIN)
        child = self.start("tune", "study.yaml", "--progress", "none")
        self.wait_until(lambda: os.path.exists(self.path("began")), "the first trial begins")
        for command in (["rm", "s", "--yes"], ["rm", "s", "0", "--yes"], ["rename", "s", "t"], ["cp", "s", "t"]):
            told = self.run_program(*command, code=1).stderr
            self.assertEqual(told, f"s: process {child.pid} runs it; end that first: sterlet stop s\n")
        self.write("go", "")
        child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual([t["state"] for t in self.trials()], ["COMPLETE"] * 5)

    def test_a_renamed_study_goes_on_with_its_trials_and_files(self):
        self.tune()
        folder, before = self.trials_folder("s"), self.trials()
        told = self.run_program("rename", "s", "t").stdout
        self.assertIn(f"s is now called t; its checkpoints and logs stay in {folder}", told)
        self.assertEqual(self.studies(), ["t"])
        self.assertEqual(self.trials("t"), before)
        self.run_program("logs", "t", "0")
        self.write("study.yaml", STUDY.replace("study: s", "study: t").replace("trials: 5", "trials: 6"))
        self.assertEqual(self.run_program("tune", "study.yaml").stderr.count("otherwise"), 1)  # The budget.
        self.assertEqual(len(self.trials()), 6)
        self.assertTrue(os.path.exists(folder + "/5/checkpoints/last.pt"))
        self.assertEqual(len(list(pathlib.Path(self.path("sterlet-trials")).iterdir())), 1)
        self.write("study.yaml", STUDY)
        self.run_program("tune", "study.yaml")  # A new study of the old name has a folder of its own.
        self.assertEqual(len(list(pathlib.Path(self.path("sterlet-trials")).iterdir())), 2)
        self.assertIn("there is a study 's' already", self.run_program("rename", "t", "s", code=1).stderr)
        self.assertIn("a study cannot be named 'a/b'", self.run_program("rename", "t", "a/b", code=1).stderr)

    def test_a_copy_has_the_results_and_goes_on_by_itself(self):
        self.tune()
        self.run_program("tag", "s", "1", "good")
        self.run_program("note", "s", "a beginning")
        before = self.trials()
        self.assertIn("t is a copy of s with 5 trials; checkpoints and logs are not copied",
                      self.run_program("cp", "s", "t").stdout)
        self.assertEqual(self.trials("t"), before)
        self.write("copy.yaml", STUDY.replace("study: s", "study: t").replace("trials: 5", "trials: 8"))
        self.write("study.yaml", STUDY.replace("trials: 5", "trials: 8"))
        self.run_program("tune", "copy.yaml")
        self.run_program("tune", "study.yaml")
        # What it suggests follows from spec, seed and history alone, which are the same.
        self.assertEqual([t["params"] for t in self.trials("t")], [t["params"] for t in self.trials("s")])
        self.assertEqual(json.loads(self.run_program("status", "t", "--json").stdout)["notes"][0]["text"], "a beginning")
        self.assertIn("u is a copy of s with 0 trials", self.run_program("cp", "s", "u", "--without-trials").stdout)
        self.assertEqual(self.trials("u"), [])
        self.assertIn("there is a study 't' already", self.run_program("cp", "s", "t", code=1).stderr)

    def test_a_copy_of_an_amended_and_pruned_study_is_the_same(self):
        text = STUDY.replace("sampler: tpe", "sampler: random\npruner: {name: median, startup_trials: 1, warmup_steps: 0}")
        self.write("study.yaml", text)
        self.run_program("tune", "study.yaml")
        self.write("study.yaml", text.replace("low: 0,", "low: 0.3,").replace("trials: 5", "trials: 9"))
        self.run_program("tune", "study.yaml", "--amend")
        self.run_program("cp", "s", "t")

        def told(study):
            return [{**t, "checkpoint": None} for t in self.trials(study)]

        self.assertEqual(told("t"), told("s"))
        for study in ("s", "t"):
            self.write("study.yaml", text.replace("study: s", f"study: {study}").replace("low: 0,", "low: 0.3,")
                       .replace("trials: 5", "trials: 14"))
            self.run_program("tune", "study.yaml")
        self.assertEqual([(t["params"], t["state"]) for t in self.trials("t")],
                         [(t["params"], t["state"]) for t in self.trials("s")])

    def test_results_from_elsewhere(self):
        self.write("r.csv", "x,k,loss,state,seen\n0.25,a,0.5,,1\n0.75,b,,failed,1\n0.5,a,0.125,complete,1\n")
        done = self.run_program("add", "study.yaml", "r.csv")
        self.assertEqual(done.stdout, "3 trials added to s: 0 to 2\n")
        self.assertEqual(done.stderr, "r.csv: these columns say nothing to the study: seen\n")
        trials = self.trials()
        self.assertEqual([(t["origin"], t["state"], t["values"]) for t in trials],
                         [("added", "COMPLETE", [0.5]), ("added", "FAILED", []), ("added", "COMPLETE", [0.125])])
        self.write("bad.csv", "x,k,loss\n0.5,a,1\n0.5,c,1\n")
        self.assertIn("bad.csv:3: k cannot be \"c\"; it is one of a, b; to leave out what does not fit, add --skip",
                      self.run_program("add", "s", "bad.csv", code=1).stderr)
        self.assertEqual(self.trials(), trials, "all or none")
        self.assertIn("1 line was left out, the first as bad.csv:3:", self.run_program("add", "s", "bad.csv", "--skip").stderr)
        self.assertEqual(len(self.trials()), 4)
        self.assertIn("this file cannot be read", self.run_program("add", "s", "none.csv", code=1).stderr)
        self.run_program("tune", "study.yaml")
        self.assertEqual(len(self.trials()), 5)  # They count in the budget.
        # What export writes is read, with curves.
        self.write("again.yaml", STUDY.replace("study: s", "study: again"))
        for name in ("e.jsonl", "e.csv"):
            self.run_program("export", "s", "--format", name.split(".")[1], "-o", name)
            self.run_program("add", "again.yaml", name)
            then, now = self.trials("s"), self.trials("again")[-5:]
            for key in ("params", "state", "values") + (("reports",) if name == "e.jsonl" else ()):
                self.assertEqual([t[key] for t in now], [t[key] for t in then], (name, key))

    def test_results_that_are_there_already_are_told(self):
        self.write("r.csv", "x,k,loss\n0.25,a,0.5\n0.5,b,0.125\n")
        self.assertEqual(self.run_program("add", "study.yaml", "r.csv").stderr, "")
        self.write("r.csv", "x,k,loss\n0.25,a,0.5\n0.5,b,0.25\n")
        told = self.run_program("add", "study.yaml", "r.csv")
        self.assertEqual(told.stderr, "1 of them was in the study already, with the same parameters and result: if that was not "
                                      "meant, sterlet rm s TRIAL takes them out\n")
        self.assertEqual(told.stdout, "2 trials added to s: 2 to 3\n")

    def test_notes_and_tags_are_kept_shown_exported_and_found_by(self):
        self.tune()
        self.assertEqual(self.run_program("note", "s", "2", "the first without k").stdout, "noted of trial 2 of s\n")
        self.assertEqual(self.run_program("note", "began after lunch").stdout, "noted of s\n")
        self.assertEqual(self.run_program("tag", "s", "2", "3", "good", "to-check").stdout,
                         "trials 2, 3 of s are tagged good to-check\n")
        self.assertEqual(self.run_program("tag", "paper").stdout, "s is tagged paper\n")
        self.assertEqual(self.run_program("tag", "3", "to-check", "--remove").stdout,
                         "trial 3 of s is no longer tagged to-check\n")
        trials = self.trials()
        self.assertEqual([t.get("tags") for t in trials], [None, None, ["good", "to-check"], ["good"], None])
        self.assertEqual(trials[2]["notes"][0]["text"], "the first without k")
        self.assertEqual([t["number"] for t in self.trials("s", "--tag", "good")], [2, 3])
        listed = json.loads(self.run_program("ls", "s", "--tag", "to-check", "--json").stdout)["trials"]
        self.assertEqual([t["number"] for t in listed], [2])
        rows = list(csv.DictReader(io.StringIO(self.run_program("export", "--format", "csv", "--tag", "good").stdout)))
        self.assertEqual([(row["number"], row["tags"], row["notes"]) for row in rows],
                         [("2", "good to-check", "the first without k"), ("3", "good", "")])
        shown = self.run_program("show", "2").stdout
        self.assertIn("good to-check", shown)
        self.assertIn("the first without k", shown)
        self.assertIn("began after lunch", self.run_program("status").stdout)
        self.assertIn("paper", self.run_program("status").stdout)
        tags = json.loads(self.run_program("tag", "--json").stdout)["tags"]
        self.assertEqual(tags[0], {"trial": None, "tags": ["paper"]})
        notes = json.loads(self.run_program("note", "s", "--json").stdout)["notes"]
        self.assertEqual([(n["trial"], n["text"]) for n in notes], [(None, "began after lunch"), (2, "the first without k")])
        for wrong in (["tag", "s", "2", "two words"], ["note", "s", "2"], ["note", "s", "9", "x"], ["tag", "s", "2"]):
            self.run_program(*wrong, code=1)


if __name__ == "__main__":
    unittest.main()
