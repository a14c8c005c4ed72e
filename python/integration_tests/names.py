"""Writes docs/optuna-names.md: every public name of the Optuna that is installed, and whether the package has it.

Run by optuna_names_test.py; by itself it rewrites the page: python names.py
"""

import importlib
import os
import sys
import warnings

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PAGE = os.path.join(ROOT, "docs", "optuna-names.md")
sys.path.insert(0, os.path.join(ROOT, "python"))

import optuna  # noqa: E402

import sterlet  # noqa: E402
from sterlet._absent import WHY_NOT  # noqa: E402
from sterlet._running import RunningTrial  # noqa: E402

MODULES = ("artifacts", "distributions", "exceptions", "importance", "integration", "logging", "pruners", "samplers",
           "search_space", "storages", "study", "terminator", "trial", "visualization")
# Of modules without __all__: what is theirs, not what they import.
LOGGING = ["CRITICAL", "DEBUG", "ERROR", "FATAL", "INFO", "WARN", "WARNING", "disable_default_handler",
           "disable_propagation", "enable_default_handler", "enable_propagation", "get_logger", "get_verbosity",
           "set_verbosity"]


def public(kind):
    return sorted(name for name in dir(kind) if not name.startswith("_"))


def is_there(module, name):
    """Whether a module has it; what it says of a name that it lacks is an ImportError."""
    try:
        getattr(module, name)
    except (AttributeError, ImportError):
        return False
    return True


def names_of(module):
    if module.__name__ == "optuna.logging":
        return LOGGING
    listed = getattr(module, "__all__", None)
    if listed is None:
        listed = [name for name in public(module)
                  if getattr(getattr(module, name), "__module__", "") == module.__name__]
    return sorted(name for name in listed if not name.startswith("_"))


def compare():
    """Pairs of a heading and of rows: the name, whether it is there, and why not."""
    found = []
    for ours, theirs in ((sterlet.Study, optuna.Study), (RunningTrial, optuna.Trial),
                         (sterlet.FrozenTrial, optuna.trial.FrozenTrial),
                         (sterlet.trial.FixedTrial, optuna.trial.FixedTrial)):
        kind = theirs.__name__
        instance = sterlet.trial.FrozenTrial.__init__.__code__.co_names if kind == "FrozenTrial" else ()
        fixed = sterlet.trial.FixedTrial.__init__.__code__.co_names if kind == "FixedTrial" else ()
        has = {*dir(ours), *instance, *fixed}
        found.append((f"`{kind}`", [(name, name in has, WHY_NOT.get(f"{kind}.{name}", "")) for name in public(theirs)]))
    # Modules that nobody imported yet are not among optuna's names.
    modules = {name: importlib.import_module(f"optuna.{name}") for name in MODULES}
    top = [name for name in public(optuna) if name not in ("TYPE_CHECKING", "cli", "multi_objective", "testing")]
    found.append(("`optuna`", [(name, is_there(sterlet, name), WHY_NOT.get(f"optuna.{name}", "")) for name in top]))
    for name in MODULES:
        theirs, ours = modules[name], importlib.import_module(f"sterlet.{name}")
        rows = [(one, is_there(ours, one), WHY_NOT.get(f"{name}.{one}", "")) for one in names_of(theirs)]
        found.append((f"`{name}`", rows))
    return found


def page(found):
    lines = ["# Optuna's names, in Sterlet's Python package", "",
             f"Every public name of Optuna {optuna.__version__}. `python/integration_tests/names.py` writes this page, "
             "and a test compares it with", "what is installed. [python.md](python.md) says how what is there differs.",
             ""]
    for heading, rows in found:
        there = [f"`{name}`" for name, has, _ in rows if has]
        lines += [f"## {heading}", "", f"There ({len(there)} of {len(rows)}): " + ", ".join(there) + ".", ""]
        missing = [(name, why) for name, has, why in rows if not has]
        if missing:
            lines += ["| not there | why |", "|---|---|", *(f"| `{name}` | {why} |" for name, why in missing), ""]
    return "\n".join(lines)


def main():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = page(compare())
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
