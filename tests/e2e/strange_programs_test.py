"""Programs that are set up wrong in ways that have little to do with Sterlet: other languages, launchers, queues, daemons, and
output that nobody reads. Each ends in one sentence that names cause and cure, or works."""
import os
import unittest

from wrong_setups_test import ACC, STDOUT, X, SetUpTest

RUN = "budget: {trials: 1}\n"
INSTALL = ("install it for the Python of the command, or begin the command with the Python that has it, as .venv/bin/python")


class Told(SetUpTest):
    def runs(self, name, script, command, sentence, *parts):
        self.write(name, script)
        self.study(ACC, X, STDOUT, RUN, f"command: {command}\n", *parts)
        self.failed(sentence)

    def imitate(self, name, script):
        """A program of that name, which this machine may not have, that says what the real one says."""
        self.write(name, "#!/bin/sh\n" + script)
        os.chmod(self.path(name), 0o755)


class Languages(Told):
    def test_the_line_that_says_why_is_told_where_it_is_not_the_last(self):
        # As R, Perl, Julia, Java and JavaScript end; not all of them are on every machine.
        last_words = {
            "Error in library(x) : there is no package called \u2018x\u2019\nExecution halted":
                "Error in library(x) : there is no package called \u2018x\u2019; install it for the R of the command, as by "
                "Rscript -e 'install.packages(\"NAME\")', or begin the command with the Rscript that has it",
            "Error in fit(data) : \n  no rows are left\nCalls: main -> fit\nExecution halted":
                "Error in fit(data) : no rows are left",
            "Can't locate X.pm in @INC (you may need to install it) at t.pl line 1.\n"
            "BEGIN failed--compilation aborted at t.pl line 1.":
                "Can't locate X.pm in @INC (you may need to install it) at t.pl line 1.; install it, as by cpan, or say where "
                "it is, as in [perl, -Ilib, train.pl]",
            "ERROR: LoadError: no data\nStacktrace:\n [1] error(s::String)\n   @ Base ./error.jl:35":
                "ERROR: LoadError: no data",
            "Exception in thread \"main\" java.lang.RuntimeException: x\n\tat T.main(T.java:1)\n"
            "Caused by: java.io.IOException: no data\n\tat T.read(T.java:2)\n\t... 12 more":
                "Caused by: java.io.IOException: no data",
            "node:internal/modules/cjs/loader:1228\n  throw err;\n  ^\n\nError: Cannot find module 'x'\nRequire stack:\n"
            "- /t.js\n    at Module._load (node:internal:1:1) {\n  code: 'MODULE_NOT_FOUND'\n}\n\nNode.js v20.20.2":
                "Error: Cannot find module 'x'; install it beside the script, as by npm install",
        }
        for words, told in last_words.items():
            self.write("words", words + "\n")
            self.shell("cat words >&2; exit 1", STDOUT)
            self.failed("sh train.sh ended with exit code 1 after TIME: " + told)
            os.remove(self.path("sterlet.db"))

    def test_a_module_that_only_a_warning_names(self):
        script = "try:\n    import nosuch\nexcept ImportError as error:\n    import sys; print(error, file=sys.stderr)\n"
        self.runs("train.py", script, '[python3, train.py, "${x}"]',
                  "it ended without reporting acc: it printed nothing on stdout, which the pattern reads; the last line on stderr "
                  f"was \"No module named 'nosuch'\" ({INSTALL}); print acc there, and flush what is printed where a program ends "
                  "itself")

    def test_a_question_on_the_terminal(self):
        self.write("train.py", "open('/dev/tty').readline()\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, "${x}"]\n')
        self.assertIn("'/dev/tty'; a trial has no terminal to be asked at: give the answer in the command",
                      self.run_program("tune", "study.yaml", code=3).stderr)

    def test_what_python_says_after_its_error(self):
        script = ("import sys\n"
                  "class Resource:\n    def __del__(self): raise KeyError('gone')\n"
                  "resource = Resource()\nhook = sys.excepthook\n"
                  "def told(*what):\n    hook(*what); print('cleaning up', file=sys.stderr)\n"
                  "sys.excepthook = told\nraise ValueError('no data')\n")
        self.runs("train.py", script, '[python3, train.py, "${x}"]',
                  "python3 train.py ended with exit code 1 after TIME: ValueError: no data")

    def test_a_port_that_another_trial_has(self):
        self.runs("train.py", "raise OSError('[Errno 98] Address already in use')\n", '[python3, train.py, "${x}"]',
                  "python3 train.py ended with exit code 1 after TIME: OSError: [Errno 98] Address already in use; trials that run "
                  "at once need ports of their own, as 29500 + the trial's number, which is ${trial} in the command and "
                  "STERLET_TRIAL in the environment; or write workers: 1")


class Paths(Told):
    def ends_with(self, path, sentence):
        self.write("train.py", "import sys\nopen(sys.argv[2])\n")
        self.study(ACC, X, STDOUT, RUN, f'command: [python3, train.py, "${{x}}", "{path}"]\n')
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertIn(f"No such file or directory: '{path}'; {sentence}\n", told)
        os.remove(self.path("sterlet.db"))
        return told

    def test_a_home_and_a_variable_that_only_shells_know(self):
        told = self.ends_with("~/no/data", "only shells know what ~ is: write the whole path")
        self.assertIn("study.yaml: warning: only shells know what ~ is, so the program gets ~/no/data as it stands; write the "
                      "whole path\n", told)
        told = self.ends_with("$HOME/no/data", "no shell has filled in the variable: write the whole path")
        self.assertIn("study.yaml: warning: no shell reads the command, so its program gets $HOME/no/data as it stands; write "
                      "what it stands for, or give the whole line to a shell", told)

    def test_whole_paths_are_not_told_where_they_begin(self):
        self.ends_with("/no/such/data", "see whether its folder is there, and how the path is written")
        self.ends_with("data", "a path that does not begin with / begins at the study file's folder, " + self.folder)


class Launchers(Told):
    def test_a_queue_that_takes_the_training(self):
        self.imitate("sbatch", "echo Submitted batch job 12345\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [./sbatch, job.sh, "${x}"]\n')
        self.failed("it ended without reporting acc: it printed \"Submitted batch job 12345\": a queue has taken the training, and "
                    "nobody waited for it; run it by what waits and hands on what is printed, as srun in the place of sbatch")

    def test_a_launcher_that_speaks_after_its_program(self):
        self.imitate("srun", "echo 'ValueError: no data' >&2\necho 'srun: error: node1: task 0: Exited with exit code 1' >&2\n"
                             "exit 1\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [./srun, python3, train.py, "${x}"]\n')
        self.failed("./srun ended with exit code 1 after TIME: ValueError: no data")

    def test_make(self):
        self.write("Makefile", "train:\n\techo acc=$(X)\nbroken:\n\t@echo no data >&2; false\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [make, train, "X=${x}"]\n')
        self.run_program("tune", "study.yaml")  # Also where it shows its lines: the number counts that is printed last.
        for target, told in (("broken", "no data"),
                             ("fit", "make: *** No rule to make target 'fit'.  Stop.; name a target of the Makefile in the study "
                                     "file's folder, or say where it is, as in [make, -C, DIR, train]")):
            os.remove(self.path("sterlet.db"))
            self.study(ACC, X, STDOUT, RUN, f'command: [make, {target}, "X=${{x}}"]\n')
            self.failed("make ended with exit code 2 after TIME: " + told)

    def test_an_environment_that_is_not_activated(self):
        self.imitate("conda", "echo \"CondaError: Run 'conda init' before 'conda activate'\" >&2\nexit 1\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [./conda, activate, env, "${x}"]\n')
        self.failed("./conda ended with exit code 1 after TIME: CondaError: Run 'conda init' before 'conda activate'; begin the "
                    "command with the environment's own Python, as envs/NAME/bin/python, or with [conda, run, "
                    "--no-capture-output, -n, NAME]")

    def test_docker(self):
        self.imitate("docker", "echo 'docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2\necho >&2\n"
                               "echo \"Run 'docker run --help' for more information\" >&2\nexit 125\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [./docker, run, -d, image, "${x}"]\n')
        self.assertIn("study.yaml: warning: docker with -d starts the program and does not wait for it; leave -d out\n",
                      self.run_program("check", "study.yaml").stderr)
        self.failed("./docker ended with exit code 125 after TIME: docker: Cannot connect to the Docker daemon at "
                    "unix:///var/run/docker.sock.; start Docker, or give this user the right to use it")


    def test_a_limit_of_another_program(self):
        self.study(ACC, X, STDOUT, RUN, 'command: [timeout, "0.2", sleep, "600", "${x}"]\n')
        self.failed("timeout ended with exit code 124 after TIME; that is how timeout says that the time was over: give it more, or "
                    "write resources: {time: 1h} in its place")

    def test_what_is_no_program(self):
        self.write("train.py", "print('acc=0.5')\n")
        self.write("train", "#!/bin/sh\n")
        os.mkdir(self.path("src"))
        for program, told in (("train.py", f"train.py: no such program, but a file in {self.folder}; write [python3, train.py]"),
                              ("train", f"train: no such program, but a file in {self.folder}; write ./train if it may be run, or "
                                        "its interpreter before it, as in [sh, train]"),
                              ("./src", "./src: a folder, not a program; write the path of a program in it")):
            self.study(ACC, X, STDOUT, RUN, f'command: [{program}, "${{x}}"]\n')
            self.assertEqual(self.run_program("check", "study.yaml", code=1).stderr, f"study.yaml: command: {told}\n")


class Background(Told):
    TOLD = ("it ended without reporting acc: it ended while 1 process of it went on in the background, which was ended with it; run "
            "it in the foreground, without &, nohup or a daemon, or let it wait for them, as by wait")

    def leaves_nothing(self):
        self.failed(self.TOLD)
        self.assertEqual(self.processes_of(self.folder), [])

    def test_a_daemon(self):
        self.write("train.py", "import os, time\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\n"
                               "for each in (0, 1, 2): os.close(each)\ntime.sleep(600)\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, "${x}"]\n')
        self.leaves_nothing()

    def test_a_shell_that_does_not_wait(self):
        self.shell("nohup sleep 600 > log 2>&1 &", STDOUT)
        self.leaves_nothing()

    def test_a_program_that_would_report_by_a_client(self):
        self.shell("sleep 600 > log 2>&1 &")
        self.leaves_nothing()


class Output(Told):
    def prints(self, script, sentence):
        self.runs("train.py", f"import os, sys\n{script}\n", '[python3, train.py, "${x}"]',
                  "it ended without reporting acc: " + sentence)

    def test_a_pattern_that_nearly_fits(self):
        self.prints("print('{\"step\": 1, \"acc\": 0.5}')",
                    "no line of its stdout matched the pattern, but \"{\"step\": 1, \"acc\": 0.5}\" has it; write pattern: "
                    "'acc\": (?<acc>[-+.0-9eE]+)'")
        # What was advised works.
        self.study(ACC, X, RUN, "metrics: {from: stdout, pattern: 'acc\": (?<acc>[-+.0-9eE]+)'}\n",
                   'command: [python3, train.py, "${x}"]\n')
        told = self.run_program("tune", "study.yaml", code=3).stderr
        self.assertIn("sterlet retry s --failed runs the one again that failed", told)
        self.run_program("retry", "s", "--failed")
        self.assertEqual(self.trials()[0]["values"], [0.5])

    def test_a_very_long_line(self):
        self.prints("print('x' * 5_000_000 + ' acc=0.5')",
                    "no line of its stdout matched the pattern, which is not tried on lines of more than 4 KiB, as 1 of its lines "
                    "is; print acc on a line of its own")

    def test_utf_16(self):
        self.write("train.py", "import sys\nsys.stdout.buffer.write('acc=0.5'.encode('utf-16'))\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, "${x}"]\n')
        self.assertIn("and its NUL bytes are those of text in UTF-16; print UTF-8\n",
                      self.run_program("tune", "study.yaml", code=3).stderr)

    def test_a_buffer_that_is_lost(self):
        self.write("train.py", "import os\nos.fdopen(1, 'w', buffering=4096).write('acc=0.5\\n')\nos._exit(0)\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, -c, "import os; f = open(1, \'w\', 4096); f.write(\'acc=1\'); '
                                        'os._exit(0)", "${x}"]\n')
        self.failed("it ended without reporting acc: it printed nothing on stdout, which the pattern reads; print acc there, and "
                    "flush what is printed where a program ends itself")

    def works(self, script, value=0.5):
        self.write("train.py", f"import os, sys\n{script}\n")
        self.study(ACC, X, STDOUT, RUN, 'command: [python3, train.py, "${x}"]\n')
        self.run_program("tune", "study.yaml")
        self.assertEqual(self.trials()[0]["values"], [value])
        os.remove(self.path("sterlet.db"))

    def test_what_works_all_the_same(self):
        self.works("for i in range(6): print(f'\\r{i}/5 |##  | acc=0.{i}, lr=1', end='')")
        self.works("sys.stdout.buffer.write(bytes(range(256)) * 100); print('\\nacc=0.5')")
        self.works("print('acc=0.5'); print('acc=0.5')")
        self.works("print('acc=5.0E-01')")
        self.works("print('acc=0,5e0')")
        self.works("print('acc=0.5', end=''); sys.stdout.flush(); os._exit(0)")
        self.works("sys.stdin.read(); print('acc=0.5')")
        self.works("open('model.pt', 'w').write('x'); print('acc=0.5')")

    def test_metrics_of_any_name(self):
        for name in ("val/acc", "val acc", "\u0442\u043e\u0447\u043d\u043e\u0441\u0442\u044c"):
            self.write("train.py", f"print('{name}=0.5')\n")
            self.study(f"objective: {{metric: {name}, direction: maximize}}\n", X, RUN,
                       f"metrics: {{from: stdout, pattern: '{name}=(?<{name}>\\S+)'}}\n",
                       'command: [python3, train.py, "${x}"]\n')
            self.run_program("tune", "study.yaml")
            self.assertIn(f"{name} 0.5 (maximized)", self.run_program("best").stdout)
            os.remove(self.path("sterlet.db"))


class Repeated(Told):
    def test_equal_failures_are_told_once(self):
        self.shell("echo no data >&2; exit 1", STDOUT, "workers: 1\n")
        self.study(ACC, X, STDOUT, "budget: {trials: 30}\nworkers: 1\n", 'command: [sh, train.sh, "${x}"]\n')
        told = self.run_program("tune", "study.yaml", code=1).stderr.splitlines()
        failures = [line for line in told if line.startswith(("trial ", "the same "))]
        self.assertEqual(len(failures), 2, told)
        self.assertIn(": sh train.sh ended with exit code 1 after ", failures[0])
        self.assertEqual(failures[1], "the same 9 more times: trials 1 to 9")

    def test_others_are_told_between(self):
        self.shell('if [ "$STERLET_TRIAL" = 2 ]; then echo no GPU >&2; else echo no data >&2; fi; exit 1', STDOUT)
        self.study(ACC, X, STDOUT, "budget: {trials: 5}\nworkers: 1\n", 'command: [sh, train.sh, "${x}"]\n')
        told = self.run_program("tune", "study.yaml", code=3).stderr.splitlines()
        self.assertEqual([line.rsplit(": ", 1)[1] for line in told if line.startswith("trial ")],
                         ["no data", "no data", "no GPU", "no data", "no data"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
