"""Optuna's names for callbacks of other libraries; sterlet.integrations has what they can do beside pruning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List

from sterlet._absent import absent

__all__ = [
    "BoTorchSampler",
    "CatBoostPruningCallback",
    "KerasPruningCallback",
    "LightGBMPruningCallback",
    "OptunaSearchCV",
    "PyTorchLightningPruningCallback",
    "TFKerasPruningCallback",
    "XGBoostPruningCallback",
]


def XGBoostPruningCallback(trial: Any, observation_key: str) -> Any:  # noqa: N802 - Optuna's names, here and below
    """sterlet.integrations.xgboost.SterletCallback: observation_key is DATA-METRIC."""
    from sterlet.integrations.xgboost import SterletCallback

    return SterletCallback(trial, observation_key)


def LightGBMPruningCallback(  # noqa: N802
    trial: Any, metric: str, valid_name: str = "valid_0", report_interval: int = 1
) -> Any:
    """sterlet.integrations.lightgbm.SterletCallback of that metric of that data; each round is reported."""
    from sterlet.integrations.lightgbm import SterletCallback

    return SterletCallback(trial, f"{valid_name}-{metric}")


def KerasPruningCallback(trial: Any, monitor: str, interval: int = 1) -> Any:  # noqa: N802
    """sterlet.integrations.keras.SterletCallback; each epoch is reported."""
    from sterlet.integrations.keras import SterletCallback

    return SterletCallback(trial, monitor)


TFKerasPruningCallback = KerasPruningCallback


def PyTorchLightningPruningCallback(trial: Any, monitor: str) -> Any:  # noqa: N802
    """sterlet.integrations.lightning.SterletCallback."""
    from sterlet.integrations.lightning import SterletCallback

    return SterletCallback(trial, monitor)


def CatBoostPruningCallback(trial: Any, metric: str, eval_set_index: Any = None) -> Any:  # noqa: N802
    """sterlet.integrations.catboost.SterletCallback: with several evaluation sets, the eval_set_index-th of them."""
    from sterlet.integrations.catboost import SterletCallback

    data = "validation" if eval_set_index is None else f"validation_{eval_set_index}"
    return SterletCallback(trial, f"{data}-{metric}")


def BoTorchSampler(  # noqa: N802
    *, constraints_func: Any = None, n_startup_trials: int = 10, seed: Any = None, **ignored: Any
) -> Any:
    """sterlet.samplers.GPSampler: the engine's own Gaussian process. What tunes BoTorch's is ignored."""
    from sterlet.samplers import GPSampler

    return GPSampler(seed=seed, n_startup_trials=n_startup_trials, constraints_func=constraints_func)


def __getattr__(name: str) -> Any:
    # It needs scikit-learn, which is loaded when it is used first.
    if name == "OptunaSearchCV":
        from sterlet.integration.sklearn import OptunaSearchCV

        return OptunaSearchCV
    raise absent("integration", name)


def __dir__() -> List[str]:
    return sorted(__all__)


if TYPE_CHECKING:
    from sterlet.integration.sklearn import OptunaSearchCV
