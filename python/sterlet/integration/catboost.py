"""Optuna's module of that name."""

from sterlet.integration import CatBoostPruningCallback

__all__ = ["CatBoostPruningCallback"]
