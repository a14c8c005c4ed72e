"""What the program's other commands say of a study, and how it shows itself in a notebook."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, List, NamedTuple, Optional, Union

from sterlet.exceptions import EngineError

if TYPE_CHECKING:
    from sterlet._desk import Desk
    from sterlet._notebook import Report
    from sterlet._plans import Plan, Verdict
    from sterlet.trial import FrozenTrial

__all__ = ["Finding", "Noise", "Sayings"]


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


class Noise(NamedTuple):
    """Study.noise: what a model of the trials says of their results, where they are partly luck."""

    deviation: float
    """Standard deviation of one result."""
    trial: int
    """The trial that is expected to be the best."""
    value: float
    """Its result."""
    expected: float
    """What it would come to with another seed."""
    luckiest: int
    """The trial whose result is the best; the same one, often."""


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

    @property
    def noise(self) -> Optional[Noise]:
        """Whether the best result is luck (docs/noise.md): None where the trials show no such noise, or are too few."""
        desk = self._desk
        if len(desk.directions) != 1:
            return None
        with desk.lock:
            try:
                told = desk.exchange(lambda: [{"op": "best"}])[0]
            except EngineError:
                return None  # No trial has ended yet.
            if "noise" not in told:
                return None
            luckiest = told.get("luckiest", {}).get("number", told["id"])
            named, luckiest = desk.number_of(told["id"]), desk.number_of(luckiest)
        return Noise(told["noise"], named, told["value"], told["expected"], luckiest)

    def plan(
        self,
        time: Union[str, float, None] = None,
        n_trials: Optional[int] = None,
        workers: Optional[int] = None,
        seconds_per_step: Union[str, float, None] = None,
        steps: Optional[int] = None,
        memory: Union[str, int, None] = None,
    ) -> Plan:
        """Many models or one? What a budget allows on this machine (docs/plan.md).

        time, n_trials     the budget: at least one of them. A time is in seconds, or "2h".
        workers            trials at once; one a core where left out.
        seconds_per_step   what a step of report() takes; as the study's trials say where left out.
        steps              of a full training; likewise.
        memory             of one training: bytes, or "2GiB".
        Errors             ValueError where nothing says how long a step takes; EngineError without a budget.
        """
        from sterlet._plans import plan_of

        trials, spec = self._synced(), self._desk.spec()
        if self._desk.path is not None:  # It may say more: tiers, what is live.
            told = self._desk.exchange(lambda: [{"op": "study"}])[0]["spec"]
            spec = {"study": self.study_name, **{key: value for key, value in told.items() if key != "folder"}}
        return plan_of(spec, trials, (n_trials, time), workers, (seconds_per_step, steps), memory)

    def retest(
        self,
        objective: Optional[Callable[..., Any]] = None,
        n_trials: int = 15,
        timeout: Union[str, float, None] = None,
    ) -> Verdict:
        """Whether the results still hold: evaluates a few old settings again until it is sure (docs/staleness.md).

        The study's trials and its best stay as they are; the verdict of a stored study is kept with it.

        objective  as for optimize(); it runs in worker processes, so that it must be a function that those can import:
                   of a module or a file, no lambda. Of a study that sterlet.tune() made it may be left out.
        n_trials   evaluations at most, from 5.
        timeout    running time at most, in seconds or as "30m".
        Errors     ValueError for an objective that cannot be imported, or where there is none; EngineError where the
                   study has too few trials, say.
        """
        from sterlet._plans import retest_of

        with self._in_storage() as path:
            return retest_of(self.study_name, path, objective, n_trials, timeout)

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


Finding.__module__ = Noise.__module__ = "sterlet.study"  # Where it is looked up.
