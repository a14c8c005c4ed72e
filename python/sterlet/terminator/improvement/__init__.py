"""Optuna's modules of what may still be won."""

from sterlet.terminator import BaseImprovementEvaluator, BestValueStagnationEvaluator

__all__ = ["BaseImprovementEvaluator", "BestValueStagnationEvaluator"]
