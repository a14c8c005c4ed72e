"""Tests of sterlet-train as Sterlet sees it: python3 trainer_test.py PATH_TO_sterlet-train [unittest arguments]

A small supervisor plays Sterlet's part over a Unix socket. It never waits for time to pass, only for messages; what hangs
is ended after TIMEOUT_S and fails.
"""

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import unittest

TIMEOUT_S = 60
FASHION_MNIST = "/usr/share/datasets/fashion-mnist"
TRAINER = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "sterlet-train"


def clean_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("STERLET_")}


class Run:
    """A finished run: its exit code, both streams, and what it told Sterlet, in order."""

    def __init__(self, code, out, err, messages):
        self.code, self.out, self.err, self.messages = code, out, err, messages

    def told(self, kind):
        return [message[kind] for message in self.messages if kind in message]

    def curve(self):
        return [(report["step"], report["metrics"]) for report in self.told("report")]


def converse(lines, connection, messages, answer):
    """Collects what is told until the end, answering on the way. An answer may cross with the end: then the connection
    breaks instead of closing, after the last line."""

    def send(replies):
        try:
            for reply in replies or []:
                connection.sendall(json.dumps(reply).encode() + b"\n")
        except BrokenPipeError:
            pass

    try:
        for line in lines:
            messages.append(json.loads(line))
            send(answer(messages[-1]) if answer else [])
    except ConnectionResetError:
        pass


class TrainerTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="trainer-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.checkpoints = self.path("checkpoints")
        os.mkdir(self.checkpoints)
        rng = random.Random(5)
        lines = ["a,b,c,kind"]
        for _ in range(240):
            a, b, c = (rng.gauss(0, 1) for _ in range(3))
            lines.append(f"{a:.6f},{b:.6f},{c:.6f},{'up' if a + b * c > 0.2 else 'down'}")
        self.csv = self.write("table.csv", "\n".join(lines) + "\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return self.path(name)

    def alone(self, *arguments):
        done = subprocess.run(
            [TRAINER, *arguments], env=clean_environment(), cwd=self.folder, capture_output=True, text=True,
            timeout=TIMEOUT_S)
        return Run(done.returncode, done.stdout, done.stderr, [])

    def supervised(self, *arguments, params=None, answer=None, **variables):
        """Runs the trainer as a trial. answer(message) gives the messages to send back; at first it gets {}, and what it
        gives then is there before the trainer is, which so hears it before its first step."""
        ours, theirs = socket.socketpair()
        ours.settimeout(TIMEOUT_S)
        for message in (answer({}) if answer else None) or []:
            ours.sendall(json.dumps(message).encode() + b"\n")
        environment = clean_environment()
        environment.update(
            STERLET_TRIAL="4", STERLET_ATTEMPT="1", STERLET_SEED="11", STERLET_CHANNEL=f"fd:{theirs.fileno()}",
            STERLET_PARAMS=self.write("params.json", json.dumps(params or {})),
            STERLET_CHECKPOINT_DIR=self.checkpoints, **variables)
        messages = []
        with ours, ours.makefile("r", encoding="utf-8", newline="\n") as lines, subprocess.Popen(
                [TRAINER, *arguments], env=environment, cwd=self.folder, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, pass_fds=[theirs.fileno()]) as process:
            try:
                theirs.close()  # Where the trainer ends, so does the conversation.
                converse(lines, ours, messages, answer)
                out, err = process.communicate(timeout=TIMEOUT_S)
            finally:
                process.kill()
        return Run(process.returncode, out, err, messages)

    def table(self, *arguments):
        return ["mlp", "--data", self.csv, "--units", "12,9", "--batch-size", "16", *arguments]

    # What a training gives.

    def test_says_what_it_can_and_reports_every_epoch(self):
        run = self.supervised(*self.table("--epochs", "3"))
        self.assertEqual(run.messages[0], {"hello": {"client": "cpp", "live": True, "loop": True, "protocol": 1, "restores": True}})
        self.assertEqual([step for step, _ in run.curve()], [1, 2, 3])
        self.assertEqual(sorted(run.curve()[0][1]), ["learning_rate", "loss", "val_error", "val_loss"])
        self.assertEqual((run.code, run.err), (0, ""))

    def test_runs_alone_and_gives_the_same_curve_as_with_sterlet(self):
        alone = self.alone(*self.table("--epochs", "3", "--seed", "11"))
        self.assertRegex(alone.out, r"\Aepoch 1 loss=\d\.\d{4} val_error=\d\.\d{4} val_loss=\d\.\d{4}\nepoch 2 ")
        self.assertEqual(alone.out, self.supervised(*self.table("--epochs", "3")).out)

    def test_same_seed_gives_the_same_curve_to_the_last_bit_and_another_seed_does_not(self):
        arguments = self.table("--epochs", "4", "--dropout", "0.3")
        first = self.supervised(*arguments)
        self.assertEqual(first.curve(), self.supervised(*arguments).curve())
        self.assertNotEqual(first.curve(), self.supervised(*arguments, "--seed", "12").curve())

    def test_params_come_before_flags_and_lists_decide_the_layers(self):
        params = {"learning_rate": 0.05, "units": [7, 6, 5], "optimizer": "adam", "batch_size": 32}
        given = self.supervised(*self.table("--learning-rate", "3", "--epochs", "2"), params=params)
        flags = self.supervised(
            "mlp", "--data", self.csv, "--units", "7,6,5", "--learning-rate", "0.05", "--optimizer", "adam",
            "--batch-size", "32", "--epochs", "2")
        self.assertEqual(given.curve(), flags.curve())

    def test_decay_ends_at_its_rate(self):
        for decay in ("step", "exponential", "cosine"):
            with self.subTest(decay):
                run = self.supervised(*self.table("--epochs", "40", "--decay", decay, "--decay-rate", "0.1"))
                rates = [metrics["learning_rate"] for _, metrics in run.curve()]
                self.assertAlmostEqual(rates[-1], 0.001, delta=1e-5)
                self.assertEqual(rates, sorted(rates, reverse=True))

    def test_regression_reports_the_error_in_the_targets_units(self):
        rng = random.Random(6)
        rows = [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(300)]
        path = self.write("line.csv", "y,a,b\n" + "".join(f"{1000 + 100 * a - 50 * b},{a},{b}\n" for a, b in rows))
        run = self.supervised("mlp", "--data", path, "--target", "y", "--epochs", "60", "--learning-rate", "0.05")
        # The targets spread by about 64; a line is learned nearly exactly.
        self.assertLess(run.curve()[-1][1]["val_error"], 10)
        self.assertGreater(run.curve()[-1][1]["val_error"], 0.01)

    @unittest.skipUnless(os.path.isdir(FASHION_MNIST), "the package dataset-fashion-mnist is not installed")
    def test_fashion_mnist_is_learned_by_both_networks_and_tested_on_held_back_images(self):
        mlp = self.supervised("mlp", "--train-rows", "2000", "--epochs", "2", "--test")
        self.assertLess(mlp.curve()[-1][1]["val_error"], 0.35)
        self.assertLess(mlp.curve()[-1][1]["test_error"], 0.35)
        self.assertNotIn("test_error", mlp.curve()[0][1])
        cnn = self.supervised("cnn", "--train-rows", "300", "--epochs", "2", "--filters", "4,8", "--batch-size", "16")
        self.assertLess(cnn.curve()[-1][1]["val_error"], 0.7)

    # Live changes.

    def test_a_set_is_applied_at_a_step_boundary_and_answered(self):
        def answer(message):
            if not message:
                return [{"set": {"learning_rate": 0.5, "momentum": 0.25}}]
            if message.get("report", {}).get("step") == 2:
                return [{"set": {"learning_rate": 0.125}, "something_new": 1}]
            return [{"stop": {}}] if message.get("report", {}).get("metrics", {}).get("learning_rate") == 0.125 else []

        run = self.supervised(*self.table("--epochs", "1000000", "--checkpoint-every", "0"), answer=answer)
        first, second = run.told("applied")
        self.assertEqual(first, {"step": 0, "set": {"learning_rate": 0.5, "momentum": 0.25}})
        self.assertEqual(second["set"], {"learning_rate": 0.125})
        self.assertGreaterEqual(second["step"], 2)
        self.assertEqual(run.curve()[0][1]["learning_rate"], 0.5)
        self.assertEqual(run.code, 0)

    def test_a_set_that_cannot_be_done_is_refused_with_the_reason_and_changes_nothing(self):
        sets = [{"batch_size": 8}, {"learning_rate": 0.5, "momentum": 1}, {"learning_rate": "fast"},
                {"learning_rate": "NaN"}]
        run = self.supervised(*self.table("--epochs", "2"),
                              answer=lambda message: [] if message else [{"set": values} for values in sets])
        self.assertEqual(run.told("refused"), [
            {"set": sets[0], "reason": "batch_size cannot be changed while the training runs"},
            {"set": sets[1], "reason": "momentum must be at least 0 and below 1 (found 1)"},
            {"set": sets[2], "reason": 'learning_rate must be a number (found "fast")'},
            {"set": sets[3], "reason": "learning_rate must be above 0 (found nan)"}])
        self.assertEqual(run.curve(), self.supervised(*self.table("--epochs", "2")).curve())

    def test_what_the_agenda_says_is_done_at_its_step_and_the_stop_saves_once(self):
        agenda = self.write("agenda.jsonl", '{"set":{"learning_rate":0.02},"at":1}\n{"checkpoint":{},"at":3}\n'
                            '{"stop":{},"at":3}\n')
        run = self.supervised(*self.table("--epochs", "9", "--checkpoint-every", "0"), STERLET_AGENDA=agenda)
        self.assertEqual(run.told("applied"), [{"step": 1, "set": {"learning_rate": 0.02}}])
        self.assertEqual([checkpoint["step"] for checkpoint in run.told("checkpoint")], [3])
        self.assertEqual([report["metrics"]["learning_rate"] == 0.02 for report in run.told("report")],
                         [False, True, True])
        self.assertEqual(run.code, 0)

    def test_prune_ends_orderly_and_stop_checkpoints_first(self):
        for kind, checkpoints in (("prune", 0), ("stop", 1)):
            with self.subTest(kind):
                run = self.supervised(*self.table("--epochs", "1000000", "--checkpoint-every", "0"),
                                      answer=lambda message: [{kind: {}}] if "report" in message else [])
                self.assertEqual((run.code, run.err), (0, ""))
                self.assertEqual(len(run.told("checkpoint")), checkpoints)

    def test_a_broken_channel_does_not_end_the_training(self):
        channel = self.path("channel")
        environment = dict(clean_environment(), STERLET_CHANNEL=channel)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(channel)
            listener.listen()
            listener.settimeout(TIMEOUT_S)
            with subprocess.Popen([TRAINER, *self.table("--epochs", "5")], env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) as process:
                listener.accept()[0].close()
                out, err = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(out.count("epoch"), 5)
        self.assertRegex(err, r"\Asterlet: the channel broke \(.*\); the training goes on without it\n\Z")

    # Checkpoints.

    def assert_resumes_exactly(self, arguments, params=None):
        """Asks for a checkpoint after each report, and goes on from each in a new process."""
        asked = self.supervised(*arguments, params=params,
                                answer=lambda message: [{"checkpoint": {}}] if "report" in message else [])
        self.assertEqual((asked.code, asked.err), (0, ""))
        plain = self.supervised(*arguments, "--checkpoint-every", "0", params=params)
        self.assertEqual(asked.curve(), plain.curve(), "writing checkpoints changes nothing")
        checkpoints = asked.told("checkpoint")
        self.assertGreaterEqual(len(checkpoints), 2)
        for checkpoint in (checkpoints[0], checkpoints[len(checkpoints) // 2]):
            resumed = self.supervised(*arguments, params=params,
                                      STERLET_RESUME=os.path.join(self.checkpoints, checkpoint["path"]))
            self.assertEqual(resumed.code, 0, resumed.err)
            self.assertEqual(resumed.curve(), [at for at in plain.curve() if at[0] > checkpoint["step"]])

    def test_goes_on_from_a_checkpoint_to_the_last_bit_with_momentum_and_dropout(self):
        self.assert_resumes_exactly(self.table("--epochs", "8", "--dropout", "0.2", "--decay", "cosine"))

    def test_goes_on_from_inside_an_epoch_to_the_last_bit_with_adam(self):
        self.assert_resumes_exactly(
            self.table("--epochs", "8", "--report-every", "5"),
            params={"optimizer": "adam", "weight_decay": 0.01, "dropout": 0.1, "learning_rate": 0.003})

    @unittest.skipUnless(os.path.isdir(FASHION_MNIST), "the package dataset-fashion-mnist is not installed")
    def test_goes_on_from_a_checkpoint_to_the_last_bit_with_a_cnn(self):
        self.assert_resumes_exactly(["cnn", "--train-rows", "100", "--filters", "2,3", "--epochs", "4", "--batch-size",
                                     "32", "--dropout", "0.2"])

    def test_goes_on_from_inside_a_stretch_of_bad_labels_to_the_last_bit(self):
        self.assert_resumes_exactly(self.table("--epochs", "4", "--report-every", "5", "--bad-labels", "8-31"))

    def test_bad_labels_are_those_of_their_steps_and_are_got_past_by_leaving_their_data_out(self):
        numbers = self.write("numbers.csv", "a,b,sum\n" + "".join(
            f"{i % 7},{i * 37 % 11},{i % 7 + i * 37 % 11}\n" for i in range(240)))
        for data in ((self.csv,), (numbers, "--task", "regression")):
            arguments = ["mlp", "--data", *data, "--units", "8", "--batch-size", "16", "--epochs", "6", "--report-every",
                         "1", "--learning-rate", "0.05"]
            bad = [*arguments, "--bad-labels", "21-40"]
            plain, burst = self.supervised(*arguments).curve(), self.supervised(*bad).curve()
            self.assertEqual(burst[:20], plain[:20])
            self.assertNotEqual(burst[20], plain[20])
            mean = lambda curve, steps: sum(curve[step - 1][1]["loss"] for step in steps) / len(steps)
            self.assertGreater(mean(burst, range(21, 41)), 1.3 * mean(plain, range(21, 41)))
            again = self.supervised(*bad, answer=lambda message: [{"checkpoint": {}}] if message.get("report", {}).get(
                "step") == 10 else [])
            self.assertEqual(again.curve(), burst)
            path = os.path.join(self.checkpoints, again.told("checkpoint")[0]["path"])
            past = [self.supervised(*which, STERLET_RESUME=path, STERLET_SKIP_STEPS="30").curve()
                    for which in (arguments, bad)]
            self.assertEqual(past[0], past[1])

    def test_restores_while_it_runs_to_the_last_bit(self):
        arguments = self.table("--epochs", "30", "--dropout", "0.2")
        plain = self.supervised(*arguments)
        checkpoint = plain.told("checkpoint")[1]
        self.assertEqual(checkpoint["step"], 2)
        wish = {"restore": {"path": checkpoint["path"], "set": {}}, "at": 10}
        run = self.supervised(*arguments, answer=lambda message: [] if message else [wish])
        self.assertEqual([step for step, _ in run.curve()], [*range(1, 11), *range(3, 31)])
        self.assertEqual(run.told("restored"), [{"step": 2, "path": checkpoint["path"]}])
        at = next(i for i, message in enumerate(run.messages) if "restored" in message)
        after = Run(0, "", "", run.messages[at:])
        self.assertEqual(after.curve(), plain.curve()[2:])
        names = [told["path"] for told in plain.told("checkpoint") + run.told("checkpoint")]
        self.assertEqual(len(names), len(set(names)), "no checkpoint overwrites another")

    def test_leaves_data_out_after_a_restore_or_a_resume_alike(self):
        for arguments, skip in ((self.table("--epochs", "4"), 1), (self.table("--epochs", "4", "--report-every", "5"), 7)):
            plain = self.supervised(*arguments)
            checkpoint = plain.told("checkpoint")[0]
            path = os.path.join(self.checkpoints, checkpoint["path"])
            wish = [{"restore": {"path": path, "skip_steps": skip}}]
            restored = self.supervised(*arguments, answer=lambda message: [] if message else wish)
            resumed = self.supervised(*arguments, STERLET_RESUME=path, STERLET_SKIP_STEPS=str(skip))
            self.assertEqual(restored.curve(), resumed.curve())
            rest = [at for at in plain.curve() if at[0] > checkpoint["step"]]
            self.assertEqual([step for step, _ in resumed.curve()], [step for step, _ in rest])
            self.assertNotEqual(resumed.curve()[0], rest[0])

    def test_a_restore_with_a_set_branches_and_one_that_cannot_be_done_is_refused(self):
        plain = self.supervised(*self.table("--epochs", "3"))
        path = plain.told("checkpoint")[0]["path"]
        damaged = self.write("checkpoints/damaged.ckpt", "sterlet-train checkpoint 1\n00000000\n{}\n")
        wishes = [{"restore": {"path": "none.ckpt"}}, {"restore": {"path": damaged}},
                  {"restore": {"path": path, "set": {"learning_rate": 0.25}}}]
        run = self.supervised(*self.table("--epochs", "3"), answer=lambda message: [] if message else wishes)
        none, broken = run.told("refused")
        self.assertEqual(none["restore"], {"path": "none.ckpt"})
        self.assertIn("cannot be opened (No such file or directory)", none["reason"])
        self.assertIn("not a whole checkpoint", broken["reason"])
        self.assertEqual(run.told("restored"), [{"step": 1, "path": path}])
        self.assertEqual(run.told("applied"), [{"step": 1, "set": {"learning_rate": 0.25}}])
        self.assertEqual([(step, metrics["learning_rate"]) for step, metrics in run.curve()], [(2, 0.25), (3, 0.25)])

    def test_a_resumed_training_keeps_live_changes_unless_its_start_values_differ(self):
        # Changed live to 0.5 at the start: a checkpoint of epoch 1 holds "began with 0.01, now 0.5".
        changed = self.supervised(*self.table("--epochs", "2"),
                                  answer=lambda message: [] if message else [{"set": {"learning_rate": 0.5}}])
        path = os.path.join(self.checkpoints, changed.told("checkpoint")[0]["path"])
        kept = self.supervised(*self.table("--epochs", "2"), STERLET_RESUME=path)
        self.assertEqual(kept.curve(), changed.curve()[1:])
        newer = self.supervised(*self.table("--epochs", "2"), params={"learning_rate": 0.125}, STERLET_RESUME=path)
        self.assertEqual(newer.curve()[0][1]["learning_rate"], 0.125)

    def test_a_checkpoint_of_another_network_is_refused(self):
        path = self.supervised(*self.table("--epochs", "2")).told("checkpoint")[0]["path"]
        other = self.supervised("mlp", "--data", self.csv, STERLET_RESUME=os.path.join(self.checkpoints, path))
        self.assertEqual(other.code, 1)
        self.assertIn("written by another training (mlp units=12,9 ", other.err)

    # What goes wrong.

    def test_a_loss_that_is_not_a_number_ends_the_trial_with_the_step_and_the_rate(self):
        run = self.supervised(*self.table("--epochs", "50"), params={"learning_rate": 1e25})
        self.assertEqual(run.code, 1)
        (failed,) = run.told("failed")
        self.assertRegex(failed["reason"],
                         r"\Athe loss became (NaN|infinite) at step \d+ \(learning_rate 1e\+25\)\Z")
        self.assertEqual(run.err, f"sterlet-train: {failed['reason']}\n")

    def test_csv_errors_are_one_sentence_with_the_place(self):
        rows = "1,2,a\n" * 3
        cases = [
            (None, [], "{}: cannot be opened (No such file or directory); check the name after --data"),
            ("", [], "{}: no rows after the header; give at least one row to train on and one to validate on"),
            ("x,y,z\n", [], "{}: no rows after the header; give at least one row to train on and one to validate on"),
            ("x\n1\n", [], "{}:1: the header names only one column (x); give at least one feature and a target, "
                           "separated by commas"),
            ("x,y,z\n" + rows, ["--target", "w"], "{}: there is no column 'w' (found x, y, z); name one of these with "
                                                  "--target"),
            ("x,y,z\n" + rows + "1,much,b\n", [], "{}:5: column 'y' is not a finite number (found 'much'); features "
                                                  "must be numbers, so encode or remove this column"),
            ("x,y,z\r\n1,2,a\r\n1,,b\r\n", [], "{}:3: column 'y' is not a finite number (found ''); features must be "
                                               "numbers, so encode or remove this column"),
            ("x,y,z\n1,2\n", [], "{}:2: 2 values for 3 columns; give each row one value a column"),
            ('x,y,z\n1,2,"a\n', [], "{}:2: a quote is opened and not closed on this line; close it"),
            ("x,y,z\n" + rows, [], "{}: the target 'z' is the same in every row ('a'), so there is nothing to learn; "
                                   "name another column with --target"),
            ("x,y,z\n1,2,a\n1,2,b\n", ["--task", "regression"],
             "{}: the target 'z' holds texts, which regression cannot predict; use --task classification, or name a "
             "numeric column with --target"),
            ("x,y,z\n1,2,a\n", ["--test"], "--test: only fashion-mnist holds back test images; leave it out for a CSV "
                                           "file"),
        ]
        for number, (text, arguments, expected) in enumerate(cases):
            with self.subTest(expected):
                name = f"case{number}.csv"
                if text is not None:
                    self.write(name, text)
                run = self.alone("mlp", "--data", name, *arguments)
                self.assertEqual(run.err, f"sterlet-train: {expected.format(name)}\n")
                self.assertEqual((run.code, run.out), (1, ""))

    def test_wrong_use_is_told_with_exit_code_2(self):
        cases = [
            (["mlp", "--learning-rate", "-1"], "learning_rate must be above 0 (found -1)"),
            (["mlp", "--units", "4,5", "--layers", "3"],
             "units has 2 values (4,5) for 3 layers; give one a layer, or one for all"),
            (["mlp", "--bad-labels", "40-20"], "--bad-labels must be two steps as FROM-TO, from 1 and in order, such as "
                                               "400-439 (found '40-20')"),
            (["mlp", "--bad-labels", "7"], "--bad-labels must be two steps as FROM-TO, from 1 and in order, such as "
                                           "400-439 (found '7')"),
            (["mlp", "--activation", "step"], "activation must be one of relu, tanh, gelu, sigmoid (found 'step')"),
            (["cnn", "--kernel-size", "4", "--epochs", "0"],
             "epochs must be at least 1 (found 0); kernel_size must be odd (found 4), so that it has a middle"),
        ]
        for arguments, expected in cases:
            with self.subTest(expected):
                run = self.alone(*arguments)
                self.assertEqual((run.code, run.err), (2, f"sterlet-train: {expected}\n"))
        for arguments in ([], ["forest"], ["mlp", "--learning-rat", "1"], ["mlp", "--epochs", "many"]):
            self.assertEqual(self.alone(*arguments).code, 2, arguments)

    def test_bad_params_fail_the_trial(self):
        wrong = self.supervised("mlp", params={"layers": 2.5})
        self.assertEqual(wrong.code, 1)
        self.assertEqual(wrong.err, "sterlet-train: STERLET_PARAMS: layers must be an integer (found 2.5); change its "
                                    "type in the study file\n")
        missing = self.supervised(*self.table("--epochs", "1"), params={"lr": 1})
        self.assertEqual(missing.code, 0)
        self.assertIn("no hyperparameter 'lr' is known here", missing.err)


if __name__ == "__main__":
    unittest.main()
