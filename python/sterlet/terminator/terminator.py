"""Optuna's module of that name."""

from sterlet.terminator import BaseTerminator, Terminator

__all__ = ["BaseTerminator", "Terminator"]
