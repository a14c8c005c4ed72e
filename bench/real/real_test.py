"""Tests of the suite of real trainings: build/quality/venv/bin/python bench/real/real_test.py (bench/quality/install makes it)."""
import argparse
import contextlib
import io
import json
import math
import os
import random
import tempfile
import unittest
import unittest.mock
import warnings

import real  # First: it says how many threads numpy has.

import cells
import live
import numpy as np
import report
import score
import space as spaces
import tasks
from cache import Cache

warnings.simplefilter("ignore")
TRAINER = os.environ.get("STERLET_TRAINER", "build/bench/bin/sterlet-train")


def draw(task, rng):
    return spaces.decode(task.space, [rng.random() for _ in task.space])


class Scripted:
    """Asks for what it is given, and remembers what it was told."""

    def __init__(self, params):
        self.params, self.told, self.failed = list(params), {}, []

    def ask(self):
        return 100 + len(self.told) + len(self.failed), self.params[len(self.told) + len(self.failed)]

    def tell(self, id, value):
        self.told[id] = value

    def fail(self, id):
        self.failed.append(id)


class Tables(unittest.TestCase):
    def test_every_combination_is_there_with_all_its_seeds(self):
        for table in cells.tables().values():
            points = list(cells.points(table.axes))
            self.assertEqual(table.values.shape, (len(points), table.seeds), table.name)
            self.assertTrue(np.all(np.isfinite(table.values)), table.name)
            for i in random.Random(1).sample(range(len(points)), 50):
                self.assertEqual(table.cell({n: a["grid"][0] for n, a in table.axes.items()} | points[i]), i, table.name)

    def test_noise_is_real(self):
        for table in cells.tables().values():
            good = table.values[np.argsort(table.means)[:len(table.means) // 10]]
            self.assertGreater(np.std(good, axis=1).mean(), 0, table.name)

    def test_both_halves_have_tasks_of_most_kinds_and_a_flat_choice_is_in_the_half_of_its_table(self):
        kinds = {half: {t.kind for t in tasks.table_tasks() if t.half == half} for half in ("dev", "check")}
        self.assertGreaterEqual(len(kinds["dev"] & kinds["check"]), 6)
        self.assertEqual({t.half for t in tasks.table_tasks()}, {"dev", "check"})
        for name, table in cells.tables().items():
            if name.endswith("-flat"):
                self.assertEqual(table.half, cells.tables()[name.removesuffix("-flat")].half)

    def test_a_value_between_two_is_the_nearer_one(self):
        table = cells.tables()["svc-digits"]
        grid = table.axes["c"]["grid"]
        params = {"kernel": "linear", "components": 8, "c": grid[3] * 1.1}
        self.assertEqual(table.at(params), {"kernel": "linear", "components": 8, "c": grid[3]})

    def test_a_flat_space_has_no_conditions_and_ignores_what_does_not_matter(self):
        flat = cells.tables()["families-diabetes-flat"]
        self.assertFalse([n for n, s in flat.space.items() if "when" in s])
        rng = random.Random(2)
        a, b = draw(flat, rng), draw(flat, rng)
        b |= {n: a[n] for n in flat.at(a)}
        self.assertNotEqual(a, b)
        self.assertEqual(flat.cell(a), flat.cell(b))

    def test_what_is_told_is_one_of_the_seeds_and_depends_on_run_and_look_alone(self):
        rng = random.Random(3)
        for task in tasks.table_tasks():
            params = draw(task, rng)
            cell = task.key(params)
            told = [task.told(params, seed, look) for seed in range(10) for look in range(4)]
            self.assertLessEqual(set(told), set(task.table.values[cell].tolist()), task.name)
            self.assertEqual(told, [task.told(dict(params), seed, look) for seed in range(10) for look in range(4)])
            self.assertEqual(len(set(told)), len(set(task.table.values[cell].tolist())), task.name)
            self.assertAlmostEqual(task.truth(params), task.table.values[cell].mean())

    def test_regret_of_the_best_is_0_and_of_random_1(self):
        for task in tasks.table_tasks()[:3]:
            task.make_reference()
            medians = [task.reference["random_median"][str(b)] for b in tasks.BUDGETS]
            self.assertEqual(sorted(medians, reverse=True), medians)
            self.assertEqual(score.normalised(task.reference, task.table.means.min(), 50), 0)
            self.assertAlmostEqual(score.normalised(task.reference, medians[2], 50), 1)

    def test_a_curve_ends_with_what_is_told(self):
        rng = random.Random(4)
        self.assertGreaterEqual(len(tasks.curve_tasks()), 6)
        for task in tasks.curve_tasks():
            params = draw(task, rng)
            curve = task.curve(params, 5, 0)
            self.assertEqual([step for step, _ in curve], task.table.axes[task.table.prefix]["grid"])
            self.assertEqual(curve[-1][1], task.told(params, 5, 0))
            self.assertNotIn(task.table.prefix, task.space)
            self.assertLessEqual(task.best, task.truth(params))


class Live(unittest.TestCase):
    def test_trainings_repeat_to_the_bit_fit_their_curve_and_are_noisy(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            for a, b in zip(live.tasks(one, TRAINER), live.tasks(two, TRAINER)):
                rng = random.Random(5)
                params = draw(a, rng)
                value = a.told(params, 0, 0)
                self.assertTrue(math.isfinite(value), a.name)
                self.assertEqual(value, b.told(params, 0, 0), a.name)
                self.assertEqual(value, a.curve(params, 0, 0)[-1][1], a.name)
                self.assertEqual(len(a.curve(params, 0, 0)) > 1, a.has_curve, a.name)
                others = {a.told(p, 0, 1) for p in (params, draw(a, rng), draw(a, rng), draw(a, rng))}
                self.assertGreater(len(others | {value}), 1, a.name)

    def test_a_flat_task_shares_the_trainings_of_the_other(self):
        with tempfile.TemporaryDirectory() as folder:
            by_name = {t.name: t for t in live.tasks(folder, TRAINER)}
            tree, flat = by_name["live-families-visits"], by_name["live-families-visits-flat"]
            params = draw(flat, random.Random(6)) | {"family": "linear", "powers": 1}
            active = tree.active(params)
            self.assertLess(len(active), len(params))
            self.assertEqual(flat.key(params), tree.key(active))
            self.assertEqual(flat.told(params, 3, 0), tree.told(active, 3, 0))

    def test_there_are_at_least_12_tasks_and_both_halves(self):
        halves = [entry["half"] for entry in live.TASKS.values()]
        self.assertGreaterEqual(len(halves), 12)
        self.assertGreaterEqual(min(halves.count("dev"), halves.count("check")), 6)

    def test_what_is_kept_is_not_trained_again_but_for_other_versions_and_cut_lines(self):
        def never():
            self.fail("it is known")
        with tempfile.TemporaryDirectory() as folder:
            Cache(folder, "t", "1").get({"x": 1}, 7, lambda: (0.5, 0.1))
            self.assertEqual(Cache(folder, "t", "1").get({"x": 1}, 7, never)["values"], 0.5)
            self.assertEqual(Cache(folder, "t", "1").get({"x": 1}, 8, lambda: (0.6, 0.1))["values"], 0.6)
            self.assertEqual(Cache(folder, "t", "2").get({"x": 1}, 7, lambda: (0.7, 0.1))["values"], 0.7)
            path = os.path.join(folder, "t.jsonl")
            with open(path) as f:
                text = f.read()
            with open(path, "w") as f:
                f.write(text[:-20])
            self.assertEqual(Cache(folder, "t", "2").get({"x": 1}, 7, lambda: (0.8, 0.1))["values"], 0.8)
            again = Cache(folder, "t", "2")
            self.assertEqual(again.get({"x": 1}, 7, never)["values"], 0.8)
            self.assertEqual(Cache(folder, "t", "1").get({"x": 1}, 8, never)["values"], 0.6)

    def test_best_known_comes_from_all_runs_and_families_have_their_own(self):
        with tempfile.TemporaryDirectory() as folder:
            task = next(t for t in live.tasks(folder, TRAINER) if t.name == "live-families-visits")
            rng, old = random.Random(7), live.BEST
            live.BEST = os.path.join(folder, "best.json")
            try:
                settings = [draw(task, rng) for _ in range(12)]
                told = [task.told(p, 0, 0) for p in settings]
                rows = {("sterlet:random", task.name, 0): {
                    "optimizer": "sterlet:random", "task": task.name, "settings": settings, "told": told,
                    "named": {"15": int(np.argmin(told))}, "truth": {"15": 1.0}}}
                rows["sterlet:random", task.name, 0]["truth"]["15"] = task.truth(settings[int(np.argmin(told))])
                live.make_references([task], argparse.Namespace(rows=rows))
                truths = [task.truth(p) for p in settings]
                self.assertAlmostEqual(task.reference["best"], min(truths), 4)
                self.assertEqual(set(task.families), {p["family"] for p in settings})
                self.assertAlmostEqual(min(task.families.values()), min(truths), 4)
                live.make_references([task], argparse.Namespace(rows={**rows, ("x", task.name, 0): {
                    **rows["sterlet:random", task.name, 0], "optimizer": "x", "truth": {"15": 0.1}}}))
                self.assertEqual(task.reference["best"], 0.1)
                with open(live.BEST) as f:
                    self.assertEqual(json.load(f)["families-visits"]["best"], 0.1)
            finally:
                live.BEST = old


class Runs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.task = tasks.TableTask(cells.tables()["families-diabetes"])
        cls.task.make_reference()
        rng = random.Random(8)
        cls.settings = [draw(cls.task, rng) for _ in range(cls.task.trials)]

    def test_without_a_word_of_its_own_the_least_value_told_is_named(self):
        settings, told, named, _ = real.run_one(Scripted(self.settings), self.task, 1)
        self.assertEqual(settings, self.settings)
        self.assertEqual(named, {b: int(np.argmin(told[:b])) for b in tasks.BUDGETS})

    def test_the_optimizer_s_own_word_counts(self):
        optimizer = Scripted(self.settings)
        optimizer.best = lambda: 103
        self.assertEqual(set(real.run_one(optimizer, self.task, 1)[2].values()), {3})

    def test_a_setting_that_comes_again_is_another_training(self):
        _, told, _, _ = real.run_one(Scripted([self.settings[0]] * self.task.trials), self.task, 1)
        self.assertEqual(set(told), set(self.task.table.values[self.task.key(self.settings[0])].tolist()))

    def test_a_failed_trial_is_told_as_failed_and_never_named(self):
        class Fails(tasks.TableTask):
            def told(self, params, seed, look):
                return math.nan if self.count() % 2 else 1.0

            def count(self):
                self.calls = getattr(self, "calls", -1) + 1
                return self.calls
        optimizer = Scripted(self.settings)
        _, told, named, _ = real.run_one(optimizer, Fails(self.task.table), 1)
        self.assertEqual((len(optimizer.failed), len(optimizer.told), set(named.values())), (50, 50, {0}))

    def row(self, optimizer, truth, family="forest", seed=0, version="1"):
        return {"suite": tasks.SUITE, "optimizer": optimizer, "task": self.task.name, "seed": seed, "version": version,
                "named": {}, "told": [], "truth": {str(b): truth for b in tasks.BUDGETS}, "family": {str(b): family for b in tasks.BUDGETS}}

    def test_a_family_is_wrong_if_its_best_is_over_one_per_cent_worse(self):
        self.task.families = {"forest": 1.0, "linear": 1.009, "support": 1.011}
        wrong = [report.wrong_family(self.task, self.row("x", 1, f), 100) for f in ("forest", "linear", "support", "unknown")]
        self.assertEqual(wrong, [False, False, True, True])

    def regrets(self, rows):
        return report.Regrets(argparse.Namespace(rows={(r["optimizer"], r["task"], r["seed"]): r for r in rows}), [self.task])

    def test_behind_random_is_beyond_the_error_only(self):
        random_mean = self.task.reference["random_mean"]["100"]
        rows = [self.row("bad", random_mean + 0.01 + 0.001 * s, seed=s) for s in range(5)]
        rows += [self.row("unsure", random_mean + 0.01 + 0.1 * (-1) ** s, seed=s) for s in range(5)]
        rows += [self.row("good", random_mean - 0.01 + 0.001 * s, seed=s) for s in range(5)]
        lines = report.behind_random(self.regrets(rows)).splitlines()
        self.assertEqual([line.split(" | ")[1] for line in lines[2:]], ["1", "0", "0"])

    def test_ranks_and_pairs_see_who_is_better(self):
        rows = [self.row(o, truth + 0.001 * s, seed=s) for o, truth in (("sterlet:auto", 0.5), ("optuna:tpe", 0.6))
                for s in range(4)]
        regrets = self.regrets(rows)
        self.assertEqual(report.ranks(regrets, regrets.optimizers, 50)["sterlet:auto"], (1, 1, 1))
        self.assertIn("1-0-0", report.pair_table(regrets))
        self.assertIn("| sterlet:auto | 50 |", report.half_way(regrets))
        self.assertEqual(report.tried_table(regrets), "")  # Not known of these runs.
        for row in rows:
            row["tried"] = {b: self.task.best for b in row["truth"]}
        self.assertIn("| optuna:tpe | 0.00 [0.00, 0.00] |", report.tried_table(self.regrets(rows)))

    def test_the_suite_measures_once_and_prints_what_is_stored(self):
        with tempfile.TemporaryDirectory() as folder:
            def run(*more):
                with unittest.mock.patch("sys.argv", ["real.py", "--out", folder, "--part", "tables", "--seeds", "2", "--only",
                                                      "^families-diabetes$", "--optimizers", "optuna:random", *more]):
                    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(io.StringIO()):
                        self.assertEqual(real.main(), 0)
                with open(os.path.join(folder, "runs.jsonl")) as f:
                    return printed.getvalue(), [json.loads(line) for line in f]
            printed, rows = run("--write", os.path.join(folder, "results.md"))
            self.assertEqual([(r["optimizer"], r["seed"], len(r["told"])) for r in rows],
                             [("optuna:random", 0, 100), ("optuna:random", 1, 100)])
            for row in rows:
                for budget in tasks.BUDGETS:
                    self.assertEqual(row["named"][str(budget)], int(np.argmin(row["told"][:budget])))
                    self.assertLessEqual(row["tried"][str(budget)], row["truth"][str(budget)])
            self.assertIn("| optuna:random |", printed)
            again, same = run("--table")
            self.assertEqual((again, same), (printed, rows))
            with open(os.path.join(folder, "results.md")) as f:
                self.assertIn(printed.strip(), f.read())

    def test_runs_of_another_program_do_not_count_but_for_labels_and_what_is_said_to_be_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "program")
            with open(program, "w") as f:
                f.write("one")
            args = argparse.Namespace(sterlet=program, out=folder, also=[], label="mine", same=None)
            store = real.Store(args)
            now = store.version("sterlet:auto")
            for name, version in (("sterlet:auto", now), ("sterlet:tpe", "old"), ("sterlet:auto#mine", "old"),
                                  ("sterlet:auto#other", "old")):
                store.add(self.row(name, 1.0, version=version))
            store.add({**self.row("sterlet:random", 1.0, version=now), "suite": tasks.SUITE - 1})
            self.assertEqual({o for o, _, _ in real.Store(args).rows}, {"sterlet:auto", "sterlet:auto#other"})
            args.same = "tpe"
            self.assertIn("sterlet:tpe", {o for o, _, _ in real.Store(args).rows})
            args.also, args.out, args.same = [folder], os.path.join(folder, "more"), None
            self.assertIn("sterlet:auto", {o for o, _, _ in real.Store(args).rows})


if __name__ == "__main__":
    unittest.main(warnings="ignore")
