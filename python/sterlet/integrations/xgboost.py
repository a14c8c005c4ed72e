"""XGBoost: each boosting round is a step.

    trial = sterlet.Trial(live=True, restores=True)
    callback = SterletCallback(trial, {"loss": "valid-logloss"})
    xgboost.train(params, data, callback.left(200), evals=[(valid, "valid")], callbacks=[callback])

Needs XGBoost 1.7 or later.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

import xgboost

from sterlet._trial import Refusal, Trial
from sterlet.integrations._follow import Follower, Metrics

__all__ = ["SterletCallback"]

# What trees that stand already, or their data, depend on.
_FIXED = ("booster", "objective", "num_class", "base_score", "tree_method", "device", "max_bin", "seed", "num_round")


class SterletCallback(xgboost.callback.TrainingCallback):  # type: ignore[misc]
    """Reports each round, ends hopeless trials, writes checkpoints, goes back to them, and changes parameters live.

    trial    see docs/frameworks/README.md; None: the one that this program was launched for.
    metrics  DATA-METRIC, as XGBoost prints it ("validation_0-logloss", "test-rmse"), or a dict of them by your names.
             Of xgboost.cv the mean counts; it can neither save nor go back.
    Errors   TrialPruned in Study.optimize(); ValueError for a metric that XGBoost does not measure.
    """

    def __init__(self, trial: Optional[Trial], metrics: Metrics) -> None:
        super().__init__()
        self._model: Any = None
        self._follower = Follower(
            trial,
            metrics,
            "XGBoost",
            save=self._save,
            load=self._load,
            use=self._use,
            knows=lambda name: name not in _FIXED,
        )
        self._resume = self._follower.resume()

    def left(self, rounds: int) -> int:
        """How many of so many rounds are still to be trained: fewer where an earlier attempt left a checkpoint."""
        return max(0, rounds - self._follower.step)

    def before_training(self, model: Any) -> Any:
        """Loads the checkpoint of an earlier attempt."""
        self._model = model
        if self._resume is not None:
            self._follower.resume_here()
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> bool:
        """A round is done."""
        self._model = model
        seen: Dict[str, float] = {}
        for data, metrics in evals_log.items():
            for metric, values in metrics.items():
                last = values[-1]
                seen[f"{data}-{metric}"] = last[0] if isinstance(last, tuple) else last
        return self._follower.follow(seen)

    def _save(self, path: str) -> None:
        if not isinstance(self._model, xgboost.Booster):
            raise OSError("xgboost.cv has no model to be saved")
        with open(path, "wb") as file:
            file.write(self._model.save_raw("ubj"))

    def _load(self, path: str) -> None:
        if not isinstance(self._model, xgboost.Booster):
            raise Refusal("xgboost.cv has no model to go back to")
        with open(path, "rb") as file:
            saved = bytearray(file.read())
        # A model that is loaded has forgotten what it is trained with.
        config = self._model.save_config()
        self._model.load_model(saved)
        self._model.load_config(config)

    def _use(self, values: Dict[str, Any]) -> None:
        try:
            self._model.set_param(values)
        except xgboost.core.XGBoostError as error:
            raise Refusal(str(error).splitlines()[0]) from error
