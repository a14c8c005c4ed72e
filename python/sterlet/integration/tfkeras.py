"""Optuna's module of that name."""

from sterlet.integration import TFKerasPruningCallback

__all__ = ["TFKerasPruningCallback"]
