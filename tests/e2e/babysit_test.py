"""Raising one model: live changes, exact undo, branches, and what is said when something cannot be."""
import contextlib
import json
import os
import re
import shutil
import sqlite3
import unittest

from babysit_support import BabysitTest, ends_when_it_may
from support import LIMIT_SECONDS, SOURCE


class Changes(BabysitTest):
    def test_undo_gives_the_curve_of_a_model_that_was_never_changed(self):
        self.model()
        child = self.raise_model()
        self.train_on(child)
        said = self.run_program("set", "learning_rate=0.4", "--note", "it is slow").stdout
        self.assertIn("learning_rate from 0.1 to 0.4 at step", said)
        self.train_on(child)
        self.run_program("undo")
        self.train_on(child)
        self.end(child)
        branches = self.check_tree()
        self.assertEqual(list(branches), ["a", "b"])
        change = branches["a"]["interventions"][0]
        self.assertEqual((change["set"], change["was"]), ({"learning_rate": 0.4}, {"learning_rate": 0.1}))
        self.assertEqual((change["by"], change["note"], change["state"]), ("person", "it is slow", "undone"))
        self.assertEqual(change["step"], branches["b"]["from_step"])
        self.assertEqual(branches["b"]["parent"], "a")
        self.assertEqual(branches["b"]["params"], {"learning_rate": 0.4, "size": 3})
        self.assertGreater(len(branches["a"]["reports"]), change["step"], "branch a went on after the undo")

    def test_undo_of_the_built_in_trainer_is_exact_to_the_last_bit(self):
        self.write_table()
        study = """
study: NAME
objective: val_loss
command: [sterlet-train, mlp, --data, table.csv, --units, "8", --batch-size, "16", --dropout, "0.1", --optimizer, adam,
          --report-every, "5", --epochs, "EPOCHS"]
params:
  learning_rate: {type: float, low: 1e-4, high: 1, scale: log, default: 0.01, live: true}
seed: 3
"""
        self.write("study.yaml", study.replace("NAME", "m").replace("EPOCHS", "1000000"))
        child = self.raise_model()
        self.train_on(child, 50)
        self.run_program("set", "learning_rate=0.3")
        self.train_on(child, 50)
        self.run_program("undo")
        self.train_on(child, 50)
        self.end(child)
        curve = self.branches()["a"]["reports"]
        changed = self.branches()["b"]["reports"]
        epochs = curve[-1]["step"] // 20 + 1
        self.write("plain.yaml", study.replace("NAME", "plain").replace("EPOCHS", str(epochs)))
        self.run_program("babysit", "plain.yaml", "--storage", "plain.db")
        plain = self.trials("plain", "--storage", "plain.db")[0]["reports"]
        by_step = {report["step"]: report["metrics"] for report in plain}
        self.assertGreater(curve[-1]["step"], changed[0]["step"])
        for report in curve:
            self.assertEqual(report["metrics"], by_step[report["step"]], report["step"])
        self.assertNotEqual(changed[1]["metrics"], by_step.get(changed[1]["step"]))

    def test_of_two_checkpoints_the_one_at_the_change_is_gone_back_to(self):
        # One of three steps ago is told only when the change has begun, as if it had been on its way.
        self.model()
        with open(self.path("model.py")) as file:
            program = file.read()
        self.write("model.py", program.replace("            save()\n", "            trial.checkpointed(*old)\n            save()\n")
                   .replace("    select.select", """    if state["step"] % 7 == 4:
        old = (state["step"] - 3, "old-%d" % state["step"])
        with open(os.path.join(trial.checkpoint_dir, old[1]), "w") as file:
            file.write(earlier)
    if state["step"] % 7 == 1:
        earlier = json.dumps(state)
    select.select""").replace("\nwhile", "\nearlier, old = json.dumps(state), (0, 'old-0')\n"
                                        "json.dump(state, open(os.path.join(trial.checkpoint_dir, 'old-0'), 'w'))\nwhile"))
        child = self.raise_model()
        self.train_on(child, 20)
        self.run_program("set", "learning_rate=0.4")
        step = self.branches()["b"]["from_step"]
        for pid in self.processes_of(self.folder):
            os.kill(pid, 9)
        self.train_on(child, 20)
        self.check_tree()
        self.run_program("undo")
        self.train_on(child)
        self.end(child)
        branches = self.check_tree()
        self.assertIn(step, [point["step"] for point in branches["a"]["checkpoints"]])

    def test_any_checkpoint_can_be_branched_again(self):
        self.model()
        child = self.raise_model()
        self.train_on(child)
        self.run_program("set", "learning_rate=0.4")
        step = self.branches()["b"]["from_step"]
        self.train_on(child)
        self.run_program("branch", "--at", str(step), "learning_rate=0.02", "--note", "lower instead?")
        self.train_on(child)
        self.run_program("set", "learning_rate*=1.5")
        self.train_on(child)
        self.run_program("undo")
        self.train_on(child)
        self.run_program("undo")  # Of the branch: back to where b stood.
        self.train_on(child)
        self.assertEqual(self.tree()["active"], "b")
        self.end(child)
        branches = self.check_tree()
        self.assertEqual([(b["id"], b["parent"]) for b in branches.values()],
                         [("a", None), ("b", "a"), ("c", "a"), ("d", "c")])
        self.assertEqual(branches["c"]["from_step"], step)
        self.assertEqual(branches["d"]["params"]["learning_rate"], 0.03)
        drawn = self.run_program("show", "m", "--tree").stdout
        self.assertIn("lower instead?", drawn)
        self.assertRegex(drawn, r"(?m)^  b\* from step")

    def test_pause_holds_the_program_and_resume_lets_it_go_on(self):
        self.model()
        child = self.raise_model()
        self.train_on(child)
        self.assertIn("is paused at step", self.run_program("pause").stdout)
        (pid,) = [p for p in self.processes_of(self.folder)]

        def state():
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0]
        self.wait_until(lambda: state() == "T", "its program stands still")  # A busy system stops it a moment later.
        self.assertIn("(paused)", self.run_program("show", "--tree").stdout)
        self.run_program("set", "learning_rate=0.2")  # Also then.
        self.run_program("resume")
        self.train_on(child)
        self.end(child)
        self.check_tree()

    def test_what_a_model_depends_on_is_recorded_and_status_tells_what_has_changed(self):
        self.model(steps=40)
        self.run_program("babysit", "study.yaml")
        context = json.loads(self.run_program("show", "0", "--json").stdout)["context"]
        self.assertIn("model.py", [file["path"] for file in context["files"]])
        self.assertEqual(context["command"], ["/usr/bin/python3", "model.py"])
        self.model(steps=41)
        (study,) = json.loads(self.run_program("status", "--json").stdout)["studies"]
        self.assertEqual([change["part"] for change in study["changed"]], ["model.py"])

    def test_stopped_and_gone_on_with_by_the_same_command(self):
        self.model(steps=ends_when_it_may(400))
        child = self.raise_model()
        self.train_on(child)
        self.run_program("set", "learning_rate=0.2")
        self.train_on(child)
        self.assertIn("stopped at step", self.end(child))
        self.assertEqual(self.trials()[0]["state"], "PAUSED")
        child = self.raise_model()
        self.train_on(child)
        self.signal(child)  # Ctrl-C is another way to stop.
        child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 130)
        self.write("may-end", "")
        done = self.run_program("babysit", "study.yaml")
        branches = self.check_tree()
        steps = branches["b"]["reports"][-1]["step"]
        self.assertGreaterEqual(steps, 400)
        self.assertIn(f"COMPLETE at step {steps}", done.stdout, done.stderr)
        self.assertEqual(len(branches["a"]["reports"]) + len(branches["b"]["reports"]), steps)
        trial = self.trials()[0]
        self.assertEqual([report["step"] for report in trial["reports"]], list(range(1, steps + 1)))
        self.assertEqual(trial["values"], [branches["b"]["reports"][-1]["metrics"]["loss"]])


class Logbook(BabysitTest):
    def test_says_who_changed_what_why_and_what_came_of_it(self):
        self.model()
        child = self.raise_model("--window", "8")
        self.train_on(child, 40)
        self.run_program("set", "learning_rate=0.5", "--note", "it is | slow")
        self.train_on(child, 30)
        self.run_program("set", "learning_rate=0.02")
        self.run_program("undo", "--note", "it shook")
        self.train_on(child)
        self.end(child)
        branches = self.check_tree()
        first, second = branches["a"]["interventions"] + branches["b"]["interventions"]
        self.assertEqual((first["state"], second["state"]), ("kept", "undone"))
        self.assertTrue(0 <= first["helped"] <= 1)
        self.assertRegex(first["outcome"], r"^loss \S+ where \S+ was expected without it$")
        book = self.run_program("logbook").stdout
        self.assertIn("learning_rate from 0.1 to 0.5", book)
        self.assertIn("it is \\| slow", book)
        self.assertRegex(book, r"learning_rate from 0\.5 to 0\.02 .* \| undone[^|]*[:;] it shook \|")
        schedule = json.loads(self.run_program("logbook", "--format", "schedule").stdout)
        self.assertEqual(schedule, {"version": 1, "schedule": [
            {"step": 0, "set": {"learning_rate": 0.1, "size": 3}},
            {"step": first["step"], "set": {"learning_rate": 0.5}}]})
        self.run_program("logbook", "-o", "book.md")
        with open(self.path("book.md")) as file:
            self.assertEqual(file.read(), book)


class Replay(BabysitTest):
    def test_the_schedule_of_a_babysat_model_is_trained_again_on_other_seeds(self):
        self.model(steps=ends_when_it_may(300))
        child = self.raise_model()
        self.train_on(child, 20)
        self.run_program("set", "learning_rate=0.5")
        self.train_on(child, 20)
        self.run_program("set", "learning_rate=0.9")
        self.run_program("undo")  # What was taken back is not part of it.
        self.train_on(child, 10)
        self.run_program("set", "learning_rate=0.02")
        self.write("may-end", "")
        out, err = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, out + err)
        steps = self.last_step()
        self.model(steps=steps)
        with open(self.path("schedule.json"), "w") as file:
            file.write(self.run_program("logbook", "--format", "schedule").stdout)
        with open(self.path("schedule.json")) as file:
            changes = {entry["step"]: entry["set"]["learning_rate"] for entry in json.load(file)["schedule"]}
        self.assertEqual(list(changes.values()), [0.1, 0.5, 0.02])
        done = self.run_program("--json", "tune", "study.yaml", "--replay", "schedule.json", "--seeds", "2")
        answer = json.loads(done.stdout)
        trials = self.trials(answer["study"])
        self.assertEqual([trial["state"] for trial in trials], ["COMPLETE"] * 2, done.stderr)
        for trial in trials:
            with open(f"{self.trials_folder(answer['study'])}/{trial['number']}/seed") as file:
                x, chance, rate = 1.0, int(file.read()), None
            curve = []
            for step in range(steps):
                rate = changes.get(step, rate)
                chance = (chance * 6364136223846793005 + 1442695040888963407) % 2**64
                x += rate * (chance / 2**64 - 0.4 - x)
                curve.append({"step": step + 1, "metrics": {"loss": x, "rate": rate}})
            self.assertEqual(trial["reports"], curve)
        self.assertNotEqual(trials[0]["values"], trials[1]["values"])


class Examples(BabysitTest):
    def raise_example(self, name, study, factor, steps=100000):
        shutil.copytree(os.path.join(SOURCE, "examples"), self.path("examples"))
        shutil.copytree(os.path.join(SOURCE, "client"), self.path("client"))
        self.folder = os.path.join(self.folder, "examples", name)
        child = self.raise_model(f"steps={steps}")  # More than it comes to.
        self.train_on(child, 20, study)
        self.run_program("set", "learning_rate=0.5")
        self.train_on(child, 20, study)
        self.run_program("undo")
        self.train_on(child, 20, study)
        self.end(child, study)
        changed = self.branches()
        self.assertEqual(changed["a"]["interventions"][0]["state"], "undone")
        # The same model, never changed: its curve is the same to the last bit.
        self.run_program("babysit", "study.yaml", f"steps={changed['a']['reports'][-1]['step']}", "--storage", "plain.db")
        plain = self.trials("--storage", "plain.db")[0]["reports"]
        self.assertEqual(changed["a"]["reports"], plain)
        self.assertGreater(plain[-1]["step"], changed["b"]["reports"][0]["step"])
        self.assertEqual(plain[0]["step"], factor)

    def test_python(self):
        self.raise_example("babysit_python", "babysit-python", 1)

    def test_cpp(self):
        self.raise_example("babysit_cpp", "babysit-cpp", 1)

    def test_pytorch(self):
        self.raise_example("babysit_pytorch", "babysit-pytorch", 10, steps=10000000)


class Messages(BabysitTest):
    """What is said to bad input is kept in tests/golden/babysit; UPDATE_GOLDEN=1 writes it anew."""

    def setUp(self):
        super().setUp()
        self.said = []

    def says(self, *arguments):
        done = self.attempt(*arguments)
        self.note(arguments, done.returncode, done.stdout, done.stderr)

    def note(self, arguments, code, out, err):
        text = err.replace(os.path.realpath(self.folder), "FOLDER")
        for found, instead in ((r"(steps?|go from) \d+(, \d+)*", r"\1 N"), (r"process \d+", "process N"),
                               (r"step-\d+", "step-N"), (r"/m-[0-9a-f]{8}/", "/m-IDENTITY/"), (r"^\S+ has just", "SOMEBODY has just")):
            text = re.sub(found, instead, text)
        self.assertEqual(len(text.splitlines()), 1, out + err)
        self.said.append(f"$ sterlet {' '.join(arguments)}\n{text.strip()}\nexit code {code}\n")

    def check(self, name):
        path = os.path.join(SOURCE, "tests/golden/babysit", name)
        if os.environ.get("UPDATE_GOLDEN"):
            with open(path, "w") as file:
                file.write("\n".join(self.said))
        with open(path) as file:
            self.assertEqual("\n".join(self.said), file.read())

    def test_where_nothing_is_raised(self):
        self.says("set", "learning_rate=0.2")
        self.says("babysit", "nowhere.yaml")
        self.model(steps=20)
        self.says("babysit", "study.yaml", "learning_rate=7")
        self.says("babysit", "study.yaml", "learning_rate*=2")
        self.says("babysit", "study.yaml", "--quota", "much")
        self.says("babysit", "study.yaml", "--checkpoint-every", "often")
        self.says("babysit", "study.yaml", "--progress", "loud")
        self.says("babysit", "study.yaml", "--auto", "--advise")
        self.says("babysit", "study.yaml", "--steps", "0")
        self.says("set", "learning_rate=0.2")
        self.says("undo")
        self.says("logbook")
        self.says("show", "--tree")
        self.check("no_model.txt")

    def test_to_a_model_that_trains(self):
        self.model()
        child = self.raise_model()
        self.train_on(child)
        for arguments in (("set", "learning_rat=0.2"), ("set", "size=4"), ("set", "learning_rate=7"),
                          ("set", "learning_rate=high"), ("set", "learning_rate*=0"), ("set", "learning_rate/=0"), ("set", "learning_rate=0.1"),
                          ("set", "learning_rate"), ("set", "m", "learning_rate"), ("set", "learning_rate="),
                          ("set", "learning_rate=0.2", "learning_rate=0.3"), ("set", "k", "learning_rate=0.2"),
                          ("set", "--trial", "5", "learning_rate=0.2"), ("undo",), ("branch", "learning_rate=0.2"),
                          ("branch", "--at", "999999"), ("branch", "--at", "5", "--from", "q"),
                          ("logbook", "--format", "schedule", "--branch", "q"), ("resume", "m"),
                          ("babysit", "study.yaml"), ("babysit", "study.yaml", "--new"),
                          ("babysit", "study.yaml", "learning_rate=0.3")):
            self.says(*arguments)
        self.run_program("pause")
        self.says("pause")
        self.end(child)
        self.check("training.txt")

    def test_to_a_model_that_is_finished(self):
        self.model(steps=20)
        self.run_program("babysit", "study.yaml")
        for arguments in (("set", "learning_rate=0.2"), ("undo",), ("pause",), ("branch", "--at", "5"),
                          ("babysit", "study.yaml"), ("babysit", "study.yaml", "--trial", "3")):
            self.says(*arguments)
        self.check("finished.txt")

    def test_to_a_program_that_cannot_go_back(self):
        self.model(restores=False)
        child = self.raise_model()
        self.train_on(child)
        self.run_program("set", "learning_rate=0.2")
        self.says("undo")
        self.says("branch", "--at", "5")
        self.end(child)
        self.check("cannot_restore.txt")


    def test_to_who_comes_second(self):
        self.model()
        child = self.raise_model()
        self.train_on(child)
        self.hold()
        # Both look at the same model before either has changed it: the program does not answer yet.
        people = [("set", "learning_rate=0.2", "--note", "first"), ("set", "learning_rate=0.3"), ("undo",)]
        asked = []
        for number, arguments in enumerate(people):
            asked.append(self.start(*arguments))
            self.wait_until(lambda: self.pending_commands() > number, "it is asked for")
        os.remove(self.path("hold"))
        for arguments, person in zip(people, asked):
            out, err = person.communicate(timeout=LIMIT_SECONDS)
            if arguments == people[0]:
                self.assertEqual(person.returncode, 0, err)
            else:
                self.note(arguments, person.returncode, out, err)
        self.assertEqual([branch["params"]["learning_rate"] for branch in self.branches().values()], [0.1, 0.2])
        self.end(child)
        self.check_tree()
        self.check("two_people.txt")

    def pending_commands(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.path('sterlet.db')}?mode=ro", uri=True)) as storage:
            return storage.execute("SELECT count(*) FROM commands WHERE state = 'pending'").fetchone()[0]

    def test_where_no_checkpoint_can_be_written(self):
        # No file of the trainer's may grow beyond 2,000 bytes, which to it is a disk without space.
        self.write_table()
        self.write("study.yaml", """
study: m
objective: val_loss
command: [/usr/bin/env, --ignore-signal=XFSZ, /usr/bin/prlimit, --fsize=2000, sterlet-train, mlp, --data, table.csv, --units,
          "8", --report-every, "5", --checkpoint-every, "0", --epochs, "1000000"]
params:
  learning_rate: {type: float, low: 1e-4, high: 1, scale: log, default: 0.01, live: true}
""")
        child = self.raise_model()
        self.train_on(child, 20)
        self.says("set", "learning_rate=0.3")
        self.says("pause")
        self.says("branch", "--at", "5")
        self.train_on(child, 20)
        self.assertEqual(list(self.branches()), ["a"])
        self.assertEqual(self.branches()["a"]["interventions"], [])
        self.end(child)
        self.check("disk_full.txt")


class Refusals(BabysitTest):
    def refused(self, *arguments):
        done = self.run_program(*arguments, code=1)
        self.assertEqual(done.stdout, "")
        return done.stderr.strip()

    def test_what_cannot_be_changed_is_said_in_one_sentence(self):
        self.model(steps=10**9)
        child = self.raise_model()
        self.train_on(child)
        before = self.branches()
        cases = {
            ("set", "learning_rat=0.2"): "there is no parameter 'learning_rat'; did you mean 'learning_rate'?",
            ("set", "size=4"): "size cannot be changed while the model trains: the study does not call it live; live "
                               "are: learning_rate",
            ("set", "learning_rate=7"): "learning_rate cannot be 7; it is a number from 0.001 to 1",
            ("set", "learning_rate=high"): "learning_rate cannot be \"high\"; it is a number from 0.001 to 1",
            ("set", "learning_rate=0.1"): "learning_rate is 0.1 already; nothing was changed",
            ("set", "learning_rate"): "no change is given; write it as sterlet set learning_rate=0.02",
            ("set", "m", "learning_rate"): "'learning_rate' is neither name=value nor name*=factor; write it as "
                                           "learning_rate=0.02 or momentum*=1.05",
            ("set", "learning_rate=0.2", "learning_rate=0.3"): "learning_rate is given twice; give it once",
            ("undo",): "there is no change to undo on branch a; see sterlet show --tree",
            ("branch", "--at", "999999"): "there is no checkpoint of step 999999; none has been kept yet",
            ("branch", "--at", "5", "--from", "q"): "there is no branch 'q'; they go from a to a",
            ("resume", "--trials", "5"): "m: its strategy is babysit: one model, trained under watch; run sterlet babysit m",
        }
        for arguments, sentence in cases.items():
            self.assertEqual(self.refused(*arguments), sentence)
        self.assertIn("is being raised by process", self.refused("babysit", "study.yaml"))
        self.assertRegex(self.refused("babysit", "study.yaml", "--new"),
                         r"^m: the model \(trial 0\) is still being raised, by process \d+; end it with sterlet stop first, or "
                         r"give --beside to raise both at once$")
        self.assertEqual([b["params"] for b in self.branches().values()], [b["params"] for b in before.values()])
        self.end(child)
        self.check_tree()

    def test_a_finished_model_takes_no_change(self):
        self.model(steps=20)
        self.run_program("babysit", "study.yaml")
        for arguments in (("set", "learning_rate=0.2"), ("undo",), ("pause",), ("branch", "--at", "5")):
            self.assertEqual(self.refused(*arguments),
                             "m: the model (trial 0) has finished (COMPLETE at step 20), so nothing was changed; raise "
                             "another one with sterlet babysit --new")
        self.assertEqual(self.refused("babysit", "study.yaml"),
                         "m: the model (trial 0) is COMPLETE at step 20; raise another one with --new")
        seen = self.run_program("babysit", "study.yaml", "learning_rate=0.3", "--new", "--progress", "json")
        events = [json.loads(line) for line in seen.stderr.splitlines()]
        self.assertIn({"event": "said", "sentence": "trial 1 trains with learning_rate 0.3, size 3 from the beginning"}, events)
        stands = [event for event in events if event["event"] == "stands"]
        self.assertEqual({event["branch"] for event in stands}, {"a"})
        self.assertEqual((stands[-1]["step"], stands[-1]["live"]), (20, {"learning_rate": 0.3}))
        trials = self.trials()
        self.assertEqual([trial["params"]["learning_rate"] for trial in trials], [0.1, 0.3])
        self.assertNotEqual(trials[0]["values"], trials[1]["values"])

    def test_a_program_that_cannot_restore_says_so_before_the_change(self):
        self.model(restores=False)
        child = self.raise_model()
        self.train_on(child)
        done = self.run_program("set", "learning_rate=0.2")
        self.assertEqual(done.stderr, "note: this program cannot go back to a checkpoint, so the change cannot be undone\n")
        self.assertIn("; it cannot be undone", done.stdout)
        self.train_on(child)
        self.assertEqual(self.refused("undo"),
                         "this program cannot go back to a checkpoint while it runs; to put the value back without going "
                         "back: sterlet set learning_rate=0.1")
        self.end(child)
        self.check_tree()

    def test_a_torn_checkpoint_is_found_before_it_is_used(self):
        self.model()
        child = self.raise_model("--keep-last", "5")
        self.train_on(child)
        self.run_program("pause")
        self.run_program("resume")
        self.train_on(child)
        self.run_program("set", "learning_rate=0.2")
        kept = self.branches()["a"]["checkpoints"]
        with open(kept[-1]["path"], "r+") as file:
            file.truncate(5)
        self.train_on(child)
        self.assertRegex(self.refused("undo"),
                         r"^the checkpoint of step \d+ \(.*\): it is damaged: it has 5 bytes of \d+, so nothing was changed; "
                         r"go back further with sterlet branch --at STEP$")
        for pid in self.processes_of(self.folder):
            os.kill(pid, 9)
        # Branch b has no whole checkpoint now, so branch a goes on from its earlier one, as the logbook says.
        self.wait_until(lambda: self.tree()["active"] == "a", "branch a goes on")
        self.train_on(child)
        self.end(child)
        branches = self.branches()
        self.assertEqual(branches["a"]["interventions"][0]["state"], "undone")
        self.assertEqual(branches["a"]["interventions"][0]["outcome"], "no whole checkpoint of it was left")

    def test_only_what_lies_in_the_folder_of_checkpoints_is_one_and_is_ever_deleted(self):
        # Everything but the newest checkpoint may go, so that each of these would.
        self.write("precious", "bytes")
        os.makedirs(self.path("folder/sub"))
        self.model(steps=10)
        with open(self.path("model.py")) as file:
            program = file.read()
        self.write("model.py", program.replace("\nwhile", """
top = os.getcwd()
os.symlink(top + "/folder", os.path.join(trial.checkpoint_dir, "link"))
named = [top + "/precious", "../../../../precious", top + "/folder", "link", "link/sub", "../../../../sterlet.db", ".", ".."]

while""").replace("    select.select", """    if named:
        trial.checkpointed(state["step"], named.pop())
    save()
    select.select"""))
        done = self.run_program("babysit", "study.yaml", "--keep-last", "1", "--keep-best", "0", "--progress", "plain")
        self.assertEqual(len(re.findall("does not count: .*: the checkpoint lies outside its trial's folder of checkpoints",
                                        done.stderr)), 8, done.stderr)
        with open(self.path("precious")) as file:
            self.assertEqual(file.read(), "bytes")
        self.assertEqual(os.listdir(self.path("folder")), ["sub"])
        kept = [f"ck-{point['step']}" for point in self.branches()["a"]["checkpoints"]]
        self.assertEqual(kept, ["ck-0", "ck-9"])  # The first and the last.
        self.assertEqual(sorted(name.rpartition("-")[0] or name
                                for name in os.listdir(self.trials_folder("m") + "/0/checkpoints")), kept + ["link"])
        self.assertEqual(self.trials()[0]["state"], "COMPLETE")

    def test_a_program_that_fails_can_be_gone_on_with(self):
        self.model()
        with open(self.path("model.py")) as file:
            program = file.read()
        self.write("model.py", program.replace(
            "    trial.report(", "    if rate > 0.5:\n        trial.failed('the loss became NaN')\n        sys.exit(1)\n"
            "    trial.report("))
        child = self.raise_model()
        self.train_on(child)
        self.run_program("set", "learning_rate=0.9")
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 3)
        self.assertIn("trial 0 failed: the loss became NaN", errors)
        self.assertIn("when sterlet babysit goes on with it", self.run_program("undo").stdout)
        child = self.raise_model()
        self.train_on(child)
        self.assertEqual(self.tree()["active"], "a")
        self.end(child)
        self.check_tree()


if __name__ == "__main__":
    unittest.main(verbosity=2)
