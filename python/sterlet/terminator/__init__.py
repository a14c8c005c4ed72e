"""Ending a study by itself, once there is little left to win: by Optuna's names.

The engine's own way is a budget: `sterlet tune --until ...` and a study's `budget` (docs/study-file.md).
"""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Any, List, Optional, Sequence

from sterlet import logging
from sterlet._absent import absent
from sterlet.trial import FrozenTrial, TrialState

if TYPE_CHECKING:
    from sterlet._running import RunningTrial
    from sterlet.study import Study

__all__ = [
    "BaseErrorEvaluator",
    "BaseImprovementEvaluator",
    "BaseTerminator",
    "BestValueStagnationEvaluator",
    "CrossValidationErrorEvaluator",
    "MedianErrorEvaluator",
    "StaticErrorEvaluator",
    "Terminator",
    "TerminatorCallback",
    "report_cross_validation_scores",
]

_SCORES = "terminator:cv_scores"

_logger = logging.get_logger(__name__)


class BaseImprovementEvaluator:
    """How much further trials may still win. One of your own overrides evaluate()."""

    def evaluate(self, trials: List[FrozenTrial], study_direction: Any) -> float:
        """Of COMPLETE trials, in their order."""
        raise NotImplementedError(f"{type(self).__name__} must have evaluate(trials, study_direction)")


class BaseErrorEvaluator:
    """What a win must exceed to be worth it. One of your own overrides evaluate()."""

    def evaluate(self, trials: List[FrozenTrial], study_direction: Any) -> float:
        """Of COMPLETE trials, in their order."""
        raise NotImplementedError(f"{type(self).__name__} must have evaluate(trials, study_direction)")


class BestValueStagnationEvaluator(BaseImprovementEvaluator):
    """How many more trials the best value may stay what it is: `max_stagnation_trials`, less those it has stayed."""

    def __init__(self, max_stagnation_trials: int = 30) -> None:
        if max_stagnation_trials < 0:
            raise ValueError("max_stagnation_trials must be 0 or more")
        self._most = max_stagnation_trials

    def evaluate(self, trials: List[FrozenTrial], study_direction: Any) -> float:
        """Below 0: it has stayed for longer. Errors: ValueError without COMPLETE trials."""
        values = [trial.value for trial in trials if trial.state == TrialState.COMPLETE and trial.value is not None]
        if not values:
            raise ValueError("there is no completed trial yet to say anything of")
        best = max(values) if study_direction.name == "MAXIMIZE" else min(values)
        return float(self._most - (len(values) - 1 - values.index(best)))


class StaticErrorEvaluator(BaseErrorEvaluator):
    """A number of yours."""

    def __init__(self, constant: float) -> None:
        self._constant = constant

    def evaluate(self, trials: List[FrozenTrial], study_direction: Any) -> float:
        """That."""
        return self._constant


class CrossValidationErrorEvaluator(BaseErrorEvaluator):
    """The standard error of the best trial's cross-validation, which report_cross_validation_scores() told."""

    def evaluate(self, trials: List[FrozenTrial], study_direction: Any) -> float:
        """Its folds share their data: the variance of the mean is taken as (1/k + 1/(k - 1)) of theirs."""
        ended = [trial for trial in trials if trial.state == TrialState.COMPLETE and trial.value is not None]
        if not ended:
            raise ValueError("there is no completed trial yet to say anything of")
        sign = -1.0 if study_direction.name == "MAXIMIZE" else 1.0
        best = min(ended, key=lambda trial: sign * (trial.value or 0.0))
        scores = best.system_attrs.get(_SCORES)
        if not scores:
            raise ValueError(
                "no cross-validation scores were told of the best trial; call report_cross_validation_scores(trial, "
                "scores) in the objective"
            )
        folds = len(scores)
        return math.sqrt((1 / folds + 1 / (folds - 1)) * statistics.pvariance(scores))


class MedianErrorEvaluator(BaseErrorEvaluator):
    """A share of the median improvement over the first trials: what was usual then is large now.

    paired_improvement_evaluator  whose improvements those are.
    """

    def __init__(
        self,
        paired_improvement_evaluator: BaseImprovementEvaluator,
        warm_up_trials: int = 10,
        n_initial_trials: int = 20,
        threshold_ratio: float = 0.01,
    ) -> None:
        if warm_up_trials < 0 or n_initial_trials <= 0 or not 0 < threshold_ratio < math.inf:
            raise ValueError("warm_up_trials must be >= 0, n_initial_trials and threshold_ratio > 0.")
        self._paired = paired_improvement_evaluator
        self._warm_up = warm_up_trials
        self._count = n_initial_trials
        self._share = threshold_ratio

    def evaluate(self, trials: List[FrozenTrial], study_direction: Any) -> float:
        """Until those trials have ended nothing is worth ending for: minus infinity."""
        ended = [trial for trial in trials if trial.state == TrialState.COMPLETE]
        if len(ended) < self._warm_up + self._count:
            return -math.inf
        ends = range(self._warm_up + 1, self._warm_up + self._count + 1)
        return self._share * statistics.median(self._paired.evaluate(ended[:end], study_direction) for end in ends)


class BaseTerminator:
    """Says when a study has done enough. One of your own overrides should_terminate()."""

    def should_terminate(self, study: Study) -> bool:
        """Whether no more trials are worth it."""
        raise NotImplementedError(f"{type(self).__name__} must have should_terminate(study)")


class Terminator(BaseTerminator):
    """Ends a study once what may still be won is less than the error.

    improvement_evaluator  BestValueStagnationEvaluator() where left out.
    error_evaluator        StaticErrorEvaluator(0) where left out.
    min_n_trials           so many COMPLETE trials at least. Errors: ValueError for one below 1.
    """

    def __init__(
        self,
        improvement_evaluator: Optional[BaseImprovementEvaluator] = None,
        error_evaluator: Optional[BaseErrorEvaluator] = None,
        min_n_trials: int = 20,
    ) -> None:
        if min_n_trials <= 0:
            raise ValueError("min_n_trials must be 1 or more")
        self._improvement = improvement_evaluator or BestValueStagnationEvaluator()
        self._error = error_evaluator or StaticErrorEvaluator(0.0)
        self._min_n_trials = min_n_trials

    def should_terminate(self, study: Study) -> bool:
        """See above."""
        trials = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
        if len(trials) < self._min_n_trials:
            return False
        return self._improvement.evaluate(trials, study.direction) < self._error.evaluate(trials, study.direction)


class TerminatorCallback:
    """A callback of Study.optimize() that ends it where a terminator says so."""

    def __init__(self, terminator: Optional[BaseTerminator] = None) -> None:
        self._terminator = terminator or Terminator()

    def __call__(self, study: Study, trial: FrozenTrial) -> None:
        if self._terminator.should_terminate(study):
            _logger.info("the terminator ended the study")
            study.stop()


def __getattr__(name: str) -> Any:
    raise absent("terminator", name)


def report_cross_validation_scores(trial: RunningTrial, scores: Sequence[float]) -> None:
    """Keeps the scores of a trial's folds, for CrossValidationErrorEvaluator. Errors: ValueError for fewer than two."""
    if len(scores) <= 1:
        raise ValueError("scores of two folds at least are needed")
    trial._set_system_attr(_SCORES, [float(score) for score in scores])
