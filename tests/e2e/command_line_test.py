"""The command line as a person meets it: messages, exit codes, data."""
import json
import os
import sqlite3
import subprocess
import unittest

from support import LIMIT_SECONDS, ProgramTest, SOURCE, STERLET, TOY


class CommandLine(ProgramTest):
    def one_sentence(self, done):
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        return lines[0]

    def test_every_subcommand_has_help(self):
        listed = self.run_program("--help").stdout
        for name in ("init check tune resume stop status ls show best top logs enqueue ask-tell export completion "
                     "version report practices babysit set undo branch pause logbook client help doctor importance plan lessons").split():
            self.assertIn(name, listed)
            self.assertIn("Usage", self.run_program(name, "--help").stdout)

    def test_exit_codes(self):
        self.assertIn("study.yaml", self.one_sentence(self.run_program("tune", "study.yaml", code=1)))
        self.run_program("tune", code=2)
        self.assertIn("did you mean 'tune'?", self.one_sentence(self.run_program("tuen", "study.yaml", code=2)))
        self.assertIn("did you mean '--workers'?",
                      self.one_sentence(self.run_program("tune", "study.yaml", "--wokers", "3", code=2)))
        self.assertIn("sterlet tune study.yaml", self.run_program(code=2).stderr)
        self.write("bad.yaml", "study: x\nparams: {a: {type: float, low: 1, high: 0}}\n")
        self.run_program("check", "bad.yaml", code=64)
        self.assertIn("no such storage", self.one_sentence(self.run_program("status", code=1)))
        self.write("train.sh", "exit 1\n")
        self.write("study.yaml", TOY + "budget: {trials: 3}\n")
        self.run_program("tune", "study.yaml", code=3)

    def test_storage_that_is_not_ours_is_refused_and_left_alone(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        study = self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        cases = {"garbage.db": b"not a database at all" * 99, "half.db": b"SQLite format 3\0" + b"\xff" * 5000}
        for name, content in cases.items():
            with open(self.path(name), "wb") as file:
                file.write(content)
            message = self.one_sentence(self.run_program("tune", study, "--storage", name, code=74))
            self.assertIn("left as it is", message)
            with open(self.path(name), "rb") as file:
                self.assertEqual(file.read(), content)
        other = sqlite3.connect(self.path("other.db"))
        other.execute("create table t (x)")
        other.commit()
        other.close()
        self.assertIn("another program", self.one_sentence(self.run_program("tune", study, "--storage", "other.db", code=74)))
        self.run_program("tune", study, "--storage", "new.db")
        newer = sqlite3.connect(self.path("new.db"))
        newer.execute("pragma user_version = 99")
        newer.commit()
        newer.close()
        self.assertIn("update Sterlet", self.one_sentence(self.run_program("status", "--storage", "new.db", code=1)))

    def test_a_network_file_system_is_refused(self):
        # A real one is not to be had in a test: the C library is made to say what it would say on one.
        source = self.write("nfs.c", """
#include <sys/vfs.h>
int statfs(const char *path, struct statfs *info) { *info = (struct statfs){.f_type = 0x6969}; return path == 0; }
int statfs64(const char *path, struct statfs64 *info) { *info = (struct statfs64){.f_type = 0x6969}; return path == 0; }
""")
        subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", self.path("nfs.so"), source], check=True)
        self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        child = self.start("tune", "study.yaml", LD_PRELOAD=self.path("nfs.so"))
        _, errors = child.communicate()
        self.assertEqual(child.returncode, 69, errors)
        self.assertEqual(errors, f"{self.path('sterlet.db')}: this folder is on NFS, where SQLite's locks do not hold and "
                                 "studies get damaged; name a file on a local disk with --storage\n")
        self.assertFalse(os.path.exists(self.path("sterlet.db")))

    def test_stored_sample_of_every_schema_version_opens(self):
        folder = os.path.join(SOURCE, "tests/assets")
        samples = sorted(name for name in os.listdir(folder) if name.endswith(".sql"))
        versions = [int(name.split(".")[0]) for name in sorted(os.listdir(os.path.join(SOURCE, "src/sterlet/storage/sqlite/schema")))]
        self.assertEqual(samples, [f"schema-{version}.sql" for version in versions])
        for name in samples:
            path = self.path(name.replace(".sql", ".db"))
            made = sqlite3.connect(path)
            with open(os.path.join(folder, name)) as file:
                made.executescript(file.read())
            made.close()
            trials = self.trials("--storage", path)
            with open(os.path.join(folder, name.replace(".sql", ".jsonl"))) as file:
                self.assertEqual(trials, [json.loads(line) for line in file])
            tree = os.path.join(folder, name.replace(".sql", "-tree.json"))
            if os.path.exists(tree):
                with open(tree) as file:
                    self.assertEqual(json.loads(self.run_program("show", "--tree", "--json", "--storage", path).stdout),
                                     json.load(file))

    def test_the_practices_hold(self):
        done = json.loads(self.run_program("practices", "--json").stdout)
        self.assertEqual(done["version"], 1)
        self.assertGreaterEqual(len(done["practices"]), 9)
        for row in done["practices"]:
            self.assertTrue(row["holds"], row)
        table = self.run_program("practices").stdout
        self.assertEqual(table.count("holds  "), len(done["practices"]))
        self.assertLessEqual(max(map(len, table.splitlines())), 80)

    def test_a_trial_of_refine_says_its_box(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        study = self.write("study.yaml", TOY.replace("sampler: random", "sampler: {name: refine, start: 4}") + "budget: {trials: 12}\n")
        self.run_program("tune", study)
        trials = [json.loads(line) for line in self.run_program("export", "--format", "jsonl").stdout.splitlines()]
        zoomed = [t for t in trials if t["origin"] == "zoom"]
        self.assertTrue(zoomed)
        for trial in trials:
            self.assertEqual("note" in trial, trial in zoomed, trial)
        self.assertGreaterEqual(zoomed[-1]["note"]["level"], 1)
        self.assertIn('"box"', self.run_program("show", str(zoomed[-1]["number"])).stdout)

    def test_looking_at_a_study(self):
        self.write("train.sh", 'sterlet report --step 1 loss=3 extra=1\nsterlet report --step 2 loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 6}\nworkers: 2\n")
        self.run_program("tune", "study.yaml")
        self.assertIn("so nothing was run; to go on, add --trials 12", self.run_program("tune", "study.yaml").stderr)
        trials = self.trials()
        self.assertEqual([r["step"] for r in trials[0]["reports"]], [1, 2])
        self.assertEqual(trials[0]["reports"][0]["metrics"], {"extra": 1.0, "loss": 3.0})
        best = min(trials, key=lambda t: t["values"][0])
        self.assertEqual(json.loads(self.run_program("best", "--json").stdout)["best"][0]["number"], best["number"])
        shown = json.loads(self.run_program("show", "2", "--json").stdout)
        self.assertEqual(shown.pop("context")["command"], ["sh", "train.sh", "${x}"])
        self.assertEqual(shown, trials[2])
        status = json.loads(self.run_program("status", "--json").stdout)
        self.assertEqual(status["counts"]["COMPLETE"], 6)
        self.assertEqual(len(self.run_program("ls", "toy").stdout.splitlines()), 7)
        self.assertEqual(len(self.run_program("export", "--format", "csv").stdout.splitlines()), 7)
        self.assertIn("6/6 trials", self.run_program("top", "--once").stdout)
        self.run_program("report", "toy", "-o", "page.html")
        with open(self.path("page.html")) as file:
            page = file.read()
        self.assertIn("toy", page)
        self.assertIn(f'"version":"{self.run_program("version").stdout.split()[1]}"', page)
        self.assertIn("they go from 0 to 5", self.one_sentence(self.run_program("show", "17", code=1)))
        self.assertIn("did you mean 'toy'?", self.one_sentence(self.run_program("status", "toi", code=1)))

    def test_an_export_takes_the_form_that_its_file_is_named_by(self):
        self.write("train.sh", 'echo "said $STERLET_TRIAL"; sterlet report --step 1 loss=3 extra=1\n'
                               'sterlet report --step 2 loss="$1" extra=2\n')
        self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        self.run_program("tune", "study.yaml")
        forms = {}
        for name in ("a.csv", "a.json", "a.jsonl", "a"):
            self.run_program("export", "-o", name)
            with open(self.path(name)) as file:
                forms[name] = file.read()
        self.assertEqual(forms["a"], forms["a.jsonl"])
        self.assertEqual(len(json.loads(forms["a.json"])["trials"]), 2)
        header, *rows = [line.split(",") for line in forms["a.csv"].splitlines()]
        trials = self.trials()
        for trial, row in zip(trials, rows, strict=True):
            cells = dict(zip(header, row, strict=True))
            self.assertEqual(float(cells["loss"]), trial["values"][0])
            self.assertEqual(float(cells["extra"]), 2)
            self.assertGreaterEqual(float(cells["duration"]), 0)
        self.run_program("export", "-o", "b.csv", "--format", "json")
        with open(self.path("b.csv")) as file:
            self.assertEqual(file.read(), forms["a.json"])
        self.run_program("report", "-o", "page.html")
        with open(self.path("page.html")) as file:
            self.assertIn('"logs":{"0":"said 0","1":"said 1"}', file.read())

    def test_enqueued_points_come_next_each_once(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 4}\nenqueue: [{x: 0.5}]\n")
        self.run_program("tune", "study.yaml", "--trials", "2")
        self.run_program("enqueue", "toy", "x=0.25", "kind=b")
        self.assertIn("0.001 to 1", self.one_sentence(self.run_program("enqueue", "x=7", code=1)))
        self.run_program("resume", "--trials", "4")
        trials = self.trials()
        self.assertEqual([t["origin"] for t in trials], ["enqueued", "random", "enqueued", "random"])
        self.assertEqual(trials[0]["params"]["x"], 0.5)
        self.assertEqual(trials[2]["params"], {"x": 0.25, "kind": "b"})

    def test_check_refuses_what_a_run_refuses_in_the_same_words(self):
        for sampler in ("cmaes", "{name: grid, points: 9}"):
            self.write("study.yaml", f"""
study: s
objective: [a, b]
params:
  x: {{type: float, low: 0, high: 1}}
  y: {{type: float, low: 0, high: 1}}
sampler: {sampler}
budget: {{trials: 10}}
""")
            checked = self.one_sentence(self.run_program("check", "study.yaml", code=1))
            ran = self.one_sentence(self.run_program("ask-tell", "study.yaml", code=1, stdin='{"op":"ask"}\n'))
            self.assertEqual(checked.split(": ", 1)[1], ran.split(": ", 1)[1])

    def test_another_space_needs_to_be_asked_for(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        self.run_program("tune", "study.yaml")
        self.write("study.yaml", TOY.replace("low: 0.001", "low: 0.01") + "budget: {trials: 2}\n")
        self.assertIn("study.yaml: params.x.low was 0.001 and is 0.01, but the study 'toy' has 2 trials in the storage; to go on "
                      "with them all the same, add --amend", self.run_program("tune", "study.yaml", code=64).stderr)


class AskTell(ProgramTest):
    def test_conversations(self):
        folder = os.path.join(SOURCE, "tests/golden/ask_tell")
        names = sorted(name[:-5] for name in os.listdir(folder) if name.endswith(".yaml"))
        self.assertTrue(names)
        for name in names:
            with open(os.path.join(folder, name + ".txt")) as file:
                lines = file.read().splitlines()
            said = [line[2:] for line in lines if line.startswith("> ")]
            study = os.path.join(folder, name + ".yaml")
            answers = self.run_program("ask-tell", study, "--seed", "5", stdin="\n".join(said) + "\n").stdout.splitlines()
            self.assertEqual(len(answers), len(said))
            conversation = "".join(f"> {q}\n< {a}\n" for q, a in zip(said, answers))
            if os.environ.get("UPDATE_GOLDEN"):
                with open(os.path.join(folder, name + ".txt"), "w") as file:
                    file.write(conversation)
            else:
                self.assertEqual(conversation.splitlines(), lines)

    def test_with_a_storage_the_answers_are_the_same_in_one_go_and_one_by_one(self):
        self.write("study.yaml", TOY + "budget: {trials: 20}\n")
        said = []
        for trial in range(20):
            said += ['{"op":"ask"}', f'{{"op":"report","id":{trial},"step":1,"value":{trial}}}',
                     f'{{"op":"tell","id":{trial},"value":{trial}}}', f'{{"op":"tell","id":{trial},"value":0}}']
        said.append('{"op":"best"}')
        in_memory = self.run_program("ask-tell", "study.yaml", "--seed", "5", stdin="\n".join(said)).stdout
        self.assertEqual(len(in_memory.splitlines()), len(said), "the last line needs no end")
        together = self.run_program("ask-tell", "study.yaml", "--seed", "5", "--storage", "a.db",
                                    stdin="\n".join(said) + "\n").stdout
        self.assertEqual(together, in_memory)
        with subprocess.Popen([STERLET, "ask-tell", "study.yaml", "--seed", "5", "--storage", "b.db"],
                              cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            singly = []
            for line in said:
                half = len(line) // 2
                program.stdin.write(line[:half])
                program.stdin.flush()
                program.stdin.write(line[half:] + "\n")
                program.stdin.flush()
                singly.append(program.stdout.readline())
            program.stdin.close()
        self.assertEqual("".join(singly), in_memory)
        self.assertEqual(self.run_program("export", "--storage", "a.db").stdout.count("COMPLETE"), 20)

    def test_a_line_without_end_is_one_error_and_takes_no_memory(self):
        self.write("study.yaml", TOY)
        with self.start("ask-tell", "study.yaml", "--seed", "5") as program:
            piece = "x" * (1 << 20)
            for _ in range(200):
                program.stdin.write(piece)
            program.stdin.write('\n{"op":"ask"}\n')
            program.stdin.flush()
            self.assertEqual(json.loads(program.stdout.readline()),
                             {"error": "line 1: the line is longer than 1 MiB; send one operation a line"})
            self.assertEqual(json.loads(program.stdout.readline())["id"], 0)
            with open(f"/proc/{program.pid}/status") as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
            self.assertLess(peak, 50_000, "KiB at the peak, after a line of 200 MiB")
            program.communicate()

    def driver(self, storage="sterlet.db"):
        return self.start("ask-tell", "study.yaml", "--storage", storage)

    def say(self, program, **message):
        program.stdin.write(json.dumps(message) + "\n")
        program.stdin.flush()
        return json.loads(program.stdout.readline())

    def test_tune_leaves_the_trials_of_a_living_driver_alone(self):
        self.write("train.sh", 'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 3}\n")
        driver = self.driver()
        self.assertEqual(self.say(driver, op="ask")["id"], 0)
        self.run_program("tune", "study.yaml")
        self.assertEqual([trial["state"] for trial in self.trials()], ["RUNNING", "COMPLETE", "COMPLETE"])
        self.assertEqual(self.say(driver, op="tell", id=0, value=0.5), {"ok": True})
        driver.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(driver.returncode, 0)
        self.assertEqual([(trial["state"], trial["attempts"]) for trial in self.trials()], [("COMPLETE", 1)] * 3)

    def test_trials_of_a_driver_that_was_killed_are_handed_out_again(self):
        self.write("study.yaml", TOY + "budget: {trials: 2}\n")
        first = self.driver()
        for trial in range(2):
            self.assertEqual(self.say(first, op="ask")["id"], trial)
        first.kill()
        first.wait()
        second = self.driver()
        again = self.say(second, op="ask")
        self.assertEqual(again["id"], 0)
        self.assertEqual(self.say(second, op="tell", id=1, value=0.5), {"ok": True}, "known from before the kill")
        self.assertEqual(self.say(second, op="tell", id=0, value=0.25), {"ok": True})
        second.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(second.returncode, 0)
        self.assertEqual([(trial["state"], trial["values"]) for trial in self.trials()],
                         [("COMPLETE", [0.25]), ("COMPLETE", [0.5])])

    def test_a_trial_of_a_stream_that_has_ended_may_be_told_by_one_that_ran_beside_it(self):
        self.write("study.yaml", TOY)
        later = self.driver()
        self.assertIn("error", self.say(later, op="best"))  # It is there, and has looked for sessions that are gone.
        first = self.driver()
        for trial in range(2):
            self.assertEqual(self.say(first, op="ask")["id"], trial)
        self.assertIn("attempt 1 of trial 0 is over", self.say(later, op="tell", id=0, value=0.25)["error"])
        first.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(self.say(later, op="tell", id=0, value=0.5), {"ok": True})
        self.assertEqual(self.say(later, op="report", id=1, step=1, value=0.5), {"prune": False})
        self.assertEqual(self.say(later, op="tell", id=1, value=0.75), {"ok": True})
        later.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual([(trial["state"], trial["values"]) for trial in self.trials()],
                         [("COMPLETE", [0.5]), ("COMPLETE", [0.75])])

    def test_the_best_of_the_report_is_that_of_best(self):
        self.write("study.yaml", TOY + "duplicates: average\n")
        point = {"x": 0.5, "kind": "a"}
        said = [{"params": point, "value": 0.0}, {"params": point, "value": 4.0},
                {"params": {"x": 0.25, "kind": "b"}, "value": 1.0},
                {"params": {"x": 0.75, "kind": "b"}, "value": 0.5, "constraints": [1]}]
        self.run_program("ask-tell", "study.yaml", "--storage", "sterlet.db",
                         stdin="".join(json.dumps({"op": "add", **line}) + "\n" for line in said))
        best, = json.loads(self.run_program("best", "--json").stdout)["best"]
        self.assertEqual((best["number"], best["values"]), (2, [1.0]))
        self.run_program("report")
        with open(self.path("report.html")) as file:
            page = file.read()
        self.assertIn('"best":[2],"best_values":[[1.0]],"infeasible":[3]', page)

    def test_a_table_has_no_formulas(self):
        self.write("study.yaml", TOY.replace("[a, b, c]", '["=1+1", "@x", "-1", "-x"]'))
        said = "".join(json.dumps({"op": "add", "params": {"x": 0.5, "kind": kind}, "value": -0.5}) + "\n"
                       for kind in ["=1+1", "@x", "-1", "-x"])
        self.run_program("ask-tell", "study.yaml", "--storage", "sterlet.db", stdin=said)
        rows = self.run_program("export", "--format", "csv").stdout.splitlines()[1:]
        self.assertEqual([row.split(",")[5] for row in rows], ["'=1+1", "'@x", "-1", "'-x"])
        self.assertEqual([row.split(",")[3] for row in rows], ["-0.5"] * 4, "numbers stay numbers")

    def test_a_trial_may_be_told_by_a_later_stream(self):
        self.write("study.yaml", TOY)
        options = ("ask-tell", "study.yaml", "--storage", "sterlet.db")
        self.run_program(*options, stdin='{"op":"ask"}\n{"op":"report","id":0,"step":1,"value":0.75}\n')
        told = self.run_program(*options, stdin='{"op":"tell","id":0,"value":0.5}\n').stdout
        self.assertEqual(json.loads(told), {"ok": True})
        trial, = self.trials()
        self.assertEqual((trial["state"], trial["values"]), ("COMPLETE", [0.5]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
