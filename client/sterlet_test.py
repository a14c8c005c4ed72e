"""Tests of the Python client: python3 sterlet_test.py. The other end of the channel is held by the test itself."""

import contextlib
import io
import json
import math
import os
import socket
import sys
import tempfile
import threading
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sterlet  # noqa: E402


class ClientTest(unittest.TestCase):
    def setUp(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("STERLET_")}
        patch = mock.patch.dict(os.environ, clean, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        self.errors = io.StringIO()
        redirect = contextlib.redirect_stderr(self.errors)
        redirect.__enter__()
        self.addCleanup(redirect.__exit__, None, None, None)

    def start(self, **options):
        """A trial whose channel is the file descriptor of a socket pair; the first line it sends is its hello."""
        self.end, other = socket.socketpair()
        self.addCleanup(self.end.close)
        self.end.settimeout(30)
        os.environ["STERLET_CHANNEL"] = f"fd:{other.detach()}"
        trial = sterlet.Trial(**options)
        channel = trial._channel
        self.addCleanup(lambda: channel.is_open() and channel._socket.close())
        self.lines = self.end.makefile("r")
        self.addCleanup(self.lines.close)
        self.hello = self.told()
        return trial

    def told(self):
        return json.loads(self.lines.readline())

    def say(self, *messages):
        self.end.sendall(b"".join(json.dumps(message).encode() + b"\n" for message in messages))

    def test_without_sterlet_every_call_does_nothing(self):
        trial = sterlet.Trial(live=True)
        self.assertEqual(trial.get("learning_rate", 0.01), 0.01)
        self.assertFalse(trial.report(1, val_error=0.5, wait=True))
        trial.finish(1)
        self.assertEqual((trial.active(), trial.changes(), trial.number, trial.attempt), (False, [], -1, 1))
        self.assertEqual((trial.seed(7), trial.checkpoint_dir, trial.resume_path), (7, None, None))
        self.assertEqual(self.errors.getvalue(), "")

    def test_parameters_may_be_suggested(self):
        trial = sterlet.Trial()
        self.assertEqual(trial.suggest_float("x", 0, 4), 2)
        self.assertEqual(trial.suggest_float("x", 0, 1, step=0.25), 0.5)
        self.assertAlmostEqual(trial.suggest_float("rate", 1e-4, 1, log=True), 1e-2)
        self.assertAlmostEqual(trial.suggest_float("momentum", 0.9, 0.999, scale="reverse_log"), 0.99)
        self.assertEqual(trial.suggest_int("n", 1, 10, step=3), 4)
        self.assertEqual(trial.suggest_int("n", 1, 100, log=True), 10)
        self.assertEqual(trial.suggest_categorical("kind", ["a", "b"]), "a")
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"x": 1, "n": 7, "kind": "None", "flag": true}')
            file.flush()
            os.environ["STERLET_PARAMS"] = file.name
            trial = sterlet.Trial()
        self.assertEqual((trial.suggest_float("x", 0, 4), trial.suggest_int("n", 1, 10)), (1.0, 7))
        self.assertIsNone(trial.suggest_categorical("kind", ["a", None]))
        self.assertIs(trial.suggest_categorical("flag", [1, True]), True)

    def test_what_has_a_step_waits_for_it(self):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write('{"set":{"rate":0.1},"at":2}\n{"checkpoint":{},"at":4}\n{"stop":{},"at":4}\n')
            file.flush()
            os.environ["STERLET_AGENDA"] = file.name
            trial = self.start(live=True)
        self.assertEqual(trial.changes(), [])
        self.say({"set": {"rate": 0.2}, "at": 3}, {"set": {"rate": 0.3}})
        self.assertEqual([change.values for change in trial.changes()], [{"rate": 0.3}])
        seen = []
        for step in range(1, 5):
            self.assertFalse(trial.report(step, loss=1), "the checkpoint was not handed out yet")
            seen.append([(change.kind, change.values) for change in trial.changes()])
        self.assertEqual(
            seen, [[], [("set", {"rate": 0.1})], [("set", {"rate": 0.2})], [("checkpoint", {})]]
        )
        self.assertTrue(trial.should_stop())

    def loop(self, trial, folder, last=4, **more):
        """A program of steps(): its state is the number of steps that it trained; yields after each."""
        state = {"done": 0, "place": 0}

        def save(path):
            with open(path, "w") as file:
                json.dump(state, file)

        def load(path):
            with open(path) as file:
                state.update(json.load(file))

        for step in trial.steps(last, save=save, load=load, **more):
            state["done"] += 1
            state["place"] += 1
            assert state["done"] == step
            trial.report(step, loss=1)
            yield step

    def test_steps_numbers_its_checkpoints_by_the_steps_that_are_done_and_goes_back_to_them(self):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["STERLET_CHECKPOINT_DIR"] = folder
            trial = self.start(live=True, restores=True)
            trial.params = {"rate": 0.1}
            used, skipped = [], []
            steps = self.loop(trial, folder, use=lambda values: used.append(dict(trial.params)), skip=skipped.append)
            self.say({"checkpoint": {}})
            self.assertEqual(next(steps), 1)
            self.assertEqual(self.told(), {"hello": {**self.hello["hello"], "loop": True, "steps": 4}})
            self.assertEqual(self.told(), {"checkpoint": {"step": 0, "path": "step-0-1-1"}})
            self.assertEqual(self.told()["report"]["step"], 1)
            self.say({"checkpoint": {}}, {"set": {"rate": 0.2}})
            self.assertEqual(next(steps), 2)
            self.assertEqual(self.told(), {"checkpoint": {"step": 1, "path": "step-1-1-2"}})
            self.assertEqual(self.told(), {"applied": {"step": 1, "set": {"rate": 0.2}}})
            self.assertEqual((self.told()["report"]["step"], trial.params, used), (2, {"rate": 0.2}, [{"rate": 0.2}]))
            path = os.path.join(folder, "step-0-1-1")
            self.say({"restore": {"path": path, "skip_steps": 3, "set": {"rate": 0.1}}})
            self.assertEqual(next(steps), 1)
            self.assertEqual(self.told(), {"restored": {"step": 0, "path": path, "skipped_steps": 3}})
            self.assertEqual(self.told(), {"applied": {"step": 0, "set": {"rate": 0.1}}})
            self.assertEqual(skipped, [3])
            self.assertEqual([step for step in steps], [2, 3, 4])
            self.assertEqual(sorted(os.listdir(folder)), ["step-0-1-1", "step-1-1-2"])

    def test_steps_goes_on_after_the_checkpoint_of_an_earlier_attempt(self):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["STERLET_CHECKPOINT_DIR"] = folder
            path = os.path.join(folder, "step-2-1-7")
            with open(path, "w") as file:
                json.dump({"done": 2, "place": 5}, file)
            os.environ["STERLET_RESUME"] = path
            trial = self.start(live=True, restores=True)
            self.assertEqual(list(self.loop(trial, folder, save_every=4)), [3, 4])
            told = [self.told() for _ in range(4)]
            self.assertEqual(told[3]["checkpoint"]["step"], 4)
            os.environ["STERLET_RESUME"] = os.path.join(folder, "mine.pt")
            with self.assertRaisesRegex(RuntimeError, "mine.pt: not a checkpoint that steps"):
                list(self.loop(self.start(live=True, restores=True), folder))

    def test_steps_refuses_what_cannot_be_done_and_trains_on(self):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["STERLET_CHECKPOINT_DIR"] = os.path.join(folder, "gone")
            trial = self.start(live=True, restores=True, loop=True)
            self.assertTrue(self.hello["hello"]["loop"])
            trial.params = {"rate": 0.1}

            def use(values):
                raise sterlet.Refusal("it is fixed")

            steps = self.loop(trial, folder, use=use)
            self.say({"checkpoint": {}}, {"set": {"rate": 0.2}})
            self.assertEqual(next(steps), 1)
            self.assertEqual(self.told()["hello"]["steps"], 4)
            refused = self.told()["refused"]
            self.assertEqual((refused["checkpoint"], "No such file" in refused["reason"]), ({}, True))
            self.assertEqual(self.told(), {"refused": {"set": {"rate": 0.2}, "reason": "it is fixed"}})
            self.assertEqual(trial.params, {"rate": 0.1})
            self.say({"stop": {}})
            self.assertEqual(list(steps), [])
            with self.assertRaisesRegex(ValueError, "go with Trial"):
                trial.steps(4)

    def test_steps_without_sterlet_is_a_range(self):
        self.assertEqual(list(sterlet.Trial().steps(3)), [1, 2, 3])
        self.assertEqual(list(self.loop(sterlet.Trial(live=True, restores=True), "", save_every=1)), [1, 2, 3, 4])

    def test_a_prune_without_a_step_waits_for_nothing(self):
        trial = self.start(live=True)
        self.say({"checkpoint": {}}, {"prune": {}})
        self.assertTrue(trial.report(1, loss=1))

    def test_a_stop_waits_for_the_checkpoint_before_it_in_a_program_that_goes_on_from_there(self):
        trial = self.start(live=True, restores=True)
        self.say({"checkpoint": {}}, {"stop": {}})
        self.assertFalse(trial.report(1, loss=1))
        self.assertFalse(trial.should_stop())
        self.assertEqual([change.kind for change in trial.changes()], ["checkpoint"])
        self.assertTrue(trial.should_stop())

    def test_a_stop_waits_for_nothing_where_nobody_reads_what_was_asked_for(self):
        trial = self.start()
        self.say({"checkpoint": {}}, {"stop": {}})
        self.assertTrue(trial.report(1, loss=1))

    def test_an_agenda_that_cannot_be_read_is_an_error(self):
        os.environ["STERLET_AGENDA"] = "/nowhere"
        with self.assertRaisesRegex(RuntimeError, "/nowhere: cannot be read"):
            self.start()

    def test_params_come_from_the_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"learning_rate":0.5,"units":[64,80]}')
            file.flush()
            os.environ["STERLET_PARAMS"] = file.name
            trial = sterlet.Trial()
            self.assertEqual(trial.params, {"learning_rate": 0.5, "units": [64, 80]})
            self.assertEqual(trial.get("units", [1]), [64, 80])
        os.environ["STERLET_PARAMS"] = "/nowhere/params.json"
        with self.assertRaisesRegex(RuntimeError, "cannot be read"):
            sterlet.Trial()

    def params_file(self, params):
        file = tempfile.NamedTemporaryFile("w", suffix=".json")
        self.addCleanup(file.close)
        json.dump(params, file)
        file.flush()
        os.environ["STERLET_PARAMS"] = file.name

    def test_a_name_that_the_study_does_not_have_is_an_error_under_sterlet(self):
        self.assertEqual(sterlet.Trial().get("learning_rte", 0.5), 0.5)
        self.params_file({"learning_rate": 0.1})
        self.assertEqual(sterlet.Trial().get("learning_rte", 0.5), 0.5, "an old Sterlet does not say what there is")
        os.environ["STERLET_INACTIVE"] = "momentum,decay"
        trial = sterlet.Trial()
        self.assertEqual((trial.get("learning_rate", 0.5), trial.get("momentum", 0.9)), (0.1, 0.9))
        for name, advice in {"learning_rte": "did you mean 'learning_rate'", "momentun": "did you mean 'momentum'",
                             "width": "it has learning_rate, momentum, decay"}.items():
            with self.assertRaisesRegex(LookupError, f"the study has no parameter '{name}'; {advice}"):
                trial.get(name, 1)
        self.assertEqual([trial.has(name) for name in ("learning_rate", "momentum", "width")], [True, False, False])
        os.environ["STERLET_INACTIVE"] = ""
        with self.assertRaises(LookupError):
            sterlet.Trial().get("momentum", 0.9)

    def test_tells_at_its_end_what_it_was_asked_for(self):
        self.params_file({"rate": 0.1, "width": 3, "depth": 2})
        os.environ["STERLET_INACTIVE"] = "momentum"
        trial = self.start()
        trial.get("width", 1)
        trial.get("momentum", 1)
        trial.has("rate")
        channel = trial._channel
        del trial
        self.assertEqual(self.told(), {"read": {"params": ["momentum", "rate", "width"]}})
        self.assertFalse(channel.is_open())

    def test_params_remember_what_they_were_asked_for(self):
        ways = {
            "one by one": (lambda params: params["rate"], ["rate"]), "by get": (lambda params: params.get("rate"), ["rate"]),
            "as arguments": (lambda params: dict(**params), ["rate", "width"]), "as a copy": (dict, ["rate", "width"]),
            "as JSON": (json.dumps, ["rate", "width"]), "in a loop": (list, ["rate", "width"]), "not at all": (len, []),
        }
        for way, (take, asked) in ways.items():
            with self.subTest(way):
                self.params_file({"rate": 0.1, "width": 3})
                trial = self.start()
                take(trial.params)
                del trial
                self.assertEqual(self.told(), {"read": {"params": asked}})

    def test_tells_reports_checkpoints_and_values(self):
        trial = self.start()
        self.assertEqual(self.hello, {"hello": {"protocol": 1, "client": "python", "live": False, "restores": False}})
        trial.report(3, {"a/b": math.inf}, loss=math.nan, val_error=0.25)
        self.assertEqual(
            self.told(), {"report": {"step": 3, "metrics": {"a/b": "Infinity", "loss": "NaN", "val_error": 0.25}}})
        trial.checkpointed(3, "ck-3.pt")
        trial.finish(0.5)
        trial.finish([0.5, 2])
        trial.failed("no disk")
        self.assertEqual([self.told() for _ in range(4)], [
            {"checkpoint": {"step": 3, "path": "ck-3.pt"}}, {"value": 0.5}, {"values": [0.5, 2.0]},
            {"failed": {"reason": "no disk"}}])

    def test_a_report_that_waits_hears_the_verdict(self):
        trial = self.start()
        self.say({"ack": {"step": 1, "prune": True}})
        # The answer lies there before the question: the client takes it as the answer to what it just sent.
        self.assertTrue(trial.report(1, val_error=0.5, wait=True))
        self.assertTrue(self.told()["ack"])

    def test_changes_are_handed_out_once_in_order(self):
        trial = self.start(live=True, restores=True)
        self.say({"set": {"rate": "Infinity"}}, {"unknown": 1}, [], {"checkpoint": {}},
                 {"restore": {"path": "ck-1", "set": {"rate": 2}}})
        self.assertEqual(trial.changes(), [
            sterlet.Change("set", {"rate": math.inf}), sterlet.Change("checkpoint", {}),
            sterlet.Change("restore", {"rate": 2}, "ck-1")])
        self.assertEqual(trial.changes(), [])
        self.assertFalse(trial.should_stop())
        self.say({"prune": {}})
        self.assertTrue(trial.should_stop())

    def test_on_set_answers_by_itself(self):
        seen = []

        def on_set(values):
            if values["rate"] < 0:
                raise sterlet.Refusal("rate must be above 0")
            seen.append(values)

        trial = self.start(on_set=on_set)
        trial.report(5, loss=1)
        self.say({"set": {"rate": 2}}, {"set": {"rate": -1}})
        trial.should_stop()
        self.assertEqual(seen, [{"rate": 2}])
        self.told()
        self.assertEqual(self.told(), {"applied": {"step": 5, "set": {"rate": 2}}})
        self.assertEqual(self.told(), {"refused": {"set": {"rate": -1}, "reason": "rate must be above 0"}})

    def test_a_program_without_live_changes_refuses_them(self):
        trial = self.start()
        self.say({"set": {"rate": 2}}, {"restore": {"path": "ck-1"}})
        self.assertEqual(trial.changes(), [])
        self.assertEqual(self.told()["refused"], {"set": {"rate": 2}, "reason": "this program takes no live changes"})
        self.assertEqual(self.told()["refused"]["restore"], {"path": "ck-1"})

    def test_a_broken_channel_is_said_once_and_the_program_goes_on(self):
        trial = self.start()
        self.lines.close()
        self.end.close()
        for step in range(3):
            self.assertFalse(trial.report(step, loss=1.0, wait=True))
        self.assertFalse(trial.active())
        self.assertRegex(self.errors.getvalue(), r"\Asterlet: the channel broke \(.*\); the training goes on.*\n\Z")

    def start_unheard(self):
        """A trial whose Sterlet does not listen, with a folder for the marks of what waits to be sent."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.environ["STERLET_UNSENT"] = os.path.join(folder.name, "unsent-1")
        patch = mock.patch.object(sterlet, "_SEND_WAIT_S", 0.01)
        patch.start()
        self.addCleanup(patch.stop)
        return self.start()

    def report_until_late(self, trial):
        step = 0
        while not os.listdir(self.folder):
            step += 1
            trial.report(step, loss=1 / step)
        return step

    def test_what_sterlet_does_not_take_is_kept_and_sent_once_it_listens_again(self):
        trial = self.start_unheard()
        last = self.report_until_late(trial) + 1000
        for step in range(last - 999, last + 1):
            trial.report(step, loss=1 / step)
        trial.finish(0.25)
        self.assertEqual(len(os.listdir(self.folder)), 1)
        self.assertRegex(self.errors.getvalue(), r"\Asterlet: Sterlet does not listen; the training goes on, .*\n\Z")
        reader = threading.Thread(target=lambda: self.heard.extend(self.told() for _ in range(last + 1)))
        self.heard = []
        reader.start()
        trial._channel.close()  # As at the program's end: it waits until all is sent.
        reader.join()
        self.assertEqual([line["report"]["step"] for line in self.heard[:-1]], list(range(1, last + 1)))
        self.assertEqual(self.heard[-1], {"value": 0.25})
        self.assertEqual(os.listdir(self.folder), [])

    def test_of_too_many_reports_the_newest_is_kept_and_so_is_all_else(self):
        trial = self.start_unheard()
        last = self.report_until_late(trial)
        with mock.patch.object(sterlet, "_KEPT_BYTES_MAX", 20_000):
            trial.checkpointed(last, "ck")
            for step in range(last + 1, last + 2001):
                trial.report(step, loss=1)
                self.assertLessEqual(trial._channel._kept_bytes, 20_000)
            trial.finish(0.25)
        self.heard = []

        def read():
            while not self.heard or "value" not in self.heard[-1]:
                self.heard.append(self.told())

        reader = threading.Thread(target=read)
        reader.start()
        trial._channel.close()
        reader.join()
        steps = [line["report"]["step"] for line in self.heard if "report" in line]
        self.assertEqual(steps, sorted(set(steps)))
        self.assertEqual(steps[-1], last + 2000)
        self.assertIn({"checkpoint": {"step": last, "path": "ck"}}, self.heard)
        self.assertRegex(self.errors.getvalue(), f"sterlet: {last + 2000 - len(steps)} reports were left out")

    def test_a_program_that_ends_with_messages_unsent_leaves_a_mark(self):
        trial = self.start_unheard()
        self.report_until_late(trial)
        self.lines.close()
        self.end.close()
        trial._channel.close()
        self.assertEqual(len(os.listdir(self.folder)), 1)

    def test_a_connection_that_was_closed_is_made_again(self):
        with tempfile.TemporaryDirectory() as folder:
            listener = socket.socket(socket.AF_UNIX)
            self.addCleanup(listener.close)
            listener.bind(os.path.join(folder, "channel"))
            listener.listen()
            os.environ["STERLET_CHANNEL"] = os.path.join(folder, "channel")
            trial = sterlet.Trial()
            listener.accept()[0].close()
            with mock.patch.object(sterlet, "_RECONNECT_S", 0.0):
                while "broke" not in self.errors.getvalue():
                    trial.report(1, loss=1)
                trial.report(2, loss=1)
                trial.finish(3)
            trial._channel.close()
            again = listener.accept()[0]
            self.addCleanup(again.close)
            with again.makefile("r") as lines:
                heard = [json.loads(line) for line in lines]
        self.assertIn("hello", heard[0])
        self.assertEqual(heard[-2:], [{"report": {"step": 2, "metrics": {"loss": 1.0}}}, {"value": 3.0}])

    def test_a_report_that_waits_for_its_answer_waits_as_long_as_sterlet_is_there(self):
        trial = self.start_unheard()
        last = self.report_until_late(trial)

        def answer():
            while self.told()["report"]["step"] <= last:
                pass
            self.say({"ack": {"step": last + 1, "prune": True}})

        sterlet_side = threading.Thread(target=answer)
        sterlet_side.start()
        self.assertTrue(trial.report(last + 1, loss=1, wait=True))
        sterlet_side.join()

    def test_a_channel_that_is_not_there_is_said_once(self):
        os.environ["STERLET_CHANNEL"] = "/nowhere/channel"
        self.assertFalse(sterlet.Trial().active())
        self.assertEqual(self.errors.getvalue(), "sterlet: /nowhere/channel: [Errno 2] No such file or directory, so "
                                                 "nothing is reported\n")


if __name__ == "__main__":
    unittest.main()
