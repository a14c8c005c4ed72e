"""Keras 3: each epoch is a step.

    trial = sterlet.Trial(live=True, restores=True)
    callback = SterletCallback(trial, "val_loss")
    model.fit(x, y, epochs=callback.left(20), validation_data=valid, callbacks=[callback])

Any backend of Keras.
"""

from __future__ import annotations

import pickle
import random
import sys
from typing import Any, Callable, Dict, Optional

import keras
import numpy as np

from sterlet._trial import Refusal, Trial
from sterlet.integrations._follow import Follower, Metrics

__all__ = ["SterletCallback"]


class SterletCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports each epoch, ends hopeless trials, writes checkpoints, goes back to them, and changes the rate live.

    trial    see docs/frameworks/README.md; None: the one that this program was launched for.
    metrics  as in fit()'s history ("val_loss"), or a dict of them by your names.
    use      takes further live hyperparameters, as a dict, and raises sterlet.Refusal for those that it cannot change.
             Without it `learning_rate` alone is changed: Keras compiles the others into the step.
    Errors   TrialPruned in Study.optimize(); ValueError for a metric that is not measured.

    A checkpoint has the model's and the optimizer's variables and the state of the random numbers.
    """

    def __init__(
        self, trial: Optional[Trial], metrics: Metrics, use: Optional[Callable[[Dict[str, Any]], object]] = None
    ) -> None:
        super().__init__()
        self._others = use
        self._follower = Follower(
            trial, metrics, "Keras", save=self._save, load=self._load, use=self._use, knows=self._knows
        )
        self._resume = self._follower.resume()

    def left(self, epochs: int) -> int:
        """How many of so many epochs are still to be trained: fewer where an earlier attempt left a checkpoint."""
        return max(0, epochs - self._follower.step)

    def on_train_begin(self, logs: Optional[Dict[str, Any]] = None) -> None:
        """Loads the checkpoint of an earlier attempt."""
        if self._resume is not None:
            self.model.optimizer.build(self.model.trainable_variables)
            self._follower.resume_here()

    def on_epoch_end(self, epoch: int, logs: Optional[Dict[str, Any]] = None) -> None:
        """An epoch is done."""
        if self._follower.follow(logs or {}):
            self.model.stop_training = True

    def _knows(self, name: str) -> bool:
        return name == "learning_rate" or self._others is not None

    def _use(self, values: Dict[str, Any]) -> None:
        others = {name: value for name, value in values.items() if name != "learning_rate"}
        if "learning_rate" in values and isinstance(
            getattr(self.model.optimizer, "_learning_rate", None), keras.optimizers.schedules.LearningRateSchedule
        ):
            raise Refusal("the learning rate follows a schedule; give the optimizer a number to have it changed live")
        if others and self._others is not None:
            self._others(others)
        if "learning_rate" in values:
            self.model.optimizer.learning_rate = values["learning_rate"]

    def _variables(self) -> Any:
        return [*self.model.variables, *self.model.optimizer.variables]

    def _save(self, path: str) -> None:
        state = {
            "variables": [np.array(keras.ops.convert_to_numpy(variable)) for variable in self._variables()],
            "python": random.getstate(),
            "numpy": np.random.get_state(),
            # Keras over PyTorch draws some of its numbers from PyTorch's own.
            "torch": sys.modules["torch"].get_rng_state() if keras.backend.backend() == "torch" else None,
        }
        with open(path, "wb") as file:
            pickle.dump(state, file)

    def _load(self, path: str) -> None:
        with open(path, "rb") as file:
            state = pickle.load(file)  # One that this program wrote.
        for variable, value in zip(self._variables(), state["variables"]):
            variable.assign(value)
        random.setstate(state["python"])
        np.random.set_state(state["numpy"])
        if state["torch"] is not None:
            sys.modules["torch"].set_rng_state(state["torch"])
