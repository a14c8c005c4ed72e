"""Samplers that try everything once: a grid of given values, and every value of every parameter as it appears."""

from __future__ import annotations

import itertools
import random
import threading
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from sterlet.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from sterlet.samplers import BaseSampler

if TYPE_CHECKING:
    from sterlet.study import Study
    from sterlet.trial import FrozenTrial, TrialState

__all__ = ["BruteForceSampler", "GridSampler"]

_VALUES_MAX = 1_000_000  # Of one parameter that is tried whole.


class GridSampler(BaseSampler):
    """Every combination of the given values, once, in an order that the seed draws. Then the study stops."""

    def __init__(self, search_space: Mapping[str, Sequence[Any]], seed: Optional[int] = None) -> None:
        super().__init__(seed)
        self._names = sorted(search_space)
        self._points = list(itertools.product(*(list(search_space[name]) for name in self._names)))
        random.Random(seed or 0).shuffle(self._points)
        self._lock = threading.Lock()
        self._taken: Dict[int, int] = {}  # Of this process: points by trial.

    def _fix(self, study: Study, trial: FrozenTrial) -> Dict[str, Any]:
        with self._lock:
            free = self._free(study, trial.number)
            place = free[0] if free else trial.number % len(self._points)
            self._taken[trial.number] = place
        return dict(zip(self._names, self._points[place]))

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Optional[Sequence[float]]
    ) -> None:
        if self.is_exhausted(study):
            study._stop_flag = True

    def is_exhausted(self, study: Study) -> bool:
        """Whether every combination is taken."""
        return not self._free(study, -1)

    def _free(self, study: Study, but_for: int) -> List[int]:
        taken = set(self._taken.values())
        visited = [
            tuple(one.params.get(name) for name in self._names)
            for one in study._known_trials()
            if one.number != but_for and one.number not in self._taken
        ]
        return [place for place, point in enumerate(self._points) if place not in taken and point not in visited]


class BruteForceSampler(BaseSampler):
    """Every combination of the values that parameters can have, as the objective asks for them; then the study stops.

    Errors: ValueError for a float without `step`.
    """

    def __init__(self, seed: Optional[int] = None, avoid_premature_stop: bool = False) -> None:
        super().__init__(seed)
        self._waits = avoid_premature_stop
        self._lock = threading.Lock()

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        values = _values(param_name, param_distribution)
        root = _Node()
        for one in study._known_trials():
            if one.number != trial.number:
                root.add(one)
        node = root.at(trial)
        left = [place for place in range(len(values)) if not node.is_done(place)]
        source = random.Random(f"{study._seed}/{trial.number}/{param_name}")
        return values[source.choice(left or range(len(values)))]

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Optional[Sequence[float]]
    ) -> None:
        root = _Node()
        for one in study._known_trials():
            if one.number == trial.number or one.state.is_finished() or not self._waits:
                root.add(one)
        if root.is_exhausted():
            study._stop_flag = True


class _Node:
    """What was tried below some values: a tree whose levels are parameters in the order they were asked for."""

    def __init__(self) -> None:
        self.children: Dict[int, _Node] = {}
        self.count: Optional[int] = None  # Of values of the parameter here; None: none was asked for yet.
        self.is_leaf = False

    def add(self, trial: FrozenTrial) -> None:
        node = self
        for name, value in trial.params.items():
            values = _values(name, trial.distributions[name])
            node.count = len(values)
            node = node.children.setdefault(_place(values, value), _Node())
        node.is_leaf = True

    def at(self, trial: FrozenTrial) -> _Node:
        node = self
        for name, value in trial.params.items():
            node = node.children.get(_place(_values(name, trial.distributions[name]), value), _Node())
        return node

    def is_done(self, place: int) -> bool:
        return place in self.children and self.children[place].is_exhausted()

    def is_exhausted(self) -> bool:
        if self.count is None:
            return self.is_leaf
        return len(self.children) == self.count and all(child.is_exhausted() for child in self.children.values())


def _place(values: Sequence[Any], value: Any) -> int:
    try:
        return values.index(value)
    except ValueError:  # A fixed value from outside.
        return -1


def _values(name: str, distribution: BaseDistribution) -> Tuple[Any, ...]:
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices
    if isinstance(distribution, IntDistribution):
        if (distribution.high - distribution.low) // distribution.step >= _VALUES_MAX:
            raise ValueError(f"{name}: over {_VALUES_MAX} values; give it a step, or use another sampler")
        return tuple(range(distribution.low, distribution.high + 1, distribution.step))
    assert isinstance(distribution, FloatDistribution)
    if distribution.step is None:
        raise ValueError(f"{name}: BruteForceSampler tries all values, of which a float without a step has no end; "
                         "give it a step")
    steps = round((distribution.high - distribution.low) / distribution.step)
    return tuple(distribution._level(place) for place in range(steps + 1))
