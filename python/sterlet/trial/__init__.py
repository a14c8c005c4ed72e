"""Trials: one that has ended (FrozenTrial), one of given values (FixedTrial), and one that runs (Trial)."""

from __future__ import annotations

import datetime
import math
import warnings
from typing import Any, Dict, List, Optional, Sequence, Union

from sterlet._trial import Trial
from sterlet.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    check_distribution_compatibility,
)
from sterlet.trial._state import TrialState

__all__ = ["BaseTrial", "FixedTrial", "FrozenTrial", "Trial", "TrialState", "create_trial"]

_CONSTRAINT = "constraints:"  # Before a constraint's name, among the system attributes.


class BaseTrial:
    """What objectives see of a trial: suggest_float(), suggest_int() and suggest_categorical() over one _suggest()."""

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        raise NotImplementedError

    def suggest_float(
        self,
        name: str,
        low: float,
        high: float,
        *,
        step: Optional[float] = None,
        log: bool = False,
        scale: Optional[str] = None,
    ) -> float:
        """A number from `low` to `high`, both possible; see FloatDistribution. Errors: ValueError."""
        return float(self._suggest(name, FloatDistribution(low, high, log, step, scale=scale)))

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        """A whole number from `low` to `high`, both possible; see IntDistribution. Errors: ValueError."""
        return int(self._suggest(name, IntDistribution(low, high, log, step)))

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """One of the choices; see CategoricalDistribution. Errors: ValueError."""
        return self._suggest(name, CategoricalDistribution(choices))

    def suggest_uniform(self, name: str, low: float, high: float) -> float:
        """Old name of suggest_float()."""
        _warn_of_old_name("suggest_uniform", "suggest_float")
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name: str, low: float, high: float) -> float:
        """Old name of suggest_float(..., log=True)."""
        _warn_of_old_name("suggest_loguniform", "suggest_float(..., log=True)")
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name: str, low: float, high: float, q: float) -> float:
        """Old name of suggest_float(..., step=q)."""
        _warn_of_old_name("suggest_discrete_uniform", "suggest_float(..., step=...)")
        return self.suggest_float(name, low, high, step=q)


class _TrialOfValues(BaseTrial):
    """A trial whose values are given and which no study hears of: an objective runs with it."""

    distributions: Dict[str, BaseDistribution]
    user_attrs: Dict[str, Any]
    system_attrs: Dict[str, Any]

    @property
    def constraints(self) -> Dict[str, float]:
        """By name; the trial is feasible when all are <= 0."""
        return constraints_of(self.system_attrs)

    def set_constraint(self, key: str, value: float) -> None:
        """Adds a constraint; the first value of a name stays. Errors: TypeError; ValueError for NaN."""
        put_constraint(self.system_attrs, key, value)

    def report(self, value: float, step: int) -> None:
        """Nothing: there is no study to tell."""

    def should_prune(self) -> bool:
        """False: it runs to its end."""
        return False

    def set_user_attr(self, key: str, value: Any) -> None:
        """Keeps a value with this object alone."""
        self.user_attrs[key] = value

    def _take(self, name: str, given: Dict[str, Any], distribution: BaseDistribution) -> Any:
        if name not in given:
            raise ValueError(
                f"this {type(self).__name__} has no value for '{name}'; name one in params when you make it"
            )
        _warn_outside(name, given[name], distribution)
        if name in self.distributions:
            check_distribution_compatibility(self.distributions[name], distribution)
        return given[name]


class FrozenTrial(_TrialOfValues):
    """A trial as it was when it was asked for. Two are equal if all they say is equal."""

    def __init__(
        self,
        number: int,
        state: TrialState,
        value: Optional[float],
        datetime_start: Optional[datetime.datetime],
        datetime_complete: Optional[datetime.datetime],
        params: Dict[str, Any],
        distributions: Dict[str, BaseDistribution],
        user_attrs: Dict[str, Any],
        system_attrs: Dict[str, Any],
        intermediate_values: Dict[int, float],
        trial_id: int,
        *,
        values: Optional[Sequence[float]] = None,
    ) -> None:
        if value is not None and values is not None:
            raise ValueError("both value and values are given; give one of them")
        self.number = number
        """Of the trial in its study, from 0."""
        self.state = state
        self.datetime_start = datetime_start
        self.datetime_complete = datetime_complete
        self.params = params
        self.distributions = distributions
        self.user_attrs = user_attrs
        self.system_attrs = system_attrs
        self.intermediate_values = intermediate_values
        """What was reported, by step."""
        self._trial_id = trial_id
        self.values: Optional[List[float]] = list(values) if values is not None else None
        """One an objective; None where there is no result. A PRUNED trial's is its last report."""
        if value is not None:
            self.values = [value]

    @property
    def value(self) -> Optional[float]:
        """The result of a study of one objective. Errors: RuntimeError where there are several."""
        if self.values is None:
            return None
        if len(self.values) > 1:
            raise RuntimeError("a trial of several objectives has no single value; ask for its values")
        return self.values[0]

    @value.setter
    def value(self, value: Optional[float]) -> None:
        self.values = None if value is None else [value]

    @property
    def last_step(self) -> Optional[int]:
        """The largest step that was reported; None where none was."""
        return max(self.intermediate_values) if self.intermediate_values else None

    @property
    def duration(self) -> Optional[datetime.timedelta]:
        """How long it ran; None where that is not known."""
        if self.datetime_start is None or self.datetime_complete is None:
            return None
        return self.datetime_complete - self.datetime_start

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        value = self._take(name, self.params, distribution)
        self.distributions[name] = distribution
        return value

    def _validate(self) -> None:
        """Whether what it says goes together. Errors: ValueError."""
        if self.state != TrialState.WAITING and self.datetime_start is None:
            raise ValueError("only a WAITING trial has no datetime_start; give one")
        if self.state.is_finished() == (self.datetime_complete is None):
            raise ValueError("datetime_complete belongs to a trial that has ended, and to no other")
        if self.state == TrialState.FAIL and self.values is not None:
            raise ValueError(f"a FAIL trial has no values (found {self.values}); leave them out")
        if self.state == TrialState.COMPLETE:
            if self.values is None:
                raise ValueError("a COMPLETE trial needs a value, or values")
            if any(math.isnan(value) for value in self.values):
                raise ValueError("NaN is no result of a COMPLETE trial; make it a FAIL trial")
        if self.params.keys() != self.distributions.keys():
            raise ValueError(
                "params and distributions must have the same names "
                f"(found {sorted(self.params)} and {sorted(self.distributions)})"
            )
        for name, value in self.params.items():
            if not self.distributions[name].contains(value):
                raise ValueError(
                    f"'{name}' is {value}, which lies outside its distribution, {self.distributions[name]}"
                )

    def copy(self) -> FrozenTrial:
        """One of its own: changes of either do not show in the other."""
        made = FrozenTrial.__new__(FrozenTrial)
        made.__dict__.update(self.__dict__)
        made.params = dict(self.params)
        made.distributions = dict(self.distributions)
        made.user_attrs = dict(self.user_attrs)
        made.system_attrs = dict(self.system_attrs)
        made.intermediate_values = dict(self.intermediate_values)
        made.values = None if self.values is None else list(self.values)
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrozenTrial):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __lt__(self, other: FrozenTrial) -> bool:
        return self.number < other.number

    def __le__(self, other: FrozenTrial) -> bool:
        return self.number <= other.number

    def __hash__(self) -> int:
        return hash((self.number, self._trial_id))

    def __repr__(self) -> str:
        said = ", ".join(f"{name.lstrip('_')}={value!r}" for name, value in self.__dict__.items())
        return f"FrozenTrial({said}, value=None)"


class FixedTrial(_TrialOfValues):
    """A trial of given values, to call an objective by hand, without a study."""

    def __init__(self, params: Dict[str, Any], number: int = 0) -> None:
        self.number = number
        self.params: Dict[str, Any] = {}
        """Those that were asked for so far."""
        self.distributions: Dict[str, BaseDistribution] = {}
        self.user_attrs: Dict[str, Any] = {}
        self.system_attrs: Dict[str, Any] = {}
        self.datetime_start: Optional[datetime.datetime] = datetime.datetime.now()
        self._given = params

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        value = self._take(name, self._given, distribution)
        self.params[name] = value
        self.distributions[name] = distribution
        return value


def create_trial(
    *,
    state: TrialState = TrialState.COMPLETE,
    value: Optional[float] = None,
    values: Optional[Sequence[float]] = None,
    params: Optional[Dict[str, Any]] = None,
    distributions: Optional[Dict[str, BaseDistribution]] = None,
    user_attrs: Optional[Dict[str, Any]] = None,
    system_attrs: Optional[Dict[str, Any]] = None,
    intermediate_values: Optional[Dict[int, float]] = None,
    constraints: Optional[Dict[str, float]] = None,
) -> FrozenTrial:
    """A trial that was evaluated elsewhere, for Study.add_trial().

    Errors: ValueError where what it says does not go together: a COMPLETE one without value, a value outside of its
    distribution, params and distributions of different names.
    """
    now = None if state == TrialState.WAITING else datetime.datetime.now()
    trial = FrozenTrial(
        number=-1,
        state=state,
        value=value,
        values=values,
        datetime_start=now,
        datetime_complete=now if state.is_finished() else None,
        params=params or {},
        distributions=distributions or {},
        user_attrs=user_attrs or {},
        system_attrs=system_attrs or {},
        intermediate_values=intermediate_values or {},
        trial_id=-1,
    )
    for name, one in (constraints or {}).items():
        trial.set_constraint(name, one)
    trial._validate()
    return trial


def constraints_of(system_attrs: Dict[str, Any]) -> Dict[str, float]:
    """The constraints among a trial's system attributes, by name."""
    found = {str(index): one for index, one in enumerate(system_attrs.get("constraints") or ())}
    for name, one in system_attrs.items():
        if name.startswith(_CONSTRAINT):
            found[name[len(_CONSTRAINT) :]] = one
    return found


def put_constraint(system_attrs: Dict[str, Any], key: str, value: Union[float, Any]) -> None:
    """Adds one; the first value of a name stays. Errors: TypeError; ValueError for NaN."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"the constraint {key!r} must be a number (found {value!r})") from None
    if math.isnan(number):
        raise ValueError(f"the constraint {key!r} is NaN; give a number")
    if _CONSTRAINT + key in system_attrs:
        warnings.warn(
            f"the constraint {key!r} was set before; its first value stays", stacklevel=3
        )
        return
    system_attrs[_CONSTRAINT + key] = number


def _warn_outside(name: str, value: Any, distribution: BaseDistribution) -> None:
    if not distribution._contains(distribution.to_internal_repr(value)):
        warnings.warn(
            f"'{name}' is {value}, which lies outside {distribution}; it is used all the same",
            stacklevel=5,
        )


def _warn_of_old_name(old: str, new: str) -> None:
    warnings.warn(f"{old} has been deprecated. Use {new} instead.", FutureWarning, stacklevel=3)
