"""Sterlet from Python: hyperparameter tuning with the API that people know.

    import sterlet

    def objective(trial):
        x = trial.suggest_float("x", -10, 10)
        return (x - 2) ** 2

    study = sterlet.create_study()
    study.optimize(objective, n_trials=100)
    print(study.best_params)

In a program that `sterlet tune` launches, `sterlet.Trial()` is the trial that it runs. What is imported here is loaded
when it is used first.
"""

from __future__ import annotations

TYPE_CHECKING = False  # Not typing's: loading that takes longer than all else here.
if TYPE_CHECKING:
    from typing import Any, List

__version__ = "0.1.0"

_FROM = {
    "Change": "_trial",
    "FrozenTrial": "trial",
    "Refusal": "_trial",
    "Study": "study",
    "Trial": "_trial",
    "TrialPruned": "exceptions",
    "copy_study": "study",
    "create_study": "study",
    "create_trial": "trial",
    "delete_study": "study",
    "find_binary": "_binary",
    "get_all_study_names": "study",
    "get_all_study_summaries": "study",
    "load_study": "study",
    "tune": "_tune",
}
_MODULES = (
    "artifacts",
    "distributions",
    "exceptions",
    "importance",
    "integration",
    "integrations",
    "logging",
    "pruners",
    "samplers",
    "search_space",
    "storages",
    "study",
    "terminator",
    "trial",
    "version",
    "visualization",
)

__all__ = [
    "Change",
    "FrozenTrial",
    "Refusal",
    "Study",
    "Trial",
    "TrialPruned",
    "__version__",
    "artifacts",
    "copy_study",
    "create_study",
    "create_trial",
    "delete_study",
    "distributions",
    "exceptions",
    "find_binary",
    "get_all_study_names",
    "get_all_study_summaries",
    "importance",
    "integration",
    "integrations",
    "load_study",
    "logging",
    "pruners",
    "samplers",
    "search_space",
    "storages",
    "study",
    "terminator",
    "trial",
    "tune",
    "version",
    "visualization",
]


def __getattr__(name: str) -> Any:
    import importlib

    if name in _FROM:
        value = getattr(importlib.import_module(f"sterlet.{_FROM[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"sterlet.{name}")
    else:
        raise AttributeError(f"module 'sterlet' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> List[str]:
    return sorted(__all__)


if TYPE_CHECKING:
    from sterlet import (
        artifacts,
        distributions,
        exceptions,
        importance,
        integration,
        integrations,
        logging,
        pruners,
        samplers,
        search_space,
        storages,
        study,
        terminator,
        trial,
        version,
        visualization,
    )
    from sterlet._binary import find_binary
    from sterlet._trial import Change, Refusal, Trial
    from sterlet._tune import tune
    from sterlet.exceptions import TrialPruned
    from sterlet.study import (
        Study,
        copy_study,
        create_study,
        delete_study,
        get_all_study_names,
        get_all_study_summaries,
        load_study,
    )
    from sterlet.trial import FrozenTrial, create_trial
