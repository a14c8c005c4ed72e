"""Several tuners on one study, in containers and under other users; and a storage that somebody else holds locked."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
import unittest

from support import LIMIT_SECONDS, STERLET, TOY, ProgramTest

# A container's worth of isolation for the process numbers, with the host's name.
CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def can(command):
    return shutil.which(command[0]) is not None and subprocess.run([*command, "true"], capture_output=True).returncode == 0


class Sessions(ProgramTest):
    def wait_until(self, condition, what):
        until = time.monotonic() + LIMIT_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.02)

    def start_inside(self, prefix, *arguments):
        child = subprocess.Popen([*prefix, STERLET, *arguments], cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
        self.children.append(child)
        return child

    def began(self, trial):
        return os.path.exists(self.path(f"began-{trial}"))

    def check_two_tuners(self, first, second, between=lambda: None):
        """Each runs a trial that lasts until both have begun: nobody takes the other for dead."""
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\nuntil [ -e go ]; do sleep 0.05; done\n'
                               'sterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 2}\nworkers: 1\n")
        a = self.start_inside(first, "tune", "study.yaml", "--progress", "plain")
        self.wait_until(lambda: self.began(0), "the first trial begins")
        between()
        b = self.start_inside(second, "tune", "study.yaml", "--progress", "plain")
        self.wait_until(lambda: self.began(1) or self.events("LOST") or b.poll() is not None, "the second tuner begins")
        self.write("go", "")
        for child in (a, b):
            _, errors = child.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual(child.returncode, 0, errors)
        self.assertEqual(self.events("LOST"), [])
        self.assertEqual([(t["state"], t["attempts"]) for t in self.trials()], [("COMPLETE", 1)] * 2)

    def test_two_containers_with_one_host_name_work_side_by_side(self):
        if not can(CONTAINER):
            self.skipTest("PID namespaces cannot be made here")
        self.check_two_tuners(CONTAINER, CONTAINER)

    def test_a_user_who_cannot_see_the_others_processes_leaves_them_alone(self):
        hide = ["unshare", "-m", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', "sh"]
        if not can([*hide, *NOBODY]) or not can([*NOBODY, STERLET, "--version"]):
            self.skipTest("a /proc that hides other users' processes cannot be mounted here, or nobody has no way to the program")

        def share():
            for path, folders, files in os.walk(self.folder):
                os.chmod(path, 0o777)
                for name in files:
                    os.chmod(os.path.join(path, name), 0o666)

        self.check_two_tuners([], [*hide, *NOBODY], share)

    def test_two_databases_in_one_folder_share_nothing(self):
        self.write("train.sh", 'echo "$STERLET_SESSION" >> "$STERLET_CHECKPOINT_DIR/sessions"\nsleep 0.02\n'
                               'sterlet report loss="$(sed "s/.*\\"x\\": *\\([^,]*\\),.*/\\1/" "$STERLET_PARAMS")"\n')
        children = []
        for name, seed in (("a", 1), ("b", 2)):
            self.write(f"{name}.yaml", TOY.replace("seed: 11", f"seed: {seed}") + "budget: {trials: 20}\nworkers: 1\n")
            children.append(self.start("tune", f"{name}.yaml", "--storage", f"{name}.db", "--progress", "none"))
        for child in children:
            _, errors = child.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual(child.returncode, 0, errors)
        for name in ("a", "b"):
            for trial in self.trials("--storage", f"{name}.db"):
                self.assertEqual(trial["values"], [trial["params"]["x"]], f"{name}: it trained with the other's parameters")
        folders = os.listdir(self.path("sterlet-trials"))
        self.assertEqual(len(folders), 2)
        for folder in folders:
            with open(self.path(f"sterlet-trials/{folder}/0/checkpoints/sessions")) as file:
                self.assertEqual(len(file.readlines()), 1)
        # A study that is made anew begins anew.
        os.remove(self.path("a.db"))
        self.run_program("tune", "a.yaml", "--storage", "a.db", "--progress", "none")
        self.assertEqual(len(os.listdir(self.path("sterlet-trials"))), 3)

    def test_more_workers_than_descriptors_end_no_trial(self):
        self.write("train.sh", 'sleep 0.3\nsterlet report loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 24}\nworkers: 16\n")
        child = self.start_inside(["sh", "-c", 'ulimit -n 64 && exec "$@"', "sh"], "tune", "study.yaml", "--progress", "json")
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, errors)
        self.assertIn("from now on at most", errors)
        self.assertEqual([t["state"] for t in self.trials()], ["COMPLETE"] * 24)

    def test_a_lock_held_for_longer_than_one_try_costs_nothing(self):
        self.write("train.sh", 'touch "began-$STERLET_TRIAL"\nsterlet report --step 1 loss=2\n'
                               'until [ -e go ]; do sleep 0.05; done\nsterlet report --step 2 loss="$1"\n')
        self.write("study.yaml", TOY + "budget: {trials: 3}\nworkers: 2\n")
        child = self.start("tune", "study.yaml", "--progress", "json")
        self.wait_until(lambda: self.began(1), "two trials begin")
        with contextlib.closing(sqlite3.connect(self.path("sterlet.db"), timeout=LIMIT_SECONDS, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            held_since = time.monotonic()
            self.write("go", "")
            self.wait_until(lambda: child.poll() is not None or time.monotonic() - held_since > 11, "11 s")
            self.assertIsNone(child.poll())
            other.execute("ROLLBACK")
        _, errors = child.communicate(timeout=LIMIT_SECONDS)
        self.assertEqual(child.returncode, 0, errors)
        self.assertEqual(errors.count("another program holds it locked"), 1, errors)
        self.assertEqual([(t["state"], t["attempts"], len(t["reports"])) for t in self.trials()], [("COMPLETE", 1, 2)] * 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
