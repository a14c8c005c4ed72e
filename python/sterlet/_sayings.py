"""What the program's other commands say of a study, and how it shows itself in a notebook."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, ContextManager, Dict, List, NamedTuple

if TYPE_CHECKING:
    from sterlet._desk import Desk
    from sterlet._notebook import Report
    from sterlet.trial import FrozenTrial

__all__ = ["Finding", "Sayings"]


class Finding(NamedTuple):
    """One of Study.doctor()'s."""

    kind: str
    """Of docs/doctor.md: edge, clump, ..."""
    about: List[str]
    """Names of parameters."""
    says: str
    """What, why and what to do, in a sentence."""
    confidence: float
    patch: Dict[str, Any]
    """What to write into the parameter's declaration, where that is the cure."""


class Sayings:
    """A part of Study."""

    study_name: str
    _desk: Desk

    def _synced(self) -> List[FrozenTrial]:
        raise NotImplementedError

    def report(self) -> Report:
        """The study's report as a page: a notebook shows it; save(path) writes it. Errors: EngineError."""
        from sterlet._notebook import report_of

        return report_of(self)

    def doctor(self) -> List[Finding]:
        """What a good practitioner would say of the trials so far (docs/doctor.md). Errors: EngineError."""
        from sterlet._command import findings

        with self._in_storage() as path:
            return [
                Finding(one["kind"], one["about"], one["says"], one["confidence"], one.get("patch") or {})
                for one in findings(path, self.study_name)
            ]

    def explain(self, trial: int) -> str:
        """Why a trial was tried and what came of it, as `sterlet show` says it.

        Errors: ValueError for a study in memory, which keeps no reasons; EngineError for a trial that there is not.
        """
        from sterlet._command import shown

        if self._desk.path is None:
            raise ValueError("a study in memory keeps no reasons; give it a storage: create_study(storage=...)")
        return shown(self._desk.path, self.study_name, trial)

    def _in_storage(self) -> ContextManager[str]:
        """The path of a storage that has it: its own, or a copy for a moment."""
        from sterlet._copies import stored

        desk = self._desk
        if desk.path is not None:
            return contextlib.nullcontext(desk.path)
        return stored(self._synced(), desk.metrics, desk.directions, desk.name)

    def _repr_html_(self) -> str:
        from sterlet._notebook import html_of

        return html_of(self)  # type: ignore[arg-type]


Finding.__module__ = "sterlet.study"  # Where it is looked up.
