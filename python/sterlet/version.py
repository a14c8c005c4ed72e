"""Optuna's module of that name."""

from sterlet import __version__

__all__ = ["__version__"]
