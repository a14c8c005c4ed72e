"""Which parameters matter: what `sterlet importance` says, by Optuna's name."""

from __future__ import annotations

import os
import tempfile
from typing import Any, Callable, Dict, List, Optional

from sterlet._command import importances
from sterlet._desk import Desk
from sterlet._space import decode_name
from sterlet.study import Study
from sterlet.trial import FrozenTrial, TrialState

__all__ = ["FanovaImportanceEvaluator", "PedAnovaImportanceEvaluator", "get_param_importances"]


class _Evaluator:
    """One of the engine's measures; what Optuna's arguments choose it chooses itself."""

    _measure = "fanova"

    def __init__(self, **ignored: Any) -> None:
        """Takes Optuna's arguments and leaves them."""


class FanovaImportanceEvaluator(_Evaluator):
    """The share of the variance over the whole space. The default."""


class PedAnovaImportanceEvaluator(_Evaluator):
    """What tells the best trials from the others."""

    _measure = "pedanova"


def get_param_importances(
    study: Study,
    *,
    evaluator: Optional[_Evaluator] = None,
    params: Optional[List[str]] = None,
    target: Optional[Callable[[FrozenTrial], float]] = None,
    normalize: bool = True,
) -> Dict[str, float]:
    """The importance of each parameter, the largest first; see docs/importance.md.

    evaluator  which measure: shares of the variance where left out.
    params     only these.
    target     what to explain, of each trial, instead of its value; needed with several objectives.
    normalize  whether they are divided by their sum.
    Errors     ValueError where no trial is COMPLETE, or `target` is missing; EngineError in the engine's words.
    """
    if target is None and study._is_multi_objective():
        raise ValueError("If the `study` is being used for multi-objective optimization, please specify the `target`.")
    ended = study.get_trials(states=[TrialState.COMPLETE])
    if not ended:
        raise ValueError("Cannot evaluate parameter importances without completed trials.")
    measure = (evaluator or FanovaImportanceEvaluator())._measure
    if target is None and study._desk.path is not None:
        told = importances(study._desk.path, study.study_name)
    else:
        told = _of_copy(ended, target, study._desk.directions[0])
    found = {decode_name(one["param"]): float(one[measure]["value"]) for one in told if one.get(measure)}
    if params is not None:
        found = {name: value for name, value in found.items() if name in params}
    total = sum(found.values())
    if normalize and total > 0:
        found = {name: value / total for name, value in found.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _of_copy(
    ended: List[FrozenTrial], target: Optional[Callable[[FrozenTrial], float]], direction: str
) -> List[Dict[str, Any]]:
    """The same of trials that are in no storage, or of another value of them."""
    with tempfile.TemporaryDirectory(prefix="sterlet-") as folder:
        path = os.path.join(folder, "copy.db")
        copy = Desk("copy", path, ["value"], [direction])
        copy.create()
        try:
            for trial in ended:
                trial.user_attrs = {}
                if target is not None:
                    trial.values = [float(target(trial))]
            copy.add(ended)
        finally:
            copy.close()
        return importances(path, "copy")
