"""Optuna's own suite for samplers, on ours. Needs optuna and pytest: scripts/test --integrations."""


import pytest
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    MultiObjectiveSamplerTestCase,
    RelativeSamplerTestCase,
)

from sterlet.integrations.optuna import SterletSampler


class TestSterletSampler(BasicSamplerTestCase, RelativeSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture(params=["auto", "tpe", "gp"])
    def sampler(self, request):
        return lambda: SterletSampler(request.param, seed=1)
