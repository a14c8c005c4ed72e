"""Optuna's module of that name."""

from sterlet.terminator import BaseImprovementEvaluator, BestValueStagnationEvaluator

__all__ = ["BaseImprovementEvaluator", "BestValueStagnationEvaluator"]
