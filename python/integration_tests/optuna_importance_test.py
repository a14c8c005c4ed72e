"""Optuna's own suite for importance evaluators, on ours. Needs optuna and pytest: scripts/test --integrations."""


import pytest
from optuna.testing.pytest_importance import (
    BasicImportanceEvaluatorTestCase,
    ConditionalImportanceEvaluatorTestCase,
    MultiObjectiveImportanceEvaluatorTestCase,
)

from sterlet.integrations.optuna import SterletImportanceEvaluator


# Conditional parameters have figures, too, so that the suite for evaluators that leave them out does not apply.
@pytest.mark.filterwarnings("ignore:not enough data")
class TestSterletImportanceEvaluator(
    BasicImportanceEvaluatorTestCase, ConditionalImportanceEvaluatorTestCase, MultiObjectiveImportanceEvaluatorTestCase
):
    @pytest.fixture(params=["fanova", "pedanova"])
    def evaluator(self, request):
        return lambda: SterletImportanceEvaluator(request.param)
