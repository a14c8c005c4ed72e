#!/usr/bin/python3
"""What a reader gets to see of one trial, of small and of crowded studies, and on small screens, in a real Chromium.

    report_views_test.py PATH_TO_render [unittest arguments]
"""
import math
import sys
import unittest
from pathlib import Path

from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(Path(__file__).parent))
import report_page_test as page  # noqa: E402
import sample_study  # noqa: E402

# Pairs of elements of which one lies over the other: the card, and what is laid out beside it.
OVERLAPS = """
const card = document.getElementById('panel').getBoundingClientRect();
return [...document.querySelectorAll('h1, .facts, .heroes, .chosen, #toolbar, main .card canvas, table, .plot-head')]
  .filter((element) => !element.closest('#panel'))
  .map((element) => [element, element.getBoundingClientRect(),
                     element.closest('.scroller')?.getBoundingClientRect() || element.getBoundingClientRect()])
  .filter(([, box, clip]) => box.width && Math.min(box.right, clip.right) > card.left + 1 && box.left < card.right - 1 &&
                             box.bottom > card.top + 1 && box.top < card.bottom - 1)
  .map(([element]) => element.outerHTML.slice(0, 80));
"""


class ReportViews(page.PageTest):
    def screen(self, width, height):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                     {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.clearDeviceMetricsOverride", {})

    def box(self, selector):
        return self.browser.execute_script(
            "const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]", selector)

    def words(self, drawing):
        return [text.text for text in drawing.iter(page.SVG + "text")]

    def test_hints_are_shaded_where_they_point_and_fainter_once_they_have_ended(self):
        document = sample_study.realistic()
        self.open(document)
        self.assertNotIn("Shaded", self.one("#slices").text)
        document["study"]["priors"] = [
            {"kind": "hint", "params": {"learning_rate": [0.01, 0.03], "optimizer": ["adam"]}, "since": 5, "state": "active",
             "text": "learning_rate=0.01..0.03 optimizer=adam"},
            {"kind": "hint", "params": {"learning_rate": 0.1}, "since": 9, "state": "contradicted", "until": 14, "why": "it was worse",
             "text": "learning_rate=0.1"}]
        self.open(document)
        bands = self.marks(self.svg("slice-learning_rate"), "hint")
        self.assertEqual(len(bands), 2)
        self.assertGreater(float(bands[0].get("width")), float(bands[1].get("width")), "one value is a line")
        self.assertGreater(float(bands[0].get("opacity")), float(bands[1].get("opacity")))
        self.assertEqual(len(self.marks(self.svg("slice-optimizer"), "hint")), 1)
        self.assertIn("Shaded: where a hint points; fainter: one that has ended.", self.one("#slices").text)
        self.assertIn("contradicted before trial 14: it was worse", self.one(".heroes").text)

    def test_a_card_has_curve_and_log_and_covers_nothing(self):
        for width, height in ((1440, 1000), (1100, 800), (800, 1000), (390, 844)):
            with self.subTest(width=width):
                self.screen(width, height)
                self.open(sample_study.small(2, 5))
                self.one("#search").send_keys("#5")
                self.settle()
                self.show("tbody tr[data-trial='5'] button").click()
                self.settle()
                self.settle()  # The plots follow their new width a frame later.
                self.assertIn("CUDA out of memory: this process cannot allocate 0.5 GiB of 24 GiB", self.one("#panel .reason").text)
                self.assertIn("RuntimeError: CUDA out of memory", self.one("#panel pre").text)
                self.assertGreater(self.painted("#panel canvas"), 200)
                self.assertEqual(self.browser.execute_script(OVERLAPS), [])
                self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), width)
                left = self.box("#panel")[0] if width >= 1100 else width
                self.show("#plot-best canvas")
                self.assertLessEqual(self.box("#plot-best canvas")[2], left, "plots are drawn anew beside it")
                self.one("#panel [aria-label=Close]").click()
                self.settle()
                self.settle()
                self.assertFalse(self.one("#panel").is_displayed())
                self.show("#plot-curves canvas")
                self.assertGreater(self.box("#plot-curves canvas")[2], 0.85 * width, "and take their room back")

    def test_an_objective_turns_to_a_log_scale_and_back(self):
        document = sample_study.small(1, 3)
        self.open(document)
        values = {trial["number"]: trial["values"][0] for trial in document["trials"] if trial["values"]}
        low, high = min(values, key=values.get), max(values, key=values.get)
        middle = sorted(values, key=values.get)[len(values) // 2]

        def share(name):
            """Where the middle one lies between the others."""
            at = {int(mark.get("data-trial")): float(mark.get("cy")) for mark in self.marks(self.svg(name), "point")}
            return (at[middle] - at[low]) / (at[high] - at[low])

        def expected(scale):
            return (scale(values[middle]) - scale(values[low])) / (scale(values[high]) - scale(values[low]))

        button = self.show("#plot-best [data-log]")
        for name in ("best", "slice-learning_rate"):
            self.assertAlmostEqual(share(name), expected(float), places=2)
        self.show("#plot-best [data-log]").click()
        self.settle()
        self.assertEqual(button.get_attribute("aria-pressed"), "true")
        for name in ("best", "slice-learning_rate"):
            self.assertAlmostEqual(share(name), expected(math.log), places=2)
        self.show("#plot-best [data-log]").click()
        self.settle()
        self.assertAlmostEqual(share("best"), expected(float), places=2)

    def test_values_of_many_decades_are_on_a_log_scale_from_the_start(self):
        document = sample_study.pareto()
        for trial in document["trials"]:
            if trial["values"]:
                trial["values"][1] = 10 ** (2 + trial["number"] / 20)
        document["study"]["best"] = sample_study.best_of(document["trials"], document["study"]["objectives"])
        self.open(document)
        self.assertEqual(self.one("#plot-pareto [data-log='log y']").get_attribute("aria-pressed"), "true")
        self.assertEqual(self.one("#plot-pareto [data-log='log x']").get_attribute("aria-pressed"), "false")
        at = {int(mark.get("data-trial")): float(mark.get("cy")) for mark in self.marks(self.svg("pareto"), "point")}
        numbers = sorted(at)
        steps = [(at[a] - at[b]) / (b - a) for a, b in zip(numbers, numbers[1:])]
        self.assertAlmostEqual(min(steps), max(steps), places=1)
        document["trials"][0]["values"][1] = -1
        self.open(document)
        self.assertFalse(self.one("#plot-pareto [data-log='log y']").is_displayed(), "not for what may be negative")

    def test_names_and_reasons_are_whole_where_there_is_room(self):
        document = sample_study.small(2, 2)
        reason = document["trials"][5]["reason"]
        self.open(document)
        self.one("#search").send_keys("#5")
        self.settle()
        cell = self.show("tbody tr[data-trial='5'] td.why div")
        self.assertEqual(cell.text, reason)
        self.assertTrue(self.browser.execute_script("return arguments[0].scrollHeight <= arguments[0].clientHeight + 1", cell))
        names = ["a_long_name_of_a_parameter", "learning_rate_decay", "decay_of_layers", *(f"parameter_{i}" for i in range(9))]
        parameters = [{"name": name, "type": "float", "low": 0, "high": 1} for name in names]
        trials = [{"number": n, "state": "COMPLETE", "params": {name: (n + 1) / (i + 9) for i, name in enumerate(names)}, "values": [n]}
                  for n in range(8)]
        self.screen(1440, 1000)
        self.open(sample_study.document(trials, parameters))
        drawn = "".join(self.words(self.svg("parallel")))
        for name in names[1:3]:  # On two lines.
            self.assertIn(name, drawn)
        self.assertIn(names[0], self.texts(".slice h3"))

    def test_fixed_parameters_are_named_and_not_plotted(self):
        document = sample_study.realistic()
        document["parameters"] += [{"name": "beta1", "type": "float", "low": 0.9, "high": 0.9},
                                   {"name": "epsilon", "type": "categorical", "choices": [1e-8]},
                                   {"name": "width", "type": "int", "low": 1, "high": 9}]
        for trial in document["trials"]:
            trial["params"].update(beta1=0.9, epsilon=1e-8, width=4)
        self.open(document)
        self.assertEqual(self.one("#slices .fixed").text, "Fixed: beta1 = 0.9, epsilon = 1e-8, width = 4.")
        drawn = self.texts(".slice h3") + self.words(self.svg("parallel"))
        for name in ("beta1", "epsilon", "width"):
            self.assertNotIn(name, drawn)
        self.assertIn("dropout", drawn)
        self.assertIn("beta1", self.texts("thead th"), "the table has all")

    def test_measured_importance_has_bars_and_orders_slices_and_map(self):
        document = sample_study.realistic()
        self.open(document)
        self.assertEqual(self.all("#plot-importance"), [], "nothing was measured")
        shares = [("dropout", 3, 0.5), ("learning_rate", 1, 0.3), ("units", 2, 0.1)]
        document["study"]["importance"] = [{
            "enough": True,
            "importance": [{"param": name, "tier": tier, "fanova": {"value": value, "low": value - 0.05, "high": value + 0.05},
                            **({"elements": [{"param": "units[1]", "fanova": {"value": 0.1, "low": 0, "high": 0.2}}]}
                               if name == "units" else {})} for name, tier, value in shares],
            "pairs": [{"params": ["dropout", "batch_size"], "value": 0.06, "low": 0.01, "high": 0.1},
                      {"params": ["learning_rate", "dropout"], "value": 0.04, "low": 0.01, "high": 0.1},
                      {"params": ["learning_rate", "batch_size"], "value": 0.01, "low": 0.0, "high": 0.1}]}]
        self.open(document)
        drawing = self.svg("importance")
        bars = [float(bar.get("width")) for bar in self.marks(drawing, "bar")]
        self.assertEqual(len(bars), 3)
        self.assertAlmostEqual(bars[0] / bars[1], 5 / 3, delta=0.02)
        words = self.words(drawing)
        self.assertIn("0.50 (0.45 to 0.55), tier 3", words)
        self.assertIn("dropout", words)
        self.assertEqual(self.texts(".slice h3")[:3], ["dropout", "learning_rate", "units[1]"])
        self.assertIn("dropout", self.words(self.svg("map")))
        self.assertIn("batch_size", self.words(self.svg("map")))
        bands = self.marks(self.svg("map"), "band")
        self.assertEqual(len(bands), 8)
        self.assertEqual(len({band.get("fill") for band in bands}), 8)
        self.assertEqual(len(self.marks(self.svg("map"), "contour")), 7)
        self.assertIn("learning_rate", self.words(self.svg("map-2")))
        self.assertEqual(self.all("#plot-map-3"), [], "what does next to nothing together has no map")
        for odd in ({"importance": 7}, [{"enough": True, "importance": [{"param": 3}]}], [{"enough": False, "importance": []}]):
            document["study"]["importance"] = odd
            self.open(document)
            self.assertEqual(self.all("#plot-importance"), [])

    def test_studies_of_one_or_two_parameters_fill_their_page(self):
        for dimensions, reports in ((1, 1), (1, 4), (2, 1), (2, 4)):
            with self.subTest(dimensions=dimensions, reports=reports):
                document = sample_study.small(dimensions, reports)
                self.open(document)
                scored = sum(1 for trial in document["trials"] if trial["values"])
                self.assertEqual(len(self.all("#plot-curves")), int(reports > 1), "one report is no curve")
                if dimensions == 2:
                    drawing = self.svg("map")
                    self.assertEqual(len(self.marks(drawing, "point")), scored)
                    self.assertEqual(len(self.marks(drawing, "unscored")), len(document["trials"]) - scored)
                right = self.box("main")[2]
                rows = {}
                for card in self.all("main .card"):
                    box = card.rect
                    rows.setdefault(round(box["y"]), []).append(box["x"] + box["width"])
                for edges in rows.values():
                    self.assertAlmostEqual(max(edges), right, delta=2)
                self.assertEqual(len(self.all("#detail > *")), 2)

    def test_parallel_coordinates_say_what_they_leave_out(self):
        self.screen(1440, 1000)
        self.open(sample_study.wide(dimensions=20))
        shown = len(self.words(self.svg("parallel")))
        self.assertGreater(shown, 0)
        note = self.one("#plot-parallel .note").text
        self.assertIn("Not shown: ", note)
        left = note.split("Not shown: ")[1].split(";")[0].split(", ")
        self.assertIn("parameter_with_a_rather_long_name_019", left)
        self.show("#plot-parallel summary").send_keys(Keys.ENTER)
        self.settle()
        for name in left:
            self.browser.execute_script("arguments[0].click()", self.one(f"[aria-label='Show {name}']"))
        self.settle()
        self.assertNotIn("Not shown", self.one("#plot-parallel .note").text)
        self.assertIn("Scroll sideways", self.one("#plot-parallel .note").text)

    def test_pruned_curves_of_a_crowd_are_a_ground_behind_the_others(self):
        document = sample_study.crowd(1500)
        self.open(document)
        states = {trial["number"]: trial["state"] for trial in document["trials"]}
        pruned = self.browser.execute_script("return getComputedStyle(document.documentElement).getPropertyValue('--pruned').trim()")
        marks = self.marks(self.svg("curves"), "curve")
        kinds = [states[int(mark.get("data-trial"))] for mark in marks]
        self.assertEqual(sorted(kinds, reverse=True), kinds, "the pruned ones first, so at the bottom")
        for mark, kind in zip(marks, kinds):
            opacity = float(mark.get("stroke-opacity") or mark.get("opacity") or 1)
            self.assertTrue(opacity <= 0.1 if kind == "PRUNED" else opacity >= 0.15, (kind, opacity))
            self.assertNotIn(pruned, (mark.get("stroke"), mark.get("fill")))

    def test_a_phone_shows_the_picture_first(self):
        self.screen(390, 844)
        self.open(sample_study.realistic())
        left, top, right, bottom = self.box("#plot-best canvas")
        self.assertGreaterEqual(top, 0)
        self.assertLessEqual(bottom, 844)
        self.assertLess(self.box("#plot-best")[1], self.box(".chosen")[1])
        self.show("#trials")
        self.assertLess(self.box("#toolbar")[3], 0, "the filters scroll away with the page")

    def test_a_card_follows_dark_mode_and_arrow_keys_speak(self):
        self.open(sample_study.small(1, 5))
        canvas = self.show("#plot-best canvas")
        canvas.send_keys(Keys.ARROW_RIGHT)
        self.settle()
        self.assertRegex(self.one("#spoken").get_property("textContent"), "^Trial 0, complete, val_error 0")
        canvas.send_keys(Keys.ENTER)
        self.settle()
        pixels = "return document.querySelector('#panel canvas').toDataURL()"
        light = self.browser.execute_script(pixels)
        self.dark(True)
        self.settle()
        self.assertNotEqual(self.browser.execute_script(pixels), light)

    def test_the_footer_says_the_version(self):
        self.open(sample_study.small())
        self.assertEqual(self.one("footer").text.strip(), "Written by Sterlet 0.1.0.")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: report_views_test.py PATH_TO_render")
    page.RENDER = sys.argv.pop(1)
    unittest.main()
