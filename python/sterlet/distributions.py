"""What a parameter may be: a range of numbers, or choices. Names and rules are Optuna's, but for reverse_log."""

from __future__ import annotations

import json
import math
import warnings
from decimal import Decimal
from typing import Any, Dict, Optional, Sequence, Tuple, Union

__all__ = [
    "BaseDistribution",
    "CategoricalChoiceType",
    "CategoricalDistribution",
    "FloatDistribution",
    "IntDistribution",
    "check_distribution_compatibility",
    "distribution_to_json",
    "json_to_distribution",
]

CategoricalChoiceType = Union[None, bool, int, float, str]

_STEP_TOLERANCE = 1e-8  # Of a step: how far a value may lie beside a multiple of it.


class BaseDistribution:
    """A set of values. Equal by what it says; never changed once made."""

    def to_external_repr(self, param_value_in_internal_repr: float) -> Any:
        """The value that a number stands for: an int, a choice, or the number."""
        return param_value_in_internal_repr

    def to_internal_repr(self, param_value_in_external_repr: Any) -> float:
        """The number that stands for a value: itself, or the index of a choice. Errors: ValueError."""
        raise NotImplementedError

    def single(self) -> bool:
        """Whether there is only one value."""
        raise NotImplementedError

    def contains(self, value: Any) -> bool:
        """Whether it has that value; False where it is of another kind."""
        try:
            return self._contains(self.to_internal_repr(value))
        except ValueError:
            return False

    def _contains(self, param_value_in_internal_repr: float) -> bool:
        raise NotImplementedError

    def _asdict(self) -> Dict[str, Any]:
        return dict(self.__dict__)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseDistribution):
            return NotImplemented
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted(self.__dict__.items(), key=lambda item: item[0]))))

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in sorted(self._asdict().items()))
        return f"{type(self).__name__}({said})"


class FloatDistribution(BaseDistribution):
    """Numbers from `low` to `high`, both possible.

    log     equal factors count alike; low > 0.
    step    only low, low + step, ...; not together with a scale. `high` falls to the last of them.
    scale   "linear", "log" (the same as log=True) or "reverse_log", where 1 - x is on a log scale: 0 < low, high < 1.
            It suits momentum and betas.
    Errors  ValueError where these do not go together.
    """

    def __init__(
        self, low: float, high: float, log: bool = False, step: Optional[float] = None, *, scale: Optional[str] = None
    ) -> None:
        scale = _scale(log, scale)
        if scale != "linear" and step is not None:
            raise ValueError(f"The parameter `step` is not supported when `log` is true (the scale is {scale}).")
        if low > high:
            raise ValueError(f"low must not be above high (found low={low}, high={high})")
        if scale == "log" and low <= 0:
            raise ValueError(f"a log scale needs low > 0 (found low={low}, high={high})")
        if scale == "reverse_log" and not (low > 0 and high < 1):
            raise ValueError(f"reverse_log needs 0 < low and high < 1 (found low={low}, high={high})")
        if step is not None and step <= 0:
            raise ValueError(f"step must be above 0 (found {step})")
        if not (math.isfinite(low) and math.isfinite(high)):
            raise ValueError(f"low and high must be finite (found low={low}, high={high})")
        self.low = float(low)
        self.high = float(high) if step is None else _last_step(low, high, step)
        self.log = scale == "log"
        self.step = None if step is None else float(step)
        if scale == "reverse_log":
            self.scale = scale

    def single(self) -> bool:
        if self.low == self.high or self.step is None:
            return self.low == self.high
        return Decimal(str(self.high)) - Decimal(str(self.low)) < Decimal(str(self.step))

    def to_internal_repr(self, param_value_in_external_repr: Any) -> float:
        value = _number(param_value_in_external_repr)
        if self.log and value <= 0:
            raise ValueError(f"a log scale has no {param_value_in_external_repr}; only what is above 0")
        return value

    def _level(self, place: int) -> float:
        """The place-th value of one with a step, by its digits: 0.009, where a sum is 0.009000000000000001."""
        return float(Decimal(str(self.low)) + place * Decimal(str(self.step)))

    def _snapped(self, value: float) -> float:
        """The value that was meant: with a step, that of the nearest place."""
        return value if self.step is None else self._level(round((value - self.low) / self.step))

    def _contains(self, param_value_in_internal_repr: float) -> bool:
        value = param_value_in_internal_repr
        if not self.low <= value <= self.high:
            return False
        if self.step is None:
            return True
        steps = (value - self.low) / self.step
        return abs(steps - round(steps)) < _STEP_TOLERANCE


class IntDistribution(BaseDistribution):
    """Whole numbers from `low` to `high`, both possible.

    log     equal factors count alike; low >= 1, and step is 1.
    step    only low, low + step, ...; `high` falls to the last of them.
    Errors  ValueError where these do not go together.
    """

    def __init__(self, low: int, high: int, log: bool = False, step: int = 1) -> None:
        if log and step != 1:
            raise ValueError(
                f"`step` must be 1 when `log` is true, but got step={step}."
            )
        if low > high:
            raise ValueError(f"low must not be above high (found low={low}, high={high})")
        if log and low < 1:
            raise ValueError(f"a log scale of whole numbers needs low >= 1 (found low={low}, high={high})")
        if step <= 0:
            raise ValueError(f"step must be above 0 (found {step})")
        self.log = log
        self.step = int(step)
        self.low = int(low)
        self.high = int(high)
        if (self.high - self.low) % self.step:
            self.high = self.low + (self.high - self.low) // self.step * self.step
            _say_high_moved(low, high, step, self.high)

    def to_external_repr(self, param_value_in_internal_repr: float) -> int:
        return int(param_value_in_internal_repr)

    def to_internal_repr(self, param_value_in_external_repr: Any) -> float:
        value = _number(param_value_in_external_repr)
        if self.log and value <= 0:
            raise ValueError(f"a log scale has no {param_value_in_external_repr}; only what is above 0")
        return value

    def single(self) -> bool:
        return (self.log and self.low == self.high) or self.high - self.low < self.step

    def _contains(self, param_value_in_internal_repr: float) -> bool:
        value = param_value_in_internal_repr
        return self.low <= value <= self.high and (value - self.low) % self.step == 0


class CategoricalDistribution(BaseDistribution):
    """One of some choices, whose order means nothing.

    choices  at least one; None, bool, int, float or str. Others work, too, but are stored as their text.
    Errors   ValueError where there is none.
    """

    def __init__(self, choices: Sequence[CategoricalChoiceType]) -> None:
        if len(choices) == 0:
            raise ValueError("choices are empty; give one at least")
        for choice in choices:
            if choice is not None and not isinstance(choice, (bool, int, float, str)):
                warnings.warn(
                    f"{choice!r} among the choices is a {type(choice).__name__}, which cannot be stored; choose "
                    "among None, bool, int, float and str, and look the rest up by it",
                    stacklevel=2,
                )
        self.choices: Tuple[CategoricalChoiceType, ...] = tuple(choices)

    def to_external_repr(self, param_value_in_internal_repr: float) -> CategoricalChoiceType:
        return self.choices[int(param_value_in_internal_repr)]

    def to_internal_repr(self, param_value_in_external_repr: Any) -> float:
        for index, choice in enumerate(self.choices):
            if choice is param_value_in_external_repr or _same_choice(choice, param_value_in_external_repr):
                return index
        raise ValueError(f"'{param_value_in_external_repr}' not in {self.choices}.")

    def single(self) -> bool:
        return len(self.choices) == 1

    def _contains(self, param_value_in_internal_repr: float) -> bool:
        return 0 <= int(param_value_in_internal_repr) < len(self.choices)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CategoricalDistribution):
            return NotImplemented if not isinstance(other, BaseDistribution) else False
        return self.choices == other.choices or (
            len(self.choices) == len(other.choices) and all(map(_same_choice, self.choices, other.choices))
        )

    __hash__ = BaseDistribution.__hash__


def __getattr__(name: str) -> Any:
    if name.endswith("UniformDistribution"):
        from sterlet import _old_distributions

        return getattr(_old_distributions, name)
    raise AttributeError(f"module 'sterlet.distributions' has no attribute {name!r}")


def json_to_distribution(json_str: str) -> BaseDistribution:
    """Reads what distribution_to_json() wrote, or {"type": "float", "low": 0, ...}. Errors: ValueError."""
    read = json.loads(json_str)
    if "name" in read:
        kinds = {kind.__name__: kind for kind in (FloatDistribution, IntDistribution, CategoricalDistribution)}
        if read["name"] not in kinds:
            raise ValueError(f"there is no distribution {read['name']!r}")
        made: BaseDistribution = kinds[read["name"]](**read["attributes"])
        return made
    kind = read.pop("type", None)
    if kind == "categorical":
        return CategoricalDistribution(read["choices"])
    if kind == "float":
        return FloatDistribution(**read)
    if kind == "int":
        return IntDistribution(**{**read, "step": read.get("step") or 1})
    raise ValueError(f"there is no type of distribution {kind!r}; known are float, int and categorical")


def distribution_to_json(dist: BaseDistribution) -> str:
    """The distribution as a line of JSON."""
    return json.dumps({"name": type(dist).__name__, "attributes": dist._asdict()})


def check_distribution_compatibility(dist_old: BaseDistribution, dist_new: BaseDistribution) -> None:
    """Whether one parameter may be both, one after the other: bounds may change, choices and scale may not.

    Errors: ValueError says what differs.
    """
    if type(dist_old) is not type(dist_new):
        raise ValueError("a parameter cannot change its kind: float, int or categorical")
    if isinstance(dist_old, CategoricalDistribution):
        if dist_old != dist_new:
            raise ValueError("a parameter cannot change its choices")
    elif scale_of(dist_old) != scale_of(dist_new):
        raise ValueError("a parameter cannot change its scale")


def scale_of(distribution: BaseDistribution) -> str:
    """linear, log or reverse_log."""
    if getattr(distribution, "log", False):
        return "log"
    return str(getattr(distribution, "scale", "linear"))


def _scale(log: bool, scale: Optional[str]) -> str:
    if scale is None:
        return "log" if log else "linear"
    if scale not in ("linear", "log", "reverse_log"):
        raise ValueError(f"scale must be 'linear', 'log' or 'reverse_log', but got {scale!r}.")
    if log and scale != "log":
        raise ValueError(f"log=True and scale={scale!r} do not go together; leave one of the two out.")
    return scale


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{value!r} is no number") from error
    if math.isnan(number):
        raise ValueError(f"{value} is no value of a parameter")
    return number


def _same_choice(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


def _last_step(low: float, high: float, step: float) -> float:
    width, one = Decimal(str(high)) - Decimal(str(low)), Decimal(str(step))
    if width % one == 0:
        return float(high)
    last = float(width // one * one + Decimal(str(low)))
    _say_high_moved(low, high, step, last)
    return last


def _say_high_moved(low: float, high: float, step: float, last: float) -> None:
    warnings.warn(
        f"steps of {step} from {low} do not end at {high}, so that the range is [{low}, {last}]",
        stacklevel=4,
    )
