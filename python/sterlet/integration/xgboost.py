"""Optuna's module of that name."""

from sterlet.integration import XGBoostPruningCallback

__all__ = ["XGBoostPruningCallback"]
