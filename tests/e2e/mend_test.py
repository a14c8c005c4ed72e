"""A study that was started wrong is mended, and goes on with what it has: no file is deleted by hand."""
import json
import os
import re
import select
import time
import unittest

from support import HOLD_LAST, LIMIT_SECONDS, TOY, ProgramTest

STUDY = """
study: s
objective: {metric: loss, direction: minimize}
command: [sh, train.sh, "${x}"]
params: {x: {type: float, low: 0, high: 1, default: 0.25}}
workers: 1
seed: 5
"""


class Mend(ProgramTest):
    def wait_until(self, condition, what):
        """Looks again and again, without an opinion on how long it takes, up to the limit."""
        until = time.monotonic() + LIMIT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            select.select([], [], [], 0.01)

    def states(self, *arguments):
        return [(trial["state"], trial["attempts"]) for trial in self.trials(*arguments)]

    def test_failures_do_not_kill_a_study(self):
        self.write("study.yaml", STUDY + "budget: {trials: 14}\nfailures_max: 3\n")
        self.write("train.sh", "exit 1\n")
        told = self.run_program("tune", "study.yaml", code=1).stderr
        self.assertIn("3 trials failed in a row, so the study was ended", told)
        self.assertIn("sterlet resume s goes on, and sterlet retry s --failed runs them again", told)
        self.run_program("resume", code=1)  # Not mended yet: three more.
        self.assertEqual(self.states(), [("FAILED", 1)] * 6)
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.run_program("resume")
        self.assertEqual(self.states(), [("FAILED", 1)] * 6 + [("COMPLETE", 1)] * 8)
        self.run_program("retry", "--failed")
        self.assertEqual(self.states(), [("COMPLETE", 2)] * 6 + [("COMPLETE", 1)] * 8)
        self.assertEqual(self.trials()[0]["params"], {"x": 0.25})
        self.assertEqual(self.run_program("retry", "--failed", code=1).stderr, "s: no trial of it has failed\n")

    def check_cannot_start(self, command, cause, workers=1):
        self.write("study.yaml", STUDY.replace('[sh, train.sh, "${x}"]', command) + "budget: {trials: 3}\n")
        told = self.run_program("tune", "study.yaml", "--workers", str(workers), code=1).stderr
        last = told.splitlines()[-1]
        self.assertTrue(last.startswith("s: its program cannot be started ("), told)
        self.assertIn(cause, last)
        self.assertTrue(last.endswith("mend that, then run sterlet tune or sterlet resume again: the budget is as it was, "
                                      "and the same trials run first"), told)
        trials = self.trials()
        self.assertEqual({trial["state"] for trial in trials}, {"FAILED"})
        alike = sum(int(times) for times in re.findall(r"(?m)^the same (\d+) more times", told))
        self.assertGreaterEqual(told.count(" FAILED ") + alike, 3, told)
        for trial in trials:
            self.assertIn(cause, trial["reason"])
        return trials

    def check_goes_on(self):
        self.run_program("resume")
        trials = self.trials()
        self.assertEqual([trial["state"] for trial in trials], ["COMPLETE"] * 3)
        self.assertEqual(trials[0]["params"], {"x": 0.25})

    def test_a_program_that_is_not_there(self):
        self.check_cannot_start('[./train, "${x}"]', "train")
        self.write("train", '#!/bin/sh\nsterlet report loss="$1"\n')
        os.chmod(self.path("train"), 0o755)
        self.check_goes_on()

    def test_a_program_that_may_not_be_run(self):
        self.write("train", '#!/bin/sh\nsterlet report loss="$1"\n')
        trials = self.check_cannot_start('[./train, "${x}"]', "train")
        self.assertEqual([trial["attempts"] for trial in trials], [3])
        os.chmod(self.path("train"), 0o755)
        self.check_goes_on()

    def test_a_bad_interpreter(self):
        self.write("train", "#!/no/such/interpreter\n")
        os.chmod(self.path("train"), 0o755)
        self.check_cannot_start('[./train, "${x}"]', "train", workers=3)
        self.write("train", '#!/bin/sh\nsterlet report loss="$1"\n')
        self.check_goes_on()

    def test_a_shell_that_finds_no_program(self):
        for code, line in ((127, "no-such-program"), (126, "./not-executable")):
            with self.subTest(code):
                self.write("not-executable", "")
                self.write("train.sh", line + "\n")
                self.check_cannot_start('[sh, train.sh, "${x}"]', f"exit code {code}", workers=2)
                self.write("train.sh", 'sterlet report loss="$1"\n')
                self.check_goes_on()
                os.remove(self.path("sterlet.db"))

    def test_127_after_a_report_is_a_failure_like_any_other(self):
        self.write("study.yaml", STUDY + "budget: {trials: 2}\n")
        self.write("train.sh", 'sterlet report --step 1 loss="$1"\nexit 127\n')
        self.run_program("tune", "study.yaml", code=3)
        self.assertEqual(self.states(), [("FAILED", 1)] * 2)

    def test_retry_refuses_what_has_its_result_and_says_what_it_needs(self):
        self.write("study.yaml", STUDY + "budget: {trials: 2}\n")
        self.write("train.sh", '[ "$STERLET_TRIAL" -eq 0 ] && exit 1\nsterlet report loss="$1"\n')
        self.run_program("tune", "study.yaml")
        self.assertIn("it is not said which trials to run again; name them by their numbers, or give --failed",
                      self.run_program("retry", code=1).stderr)
        self.assertIn("trial 1 is COMPLETE and cannot be run again; to try its configuration once more, use sterlet enqueue",
                      self.run_program("retry", "s", "0", "1", code=1).stderr)
        self.assertIn("they go from 0 to 1", self.run_program("retry", "2", code=1).stderr)
        self.assertEqual(self.states(), [("FAILED", 1), ("COMPLETE", 1)])
        self.assertEqual(self.run_program("retry", "0", "--later").stdout,
                         "s: trial 0 will be run again by the next sterlet tune or sterlet resume\n")
        self.assertEqual(self.states(), [("WAITING", 1), ("COMPLETE", 1)])
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.run_program("resume")
        self.assertEqual(self.states(), [("COMPLETE", 2), ("COMPLETE", 1)])

    def test_enqueue_says_when_a_point_is_tried(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", STUDY.replace("params: {", "params: {learning_rate: {type: float, low: 0, high: 1}, n: {type: "
                                                            "int, low: 1, high: 2}, units: {type: int, low: 1, high: 99, "
                                                            "repeat: n}, ") + "budget: {trials: 1}\n")
        self.run_program("tune", "study.yaml")
        self.assertEqual(self.run_program("enqueue", "x=0.5", "n=2", "units=64,80").stdout,
                         "s tries x=0.5 n=2 units=[64,80] next; but the budget of trials is used up: sterlet resume s --trials 2 "
                         "tries it\n")
        self.assertIn("unknown parameter 'lr'; did you mean 'learning_rate'?", self.run_program("enqueue", "lr=1", code=1).stderr)
        self.run_program("resume", "--trials", "2")
        self.assertEqual(self.trials()[1]["params"]["units"], [64, 80])

    def test_a_tuner_that_runs_takes_what_is_to_be_run_again(self):
        self.write("study.yaml", TOY + "budget: {trials: 2}\nworkers: 1\n")
        self.write("train.sh", '[ "$STERLET_TRIAL.$STERLET_ATTEMPT" = 0.1 ] && exit 1\ntouch "began-$STERLET_TRIAL"\n' +
                   HOLD_LAST.format(first=1) + 'sterlet report loss="$1"\n')
        child = self.start("tune", "study.yaml", "--progress", "none")
        self.wait_until(lambda: os.path.exists(self.path("began-1")), "the second trial begins")
        told = json.loads(self.run_program("--json", "retry", "--failed").stdout)
        self.assertEqual(told, {"version": 1, "study": "toy", "retry": [0]})
        self.write("go", "")
        _, errors = child.communicate()
        self.assertEqual(child.returncode, 0, errors)
        self.assertEqual(self.states(), [("COMPLETE", 2), ("COMPLETE", 1)])


if __name__ == "__main__":
    unittest.main()
