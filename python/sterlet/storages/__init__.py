"""Where studies are kept: a file, which `sterlet ls`, `top` and `report` read, or the memory of one process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Union

from sterlet._absent import absent
from sterlet.storages import journal
from sterlet.storages.journal import JournalFileOpenLock, JournalFileSymlinkLock

if TYPE_CHECKING:
    from sterlet.study import Study
    from sterlet.trial import FrozenTrial

__all__ = [
    "BaseStorage",
    "InMemoryStorage",
    "JournalFileOpenLock",
    "JournalFileStorage",
    "JournalFileSymlinkLock",
    "JournalStorage",
    "RDBStorage",
    "RetryFailedTrialCallback",
    "RetryHeartbeatStaleTrialCallback",
    "fail_stale_trials",
    "get_storage",
    "journal",
    "path_of",
]


class BaseStorage:
    """A place for studies. `path` is its file; None: memory."""

    path: Optional[str] = None


class RDBStorage(BaseStorage):
    """The SQLite file of a URL such as sqlite:///example.db, or of a path.

    Several processes on one machine may share it. What Optuna's arguments are for (engine_kwargs, heartbeat_interval,
    grace_period) happens by itself, so they are ignored: a trial whose process died is run again by the next ask.

    Errors: ValueError for another kind of database.
    """

    def __init__(self, url: str, *ignored: Any, **also_ignored: Any) -> None:
        self.url = url
        self.path = _path(url)


class JournalStorage(BaseStorage):
    """The file of a JournalFileBackend, as a Sterlet storage."""

    def __init__(self, log_storage: Any) -> None:
        self.path = log_storage if isinstance(log_storage, str) else log_storage.file_path


class InMemoryStorage(BaseStorage):
    """Studies of this process alone, by name."""

    def __init__(self) -> None:
        self.studies: Dict[str, Study] = {}


JournalFileStorage = journal.JournalFileBackend
"""Its name before Optuna 4."""


class RetryFailedTrialCallback:
    """Taken for RDBStorage, and not needed: a trial whose process died is run again by the next ask, by its number."""

    def __init__(self, max_retry: Optional[int] = None, inherit_intermediate_values: bool = False) -> None:
        self._max_retry = max_retry

    def __call__(self, study: Study, trial: FrozenTrial) -> None:
        """Nothing."""

    @staticmethod
    def retried_trial_number(trial: Any) -> Optional[int]:
        """None: a trial that is run again keeps its number."""
        return None

    @staticmethod
    def retry_history(trial: Any) -> List[int]:
        """None, likewise."""
        return []


RetryHeartbeatStaleTrialCallback = RetryFailedTrialCallback


def fail_stale_trials(study: Study) -> None:
    """Nothing: trials of a process that died are run again, not failed."""


def __getattr__(name: str) -> Any:
    raise absent("storages", name)


def get_storage(storage: Storage) -> BaseStorage:
    """A storage by its path or URL."""
    if isinstance(storage, BaseStorage):
        return storage
    path = path_of(storage)
    return InMemoryStorage() if path is None else RDBStorage(path)


Storage = Union[None, str, BaseStorage]


def path_of(storage: Storage) -> Optional[str]:
    """The file that it names; None: memory. Errors: ValueError for another kind of database; TypeError."""
    if storage is None or isinstance(storage, InMemoryStorage):
        return None
    if isinstance(storage, BaseStorage):
        return storage.path
    if isinstance(storage, (str, os.PathLike)):
        return _path(os.fspath(storage))
    raise TypeError(f"storage must be a path, a URL or a storage (found {type(storage).__name__})")


def _path(url: str) -> Optional[str]:
    if url in (":memory:", "memory:", "sqlite://", "sqlite:///:memory:"):
        return None
    if url.startswith("sqlite:///"):
        return url[len("sqlite:///") :]
    if "://" in url:
        raise ValueError(f"{url}: only SQLite files are known; write sqlite:///PATH, or a path")
    return url
