"""LightGBM: each boosting round is a step.

    trial = sterlet.Trial(live=True, restores=True)
    callback = SterletCallback(trial, {"loss": "valid_0-binary_logloss"})
    lightgbm.train(
        params, data, callback.left(200), valid_sets=[valid], callbacks=[callback], init_model=callback.resume
    )

Needs LightGBM 3.3 or later.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

import lightgbm

from sterlet._trial import Refusal, Trial, _step_in
from sterlet.integrations._follow import Follower, Metrics

__all__ = ["SterletCallback"]

# Data and objective are fixed before the first round; LightGBM itself refuses others.
_FIXED = ("objective", "boosting", "num_class", "metric", "max_bin", "num_iterations", "seed", "device_type")


class SterletCallback:
    """Reports each round, ends hopeless trials, writes checkpoints, goes back to them, and changes parameters live.

    trial    see docs/frameworks/README.md; None: the one that this program was launched for.
    metrics  DATA-METRIC ("valid_0-binary_logloss"; of lightgbm.cv "valid-l2"), or a dict of them by your names.
    Errors   TrialPruned in Study.optimize(); ValueError for a metric that LightGBM does not measure.

    A change is LightGBM's reset_parameter(), going back its rollback_one_iter().
    """

    order = 25  # After those that come with LightGBM, but for early stopping (30).
    before_iteration = False

    def __init__(self, trial: Optional[Trial], metrics: Metrics) -> None:
        self._model: Any = None
        self._begin = 0
        self._follower = Follower(
            trial,
            metrics,
            "LightGBM",
            save=self._save,
            load=self._load,
            use=self._use,
            knows=lambda name: name not in _FIXED,
        )
        self.resume = self._follower.resume()
        """The model of an earlier attempt, for `init_model`; None where there is none."""

    def left(self, rounds: int) -> int:
        """How many of so many rounds are still to be trained: fewer where an earlier attempt left a checkpoint."""
        return max(0, rounds - self._follower.step)

    def __call__(self, env: Any) -> None:
        """A round is done."""
        self._model, self._begin = env.model, env.begin_iteration
        seen: Dict[str, float] = {}
        for told in env.evaluation_result_list or ():
            seen[f"{told[0]}-{told[1]}"] = told[2]
            if told[0] == "cv_agg":  # Of versions before 4: "valid l2" is one word.
                seen[told[1].replace(" ", "-")] = told[2]
        if self._follower.follow(seen):
            raise lightgbm.callback.EarlyStopException(env.iteration, env.evaluation_result_list or [])

    def _save(self, path: str) -> None:
        if not isinstance(self._model, lightgbm.Booster):
            raise OSError("lightgbm.cv has no model to be saved")
        self._model.save_model(path, num_iteration=-1)

    def _load(self, path: str) -> None:
        if not isinstance(self._model, lightgbm.Booster):
            raise Refusal("lightgbm.cv has no model to go back to")
        step = _step_in(path)
        if step < self._begin:
            raise Refusal(f"LightGBM goes back to round {self._begin} at most, where this process began")
        for _ in range(self._follower.step - step):
            self._model.rollback_one_iter()

    def _use(self, values: Dict[str, Any]) -> None:
        try:
            # Of cv, each fold's model.
            self._model.reset_parameter(values)
        except lightgbm.basic.LightGBMError as error:
            raise Refusal(str(error)) from error
