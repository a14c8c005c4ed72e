"""The engine's pruners inside Optuna: see sterlet.integrations.optuna."""

from __future__ import annotations

import math
import threading
from typing import Any, Dict, List, Optional, Set

import optuna
from optuna.trial import FrozenTrial, TrialState

from sterlet._engine import Engine, EngineGone, number

__all__ = ["SterletPruner"]

_ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
_WORDS = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}


class SterletPruner(optuna.pruners.BasePruner):
    """A pruner of Optuna's whose decisions are the engine's.

    pruner   a name of docs/pruners.md: auto, curve, median, percentile, asha, hyperband, threshold, patient, wilcoxon.
    options  of that pruner, as in a study file.
    Errors   EngineError for an unknown pruner or option, at the first report that is judged.
    """

    def __init__(self, pruner: str = "auto", **options: Any) -> None:
        self._choice = {"name": pruner, **options}
        self._judge: Optional[_Judge] = None
        self._lock = threading.Lock()

    def prune(self, study: optuna.study.Study, trial: FrozenTrial) -> bool:
        """Whether the trial, as it is now, ends here."""
        if not trial.intermediate_values:
            return False
        with self._lock:
            try:
                return self._ask(study, trial)
            except EngineGone:  # It was killed, or is the parent's of this process: another learns what is known.
                self._judge = None
                return self._ask(study, trial)

    def _ask(self, study: optuna.study.Study, trial: FrozenTrial) -> bool:
        direction = study.direction.name.lower()
        if self._judge is None or not self._judge.suits(study._study_id, direction):
            self._judge = _Judge(self._choice, study._study_id, direction)
        self._judge.follow(study._storage.get_all_trials(study._study_id, deepcopy=False, states=_ENDED))
        return self._judge.judge(trial)

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_judge": None, "_lock": None}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


class _Running:
    """A trial that reports."""

    def __init__(self, place: int) -> None:
        self.place = place  # The engine's number of it.
        self.told: Set[int] = set()
        self.ends = False


class _Judge:
    """An engine that knows the curves of a study's trials, and nothing of their parameters."""

    def __init__(self, choice: Dict[str, Any], study_id: int, direction: str) -> None:
        self._study_id = study_id
        self._direction = direction
        self._engine = Engine(
            {
                "study": "optuna",
                "objective": {"metric": "value", "direction": direction},
                "params": {},
                "sampler": "random",
                "pruner": choice,
                "duplicates": "allow",
                "failures_max": 1_000_000,
            }
        )
        self._running: Dict[int, _Running] = {}  # By Optuna's number.
        self._heard: Set[int] = set()

    def suits(self, study_id: int, direction: str) -> bool:
        """Whether it is of this study, and of this process."""
        return self._study_id == study_id and self._direction == direction and self._engine.is_mine()

    def follow(self, ended: List[FrozenTrial]) -> None:
        """Tells the engine of trials whose end it has not heard of."""
        news = [trial for trial in ended if trial.number not in self._heard]
        for trial in news:
            running = self._running.pop(trial.number, None)
            if running is not None:
                self._report(running, trial)
                self._engine.call({"op": "tell", "id": running.place, **_outcome(trial)})
            else:
                steps = sorted(trial.intermediate_values.items())
                reports = {"reports": [[step, number(value)] for step, value in steps]} if steps else {}
                self._engine.call({"op": "add", "params": {}, **reports, **_outcome(trial)})
            self._heard.add(trial.number)

    def judge(self, trial: FrozenTrial) -> bool:
        """Tells what is new of a trial that runs; whether it should end."""
        running = self._running.get(trial.number)
        if running is None:
            running = self._running[trial.number] = _Running(self._engine.call({"op": "ask"})["id"])
        self._report(running, trial)
        return running.ends

    def _report(self, running: _Running, trial: FrozenTrial) -> None:
        for step, value in sorted(trial.intermediate_values.items()):
            if step not in running.told:
                running.told.add(step)
                told = self._engine.call({"op": "report", "id": running.place, "step": step, "value": number(value)})
                running.ends = running.ends or bool(told["prune"])


def _outcome(trial: FrozenTrial) -> Dict[str, Any]:
    told: Dict[str, Any] = {"state": _WORDS[trial.state]}
    values = trial.values or []
    if trial.state == TrialState.COMPLETE and len(values) == 1 and not math.isnan(values[0]):
        told["value"] = number(values[0])
    return told
