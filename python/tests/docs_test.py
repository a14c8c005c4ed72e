"""Every snippet of docs/python.md runs, and its coverage table names every public name of Optuna's Study and Trial."""

import importlib.util
import os
import re
import unittest

from support import ROOT, PackageTest

import sterlet
from sterlet._running import RunningTrial

# Public names of optuna.Study and optuna.Trial, version 5.0.0.
STUDY = """add_trial add_trials ask best_params best_trial best_trials best_value direction directions enqueue_trial
           get_trials metric_names optimize set_metric_names set_user_attr stop tell trials trials_dataframe
           user_attrs""".split()
TRIAL = """constraints datetime_start distributions number params relative_params report set_constraint set_user_attr
           should_prune suggest_categorical suggest_discrete_uniform suggest_float suggest_int suggest_loguniform
           suggest_uniform user_attrs""".split()


def page():
    with open(os.path.join(ROOT, "docs", "python.md"), encoding="utf-8") as file:
        return file.read()


class DocsTest(PackageTest):
    def test_every_snippet_runs(self):
        snippets = re.findall(r"```python\n(.*?)```", page(), re.S)
        self.assertGreater(len(snippets), 6)
        for number, snippet in enumerate(snippets):
            needs = re.match(r"# needs: (\w+)", snippet)
            if needs and importlib.util.find_spec(needs[1]) is None:
                continue  # scripts/test --integrations runs these.
            path = self.path(f"snippet{number}.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(snippet)
            with self.subTest(snippet=number):
                self.run_python("import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')", path)

    def test_the_table_says_what_there_is(self):
        study, trial = re.search(r"\| `Study` \|.*?\n\n(\| `Trial` \|.*?)\n\n", page(), re.S).group(0).split("| `Trial` |")
        for names, table, kind in ((STUDY, study, sterlet.Study), (TRIAL, trial, RunningTrial)):
            listed = re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if "|" in line))
            self.assertEqual(sorted(name for name in listed if name not in ("Study", "Trial")), sorted(names))
            for name in names:
                self.assertTrue(hasattr(kind, name), name)


if __name__ == "__main__":
    unittest.main()
