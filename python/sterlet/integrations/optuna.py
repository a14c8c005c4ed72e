"""The engine's samplers, pruners and importance inside Optuna, for those who stay with it.

    import optuna
    from sterlet.integrations.optuna import SterletPruner, SterletSampler

    study = optuna.create_study(sampler=SterletSampler(seed=1), pruner=SterletPruner())

Needs Optuna 4 or 5. Parameters that all trials have are chosen together by the engine; others, and all of the first
trial, are drawn.
"""

from __future__ import annotations

import math
import random
import threading
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import optuna
from optuna.distributions import BaseDistribution as OptunaDistribution
from optuna.distributions import CategoricalDistribution as OptunaCategorical
from optuna.distributions import FloatDistribution as OptunaFloat
from optuna.distributions import IntDistribution as OptunaInt
from optuna.trial import FrozenTrial, TrialState

from sterlet._engine import Engine, EngineGone, number, numbers
from sterlet._importance import is_finite, measure, normalized, shares
from sterlet._space import Space
from sterlet.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from sterlet.integrations._optuna_pruner import SterletPruner
from sterlet.samplers import draw
from sterlet.trial import FrozenTrial as OwnTrial
from sterlet.trial import TrialState as OwnState

__all__ = ["SterletImportanceEvaluator", "SterletPruner", "SterletSampler"]

_ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
_WORDS = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}


class SterletSampler(optuna.samplers.BaseSampler):
    """A sampler of Optuna's whose choices are the engine's.

    sampler           a name of docs/samplers.md: auto, tpe, gp, cmaes, nsga2, refine, sobol, random.
    seed              equal seeds give equal suggestions where trials end in the same order; None: drawn.
    constraints_func  as Optuna's samplers take it: a trial is feasible when all it returns are <= 0.
    options           of that sampler, as in a study file.
    Errors            EngineError for an unknown sampler or option, or one that does not suit the study, at the second
                      trial.
    """

    def __init__(
        self,
        sampler: str = "auto",
        *,
        seed: Optional[int] = None,
        constraints_func: Optional[Callable[[FrozenTrial], Sequence[float]]] = None,
        **options: Any,
    ) -> None:
        self._choice = {"name": sampler, **options}
        self._seed = random.SystemRandom().randrange(1 << 31) if seed is None else seed
        self._constraints_func = constraints_func
        self._search_space = optuna.search_space.IntersectionSearchSpace()
        self._random = random.Random(self._seed)
        self._model: Optional[_Model] = None
        self._lock = threading.Lock()

    def infer_relative_search_space(
        self, study: optuna.study.Study, trial: FrozenTrial
    ) -> Dict[str, OptunaDistribution]:
        """The parameters that all ended trials have, but for those of one value."""
        found = self._search_space.calculate(study)
        return {name: one for name, one in found.items() if not one.single()}

    def sample_relative(
        self, study: optuna.study.Study, trial: FrozenTrial, search_space: Dict[str, OptunaDistribution]
    ) -> Dict[str, Any]:
        """The engine's choice for them."""
        if not search_space:
            return {}
        with self._lock:
            try:
                return self._ask(study, trial, search_space)
            except EngineGone:  # It was killed, or is the parent's of this process: another learns what is known.
                self._model = None
                return self._ask(study, trial, search_space)

    def sample_independent(
        self, study: optuna.study.Study, trial: FrozenTrial, param_name: str, param_distribution: OptunaDistribution
    ) -> Any:
        """Drawn, on the distribution's own scale."""
        return draw(_converted(param_distribution), self._random)

    def after_trial(
        self,
        study: optuna.study.Study,
        trial: FrozenTrial,
        state: TrialState,
        values: Optional[Sequence[float]],
    ) -> None:
        """Stores what constraints_func says of it."""
        if self._constraints_func is not None and state in (TrialState.COMPLETE, TrialState.PRUNED):
            constraints = tuple(float(one) for one in self._constraints_func(trial))
            study._storage.set_trial_system_attr(trial._trial_id, "constraints", constraints)

    def reseed_rng(self) -> None:
        """For a thread or process of its own: independent draws differ from now on."""
        self._random = random.Random()

    def _ask(
        self, study: optuna.study.Study, trial: FrozenTrial, search_space: Dict[str, OptunaDistribution]
    ) -> Dict[str, Any]:
        directions = [direction.name.lower() for direction in study.directions]
        if self._model is None or not self._model.suits(search_space, directions):
            self._model = _Model(self._choice, self._seed, search_space, directions)
        self._model.follow(study._storage.get_all_trials(study._study_id, deepcopy=False, states=_ENDED))
        return self._model.ask(trial.number)

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_model": None, "_lock": None}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


class SterletImportanceEvaluator(optuna.importance.BaseImportanceEvaluator):
    """The engine's importance for Optuna's get_param_importances() and plot_param_importances(); docs/importance.md.

    measure  fanova: shares of the variance over the whole space; pedanova: what tells the best trials from the others.
    Errors   ValueError for another measure.

    Where the engine says "not enough data" (fewer than 20 trials, say), it warns and gives squared rank correlations.
    """

    def __init__(self, measure: str = "fanova") -> None:
        if measure not in ("fanova", "pedanova"):
            raise ValueError(f"there is no measure {measure!r}; it is fanova or pedanova")
        self._measure = measure

    def evaluate(
        self,
        study: optuna.study.Study,
        params: Optional[List[str]] = None,
        *,
        target: Optional[Callable[[FrozenTrial], float]] = None,
    ) -> Dict[str, float]:
        """The figure of each parameter, the largest first; of several objectives without target, the mean over them."""
        ended = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if target is not None:
            return self._of([(trial, target(trial)) for trial in ended], study.directions[0].name.lower(), params)
        total: Dict[str, float] = {}
        for place, direction in enumerate(study.directions):
            found = self._of([(trial, trial.values[place]) for trial in ended], direction.name.lower(), params)
            if len(study.directions) == 1:
                return found
            for name, share in normalized(found).items():
                total[name] = total.get(name, 0.0) + share / len(study.directions)
        return dict(sorted(total.items(), key=lambda item: -item[1]))

    def _of(
        self, told: Sequence[Tuple[FrozenTrial, float]], direction: str, params: Optional[List[str]]
    ) -> Dict[str, float]:
        trials = [_own(trial, value) for trial, value in told if is_finite(value)]
        return shares(trials, lambda: measure(trials, direction, self._measure), params)


class _Model:
    """An engine for one search space, and which of Optuna's trials it has heard of."""

    def __init__(
        self,
        choice: Dict[str, Any],
        seed: int,
        search_space: Dict[str, OptunaDistribution],
        directions: List[str],
    ) -> None:
        self._search_space = dict(search_space)
        self._directions = directions
        self._space = Space()
        for name, distribution in search_space.items():
            self._space.meet(name, _converted(distribution))
        self._engine = Engine(
            {
                "study": "optuna",
                "objective": [
                    {"metric": f"value_{place}", "direction": direction} for place, direction in enumerate(directions)
                ],
                "params": self._space.declarations(),
                "sampler": choice,
                "seed": seed,
                "duplicates": "allow",
                "defaults_first": False,
                "failures_max": 1_000_000,
            }
        )
        self._asked: Dict[int, Tuple[int, Dict[str, Any]]] = {}  # By Optuna's number: the engine's, and the values.
        self._heard: set[int] = set()

    def suits(self, search_space: Dict[str, OptunaDistribution], directions: List[str]) -> bool:
        """Whether it is of these, and of this process."""
        return (
            self._search_space == search_space and self._directions == directions and self._engine.is_mine()
        )

    def follow(self, ended: Sequence[FrozenTrial]) -> None:
        """Tells the engine of trials that it has not heard of."""
        news = [self._operation(trial) for trial in ended if trial.number not in self._heard]
        self._heard.update(trial.number for trial in ended)
        self._engine.call_all([operation for one in news for operation in one])

    def ask(self, place: int) -> Dict[str, Any]:
        """The values for a trial."""
        answer = self._engine.call({"op": "ask"})
        values = {
            name: self._space.by_code[code].offered(answer["params"][code])
            for name, code in ((known.name, known.code) for known in self._space.known.values())
        }
        self._asked[place] = (answer["id"], answer["params"])
        return values

    def _operation(self, trial: FrozenTrial) -> List[Dict[str, Any]]:
        asked = self._asked.pop(trial.number, None)
        params = self._params(trial)
        outcome = self._outcome(trial)
        if asked is not None and params == asked[1]:
            return [{"op": "tell", "id": asked[0], **outcome}]
        # Its values were others than those that were asked for, or it was never asked for.
        left = [] if asked is None else [{"op": "tell", "id": asked[0], "state": "cancelled"}]
        return left if params is None else [*left, {"op": "add", "params": params, **outcome}]

    def _params(self, trial: FrozenTrial) -> Optional[Dict[str, Any]]:
        """By the engine's names; None where the trial is not of this space."""
        found = {}
        for known in self._space.known.values():
            word = known.encode(trial.params[known.name]) if known.name in trial.params else None
            if word is None:
                return None
            found[known.code] = word
        return found

    def _outcome(self, trial: FrozenTrial) -> Dict[str, Any]:
        told: Dict[str, Any] = {"state": _WORDS[trial.state]}
        values = list(trial.values or ())
        if trial.state == TrialState.PRUNED and not values and trial.last_step is not None:
            values = [trial.intermediate_values[trial.last_step]]
        is_whole = len(values) == len(self._directions) and not any(math.isnan(value) for value in values)
        if is_whole and trial.state != TrialState.FAIL:
            told["values"] = numbers(values)
        constraints = _constraints(trial)
        if constraints:
            told["constraints"] = [number(one) for one in constraints]
        return told


def _constraints(trial: FrozenTrial) -> List[float]:
    named = getattr(trial, "constraints", None)  # Since Optuna 5.
    if isinstance(named, dict) and named:
        return [float(one) for one in named.values()]
    return [float(one) for one in trial.system_attrs.get("constraints") or ()]


def _own(trial: FrozenTrial, value: float) -> OwnTrial:
    """An ended trial as the package has it, with another value."""
    made = OwnTrial(
        trial.number,
        OwnState.COMPLETE,
        float(value),
        trial.datetime_start,
        trial.datetime_complete,
        dict(trial.params),
        {name: _converted(one) for name, one in trial.distributions.items()},
        {},
        {},
        {},
        trial.number,
    )
    return made


def _converted(distribution: OptunaDistribution) -> BaseDistribution:
    if isinstance(distribution, OptunaFloat):
        return FloatDistribution(distribution.low, distribution.high, log=distribution.log, step=distribution.step)
    if isinstance(distribution, OptunaInt):
        return IntDistribution(distribution.low, distribution.high, log=distribution.log, step=distribution.step)
    assert isinstance(distribution, OptunaCategorical)
    return CategoricalDistribution(distribution.choices)
