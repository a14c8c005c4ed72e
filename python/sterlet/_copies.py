"""A study in memory as a storage, for what other commands of the program say of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import Iterator, Sequence

from sterlet._desk import Desk
from sterlet.trial import FrozenTrial

__all__ = ["stored"]


@contextlib.contextmanager
def stored(
    trials: Sequence[FrozenTrial], metrics: Sequence[str], directions: Sequence[str], name: str = "copy"
) -> Iterator[str]:
    """The path of a storage with these trials that have ended; it is gone afterwards. Errors: EngineError."""
    with tempfile.TemporaryDirectory(prefix="sterlet-") as folder:
        path = os.path.join(folder, "copy.db")
        copy = Desk(name, path, metrics, directions)
        copy.create()
        try:
            copied = [trial.copy() for trial in trials if trial.state.is_finished()]
            for trial in copied:
                trial.user_attrs = {}
            copy.add(copied)
        finally:
            copy.close()
        yield path
