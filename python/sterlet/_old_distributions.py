"""Distributions by the names that they had before Optuna 3: each makes the one that took its place."""

from __future__ import annotations

import warnings
from typing import Any

from sterlet.distributions import FloatDistribution, IntDistribution

__all__ = [
    "DiscreteUniformDistribution",
    "IntLogUniformDistribution",
    "IntUniformDistribution",
    "LogUniformDistribution",
    "UniformDistribution",
]


class _Old(type):
    """So that isinstance() knows what was made by the new name."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return bool(cls.is_one(instance))  # type: ignore[attr-defined]


class UniformDistribution(metaclass=_Old):
    """FloatDistribution(low, high)."""

    def __new__(cls, low: float, high: float) -> Any:
        return _made(cls, FloatDistribution(low, high))

    @staticmethod
    def is_one(made: Any) -> bool:
        return isinstance(made, FloatDistribution) and not made.log and made.step is None


class LogUniformDistribution(metaclass=_Old):
    """FloatDistribution(low, high, log=True)."""

    def __new__(cls, low: float, high: float) -> Any:
        return _made(cls, FloatDistribution(low, high, log=True))

    @staticmethod
    def is_one(made: Any) -> bool:
        return isinstance(made, FloatDistribution) and made.log


class DiscreteUniformDistribution(metaclass=_Old):
    """FloatDistribution(low, high, step=q)."""

    def __new__(cls, low: float, high: float, q: float) -> Any:
        return _made(cls, FloatDistribution(low, high, step=q))

    @staticmethod
    def is_one(made: Any) -> bool:
        return isinstance(made, FloatDistribution) and made.step is not None


class IntUniformDistribution(metaclass=_Old):
    """IntDistribution(low, high, step=step)."""

    def __new__(cls, low: int, high: int, step: int = 1) -> Any:
        return _made(cls, IntDistribution(low, high, step=step))

    @staticmethod
    def is_one(made: Any) -> bool:
        return isinstance(made, IntDistribution) and not made.log


class IntLogUniformDistribution(metaclass=_Old):
    """IntDistribution(low, high, log=True)."""

    def __new__(cls, low: int, high: int, step: int = 1) -> Any:
        return _made(cls, IntDistribution(low, high, log=True))

    @staticmethod
    def is_one(made: Any) -> bool:
        return isinstance(made, IntDistribution) and made.log


def _made(old: type, made: Any) -> Any:
    said = f"{old.__name__} has been deprecated. Use {type(made).__name__} instead."
    warnings.warn(said, FutureWarning, stacklevel=3)
    return made
