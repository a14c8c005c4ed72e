"""Optuna's module of that name."""

from __future__ import annotations

from typing import Any

__all__ = ["JournalFileBackend", "JournalFileOpenLock", "JournalFileSymlinkLock"]


class JournalFileBackend:
    """A file for JournalStorage, which is a SQLite file here. `lock_obj` is taken and not needed."""

    def __init__(self, file_path: str, lock_obj: Any = None) -> None:
        self.file_path = file_path


class JournalFileOpenLock:
    """Taken for JournalFileBackend: SQLite locks its own file."""

    def __init__(self, filepath: str, grace_period: Any = None) -> None:
        self.filepath = filepath


class JournalFileSymlinkLock(JournalFileOpenLock):
    """The same."""
