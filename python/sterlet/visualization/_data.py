"""What the plots show, without anything that draws: values of trials, and parameters on axes."""

from __future__ import annotations

import math
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

from sterlet.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, scale_of
from sterlet.study import Study
from sterlet.trial import FrozenTrial, TrialState

__all__ = ["Axis", "Target", "axis_of", "best_so_far", "chosen", "ended", "hypervolume", "is_better"]

Target = Optional[Callable[[FrozenTrial], float]]


class Axis(NamedTuple):
    """A parameter on an axis: positions of its values, and how they are labelled."""

    name: str
    scale: str
    """linear, log, reverse_log or choices."""
    choices: Tuple[Any, ...]

    def place(self, value: Any) -> float:
        """Where a value stands: a choice by its index, a number by itself."""
        return float(self.choices.index(value)) if self.scale == "choices" else float(value)

    def even(self, value: Any) -> float:
        """The same on a scale on which equal steps look equal."""
        place = self.place(value)
        if self.scale == "log":
            return math.log10(place)
        return -math.log10(1 - place) if self.scale == "reverse_log" else place

    def both(self, value: Any) -> Tuple[float, float]:
        """Where it stands, and where on that scale."""
        return self.place(value), self.even(value)


def axis_of(trials: Sequence[FrozenTrial], name: str) -> Axis:
    """A parameter of which some of these trials have a value."""
    distribution = next(trial.distributions[name] for trial in reversed(trials) if name in trial.distributions)
    if isinstance(distribution, CategoricalDistribution):
        return Axis(name, "choices", tuple(distribution.choices))
    assert isinstance(distribution, (FloatDistribution, IntDistribution))
    return Axis(name, scale_of(distribution), ())


def ended(study: Study, target: Target) -> List[Tuple[FrozenTrial, float]]:
    """COMPLETE trials with what is shown of each, by number. Errors: ValueError where `target` is needed."""
    if target is None and study._is_multi_objective():
        raise ValueError("of several objectives a plot shows one: say which by target=lambda trial: trial.values[0]")
    found = []
    for trial in study.get_trials(deepcopy=False, states=[TrialState.COMPLETE]):
        value = float(target(trial)) if target is not None else float(trial.value or 0.0)
        if math.isfinite(value):
            found.append((trial, value))
    return found


def chosen(trials: Sequence[FrozenTrial], params: Optional[Sequence[str]]) -> List[str]:
    """The parameters to show. Errors: ValueError for one that no trial has."""
    known = sorted({name for trial in trials for name in trial.params})
    for name in params or ():
        if name not in known:
            raise ValueError(f"no completed trial has the parameter '{name}'; they have {', '.join(known) or 'none'}")
    return known if params is None else list(params)


def is_better(study: Study, target: Target) -> Callable[[float, float], bool]:
    """Whether one value is better than another; of a target of yours, the lower."""
    if target is None and study._desk.directions[0] == "maximize":
        return lambda one, other: one > other
    return lambda one, other: one < other


def best_so_far(values: Sequence[float], better: Callable[[float, float], bool]) -> List[float]:
    """The best of the values up to each."""
    found: List[float] = []
    for value in values:
        found.append(value if not found or better(value, found[-1]) else found[-1])
    return found


def hypervolume(points: Sequence[Sequence[float]], reference: Sequence[float]) -> float:
    """The volume that points dominate, up to the reference point; all are to be low. Cost grows with n^(d - 1)."""
    inside = sorted({tuple(point) for point in points if all(a < b for a, b in zip(point, reference))})
    if not inside:
        return 0.0
    if len(reference) == 1:
        return reference[0] - inside[0][0]
    # Slices along the first axis: each is as thick as the way to the next point.
    volume = 0.0
    for place, point in enumerate(inside):
        after = inside[place + 1][0] if place + 1 < len(inside) else reference[0]
        if after > point[0]:
            volume += (after - point[0]) * hypervolume([one[1:] for one in inside[: place + 1]], reference[1:])
    return volume
