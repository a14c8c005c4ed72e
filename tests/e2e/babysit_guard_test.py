"""The guard: a model that runs away is rolled back by itself, and the logbook says so."""
import os
import re
import shutil
import signal
import subprocess
import unittest

from babysit_support import OBEDIENT, BabysitTest
from support import LIMIT_SECONDS

FASHION_MNIST = "/usr/share/datasets/fashion-mnist"

# The loss falls as 1/x with the steps done, but for data of the places 40 to 51, on which it is five times as large and
# stays so for as long as the data is bad, and but for steps with a rate above 1, each of which adds a fifth, for good.
# Its place in the data is part of its state. At each step of HOLDS it waits for a change; between them it hears nothing,
# and in its first attempt nothing either from step DEAF_FROM on. At step WAITS it waits for a file `go`.
MODEL = OBEDIENT + """
state["harm"] = 1.0
holds = HOLDS
is_deaf = False
if trial.resume_path:
    load(trial.resume_path, trial.resume_skip)
while state["step"] < STEPS and not trial.should_stop():
    if not is_deaf and not (trial.attempt == 1 and state["step"] >= DEAF_FROM) and obey() and holds[:1] == [state["step"]]:
        holds.pop(0)
        is_deaf = bool(holds)
    while state["step"] == WAITS and not os.path.exists("go"):
        select.select([], [], [], 0.002)
    if not HEEDS:
        state["place"] = state["step"]
    select.select([], [], [], 0.002)
    if holds[:1] == [state["step"]]:
        is_deaf = False
        continue
    bad = BURST and state["place"] in range(40, 52)
    if bad and DIES:
        trial.failed("the loss became NaN at step %d" % state["step"])
        sys.exit(1)
    state["step"] += 1
    state["place"] += 1
    state["harm"] *= 1.2 if now["learning_rate"] > 1 else 1
    loss = (10 + state["place"] % 7 / 100) / (10 + state["step"]) * (5 if bad else 1) * state["harm"]
    if state["step"] % EVERY == 0:
        trial.report(state["step"], loss=float("nan") if bad and IS_NAN else loss, rate=now["learning_rate"],
                     place=state["place"])
    if state["step"] % 10 == 0:
        save()
open("over", "w").close()
"""

STUDY = """
study: m
objective: {metric: loss, direction: minimize}
command: [/usr/bin/python3, model.py]
strategy: panda
params:
  learning_rate: {type: float, low: 1e-3, high: 100, scale: log, default: 0.1, live: true}
seed: 7
"""


class Guard(BabysitTest):
    def write_model(self, steps=120, every=1, holds=(), burst=True, heeds=True, dies=False, is_nan=False,
                    deaf_from=10**9, waits=-1):
        program = MODEL
        for name, value in (("STEPS", steps), ("EVERY", every), ("HOLDS", list(holds)), ("BURST", burst),
                            ("HEEDS", heeds), ("DIES", dies), ("IS_NAN", is_nan),
                            ("DEAF_FROM", deaf_from), ("WAITS", waits)):
            program = program.replace(name, str(value))
        self.write("model.py", program)
        self.write("study.yaml", STUDY)

    def raise_one(self, *arguments, **model):
        self.write_model(**model)
        return self.attempt("babysit", "study.yaml", *arguments)

    def check_rolled_back(self, done, sentence, steps=120):
        self.assertEqual(done.returncode, 0, done.stderr)
        branches = self.branches()
        (made,) = branches["a"]["interventions"]
        self.assertEqual((made["kind"], made["by"], made["state"]), ("rollback", "guard", "kept"))
        self.assertRegex(made["note"], sentence)
        self.assertEqual((made["set"], made["was"]), ({"learning_rate": 0.05}, {"learning_rate": 0.1}))
        self.assertEqual(made["step"], 40)
        reports = branches["b"]["reports"]
        self.assertEqual([report["step"] for report in reports], list(range(41, steps + 1)))
        self.assertTrue(all(report["metrics"]["rate"] == 0.05 for report in reports))
        book = self.run_program("logbook").stdout
        self.assertIn("rolled back; learning_rate from 0.1 to 0.05", book)
        self.assertRegex(book, sentence)
        return branches

    def test_a_burst_of_bad_data_is_rolled_back_and_left_out(self):
        branches = self.check_rolled_back(self.raise_one("--guard", "--window", "12"), r"loss went from 0\.2\S* to \S+ at step 4\d, \d+ times")
        places = [report["metrics"]["place"] for report in branches["b"]["reports"]]
        skipped = int(places[0]) - 41
        self.assertGreaterEqual(skipped, 12)
        self.assertEqual(places, list(range(41 + skipped, 121 + skipped)))

    def test_a_loss_that_is_not_a_number_is_rolled_back(self):
        # Where the first leap was too short to leave all bad data out, the guard leaps again.
        done = self.raise_one("--guard", is_nan=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        branches = self.branches()
        last = branches[self.tree()["active"]]
        self.assertEqual(last["reports"][-1]["step"], 120)
        self.assertNotIn("NaN", [report["metrics"]["loss"] for report in last["reports"]])
        self.assertIn("loss became NaN at step 41", self.run_program("logbook").stdout)

    def test_a_program_that_dies_of_it_is_started_again_past_the_data(self):
        done = self.raise_one("--guard", dies=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # A leap of 10 steps is too short, so that the second is of 30.
        made = [change for branch in self.branches().values() for change in branch["interventions"]]
        self.assertEqual([change["kind"] for change in made], ["rollback"] * 2)
        self.assertEqual([change["set"]["learning_rate"] for change in made], [0.05, 0.025])
        last = self.branches()[self.tree()["active"]]["reports"]
        self.assertEqual([report["metrics"]["place"] for report in last], list(range(71, 151)))

    def test_a_program_that_is_over_before_it_hears_of_it_is_started_again_past_the_data(self):
        for kind in ({}, {"is_nan": True}):
            with self.subTest(**kind):
                done = self.raise_one("--guard", "--window", "12", steps=46, deaf_from=38, **kind)
                branches = self.check_rolled_back(done, r"loss (went from 0\.2\S* to \S+|became NaN) at step 4\d", steps=46)
                self.assertGreater(branches["b"]["reports"][0]["metrics"]["place"], 52)
                self.assertEqual(self.trials()[0]["state"], "COMPLETE")
                os.remove(self.path("sterlet.db"))
                shutil.rmtree(self.path("sterlet-trials"))

    def test_the_last_good_checkpoint_is_there_however_late_the_spike_is_looked_at(self):
        self.write_model(waits=38)
        child = self.raise_model("--guard", "--window", "12")
        self.wait_until(lambda: self.last_step() == 38, "it comes to its step")
        self.signal(child, signal.SIGSTOP)
        self.write("go", "")
        self.wait_until(lambda: os.path.exists(self.path("over")), "it trains to its end")
        self.signal(child, signal.SIGCONT)
        _, err = child.communicate(timeout=LIMIT_SECONDS)
        self.check_rolled_back(subprocess.CompletedProcess([], child.returncode, "", err),
                               r"loss went from 0\.2\S* to \S+ at step 4\d, \d+ times")

    def test_without_the_guard_nothing_is_rolled_back(self):
        self.assertEqual(self.raise_one().returncode, 0)
        self.assertEqual(list(self.branches()), ["a"])

    def test_a_program_that_does_not_leave_data_out_trains_on_with_the_lower_rate(self):
        done = self.raise_one("--guard", heeds=False)
        # After five times it is taken as it is: the burst is over some day.
        self.assertEqual(done.returncode, 0, done.stderr)
        made = [change for branch in self.branches().values() for change in branch["interventions"]]
        self.assertEqual([change["kind"] for change in made], ["rollback"] * 5)
        rates = [change["set"]["learning_rate"] for change in made]
        self.assertEqual(rates, [0.05, 0.025, 0.0125, 0.00625, 0.003125])
        self.assertIn("no good checkpoint to go back to", done.stderr)

    def test_a_slip_that_was_put_right_before_it_was_seen_is_undone_with_what_put_it_right(self):
        # Twenty steps with a hundred times the rate, between two reports.
        self.write_model(steps=500, every=25, holds=(250, 270), burst=False)
        child = self.raise_model("--guard")
        self.wait_until(lambda: self.last_step() == 250, "it waits for a change")
        self.run_program("set", "learning_rate*=100", "--note", "a slip of the hand")
        self.run_program("set", "learning_rate/=100", "--note", "put right")
        out, err = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, out + err)
        branches = self.branches()
        self.assertEqual(list(branches), ["a", "b", "c"])
        slip, back = branches["a"]["interventions"] + branches["b"]["interventions"]
        self.assertEqual((slip["step"], back["step"]), (250, 270))
        for made in (slip, back):
            self.assertEqual(made["state"], "undone")
            self.assertRegex(made["outcome"], r"^loss went from \S+ to \S+ at step 275, \d+ times its noise$")
        self.assertEqual(self.tree()["active"], "a")
        reports = branches["a"]["reports"]
        self.assertEqual([report["step"] for report in reports], list(range(25, 501, 25)))
        for report in reports:  # As if it had never been.
            self.assertLess(report["metrics"]["loss"], 1.01 * 10.06 / (10 + report["step"]))
        self.assertRegex(err, r"times its noise; undone: learning_rate 0\.1 back to 10, then learning_rate 10 back to 0\.1; "
                              r"branch a goes on from step 250")
        self.assertRegex(self.run_program("logbook").stdout, r"\| a slip of the hand \| undone: loss went from")

    @unittest.skipUnless(os.path.isdir(FASHION_MNIST), "the package dataset-fashion-mnist is not installed")
    def test_the_trainer_gets_past_a_burst_of_label_noise(self):
        self.write("study.yaml", """
study: m
objective: val_loss
command: [sterlet-train, mlp, --train-rows, "6400", --units, "32", --report-every, "5", --epochs, "6",
          --bad-labels, "231-270"]
params:
  learning_rate: {type: float, low: 1e-4, high: 10, scale: log, default: 0.02, live: true}
seed: 3
""")
        done = self.attempt("babysit", "study.yaml", "--guard")
        self.assertEqual(done.returncode, 0, done.stderr)
        branches = self.branches()
        self.assertEqual(list(branches), ["a", "b"])
        (made,) = branches["a"]["interventions"]
        self.assertEqual((made["kind"], made["state"], made["set"]), ("rollback", "kept", {"learning_rate": 0.01}))
        seen = re.search(r"loss went from \S+ to \S+ at step (\d+), \d+ times its noise", made["note"])
        self.assertTrue(231 <= int(seen.group(1)) <= 230 + 10 * 5, "seen within one window")
        self.assertEqual(made["step"], 200, "the last checkpoint before it")
        before = [r["metrics"]["val_loss"] for r in branches["a"]["reports"] if r["step"] <= 230]
        after = [r["metrics"]["val_loss"] for r in branches["b"]["reports"]]
        self.assertLess(max(after), 1.3 * before[-1])
        self.assertLess(max(after[-5:]), min(before))
        self.assertRegex(self.run_program("logbook").stdout,
                         r"\| 200 \| a to b \| rolled back; learning_rate from 0\.02 to 0\.01 \| guard \| (val_)?loss went "
                         r"from \S+ to \S+ at step \d+, \d+ times its noise \| kept: the data of the next \d+ steps is left "
                         r"out \|")

    def test_the_trainer_recovers_from_a_learning_rate_a_hundred_times_too_high(self):
        self.write_table()
        self.write("study.yaml", """
study: m
objective: val_loss
command: [sterlet-train, mlp, --data, table.csv, --units, "8", --batch-size, "16", --report-every, "2", --epochs, "1000000"]
params:
  learning_rate: {type: float, low: 1e-4, high: 1000, scale: log, default: 0.05, live: true}
seed: 3
""")
        child = self.raise_model("--guard", "--window", "30")
        self.train_on(child, 100)
        self.run_program("set", "learning_rate*=100", "--note", "a slip of the hand")
        self.wait_until(lambda: self.branches()["a"]["interventions"][0]["state"] == "undone", "it is undone")
        # Who was about to put it right hears that it is right already.
        self.assertRegex(self.run_program("set", "learning_rate/=2").stdout,
                         r"learning_rate from 0\.05 to 0\.025 at step \d+ \(branch c\); note: \S+'s change of learning_rate "
                         r"from 0\.05 to 5 \(step \d+\) was undone \S+ ago: .*(loss|infinite)")
        self.run_program("undo")
        self.train_on(child, 100)
        self.end(child)
        branches = self.branches()
        made = branches["a"]["interventions"][0]
        self.assertRegex(made["outcome"], r"loss (went from|became)|infinite")
        self.assertEqual(self.tree()["active"], "a")
        seen = re.search(r"at step (\d+)", made["outcome"])
        self.assertLessEqual(int(seen.group(1)), made["step"] + 30 * 2, "seen within one window")
        before = [r["metrics"]["val_loss"] for r in branches["a"]["reports"] if r["step"] <= made["step"]]
        self.assertLess(branches["a"]["reports"][-1]["metrics"]["val_loss"], 1.5 * before[-1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
