"""sterlet plan, strategy: auto and tune: auto on the real program."""
import glob
import json
import os
import random
import re
import tempfile
import unittest

from support import ProgramTest, SOURCE

STUDY = """study: toy
objective: {metric: loss, direction: minimize}
command: [python3, train.py, "STEPS"]
params:
  x: {type: float, low: 0, high: 1, default: 0.5, tier: 1, live: LIVE}
  y: {type: float, low: 0, high: 1, default: 0.5, tier: 3}
"""

# Steps of 20 ms, of work that others cannot take away from it.
TRAIN = f"""import json, os, sys, time
sys.path.insert(0, {os.path.join(SOURCE, "client")!r})
import sterlet
trial = sterlet.Trial(live=True, restores=True)
state = {{"step": 0}}
def save(path):
    with open(path, "w") as file:
        json.dump(state, file)
def load(path):
    with open(path) as file:
        state.update(json.load(file))
for step in trial.steps(int(sys.argv[1]), save=save, load=load):
    time.sleep(0.02)
    state["step"] = step
    trial.report(step, loss=(trial.params["x"] - 0.3) ** 2 + 1 / (step + 1))
"""


class Plan(ProgramTest):
    def study(self, more="budget: {time: 20s}\n", steps=10, live="true"):
        self.write("train.py", TRAIN)
        text = STUDY.replace("STEPS", str(steps)).replace("LIVE", live) + more
        return self.write("study.yaml", text)

    def refusal(self, *arguments, code=1):
        done = self.run_program("plan", "study.yaml", *arguments, code=code)
        self.assertEqual(done.stdout, "")
        lines = [line for line in done.stderr.splitlines() if "a pilot runs" not in line]
        self.assertEqual(len(lines), 1, done.stderr)
        return lines[0]

    def test_a_pilot_is_run_and_leaves_nothing(self):
        self.study()
        with tempfile.TemporaryDirectory() as temporary:
            os.environ["TMPDIR"] = temporary
            self.addCleanup(os.environ.pop, "TMPDIR")
            done = self.run_program("plan", "study.yaml", "--json", "--workers", "2")
            self.assertEqual(os.listdir(temporary), [])
        self.assertEqual(sorted(os.listdir(self.folder)), ["study.yaml", "train.py"])
        plan = json.loads(done.stdout)
        self.assertEqual((plan["version"], plan["study"]), (1, "toy"))
        self.assertIn(plan["strategy"], ("parallel", "babysit"))
        self.assertIn("caviar", plan["because"])
        self.assertEqual(plan["measured"]["steps"], 10)
        self.assertGreaterEqual(plan["measured"]["step_seconds"], 0.02)
        self.assertGreater(plan["measured"]["memory_bytes"], 1 << 20)
        self.assertEqual({choice["strategy"] for choice in plan["choices"]}, {"parallel", "babysit"})
        for choice in plan["choices"]:
            for key in ("trials", "hours", "expected"):
                self.assertEqual(choice[key], sorted(choice[key]), (key, choice))
                self.assertEqual(len(choice[key]), 3)
        for flip in plan["flips"]:
            self.assertEqual(set(flip), {"when", "to"})

    def test_what_is_said_needs_no_pilot(self):
        self.study("budget: {time: 1h, max_steps: 100}\n")
        done = self.run_program("plan", "study.yaml", "--seconds-per-step", "10s", "--memory", "1GiB", "--workers", "4")
        self.assertIn("caviar (strategy: parallel): train many models and keep the best.", done.stdout)
        self.assertIn("settings: strategy: parallel, workers: 4", done.stdout)
        self.assertIn("a full training: 16.7m, 100 steps of 10 s each", done.stdout)
        self.assertNotIn("pilot", done.stdout + done.stderr)
        self.assertNotIn("none would end there", done.stdout)
        large = self.run_program("plan", "study.yaml", "--seconds-per-step", "10s", "--memory", "60000TiB", "--json").stdout
        self.assertRegex(json.loads(large)["because"],
                         r"One training takes 61440000 GiB of memory, and the machine has [0-9.]+ GiB: none would end there\.")
        for choice in json.loads(large)["choices"]:
            self.assertTrue(all(isinstance(count, int) for count in choice["trials"]), choice)
            self.assertLessEqual(choice["best_in"], 1)
        slow = self.run_program("plan", "study.yaml", "--seconds-per-step", "5m", "--json").stdout
        self.assertEqual(json.loads(slow)["strategy"], "babysit")
        self.assertIn("The budget is too small for one full training: that takes 8.33h, and there are 60m.",
                      json.loads(slow)["because"])
        self.assertIsNone(json.loads(slow)["choices"][0]["expected"])

    def test_of_a_machine_that_is_not_here_it_says_with_how_many_gpus_it_would_choose_otherwise(self):
        self.study("budget: {time: 50s, max_steps: 100}\nresources: {gpu: 1}\n")
        def plan(gpus):
            return json.loads(self.run_program("plan", "study.yaml", "--seconds-per-step", "340ms", "--gpus", str(gpus),
                                               "--json").stdout)
        one = plan(1)
        self.assertEqual((one["strategy"], one["machine"]["gpus"]), ("babysit", 1))
        flips = [flip for flip in one["flips"] if flip["when"].endswith(" GPUs")]
        self.assertEqual([flip["to"] for flip in flips], ["parallel"])
        count = int(flips[0]["when"].split()[0])
        self.assertIn(f"With {count} GPUs I would say caviar.", one["because"])
        self.assertEqual((plan(count - 1)["strategy"], plan(count)["strategy"]), ("babysit", "parallel"))

    def test_without_live_parameters_panda_is_no_choice(self):
        self.study("budget: {time: 1m, max_steps: 100}\n", live="false")
        plan = json.loads(self.run_program("plan", "study.yaml", "--seconds-per-step", "5m", "--json").stdout)
        self.assertEqual(plan["strategy"], "parallel")
        self.assertIn("Panda is no choice here: no parameter is live.", plan["because"])
        self.assertIn("The budget is too small for one full training", plan["because"])

    def test_what_cannot_be_planned_is_a_sentence(self):
        self.study("")
        self.assertEqual(self.refusal(code=64),
                         "toy: a plan needs a budget to divide, and there is none; add budget: {time: 1h}, or give "
                         "--time 1h or --trials 100")
        self.study()
        self.assertEqual(self.refusal("--memory", "1GiB"),
                         "toy: --memory goes with --seconds-per-step; a pilot measures it; remove it, or say what a "
                         "step takes")
        self.assertEqual(self.refusal("--gpus", "3"),
                         "toy: --gpus goes with --seconds-per-step; a pilot measures on this machine; remove it, or say "
                         "what a step takes there")
        self.assertEqual(self.refusal("--seconds-per-step", "soon"),
                         "--seconds-per-step cannot be 'soon'; write it as 50ms, 2s or 5m")
        self.assertEqual(self.refusal("--seconds-per-step", "1s"),
                         "toy: nothing says how many steps a full training has; add budget: {max_steps: 1000}, or give "
                         "--steps 1000")
        self.assertEqual(self.refusal("--seconds-per-step", "1s", "--steps", "5", "--memory", "much"),
                         "--memory cannot be 'much'; write it with its unit, as 500MB or 2GiB")
        self.assertEqual(self.refusal("--seconds-per-step", "1s", "--steps", "5", "--memory", "6"),
                         "--memory cannot be '6'; write it with its unit, as 500MB or 2GiB")
        self.assertEqual(self.refusal("--pilot-time", "-1"), "--pilot-time cannot be '-1'; write it as 50ms, 2s or 5m")
        self.write("train.py", "import sys\nsys.exit('no data here')\n")
        self.assertRegex(self.refusal(), r"^toy: the pilot's program failed: python3 train\.py .*no data here.*; mend it, and "
                                         r"plan again$")
        self.write("train.py", "pass\n")
        self.assertRegex(self.refusal(), r"^toy: the pilot's program ended after [0-9.a-z]+ without reporting anything; let it "
                                         r"report its metrics \(docs/channel\.md\), or give metrics: a pattern$")
        self.write("train.py", "import time\ntime.sleep(600)\n")
        self.assertRegex(self.refusal("--pilot-time", "1s"),
                         r"^toy: the pilot's program reported nothing in [0-9.a-z]+; give it longer with --pilot-time 5m, or say "
                         r"what a step takes with --seconds-per-step$")
        self.assertEqual(self.processes_of(self.folder), [])
        self.study("budget: {time: 20s}\nresources: {gpu: 99}\n")
        self.assertRegex(self.refusal(), r"^toy: each trial asks for 99 GPUs, but this machine has \d+; lower resources: gpu, "
                                         r"or run it on another machine$")
        self.study("budget: {time: 20s}\nstrategy: {name: pbt, steps: 10, interval: 2}\n")
        self.assertEqual(self.refusal(), "toy: a plan chooses between parallel and babysit, and the strategy is pbt; write "
                                         "strategy: auto")

    def test_strategy_auto_is_decided_once_and_told(self):
        self.study("budget: {trials: 6, max_steps: 10}\nstrategy: auto\nsampler: random\n")
        done = self.run_program("tune", "study.yaml", "--workers", "2", "--progress", "none")
        self.assertIn("toy: caviar (strategy: parallel): train many models and keep the best.", done.stderr)
        self.assertIn("settings: strategy: parallel, workers: 2", done.stderr)
        self.assertRegex(done.stderr, r"toy: planned [0-9.a-z]+ \([0-9.a-z]+ to [0-9.a-z]+\) and 6 trials \(6 to 6\), took "
                                      r"[0-9.a-z]+ and 6\n")
        self.assertEqual(len(self.trials()), 6)
        again = self.run_program("tune", "study.yaml", "--trials", "7", "--progress", "none")
        self.assertNotIn("caviar", again.stderr)
        self.assertNotIn("strategy", again.stderr)
        self.assertEqual(len(self.trials()), 7)
        self.assertEqual(glob.glob(self.path("sterlet-plan-*")), [])

    def test_strategy_auto_raises_one_model_where_no_other_would_end(self):
        self.study("budget: {time: 20s, max_steps: 3000}\nstrategy: auto\n", steps=3000)
        done = self.run_program("tune", "study.yaml", "--workers", "2", "--progress", "none")
        self.assertIn("toy: panda (strategy: babysit): raise one model and watch it.", done.stderr)
        self.assertEqual(len(self.trials()), 1)
        self.assertIn("trial 0: ", done.stdout)

    def test_tune_auto_opens_the_tiers_that_the_budget_is_enough_for(self):
        self.study("budget: {trials: 15}\ntune: auto\nsampler: random\n")
        done = self.run_program("tune", "study.yaml", "--trials", "3", "--progress", "none")
        self.assertIn("tune: auto: tiers 1 to 2 for 15 trials of 1 parameter; with tier 3 there would be 2, which take 20 trials, "
                      "10 each", done.stderr)
        self.assertEqual([trial["params"]["y"] for trial in self.trials()], [0.5] * 3)
        self.assertEqual(len({trial["params"]["x"] for trial in self.trials()}), 3)
        # A larger budget later leaves them as they are; --amend does not.
        self.study("budget: {trials: 40}\ntune: auto\nsampler: random\n")
        more = self.run_program("tune", "study.yaml", "--trials", "4", "--progress", "none")
        self.assertIn("tune: auto: the study goes on with 1 parameter, as it began; with --amend it searches 2 (tiers 1 to 3)\n",
                      more.stderr)
        self.assertEqual([trial["params"]["y"] for trial in self.trials()], [0.5] * 4)
        self.run_program("tune", "study.yaml", "--trials", "6", "--progress", "none", "--amend")
        self.assertEqual(len({trial["params"]["y"] for trial in self.trials()}), 3)

    def test_tune_auto_with_a_budget_of_time_measures_a_trial_first(self):
        self.study("budget: {time: 2s}\ntune: auto\nsampler: random\n", steps=4)
        done = self.run_program("tune", "study.yaml", "--workers", "1", "--progress", "none")
        told = re.search(r"tune: auto: tiers? (?:1 to )?(\d) for (\d+) trials? of (\d) parameters?", done.stderr)
        self.assertIsNotNone(told, done.stderr)
        tier, trials, parameters = map(int, told.groups())
        # How many trials the time pays for is the machine's; what they open is the rule's: 10 trials a parameter.
        self.assertGreater(trials, 0)
        self.assertEqual((tier, parameters), (3, 2) if trials >= 20 else (2, 1) if trials >= 10 else (1, 1))
        self.run_program("tune", "study.yaml", "--time", "3s", "--progress", "none")
        self.study("tune: auto\n", steps=4)
        refused = self.run_program("tune", "study.yaml", "--storage", "other.db", code=64)
        self.assertEqual(refused.stderr, "study.yaml: tune: auto goes by the budget, and there is none; add budget: {trials: "
                                         "60}, or write tune: tier<=2\n")


# The best x is 8 / size: ln(x) falls as ln(size) rises, and each doubling halves it.
SIZED = f"""import math, sys
sys.path.insert(0, {os.path.join(SOURCE, "client")!r})
import sterlet
trial = sterlet.Trial()
trial.finish(0.1 + 0.02 * (math.log(trial.params["x"]) - math.log(8 / trial.params["units"])) ** 2)
"""
SIZED_STUDY = """study: toy
objective: loss
command: [python3, sized.py]
params:
  x: {type: float, low: 1e-4, high: 1, scale: log, default: 0.1, tier: 1}
  units: {type: int, low: 16, high: 1024, scale: log, default: 64, scale_of: width}
"""


class Transfer(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("sized.py", SIZED)
        self.write("study.yaml", SIZED_STUDY)

    def test_a_best_value_that_moves_is_found_predicted_and_enqueued(self):
        out = self.run_program("plan", "study.yaml", "--transfer", "width=32,64,128", "--to", "1024", "--points", "9", "--json",
                               "--enqueue").stdout
        document = json.loads(out)
        (x,) = document["params"]
        self.assertEqual((document["size"], document["trials"], x["param"], x["verdict"]), ("units", 3 * (9 + 8), "x", "moves"))
        self.assertAlmostEqual(x["power"]["value"], -1, delta=0.15)
        self.assertLess(x["predicted"]["low"], 8 / 1024)
        self.assertGreater(x["predicted"]["high"], 8 / 1024)
        self.assertLess(x["predicted"]["value"] / (8 / 1024), 1.5)
        self.assertGreater(x["predicted"]["value"] / (8 / 1024), 1 / 1.5)
        self.assertLess(x["next"]["error_then"], x["next"]["error_now"])
        self.assertEqual(document["enqueue"]["units"], 1024)
        self.assertEqual(self.trials(), [])  # Nothing but the point that is tried next.
        self.run_program("tune", "study.yaml", "--trials", "2", "--progress", "none")
        self.assertIn(document["enqueue"], [trial["params"] for trial in self.trials()])

    def test_by_the_parameters_name_in_words_and_as_a_prior(self):
        out = self.run_program("plan", "study.yaml", "--transfer", "units=32,64,128", "--to", "1024", "--points", "9",
                               "--prior").stdout
        told = self.run_program("ask-tell", "study.yaml", "--storage", "sterlet.db", stdin='{"op":"hints"}\n').stdout
        (prior,) = json.loads(told)["priors"]
        low, high = prior["params"]["x"]
        self.assertTrue(low < 8 / 1024 < high, prior)
        self.assertEqual((prior["kind"], prior["state"], prior["params"]["units"]), ("hint", "active", 1024))
        self.assertTrue(all(len(f"{bound:.4g}") >= len(repr(bound).rstrip("0")) for bound in (low, high)), prior)
        self.assertRegex(out, r"x: best [0-9.]+ at units 32, [0-9.]+ at 64, [0-9.]+ at 128\n")
        self.assertRegex(out, r"x: moves by units\^-[01]\.\d\d \(-\d\.\d\d to -\d\.\d\d\); at units 1024 it is 0\.00")
        self.assertIn("next: units ", out)

    def test_it_says_how_far_it_has_come(self):
        ran = self.run_program("plan", "study.yaml", "--transfer", "width=32,64", "--to", "128", "--points", "5")
        self.assertRegex(ran.stderr, r"toy: 2 of up to 18 trials have ended, after \d+s\n")
        quiet = self.run_program("plan", "study.yaml", "--transfer", "width=32,64", "--to", "128", "--points", "5", "--quiet")
        self.assertEqual(quiet.stderr, "")

    def test_sizes_in_shares_and_in_layers(self):
        self.write("study.yaml", SIZED_STUDY.replace("type: int, low: 16, high: 1024, scale: log, default: 64",
                                                     "type: float, low: 0.1, high: 1, scale: log, default: 1"))
        self.write("sized.py", SIZED.replace("8 / trial", "0.01 / trial"))
        out = self.run_program("plan", "study.yaml", "--transfer", "width=0.1,0.2,0.25", "--to", "0.7", "--json").stdout
        size = json.loads(out)["params"][0]["next"]["size"]
        self.assertTrue(0 < size < 1, out)
        self.write("sized.py", SIZED.replace('["units"]', '["units"][-1]'))
        self.write("study.yaml", SIZED_STUDY.replace("scale_of", "repeat: layers, scale_of") +
                   "  layers: {type: int, low: 1, high: 3, default: 2}\n")
        out = self.run_program("plan", "study.yaml", "--transfer", "width=32,64,128", "--to", "1024", "--points", "9", "--json",
                               "--enqueue", "--prior").stdout
        document = json.loads(out)
        self.assertEqual((document["enqueue"]["units"], list(document["hint"])), ([1024, 1024], ["x", "units"]))
        self.assertEqual(document["hint"]["units"], 1024)
        self.assertEqual(document["params"][0]["verdict"], "moves")

    def test_what_does_not_exist_at_the_defaults_is_left_out(self):
        self.write("study.yaml", SIZED_STUDY + """  kind: {choices: [a, b], default: a}
  other: {type: float, low: 1e-4, high: 1, scale: log, default: 0.1, tier: 1, when: kind == "b"}
""")
        ran = self.run_program("plan", "study.yaml", "--transfer", "width=32,64", "--to", "128", "--points", "5")
        self.assertIn("toy: other does not exist at the defaults and is left out\n", ran.stderr)
        self.assertIn("x: best ", ran.stdout)

    def test_what_the_study_cannot_try_is_said_before_a_trial(self):
        def refusal(*arguments):
            error = self.run_program("plan", "study.yaml", *arguments, code=1).stderr.splitlines()
            self.assertEqual(len(error), 1, error)
            return error[0]
        self.assertEqual(refusal("--transfer", "width=32,64", "--to", "4096", "--enqueue"),
                         "toy: the study cannot try units = 4096, since it goes from 16 to 1024 there; let its range hold the "
                         "size that --to names, or leave out --enqueue and --prior")
        self.assertEqual(refusal("--transfer", "width=32,64.5", "--to", "128"),
                         "toy: units is a whole number of at most 1e12, and cannot be 64.5; name a size that it can have")
        self.assertEqual(refusal("--transfer", "width=32,64", "--to", "1e300"),
                         "toy: units is a whole number of at most 1e12, and cannot be 1e+300; name a size that it can have")
        self.write("study.yaml", SIZED_STUDY.replace("type: int, low: 16, high: 1024, scale: log, default: 64", "value: 512"))
        self.assertEqual(refusal("--transfer", "width=32,64", "--to", "1024", "--prior"),
                         "toy: the study cannot try units = 1024, since it is always 512 there; let its range hold the size that "
                         "--to names, or leave out --enqueue and --prior")
        self.write("study.yaml", SIZED_STUDY + "  depth: {type: int, low: 1, high: 4, default: 2, scale_of: width}\n")
        self.assertEqual(refusal("--transfer", "width=32,64", "--to", "128"),
                         "toy: 2 parameters say scale_of: width (units, depth); name the one that is meant, as in --transfer "
                         "units=32,64,128")
        self.write("study.yaml", SIZED_STUDY.replace("tier: 1", 'tier: 1, when: kind == "b"') +
                   "  kind: {choices: [a, b], default: a}\n")
        self.assertEqual(refusal("--transfer", "width=32,64", "--to", "128"),
                         'toy: x does not exist at the defaults, by its when: kind == "b"; choose defaults at which it does')
        ran = self.run_program("plan", "study.yaml", "--transfer", "width=32,64", "--to", "128", "--memory", "1GiB", code=2)
        self.assertIn("--memory excludes --transfer", ran.stderr)

    def test_what_cannot_be_carried_over_is_a_sentence(self):
        def refusal(*arguments):
            return self.run_program("plan", "study.yaml", *arguments, code=1).stderr.splitlines()[-1]
        self.assertEqual(refusal("--transfer", "depth=2,4", "--to", "8"),
                         "toy: no parameter says scale_of: depth, and none is the number 'depth'; known are width, x, units")
        self.assertEqual(refusal("--transfer", "width=32", "--to", "8"),
                         "--transfer needs 2 to 20 different sizes (found 1); write it as width=32,64,128")
        self.assertEqual(refusal("--transfer", "width=32,many", "--to", "8"),
                         "--transfer cannot be 'width=32,many'; write it as width=32,64,128")
        self.assertEqual(refusal("--transfer", "width=32,64"), "toy: --transfer needs the size that is meant; add --to 1024")
        self.write("sized.py", "import sys\nsys.exit('no data here')\n")
        self.assertIn("toy: no trial of the transfer was successful: ", refusal("--transfer", "width=32,64", "--to", "128"))
        self.write("study.yaml", SIZED_STUDY.replace("tier: 1", "tier: 2"))
        self.assertEqual(refusal("--transfer", "width=32,64", "--to", "128"),
                         "toy: no number of tier 1 is searched, so there is nothing to carry over; add tier: 1 to the "
                         "learning rate")


class Lessons(ProgramTest):
    def test_what_studies_have_measured_proposes_tiers(self):
        chance = random.Random(3)
        for name in ("one", "two"):
            self.write(f"{name}.yaml", f"study: {name}\nobjective: loss\nparams:\n"
                       "  rate: {type: float, low: 0, high: 1, tier: 2}\n  idle: {type: float, low: 0, high: 1, tier: 2}\n")
            lines = []
            for _ in range(60):
                params = {"rate": chance.uniform(0, 1), "idle": chance.uniform(0, 1)}
                value = (params["rate"] - 0.3) ** 2 + 0.01 * params["idle"]
                lines.append(json.dumps({"op": "add", "params": params, "value": value}))
            self.run_program("ask-tell", f"{name}.yaml", "--storage", "sterlet.db", stdin="\n".join(lines) + "\n")
        document = json.loads(self.run_program("lessons", "--json").stdout)
        self.assertEqual((document["version"], document["studies"]), (1, 2))
        self.assertEqual([each["param"] for each in document["parameters"]], ["rate", "idle"])
        rate = document["proposals"][0]
        self.assertEqual((rate["param"], rate["from"], rate["to"], rate["studies"]), ("rate", 2, 1, 2))
        self.assertIn("rate: tier 2 -> 1 for this project (2 studies)\n", self.run_program("lessons").stdout)

    def test_without_enough_trials_it_says_so(self):
        self.write("one.yaml", "study: one\nobjective: loss\nparams:\n  x: {type: float, low: 0, high: 1}\n")
        self.run_program("ask-tell", "one.yaml", "--storage", "sterlet.db", stdin='{"op":"ask"}\n')
        self.assertEqual(self.run_program("lessons").stdout,
                         "which parameters matter is not clear yet in the only study: that takes more trials\n")


if __name__ == "__main__":
    unittest.main()
