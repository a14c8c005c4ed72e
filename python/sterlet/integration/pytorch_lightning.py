"""Optuna's module of that name."""

from sterlet.integration import PyTorchLightningPruningCallback

__all__ = ["PyTorchLightningPruningCallback"]
