"""Tests of the harness: python3 bench/quality/quality_test.py (needs numpy)."""
import json
import os
import math
import random
import unittest

import bench
import kinds
import numpy as np
import problems as sets
import score
import space as spaces
import synthetic
from surrogate import Surrogate

HERE = os.path.dirname(os.path.abspath(__file__))


class Quality(unittest.TestCase):
    def test_surrogates_match_onnx_runtime(self):
        """expected.json holds what ONNX Runtime 1.30 answers for the original networks."""
        with open(os.path.join(HERE, "data/expected.json")) as f:
            expected = json.load(f)
        for name, rows in expected.items():
            surrogate = Surrogate(os.path.join(HERE, "data", name + ".json"))
            for task, target, params, value in rows:
                got = surrogate.evaluate(task, [params], target)[0]
                self.assertLess(abs(got - value), 1e-4 * max(1, abs(value)), (name, task))

    def test_minima_are_where_they_are_said_to_be(self):
        """No random point lies below the known minimum."""
        rng = random.Random(1)
        for name, (space, function, best) in synthetic.FUNCTIONS.items():
            values = [function(spaces.decode(space, [rng.random() for _ in space])) for _ in range(300)]
            self.assertGreaterEqual(min(values), best, name)

    def test_the_optimum_of_each_shape_is_zero(self):
        for dimensions in (5, 20):
            for shape in (synthetic.sphere, synthetic.ellipsoid, synthetic.discus, synthetic.bent_cigar,
                          synthetic.sharp_ridge, synthetic.different_powers, synthetic.step_ellipsoid,
                          synthetic.rosenbrock, synthetic.rastrigin, synthetic.schaffers,
                          synthetic.griewank_rosenbrock, synthetic.many_peaks):
                value = shape(np.zeros(dimensions), lambda: np.random.default_rng(1))
                self.assertAlmostEqual(value, 0, 9, shape.__name__)

    def test_right_and_wrong_scale_are_one_function(self):
        params = {"learning_rate": 0.003, "momentum": 0.8, "units": 64, "dropout": 0.1}
        for name, (_, function, best) in synthetic.FUNCTIONS.items():
            if name.endswith("-log") and name.startswith("rate-"):
                other = synthetic.FUNCTIONS[name[:-3] + "linear"]
                self.assertEqual(function(params), other[1](params))
                self.assertEqual(best, other[2])

    def test_every_public_instance_evaluates(self):
        rng = random.Random(2)
        problems = sets.public_problems()
        self.assertEqual(len([p for p in problems if p.core]), 15)
        for problem in problems:
            params = spaces.decode(problem.space, [rng.random() for _ in problem.space])
            self.assertTrue(np.isfinite(problem.value(params)), problem.name)

    def test_regret_of_the_best_is_0_and_of_random_1(self):
        for problem in sets.public_problems():
            best = [problem.reference["best"]] * 200
            self.assertEqual(score.regret(problem, best, 50), 0)
            best = [problem.reference["random_median"]["50"]] * 200
            self.assertAlmostEqual(score.regret(problem, best, 50), 1)

    def test_every_kind_has_its_minimum_where_it_is_said_to_be(self):
        for kind in kinds.KINDS.values():
            spaces.check(kind.space, kind.at)
            self.assertAlmostEqual(kind.function(kind.at), kind.best, 6, kind.name)

    def test_kinds_are_finite_but_for_failures_and_never_below_the_minimum(self):
        rng = random.Random(3)
        for kind in kinds.KINDS.values():
            rows = [spaces.decode(kind.space, [rng.random() for _ in kind.space]) for _ in range(300)]
            for row in rows:
                spaces.check(kind.space, row)
            values = [kind.function(row) for row in rows]
            good = [v for v in values if not math.isnan(v)]
            self.assertTrue(np.all(np.isfinite(good)) and min(good) > kind.best - 1e-6, kind.name)
            self.assertTrue(len(good) == len(values) or kind.kind == "failures", kind.name)

    def test_there_are_several_problems_of_each_kind(self):
        names = [kind.kind for kind in kinds.KINDS.values()]
        self.assertGreaterEqual(min(names.count(name) for name in names), 2)

    def test_references_of_kinds_are_finite_and_above_the_minimum(self):
        for problem in sets.kind_problems():
            if problem.core:
                reference = sets.sampled_reference(problem, 500)
                self.assertGreater(reference["random_median"]["100"], reference["best"], problem.name)
                self.assertTrue(np.isfinite(reference["random_median"]["20"]), problem.name)

    def test_what_is_told_depends_on_seed_and_trial_alone(self):
        problems = [p for p in sets.kind_problems() if p.noise or p.outliers or p.flaky]
        self.assertGreaterEqual(len(problems), 9)
        for problem in problems:
            forth, back = ([problem.told(1.0, 5, trial) for trial in order] for order in (range(100), range(99, -1, -1)))
            np.testing.assert_array_equal(forth, back[::-1])
            self.assertNotEqual(str(forth), str([problem.told(1.0, 6, trial) for trial in range(100)]))
            self.assertAlmostEqual(np.mean(np.isnan(forth)), problem.flaky, delta=0.15)
            self.assertAlmostEqual(np.mean(np.array(forth) == kinds.OUTLIER), problem.outliers, delta=0.08)
            if problem.noise:
                self.assertAlmostEqual(np.std(forth) / problem.noise, 1, delta=0.3)

    def test_noise_is_the_share_of_the_gap_and_of_the_range_that_is_said(self):
        for name, deviations in kinds.NOISE.items():
            kind = kinds.KINDS[name + "-0.1-gap"]
            rng = np.random.default_rng(4)
            values = np.array([kind.function(spaces.decode(kind.space, rng.random(len(kind.space)))) for _ in range(3000)])
            gap = sets.random_medians(values, rng)["50"] - kind.best
            for share, deviation in zip((0.1 * gap, 0.3 * gap, 0.3 * (values.max() - kind.best)), deviations):
                self.assertAlmostEqual(deviation / share, 1, delta=0.2)

    def test_a_failed_trial_is_told_as_failed_and_never_the_best(self):
        class Recorder:
            failed = []

            def ask(self):
                return len(self.failed), {"x": 0.5}

            def tell(self, id, value):
                self.failed.append(False)

            def fail(self, id):
                self.failed.append(True)
        values = iter([math.nan, 3.0, math.nan, 2.0])
        problem = sets.Problem("p", {"x": {"type": "float", "low": 0, "high": 1}}, lambda rows: [next(values)])
        problem.trials = 4
        best, _ = bench.run_one(Recorder(), problem, 0)
        self.assertEqual(best, [math.inf, 3.0, 3.0, 2.0])
        self.assertEqual(Recorder.failed, [True, False, True, False])

    def test_ranks_share_ties(self):
        self.assertEqual(score.ranks_of(np.array([[1, 2], [1, 3], [5, 1.0]])).tolist(), [[1.5, 2], [1.5, 3], [3, 1]])

    def test_worth_lost(self):
        right = [[10 - i for i in range(10)]]  # 10 after 1 trial, 1 after 10.
        self.assertAlmostEqual(score.worth_lost(right, [[9.0] * 9 + [6.0]], 10), 0.5)  # 6 is reached by trial 5.
        self.assertAlmostEqual(score.worth_lost(right, [[0.0] * 10], 10), 0)
        self.assertAlmostEqual(score.worth_lost(right, [[9.0] * 7 + [8.0, 7.0, 1.0]], 10, 8), 1 - 3 / 8)

    def test_volume(self):
        self.assertAlmostEqual(score.volume([[0, 1], [1, 0], [0.5, 0.5], [0.9, 0.9]], (2, 2)), 1 + 1 + 1 + 0.25)
        self.assertEqual(score.volume([[3, 0]], (2, 2)), 0)


if __name__ == "__main__":
    unittest.main()
