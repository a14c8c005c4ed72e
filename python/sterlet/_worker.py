"""python -m sterlet._worker PLACE NAME: runs one trial of a function, as a program that `sterlet tune` launches.

PLACE is a module, or a file, which is run but for its `if __name__ == "__main__":`.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from typing import Any, Callable

from sterlet._trial import Trial
from sterlet.exceptions import TrialPruned

_MODULE = "__sterlet_worker__"


class _Config(Trial):
    """This process's trial, which functions that were written for a dict of parameters may read as one."""

    def __getitem__(self, name: str) -> Any:
        return self.params[name]


def main(place: str, name: str) -> None:
    """Calls the function with this process's trial, and tells what it returns."""
    trial = _Config()
    train = _find(place, name)
    try:
        value = train(trial)
    except TrialPruned:
        return  # What it reported is what it came to.
    if isinstance(value, (dict, str)):
        raise TypeError(f"{name}() returned {value!r}: return the objective's value, or a list of them for several")
    if value is not None:
        trial.finish(value)


def _find(place: str, name: str) -> Callable[[Trial], Any]:
    if os.path.isabs(place):
        sys.path.insert(0, os.path.dirname(place))
        found: Callable[[Trial], Any] = runpy.run_path(place, run_name=_MODULE)[name]
        return found
    sys.path.insert(0, os.getcwd())
    function: Callable[[Trial], Any] = getattr(importlib.import_module(place), name)
    return function


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
