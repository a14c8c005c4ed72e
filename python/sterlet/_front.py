"""The Pareto front."""

from __future__ import annotations

from typing import List, Sequence, Tuple

from sterlet.trial import FrozenTrial, TrialState

__all__ = ["front_of"]


def front_of(trials: Sequence[FrozenTrial], directions: Sequence[str]) -> List[FrozenTrial]:
    """COMPLETE and feasible trials that no other dominates, by number. Equal values are all on it.

    Cost O(n log n) with one or two objectives, else O(n * f), f trials on the front.
    """
    signs = [-1.0 if direction == "maximize" else 1.0 for direction in directions]
    rows: List[Tuple[Tuple[float, ...], FrozenTrial]] = []
    for trial in trials:
        if trial.state == TrialState.COMPLETE and all(one <= 0 for one in trial.constraints.values()):
            assert trial.values is not None
            rows.append((tuple(sign * value for sign, value in zip(signs, trial.values)), trial))
    rows.sort(key=lambda row: row[0])
    # In this order nobody is dominated by a later one.
    front: List[Tuple[Tuple[float, ...], FrozenTrial]] = []
    least = float("inf")
    for values, trial in rows:
        if len(signs) <= 2:
            is_new_best = values[-1] < least or (bool(front) and values == front[-1][0])
            least = min(least, values[-1])
        else:
            is_new_best = not any(_dominates(other, values) for other, _ in front)
        if is_new_best:
            front.append((values, trial))
    return sorted((trial for _, trial in front), key=lambda trial: trial.number)


def _dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other))
