"""What is said while a study runs: a line a trial on stderr, through Python's own logging, as the logger `sterlet`."""

from __future__ import annotations

import logging
import sys
from logging import CRITICAL, DEBUG, ERROR, FATAL, INFO, WARN, WARNING
from typing import TYPE_CHECKING, Any

__all__ = [
    "CRITICAL",
    "DEBUG",
    "ERROR",
    "FATAL",
    "INFO",
    "WARN",
    "WARNING",
    "disable_default_handler",
    "disable_propagation",
    "enable_default_handler",
    "enable_propagation",
    "get_logger",
    "get_verbosity",
    "set_verbosity",
]


if TYPE_CHECKING:
    _Stream = logging.StreamHandler[Any]
else:
    _Stream = logging.StreamHandler


class _StderrHandler(_Stream):
    """Writes to the stderr of the moment, also where a program or a test has replaced it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(logging.Formatter("[%(levelname).1s %(asctime)s] %(message)s"))

    @property
    def stream(self) -> Any:
        return sys.stderr


_root = logging.getLogger("sterlet")
_handler = _StderrHandler()
_root.addHandler(_handler)
_root.setLevel(logging.INFO)
_root.propagate = False


def get_logger(name: str) -> logging.Logger:
    """The logger of that name."""
    return logging.getLogger(name)


def get_verbosity() -> int:
    """The level below which nothing is said: INFO at first."""
    return _root.getEffectiveLevel()


def set_verbosity(verbosity: int) -> None:
    """Says nothing below this level (DEBUG, INFO, WARNING, ERROR, CRITICAL)."""
    _root.setLevel(verbosity)


def disable_default_handler() -> None:
    """Nothing goes to stderr any more; handlers of your own still hear it."""
    _root.removeHandler(_handler)


def enable_default_handler() -> None:
    """Undoes disable_default_handler()."""
    _root.addHandler(_handler)


def disable_propagation() -> None:
    """The root logger's handlers do not hear of it (the default)."""
    _root.propagate = False


def enable_propagation() -> None:
    """The root logger's handlers hear of it, too."""
    _root.propagate = True
