"""Distributions, frozen and fixed trials."""

import math
import unittest

from support import PackageTest

import sterlet
from sterlet.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    check_distribution_compatibility,
    distribution_to_json,
    json_to_distribution,
)
from sterlet._space import Space, decode_name, encode_name
from sterlet.trial import FixedTrial, TrialState


class DistributionTest(PackageTest):
    def test_what_does_not_go_together_is_refused(self):
        for make in (lambda: FloatDistribution(1, 0), lambda: FloatDistribution(0, 1, log=True),
                     lambda: FloatDistribution(1, 2, log=True, step=0.5), lambda: FloatDistribution(0, 1, step=0),
                     lambda: FloatDistribution(0, 1, scale="reverse_log"), lambda: FloatDistribution(0, math.inf),
                     lambda: FloatDistribution(0.1, 0.5, scale="cubic"), lambda: IntDistribution(3, 2),
                     lambda: IntDistribution(0, 2, log=True), lambda: IntDistribution(1, 9, log=True, step=2),
                     lambda: CategoricalDistribution([])):
            with self.assertRaises(ValueError):
                make()

    def test_a_step_lowers_the_upper_bound(self):
        self.assertEqual(FloatDistribution(0, 1, step=0.3).high, 0.9)
        self.assertEqual(IntDistribution(0, 10, step=4).high, 8)
        self.assertTrue(IntDistribution(3, 3).single())
        self.assertFalse(FloatDistribution(0, 1, step=0.5).single())

    def test_it_contains_what_it_should(self):
        for distribution, inside, outside in (
                (FloatDistribution(0, 1, step=0.1), [0, 0.3, 1], [0.35, 1.1, "x", math.nan]),
                (IntDistribution(1, 9, step=2), [1, 9], [2, 10, None]),
                (CategoricalDistribution([None, 1, "a"]), [None, 1, "a"], ["b", 2]),
                (FloatDistribution(0.9, 0.99, scale="reverse_log"), [0.9, 0.95], [0.5, 1])):
            self.assertTrue(all(distribution.contains(value) for value in inside), distribution)
            self.assertFalse(any(distribution.contains(value) for value in outside), distribution)

    def test_it_goes_through_json(self):
        for distribution in (FloatDistribution(1, 2, log=True), FloatDistribution(0, 1, step=0.5),
                             FloatDistribution(0.5, 0.9, scale="reverse_log"), IntDistribution(1, 9, step=2),
                             CategoricalDistribution([None, True, 1.5, "a"])):
            self.assertEqual(json_to_distribution(distribution_to_json(distribution)), distribution)
        self.assertEqual(json_to_distribution('{"type": "int", "low": 1, "high": 3}'), IntDistribution(1, 3))
        with self.assertRaises(ValueError):
            json_to_distribution('{"type": "cube"}')

    def test_one_parameter_stays_what_it_is(self):
        check_distribution_compatibility(IntDistribution(0, 1), IntDistribution(5, 9))
        for other in (FloatDistribution(0, 1), IntDistribution(1, 2, log=True), CategoricalDistribution([1])):
            with self.assertRaises(ValueError):
                check_distribution_compatibility(IntDistribution(0, 1), other)


class NameTest(PackageTest):
    def test_any_name_comes_back(self):
        for name in ("x", "learning rate", "9 lives", "-", "", "_-x-", "a-x20-b", "größe", "n_units_l0", "_x", "a.b-c"):
            code = encode_name(name)
            self.assertRegex(code, r"^[A-Za-z_][A-Za-z0-9_.-]*$")
            self.assertEqual(decode_name(code), name)
        self.assertEqual(encode_name("a.b-c"), "a.b-c")

    def test_choices_come_back(self):
        space = Space()
        for number, choices in enumerate(([1, 1.5, "a", True], [True, 1], [None, "None"], [math.inf, 2], ["a"])):
            known = space.meet(str(number), CategoricalDistribution(choices))
            for choice in choices:
                word = known.encode(choice)
                self.assertEqual(known.decode(word), choice if choice != 1 or number != 1 else True)


class TrialTest(PackageTest):
    def test_a_fixed_trial_runs_an_objective(self):
        trial = FixedTrial({"x": 0.5, "n": 2}, number=3)
        self.assertEqual(trial.suggest_float("x", 0, 1) * trial.suggest_int("n", 1, 3), 1.0)
        self.assertFalse(trial.should_prune())
        with self.assertRaises(ValueError):
            trial.suggest_float("y", 0, 1)

    def test_a_frozen_trial_is_checked(self):
        one = FloatDistribution(0, 1)
        for wrong in ({"value": math.nan}, {}, {"value": 1, "params": {"x": 2}, "distributions": {"x": one}},
                      {"value": 1, "params": {"x": 0.5}}, {"value": 1, "values": [1]},
                      {"state": TrialState.FAIL, "value": 1}):
            with self.assertRaises(ValueError):
                sterlet.create_trial(**wrong)
        trial = sterlet.create_trial(value=1, params={"x": 0.5}, distributions={"x": one}, constraints={"c": -1})
        self.assertEqual(trial.suggest_float("x", 0, 1), 0.5)
        self.assertEqual(trial.constraints, {"c": -1})
        self.assertEqual(trial, trial.copy())
        self.assertIn("state=TrialState.COMPLETE", repr(trial))


if __name__ == "__main__":
    unittest.main()
