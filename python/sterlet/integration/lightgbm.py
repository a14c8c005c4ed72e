"""LightGBM's own names beside Optuna's callback for it. Optuna's search in steps is absent."""

from __future__ import annotations

from typing import Any

from sterlet._absent import absent
from sterlet.integration import LightGBMPruningCallback

__all__ = ["LightGBMPruningCallback"]


def __getattr__(name: str) -> Any:
    if name in ("LightGBMTuner", "LightGBMTunerCV"):
        raise absent("integration", name)
    if name == "train":
        raise absent("integration", "lightgbm.train")
    if name.startswith("__"):  # What Python asks of a module.
        raise AttributeError(name)
    import lightgbm

    return getattr(lightgbm, name)
