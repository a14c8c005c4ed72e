"""CatBoost: each boosting round is a step.

    callback = SterletCallback(trial, "validation-Logloss")
    model.fit(data, eval_set=valid, callbacks=[callback])
    callback.check_pruned()

CatBoost lets nobody change or save a model that it trains, so that this reports and ends only. Needs CatBoost 1.1.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from sterlet._trial import Trial
from sterlet.exceptions import TrialPruned
from sterlet.integrations._follow import Follower, Metrics

__all__ = ["SterletCallback"]


class SterletCallback:
    """Reports each round and ends hopeless trials.

    trial    see docs/frameworks/README.md; None: the one that this program was launched for.
    metrics  DATA-METRIC ("validation-Logloss", "learn-RMSE"), or a dict of them by your names.

    An exception would not come through CatBoost: in Study.optimize() call check_pruned() after fit().
    """

    def __init__(self, trial: Optional[Trial], metrics: Metrics) -> None:
        self._follower = Follower(trial, metrics, "CatBoost")
        self._raised: Optional[Exception] = None

    def after_iteration(self, info: Any) -> bool:
        """A round is done; False ends the training."""
        seen: Dict[str, float] = {}
        for data, metrics in info.metrics.items():
            for metric, values in metrics.items():
                seen[f"{data}-{metric}"] = values[-1]
        try:
            return not self._follower.follow(seen)
        except (TrialPruned, ValueError) as error:
            self._raised = error
            return False

    def check_pruned(self) -> None:
        """Raises TrialPruned where the trial was ended early; ValueError for a metric that was not measured."""
        if self._raised is not None:
            raise self._raised
