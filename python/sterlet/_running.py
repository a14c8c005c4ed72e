"""A trial that runs under Study.optimize(), or between ask() and tell()."""

from __future__ import annotations

import datetime
import warnings
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Union

from sterlet._trial import Change, Trial
from sterlet.distributions import BaseDistribution, check_distribution_compatibility
from sterlet.trial import BaseTrial, FrozenTrial, TrialState, constraints_of, put_constraint

if TYPE_CHECKING:
    from sterlet.study import Study

__all__ = ["RunningTrial"]


class RunningTrial(BaseTrial, Trial):
    """A trial of a study in this process. One thread at a time.

    It is a sterlet.Trial, so that an objective may be written for either: report() takes (value, step) as Optuna's
    does, or (step, metric=value) as a launched program's; should_stop() is should_prune().
    """

    def __init__(
        self, study: Study, record: FrozenTrial, asked: Dict[str, Any], fixed: Dict[str, Any], relative: Dict[str, Any]
    ) -> None:
        self.study = study
        """The study that it is of."""
        self._record = record
        self._trial_id = record._trial_id
        self._offered = asked  # By the engine's names.
        self._fixed = fixed  # By the program's: these values, whatever the engine says.
        self._relative = relative  # What a sampler in Python says.
        self._deviates = False  # From what was asked.
        self._must_stop = False

    # -- Parameters ----------------------------------------------------------------------------------------------------

    @property
    def params(self) -> Dict[str, Any]:  # type: ignore[override]
        """Those that were asked for so far."""
        return dict(self._record.params)

    @property
    def distributions(self) -> Dict[str, BaseDistribution]:
        """Theirs."""
        return dict(self._record.distributions)

    @property
    def relative_params(self) -> Dict[str, Any]:
        """Those that a sampler in Python chose together, before the trial began."""
        return dict(self._relative)

    def get(self, name: str, default: Any) -> Any:
        """The value of a parameter that was asked for, else `default`."""
        return self._record.params.get(name, default)

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        record = self._record
        if name not in record.params:
            value = self._choose(name, distribution)
            record.params[name] = value
            record.distributions[name] = distribution
            return value
        before = record.distributions[name]
        if before != distribution:
            check_distribution_compatibility(before, distribution)
            warnings.warn(
                f"'{name}' was asked for twice with different ranges; it stays as it was asked for first, "
                f"{before._asdict()}",
                RuntimeWarning,
                stacklevel=4,
            )
        return record.params[name]

    def _choose(self, name: str, distribution: BaseDistribution) -> Any:
        known = self.study._space.meet(name, distribution)
        if name in self._fixed:
            value = self._fixed[name]
            if not distribution._contains(distribution.to_internal_repr(value)):
                warnings.warn(
                    f"'{name}' was fixed at {value}, which lies outside {distribution}; it is used all the same",
                    stacklevel=5,
                )
            self._deviates = self._deviates or self._offered.get(known.code) != known.encode(value)
            return value
        if name in self._relative and distribution.contains(self._relative[name]):
            self._deviates = True
            return self._relative[name]
        if known.code in self._offered and self.study.sampler._asks_engine:
            word = self._offered[known.code]
            value = known.offered(word)
            self._deviates = self._deviates or (word == 0 and value != 0)
            if distribution is known.distribution or distribution == known.distribution or distribution.contains(value):
                return value
        self._deviates = True
        if distribution.single():
            return distribution.to_external_repr(
                getattr(distribution, "low", 0.0)  # Of choices: the first.
            )
        return self.study.sampler.sample_independent(self.study, self._record, name, distribution)

    def _settled(self) -> Optional[Dict[str, Any]]:
        """The parameters by the engine's names, where they are not those that it asked for."""
        if not self._deviates and len(self._record.params) == len(self._offered):
            return None
        return self.study._encoded(self._record.params)

    # -- Reports -------------------------------------------------------------------------------------------------------

    def report(
        self,
        *told: Any,
        wait: bool = False,
        value: Optional[float] = None,
        step: Optional[int] = None,
        metrics: Optional[Dict[str, float]] = None,
        **more: float,
    ) -> bool:
        """Tells a value of the objective at a step, and returns should_prune().

        report(value, step), as in Optuna; or report(step, metric=value, ...) as in a launched program, where the
        study's metric must be among them (a study of one metric takes the first). A step that was told is not changed.

        Errors: TypeError for what is no number; ValueError for a step below 0; NotImplementedError where the study has
        several objectives.
        """
        if len(self.study.directions) > 1:
            raise NotImplementedError("report() is for studies of one objective")
        named = {**(told[1] if len(told) > 1 and isinstance(told[1], dict) else {}), **(metrics or {}), **more}
        if named:
            step = told[0] if told else step
            value = named.get(self.study._metrics()[0], next(iter(named.values())))
        elif told and value is not None and step is None:  # A metric that is named value.
            step = told[0]
        else:
            value = told[0] if told else value
            step = told[1] if len(told) > 1 else step
        number, at = _as_float(value), _as_int(step)
        if at < 0:
            raise ValueError(f"step must be 0 or more (found {at})")
        if at in self._record.intermediate_values:
            warnings.warn(
                f"step {at} was reported before; its first value stays", stacklevel=2
            )
            return self._must_stop
        self._record.intermediate_values[at] = number
        self._must_stop = self.study._report(self, at, number) or self._must_stop
        return self._must_stop

    def should_prune(self) -> bool:
        """Whether the study's pruner would end it here. Errors: NotImplementedError with several objectives."""
        if len(self.study.directions) > 1:
            raise NotImplementedError("should_prune() is for studies of one objective")
        if self.study.pruner._asks_engine:
            return self._must_stop
        return bool(self.study.pruner.prune(self.study, self._record.copy()))

    def should_stop(self) -> bool:
        """The same."""
        return self.should_prune()

    # -- What else belongs to it ---------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """Of the trial in its study, from 0."""
        return self._record.number

    @property
    def datetime_start(self) -> Optional[datetime.datetime]:
        """When it began, in local time."""
        return self._record.datetime_start

    @property
    def user_attrs(self) -> Dict[str, Any]:
        """What set_user_attr() kept."""
        return dict(self._record.user_attrs)

    @property
    def system_attrs(self) -> Dict[str, Any]:
        """What the package keeps beside it."""
        return dict(self._record.system_attrs)

    @property
    def constraints(self) -> Dict[str, float]:
        """By name; the trial is feasible when all are <= 0."""
        return constraints_of(self._record.system_attrs)

    def set_constraint(self, key: str, value: float) -> None:
        """Adds a constraint; the first value of a name stays. Errors: TypeError; ValueError for NaN."""
        put_constraint(self._record.system_attrs, key, value)

    def set_user_attr(self, key: str, value: Any) -> None:
        """Keeps a value, which JSON can hold, with the trial. Errors: TypeError where a storage cannot hold it."""
        self.study._set_trial_attr(self, key, value)
        self._record.user_attrs[key] = value

    def _set_system_attr(self, key: str, value: Any) -> None:
        self.study._set_trial_attr(self, key, value)
        self._record.system_attrs[key] = value

    def seed(self, default: int) -> int:
        """A seed for this trial, from the study's."""
        return (self.study._seed * 1_000_003 + self.number) % (1 << 31)

    def active(self) -> bool:
        """True: a study listens."""
        return True

    def finish(self, value: Union[float, Any]) -> None:
        """Tells the result now; the objective's own then does not count."""
        self.study.tell(self, value)

    def has(self, name: str) -> bool:
        """Whether that parameter was asked for."""
        return name in self._record.params

    def steps(self, last: int, *callbacks: Any, **more: Any) -> Iterator[int]:
        """Steps 1 to `last`, until the pruner would end the trial: as of a launched program, whose callbacks for
        checkpoints are taken and not called."""
        for step in range(1, last + 1):
            if len(self.study.directions) == 1 and self.should_prune():
                return
            yield step

    def changes(self) -> List[Change]:
        """None: nobody changes a trial of Study.optimize() while it runs."""
        return []

    def _send(self, message: Dict[str, Any]) -> None:
        """Nothing: it has no channel."""

    def _receive(self) -> None:
        """Nothing."""

    def is_over(self) -> bool:
        """Whether it was told."""
        return self._record.state != TrialState.RUNNING


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"value must be a number (found {value!r})") from None


def _as_int(step: Any) -> int:
    try:
        return int(step)
    except (TypeError, ValueError):
        raise TypeError(f"step must be a whole number (found {step!r})") from None
