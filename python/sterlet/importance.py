"""Which parameters matter: what `sterlet importance` says, by Optuna's names."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from sterlet._importance import Told, is_finite, measure, normalized, of_storage, shares
from sterlet.study import Study
from sterlet.trial import FrozenTrial, TrialState

__all__ = [
    "BaseImportanceEvaluator",
    "FanovaImportanceEvaluator",
    "MeanDecreaseImpurityImportanceEvaluator",
    "PedAnovaImportanceEvaluator",
    "get_param_importances",
]

Target = Optional[Callable[[FrozenTrial], float]]


class BaseImportanceEvaluator:
    """A measure. One of your own overrides evaluate()."""

    def evaluate(
        self, study: Study, params: Optional[List[str]] = None, *, target: Target = None
    ) -> Dict[str, float]:
        """The figure of each parameter, the largest first."""
        raise NotImplementedError(f"{type(self).__name__} must have evaluate(study, params, *, target)")


class _Evaluator(BaseImportanceEvaluator):
    """One of the engine's measures; what Optuna's arguments choose it chooses itself."""

    _measure = "fanova"

    def __init__(self, **ignored: Any) -> None:
        """Takes Optuna's arguments and leaves them."""

    def evaluate(
        self, study: Study, params: Optional[List[str]] = None, *, target: Target = None
    ) -> Dict[str, float]:
        """See get_param_importances(), without `normalize`."""
        ended = study.get_trials(states=[TrialState.COMPLETE])
        if target is None and study._is_multi_objective():
            return self._of_all(ended, study, params)
        if target is not None:
            for trial in ended:
                trial.values = [float(target(trial))]
        ended = [trial for trial in ended if is_finite(trial.value)]
        direction, path = study._desk.directions[0], study._desk.path

        def told() -> Told:
            if target is None and path is not None:
                return of_storage(path, study.study_name, self._measure)
            return measure(ended, direction, self._measure)

        return shares(ended, told, params)

    def _of_all(self, ended: List[FrozenTrial], study: Study, params: Optional[List[str]]) -> Dict[str, float]:
        """Of several objectives: the mean of each parameter's shares."""
        total: Dict[str, float] = {}
        for place in range(len(study._desk.directions)):
            for name, share in normalized(self.evaluate(study, params, target=_value_of(place))).items():
                total[name] = total.get(name, 0.0) + share / len(study._desk.directions)
        return dict(sorted(total.items(), key=lambda item: -item[1]))


class FanovaImportanceEvaluator(_Evaluator):
    """The share of the variance over the whole space. The default."""


class MeanDecreaseImpurityImportanceEvaluator(_Evaluator):
    """The same: the engine's trees are measured over the whole space, not where the trials happen to be."""


class PedAnovaImportanceEvaluator(_Evaluator):
    """What tells the best trials from the others."""

    _measure = "pedanova"


def get_param_importances(
    study: Study,
    *,
    evaluator: Optional[BaseImportanceEvaluator] = None,
    params: Optional[List[str]] = None,
    target: Target = None,
    normalize: bool = True,
) -> Dict[str, float]:
    """The importance of each parameter, the largest first; see docs/importance.md. Empty where no trial is COMPLETE.

    Of fewer than 20 trials, and of results that the engine cannot explain, it warns ("not enough data") and gives
    squared rank correlations.

    evaluator  which measure: shares of the variance where left out.
    params     only these.
    target     what to explain, of each trial, instead of its value; without it, of several objectives the mean over
               them.
    normalize  whether they are divided by their sum.
    Errors     TypeError for what is no evaluator; ValueError for a parameter that no completed trial has; EngineError
               in the engine's words.
    """
    chosen = evaluator or FanovaImportanceEvaluator()
    if not isinstance(chosen, BaseImportanceEvaluator):
        raise TypeError("evaluator must be a BaseImportanceEvaluator")
    found = chosen.evaluate(study, params, target=target)
    return normalized(found) if normalize else found


def _value_of(place: int) -> Callable[[FrozenTrial], float]:
    return lambda trial: trial.values[place] if trial.values else float("nan")
