"""Optuna's own suite for importance evaluators, on ours. Needs optuna and pytest: scripts/test --integrations."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from optuna.testing.pytest_importance import (  # noqa: E402
    BasicImportanceEvaluatorTestCase,
    ConditionalImportanceEvaluatorTestCase,
    MultiObjectiveImportanceEvaluatorTestCase,
)

from sterlet.integrations.optuna import SterletImportanceEvaluator  # noqa: E402


# Conditional parameters have figures, too, so that the suite for evaluators that leave them out does not apply.
@pytest.mark.filterwarnings("ignore:not enough data")
class TestSterletImportanceEvaluator(
    BasicImportanceEvaluatorTestCase, ConditionalImportanceEvaluatorTestCase, MultiObjectiveImportanceEvaluatorTestCase
):
    @pytest.fixture(params=["fanova", "pedanova"])
    def evaluator(self, request):
        return lambda: SterletImportanceEvaluator(request.param)
