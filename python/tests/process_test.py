"""Engines, forks, kills and storages: nothing is lost, nothing hangs, and all see one study."""

import json
import multiprocessing
import os
import pickle
import signal
import sys
import time
import unittest

from support import LIMIT_SECONDS, PackageTest, square

import sterlet
from sterlet.trial import TrialState


def wait_until(condition):
    end = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not come to pass")
        time.sleep(0.02)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def optimize_stored(path, count):
    sterlet.logging.set_verbosity(sterlet.logging.ERROR)
    sterlet.load_study(study_name="s", storage=path).optimize(square, n_trials=count)


def optimize_given(study, count):
    sterlet.logging.set_verbosity(sterlet.logging.ERROR)
    study.optimize(square, n_trials=count)


class MemoryTest(PackageTest):
    def test_an_engine_that_is_killed_is_replaced(self):
        study = sterlet.create_study(sampler=sterlet.samplers.TPESampler(seed=1))

        def objective(trial):
            value = square(trial)
            if trial.number in (10, 20):
                os.kill(study._desk.engine()._child.pid, signal.SIGKILL)
                study._desk.engine()._child.wait()
            return value

        study.optimize(objective, n_trials=30)
        self.assertEqual([trial.number for trial in study.trials], list(range(30)))
        self.assertTrue(all(trial.state == TrialState.COMPLETE for trial in study.trials))
        told = study._desk.engine().call({"op": "trials"})["trials"]
        self.assertEqual(sorted(json.dumps(one["params"]) for one in told),
                         sorted(json.dumps(trial.params) for trial in study.trials))

    def test_a_fork_goes_on_by_itself(self):
        study = sterlet.create_study()
        study.optimize(square, n_trials=5)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                study.optimize(square, n_trials=5)
                code = 0 if len(study.trials) == 10 else 2
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        study.optimize(square, n_trials=5)
        self.assertEqual(len(study.trials), 10)

    def test_a_study_can_be_pickled(self):
        study = sterlet.create_study()
        study.optimize(square, n_trials=5)
        other = pickle.loads(pickle.dumps(study))
        self.assertEqual(other.trials, study.trials)
        other.optimize(square, n_trials=5)
        self.assertEqual((len(other.trials), len(study.trials)), (10, 5))

    def test_the_engine_ends_with_its_process(self):
        pid = self.run_python("import sterlet; s = sterlet.create_study(); s.ask(); print(s._desk.engine()._child.pid)")
        wait_until(lambda: not is_running(int(pid)))
        pid = self.run_python("import os, sterlet; s = sterlet.create_study(); s.ask()\n"
                              "print(s._desk.engine()._child.pid, flush=True); os._exit(0)")
        wait_until(lambda: not is_running(int(pid)))

    def test_an_interrupt_ends_the_trial_and_leaves_the_study_whole(self):
        study = sterlet.create_study()

        def objective(trial):
            if trial.number == 2:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(LIMIT_SECONDS)
            return square(trial)

        with self.assertRaises(KeyboardInterrupt):
            study.optimize(objective, n_trials=5)
        self.assertEqual([trial.state.name for trial in study.trials], ["COMPLETE", "COMPLETE", "FAIL"])
        study.optimize(square, n_trials=1)
        self.assertEqual(len(study.trials), 4)

    def test_importing_loads_little(self):
        loaded = self.run_python("import sys; before = set(sys.modules); import sterlet\n"
                                 "print(' '.join(sorted(set(sys.modules) - before)))")
        self.assertLessEqual(set(loaded.split()), {"__future__", "sterlet"})


class StoredTest(PackageTest):
    def test_the_study_is_the_one_that_the_program_shows(self):
        study = sterlet.create_study(storage="sqlite:///" + self.path("a.db"), study_name="s", direction="maximize",
                                     pruner=sterlet.pruners.NopPruner())

        def objective(trial):
            kind = trial.suggest_categorical("kind", ["tree", "line"])
            rate = trial.suggest_float("rate", 1e-4, 1, log=True) if kind == "line" else trial.suggest_int("depth", 1, 9)
            trial.report(rate, 1)
            return -rate

        study.optimize(objective, n_trials=12)
        lines = self.run_sterlet("export", "s", "--storage", self.path("a.db")).splitlines()
        told = [json.loads(line) for line in lines]
        self.assertEqual([one["params"] for one in told], [trial.params for trial in study.trials])
        self.assertEqual([one["values"] for one in told], [[trial.value] for trial in study.trials])
        self.assertEqual(told[3]["reports"], [{"step": 1, "metrics": {"value": -told[3]["values"][0]}}])
        self.assertIn("12", self.run_sterlet("status", "s", "--storage", self.path("a.db")))
        self.run_sterlet("report", "s", "--storage", self.path("a.db"), "-o", self.path("r.html"))
        self.run_sterlet("ls", "s", "--storage", self.path("a.db"))

    def test_it_is_loaded_again_whole(self):
        path = self.path("a.db")
        made = sterlet.create_study(storage=path, study_name="s", pruner=sterlet.pruners.NopPruner(),
                                    directions=["minimize", "maximize"])

        def objective(trial):
            trial.suggest_float("odd name", 0, 1)
            trial.suggest_categorical("kind", [None, "a", 2])
            trial.set_constraint("c", -1)
            return trial.suggest_float("x", 0, 1, step=0.25), trial.suggest_int("n", 1, 100, log=True)

        made.optimize(objective, n_trials=6)
        made.tell(made.ask(), state=TrialState.FAIL)
        for study in (sterlet.load_study(study_name="s", storage=path),
                      sterlet.load_study(study_name=None, storage=path),
                      sterlet.create_study(storage=path, study_name="s", load_if_exists=True,
                                           directions=["minimize", "maximize"])):
            self.assertEqual(study.directions, made.directions)
            for was, now in zip(made.trials, study.trials):
                self.assertEqual((now.number, now.state, now.params, now.values, now.distributions),
                                 (was.number, was.state, was.params, was.values, was.distributions))
                self.assertEqual(list(now.constraints.values()), list(was.constraints.values()))
                self.assertLess(abs(now.datetime_start - was.datetime_start).total_seconds(), 5)
        with self.assertRaises(sterlet.exceptions.DuplicatedStudyError):
            sterlet.create_study(storage=path, study_name="s")
        with self.assertRaises(KeyError):
            sterlet.load_study(study_name="other", storage=path)
        self.assertEqual(sterlet.get_all_study_names(path), ["s"])
        self.assertEqual(sterlet.get_all_study_summaries(path)[0].n_trials, 7)

    def test_attributes_are_kept(self):
        path = self.path("a.db")
        study = sterlet.create_study(storage=path, study_name="s")
        study.set_user_attr("data", {"name": "iris", "rows": 150})
        study.set_user_attr("data", ["iris"])
        study.enqueue_trial({"x": 1.0}, user_attrs={"why": "a guess"})
        trial = study.ask()
        trial.set_user_attr("epochs", 3)
        study.tell(trial, 1)
        study.add_trial(sterlet.create_trial(value=2, user_attrs={"from": "elsewhere"}))
        with self.assertRaises(TypeError):
            study.set_user_attr("odd", object())
        again = sterlet.load_study(study_name="s", storage=path)
        self.assertEqual(again.user_attrs, {"data": ["iris"]})
        self.assertEqual([one.user_attrs for one in again.trials], [{"why": "a guess", "epochs": 3}, {"from": "elsewhere"}])
        self.run_sterlet("note", "s", "0", "looks odd", "--storage", path)
        self.assertEqual(sterlet.load_study(study_name="s", storage=path).trials[0].user_attrs,
                         {"why": "a guess", "epochs": 3})

    def test_studies_are_deleted(self):
        path = self.path("a.db")
        kept = [sterlet.create_study(storage=path, study_name=name) for name in ("s", "t")]
        for study in kept:
            study.optimize(square, n_trials=2)
        sterlet.delete_study(study_name="s", storage=path)
        self.assertEqual(sterlet.get_all_study_names(path), ["t"])
        with self.assertRaises(KeyError):
            sterlet.delete_study(study_name="s", storage=path)

    def test_processes_work_on_one_study(self):
        path = self.path("a.db")
        study = sterlet.create_study(storage=path, study_name="s")
        study.optimize(square, n_trials=2)
        for method in ("fork", "spawn"):
            context = multiprocessing.get_context(method)
            others = [context.Process(target=optimize_stored, args=(path, 8)),
                      context.Process(target=optimize_given, args=(study, 8))]
            for other in others:
                other.start()
            study.optimize(square, n_trials=4)
            for other in others:
                other.join(LIMIT_SECONDS)
                self.assertEqual(other.exitcode, 0)
        self.assertEqual([trial.number for trial in study.trials], list(range(42)))
        self.assertTrue(all(trial.state == TrialState.COMPLETE and len(trial.params) == 3 for trial in study.trials))
        self.assertEqual(study.best_value, min(trial.value for trial in study.trials))

    def test_parameters_join_from_several_processes(self):
        path = self.path("a.db")
        study = sterlet.create_study(storage=path, study_name="s")
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
        # Another process adds a parameter that this one does not know, between two of its trials.
        self.run_python("import sterlet\nstudy = sterlet.load_study(study_name='s', storage='a.db')\n"
                        "study.optimize(lambda t: t.suggest_float('x', 0, 1) + t.suggest_int('other', 1, 3), n_trials=3)")
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1) + trial.suggest_float("own", 0, 1), n_trials=3)
        names = [set(trial.params) for trial in study.trials]
        self.assertEqual(names, [{"x"}] * 3 + [{"x", "other"}] * 3 + [{"x", "own"}] * 3)
        told = [json.loads(line)["params"] for line in self.run_sterlet("export", "s", "--storage", path).splitlines()]
        self.assertEqual(told, [trial.params for trial in study.trials])

    def test_a_trial_whose_process_died_is_run_again(self):
        path = self.path("a.db")
        sterlet.create_study(storage=path, study_name="s")
        self.run_python("import os, signal, sterlet\nstudy = sterlet.load_study(study_name='s', storage='a.db')\n"
                        "study.optimize(lambda t: t.suggest_float('x', 0, 1), n_trials=2)\n"
                        "study.optimize(lambda t: os.kill(os.getpid(), signal.SIGKILL), n_trials=1)",
                        code=-signal.SIGKILL)
        study = sterlet.load_study(study_name="s", storage=path)
        wait_until(lambda: study.trials[2].state == TrialState.WAITING)
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=2)
        self.assertEqual([trial.state.name for trial in study.trials], ["COMPLETE"] * 4)

    def test_an_engine_that_is_killed_takes_nothing_along(self):
        study = sterlet.create_study(storage=self.path("a.db"), study_name="s")

        def objective(trial):
            value = square(trial)
            if trial.number == 3:
                os.kill(study._desk.engine()._child.pid, signal.SIGKILL)
                study._desk.engine()._child.wait()
            return value

        study.optimize(objective, n_trials=8)
        self.assertEqual([trial.state.name for trial in study.trials], ["COMPLETE"] * 8)
        self.assertEqual([trial.number for trial in study.trials], list(range(8)))

    def test_sterlet_stop_ends_it(self):
        study = sterlet.create_study(storage=self.path("a.db"), study_name="s")

        def callback(study, trial):
            if trial.number == 2:
                self.run_sterlet("stop", "s", "--storage", self.path("a.db"))

        study.optimize(square, n_trials=20, callbacks=[callback])
        self.assertEqual(len(study.trials), 3)

    def test_studies_are_copied(self):
        path = self.path("a.db")
        study = sterlet.create_study(storage=path, study_name="s")
        study.optimize(square, n_trials=4)
        sterlet.copy_study(from_study_name="s", from_storage=path, to_storage=self.path("b.db"), to_study_name="t")
        copy = sterlet.load_study(study_name="t", storage=self.path("b.db"))
        self.assertEqual([trial.params for trial in copy.trials], [trial.params for trial in study.trials])
        self.assertEqual(copy.best_value, study.best_value)


class BinaryTest(PackageTest):
    def test_it_is_found_and_run(self):
        self.assertEqual(sterlet.find_binary(), os.environ["STERLET_BINARY"])
        said = self.run_python("import runpy, sys; sys.argv = ['sterlet', '--version']\n"
                               "runpy.run_module('sterlet', run_name='__main__')")
        self.assertEqual(said, self.run_sterlet("--version"))

    def test_a_wrong_name_says_so(self):
        self.run_python("import sterlet\ntry:\n    sterlet.find_binary()\nexcept FileNotFoundError as error:\n"
                        "    assert 'STERLET_BINARY names it' in str(error), error\nelse:\n    raise SystemExit(1)",
                        STERLET_BINARY="/nowhere/sterlet")

    def test_what_the_engine_refuses_is_said_in_its_words(self):
        with self.assertRaisesRegex(ValueError, "a folder|cannot be|no folder|there is no"):
            sterlet.create_study(storage=self.path("missing/a.db"), study_name="s")
        with open(self.path("text.db"), "w") as file:
            file.write("this is no database at all, but a file of some length\n" * 20)
        with self.assertRaises(ValueError):
            sterlet.create_study(storage=self.path("text.db"), study_name="s")
        with self.assertRaisesRegex(ValueError, "only SQLite"):
            sterlet.create_study(storage="mysql://host/a", study_name="s")


if __name__ == "__main__":
    sys.exit(unittest.main())
