"""What is asked of the program's other commands."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import tempfile
from typing import Any, Dict, List

from sterlet._binary import find_binary
from sterlet.exceptions import EngineError

__all__ = ["delete", "findings", "importances", "names", "report", "run", "shown"]


def names(path: str) -> List[str]:
    """Names of the studies in a storage, sorted; none where there is no such file. Errors: EngineError."""
    if not os.path.exists(path):
        return []
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return [name for (name,) in database.execute("SELECT name FROM studies ORDER BY name")]
    except sqlite3.Error as error:
        raise EngineError(f"{path}: the studies in it cannot be read ({error}); is it a storage of Sterlet?") from error


def delete(path: str, name: str) -> None:
    """Removes a study. Errors: KeyError where there is none; EngineError."""
    if name not in names(path):
        raise KeyError(f"there is no study '{name}' in {path}")
    run("rm", name, "--storage", path, "--yes")


def importances(path: str, name: str) -> Dict[str, Any]:
    """What `sterlet importance --json` says of a stored study. Errors: EngineError."""
    told: Dict[str, Any] = json.loads(run("importance", name, "--storage", path, "--json"))
    return told


def findings(path: str, name: str) -> List[Dict[str, Any]]:
    """What `sterlet doctor --json` says of a stored study. Errors: EngineError."""
    told: Dict[str, Any] = json.loads(run("doctor", name, "--storage", path, "--json"))
    found: List[Dict[str, Any]] = told["findings"]
    return found


def shown(path: str, name: str, trial: int) -> str:
    """What `sterlet show` says of a trial. Errors: EngineError."""
    return run("show", name, str(trial), "--storage", path)


def report(path: str, name: str) -> str:
    """The page that `sterlet report` makes of a stored study. Errors: EngineError."""
    with tempfile.TemporaryDirectory(prefix="sterlet-") as folder:
        file = os.path.join(folder, "report.html")
        run("report", name, "--storage", path, "-o", file)
        with open(file, encoding="utf-8") as stream:
            return stream.read()


def run(*arguments: str, **environment: str) -> str:
    """What a command prints; `environment` is added to this process's. Errors: EngineError is its own sentence."""
    done = subprocess.run(
        [find_binary(), *arguments], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    if done.returncode != 0:
        raise EngineError(_sentence(done.stderr.strip()))
    return done.stdout


def _sentence(said: str) -> str:
    """An error as a sentence, also where --json had it written as an object."""
    last = said.splitlines()[-1] if said else ""
    try:
        error = json.loads(last)["error"]
        place = f"{error['where']}: " if error.get("where") else ""
        return f"{place}{error['what']}" + (f"; {error['next']}" if error.get("next") else "")
    except (ValueError, KeyError, TypeError):
        return said
