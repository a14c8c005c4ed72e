"""How a study shows itself, what is said of it, and the bars that are drawn while it runs."""

import io
import sys
import types
import unittest
import xml.etree.ElementTree
from unittest import mock

from support import PackageTest, square

import sterlet


class NotebookTest(PackageTest):
    def test_a_study_shows_itself(self):
        study = sterlet.create_study(study_name="a < b")
        self.assertIn("no trials yet", study._repr_html_())
        study.optimize(square, n_trials=15)
        root = xml.etree.ElementTree.fromstring(study._repr_html_())
        text = "".join(root.itertext())
        self.assertIn("a < b in memory: 15 COMPLETE", text)
        self.assertIn(f"best: trial {study.best_trial.number} with {study.best_value:.6g}", text)
        self.assertEqual(len(root.findall(".//circle")), 15)
        self.assertEqual(len(root.findall(".//tbody/tr")), 10)
        values = [float(row.findall("td")[1].text) for row in root.findall(".//tbody/tr")]
        self.assertEqual(values, sorted(values))

    def test_a_diverged_trial_does_not_press_the_others_flat(self):
        study = sterlet.create_study()
        study.optimize(lambda trial: 1e30 if trial.number == 3 else trial.number, n_trials=12)
        root = xml.etree.ElementTree.fromstring(study._repr_html_())
        heights = {float(dot.get("cy")) for dot in root.findall(".//circle")}
        self.assertGreater(len(heights), 8)

    def test_several_objectives_show_their_front(self):
        study = sterlet.create_study(directions=["minimize", "maximize"], storage=self.path("a.db"), study_name="s")
        study.optimize(lambda trial: (trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)), n_trials=6)
        text = study._repr_html_()
        self.assertIn(f"{len(study.best_trials)} trials on the Pareto front", text)
        xml.etree.ElementTree.fromstring(text)

    def test_the_report_is_inline(self):
        for storage in (None, self.path("a.db")):
            study = sterlet.create_study(study_name="s", storage=storage)
            study.optimize(square, n_trials=5)
            report = study.report()
            self.assertIn("<html", report.html)
            self.assertIn("kind", report.html)
            self.assertIn("<iframe srcdoc=", report._repr_html_())
            self.assertEqual(report._repr_html_().count("<"), 2)  # All of the page is inside the attribute.
            report.save(self.path("r.html"))

    def test_the_doctor_is_asked(self):
        for storage in (None, self.path("a.db")):
            study = sterlet.create_study(study_name="s", storage=storage, sampler=sterlet.samplers.RandomSampler(seed=3))
            study.optimize(lambda trial: trial.suggest_float("x", 0, 1) + (trial.suggest_float("y", 0, 1) - 0.5) ** 2,
                           n_trials=30)
            (finding,) = [one for one in study.doctor() if one.about == ["x"]]
            self.assertEqual(finding.kind, "edge")
            self.assertIn("widen x downward", finding.says)
            self.assertIn("low", finding.patch)
            self.assertGreater(finding.confidence, 0.8)

    def test_a_trial_is_explained(self):
        study = sterlet.create_study(study_name="s", storage=self.path("a.db"))
        study.enqueue_trial({"x": 0.5})
        study.optimize(square, n_trials=2)
        self.assertIn("tried as", study.explain(0))
        with self.assertRaisesRegex(ValueError, "7"):
            study.explain(7)
        with self.assertRaisesRegex(ValueError, "keeps no reasons"):
            sterlet.create_study().explain(0)


class BarTest(PackageTest):
    def test_a_terminal_has_one_line(self):
        study = sterlet.create_study()
        screen = io.StringIO()
        screen.isatty = lambda: True
        with mock.patch.object(sys, "stderr", screen):
            study.optimize(square, n_trials=7, show_progress_bar=True)
        last = screen.getvalue().split("\r")[-1]
        self.assertIn("7/7 trials", last)
        self.assertIn(f"(trial {study.best_trial.number})", last)
        self.assertEqual(screen.getvalue().count("\n"), 1)

    def test_elsewhere_it_is_quiet(self):
        screen = io.StringIO()
        with mock.patch.object(sys, "stderr", screen):
            sterlet.create_study().optimize(square, n_trials=3, show_progress_bar=True)
        self.assertEqual(screen.getvalue(), "")

    def test_a_notebook_has_one_that_is_written_anew(self):
        # The notebook's side is played: what IPython would be asked to show.
        shown = []

        def display(bundle, raw, display_id):
            shown.append(bundle)
            return types.SimpleNamespace(update=lambda bundle, raw: shown.append(bundle))

        shell = types.SimpleNamespace(kernel=object())
        module = types.ModuleType("IPython")
        module.get_ipython = lambda: shell
        module.display = types.ModuleType("IPython.display")
        module.display.display = display
        for name, one in (("IPython", module), ("IPython.display", module.display)):
            before = sys.modules.get(name)
            sys.modules[name] = one
            self.addCleanup(lambda name, was: sys.modules.pop(name) if was is None else sys.modules.update({name: was}),
                            name, before)
        sterlet.create_study().optimize(square, n_trials=5, show_progress_bar=True)
        self.assertIn("5/5 trials", shown[-1]["text/plain"])
        self.assertIn('<progress max="1" value="1.000">', shown[-1]["text/html"])


if __name__ == "__main__":
    unittest.main()
