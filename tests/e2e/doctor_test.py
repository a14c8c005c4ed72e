"""The doctor and importance on the real program: files before a run, trials after it."""
import json
import math
import os
import random
import unittest
import xml.etree.ElementTree

from support import ProgramTest, SOURCE

FAULTY = """# What we tune
objective: {metric: loss, direction: minimize}
params:
  learning_rate: {type: float, low: 0.0001, high: 1}   # the usual
  momentum: {type: float, low: 0.5, high: 0.9}
budget: {trials: 30}
"""


class Doctor(ProgramTest):
    def findings(self, *arguments, code=0):
        document = json.loads(self.run_program("doctor", *arguments, "--json", code=code).stdout)
        self.assertEqual(document["version"], 1)
        return document["findings"]

    def study(self, text, trials, name="study"):
        """A study whose trials were evaluated elsewhere: (params, value, or None where it failed)."""
        self.write(f"{name}.yaml", f"study: {name}\n{text}")
        lines = []
        for params, value in trials:
            what = {"state": "failed"} if value is None else {"value": value}
            lines.append(json.dumps({"op": "add", "params": params, **what}))
        out = self.run_program("ask-tell", f"{name}.yaml", "--storage", "sterlet.db", stdin="\n".join(lines) + "\n").stdout
        self.assertEqual(len(out.splitlines()), len(lines))
        self.assertNotIn("error", out)

    def test_a_file_is_examined_and_fixed(self):
        path = self.write("study.yaml", FAULTY)
        (finding,) = self.findings(path)
        self.assertEqual((finding["kind"], finding["about"], finding["patch"]), ("scale", ["learning_rate"], {"scale": "log"}))
        self.assertTrue(finding["at"].endswith("study.yaml:4:3"), finding["at"])
        self.assertGreater(finding["confidence"], 0.9)
        done = self.run_program("doctor", "study.yaml", "--check", code=1)
        self.assertIn("90% of samples would fall between 0.1 and 1; use scale: log", done.stdout)
        self.assertIn("1 finding", done.stderr)
        self.assertTrue(self.run_program("check", "study.yaml").stdout.rstrip().endswith("1 finding by sterlet doctor"))
        self.assertIn("fixed: ", self.run_program("doctor", "study.yaml", "--fix", "--check").stdout)
        with open(path) as file:
            self.assertEqual(file.read(), FAULTY.replace("high: 1}", "high: 1, scale: log}"))
        self.assertEqual(self.findings(path), [])
        self.assertTrue(self.run_program("check", "study.yaml").stdout.rstrip().endswith("0 findings by sterlet doctor"))

    def test_what_a_file_has_no_room_for_is_told(self):
        text = FAULTY.replace("learning_rate: {", "learning_rate: &rate {").replace("budget:", "  rate_of_head: *rate\nbudget:")
        path = self.write("study.yaml", text)
        said = self.run_program("doctor", "study.yaml", "--fix").stderr
        self.assertEqual(said, "study.yaml: 2 findings; 2 could not be written, as the file has no room for them (an alias, a "
                               "text of several lines)\n")
        with open(path) as file:
            self.assertEqual(file.read(), text)

    def test_a_file_that_is_wrong_is_refused_as_check_refuses_it(self):
        self.write("study.yaml", "objective: loss\nparams: {x: {type: float, low: 2, high: 1}}\n")
        self.assertIn("study.yaml:2:", self.run_program("doctor", "study.yaml", code=64).stderr)
        self.run_program("doctor", "none.yaml", code=1)

    def test_trials_show_an_edge_a_scale_failures_and_what_does_not_matter(self):
        chance = random.Random(1)
        trials = []
        for _ in range(80):
            params = {"rate": chance.uniform(1e-4, 1), "width": chance.uniform(0, 1), "idle": chance.uniform(0, 1)}
            value = (math.log10(params["rate"]) + 1) ** 2 + (params["width"] - 1.3) ** 2
            trials.append((params, None if params["idle"] > 0.85 else value))
        self.study("objective: loss\nparams:\n  rate: {type: float, low: 0.0001, high: 1}\n"
                   "  width: {type: float, low: 0, high: 1}\n  idle: {type: float, low: 0, high: 1}\n", trials)
        found = {finding["kind"]: finding for finding in self.findings("study")}
        self.assertEqual(found["failures"]["about"], ["idle"])
        self.assertIn("idle >= 0.8", found["failures"]["says"])
        self.assertEqual((found["edge"]["about"], found["edge"]["patch"]), (["width"], {"high": 1.5}))
        self.assertEqual((found["scale"]["about"], found["scale"]["patch"]), (["rate"], {"scale": "log"}))
        self.assertEqual(found["unimportant"]["about"], ["idle"])
        self.assertIn("widen width upward", self.run_program("doctor", "study").stdout)
        applied = json.loads(self.run_program("doctor", "study", "--apply", "--json").stdout)
        self.assertEqual({each["kind"] for each in applied["applied"]}, {"failures", "edge", "scale"})
        self.assertEqual([each["kind"] for each in applied["findings"]], ["unimportant"])
        self.assertEqual(len(self.trials()), 80)
        self.assertNotIn("edge", {finding["kind"] for finding in self.findings("study")})
        self.assertIn("--apply amends a study", self.run_program("doctor", "study.yaml", "--apply", code=1).stderr)

    def test_an_edge_on_a_wrong_scale_and_one_that_nothing_was_tried_at_are_none(self):
        chance = random.Random(6)
        points = [{"rate": chance.uniform(1e-4, 1), "width": chance.uniform(0, 0.7)} for _ in range(60)]
        # The best rate is 0.01: on the linear scale that the points were drawn on it lies at the low bound.
        trials = [(p, (math.log10(p["rate"]) + 2) ** 2 + 4 * (p["width"] - 0.9) ** 2 + 0.02 * chance.gauss(0, 1)) for p in points]
        ends = "  width: {type: float, low: 0, high: HIGH}\n"
        text = "objective: loss\nparams:\n  rate: {type: float, low: 0.0001, high: 1}\n"
        self.study(text + ends.replace("HIGH", "0.7"), trials, "tried")
        found = {finding["kind"]: finding["about"] for finding in self.findings("tried")}
        self.assertEqual((found["edge"], found["scale"]), (["width"], ["rate"]))
        # Widened to 1.5, its upper half is unknown.
        self.study(text + ends.replace("HIGH", "1.5"), trials, "unknown")
        self.assertNotIn("edge", {finding["kind"] for finding in self.findings("unknown")})

    def test_what_does_nothing_has_no_wrong_scale(self):
        chance = random.Random(13)
        points = [{"x": chance.random(), "idle": 10 ** chance.uniform(-5, -1)} for _ in range(60)]
        self.study("objective: loss\nparams:\n  x: {type: float, low: 0, high: 1}\n"
                   "  idle: {type: float, low: 0.00001, high: 0.1, scale: log}\n",
                   [(point, float(point["x"] > 0.5)) for point in points])
        self.assertNotIn("idle", [name for finding in self.findings("study") if finding["kind"] == "scale"
                                  for name in finding["about"]])

    def test_importance_of_ishigami_within_three_hundredths(self):
        chance = random.Random(2)
        trials = []
        for _ in range(1000):
            a, b, c = (chance.uniform(-math.pi, math.pi) for _ in range(3))
            trials.append(({"a": a, "b": b, "c": c}, math.sin(a) + 7 * math.sin(b) ** 2 + 0.1 * c ** 4 * math.sin(a)))
        bounds = f"low: {-math.pi!r}, high: {math.pi!r}"
        self.study("objective: loss\nparams:\n" + "".join(
            f"  {name}: {{type: float, {bounds}, default: 0, tier: {tier}}}\n" for name, tier in (("a", 2), ("b", 3), ("c", 1))),
            trials)
        document = json.loads(self.run_program("importance", "study", "--json", "--svg", "out.svg").stdout)
        self.assertTrue(document["enough"])
        self.assertEqual(document["trials"], 1000)
        rows = {row["param"]: row for row in document["importance"]}
        self.assertEqual(rows["b"]["tier"], 3)
        for name, share in (("a", 0.3139), ("b", 0.4424), ("c", 0)):
            self.assertAlmostEqual(rows[name]["fanova"]["value"], share, delta=0.03)
            self.assertLessEqual(rows[name]["fanova"]["low"], share + 1e-9)
            self.assertGreaterEqual(rows[name]["fanova"]["high"], share)
        pair = document["pairs"][0]
        self.assertEqual(pair["params"], ["a", "c"])
        self.assertAlmostEqual(pair["value"], 0.2437, delta=0.03)
        self.assertAlmostEqual(sum(row["pedanova"]["value"] for row in rows.values()), 1, places=9)
        path = document["path"]
        self.assertAlmostEqual(sum(row["shapley"]["value"] for row in rows.values()), path["difference"], places=9)
        self.assertAlmostEqual(path["to_value"] - path["from_value"], path["difference"], places=9)
        xml.etree.ElementTree.parse(self.path("out.svg"))
        shown = self.run_program("importance", "study").stdout
        self.assertIn("b (tier 3) matters more here than c (tier 1)", shown)
        self.assertLessEqual(max(map(len, shown.splitlines()[1:5])), 80)

    def test_what_cannot_be_said_is_a_sentence(self):
        space = "objective: loss\nparams:\n  x: {type: float, low: 0, high: 1}\n"
        chance = random.Random(3)
        cases = {
            "none": [], "one": [({"x": 0.5}, 1.0)],
            "failed": [({"x": chance.random()}, None) for _ in range(30)],
            "constant": [({"x": chance.random()}, 2.0) for _ in range(30)],
            "chance": [({"x": chance.random()}, chance.random()) for _ in range(60)],
            "infinite": [({"x": chance.random()}, "Infinity" if i % 3 else float(i)) for i in range(30)],
        }
        for name, trials in cases.items():
            self.study(space, trials, name)
            document = json.loads(self.run_program("importance", name, "--json").stdout)
            self.assertFalse(document["enough"], name)
            self.assertTrue(document["why"], name)
            self.assertIn("not enough data", self.run_program("importance", name).stdout)
            for finding in self.findings(name):
                self.assertIn(finding["kind"], ("constant", "few", "failures", "noise"), (name, finding))
        self.assertIn("all 30 trials failed", self.findings("failed")[0]["says"])
        self.assertEqual(self.findings("one")[0]["kind"], "few")

    def test_a_space_of_one_configuration_is_no_trouble(self):
        for count in (1, 30):
            self.study("objective: loss\nparams:\n  x: {choices: [a]}\nduplicates: allow\n",
                       [({"x": "a"}, random.Random(i).random()) for i in range(count)], f"single{count}")
            document = json.loads(self.run_program("importance", f"single{count}", "--json").stdout)
            self.assertEqual((document["enough"], document["importance"]), (False, []))
            self.findings(f"single{count}")

    def test_two_hundred_parameters_and_one_are_no_trouble(self):
        chance = random.Random(4)
        names = [f"p{i}" for i in range(200)]
        points = [{name: chance.random() for name in names} for _ in range(150)]
        self.study("objective: loss\nparams:\n" + "".join(f"  {name}: {{type: float, low: 0, high: 1}}\n" for name in names),
                   [(point, 5 * point["p7"] + point["p9"]) for point in points], "wide")
        document = json.loads(self.run_program("importance", "wide", "--json").stdout)
        self.assertEqual(len(document["importance"]), 200)
        self.assertEqual((document["enough"], document.get("why")),
                         (False, "150 trials of 200 numbers that are searched, and at least as many trials are needed to tell "
                                 "them apart"))
        self.findings("wide")
        self.run_program("importance", "wide")
        self.study("objective: {metric: score, direction: maximize}\nparams:\n  x: {type: float, low: 0, high: 1}\n",
                   [({"x": x / 50}, x / 50) for x in range(50)], "single")
        document = json.loads(self.run_program("importance", "single", "--json").stdout)
        self.assertGreater(document["importance"][0]["fanova"]["value"], 0.95)
        self.assertEqual(self.findings("single")[0]["kind"], "edge")

    def test_conditions_repeats_and_objectives_have_their_rows(self):
        chance = random.Random(5)
        trials = []
        for _ in range(200):
            params = {"optimizer": chance.choice(["sgd", "adam"]), "layers": chance.randint(1, 3)}
            params["units"] = [chance.randint(10, 100) for _ in range(params["layers"])]
            if params["optimizer"] == "sgd":
                params["momentum"] = chance.uniform(0.5, 0.9)
            loss = (5 * (params["momentum"] - 0.7) if "momentum" in params else 0.5) + 0.01 * params["units"][0]
            trials.append((params, [loss, params["layers"] + 0.1 * chance.random()]))
        self.write("two.yaml", "study: two\nobjective: [{metric: loss}, {metric: size}]\nparams:\n"
                   "  optimizer: {choices: [sgd, adam]}\n  layers: {type: int, low: 1, high: 3}\n"
                   "  units: {type: int, low: 10, high: 100, repeat: layers}\n"
                   "  momentum: {type: float, low: 0.5, high: 0.9, when: optimizer == \"sgd\"}\n")
        lines = "".join(json.dumps({"op": "add", "params": p, "values": v}) + "\n" for p, v in trials)
        self.run_program("ask-tell", "two.yaml", "--storage", "sterlet.db", stdin=lines)
        document = json.loads(self.run_program("importance", "two", "--json").stdout)
        self.assertEqual([each["metric"] for each in document["objectives"]], ["loss", "size"])
        rows = {row["param"]: row for row in document["importance"]}
        self.assertEqual([each["param"] for each in rows["units"]["elements"]], ["units[0]", "units[1]", "units[2]"])
        self.assertGreater(rows["momentum"]["fanova"]["value"], 0.1)
        size = document["objectives"][1]["importance"]
        self.assertEqual(size[0]["param"], "layers")
        only = json.loads(self.run_program("importance", "two", "--metric", "size", "--json").stdout)
        self.assertEqual(only["metric"], "size")
        self.assertIn("size", self.run_program("importance", "two", "--metric", "siz", code=1).stderr)

    def test_tune_ends_with_the_finding_that_matters_most(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", "study: toy\nobjective: {metric: loss}\ncommand: [sh, train.sh, \"${x}\"]\n"
                   "params:\n  x: {type: float, low: 1, high: 2}\nsampler: random\nseed: 1\nbudget: {trials: 24}\n")
        lines = self.run_program("tune", "study.yaml", "--progress", "none").stderr.splitlines()
        self.assertTrue(lines[-1].startswith("doctor: widen x downward"), lines)


if __name__ == "__main__":
    unittest.main()
