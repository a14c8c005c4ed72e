"""Set-ups that are wrong the way people's first ones are: each ends in one sentence that names cause and cure."""
import os
import re
import time
import unittest

import support

X = "params: {x: {type: float, low: 0, high: 1}}\n"
ACC = "objective: {metric: acc, direction: maximize}\n"
STDOUT = "metrics: {from: stdout, pattern: 'acc=(?<acc>\\S+)'}\n"


class SetUpTest(support.ProgramTest):
    def study(self, *parts, name="s"):
        return self.write("study.yaml", f"study: {name}\nseed: 1\nsampler: random\n" + "".join(parts))

    def shell(self, script, *parts):
        """A study of one trial whose program is a shell script."""
        self.write("train.sh", script + "\n")
        return self.study(ACC, X, "budget: {trials: 1}\n", 'command: [sh, train.sh, "${x}"]\n', *parts)

    def python(self, script, *parts):
        client = os.path.join(support.SOURCE, "client")
        self.write("train.py", f"import sys\nsys.path.insert(0, {client!r})\nimport sterlet\ntrial = sterlet.Trial()\n{script}\n")
        return self.study(ACC, "budget: {trials: 1}\n", "command: [python3, train.py]\n", *parts)

    def refused(self, sentence, code=64):
        told = self.run_program("check", "study.yaml", code=code)
        self.assertEqual(told.stderr, f"study.yaml:{sentence}\n")
        self.assertEqual(told.stdout, "")

    def warned(self, sentence):
        told = self.run_program("check", "study.yaml")
        self.assertEqual(told.stderr, f"study.yaml: warning: {sentence}\n")
        self.assertIn("study 's' is valid", told.stdout)

    def failed(self, sentence):
        """The one trial fails, and says so, live and later."""
        told = self.run_program("tune", "study.yaml", code=3).stderr
        (line,) = [line for line in told.splitlines() if line.startswith("trial 0 FAILED")]
        self.assertEqual(re.sub(r" after [\d.]+ s", " after TIME", re.sub(r" in [\d.ms]+: ", ": ", line)),
                         "trial 0 FAILED: " + sentence)
        self.assertEqual(re.sub(r" after [\d.]+ s", " after TIME", self.trials()[0]["reason"]), sentence)

    def read_as(self, value, note):
        told = self.run_program("tune", "study.yaml").stderr
        self.assertEqual(self.trials()[0]["values"], [value])
        self.assertEqual([line for line in told.splitlines() if "is read as" in line], [note] if note else [])


class WrongSetUps(SetUpTest):
    # Direction, scale and reach.

    def test_accuracy_without_a_direction(self):
        self.study("objective: acc\n", X)
        self.refused("4:12: objective: of 'acc' a larger value seems better, but without a direction it is minimized; write "
                     "objective: {metric: acc, direction: maximize}, or {metric: acc, direction: minimize} if smaller is "
                     "better")

    def test_the_direction_is_always_said(self):
        self.shell("echo acc=$1", STDOUT)
        self.assertIn("study.yaml: study 's' is valid: acc (maximized); 1 parameter, 1 dimension\n",
                      self.run_program("check", "study.yaml").stdout)
        for told in (self.run_program("tune", "study.yaml"), self.run_program("best")):
            self.assertRegex(told.stdout, r"trial 0 with acc 0\.\d+ \(maximized\)")

    def test_a_learning_rate_on_a_linear_scale(self):
        self.study("objective: loss\n", "params: {learning_rate: {type: float, low: 1e-5, high: 1}}\n")
        self.warned("learning_rate: 90% of samples would fall between 0.1 and 1; use scale: log")

    def test_a_parameter_that_the_command_does_not_pass(self):
        self.study(ACC, STDOUT, "params: {x: {type: float, low: 0, high: 1}, depth: {type: int, low: 1, high: 9}}\n",
                   'command: [sh, -c, "echo acc=$0", "${x}"]\n')
        self.warned("depth is searched, but the command does not pass it, and a program whose metrics are read from its "
                    "stdout has no client to read it with; write \"--depth=${depth}\" into the command, unless the program "
                    "reads the file that STERLET_PARAMS names")

    def test_presets_pass_what_they_search(self):
        for preset in ("sgd", "adam", "xgboost"):
            self.write("train.py", "")
            self.write("study.yaml", self.run_program("init", preset).stdout)
            self.assertEqual(self.run_program("check", "study.yaml").stderr, "", preset)

    def test_a_name_that_the_study_does_not_have(self):
        self.python("trial.report(1, acc=trial.get('learning_rte', 0.01))",
                    "params: {learning_rate: {type: float, low: 0, high: 1}}\n")
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertRegex(told, "trial 0 FAILED in .*: LookupError: the study has no parameter 'learning_rte'; did you mean "
                               "'learning_rate'\\?")

    def test_an_inactive_parameter_is_known(self):
        self.python("trial.report(1, acc=trial.get('momentum', 0.5) + 0 * len(trial.get('optimizer', '')))",
                    "params: {optimizer: adam, momentum: {type: float, low: 0.6, high: 1, when: optimizer == \"sgd\"}}\n")
        self.run_program("tune", "study.yaml")
        self.assertEqual(self.trials()[0]["values"], [0.5])

    def test_a_parameter_that_the_program_never_asks_for(self):
        self.python("trial.report(1, acc=trial.get('x', 0.5))",
                    "params: {x: {type: float, low: 0, high: 1}, weight_decay: {type: float, low: 0, high: 1}}\n")
        told = self.run_program("tune", "study.yaml").stderr
        self.assertIn("trial 0: its program never asked its client for weight_decay, and the command does not name it: what "
                      "is searched there changes nothing; ask by trial.get(\"weight_decay\", ...), or take it out of params\n",
                      told)

    def test_libraries_get_the_threads_of_a_trials_cores_unless_somebody_says_otherwise(self):
        names = ["OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"]
        names = [name + ("_THREADS" if name.endswith("MAXIMUM") else "_NUM_THREADS") for name in names]
        self.shell("env | grep _THREADS= > seen; echo acc=1", STDOUT, "resources: {cpu: 2}\n")
        child = self.start("tune", "study.yaml", MKL_NUM_THREADS="7")
        _, errors = child.communicate(timeout=support.LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, errors)
        with open(self.path("seen")) as file:
            seen = dict(line.split("=") for line in file.read().splitlines())
        expected = {name: os.environ.get(name, "2") for name in names}
        self.assertEqual({name: seen.get(name) for name in names}, {**expected, "MKL_NUM_THREADS": "7"})

    # What cannot start.

    def test_a_program_that_is_not_there(self):
        self.study(ACC, X, "command: [pyhton3, train.py]\n")
        self.refused(" command: pyhton3: no such program; install it, or write its path in the command", code=1)

    def test_a_script_that_is_not_there(self):
        self.study(ACC, X, "command: [python3, trian.py]\n")
        self.refused(f" command: trian.py: no such script in {self.folder}; check its path in the command", code=1)

    def test_scripts_that_may_not_run(self):
        cases = {
            "plain.sh": ("#!/bin/sh\n", 0o644, "not a program one may run; make it one with chmod +x, or write its "
                                               "interpreter before it in the command"),
            "crlf.sh": ("#!/bin/sh\r\nexit\r\n", 0o755, "its first line ends with a carriage return, as files written on "
                                                       "Windows do; remove those, as by sed -i 's/\\r$//' ./crlf.sh"),
            "missing.sh": ("#!/no/such/interpreter\n", 0o755, "what its first line (#!) names is not there; install it, or "
                                                              "write the interpreter before it in the command"),
            "none.sh": ("echo acc=1\n", 0o755, "not in a form this system can run; begin it with a line like #!/bin/sh, or "
                                               "write its interpreter before it in the command"),
        }
        for name, (text, mode, why) in cases.items():
            with open(self.path(name), "w", newline="") as file:
                file.write(text)
            os.chmod(self.path(name), mode)
            self.study(ACC, X, f"command: [./{name}]\n")
            self.refused(f" command: ./{name}: {why}", code=1)

    def test_the_last_trial_that_cannot_start_is_told_like_the_others(self):
        for trials, workers in ((1, 2), (3, 2), (1, 1)):
            name = f"s{trials}{workers}"
            self.study(ACC, X, "command: [pyhton3, train.py]\n", f"budget: {{trials: {trials}}}\nworkers: {workers}\n",
                       name=name)
            told = self.run_program("tune", "study.yaml", code=None).stderr
            ended = {int(number) for number in re.findall(r"(?m)^trial (\d+) FAILED .*no such program", told)}
            for numbers in re.findall(r"(?m)^the same \d+ more times: trials? (.*)$", told):
                ended |= {int(number) for number in re.findall(r"\d+", numbers)}
            states = {trial["number"]: trial["state"] for trial in self.trials(name)}
            self.assertEqual(states, {number: "FAILED" for number in ended}, told)
            self.assertIn(f"{name}: its program cannot be started (pyhton3: no such program", told)

    # Metrics.

    def test_no_line_matches(self):
        self.shell("echo 'epoch 9: accuracy 0.93'; echo slow >&2", STDOUT)
        self.failed("it ended without reporting acc: no line of its stdout matched the pattern; the last one was \"epoch 9: "
                    "accuracy 0.93\"; the last line on stderr was \"slow\"; change the pattern in metrics, or what is "
                    "printed")

    def test_a_tensor_is_no_number(self):
        self.shell("echo 'acc=tensor(0.93)'", STDOUT)
        self.failed("it ended without reporting acc: its pattern found 'tensor(0.93)' there, which is no number; print a "
                    "plain one, as in 0.93")

    def test_a_comma_that_may_mean_two_things(self):
        self.shell("echo acc=1,234.5", STDOUT)
        self.failed("it ended without reporting acc: its pattern found '1,234.5' there, which is no number; print a plain "
                    "one, as in 0.93")

    def test_the_metric_goes_to_stderr(self):
        self.shell("echo acc=0.93 >&2", STDOUT)
        self.failed("it ended without reporting acc: it printed \"acc=0.93\" to stderr, and the pattern reads stdout; print "
                    "it to stdout, or join the two by a shell, as in command: [sh, -c, 'exec python3 train.py 2>&1']")

    def test_metrics_is_missing_from_the_file(self):
        self.shell("echo 'done, acc: 0.93'")
        self.failed("it ended without reporting acc: it printed \"done, acc: 0.93\", but metrics come from the trial channel "
                    "unless the file says otherwise; add metrics: {from: stdout, pattern: 'acc: (?<acc>\\S+)'}")

    def test_another_name_is_reported(self):
        self.python("trial.report(1, accuracy=0.5, val_loss=0.3)", X)
        self.failed("it ended without reporting acc: it reported accuracy, val_loss; if accuracy is meant, write it in "
                    "objective, or report it as acc")

    def test_the_client_is_not_there(self):
        self.write("train.py", "import sterlet\n")
        self.study(ACC, X, "budget: {trials: 1}\n", "command: [python3, -S, train.py]\n")
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertIn("No module named 'sterlet'; write the client beside the program: sterlet client python > sterlet.py",
                      told)

    def test_a_client_that_reports_nothing(self):
        self.python("trial.get('x', 0)", X)
        self.failed("it ended without reporting acc: its client reported no metric at all; call trial.report(step, acc=...)")

    def test_a_percent_sign_a_decimal_comma_and_colours_are_read(self):
        self.shell("echo acc=93.5%", STDOUT)
        self.read_as(93.5, "trial 0: '93.5%' on its stdout is read as 93.5")
        os.remove(self.path("sterlet.db"))
        self.shell("echo acc=0,935; echo acc=0,94", STDOUT)
        self.read_as(0.94, "trial 0: '0,935' on its stdout is read as 0.935")
        os.remove(self.path("sterlet.db"))
        self.shell(r"printf 'acc=\033[32m0.93\033[0m\n'", STDOUT)
        self.read_as(0.93, None)

    # What ends a study.

    def test_tune_says_what_ended_it(self):
        said = {
            "budget: {trials: 2}\n": "s: the budget of 2 trials is used up",
            "budget: {trials: 9, target: 0}\n": "s: the target of 0 is reached",
            "budget: {time: 1s}\n": "s: the budget of time (1s) is used up",
        }
        for budget, sentence in said.items():
            self.shell("echo acc=$1; sleep 0.3", STDOUT)
            self.study(ACC, X, STDOUT, 'command: [sh, train.sh, "${x}"]\n', budget)
            told = self.run_program("tune", "study.yaml", "--workers", "1", code=None).stderr
            self.assertIn(sentence, told.splitlines())
            os.remove(self.path("sterlet.db"))

    def test_a_space_of_one_configuration(self):
        self.study(ACC, STDOUT, "params: {k: {choices: [a]}}\n", 'command: [sh, -c, "echo acc=1"]\n', "budget: {trials: 30}\n")
        told = self.run_program("tune", "study.yaml").stderr
        self.assertIn("s: every configuration of the space has been tried (1 of the budget's 30 trials)\n", told)

    def test_after_the_grace_what_runs_is_stopped_and_kept(self):
        self.shell("echo acc=$1; touch begun; sleep 600", STDOUT)
        self.study(ACC, X, STDOUT, 'command: [sh, train.sh, "${x}"]\n', "budget: {time: 1s, grace: 1s}\nworkers: 1\n")
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertIn("the budget of time (1s) is used up; running trials have 1s more\n", told)
        self.assertIn("the grace is over: a trial is stopped; with a larger budget it goes on from the last checkpoint, else from "
                      "the beginning\n", told)
        (trial,) = self.trials()
        self.assertEqual(trial["state"], "LOST")
        self.assertRegex(trial["reason"], r"^the budget of time and its grace were over; acc was 0\.\d+ at step 1, and it left no "
                                          r"checkpoint$")

    def test_a_storage_that_is_deleted_under_tune(self):
        self.shell("echo first; touch begun; until [ -e go ]; do sleep 0.05; done", STDOUT)
        child = self.start("tune", "study.yaml")
        deadline = time.monotonic() + support.LIMIT_SECONDS
        while not os.path.exists(self.path("begun")):
            self.assertLess(time.monotonic(), deadline, "its trial begins")
            time.sleep(0.05)
        os.remove(self.path("sterlet.db"))
        _, errors = child.communicate(timeout=support.LIMIT_SECONDS)
        self.assertEqual(child.returncode, 74, errors)
        self.assertIn("this file was deleted, moved or replaced while it was in use", errors.splitlines()[-1])
        with open(os.path.join(self.trials_folder("s"), "0", "stdout-1.log")) as log:
            self.assertEqual(log.read(), "first\n")

    def test_enqueue_says_when_nothing_comes_of_it(self):
        params = ("params: {learning_rate: {type: float, low: 0, high: 1}, layers: {type: int, low: 1, high: 3}, "
                  "units: {type: int, low: 1, high: 99, repeat: layers}}\n")
        self.study(ACC, params, STDOUT, 'command: [sh, -c, "echo acc=1"]\n', "budget: {trials: 1}\n")
        self.run_program("tune", "study.yaml")
        self.assertEqual(self.run_program("enqueue", "layers=2", "units=64,80").stdout,
                         "s tries layers=2 units=[64,80] next; but the budget of trials is used up: sterlet resume s "
                         "--trials 2 tries it\n")
        self.assertEqual(self.run_program("enqueue", "lr=0.5", code=1).stderr,
                         "unknown parameter 'lr'; did you mean 'learning_rate'?\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
