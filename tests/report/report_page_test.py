#!/usr/bin/python3
"""Opens report pages in a real headless Chromium, from a file and without a network, and checks what a reader sees.

    report_page_test.py PATH_TO_render [unittest arguments]

The plots are canvases: their marks are counted in the SVG that the download button of each gives, which the same code
draws, and the canvases are checked for being painted.
"""

import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.utils import is_connectable
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

sys.path.insert(0, str(Path(__file__).parent))
import sample_study  # noqa: E402

RENDER = ""
LIMIT_SECONDS = 240  # For one script in the page, which on a slow machine may draw for long.
FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1440,1000").split()
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ["<img src=x onerror=window.hit=1>", "</script><script>window.hit=1</script>", "<!--<script>", "{{data}}", "\"'&amp;\u2028"]

CATCH_DOWNLOAD = """
const [selector, done] = [arguments[0], arguments[arguments.length - 1]];
const create = URL.createObjectURL;
URL.createObjectURL = (blob) => { blob.text().then(done); return create.call(URL, blob); };
document.querySelector(selector).click();
URL.createObjectURL = create;
"""
PAINTED = """
const context = arguments[0].getContext('2d');
const {width, height} = arguments[0];
if (!width || !height) return 0;
const data = context.getImageData(0, 0, width, height).data;
let count = 0;
for (let i = 3; i < data.length; i += 4) if (data[i]) ++count;
return count;
"""
SETTLE = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)));"


def render(document):
    return subprocess.run([RENDER], input=json.dumps(document).encode(), capture_output=True, check=True).stdout


class LoopbackService(Service):
    """By address: on a bare system nothing says what `localhost` is."""

    @property
    def service_url(self):
        return f"http://127.0.0.1:{self.port}"

    def is_connectable(self):
        return is_connectable(self.port, "127.0.0.1")


class PageTest(unittest.TestCase):
    """A browser, and what a test asks it."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in [*FLAGS, f"--user-data-dir={cls.folder.name}/profile"]:
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"download.default_directory": cls.folder.name})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        cls.browser = webdriver.Chrome(service=LoopbackService("/usr/bin/chromedriver"), options=options)
        cls.browser.set_script_timeout(LIMIT_SECONDS)
        cls.browser.get("about:blank")
        cls.browser.get_log("performance")  # The browser's own first tab is none of ours.

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.folder.cleanup()

    def setUp(self):
        self.dark(False)

    def tearDown(self):
        problems = [entry["message"] for entry in self.browser.get_log("browser")]
        self.assertEqual(problems, [], "the console stays empty")
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = message["params"]["request"]["url"]
                self.assertTrue(address.startswith(("file:", "data:", "blob:")), f"no network: {address[:200]}")

    def dark(self, is_dark):
        scheme = "dark" if is_dark else "light"
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def open(self, document):
        path = Path(self.folder.name) / "report.html"
        path.write_bytes(render(document))
        self.browser.get(path.as_uri())
        self.settle()

    def settle(self):
        self.browser.execute_async_script(SETTLE)

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return [element.get_property("textContent") for element in self.all(selector)]

    def catch(self, selector):
        return self.browser.execute_async_script(CATCH_DOWNLOAD, selector)

    def svg(self, name):
        """The drawing a plot downloads, the plot on the screen beforehand so that both have one size."""
        self.show(f"[id='plot-{name}']")
        return ElementTree.fromstring(self.catch(f"[data-download='{name}']"))

    def marks(self, drawing, kind):
        return [mark for mark in drawing.iter() if kind in (mark.get("class") or "").split()]

    def show(self, selector):
        element = self.one(selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        self.settle()
        return element

    def share_of(self, drawing, mark):
        frame = self.marks(drawing, "frame")[0]
        return (float(mark.get("cx")) - float(frame.get("x"))) / float(frame.get("width"))

    def painted(self, selector):
        return self.browser.execute_script(PAINTED, self.show(selector))

    def column(self, heading):
        index = self.texts("thead th").index(heading) + 1
        return self.texts(f"tbody tr > *:nth-child({index})")

    def click_offset(self, element, x, y):
        box = element.size
        ActionChains(self.browser).move_to_element_with_offset(element, x - box["width"] / 2, y - box["height"] / 2).click().perform()
        self.settle()


class ReportPage(PageTest):
    def test_every_view_draws_each_trial_once(self):
        document = sample_study.realistic()
        trials = document["trials"]
        complete = [trial for trial in trials if trial["state"] == "COMPLETE"]
        self.open(document)
        self.assertEqual(len(self.marks(self.svg("best"), "point")), len(complete))
        self.assertEqual(len(self.marks(self.svg("best"), "best-line")), 1)
        self.assertEqual(len(self.marks(self.svg("curves"), "curve")), len(trials))
        self.assertEqual(len(self.marks(self.svg("parallel"), "line")), len(trials))
        self.assertEqual(len(self.marks(self.svg("slice-learning_rate"), "point")), len(complete))
        with_momentum = [trial for trial in complete if "momentum" in trial["params"]]
        self.assertEqual(len(self.marks(self.svg("slice-momentum"), "point")), len(with_momentum))
        third = [trial for trial in complete if len(trial["params"]["units"]) > 2]
        self.assertEqual(len(self.marks(self.svg("slice-units[2]"), "point")), len(third))
        self.assertEqual(len(self.all(".slice")), 11)
        for name in ["best", "curves", "parallel", "slice-learning_rate", "slice-dropout"]:
            self.assertGreater(self.painted(f"[id='plot-{name}'] canvas"), 500, name)
        best = min(complete, key=lambda trial: trial["values"][0])
        self.assertIn(f"trial {best['number']}", self.one(".hero").text)
        self.assertIn(f"{float('%.4g' % best['values'][0])}", self.one(".hero .value").text)

    def test_a_point_stands_where_its_parameters_scale_puts_it(self):
        params = [{"learning_rate": 0.01, "momentum": 0.99, "optimizer": "sgd", "weight_decay": 0, "dropout": 0.25},
                  {"learning_rate": 0.1, "momentum": 0.999, "optimizer": "sgd", "weight_decay": 0.1, "dropout": 0.5}]
        self.open(sample_study.document([{"number": n, "state": "COMPLETE", "params": p, "values": [0.1 + n]} for n, p in enumerate(params)]))
        expected = {"learning_rate": (0.5, 0.75), "momentum": (0.5, 1.0), "weight_decay": (0.0, 1.0), "dropout": (0.5, 1.0)}
        for name, places in expected.items():
            drawing = self.svg(f"slice-{name}")
            for mark in self.marks(drawing, "point"):
                self.assertAlmostEqual(self.share_of(drawing, mark), places[int(mark.get("data-trial"))], places=3, msg=name)

    def test_brushing_an_axis_filters_every_view_and_a_click_clears(self):
        document = sample_study.realistic()
        self.open(document)
        canvas = self.show("#plot-parallel canvas")
        width, height = canvas.size["width"], canvas.size["height"]
        top, span = 50, height - 50 - 20 - 16
        # learning_rate is the first axis: its upper half is 0.01 to 1.
        ActionChains(self.browser).move_to_element_with_offset(canvas, 60 - width / 2, top + span / 2 - height / 2).click_and_hold() \
            .move_by_offset(0, -40).move_to_element_with_offset(canvas, 60 - width / 2, top - 8 - height / 2).release().perform()
        self.settle()
        kept = [trial for trial in document["trials"] if trial["params"]["learning_rate"] >= 0.01]
        count = int(self.one("#count").text.split()[0])
        self.assertLess(abs(count - len(kept)), 3)
        self.assertLess(count, len(document["trials"]))
        self.assertIn("learning_rate", self.one(".chip.brush").text)
        self.assertTrue(all(float(text) >= 0.0095 for text in self.column("learning_rate")))
        self.assertEqual(len(self.marks(self.svg("parallel"), "out")), len(document["trials"]) - count)
        self.assertEqual(len(self.marks(self.svg("parallel"), "brush")), 2)
        faint = [mark for mark in self.marks(self.svg("slice-dropout"), "point") if float(mark.get("opacity") or 1) < 0.2]
        self.assertGreater(len(faint), 0)
        self.click_offset(self.show("#plot-parallel canvas"), 60, top + span / 4)
        self.assertEqual(self.all(".chip.brush"), [])
        self.assertEqual(self.one("#count").text, "60 trials")

    def test_ranges_filter_by_keyboard_as_brushes_do(self):
        document = sample_study.realistic()
        self.open(document)
        self.show("#plot-parallel summary").send_keys(Keys.ENTER)
        self.settle()
        self.one("[aria-label='Least of momentum']").send_keys("0.99", Keys.ENTER)
        self.settle()
        kept = [trial for trial in document["trials"] if trial["params"].get("momentum", 0) >= 0.99]
        self.assertEqual(int(self.one("#count").text.split()[0]), len(kept))
        Select(self.one("[aria-label='Keep decay']")).select_by_visible_text("cosine")
        self.settle()
        kept = [trial for trial in kept if trial["params"]["decay"] == "cosine"]
        self.assertEqual(int(self.one("#count").text.split()[0]), len(kept))
        self.one("#clear").click()
        self.settle()
        self.assertEqual(self.one("#count").text, "60 trials")

    def test_the_table_sorts_filters_and_saves(self):
        document = sample_study.realistic()
        self.open(document)
        errors = [float(text) for text in self.column("val_error")]
        self.assertEqual(errors, sorted(errors), "best first at the start")
        for direction in ("ascending", "descending"):
            self.show("thead th:nth-child(4) button").click()
            self.assertEqual(self.one("thead th:nth-child(4)").get_attribute("aria-sort"), direction)
            rates = [float(text) for text in self.column("learning_rate")]
            self.assertEqual(rates, sorted(rates, reverse=direction == "descending"))
        self.show("#search").send_keys("optimizer=adam pruned")
        self.settle()
        kept = [t for t in document["trials"] if t["state"] == "PRUNED" and t["params"]["optimizer"] == "adam"]
        self.assertGreater(len(kept), 0)
        self.assertEqual(len(self.all("tbody tr")), min(25, len(kept)))
        lines = self.catch("#csv").strip().split("\r\n")
        self.assertEqual(len(lines), 1 + len(kept))
        self.assertTrue(lines[0].startswith("trial,state,val_error,learning_rate,momentum"))
        rates = {float(line.split(",")[3]) for line in lines[1:]}
        self.assertEqual(rates, {t["params"]["learning_rate"] for t in kept}, "all digits kept")
        self.one("#clear").click()
        self.one("[data-state='COMPLETE']").click()
        self.settle()
        self.assertNotIn("complete", self.column("state"))

    def test_a_trial_selected_anywhere_is_marked_everywhere(self):
        self.open(sample_study.realistic())
        self.assertFalse(self.one("#panel").is_displayed())
        overlays = ["#plot-best .overlay", "#plot-parallel .overlay", "#plot-slice-learning_rate .overlay", "#plot-curves .overlay"]
        self.show("tbody tr:nth-child(2) button").click()
        self.settle()
        number = self.one("tbody tr:nth-child(2)").get_attribute("data-trial")
        self.assertIn(f"Trial {number}", self.one("#panel").text)
        for overlay in overlays:
            self.assertGreater(self.painted(overlay), 20, overlay)
        self.one("body").send_keys(Keys.ESCAPE)
        self.settle()
        self.assertFalse(self.one("#panel").is_displayed())
        ActionChains(self.browser).move_to_element(self.one("#search")).perform()
        mark = self.marks(self.svg("slice-dropout"), "point")[5]
        canvas = self.show("#plot-slice-dropout canvas")
        x, y = float(mark.get("cx")), float(mark.get("cy"))
        # The tooltip before the click: the card that opens then moves the plot from under the pointer.
        ActionChains(self.browser).move_to_element_with_offset(canvas, x - canvas.size["width"] / 2, y - canvas.size["height"] / 2).perform()
        self.settle()
        self.assertTrue(self.one("#tooltip").is_displayed())
        self.assertIn("learning_rate", self.one("#tooltip").text)
        self.click_offset(canvas, x, y)
        self.assertIn("Trial", self.one("#panel").text)

    def test_plots_are_walked_by_keyboard(self):
        self.open(sample_study.realistic())
        canvas = self.show("#plot-best canvas")
        self.assertIn("Best so far", canvas.get_attribute("aria-label"))
        canvas.send_keys(Keys.ARROW_RIGHT)
        self.settle()
        self.assertIn("Trial 0", self.one("#tooltip").text)
        canvas.send_keys(Keys.ENTER)
        self.settle()
        self.assertIn("Trial 0", self.one("#panel").text)
        unnamed = self.browser.execute_script("""
            return [...document.querySelectorAll('button, select, input, canvas[tabindex]')].filter((element) =>
              !(element.textContent.trim() || element.getAttribute('aria-label'))).map((element) => element.outerHTML);""")
        self.assertEqual(unnamed, [])

    def test_dark_mode_turns_page_and_plots(self):
        self.open(sample_study.realistic())
        look = "return [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        light, light_svg = self.browser.execute_script(look), self.catch("[data-download='best']")
        self.dark(True)
        self.settle()
        dark, dark_svg = self.browser.execute_script(look), self.catch("[data-download='best']")
        brightness = [sum(int(part) for part in colour[4:-1].split(",")) for colour in (light[0], light[1], dark[0], dark[1])]
        self.assertTrue(brightness[0] > 600 > 200 > brightness[1] and brightness[2] < 200 < 600 < brightness[3], brightness)
        self.assertNotEqual(light_svg, dark_svg)

    def test_hostile_text_stays_text(self):
        trials = []
        for number, text in enumerate(HOSTILE):
            trials.append({"number": number, "state": "FAILED" if number else "COMPLETE", "origin": text, "reason": text, "values": [0.5],
                           "params": {text: 0.5, "choice": text}, "reports": [{"step": 1, "metrics": {text: 1}}]})
        parameters = [{"name": text, "type": "float", "low": 0, "high": 1, "when": text} for text in HOSTILE]
        parameters.append({"name": "choice", "type": "categorical", "choices": HOSTILE})
        objectives = [{"metric": HOSTILE[1], "direction": "minimize"}]
        for name in HOSTILE:
            self.open(sample_study.document(trials, parameters, name=name, sampler=name, state=name, objectives=objectives))
            self.one("tbody tr button").click()
            self.settle()
            self.assertEqual(self.one("h1").get_property("textContent"), name)
            self.assertIsNone(self.browser.execute_script("return window.hit ?? null"))
            self.assertEqual(self.all("img"), [])
            self.assertEqual(len(self.all("script")), 2)
        self.assertIn(HOSTILE[0], self.texts("thead th"))
        drawn = "".join(ElementTree.fromstring(self.catch("[data-download='best']")).itertext())
        self.assertIn("</script><script>", drawn)

    def test_formulas_are_not_handed_to_spreadsheets(self):
        parameters = [{"name": "flag", "type": "categorical", "choices": ["=1+1", "a,b"]}, {"name": "x", "type": "float", "low": -1, "high": 1}]
        self.open(sample_study.document([{"number": 0, "state": "COMPLETE", "params": {"flag": "=1+1", "x": -0.5}, "values": [-1]},
                                         {"number": 1, "state": "COMPLETE", "params": {"flag": "a,b", "x": 0.5}, "values": [2]}], parameters))
        csv = self.catch("#csv")
        self.assertIn("0,COMPLETE,-1,'=1+1,-0.5", csv)
        self.assertIn('1,COMPLETE,2,"a,b",0.5', csv)

    def test_odd_studies_still_make_a_page(self):
        def trial(number, state="COMPLETE", value=0.5, **params):
            return {"number": number, "state": state, "origin": "random", "params": params, "values": [value], "reports": []}
        x = {"name": "x", "type": "float", "low": 0, "high": 1}
        long_name = "averylongname" * 40
        odd = {
            "nothing": {}, "no trials": sample_study.document(), "one trial": sample_study.realistic(1),
            "all failed": sample_study.document([trial(n, "FAILED", "NaN", x=0.5) for n in range(5)], [x]),
            "not finite": sample_study.document([trial(n, value=v, x=n / 4) for n, v in enumerate(["NaN", "Infinity", "-Infinity", 1])], [x]),
            "one choice": sample_study.document([trial(0, x="only"), trial(1, x="only")], [{"name": "x", "type": "categorical", "choices": ["only"]}]),
            "equal bounds": sample_study.document([trial(0, x=1)], [{"name": "x", "type": "int", "low": 1, "high": 1}]),
            "mixed choices": sample_study.document([trial(0, x=True), trial(1, x=1), trial(2, x="1")], [{"name": "x", "type": "ordinal", "choices": [True, 1, "1"]}]),
            "outside its box": sample_study.document([trial(0, x=5), trial(1, x=-3)], [x]),
            "long names": sample_study.document([trial(0, **{long_name: 0.5})], [{**x, "name": long_name}], name=long_name,
                                                objectives=[{"metric": long_name, "direction": "maximize"}]),
            "200 parameters": sample_study.wide(),
            "no objective": sample_study.document([trial(0, x=0.5)], [x], objectives=[]),
        }
        for name, document in odd.items():
            with self.subTest(name):
                self.open(document)
                for selector in ["#plot-parallel", "#slices", "#trials"]:
                    self.show(selector)
                self.assertEqual([entry["message"] for entry in self.browser.get_log("browser")], [])
                self.assertEqual(len(self.all("tbody tr")), min(25, len(document.get("trials", []))))
                self.assertGreater(self.painted("#plot-parallel canvas"), 0)
                self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth - innerWidth"), 0)

    def test_several_objectives_show_their_front(self):
        document = sample_study.pareto()
        pairs = {t["number"]: (t["values"][0], -t["values"][1]) for t in document["trials"] if t["values"]}
        front = {n for n, a in pairs.items() if not any(b != a and b[0] <= a[0] and b[1] <= a[1] for b in pairs.values())}
        self.open(document)
        drawing = self.svg("pareto")
        self.assertEqual(len(self.marks(drawing, "point")), len(pairs))
        self.assertEqual(len(self.marks(drawing, "front-line")), 1)
        self.assertEqual({int(mark.get("data-trial")) for mark in self.marks(drawing, "point") if mark.get("r") == "5"}, front)
        self.assertIn(f"{len(front)} trials", self.one(".chosen h2").text)
        Select(self.one("#toolbar select")).select_by_visible_text("images_per_second")
        self.settle()
        self.assertEqual(len(self.marks(self.svg("slice-learning_rate"), "point")), len(pairs))

    def test_the_best_is_the_one_that_the_study_names(self):
        # The lowest value is infeasible, and the mean of the runs of trial 2 counts, not its own.
        x = {"name": "x", "type": "float", "low": 0, "high": 1}
        trials = [{"number": n, "state": "COMPLETE", "params": {"x": 0.2 * n}, "values": [value], "constraints": [constraint]}
                  for n, (value, constraint) in enumerate([(0.4, -1), (0.1, 1), (0.2, 0), (0.3, -1)])]
        self.open(sample_study.document(trials, [x], best=[{"number": 2, "values": [0.25]}]))
        self.assertIn("trial 2", self.one(".hero").text)
        self.assertIn("0.25", self.one(".hero .value").text)
        drawing = self.svg("best")
        winner, = self.marks(drawing, "winner")
        self.assertEqual(winner.get("data-trial"), "2")
        self.assertEqual([row.get_attribute("data-trial") for row in self.all("tbody tr.best")], ["2"])
        self.open(sample_study.document(trials, [x], best=[]))
        self.assertIn("No trial completed", self.one(".hero").text)

    def test_a_population_shows_who_went_on_from_whom(self):
        # Member 2 goes on from 0 after step 2, and 1 from 2 after step 4: 1 is the best at the end.
        def member(number, values, parents):
            turns = [{"turn": i, "from_step": 2 * i, "to_step": 2 * i + 2, "parent": parent}
                     for i, parent in enumerate(parents)]
            reports = [{"step": step, "metrics": {"loss": value}} for step, value in enumerate(values, 1)]
            return {"number": number, "state": "COMPLETE", "params": {"x": 0.1}, "values": values[-1:], "turns": turns,
                    "reports": reports}

        trials = [member(0, [.5, .4, .38, .37, .36, .35], [None, 0, 0]), member(1, [.7, .6, .5, .45, .2, .1], [None, 1, 2]),
                  member(2, [.9, .8, .3, .25, .24, .23], [None, 0, 2])]
        x = {"name": "x", "type": "float", "low": 0, "high": 1}
        self.open(sample_study.document(trials, [x], objectives=[{"metric": "loss", "direction": "minimize"}]))
        drawing = self.svg("lineage")
        self.assertEqual(len(self.marks(drawing, "copy")), 4)  # Two arrows, a shaft and a head each.
        self.assertEqual(len(self.marks(drawing, "ancestry")), 3)  # 1 from step 4 on, 2 from 2 to 4, 0 before.
        self.assertEqual(len(self.marks(drawing, "member")), 5)  # A line breaks where it was given up.
        self.assertGreater(self.painted("#plot-lineage canvas"), 500)
        self.open(sample_study.realistic())
        self.assertEqual(self.all("#plot-lineage"), [])

    def test_a_model_that_was_babysat_shows_its_settings_branches_changes_and_verdicts(self):
        change = {"step": 40, "branch": "a", "started": "b", "kind": "set", "change": "x from 0.1 to 0.02", "by": "ada",
                  "why": HOSTILE[0], "state": "kept", "helped": 0.997, "outcome": "loss 0.2 where 0.3 was expected"}
        branches = [{"id": "a", "parent": None, "from_step": 0, "params": {"x": 0.1}, "step": 50, "value": 0.3},
                    {"id": "b", "parent": "a", "from_step": 40, "params": {"x": 0.02}, "step": None, "value": None}]
        model = {"branch": "b", "settings": {"x": 0.02}, "branches": branches, "changes": [change],
                 "schedule": [{"step": 0, "set": {"x": 0.1}}, {"step": 40, "set": {"x": 0.02}}]}
        trial = {"number": 0, "state": "COMPLETE", "params": {"x": 0.1}, "values": [0.2], "model": model}
        x = {"name": "x", "type": "float", "low": 0, "high": 1}
        self.open(sample_study.document([trial], [x], objectives=[{"metric": "loss", "direction": "minimize"}]))
        (section,) = self.all("#models section")
        self.assertIn("Ended with x 0.02 (branch b).", section.text)
        self.assertIn("Schedule: x 0.1 from step 0; x 0.02 from step 40.", section.text)
        # The card of the best, and that of the trial, have what it ended with and how it came to it.
        self.browser.find_element(By.CSS_SELECTOR, ".heroes button.link").click()
        for card in (".chosen", "#panel"):
            self.assertEqual([value.text for value in self.all(f"{card} .parameters:not(.values) dd")], ["0.02"], card)
            self.assertEqual([note.text for note in self.all(f"{card} .schedule")],
                             ["What it ended with. Its schedule: x 0.1 from step 0; x 0.02 from step 40."], card)
        cells = [[cell.text for cell in row.find_elements(By.CSS_SELECTOR, "td")]
                 for row in section.find_elements(By.CSS_SELECTOR, "tbody tr")]
        self.assertEqual(cells, [["a", "\u2013", "0", "x 0.1", "0.3 (step 50)"], ["b *", "a", "40", "x 0.02", "\u2013"],
                                 ["40", "a to b", "set: x from 0.1 to 0.02", "ada", HOSTILE[0],
                                  "kept; helped with p > 0.99; loss 0.2 where 0.3 was expected"]])
        # With a curve there is nothing to compare it with: no plot of one point.
        self.assertEqual(len(self.all("#plot-best")), 1)
        trial["reports"] = [{"step": step, "metrics": {"loss": 1 / step}} for step in range(1, 51)]
        self.open(sample_study.document([trial], [x], objectives=[{"metric": "loss", "direction": "minimize"}]))
        for plot in ("#plot-best", "#plot-parallel", "#slices"):
            self.assertEqual(self.all(plot), [], plot)
        self.assertGreater(self.painted("#plot-curves canvas"), 500)
        self.open(sample_study.realistic())
        self.assertEqual(self.all("#models section"), [])

    def test_ten_thousand_trials_stay_small_and_complete(self):
        document = sample_study.large()
        self.assertLess(len(render(document)), 2_000_000)
        self.open(document)
        self.assertEqual(len(self.marks(self.svg("slice-p0"), "point")), 10_000)
        best = min(document["trials"], key=lambda trial: trial["values"][0])
        self.assertIn(f"trial {best['number']}", self.one(".hero").text)
        self.assertIn(str(best["params"]["p0"]), self.one(".chosen dd").get_attribute("title"), "the best trial keeps all digits")
        self.assertIn("thinned", self.one("#plot-curves").text)
        self.show("#search").send_keys("#9999")
        self.settle()
        self.assertEqual(self.column("trial"), ["9999"])

    def test_a_narrow_screen_scrolls_one_way_only(self):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True})
        try:
            self.open(sample_study.realistic())
            self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 390)
        finally:
            self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def test_paper_shows_every_plot(self):
        self.dark(True)
        self.open(sample_study.realistic())
        pdf = self.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
        self.assertGreater(len(pdf), 100_000)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: report_page_test.py PATH_TO_render")
    RENDER = sys.argv.pop(1)
    unittest.main()
