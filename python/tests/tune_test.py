"""sterlet.tune(): a function in worker processes, and what people get wrong with it."""

import sys
import unittest

from support import PackageTest

PROGRAM = """
import sterlet
from sterlet.distributions import FloatDistribution

def train(config):
    %s

if __name__ == "__main__":
    study = sterlet.tune(train, %s, trials=3%s)
    print(len(study.trials), [trial.state.name for trial in study.trials],
          study.trials[0].system_attrs.get("reason"))
"""
SPACE = '{"x": FloatDistribution(0, 1), "kind": ["a", "bb"]}'


class TuneTest(PackageTest):
    def tune(self, body, space=SPACE, more="", code=0):
        with open(self.path("program.py"), "w") as file:
            file.write(PROGRAM % (body, space, more))
        return self.run_python("import runpy, traceback\ntry:\n"
                               "    runpy.run_path('program.py', run_name='__main__')\n"
                               "except Exception as error:\n"
                               "    print(f'{type(error).__name__}: {error}')\n    raise SystemExit(1)", code=code)

    def test_with_what_is_left_out(self):
        # A function that was written for a dict, without a word of workers.
        said = self.tune('return config["x"] + len(config["kind"])')
        self.assertIn("3 ['COMPLETE', 'COMPLETE', 'COMPLETE']", said)
        self.assertIn("5 ['COMPLETE', ", self.tune('return config["x"] + len(config["kind"])', more=" + 2, workers=1"))

    def test_words_of_other_tools(self):
        for more, word in ((", num_samples=3", "'num_samples'; write trials="), (", mode='max'", "'mode'; write direction="),
                           (", n_jobs=2", "'n_jobs'; write workers=")):
            self.assertIn(f"TypeError: tune() has no argument {word}", self.tune("return 1.0", more=more, code=1))
        said = self.tune("return 1.0", space='{"x": (0, 1)}', code=1)
        self.assertIn("TypeError: x: (0, 1) may be a range or two choices; write FloatDistribution(0, 1) or ", said)

    def test_a_dict_is_no_value(self):
        said = self.tune('return {"loss": 1.0}')
        self.assertIn("3 ['FAIL', 'FAIL', 'FAIL']", said)
        self.assertIn("train() returned {'loss': 1.0}: return the objective's value", said)


if __name__ == "__main__":
    sys.exit(unittest.main())
