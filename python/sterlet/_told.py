"""What the engine tells of trials and notes, as the package has it; and values as the engine reads them."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
from typing import Any, Dict, Iterable, List, Optional, Tuple

from sterlet._engine import numbers
from sterlet._space import Space
from sterlet.trial import FrozenTrial, TrialState

__all__ = [
    "attributes",
    "blank",
    "choice",
    "is_system",
    "keep_attributes",
    "objectives_of",
    "outcome_of",
    "record_of",
    "to_json",
]

_STATES = {
    "WAITING": TrialState.WAITING,
    "LOST": TrialState.WAITING,  # It will be run again.
    "RUNNING": TrialState.RUNNING,
    "PAUSED": TrialState.RUNNING,
    "COMPLETE": TrialState.COMPLETE,
    "PRUNED": TrialState.PRUNED,
    "FAILED": TrialState.FAIL,
    "CANCELLED": TrialState.FAIL,
}
_WORDS = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}
"""The states that a trial may end in, as the engine is told them."""
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
# What the package keeps by itself begins so; all else among the notes is the user's.
_SYSTEM = ("artifacts:", "study:", "terminator:")


def record_of(told: Dict[str, Any], before: Optional[FrozenTrial], space: Space, metric: str) -> FrozenTrial:
    """A trial as the storage tells it. before: what is known of it; metric: the first objective's."""
    record = blank(told["number"], {} if before is None else before.user_attrs)
    if before is not None:
        record.system_attrs.update({key: one for key, one in before.system_attrs.items() if is_system(key)})
    keep_attributes(record, attributes(one["text"] for one in told.get("notes", ())))
    record.state = _STATES[told["state"]]
    record.datetime_start, record.datetime_complete = _time(told["started"]), _time(told["ended"])
    for code, value in told["params"].items():
        known = space.by_code[code]
        record.params[known.name] = known.decode(value)
        record.distributions[known.name] = known.distribution
    for report in told["reports"]:
        if metric in report["metrics"]:
            record.intermediate_values[report["step"]] = _number(report["metrics"][metric])
    if told["values"] and record.state in (TrialState.COMPLETE, TrialState.PRUNED):
        record.values = [_number(value) for value in told["values"]]
    if told.get("constraints"):
        record.system_attrs["constraints"] = [_number(value) for value in told["constraints"]]
    if told.get("reason"):
        record.system_attrs["reason"] = told["reason"]
    return record


def outcome_of(record: FrozenTrial, reason: str = "") -> Dict[str, Any]:
    """The end of a trial, as the engine is told it."""
    told: Dict[str, Any] = {"state": _WORDS[record.state]}
    if record.values is not None and record.state != TrialState.FAIL:
        told["values"] = numbers(record.values)
    if record.constraints:
        told["constraints"] = numbers(list(record.constraints.values()))
    if reason:
        told["reason"] = reason
    return told


def blank(place: int, user_attrs: Dict[str, Any]) -> FrozenTrial:
    """A trial that begins now."""
    return FrozenTrial(
        place, TrialState.RUNNING, None, datetime.datetime.now(), None, {}, {}, dict(user_attrs), {}, {}, place
    )


def attributes(notes: Iterable[str]) -> Dict[str, Any]:
    """Attributes among notes; a later one of a key counts, and what a person wrote is none."""
    found = {}
    for text in notes:
        key, separator, value = text.partition(" = ")
        if separator:
            with contextlib.suppress(ValueError):
                found[key] = json.loads(value)
    return found


def is_system(key: str) -> bool:
    """Whether an attribute is the package's own, not the user's."""
    return key.startswith(_SYSTEM)


def keep_attributes(record: FrozenTrial, found: Dict[str, Any]) -> None:
    """Puts each attribute where it belongs."""
    for key, value in found.items():
        (record.system_attrs if is_system(key) else record.user_attrs)[key] = value


def objectives_of(said: Any) -> Tuple[List[str], List[str]]:
    """Metrics and directions of a spec's objective."""
    listed = said if isinstance(said, list) else [said]
    listed = [{"metric": one} if isinstance(one, str) else one for one in listed]
    return [one["metric"] for one in listed], [one.get("direction", "minimize") for one in listed]


def choice(said: Any) -> Dict[str, Any]:
    """A sampler or pruner of a spec: its name and options."""
    return {"name": said} if isinstance(said, str) else dict(said or {"name": "none"})


def to_json(value: Any) -> Any:
    """A value of the queue. Errors: TypeError for what JSON cannot hold."""
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if hasattr(value, "item"):  # A number of numpy's.
        return to_json(value.item())
    raise TypeError(f"{value!r} cannot be enqueued: a value is None, a bool, a number or a str")


def _number(told: Any) -> float:
    return _NUMBERS[told] if isinstance(told, str) else float(told)


def _time(told: Optional[str]) -> Optional[datetime.datetime]:
    """Local time, as Optuna has it."""
    if not told:
        return None
    return datetime.datetime.fromisoformat(told.replace("Z", "+00:00")).astimezone().replace(tzinfo=None)
