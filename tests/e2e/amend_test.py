"""A study file is changed on a study that has trials: what is taken, what needs --amend, and what becomes of the history."""
import json
import os
import select
import time
import unittest

from support import HOLD_LAST, LIMIT_SECONDS, ProgramTest

STUDY = """
study: s
objective: {metric: loss, direction: minimize}
command: [sh, train.sh, "${x}"]
params:
  x: {type: float, low: 0, high: 1, default: 0.5}
  k: {type: categorical, choices: [a, b]}
sampler: random
workers: 1
seed: 5
budget: {trials: 8}
"""
TRAIN = 'sterlet report --step 1 loss="$1" other="0.$STERLET_TRIAL"\n'


class Amend(ProgramTest):
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

    def change(self, *pairs, trials=None):
        text = STUDY
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new)
        if trials:
            text = text.replace("trials: 8", f"trials: {trials}")
        self.write("study.yaml", text)

    def params(self):
        return [trial["params"] for trial in self.trials()]

    def test_how_trials_are_run_and_chosen_is_taken_and_told(self):
        self.run_program("tune", "study.yaml")
        before = self.trials()
        self.change(("sh, train.sh", "sh, ./train.sh"), ("sampler: random", "sampler: sobol\npruner: median\nretries: 3"),
                    ("workers: 1", "workers: 2"), trials=12)
        told = self.run_program("tune", "study.yaml").stderr.splitlines()
        at = told.index("s: the study file says otherwise than the storage:")
        self.assertEqual(told[at + 1:at + 7], [
            '  command: was ["sh","train.sh","${x}"], is ["sh","./train.sh","${x}"]; it holds for trial 8 and those after it',
            "  budget.trials: was 8, is 12",
            '  sampler: was {"name":"random"}, is {"name":"sobol"}; it chooses trial 8 and those after it, from what all have told',
            '  pruner: was {"name":"none"}, is {"name":"median"}; it judges trial 8 and those after it',
            "  workers: was 1, is 2",
            "  retries: was 100, is 3"])
        trials = self.trials()
        self.assertEqual(trials[:8], before)
        self.assertEqual({trial["origin"] for trial in trials[8:]}, {"sobol"})
        specs = json.loads(self.run_program("show", "--spec", "--json").stdout)["specs"]
        self.assertEqual([(spec["version"], spec["first_trial"]) for spec in specs], [(1, 0), (2, 8)])
        self.assertEqual([change["key"] for change in specs[1]["changed"]],
                         ["command", "budget.trials", "sampler", "pruner", "workers", "retries"])
        shown = self.run_program("show", "s", "--spec").stdout
        self.assertIn("version 2, from trial 8 on, ", shown)
        self.assertIn("  retries: was 100, is 3\n", shown)
        # The same file again changes nothing; a budget alone makes no version.
        self.assertNotIn("says otherwise", self.run_program("tune", "study.yaml").stderr)
        self.assertIn("budget.trials: was 12, is 13", self.run_program("tune", "study.yaml", "--trials", "13").stderr)
        self.assertEqual(len(json.loads(self.run_program("show", "--spec", "--json").stdout)["specs"]), 2)

    def test_the_space_is_changed_by_amend_alone(self):
        self.run_program("tune", "study.yaml")
        before = self.trials()
        self.change(("high: 1", "high: 2"), trials=10)
        refused = self.run_program("tune", "study.yaml", code=64)
        self.assertEqual(refused.stderr.splitlines(), [
            "s: the study file says otherwise than the storage:",
            "  params.x.high: was 1.0, is 2.0",
            "  budget.trials: was 8, is 10",
            "  of 8 earlier trials, 8 are learned from and 0 lie outside what is searched then",
            "study.yaml: params.x.high was 1.0 and is 2.0, but the study 's' has 8 trials in the storage; to go on with them "
            "all the same, add --amend; for a study of its own, give it another name (study: ...), or another --storage"])
        document = json.loads(self.run_program("--json", "tune", "study.yaml", code=64).stderr.splitlines()[0])
        self.assertEqual(document["differences"][0], {"key": "params.x.high", "was": 1.0, "is": 2.0,
                                                      "weight": "amendment", "meaning": ""})
        self.assertEqual(self.trials(), before, "refused as a whole, the budget too")
        self.run_program("resume")
        self.assertEqual(len(self.trials()), 8)
        self.run_program("tune", "study.yaml", "--amend")
        trials = self.trials()
        self.assertEqual(len(trials), 10)
        for then, now in zip(before, trials):
            self.assertEqual({**then, "spec_version": 1, "outside": False}, now)
        self.assertNotIn("spec_version", trials[8])
        # Resuming needs no file, and the old one is a change again.
        self.run_program("resume", "--trials", "11")
        self.write("study.yaml", STUDY)
        self.run_program("tune", "study.yaml", code=64)

    def test_points_outside_are_kept_and_shown_and_not_the_best(self):
        self.run_program("tune", "study.yaml")
        self.change(("low: 0, high: 1", "low: 0.4, high: 1"), ("[a, b]", "[b, c]"), trials=14)
        told = self.run_program("tune", "study.yaml", "--amend").stderr
        trials = self.trials()
        outside = [t["number"] for t in trials if t.get("outside")]
        self.assertEqual(outside, [t["number"] for t in trials[:8] if t["params"]["x"] < 0.4 or t["params"]["k"] == "a"])
        self.assertIn(f"of 8 earlier trials, {8 - len(outside)} ", told)
        self.assertTrue(all(t["params"]["x"] >= 0.4 and t["params"]["k"] in "bc" for t in trials[8:]))
        best = json.loads(self.run_program("best", "--json").stdout)["best"][0]["number"]
        inside = [t for t in trials if t["number"] not in outside]
        self.assertEqual(best, min(inside, key=lambda t: t["values"][0])["number"])
        for number in outside:
            self.assertIn("outside what is searched now", self.run_program("show", str(number)).stdout)
        rows = self.run_program("export", "--format", "csv").stdout.splitlines()
        self.assertEqual(len(rows), 15)
        self.assertIn(f",{trials[outside[0]]['params']['x']},", rows[1 + outside[0]])
        self.run_program("ls", "s")
        self.run_program("report", "s", "-o", "page.html")
        # Widened again: they count again.
        self.write("study.yaml", STUDY.replace("[a, b]", "[a, b, c]").replace("trials: 8", "trials: 15"))
        self.run_program("tune", "study.yaml", "--amend")
        trials = self.trials()
        self.assertFalse([t for t in trials if t.get("outside")])
        self.assertEqual(json.loads(self.run_program("best", "--json").stdout)["best"][0]["number"],
                         min(trials, key=lambda t: t["values"][0])["number"])

    def test_a_parameter_that_is_added_has_its_default_or_is_absent(self):
        self.run_program("tune", "study.yaml")
        before = self.params()
        self.change(("  k:", "  y: {type: float, low: 0, high: 1, default: 0.25}\n  z: {type: int, low: 1, high: 9}\n  k:"),
                    ("sampler: random", "sampler: tpe"), trials=16)
        told = self.run_program("tune", "study.yaml", "--amend").stderr
        self.assertIn("earlier trials count as with 0.25", told)
        self.assertIn("earlier trials count as without it, as it has no default", told)
        after = self.params()
        self.assertEqual(after[:8], [{"x": p["x"], "y": 0.25, "k": p["k"]} for p in before])
        self.assertTrue(all(set(p) == {"x", "y", "z", "k"} for p in after[8:]))

    def test_a_removed_parameter_leaves_what_had_its_default(self):
        self.change(("  k:", "  y: {type: ordinal, choices: [1, 2], default: 1}\n  k:"))
        self.run_program("tune", "study.yaml")
        then = self.params()
        self.write("study.yaml", STUDY.replace("trials: 8", "trials: 9"))
        self.assertIn("earlier trials with 1 stay, the others are kept, but not learned from",
                      self.run_program("tune", "study.yaml", "--amend").stderr)
        self.assertEqual([t["outside"] for t in self.trials()[:8]], [p["y"] != 1 for p in then])

    def test_another_objective_counts_what_was_reported_of_it(self):
        self.run_program("tune", "study.yaml")
        self.change(("{metric: loss, direction: minimize}", "{metric: other, direction: maximize}"), trials=9)
        self.run_program("tune", "study.yaml", code=64)
        self.run_program("tune", "study.yaml", "--amend")
        trials = self.trials()
        self.assertEqual([t["values"] for t in trials], [[number / 10] for number in range(9)])
        self.assertEqual(trials[0]["values_then"], [trials[0]["params"]["x"]])
        self.assertEqual(json.loads(self.run_program("best", "--json").stdout)["best"][0]["number"], 8)
        # One that nobody reported: they are outside, with nothing to show but what they were.
        self.change(("{metric: loss, direction: minimize}", "{metric: third, direction: minimize}"), trials=10)
        self.write("train.sh", 'sterlet report third="$1"\n')
        self.run_program("tune", "study.yaml", "--amend")
        trials = self.trials()
        self.assertEqual([(t["values"], t["outside"]) for t in trials[:9]], [([], True)] * 9)
        self.assertEqual(trials[8]["values_then"], [0.8])
        self.assertEqual(json.loads(self.run_program("best", "--json").stdout)["best"][0]["number"], 9)
        self.run_program("report", "s", "-o", "page.html")
        self.run_program("ls", "s")

    def test_what_makes_it_another_study_is_refused_also_with_amend(self):
        self.run_program("tune", "study.yaml")
        self.change(("seed: 5", "seed: 5\nstrategy: {name: pbt, interval: 1, steps: 2}"), ("default: 0.5", "live: true"))
        for option in ([], ["--amend"]):
            told = self.run_program("tune", "study.yaml", *option, code=64).stderr
            self.assertIn("strategy was {\"name\":\"parallel\"} and is ", told)
            self.assertIn(", but the study 's' has 8 trials in the storage; put it back, or give it another name (study: ...), which "
                          "makes it a study of its own; sterlet tune with --warm-from s begins it with what this one has learned\n",
                          told)

    def test_a_seed_holds_from_the_next_trial_on(self):
        self.write("train.sh", TRAIN + 'echo "$STERLET_TRIAL $STERLET_SEED" >> seeds\n')
        self.run_program("tune", "study.yaml")
        before = self.params()
        self.change(("seed: 5", "seed: 6"), trials=12)
        told = self.run_program("tune", "study.yaml", code=64).stderr
        self.assertIn("  seed: was 5, is 6; trial 8 and those after it follow from it", told)
        self.assertIn("seed was 5 and is 6, but the study 's' has 8 trials in the storage; to go on with them all the same, add "
                      "--amend", told)
        self.run_program("tune", "study.yaml", "--amend")
        # A file that leaves the seed out leaves it as it is.
        self.change(("seed: 5\n", ""), trials=14)
        self.run_program("tune", "study.yaml")
        self.assertEqual(json.loads(self.run_program("status", "--json").stdout)["seed"], 6)
        self.run_program("retry", "s", "2", code=1)  # It is complete: nothing runs twice by mistake.
        # A study that had this seed from the beginning; its points follow from the seed and the trial's number.
        os.mkdir(self.path("other"))
        self.write("other/train.sh", TRAIN + 'echo "$STERLET_TRIAL $STERLET_SEED" >> seeds\n')
        self.write("other/study.yaml", STUDY.replace("seed: 5", "seed: 6").replace("trials: 8", "trials: 14"))
        self.run_program("tune", "study.yaml", cwd=self.path("other"))
        other = [trial["params"] for trial in self.trials(cwd=self.path("other"))]
        self.assertEqual(self.params(), before + other[8:])
        self.assertNotEqual(before, other[:8])

        def seeds(path):
            with open(self.path(path)) as file:
                return dict(line.split() for line in file)
        mine, others = seeds("seeds"), seeds("other/seeds")
        self.assertEqual([mine[str(trial)] == others[str(trial)] for trial in range(14)], [False] * 8 + [True] * 6)
        self.assertIn("  seed: was 5, is 6", self.run_program("show", "s", "--spec").stdout)

    def test_a_trial_that_goes_on_has_the_seed_that_it_began_with(self):
        # Its checkpoint may be of that seed. The study's file names none at first: then one was drawn.
        self.write("train.sh", 'echo "$STERLET_TRIAL $STERLET_SEED" >> seeds\n[ -e go ] || exit 1\n' + TRAIN)
        self.change(("seed: 5\n", ""), ("trials: 8", "trials: 2"))
        self.run_program("tune", "study.yaml", code=3)
        self.write("go", "")
        self.change(("seed: 5", "seed: 7"), ("trials: 8", "trials: 3"))
        self.run_program("tune", "study.yaml", "--amend")
        self.run_program("retry", "s", "--failed")
        with open(self.path("seeds")) as file:
            lines = [line.split() for line in file]
        self.assertEqual([trial for trial, _ in lines], ["0", "1", "2", "0", "1"])
        self.assertEqual([seed for _, seed in lines[:2]], [seed for _, seed in lines[3:]])
        self.assertEqual([trial["state"] for trial in self.trials()], ["COMPLETE"] * 3)

    def test_a_study_without_trials_is_changed_as_one_likes(self):
        self.run_program("ask-tell", "study.yaml", "--storage", "sterlet.db")
        self.change(("high: 1", "high: 2"), ("metric: loss", "metric: other"))
        self.run_program("tune", "study.yaml")
        self.assertEqual(len(self.trials()), 8)

    def test_interrupted_equals_uninterrupted_across_a_change(self):
        # The suggestions after a change are a function of the versions and the history, not of who asks when.
        def run(folder, steps):
            os.mkdir(self.path(folder))
            self.write(folder + "/train.sh", TRAIN)
            for trials in steps:
                text = STUDY.replace("sampler: random", "sampler: tpe").replace("trials: 8", f"trials: {trials}")
                if trials > 12:
                    text = text.replace("high: 1", "high: 2").replace("  k:", "  y: {type: float, low: 0, high: 1}\n  k:")
                self.write(folder + "/study.yaml", text)
                self.run_program("tune", "study.yaml", "--amend", cwd=self.path(folder))
            return [t["params"] for t in self.trials(cwd=self.path(folder))]

        self.assertEqual(run("one", [12, 24]), run("many", [5, 12, 13, 14, 20, 24]))

    def test_a_tuner_whose_study_is_changed_keeps_what_it_ran_and_goes_on_with_the_change(self):
        self.write("tell.sh", 'cat > "told-$STERLET_ATTEMPT"\n')
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\n[ "$STERLET_TRIAL" != 1 ] || until [ -e go ]; do sleep 0.02; done\n'
                               '[ "$STERLET_TRIAL" != 2 ] || until [ -e go-too ]; do sleep 0.02; done\n' + TRAIN)
        child = self.start("tune", "study.yaml", "--progress", "plain")
        self.wait_until(lambda: os.path.exists(self.path("began-1")), "the second trial begins")
        self.change(("low: 0, high: 1", "low: 2, high: 3"), ("default: 0.5", "default: 2.5"), trials=6)
        with open(self.path("study.yaml"), "a") as file:
            file.write("notify: {command: [sh, tell.sh], on: [end]}\n")
        other = self.start("tune", "study.yaml", "--amend", "--progress", "plain")
        self.wait_until(lambda: os.path.exists(self.path("began-2")), "the first trial in the new space begins")
        # While the other one is busy with trial 2, those after it are run by the tuner that began with the old space.
        self.write("go", "")
        self.wait_until(lambda: [t["state"] for t in self.trials()].count("COMPLETE") == 5, "all but one are run")
        self.write("go-too", "")
        told = [one.communicate(timeout=LIMIT_SECONDS)[1] for one in (child, other)]
        self.assertEqual((child.returncode, other.returncode), (0, 0), told)
        self.assertRegex(told[0], "(?m)^another process has changed the study(; the running trial goes to the end as it was begun)?$")
        self.assertIn("s: it goes on with the study as it is now (version 2; sterlet show s --spec)\n", told[0])
        self.assertNotIn("goes on with the study", told[1])
        trials = self.trials()
        self.assertEqual([(t["state"], t.get("outside")) for t in trials], [("COMPLETE", True)] * 2 + [("COMPLETE", None)] * 4)
        for trial in trials:
            self.assertEqual(trial["values"], [trial["params"]["x"]])
        # The list tells the two kinds apart, and takes none outside for the best.
        listed = self.run_program("ls", "s")
        self.assertEqual([line.split("outside")[0].split() for line in listed.stdout.splitlines() if "outside" in line],
                         [["0", "COMPLETE,"], ["1", "COMPLETE,"]])
        self.assertIn("outside: ", listed.stderr)
        top = self.run_program("ls", "s", "--top", "9", "--columns", "number").stdout.split()
        self.assertEqual(sorted(top), ["2", "3", "4", "5", "number"])
        best = self.run_program("best", "--json").stdout
        self.assertEqual(json.loads(best)["best"][0]["number"], int(top[1]))
        # A change is no end of which people are told.
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("told-")], ["told-1"])

    def test_a_tuner_whose_workers_are_all_busy_tells_of_a_change(self):
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\nuntil [ -e go ]; do sleep 0.02; done\n' + TRAIN)
        child = self.start("tune", "study.yaml", "--progress", "plain", "--workers", "2")
        self.wait_until(lambda: os.path.exists(self.path("began-1")), "two trials begin")
        self.change(("high: 1", "high: 2"))
        other = self.start("tune", "study.yaml", "--amend", "--progress", "plain", "--workers", "1")
        for line in child.stderr:
            if "has changed the study" in line:
                break
        self.assertEqual(line, "another process has changed the study; 2 running trials go to the end as they were begun\n")
        self.write("go", "")
        for each in (child, other):
            _, errors = each.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual(each.returncode, 0, errors)
        self.assertEqual({trial["state"] for trial in self.trials()}, {"COMPLETE"})

    def test_what_counts_of_a_curve(self):
        self.write("train.sh", 'for v in 5 2 4 6; do echo "loss=$v"; done\n')
        counted = {}
        for of in ("last", "best", "mean of last 3"):
            name = of.split()[0]
            self.write("study.yaml", STUDY.replace("minimize}", f"minimize, of: {of}}}\nmetrics: {{from: stdout, pattern: "
                                                   "'loss=(?<loss>\\S+)'}").replace("study: s", "study: " + name))
            self.run_program("tune", "study.yaml", "--trials", "1")
            (trial,) = self.trials(name)
            counted[name] = trial["values"]
            self.assertIn(f"loss {counted[name][0]:g}", self.run_program("best", name).stdout)
        self.assertEqual(counted, {"last": [6], "best": [2], "mean": [4]})
        # Of another direction the other end is the best; and it can be amended, for the curves are there.
        self.write("study.yaml", STUDY.replace("study: s", "study: last").replace("minimize}", "maximize, of: best}\nmetrics: "
                   "{from: stdout, pattern: 'loss=(?<loss>\\S+)'}"))
        self.run_program("tune", "study.yaml", "--trials", "2", "--amend")
        self.assertEqual([trial["values"] for trial in self.trials("last")], [[6], [6]])
        self.write("study.yaml", STUDY.replace("minimize}", "minimize, of: worst}"))
        self.assertIn("study.yaml:3:", self.run_program("check", "study.yaml", code=64).stderr)

    def test_ask_tell_on_an_amended_study(self):
        self.run_program("tune", "study.yaml")
        self.change(("high: 1", "high: 2"), trials=10)
        arguments = ["ask-tell", "study.yaml", "--storage", "sterlet.db"]
        self.assertIn("add --amend", self.run_program(*arguments, code=64).stderr)
        first = self.start(*arguments, "--amend")
        first.stdin.write('{"op":"ask"}\n')
        first.stdin.flush()
        self.assertEqual(json.loads(first.stdout.readline())["id"], 8)
        self.change(("high: 1", "high: 3"), trials=10)
        lines = '{"op":"ask"}\n{"op":"tell","id":9,"value":0.5}\n'
        second = self.run_program(*arguments, "--amend", stdin=lines)
        self.assertEqual([json.loads(line).get("id", 9) for line in second.stdout.splitlines()], [9, 9])
        answers, _ = first.communicate('{"op":"tell","id":8,"value":0.25}\n{"op":"ask"}\n')
        self.assertEqual(answers.splitlines(), [
            '{"ok":true}',
            '{"error":"line 3: no more trials: another process has changed its spec; open the study again"}'])
        self.assertEqual([(t["state"], t.get("spec_version")) for t in self.trials()][7:],
                         [("COMPLETE", 1), ("COMPLETE", 2), ("COMPLETE", None)])

    def test_a_trial_outside_is_not_run_again(self):
        self.write("train.sh", "exit 1\n")
        self.change(trials=2)
        self.run_program("tune", "study.yaml", code=3)
        self.write("train.sh", TRAIN)
        low, high = sorted(self.trials(), key=lambda t: t["params"]["x"])
        middle = (low["params"]["x"] + high["params"]["x"]) / 2
        self.change(("low: 0, high: 1, default: 0.5", f"low: {middle}, high: 1"), trials=2)
        self.run_program("tune", "study.yaml", "--amend", code=3)
        self.assertEqual({t["number"]: t["outside"] for t in self.trials()}, {low["number"]: True, high["number"]: False})
        self.assertIn("it lies outside what the study searches since its spec was changed",
                      self.run_program("retry", str(low["number"]), code=1).stderr)
        self.run_program("retry", str(high["number"]))
        done = self.trials()[high["number"]]
        self.assertEqual((done["state"], done["params"], done.get("spec_version")), ("COMPLETE", high["params"], None))


if __name__ == "__main__":
    unittest.main()
