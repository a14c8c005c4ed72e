"""Every snippet of docs/python.md and docs/frameworks runs, where the library that it is of is installed."""

import glob
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


def snippets():
    """Of each page, with their number on it."""
    for path in [os.path.join(ROOT, "docs", "python.md"), *sorted(glob.glob(os.path.join(ROOT, "docs/frameworks/*.md")))]:
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(re.findall(r"```python\n(.*?)```", file.read(), re.S)):
                yield os.path.basename(path), number, text


class DocsTest(PackageTest):
    def test_every_snippet_runs(self):
        self.assertGreater(len(list(snippets())), 20)
        for page, number, snippet in snippets():
            needs = re.match(r"# needs: (\w+)", snippet)
            if needs and importlib.util.find_spec(needs[1]) is None:
                continue  # scripts/test --integrations and --frameworks run these.
            path = self.path(f"{page}-{number}.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(snippet)
            with self.subTest(page=page, snippet=number):
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
