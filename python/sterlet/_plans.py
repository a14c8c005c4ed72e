"""What `sterlet plan` and `sterlet retest` say of a study that a Python program runs."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from sterlet._command import run
from sterlet._engine import Engine
from sterlet._tune import _place_of
from sterlet.trial import FrozenTrial, TrialState

__all__ = ["Plan", "Verdict", "plan_of", "retest_of"]


class Plan(NamedTuple):
    """What Study.plan() says: docs/plan.md has the equations."""

    strategy: str
    """parallel: many models, of which the best is kept; babysit: one that is raised and watched."""
    says: str
    """Which and why, in sentences."""
    settings: Dict[str, Any]
    """What to write into a study file for it."""
    choices: List[Dict[str, Any]]
    """What was simulated of each choice: trials and hours as 10%, middle and 90%."""
    details: Dict[str, Any]
    """All that `sterlet plan --json` says."""

    def __str__(self) -> str:
        return self.says


class Verdict(NamedTuple):
    """What Study.retest() says: docs/staleness.md."""

    verdict: str
    """holds, drifted (other values, same order), rusted (another order), or unsure."""
    confidence: float
    evaluations: int
    details: Dict[str, Any]
    """All that `sterlet retest --json` says."""

    def __str__(self) -> str:
        return f"{self.verdict}, confidence {self.confidence:.2f}, after {self.evaluations} evaluations"


def plan_of(
    spec: Dict[str, Any],
    trials: Sequence[FrozenTrial],
    budget: Tuple[Optional[int], Union[str, float, None]],
    workers: Optional[int],
    step: Tuple[Union[str, float, None], Optional[int]],
    memory: Union[str, int, None],
) -> Plan:
    """Of a study file's keys. budget: trials, time; step: what one takes, and how many there are, as far as given."""
    seconds, steps = step
    if seconds is None:
        measured = _step_of(trials)
        if measured is None:
            raise ValueError("no trial has ended that says how long a step takes; give seconds_per_step and steps")
        seconds = measured[0]
        steps = steps or measured[1]
    n_trials, time = budget
    options = {"--seconds-per-step": _duration(seconds), "--steps": steps or 1, "--trials": n_trials, "--workers": workers}
    options["--time"] = None if time is None else _duration(time)
    options["--memory"] = memory
    arguments = [str(word) for name, value in options.items() if value is not None for word in (name, value)]
    with tempfile.TemporaryDirectory(prefix="sterlet-") as folder:
        file = os.path.join(folder, "study.json")
        _write(file, spec)
        told: Dict[str, Any] = json.loads(run("plan", file, "--json", *arguments))
    return Plan(told["strategy"], told["because"], told["settings"], told["choices"], told)


def retest_of(
    name: str,
    path: str,
    objective: Optional[Callable[..., Any]],
    n_trials: int,
    timeout: Union[str, float, None],
) -> Verdict:
    """Of a stored study. Without `objective` its own command is run."""
    arguments = ["--storage", path, "--json", "--trials", str(n_trials)]
    if timeout is not None:
        arguments += ["--time", _duration(timeout)]
    engine = Engine(name=name, storage=path)
    spec = {key: value for key, value in engine.study["spec"].items() if key != "folder"}
    engine.close()
    if objective is None:
        if not spec.get("command"):
            raise ValueError(f"{name} has no command that could be run again; give the objective")
        return _verdict(run("retest", name, *arguments))
    # Trials are run where the study file is: here, as optimize() does.
    with tempfile.NamedTemporaryFile("w", prefix=".sterlet-", suffix=".json", dir=os.getcwd()) as file:
        command = [sys.executable, "-m", "sterlet._worker", *_place_of(objective)]
        json.dump({**spec, "command": command}, file)
        file.flush()
        return _verdict(run("retest", file.name, *arguments, PYTHONPATH=_paths()))


def _verdict(text: str) -> Verdict:
    told: Dict[str, Any] = json.loads(text)
    return Verdict(told["verdict"], told["confidence"], told["evaluations"], told)


def _paths() -> str:
    """Where this process imports from, so that a worker finds the same."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.pathsep.join([package, *(os.path.abspath(path) for path in sys.path if path)])


def _step_of(trials: Sequence[FrozenTrial]) -> Optional[Tuple[float, int]]:
    """Seconds of a step, and steps of a full training: one, where the objective reports nothing."""
    ended = [trial for trial in trials if trial.state == TrialState.COMPLETE and trial.duration is not None]
    if not ended:
        return None
    steps = max(max(trial.last_step or 0, 1) for trial in ended)
    shares = [
        trial.duration.total_seconds() / max(trial.last_step or 0, 1) for trial in ended if trial.duration is not None
    ]
    return max(statistics.median(shares), 1e-6), steps


def _duration(value: Union[str, float]) -> str:
    return value if isinstance(value, str) else f"{value:.9f}s"


def _write(file: str, spec: Dict[str, Any]) -> None:
    with open(file, "w", encoding="utf-8") as stream:
        json.dump(spec, stream)
