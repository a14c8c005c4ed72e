"""More set-ups that are wrong the way people's first ones are, beside those of wrong_setups_test: words of other tools, words
that were meant for a shell, and programs that end in ways which say little."""
import os
import re
import unittest

import support
from wrong_setups_test import ACC, STDOUT, X, SetUpTest

RUN = "budget: {trials: 1}\n"


class Words(support.ProgramTest):
    """Of a command line that a command does not understand it says what it takes."""

    def test_what_a_command_takes_is_said(self):
        self.write("s.yaml", "study: s\nobjective: loss\nparams: {x: {type: float, low: 0, high: 1}}\n")
        for words, said in ((["tune"], "tune needs STUDY: the study file"),
                            (["branch", "x=1"], "branch needs --at: step of the checkpoint"),
                            (["tune", "s.yaml", "--workers", "0"], "--workers is a number from 1 to 1024 (found 0)"),
                            (["tune", "s.yaml", "more"], "tune takes no more words (found 'more')"),
                            (["export", "s", "--format", "xml"], "--format is one of jsonl, json, csv (found 'xml')"),
                            (["ls", "--top", "x"], "--top is a number from 1 to 1000000000 (found x)"),
                            (["run", "s", "--trial", "x"], "--trial cannot be 'x'")):
            self.assertEqual(self.run_program(*words, code=2).stderr, f"sterlet: {said}; see sterlet {words[0]} --help\n")
        for command in ("tune", "ask-tell", "babysit", "run"):
            for seed in ("-1", "2.5", "18446744073709551616", "x"):
                self.assertEqual(self.run_program(command, "s.yaml", "--seed", seed, code=2).stderr,
                                 f"sterlet: --seed: a seed is a whole number of at least 0 (found {seed}); see sterlet {command} --help\n")


class Commands(SetUpTest):
    """What is wrong with a command is said by check, and again by tune, before a trial is lost to it."""

    def warned_twice(self, command, sentence):
        self.write("train.sh", "echo acc=0.5\n")
        self.study(ACC, X, STDOUT, RUN, f"command: {command}\n")
        line = f"study.yaml: warning: {sentence}"
        self.assertEqual([told for told in self.run_program("check", "study.yaml", code=None).stderr.splitlines()
                          if "warning" in told], [line])
        self.assertEqual(self.run_program("tune", "study.yaml", code=None).stderr.splitlines()[0], line)

    def test_a_parameter_written_as_elsewhere(self):
        for text in ("{x}", "{{x}}", "$x", "%x%", "<x>"):
            self.warned_twice(f'[sh, train.sh, "{text}"]',
                              f"the command has {text}, which its program gets as it stands; a parameter's value is written ${{x}}")

    def test_a_pipe_without_a_shell(self):
        self.warned_twice('[sh, train.sh, "${x}", "|", tee, log]',
                          "no shell reads the command, so its program gets '|' as an argument; give the whole line to a shell, "
                          "as in command: [sh, -c, 'python3 train.py | tee log']")

    def test_typographic_quotes(self):
        self.warned_twice("[sh, -c, \u201cecho acc=1\u201d, \"${x}\"]",
                          "a word of the command has a typographic quote (\u201c), which quotes nothing; write \" or '")

    def test_the_interpreter_of_another_language(self):
        self.warned_twice('[python3, train.sh, "${x}"]',
                          "python3 is given train.sh, by its name a shell script; begin the command with sh")

    def cannot_start(self, command, sentence):
        self.study(ACC, X, STDOUT, RUN, f"command: {command}\n")
        self.assertEqual(self.run_program("check", "study.yaml", code=1).stderr.splitlines()[-1],
                         "study.yaml: command: " + sentence)
        self.assertIn("s: its program cannot be started (" + sentence + ")",
                      self.run_program("tune", "study.yaml", code=1).stderr)

    def test_what_a_shell_does_itself(self):
        self.cannot_start('[cd, src, "${x}"]', "cd: a shell does that, and no shell is involved; give one the whole line, as in "
                                               "[sh, -c, 'cd src && exec python3 train.py']")

    def test_a_variable_before_the_program(self):
        self.cannot_start('[SEED=1, sh, train.sh, "${x}"]', "SEED=1: no such program; variables are set by env, as in [env, "
                                                            "SEED=1, python3, train.py]")

    def test_words_that_are_one(self):
        self.cannot_start('["python3 train.py", "${x}"]', "python3 train.py: no such program; write each word by itself, as in "
                                                          "[python3, train.py]")

    def test_a_home_that_nobody_reads(self):
        self.cannot_start('["~/train.sh", "${x}"]', "~/train.sh: no such program, as shells alone know what ~ is; write the whole "
                                                    "path in the command")


class Endings(SetUpTest):
    def test_a_metric_and_then_an_error(self):
        self.shell("echo acc=0.5; exit 1", STDOUT)
        self.failed("sh train.sh ended with exit code 1 after TIME; its last line on stdout was \"acc=0.5\"; its acc of 0.5 does not "
                    "count, as it failed: where all is well it ends with exit code 0")

    def test_an_error_without_a_word(self):
        self.shell("exit 1", STDOUT)
        self.failed("sh train.sh ended with exit code 1 after TIME; it printed nothing")

    def test_a_file_beside_the_script_is_not_where_it_runs(self):
        os.mkdir(self.path("src"))
        self.write("src/train.py", "open('data.csv')\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, src/train.py, "${x}"]\n')
        self.failed("python3 src/train.py ended with exit code 1 after TIME: FileNotFoundError: [Errno 2] No such file or "
                    "directory: 'data.csv'; a path that does not begin with / begins at the study file's folder, " + self.folder)

    def test_a_module_of_another_python(self):
        self.write("train.py", "import no_such_module\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, "${x}"]\n')
        self.failed("python3 train.py ended with exit code 1 after TIME: ModuleNotFoundError: No module named 'no_such_module'; "
                    "install it for the Python of the command, or begin the command with the Python that has it, as "
                    ".venv/bin/python")

    def test_an_option_that_the_program_does_not_have(self):
        self.write("train.py", "import argparse\nargparse.ArgumentParser().parse_args()\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, --x, "${x}"]\n')
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertRegex(told, "error: unrecognized arguments: --x [0-9.]+; name the options in the command as the program does\n")

    def test_a_fraction_where_a_whole_number_is_needed(self):
        self.write("train.py", "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--x', type=int)\n"
                               "parser.parse_args()\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, --x, "${x}"]\n')
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertRegex(told, "argument --x: invalid int value: '[0-9.]+'; a parameter that must be whole needs type: int\n")

    def test_a_question_that_nobody_answers(self):
        self.write("train.py", "input('which data? ')\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, "${x}"]\n')
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertIn("EOFError: EOF when reading a line; a trial has no terminal to be asked at: give the answer in the command\n",
                      told)

    def test_a_time_limit_and_a_memory_limit(self):
        self.shell("sleep 600", STDOUT, "resources: {time: 1s}\n")
        self.failed("sh train.sh was ended after TIME, its time limit being 1.0 s; give it more by time in resources, or less to do")

    def test_a_value_that_is_too_good(self):
        self.shell("echo acc=inf", STDOUT)
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertRegex(told, "(?m)^trial 0 FAILED acc=Infinity in .*: acc was Infinity, better than any result can be$")
        os.remove(self.path("sterlet.db"))
        # The other infinity is a bad result, and one all the same.
        self.shell("echo acc=-inf", STDOUT)
        self.run_program("tune", "study.yaml")

    def test_a_program_that_does_not_use_what_is_searched(self):
        self.shell("echo acc=0.5", STDOUT)
        self.study(ACC, X, STDOUT, "budget: {trials: 4}\n", 'command: [sh, train.sh, "${x}"]\n')
        self.assertIn("doctor: all 4 trials came to the same acc, 0.5, whatever their parameters: see whether the program uses them, "
                      "and whether what it reports is of this training", self.run_program("tune", "study.yaml").stderr)

    def test_two_numbers_in_a_line(self):
        self.shell("echo 'train acc=0.9 val acc=0.8'; echo 'train acc=0.9 val acc=0.7'", STDOUT)
        told = self.run_program("tune", "study.yaml").stderr
        self.assertEqual([line for line in told.splitlines() if "twice" in line],
                         ["trial 0: its pattern matches twice in the line \"train acc=0.9 val acc=0.8\", of which the first "
                          "counts; if the other is meant, write what stands before it into the pattern"])
        self.assertEqual(self.trials()[0]["values"], [0.9])
        os.remove(self.path("sterlet.db"))
        self.shell("echo 'train acc=0.9 val acc=0.8'", STDOUT.replace("acc=", "val acc="))
        self.assertNotIn("twice", self.run_program("tune", "study.yaml").stderr)
        self.assertEqual(self.trials()[0]["values"], [0.8])

    def test_a_killed_program_is_told_of_once(self):
        self.shell("kill -9 $$", STDOUT)
        self.failed("sh train.sh was killed by signal 9 after TIME, often a sign of too little memory; it was killed 3 times in a "
                    "row without a step further")


class Files(SetUpTest):
    def test_a_name_that_is_nearly_right(self):
        self.write("study.yml", "study: s\n")
        for command in ("check", "doctor"):
            self.assertIn("study.yaml: there is no such file; did you mean 'study.yml'?",
                          self.run_program(command, "study.yaml", code=1).stderr)

    def test_blanks_umlauts_and_windows_lines(self):
        os.mkdir(self.path("m\u00fc sli"))
        with open(self.path("m\u00fc sli/my study.yaml"), "w", newline="", encoding="utf-8-sig") as file:
            file.write(("study: s\nobjective: loss\n" + X + STDOUT.replace("acc", "loss") +
                        "budget: {trials: 2}\ncommand: [sh, -c, 'echo loss=$0', \"${x}\"]\n").replace("\n", "\r\n"))
        self.run_program("tune", "m\u00fc sli/my study.yaml")
        self.assertEqual(len(self.trials("--storage", "m\u00fc sli/sterlet.db")), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
