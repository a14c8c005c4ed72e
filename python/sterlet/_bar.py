"""The progress bar of Study.optimize(): on a terminal and in a notebook; elsewhere nothing is drawn."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from sterlet._study import Study

__all__ = ["NoBar", "bar_of"]


class NoBar:
    """None."""

    def update(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def bar_of(study: Study, n_trials: Optional[int], timeout: Optional[float]) -> NoBar:
    """One for where this process writes to."""
    if _is_notebook():
        from sterlet._notebook import NotebookBar

        return _Bar(study, n_trials, timeout, NotebookBar())
    return _Bar(study, n_trials, timeout, None) if sys.stderr.isatty() else NoBar()


def _is_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


class _Bar(NoBar):
    """One line: how many trials of how many, and the best so far."""

    _WIDTH = 24
    _EVERY_S = 0.1

    def __init__(self, study: Study, n_trials: Optional[int], timeout: Optional[float], notebook: Any) -> None:
        self._study = study
        self._n_trials = n_trials
        self._timeout = timeout
        self._notebook = notebook
        self._started = time.monotonic()
        self._ended = 0
        self._drawn_at = 0.0

    def update(self) -> None:
        """A trial has ended."""
        self._ended += 1
        if time.monotonic() - self._drawn_at >= self._EVERY_S * (5 if self._notebook else 1):
            self._draw()

    def close(self) -> None:
        """Leaves the last state standing."""
        self._draw()
        if self._notebook is None:
            sys.stderr.write("\n")

    def _draw(self) -> None:
        self._drawn_at = time.monotonic()
        used = self._drawn_at - self._started
        share = self._ended / self._n_trials if self._n_trials else used / self._timeout if self._timeout else 0.0
        best = self._study._desk.best()
        said = "" if best is None else f"  best {best.value:.6g} (trial {best.number})"
        of = f"/{self._n_trials}" if self._n_trials else ""
        text = f"{self._ended}{of} trials, {used:.0f} s{said}"
        if self._notebook is not None:
            self._notebook.draw(min(1.0, share), text)
            return
        filled = int(min(1.0, share) * self._WIDTH)
        bar = "#" * filled + "-" * (self._WIDTH - filled)
        sys.stderr.write(f"\r[{bar}] {text}\x1b[K")
        sys.stderr.flush()
