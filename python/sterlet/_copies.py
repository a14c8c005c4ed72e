"""A study in memory as a storage, for what other commands of the program say of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import Any, Iterator, List, Optional, Sequence, Tuple

from sterlet._desk import Desk
from sterlet._engine import Engine
from sterlet.exceptions import EngineError
from sterlet.trial import FrozenTrial

__all__ = ["stored", "warm_start"]


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


@contextlib.contextmanager
def warm_start(desk: Desk, older: Sequence[Any], path: Optional[str]) -> Iterator[None]:
    """Has a study that is not begun yet start from older ones: names in a storage (its own where none is named), or
    studies as they are. It takes their parameters and, where they have as many objectives, their metrics.

    Errors: KeyError for a name that there is not; ValueError where they lie in different storages; EngineError.
    """
    with contextlib.ExitStack() as stack:
        places: List[Tuple[str, str]] = []
        for one in older:
            if isinstance(one, str):
                places.append((one, path or desk.path or "sterlet.db"))
                continue
            places.append((one.study_name, stack.enter_context(one._in_storage())))
        storages = {place for _, place in places}
        if len(storages) != 1:
            raise ValueError(f"older studies must lie in one storage (found {', '.join(sorted(storages))})")
        for name, place in places:
            if not os.path.exists(place):
                raise KeyError(f"there is no storage {place} with the study {name!r}; name it: warm_storage=...")
            try:
                engine = Engine(name=name, storage=place)
            except EngineError as error:
                raise KeyError(str(error)) from None
            desk.space.learn(engine.study["spec"]["params"])
            objectives = engine.study["spec"]["objective"]
            engine.close()
            listed = objectives if isinstance(objectives, list) else [objectives]
            if len(listed) == len(desk.metrics):
                desk.metrics = [one["metric"] for one in listed]
            desk.warm += ["--warm-from", name]
        desk.warm += ["--warm-storage", places[0][1]]
        try:
            yield
            if desk.path is None:
                desk.kept.warmed(list(older), path)
        finally:
            desk.warm = []
