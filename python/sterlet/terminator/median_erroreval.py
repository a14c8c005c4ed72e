"""Optuna's module of that name."""

from sterlet.terminator import MedianErrorEvaluator

__all__ = ["MedianErrorEvaluator"]
