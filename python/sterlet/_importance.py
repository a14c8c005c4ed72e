"""What `sterlet importance` says of trials; and where it says "not enough data", a rough measure, with a warning."""

from __future__ import annotations

import math
import warnings
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from sterlet._command import importances
from sterlet._copies import stored
from sterlet._space import decode_name
from sterlet.distributions import CategoricalDistribution
from sterlet.trial import FrozenTrial

__all__ = ["Told", "measure", "normalized", "shares"]

Target = Optional[Callable[[Any], float]]


class Told(NamedTuple):
    """What the engine says of one objective."""

    why_not: str
    """Why it says nothing; empty: it does."""
    figures: Dict[str, float]


def measure(trials: Sequence[FrozenTrial], direction: str, which: str) -> Told:
    """Has the engine measure trials of one finite value each. Errors: EngineError."""
    with stored(trials, ["value"], [direction]) as path:
        return of_storage(path, "copy", which)


def of_storage(path: str, name: str, which: str) -> Told:
    """The same of a stored study. Errors: EngineError."""
    told = importances(path, name)
    if not told["enough"]:
        return Told(str(told["why"]), {})
    rows: List[Dict[str, Any]] = told["importance"]
    return Told("", {decode_name(row["param"]): float(row[which]["value"]) for row in rows if row.get(which)})


def shares(
    trials: Sequence[FrozenTrial], told: Callable[[], Told], params: Optional[Sequence[str]]
) -> Dict[str, float]:
    """The figure of each parameter, the largest first: the engine's, else a rough one, with a warning.

    trials  COMPLETE ones of one finite value each.
    told    asks the engine; called only where there is something to ask.
    params  only these, of which each must be in some trial.
    Errors  ValueError for a parameter that no trial has, or that takes other values from trial to trial.
    """
    known = sorted({name for trial in trials for name in trial.params})
    for name in params or ():
        if name not in known:
            raise ValueError(f"no completed trial has the parameter '{name}', so that its importance cannot be told")
    wanted = known if params is None else list(params)
    if not wanted:
        return {}
    said = told()
    if said.why_not:
        warnings.warn(
            f"not enough data: {said.why_not}; the figures are squared rank correlations, which say little",
            stacklevel=4,
        )
        found = {name: _rough(trials, name) for name in wanted}
    else:
        found = {name: said.figures.get(name, 0.0) for name in wanted}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def normalized(found: Dict[str, float]) -> Dict[str, float]:
    """Divided by their sum; where it is 0, all are the same."""
    total = sum(found.values())
    return {name: value / total if total > 0 else 1.0 / len(found) for name, value in found.items()}


def _rough(trials: Sequence[FrozenTrial], name: str) -> float:
    """The share of the variance of the values' ranks that the parameter's rank, or its choice, explains."""
    having = [trial for trial in trials if name in trial.params]
    distribution = having[-1].distributions[name]
    values = _ranks([float(trial.values[0]) for trial in having if trial.values])
    total = sum(rank * rank for rank in values)
    if distribution.single() or total == 0:
        return 0.0
    if isinstance(distribution, CategoricalDistribution):
        groups: Dict[float, List[float]] = {}
        for trial, rank in zip(having, values):
            groups.setdefault(distribution.to_internal_repr(trial.params[name]), []).append(rank)
        return sum(sum(group) ** 2 / len(group) for group in groups.values()) / total
    places = _ranks([float(trial.params[name]) for trial in having])
    spread = sum(place * place for place in places)
    return sum(place * rank for place, rank in zip(places, values)) ** 2 / (spread * total) if spread > 0 else 0.0


def _ranks(values: Sequence[float]) -> List[float]:
    """Ranks around 0; equals share theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end - 1) / 2 - (len(values) - 1) / 2
        start = end
    return ranks


def is_finite(value: Optional[float]) -> bool:
    """Whether a value counts."""
    return value is not None and math.isfinite(value)
