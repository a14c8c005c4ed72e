"""The live display of tune and the screen of top, as real terminals show them at 80x24 and 120x40."""
import os
import re
import unittest

from screen import Terminal
from support import LIMIT_SECONDS, STERLET, ProgramTest

# Trials 0 to 3 end at once, the others after their third report, once there is a file `go`.
STUDY = """
study: mlp
objective: {metric: val_error, direction: minimize}
command: [sh, train.sh]
params:
  optimizer:     {type: categorical, choices: [sgd, adam]}
  learning_rate: {type: float, low: 1e-4, high: 1, scale: log, tier: 1}
  momentum:      {type: float, low: 0.9, high: 0.999, scale: reverse_log}
  epochs:        {type: int, low: 40, high: 41}
sampler: random
seed: 3
workers: 2
budget: {trials: 8}
"""
TRAIN = """
if [ "$STERLET_TRIAL" = 2 ]; then echo "no such file: data.csv" >&2; exit 3; fi
sterlet report --step 1 val_error=1.9
sterlet report --step 2 val_error=1.1
sterlet report --step 3 val_error=0.$((9 - STERLET_TRIAL))25
[ "$STERLET_TRIAL" -lt 4 ] && exit
echo waiting
touch "waits-$STERLET_TRIAL"
until [ -e go ] || [ -e "go-$STERLET_TRIAL" ]; do sleep 0.05; done
"""
SIZES = ((80, 24), (120, 40))


class DisplayTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("study.yaml", STUDY)
        self.write("train.sh", TRAIN)
        self.terminals = []

    def tearDown(self):
        self.write("go", "")
        for terminal in self.terminals:
            terminal.close()

    def terminal(self, *arguments, columns=80, rows=24):
        self.terminals.append(Terminal([STERLET, *arguments], self.folder, self.environment(TERM="xterm"), columns, rows))
        return self.terminals[-1]

    def waits(self, trial):
        return os.path.exists(self.path(f"waits-{trial}"))

    def wait_for_trials(self, terminal, trials=(4, 5)):
        """Until these wait for the file `go`, and the screen shows their third step."""
        terminal.wait_for(lambda text: all(self.waits(trial) and re.search(rf"^ +{trial} .* 3(/\d+)? ", text, re.M)
                                           for trial in trials))


class LiveDisplay(DisplayTest):
    def test_each_running_trial_the_best_and_the_last_finished_at_each_size(self):
        for columns, rows in SIZES:
            with self.subTest(columns=columns, rows=rows):
                self.tearDown()
                self.setUp()
                terminal = self.terminal("tune", "study.yaml", columns=columns, rows=rows)
                self.wait_for_trials(terminal)
                text = terminal.screen.text()
                lines = terminal.screen.lines()
                self.assertRegex(text, r"(?m)^mlp  ━+─+ 4/8 trials  ")
                self.assertRegex(text, r"\n  best    val_error 0\.625  trial 3, \d+\w* ago\n")
                self.assertRegex(text, r"\n +[▁▂▃▄▅▆▇█]+  from 0\.[89]25 to 0\.625\n")
                self.assertRegex(text, r"\n  trial +runs +step +val_error\n")
                for trial in (4, 5):
                    self.assertRegex(text, rf"\n +{trial} +\d+\w* +3/4[01] +0\.{9 - trial}25  █▄[▁▂]  +learning_rate=[\d.e-]+")
                self.assertRegex(text, r"\n  trial +took ended +val_error\n")
                self.assertRegex(text, r"\n +3 +[\d.]+s COMPLETE +0\.625  learning_rate=")
                self.assertRegex(text, r"(?m)^ +2 +[\d.]+s FAILED +-  (sh train.sh ended .*: )?no such file: data\.csv$")
                self.assertRegex(text, r"(?m)^trial 2 FAILED in .*: sh train.sh ended with")
                if columns == 120:
                    self.assertRegex(text, r"\n +4 .*learning_rate=[\d.e-]+ optimizer=\w+ momentum=")
                self.write("go", "")
                self.assertEqual(terminal.wait(), 0)
                shown = terminal.screen.text()
                self.assertIn("8/8 trials", shown)
                self.assertRegex(shown, r"\nbest: trial 7 with val_error 0\.225 \(minimized\)\n")

    def test_it_is_calm(self):
        terminal = self.terminal("tune", "study.yaml")
        self.wait_for_trials(terminal)
        terminal.read(1)
        before = terminal.bytes
        for _ in range(20):
            terminal.read(0.1)
        # Two seconds, in which nothing changes but the times: at most a few screens of it, however slow the machine.
        self.assertLess(terminal.bytes - before, 12 * 80 * 24)

    def test_ctrl_c_leaves_nothing_of_the_display_behind(self):
        terminal = self.terminal("tune", "study.yaml")
        self.wait_for_trials(terminal)
        terminal.type("\x03")
        # The line, and then the display again below it.
        text = terminal.wait_for(r"^interrupted: no new trials; the running ones are finished \(again to end them\)$"
                                 r"[\s\S]*^mlp  ")
        self.assertNotIn("^C", text)
        self.assertEqual(len(re.findall(r"^mlp  ", text, re.M)), 1, text)
        self.write("go", "")
        self.assertEqual(terminal.wait(), 130)
        self.assertEqual(len(re.findall(r"^mlp  ", terminal.screen.text(), re.M)), 1)

    def test_plain_says_at_the_start_what_runs_and_where(self):
        self.write("go", "")
        lines = self.run_program("tune", "study.yaml", "--progress", "plain").stderr.splitlines()
        self.assertEqual(lines[0], "mlp: minimize val_error; sampler random, pruner none, 2 workers, budget 8 trials")
        self.assertEqual(lines[1], f"storage {self.path('sterlet.db')}; output of the trials: sterlet logs mlp N, or "
                                   f"{os.path.normpath(self.trials_folder('mlp'))}")
        again = self.run_program("tune", "study.yaml", "--progress", "plain").stderr.splitlines()
        self.assertEqual(again[1], "it goes on: 8 trials there")


class Top(DisplayTest):
    def setUp(self):
        super().setUp()
        self.tuner = self.start("tune", "study.yaml", "--progress", "none")

    def open(self, columns=80, rows=24, trials=(4, 5)):
        while not all(self.waits(trial) for trial in trials):
            self.assertIsNone(self.tuner.poll())
        terminal = self.terminal("top", "mlp", columns=columns, rows=rows)
        self.wait_for_trials(terminal, trials)
        return terminal

    def chosen_order(self, text):
        return [int(n) for n in re.findall(r"^ +(\d+) [A-Z]+ ", text, re.M)]

    def states(self):
        return {trial["number"]: trial["state"] for trial in self.trials()}

    def test_the_list_is_sorted_filtered_and_opened_at_each_size(self):
        for columns, rows in SIZES:
            with self.subTest(columns=columns, rows=rows):
                terminal = self.open(columns, rows)
                text = terminal.screen.text()
                self.assertEqual(self.chosen_order(text), [5, 4, 3, 2, 1, 0])
                self.assertRegex(text, r"\n +5 RUNNING .* 3/4[01] +0\.425  █▄[▁▂]  +learning_rate=")
                terminal.type("s")
                terminal.wait_for(r"s sort \(value\)")
                self.assertEqual(self.chosen_order(terminal.screen.text()), [3, 1, 0, 5, 4, 2])
                terminal.type("ss/")
                terminal.wait_for(r"^filter: _")
                terminal.type("failed\r")
                terminal.wait_for(r"/ filter \(failed\)")
                self.assertEqual(self.chosen_order(terminal.screen.text()), [2])
                terminal.type("\r")
                text = terminal.wait_for(r"^trial +2, FAILED$")
                self.assertRegex(text, r"\nreason +sh train\.sh ended with exit code 3 ")
                self.assertRegex(text, r"\nstderr:\nno such file: data.csv\n")
                terminal.type("\x1b")
                terminal.wait_for(r"^ +2 FAILED ")
                terminal.type("\x1b")
                terminal.wait_for(r"^ +3 COMPLETE ")
                terminal.type("q")
                self.assertEqual(terminal.wait(), 0)
                self.assertRegex(terminal.screen.text(), r"(?m)^mlp  ━+")  # On the screen that was there before.

    def test_a_trial_is_stopped_one_pruned_and_one_held_by_keys(self):
        terminal = self.open(120, 40)
        terminal.type("\x1b[A ")  # The first one is chosen, which is 5.
        terminal.wait_for(r"^trial 5 is held where it is$")
        self.write("go-5", "")
        terminal.type(" ")
        terminal.wait_for(r"^trial 5 goes on$")
        self.wait_for_trials(terminal, (4, 6))
        terminal.type("x")
        terminal.wait_for(r"^stop trial \d\? It ends as CANCELLED\. y: yes")
        terminal.type("n")
        terminal.wait_for("^Enter open ")
        self.assertEqual(self.states()[4], "RUNNING")
        terminal.type("/4 running\r")
        terminal.wait_for(r"/ filter \(4 running\)")
        terminal.type("xy")
        terminal.wait_for(r"^trial 4 has ended: CANCELLED, stopped by ")
        terminal.type("\x1b/6 running\r")
        terminal.wait_for(r"/ filter \(6 running\)")
        terminal.type("py")
        terminal.wait_for(r"^trial 6 has ended: PRUNED, pruned by ")
        terminal.type("\x03")
        self.assertEqual(terminal.wait(), 0)
        self.write("go", "")
        self.tuner.communicate(timeout=LIMIT_SECONDS)
        states = self.states()
        self.assertEqual((states[4], states[5], states[6]), ("CANCELLED", "COMPLETE", "PRUNED"))
        pruned = self.trials()[6]
        self.assertEqual(pruned["values"], [pruned["reports"][-1]["metrics"]["val_error"]])

    def test_it_ends_when_nothing_runs_any_more(self):
        terminal = self.open()
        self.write("go", "")
        self.assertEqual(terminal.wait(), 0)
        self.assertIn("8/8 trials", terminal.screen.text())

    def test_once_prints_the_trials_that_run(self):
        while not all(self.waits(trial) for trial in (4, 5)):
            self.assertIsNone(self.tuner.poll())
        shown = self.run_program("top", "--once").stdout
        self.assertRegex(shown, r"\n +4 +\d+\w* +3/4[01] +0\.525  █▄[▁▂] ")
        self.assertNotIn("\x1b", shown)


if __name__ == "__main__":
    unittest.main(verbosity=2)
