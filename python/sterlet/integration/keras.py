"""Optuna's module of that name."""

from sterlet.integration import KerasPruningCallback

__all__ = ["KerasPruningCallback"]
