"""A study starts warm from older ones, people hint at good values, and results end what they speak against."""
import json
import os
import re
import sqlite3
import unittest

from support import SOURCE, ProgramTest

# A bowl around x = place, y = 0.6. Sampler auto goes by how long trials take: gp does not.
TRAIN = """
import json, os
params = json.load(open(os.environ["STERLET_PARAMS"]))
place = float(open("place").read())
print("loss=%.9f" % ((params["x"] - place) ** 2 + 0.5 * (params.get("y", 0.6) - 0.6) ** 2))
"""
STUDY = """
study: {name}
objective: {{metric: {metric}, direction: {direction}}}
command: [python3, train.py]
metrics: {{from: stdout, pattern: 'loss=(?<{metric}>\\S+)'}}
params:
{params}
sampler: {sampler}
seed: {seed}
workers: 1
budget: {{trials: {trials}}}
"""
PARAMS = "  x: {type: float, low: 0, high: 1}\n  y: {type: float, low: 0, high: 1}"


class WarmTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("train.py", TRAIN)
        self.write("place", "0.3")

    def file(self, name, params=PARAMS, sampler="gp", seed=5, trials=20, metric="loss", direction="minimize", more=""):
        return self.write(f"{name}.yaml", STUDY.format(**{k: v for k, v in locals().items() if k != "self"}) + more)

    def old(self, **settings):
        self.file("old", **settings)
        self.run_program("tune", "old.yaml")
        return min(self.trials("old"), key=lambda trial: trial["values"][0])

    def talk(self, study, lines, *arguments, code=0):
        """Answers of ask-tell; a callable line is made from the answers before it."""
        child = self.start("ask-tell", study, *arguments)
        answers = []
        for line in lines:
            child.stdin.write(json.dumps(line(answers) if callable(line) else line) + "\n")
            child.stdin.flush()
            answers.append(json.loads(child.stdout.readline()))
        out, err = child.communicate()
        self.assertEqual(child.returncode, code, err)
        return answers, err

    def loss(self, params, place=0.3):
        return (params["x"] - place) ** 2 + 0.5 * (params["y"] - 0.6) ** 2

    def rounds(self, count, place=0.3):
        def tell(answers):
            return {"op": "tell", "id": answers[-1]["id"], "value": self.loss(answers[-1]["params"], place)}
        return [{"op": "ask"}, tell] * count


class WarmStart(WarmTest):
    def test_the_old_best_is_the_first_trial_and_the_rest_stays_near(self):
        best = self.old()
        self.file("new", trials=8)
        done = self.run_program("tune", "new.yaml", "--warm-from", "old")
        self.assertIn("new: starts warm from 'old': 3 good settings show where good ones may lie, the best is tried first",
                      done.stderr)
        trials = self.trials("new")
        self.assertEqual(trials[0]["params"], best["params"])
        near = [t for t in trials if abs(t["params"]["x"] - 0.3) < 0.25]
        self.assertGreaterEqual(len(near), 6, trials)

    def test_the_same_command_again_starts_warm_once(self):
        self.old(trials=6)
        self.file("new", trials=3)
        self.run_program("tune", "new.yaml", "--warm-from", "old")
        done = self.run_program("tune", "new.yaml", "--warm-from", "old", "--trials", "5")
        self.assertIn("'new' has started warm from 'old' before; that stays as it is", done.stderr)
        self.assertEqual(len(json.loads(self.run_program("hint", "new", "--list", "--json").stdout)["priors"]), 1)
        self.assertEqual(len(self.trials("new")), 5)

    def test_the_default_comes_second(self):
        self.old(trials=6)
        self.file("new", params=PARAMS.replace("high: 1}", "high: 1, default: 0.9}"), trials=2, more="defaults_first: true\n")
        self.run_program("tune", "new.yaml", "--warm-from", "old")
        first, second = self.trials("new")
        self.assertEqual(second["params"], {"x": 0.9, "y": 0.9})
        self.assertNotEqual(first["params"], second["params"])

    def test_a_changed_space_is_told(self):
        params = PARAMS.replace("y:", "gone: {type: float, low: 0, high: 1}\n  y:")
        self.old(params=params, trials=20)
        changed = ("  x: {type: float, low: 0.5, high: 1}\n  y: {type: float, low: 1e-3, high: 1, scale: log}\n"
                   "  z: {type: categorical, choices: [a, b], default: b}")
        self.file("new", params=changed, trials=1)
        done = self.run_program("tune", "new.yaml", "--warm-from", "old")
        lines = done.stderr.splitlines()
        for said in ("new: z is new: the old study says nothing of it",
                     "new: y was on a linear scale and is on a log one: its values are taken as they are",
                     "new: gone does not exist any more"):
            self.assertIn(said, lines)
        self.assertTrue(any(re.match(r"new: x: [123] of 3 good values lie outside 0.5 to 1 and count, at its edge, half", l)
                            for l in lines), lines)
        (trial,) = self.trials("new")
        self.assertEqual(trial["params"]["x"], 0.5)
        self.assertEqual(trial["params"]["z"], "b")

    def test_several_studies_of_another_storage(self):
        os.mkdir(self.path("there"))
        for name, seed in (("one", 1), ("two", 2)):
            self.file(name, trials=6, seed=seed)
            self.run_program("tune", f"{name}.yaml", "--storage", "there/old.db")
        self.file("new")
        answers, err = self.talk("new.yaml", self.rounds(4) + [{"op": "hints"}], "--warm-from", "one", "--warm-from", "two",
                                 "--warm-storage", "there/old.db")
        self.assertEqual([p["study"] for p in answers[-1]["priors"]], ["one", "two"])
        for name, at in (("one", 0), ("two", 2)):
            best = json.loads(self.run_program("ask-tell", name, "--storage", "there/old.db", stdin='{"op":"best"}\n').stdout)
            self.assertEqual(answers[at]["params"], best["params"])

    def test_a_misleading_study_is_told_off_and_costs_little(self):
        self.write("place", "0.9")
        self.old()
        self.write("place", "0.1")
        self.file("new", trials=25)
        done = self.run_program("tune", "new.yaml", "--warm-from", "old")
        self.assertEqual(done.stderr.count("the warm start from 'old' is not followed any more: the order of the"), 1)
        shown = self.run_program("show", "new").stdout
        self.assertRegex(shown, r"hints +1  the warm start from 'old', weight 1, from trial 0 on; contradicted before trial \d+: ")
        values = [t["values"][0] for t in self.trials("new")]
        self.assertLess(min(values), 1e-3)
        (prior,) = json.loads(self.run_program("show", "new", "--json").stdout)["priors"]
        self.assertEqual(prior["state"], "contradicted")
        self.assertLess(prior["until"], 15)

    def test_it_weighs_as_much_as_its_retest_found(self):
        self.old(trials=12, sampler="random")
        self.write("place", "0.32")
        verdict = json.loads(self.run_program("retest", "old", "--json").stdout)
        self.file("new", trials=1)
        done = self.run_program("tune", "new.yaml", "--warm-from", "old")
        (prior,) = json.loads(self.run_program("hint", "new", "--list", "--json").stdout)["priors"]
        found = verdict["rank_correlation"]["value"]
        self.assertIsNotNone(found)
        self.assertAlmostEqual(prior["weight"], max(found, 0))
        self.assertIn("its last retest found a rank correlation of", done.stderr)

    def test_best_and_export_are_those_of_the_study_alone(self):
        self.old(trials=6)
        self.file("new", trials=3)
        self.run_program("tune", "new.yaml", "--warm-from", "old")
        self.assertEqual([t["number"] for t in self.trials("new")], [0, 1, 2])
        self.run_program("cp", "new", "copy")
        (prior,) = json.loads(self.run_program("hint", "copy", "--list", "--json").stdout)["priors"]
        self.assertEqual(prior["study"], "old")


class Hints(WarmTest):
    def test_a_hint_pulls_the_next_suggestions_and_is_stored(self):
        self.file("s", trials=12)
        self.run_program("tune", "s.yaml", "--trials", "8")
        said = self.run_program("hint", "s", "x=0.7..0.8", "--weight", "3").stdout
        self.assertEqual(said, "s follows the hint x=0.7..0.8 from trial 8 on; but the budget of trials is used up: sterlet resume s "
                         "--trials 9 goes on\n")
        self.run_program("resume", "s", "--trials", "10")
        pulled = self.trials("s")[8]["params"]["x"]  # The one after it is the sampler's own.
        self.assertTrue(0.7 <= pulled <= 0.8, pulled)
        self.assertIn("hints      1  the hint x=0.7..0.8, weight 3, from trial 8 on\n", self.run_program("status", "s").stdout)
        shown = self.run_program("show", "s", "8").stdout
        self.assertIn("\ntried as  a point where a hint or an older study expects good values\n", shown)
        self.assertNotIn("note", shown)

    def test_interrupted_and_resumed_gives_the_same_suggestions(self):
        for sampler in ("auto", "tpe", "random", "cmaes", "nsga2"):
            with self.subTest(sampler=sampler):
                name = f"s-{sampler}"
                self.file(name, sampler=sampler)
                hint = [{"op": "hint", "params": {"x": [0.2, 0.4], "y": 0.6}}]
                whole, _ = self.talk(f"{name}.yaml", self.rounds(6) + hint + self.rounds(12))
                self.talk(f"{name}.yaml", self.rounds(6) + hint + self.rounds(2), "--storage", "s.db")
                rest, _ = self.talk(f"{name}.yaml", self.rounds(10), "--storage", "s.db")
                asked = [a["params"] for a in whole if "params" in a]
                self.assertEqual(asked[8:], [a["params"] for a in rest if "params" in a])

    def test_another_process_hints_while_one_runs(self):
        self.file("s")
        child = self.start("ask-tell", "s.yaml", "--storage", "s.db")

        def say(line):
            child.stdin.write(json.dumps(line) + "\n")
            child.stdin.flush()
            return json.loads(child.stdout.readline())
        for _ in range(8):
            asked = say({"op": "ask"})
            say({"op": "tell", "id": asked["id"], "value": self.loss(asked["params"])})
        self.run_program("hint", "s", "x=0.8..0.9", "--storage", "s.db", "--weight", "5")
        self.assertTrue(0.75 <= say({"op": "ask"})["params"]["x"] <= 0.95)
        child.communicate()

    def test_a_wrong_hint_is_told_off_once(self):
        self.file("s", trials=40)
        answers, _ = self.talk("s.yaml", self.rounds(8) + [{"op": "hint", "params": {"x": [0.85, 0.95]}, "weight": 3}]
                               + self.rounds(15) + [{"op": "hints"}])
        remarks = [r for a in answers for r in a.get("remarks", [])]
        self.assertEqual(len(remarks), 1, remarks)
        self.assertRegex(remarks[0], r"the hint x=0.85..0.95 is not followed any more: the best of the \d+ trials where it points "
                                     r"has \S+, the best elsewhere \S+, and (a model of all trials expects no better there|"
                                     r"those there are worse than most elsewhere)")
        (prior,) = answers[-1]["priors"]
        self.assertEqual(prior["state"], "contradicted")

    def test_a_forgotten_hint_leaves_no_trace_in_what_follows(self):
        self.file("s")
        asked = {}
        for way in ("plain", "forgotten"):
            hint = [{"op": "hint", "params": {"x": 0.9}}, {"op": "forget", "number": 1}] if way == "forgotten" else []
            answers, _ = self.talk("s.yaml", self.rounds(9) + hint + self.rounds(5))
            asked[way] = [a["params"] for a in answers if "params" in a]
        self.assertEqual(asked["plain"], asked["forgotten"])

    def test_before_the_first_run_a_study_file_may_be_hinted_and_enqueued(self):
        self.file("fresh", trials=4)
        self.assertEqual(self.run_program("hint", "fresh.yaml", "x=0.25..0.35").stdout,
                         "fresh follows the hint x=0.25..0.35 from trial 0 on; nothing runs it now: sterlet resume fresh\n")
        self.run_program("enqueue", "fresh.yaml", "x=0.3", "y=0.6")
        self.run_program("tune", "fresh.yaml")
        self.assertEqual(self.trials("fresh")[0]["params"], {"x": 0.3, "y": 0.6})
        self.assertEqual(self.run_program("hint", "fresh.yaml", "y=0.6").stdout,
                         "fresh follows the hint y=0.6 from trial 4 on; but the budget of trials is used up: sterlet resume fresh "
                         "--trials 5 goes on\n")

    def test_hints_of_all_kinds(self):
        params = ("  x: {type: float, low: 1e-4, high: 1, scale: log}\n  n: {type: int, low: 1, high: 9}\n"
                  "  c: {type: categorical, choices: [a, b, d]}\n  o: {type: ordinal, choices: [16, 32, 64]}\n"
                  "  layers: {type: int, low: 1, high: 3}\n  units: {type: int, low: 4, high: 64, repeat: layers}")
        self.file("s", params=params)
        self.talk("s.yaml", [{"op": "ask"}], "--storage", "s.db")
        said = self.run_program("hint", "s", "x=0.01", "n=2..4", "c=a,b", "o=32,64", "units=8..16", "--storage", "s.db").stdout
        for part in ("x=0.01", "n=2..4", "c=a,b", "o=32,64", "units=8..16", "from trial 1 on; nothing runs it now: sterlet resume s\n"):
            self.assertIn(part, said)
        answers, _ = self.talk("s.yaml", [{"op": "ask"}] * 4, "--storage", "s.db")
        for answer in answers:
            self.assertIn("params", answer)

    def test_a_kill_between_leaves_what_was_answered(self):
        self.file("s")
        child = self.start("ask-tell", "s.yaml", "--storage", "s.db")
        child.stdin.write('{"op":"hint","params":{"x":0.5}}\n')
        child.stdin.flush()
        self.assertEqual(json.loads(child.stdout.readline()), {"ok": True, "number": 1})
        child.kill()
        child.communicate()
        with sqlite3.connect(self.path("s.db")) as database:
            ((body,),) = database.execute("SELECT body FROM documents WHERE kind = 'prior'").fetchall()
        self.assertEqual(json.loads(body)["params"], {"x": 0.5})


class Lessons(WarmTest):
    def test_what_kinds_of_models_found_is_told_by_kind(self):
        for name, place, kind in (("a", "0.15", "cnn"), ("b", "0.85", "tree")):
            self.write("place", place)
            self.file(name, trials=25)
            self.run_program("tune", f"{name}.yaml")
            self.run_program("tag", name, f"kind:{kind}")
        (x, *_) = json.loads(self.run_program("lessons", "--json").stdout)["ranges"]
        self.assertEqual((x["param"], x["split"], [one["kind"] for one in x["by_kind"]]), ("x", True, ["cnn", "tree"]))
        self.assertRegex(self.run_program("lessons").stdout,
                         r"x: it carries over within a kind of model, not between them; begin with 0\.1\d* for 'cnn' \(1 study\), "
                         r"0\.8\d* for 'tree' \(1 study\)\n")
        self.assertRegex(self.run_program("lessons", "--kind", "tree").stdout,
                         r"x: begin with 0\.8\d* \(1 study\), of 'tree' alone: what other kinds of model found does not carry over\n")
        self.assertIn("is known to be of kind 'svm', so all are asked", self.run_program("lessons", "--kind", "svm").stderr)

    def test_what_studies_found_becomes_a_range_or_a_contradiction(self):
        for name, place, seed in (("a", "0.3", 1), ("b", "0.32", 2)):
            self.write("place", place)
            self.file(name, trials=25, seed=seed)
            self.run_program("tune", f"{name}.yaml")
        self.file("new", params=PARAMS + "\n  z: {type: float, low: 0, high: 1}")
        (x, *_) = json.loads(self.run_program("lessons", "new.yaml", "--json").stdout)["ranges"]
        self.assertEqual((x["param"], x["studies"], x["split"]), ("x", 2, False))
        self.assertTrue(0 <= x["low"] < 0.3 < x["high"] < 0.7, x)
        self.assertTrue(0.25 < x["default"] < 0.37, x)
        said = self.run_program("lessons", "new.yaml").stdout
        self.assertRegex(said, r"x: \S+ to \S+ is enough, \d+% of the range; begin with \S+ \(2 studies agree\)\n")
        self.assertNotIn("z:", said)
        lines = said.split("params:  # of those, as they follow\n")[1]
        self.file("pasted", params=lines.rstrip("\n"))
        self.run_program("check", "pasted.yaml")
        x = json.loads(lines.splitlines()[0].split(": ", 1)[1])
        self.assertTrue(0 <= x["low"] < 0.3 < x["high"] < 0.7 and 0.25 < x["default"] < 0.37, x)
        self.write("place", "0.95")
        self.file("c", trials=25, seed=3)
        self.run_program("tune", "c.yaml")
        said = self.run_program("lessons").stdout
        self.assertRegex(said, r"x: what was good in one study was not in another, so it does not carry over: .* in 'a'.* in 'c'")


class Messages(WarmTest):
    """What is said to bad input is kept in tests/golden/warm; UPDATE_GOLDEN=1 writes it anew."""

    def test_messages(self):
        self.old(trials=6)
        self.file("new", trials=1)
        self.file("other", params="  a: {type: float, low: 0, high: 1}")
        self.file("metric", metric="accuracy", direction="maximize")
        self.file("upwards", direction="maximize")
        self.file("empty")
        self.run_program("ask-tell", "empty.yaml", "--storage", "sterlet.db", stdin='{"op":"ask"}\n')
        self.write("notes.db", "no storage at all, but text that is long enough to be looked at by whoever opens it\n" * 20)
        said = []
        for words in (["tune", "new.yaml", "--warm-from", "older"], ["tune", "new.yaml", "--warm-from", "nowhere/old.yaml"],
                      ["tune", "new.yaml", "--warm-from", "old", "--warm-storage", "gone.db"],
                      ["tune", "new.yaml", "--warm-from", "old", "--warm-storage", "notes.db"],
                      ["tune", "new.yaml", "--warm-from", "empty"], ["tune", "new.yaml", "--warm-storage", "sterlet.db"],
                      ["tune", "other.yaml", "--warm-from", "old"], ["tune", "metric.yaml", "--warm-from", "old"],
                      ["tune", "upwards.yaml", "--warm-from", "old"], ["tune", "old.yaml", "--warm-from", "old"],
                      ["hint", "old", "z=1"], ["hint", "old", "x=0.5..2"], ["hint", "old", "x=nan"],
                      ["hint", "old", "x=0.9..0.1"], ["hint", "old", "x=high"], ["hint", "old", "x=1..y"],
                      ["hint", "old", "x=0.6.."], ["hint", "old", "x=..0.6"], ["hint", "old", "x=.."],
                      ["hint", "old", "x"], ["hint", "old", "=1"], ["hint", "old", "x=0.5", "--weight", "0"],
                      ["hint", "old", "x=0.5", "--weight", "nan"], ["hint", "old", "x=0.5", "--list"], ["hint", "old", "x=0.5", "x=0.6"],
                      ["hint", "old", "--forget", "3"], ["hint", "nobody", "x=0.5"], ["hint", "old", "x=0.5"],
                      ["hint", "old", "--forget", "1"], ["hint", "old", "--forget", "1"]):
            done = self.run_program(*words, code=None)
            text = (done.stdout + done.stderr).replace(os.path.realpath(self.folder), "FOLDER")
            self.assertEqual(len(text.splitlines()), 1, text)
            said.append(f"$ sterlet {' '.join(words)}\n{text.strip()}\nexit code {done.returncode}\n")
        path = os.path.join(SOURCE, "tests/golden/warm/messages.txt")
        if os.environ.get("UPDATE_GOLDEN"):
            with open(path, "w") as file:
                file.write("\n".join(said))
        with open(path) as file:
            self.assertEqual("\n".join(said), file.read())


if __name__ == "__main__":
    unittest.main()
