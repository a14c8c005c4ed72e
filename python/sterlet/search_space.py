"""Which parameters trials have in common, for samplers of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Sequence, Union

from sterlet.distributions import BaseDistribution
from sterlet.trial import FrozenTrial, TrialState

if TYPE_CHECKING:
    from sterlet.study import Study

__all__ = ["IntersectionSearchSpace", "intersection_search_space"]


def intersection_search_space(
    trials: Union[Study, Sequence[FrozenTrial]], include_pruned: bool = False
) -> Dict[str, BaseDistribution]:
    """Parameters that all COMPLETE trials have with one distribution, by name; PRUNED ones count with the flag.

    A study stands for its trials.
    """
    states = (TrialState.COMPLETE, TrialState.PRUNED) if include_pruned else (TrialState.COMPLETE,)
    listed = trials.get_trials(deepcopy=False) if hasattr(trials, "get_trials") else trials
    ended = [trial.distributions for trial in listed if trial.state in states]
    if not ended:
        return {}
    common = [name for name in ended[0] if all(name in one and one[name] == ended[0][name] for one in ended)]
    return {name: ended[-1][name] for name in sorted(common)}


class IntersectionSearchSpace:
    """The same of a study."""

    def __init__(self, include_pruned: bool = False) -> None:
        self._include_pruned = include_pruned

    def calculate(self, study: Study) -> Dict[str, BaseDistribution]:
        """As intersection_search_space()."""
        return intersection_search_space(study.get_trials(deepcopy=False), self._include_pruned)
