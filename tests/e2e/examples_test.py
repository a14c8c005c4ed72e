"""Each program under examples/ is tuned as its README says."""
import os
import shutil
import unittest

from support import SOURCE, ProgramTest


class Examples(ProgramTest):
    def tune(self, name):
        shutil.copytree(os.path.join(SOURCE, "examples"), self.path("examples"))
        shutil.copytree(os.path.join(SOURCE, "client"), self.path("client"))
        folder = os.path.join(self.folder, "examples", name)
        self.run_program("tune", "study.yaml", cwd=folder)
        trials = self.trials(cwd=folder)
        self.assertGreaterEqual(len(trials), 5)
        for trial in trials:
            self.assertEqual(trial["state"], "COMPLETE", trial.get("reason"))
            self.assertGreaterEqual(len(trial["reports"]), 2)

    def test_unmodified_python_through_stdout(self):
        self.tune("python_stdout")

    def test_python_client(self):
        self.tune("python_client")

    def test_cpp_client(self):
        self.tune("cpp_client")

    def test_shell(self):
        self.tune("shell")


if __name__ == "__main__":
    unittest.main(verbosity=2)
