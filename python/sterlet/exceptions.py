"""What the package raises. The names are Optuna's; each text says what, where, why and what to do."""

from __future__ import annotations

__all__ = [
    "CLIUsageError",
    "DuplicatedStudyError",
    "EngineError",
    "ExperimentalWarning",
    "OptunaError",
    "SterletError",
    "StorageInternalError",
    "TrialPruned",
    "UpdateFinishedTrialError",
]


class SterletError(Exception):
    """What all the errors of this package have in common."""


OptunaError = SterletError
"""The name by which Optuna's scripts catch it."""


class TrialPruned(SterletError):
    """Raised by an objective to end its trial early: the trial is PRUNED, not FAIL."""


class CLIUsageError(SterletError):
    """Nothing here raises it; scripts catch it by this name."""


class DuplicatedStudyError(SterletError):
    """A study of that name is in the storage already."""


class StorageInternalError(SterletError):
    """The storage cannot be read or written."""


class UpdateFinishedTrialError(SterletError, RuntimeError):
    """A trial that has ended was told again."""


class EngineError(SterletError, ValueError):
    """The engine refused what it was asked, or cannot be reached; its own sentence is the text."""


class ExperimentalWarning(Warning):
    """Says that an interface may change. Nothing here raises it; scripts silence it by this name."""
