"""Optuna's module of that name."""

from sterlet.integration import OptunaSearchCV

__all__ = ["OptunaSearchCV"]
