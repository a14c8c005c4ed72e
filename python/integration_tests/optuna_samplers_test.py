"""Optuna's own suite for samplers, on ours. Needs optuna and pytest: scripts/test --integrations."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from optuna.testing.pytest_samplers import (  # noqa: E402
    BasicSamplerTestCase,
    MultiObjectiveSamplerTestCase,
    RelativeSamplerTestCase,
)

from sterlet.integrations.optuna import SterletSampler  # noqa: E402


class TestSterletSampler(BasicSamplerTestCase, RelativeSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture(params=["auto", "tpe", "gp"])
    def sampler(self, request):
        return lambda: SterletSampler(request.param, seed=1)
