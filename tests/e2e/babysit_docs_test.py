"""The program that docs/babysit.md shows, run from the page itself; and programs with the mistakes that people make."""
import json
import os
import re
import shutil
import subprocess
import unittest

from babysit_support import STUDY as MODEL_STUDY
from babysit_support import BabysitTest, retell
from support import LIMIT_SECONDS, SOURCE

# What the page leaves to its reader: a number that falls towards its noise, and runs away with a rate above 2. All that
# is needed of the checkpoints' content is that it is all of the state.
MODEL = """
import json, os, select, sys
sys.path.insert(0, %r)


class Model:
    def __init__(self, seed):
        self.x, self.chance = 1.0, seed %% 2**64
        with open("seed", "w") as file:
            file.write(str(seed))

    def save(self, path):
        with open(path, "w") as file:
            json.dump([self.x, self.chance], file)

    def load(self, path):
        with open(path) as file:
            self.x, self.chance = json.load(file)

    def train(self, rate):
        select.select([], [], [], 0.002)
        self.chance = (self.chance * 6364136223846793005 + 1442695040888963407) %% 2**64
        self.x += rate * (0.02 * self.chance / 2**64 - self.x)
        return abs(self.x)


""" % os.path.join(SOURCE, "client")

STUDY = """
study: m
objective: {metric: loss, direction: minimize}
command: [/usr/bin/python3, model.py]
strategy: babysit
params:
  learning_rate: {type: float, low: 1e-3, high: 100, scale: log, default: 0.01, live: true}
seed: 7
"""

# Both mistakes of a loop over a range: it numbers its answers one step ahead, and cannot go back.
LATE = MODEL + """
import sterlet
trial = sterlet.Trial(live=True, restores=True)
model = Model(trial.seed(0))
rate, first = trial.params["learning_rate"], 1
if trial.resume_path:
    model.load(trial.resume_path)
    first = int(trial.resume_path.rsplit("-", 2)[1])
for step in range(first, 100000):
    for change in trial.changes():
        if change.kind == "checkpoint":
            name = "ck-%d-%d" % (step, len(os.listdir(trial.checkpoint_dir)))
            model.save(os.path.join(trial.checkpoint_dir, name))
            trial.checkpointed(step, name)
        elif change.kind == "restore":
            model.load(change.path)
            trial.restored(int(change.path.rsplit("-", 2)[1]), change.path)
        if change.values:
            rate = change.values["learning_rate"]
            trial.applied(step, change.values)
    if trial.should_stop():
        break
    trial.report(step, loss=model.train(rate))
"""


def snippet(language):
    """The program of "Your own program"."""
    with open(os.path.join(SOURCE, "docs", "babysit.md"), encoding="utf-8") as file:
        section = file.read().split("## Your own program")[1]
    return re.search(r"```%s\n(.*?)```" % language, section, re.S).group(1)


class FromThePage(BabysitTest):
    def raise_page(self, *arguments):
        program = snippet("python").replace("2000", "1000000")
        self.write("model.py", MODEL + program)
        self.write("study.yaml", STUDY)
        return self.raise_model(*arguments)

    def losses(self, branch):
        return {report["step"]: report["metrics"]["loss"] for report in self.branches()[branch]["reports"]}

    def test_a_change_is_undone_to_the_bit_and_the_steps_go_on_without_a_gap(self):
        child = self.raise_page()
        self.train_on(child, 20)
        self.run_program("set", "learning_rate=0.5")
        self.train_on(child, 10)
        self.run_program("undo")
        self.train_on(child, 20)
        err = self.end(child)
        self.assertNotIn("step off", err)
        self.assertNotIn("started again", err)
        change = self.branches()["a"]["interventions"][0]
        self.assertEqual(change["state"], "undone")
        undone = self.losses("a")
        self.assertEqual(sorted(undone), list(range(1, max(undone) + 1)))
        # As if it had never been: the same model, alone.
        x, chance = 1.0, None
        with open(self.path("seed")) as file:
            chance = int(file.read()) % 2**64
        for step in sorted(undone):
            chance = (chance * 6364136223846793005 + 1442695040888963407) % 2**64
            x += 0.01 * (0.02 * chance / 2**64 - x)
            self.assertEqual(undone[step], abs(x), step)

    def test_the_guard_undoes_a_rate_that_runs_away(self):
        child = self.raise_page("--guard")
        self.train_on(child, 40)
        self.run_program("set", "learning_rate=50")
        change = self.wait_until(lambda: [c for c in self.branches()["a"]["interventions"] if c["state"] == "undone"],
                                 "the guard undoes it")[0]
        self.train_on(child, 5)
        self.end(child)
        self.assertIn("loss went from", change["outcome"])
        self.assertEqual(list(self.branches()), ["a", "b"])
        self.assertLess(max(self.losses("a").values()), 1)

    def test_best_show_and_the_report_tell_what_it_ended_with(self):
        self.write("model.py", MODEL + snippet("python"))
        self.write("study.yaml", STUDY)
        child = self.raise_model()
        self.train_on(child, 10)
        self.run_program("set", "learning_rate=0.02", "--note", "it may be faster")
        step = self.branches()["b"]["from_step"]
        out, err = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, out + err)
        schedule = f"learning_rate=0.01 from step 0, learning_rate=0.02 from step {step}"
        best = self.run_program("best").stdout
        self.assertIn("  ended with learning_rate=0.02 (branch b)\n  schedule: " + schedule, best)
        self.assertEqual(json.loads(self.run_program("best", "--json").stdout)["best"][0]["model"]["branch"], "b")
        self.assertRegex(self.run_program("show", "0").stdout, r"schedule +" + re.escape(schedule))
        self.run_program("report", "-o", "page.html")
        with open(self.path("page.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertIn('"models":[{"row":0,"model":{', page)
        self.assertIn("it may be faster", page)

    def test_the_cpp_program_compiles(self):
        program = ("#include \"sterlet.hpp\"\nstruct Model {\n  explicit Model(std::int64_t) {}\n  bool save(const std::string&)"
                   " { return true; }\n  void load(const std::string&) {}\n  double train(double rate) { return rate; }\n};\n"
                   "int main() {\n" + snippet("cpp") + "}\n")
        self.write("model.cc", program)
        done = subprocess.run(["c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                               "-I", os.path.join(SOURCE, "client"), "model.cc"],
                              cwd=self.folder, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)


class Mistakes(BabysitTest):
    def raise_late(self, *arguments):
        self.write("model.py", LATE)
        self.write("study.yaml", STUDY)
        return self.raise_model(*arguments)

    def test_a_program_one_step_ahead_is_told_at_its_first_checkpoint_and_the_guard_still_undoes(self):
        child = self.raise_late("--guard")  # Asks for a checkpoint at the beginning.
        self.train_on(child, 40)
        self.run_program("set", "learning_rate=50")
        change = self.wait_until(lambda: [c for c in self.branches()["a"]["interventions"] if c["state"] == "undone"],
                                 "the guard undoes it")[0]
        self.assertIn("loss went from", change["outcome"])
        self.train_on(child, 10)
        err = self.end(child)
        told = err.index("note: the program told its state after step")
        self.assertLess(told, err.index("learning_rate from 0.01 to 50"))
        self.assertIn("let it read its messages after the report of a step", err)
        # Nothing was lost to it: it goes on from where the change was made, with the old rate.
        last = self.branches()["a"]["reports"][-1]
        self.assertEqual(self.tree()["active"], "a")
        self.assertLess(last["metrics"]["loss"], 1)

    def test_a_right_loop_of_its_own_is_sent_back_once_and_nothing_is_lost(self):
        for says_so, times in ((True, 0), (False, 1)):
            name = "said" if says_so else "tried"
            self.model(study=MODEL_STUDY)
            with open(self.path("model.py")) as file:
                program = file.read().replace("def load(path):", f"def load(path):\n    open('{name}', 'a').write('x')")
            self.write("model.py", program if says_so else program.replace(", loop=True", ""))
            child = self.raise_model("--new", "--storage", name + ".db")
            self.wait_until(lambda: os.path.exists(self.path("sterlet-trials")) and self.progress(name) > 30, "it trains on")
            self.run_program("stop", "m", "--storage", name + ".db")
            _, err = child.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual(child.returncode, 0, err)
            self.assertNotIn("started again", err)
            went_back = os.path.getsize(self.path(name)) if os.path.exists(self.path(name)) else 0
            self.assertEqual(went_back, times)
            tree = json.loads(self.run_program("show", "--tree", "--json", "--storage", name + ".db").stdout)
            (branch,) = tree["branches"]
            steps = [report["step"] for report in branch["reports"]]
            self.assertEqual(steps, list(range(1, steps[-1] + 1)))
            with open(self.seed_file()) as file:
                told = retell({"a": branch}, int(file.read()))
            self.assertEqual([(r["metrics"]["loss"], r["metrics"]["rate"]) for r in branch["reports"]],
                             [told["a"][step] for step in steps])
            shutil.rmtree(self.path("sterlet-trials"))

    def progress(self, name):
        done = self.attempt("show", "m", "--tree", "--json", "--storage", name + ".db")
        if done.returncode != 0:
            return 0
        reports = json.loads(done.stdout)["branches"][0]["reports"]
        return reports[-1]["step"] if reports else 0

    def seed_file(self):
        (folder,) = os.listdir(self.path("sterlet-trials"))
        return self.path(f"sterlet-trials/{folder}/0/seed")

    def test_a_program_that_does_not_go_back_is_started_again_from_the_checkpoint(self):
        child = self.raise_late()
        self.train_on(child, 20)
        self.run_program("set", "learning_rate=0.5")
        self.train_on(child, 20)
        self.run_program("undo")
        change = self.branches()["a"]["interventions"][0]
        self.wait_until(lambda: self.last_step() > change["step"], "it trains on")
        self.train_on(child, 5)
        err = self.end(child)
        told = re.search(r"said that it went back to step \d+, but reported step \d+ next, so it is started again", err)
        self.assertIsNotNone(told, err)
        self.assertLess(told.start(), err.index("learning_rate from 0.01 to 0.5"), "before any change")
        reports = [report["step"] for report in self.branches()["a"]["reports"]]
        self.assertEqual(reports, list(range(1, reports[-1] + 1)))


if __name__ == "__main__":
    unittest.main()
