"""Hugging Face Transformers: each evaluation is reported, at the Trainer's own step.

    trial = sterlet.Trial(live=True, restores=True)
    trainer.add_callback(SterletCallback(trial, "eval_loss"))
    trainer.train()

search() tunes the arguments of a Trainer.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

import transformers

from sterlet import _tune
from sterlet._space import _distribution
from sterlet._trial import Trial
from sterlet.distributions import BaseDistribution
from sterlet.integrations import _torch
from sterlet.integrations._follow import Follower, Metrics
from sterlet.study import Study, create_study

__all__ = ["SterletCallback", "search"]


class SterletCallback(transformers.TrainerCallback):  # type: ignore[misc]
    """Reports each evaluation, ends hopeless trials, writes checkpoints, goes back, and changes the optimizer live.

    trial    see docs/frameworks/README.md; None: the one that this program was launched for.
    metrics  as evaluate() returns it ("eval_loss"), or a dict of them by your names.
    Errors   TrialPruned in Study.optimize(); ValueError for a metric that is not measured.

    Steps that were undone are not trained again: a Trainer counts its own steps on. It is for one process.
    """

    def __init__(self, trial: Optional[Trial], metrics: Metrics = "eval_loss") -> None:
        self._parts: Dict[str, Any] = {}
        self._seen = 0  # The Trainer's step at the last report.
        self._follower = Follower(
            trial, metrics, "the Trainer", save=self._save, load=self._load, use=self._use, knows=_torch.knows
        )

    def on_train_begin(self, args: Any, state: Any, control: Any, **parts: Any) -> None:
        """Loads the checkpoint of an earlier attempt."""
        self._parts = parts
        self._seen = state.global_step
        if self._follower.resume_here() and state.max_steps > 0:
            state.max_steps = max(1, state.max_steps - self._follower.step)

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Optional[Any] = None, **parts: Any) -> None:
        """Some steps are done, and an evaluation."""
        self._parts = parts
        steps, self._seen = state.global_step - self._seen, state.global_step
        if steps <= 0:  # evaluate() outside of training.
            return
        numbers = {name: value for name, value in (metrics or {}).items() if isinstance(value, (int, float))}
        if self._follower.follow(numbers, steps):
            control.should_training_stop = True

    def _optimizers(self) -> Any:
        return _torch.listed(self._parts.get("optimizer"))

    def _schedulers(self) -> Any:
        return _torch.listed(self._parts.get("lr_scheduler"))

    def _save(self, path: str) -> None:
        _torch.save_state(path, self._parts["model"], self._optimizers(), self._schedulers())

    def _load(self, path: str) -> None:
        _torch.load_state(path, self._parts["model"], self._optimizers(), self._schedulers())

    def _use(self, values: Dict[str, Any]) -> None:
        _torch.use(self._optimizers(), self._schedulers(), values)


def search(
    trainer: Any,
    space: Mapping[str, _tune.Range],
    trials: int,
    *,
    metric: str = "eval_loss",
    direction: str = "minimize",
    study: Optional[Study] = None,
    **more: Any,
) -> Study:
    """Tunes arguments of a Trainer: each trial trains a new model and evaluates it. Returns the study.

    trainer  with `model_init`, so that each trial begins anew. Evaluations during the training are judged by the
             pruner. Its arguments are afterwards what they were before.
    space    fields of TrainingArguments, by name: a distribution, a study file's declaration, or a list of choices.
    metric   what evaluate() returns.
    study    one of yours; else create_study(direction=..., **more) makes it.
    Errors   ValueError for a field that there is not, a Trainer without `model_init`, a metric that is not measured.
    """
    if trainer.model_init is None:
        raise ValueError("search() needs a Trainer with model_init, so that each trial begins with a new model")
    unknown = [name for name in space if not hasattr(trainer.args, name)]
    if unknown:
        raise ValueError(f"TrainingArguments has no '{unknown[0]}'; name one of its fields")
    wanted = {name: _range(name, one) for name, one in space.items()}
    before = {name: getattr(trainer.args, name) for name in wanted}
    made = study or create_study(direction=direction, **more)

    def objective(trial: Any) -> float:
        for name, distribution in wanted.items():
            setattr(trainer.args, name, trial._suggest(name, distribution))
        callback = SterletCallback(trial, metric)
        trainer.add_callback(callback)
        try:
            trainer.train()
        finally:
            trainer.remove_callback(callback)
        found = trainer.evaluate()
        if metric not in found:
            raise ValueError(f"evaluate() measured no '{metric}', only {', '.join(sorted(found))}; name one of these")
        return float(found[metric])

    try:
        made.optimize(objective, n_trials=trials)
    finally:
        for name, value in before.items():
            setattr(trainer.args, name, value)
    return made


def _range(name: str, one: _tune.Range) -> BaseDistribution:
    if isinstance(one, BaseDistribution):
        return one
    declaration = _tune._declaration(name, one)
    return _distribution(declaration if isinstance(declaration, dict) else {"value": declaration})
