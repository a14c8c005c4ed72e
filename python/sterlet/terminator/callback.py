"""Optuna's module of that name."""

from sterlet.terminator import TerminatorCallback

__all__ = ["TerminatorCallback"]
