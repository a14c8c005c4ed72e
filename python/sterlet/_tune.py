"""tune(): a function of your own in worker processes, as `sterlet tune` runs a program."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from sterlet._binary import find_binary
from sterlet._space import Known
from sterlet.distributions import BaseDistribution
from sterlet.exceptions import EngineError
from sterlet.study import Study, load_study

__all__ = ["tune"]

# Words of other tools, and what they are here.
_ELSEWHERE = {
    "num_samples": "trials",
    "n_trials": "trials",
    "max_evals": "trials",
    "n_jobs": "workers",
    "timeout": "time",
    "metric": "objective",
    "mode": "direction",
    "study_name": "name",
}

Range = Union[BaseDistribution, Mapping[str, Any], Sequence[Any]]


def tune(
    train: Callable[..., Any],
    space: Mapping[str, Range],
    *,
    trials: Optional[int] = None,
    workers: Union[int, str] = "auto",
    time: Union[str, float, None] = None,
    objective: str = "value",
    direction: str = "minimize",
    name: Optional[str] = None,
    storage: str = "sterlet.db",
    seed: Optional[int] = None,
    **more: Any,
) -> Study:
    """Tunes train(trial), which returns the objective's value, or reports it by trial.report(step, value=...).

    Every trial is a process of its own that `sterlet tune` runs, with its display, Ctrl-C and resume: the same call
    goes on with a study that was interrupted. `trial` is a sterlet.Trial: trial.params, trial.get("rate", 0.1);
    trial["rate"] is trial.params["rate"].

    train      a function that a new process can import: of a module, or of the program's file below
               `if __name__ == "__main__":`, not a lambda nor one of a notebook.
    space      by name: a distribution; a study file's declaration ({"type": "float", ...}); or a list of choices.
    trials, time, workers   of the study's budget; a time is in seconds, or "30m".
    name       of the study; the function's where left out.
    storage    the file that keeps it. It, and the trials' folders beside it, stay.
    more       other keys of a study file: sampler, pruner, repeats, resources ...
    Errors     TypeError for a space that says too little; ValueError for a function that cannot be imported, or what
               the engine refuses. KeyboardInterrupt once the running trials have ended.
    """
    for word in more:
        if word in _ELSEWHERE:
            raise TypeError(f"tune() has no argument {word!r}; write {_ELSEWHERE[word]}=...")
    study_name = name or train.__name__
    path = os.path.abspath(storage)
    spec: Dict[str, Any] = {
        "study": study_name,
        "objective": {"metric": objective, "direction": direction},
        "command": [sys.executable, "-m", "sterlet._worker", *_place_of(train)],
        "params": {key: _declaration(key, one) for key, one in space.items()},
        "workers": workers,
        **more,
    }
    budget = {key: value for key, value in (("trials", trials), ("time", time)) if value is not None}
    if budget:
        spec["budget"] = budget
    if seed is not None:
        spec["seed"] = seed
    file = os.path.join(os.path.dirname(path), f"{study_name}.study.json")
    with open(file, "w", encoding="utf-8") as stream:
        json.dump(spec, stream, indent=1)
    code = _run([find_binary(), "tune", file, "--storage", path])
    if code in (130, 143):
        raise KeyboardInterrupt
    if code not in (0, 3, 124):
        raise EngineError(f"sterlet tune ended with exit code {code}; what it said stands above")
    return load_study(study_name=study_name, storage=path)


def _run(command: List[str]) -> int:
    """As in a terminal: Ctrl-C is the program's, which ends the trials first."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    is_main = _is_main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if is_main else None
    try:
        child = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            preexec_fn=_default_interrupt if is_main else None,
        )
        return child.wait()
    finally:
        if is_main:
            signal.signal(signal.SIGINT, before)


def _default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _is_main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()


def _place_of(train: Callable[..., Any]) -> Tuple[str, str]:
    """Where a worker finds the function: a module or a file, and its name there."""
    name = getattr(train, "__qualname__", "")
    if not name.isidentifier():
        raise ValueError(f"{name or train!r} cannot be imported by a worker; define it with def, at the top of a file")
    module = train.__module__
    if module != "__main__":
        return module, name
    try:
        file = inspect.getfile(train)
    except TypeError:
        file = ""
    if not os.path.isfile(file):
        raise ValueError(f"{name} is in no file that a worker could import; put it into one, and import it from there")
    return os.path.abspath(file), name


def _declaration(name: str, one: Range) -> Any:
    if isinstance(one, BaseDistribution):
        return Known(name, one).declaration()
    if isinstance(one, Mapping):
        return dict(one)
    if isinstance(one, tuple) and len(one) == 2 and all(type(each) in (int, float) for each in one):
        raise TypeError(
            f"{name}: {one} may be a range or two choices; write FloatDistribution{one} or IntDistribution{one}, or "
            f"{list(one)}"
        )
    if isinstance(one, (list, tuple)):
        return {"type": "categorical", "choices": list(one)}
    raise TypeError(f"{name}: a distribution, a declaration or a list of choices is needed (found {one!r})")
