"""Makes a table of the lines that bench/run collected; with --write FILE also replaces its speed section.

The middle of several measurements counts; the spread stands in brackets.
"""

import importlib.metadata
import json
import os
import platform
import re
import sqlite3
import statistics
import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

BEGIN, END = "<!-- speed: begin -->", "<!-- speed: end -->"

# What it is, Sterlet's measurement, Optuna's, unit, the bar, whether more is better.
ROWS = [
    ("ask + tell in memory, `random`, 10-d mixed space", "ask-tell", "ask-tell", "trials/s", 200_000, True),
    ("the same, points as named values", "ask-tell-named", "ask-tell", "trials/s", None, True),
    ("claim + 5 reports + finish on SQLite, 1 worker as `tune` runs it",
     "storage-1-workers-1-commits", "storage-1-workers", "trials/s", 1000, True),
    ("the same, 2 commits a trial, each waited for", "storage-1-workers-2-commits", "storage-1-workers", "trials/s", None, True),
    ("the same, 7 commits a trial, each waited for", "storage-1-workers-7-commits", "storage-1-workers", "trials/s", None, True),
    ("claim + 5 reports + finish on SQLite, 8 processes, each as `tune` with 1 worker",
     "storage-8-workers-1-commits", "storage-8-workers", "trials/s", 1000, True),
    ("the same, 2 commits a trial, each waited for", "storage-8-workers-2-commits", "storage-8-workers", "trials/s", None, True),
    ("the same, 7 commits a trial, each waited for", "storage-8-workers-7-commits", "storage-8-workers", "trials/s", None, True),
    ("the same, 8 workers of one `tune`", "storage-turns-of-8",
     "storage-8-workers", "trials/s", 1000, True),
    ("opening a study of 10,000 trials on SQLite", "open", "open", "ms", 50, False),
    ("`--version`", "start", "start", "ms", 10, False),
    ("peak memory with a study of 10,000 trials, in memory", "memory", "memory", "MB", 15, False),
    ("the same, opened from SQLite", "memory-storage", "memory-storage", "MB", 15, False),
    ("the disk alone: 8 KiB written + fdatasync", "disk", None, "syncs/s", None, True),
]


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def cell(values: list[float]) -> str:
    if not values:
        return "-"
    middle = number(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} [{number(min(values))}..{number(max(values))}]"


def table(lines: list[dict]) -> str:
    values = defaultdict(list)
    for line in lines:
        values[line["tool"], line["name"]].append(line["value"])
    text = "| | unit | bar | Sterlet | Optuna | ratio | bar met |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    for what, name, other_name, unit, bar, more_is_better in ROWS:
        own, other = values["sterlet", name], values["optuna", other_name]
        ratio = met = "-"
        if own and other:
            a, b = statistics.median(own), statistics.median(other)
            ratio = f"{number(a / b if more_is_better else b / a)} x"
        if own and bar:
            a = statistics.median(own)
            met = "yes" if (a >= bar if more_is_better else a <= bar) else "**no**"
        text += (f"| {what} | {unit} | {number(bar) if bar else '-'} | {cell(own)} | {cell(other)} "
                 f"| {ratio} | {met} |\n")
    return text


def machine() -> str:
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{model}, {os.cpu_count()} cores, {system}, load averages at the end {load}"


def versions() -> str:
    compiler = subprocess.run(["c++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
    parts = [f"GCC {compiler}", f"Python {platform.python_version()}"]
    for package in ("optuna", "SQLAlchemy", "numpy"):
        try:
            parts.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(parts) + f", Python's SQLite {sqlite3.sqlite_version}"


def main() -> None:
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    text = table(lines)
    print(text)
    if "--write" not in sys.argv:
        return
    file = Path(sys.argv[sys.argv.index("--write") + 1])
    section = f"""{BEGIN}
Measured {date.today().isoformat()} by `bench/run`.

- Machine: {machine()}
- Versions: {versions()}
- Fairness: both tools run pinned to the same one core (`taskset`), all 8 workers too, one measurement at a time.
- A figure is the median; `[lowest..highest]` of the repeats beside it.

{text}{END}"""
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    if BEGIN in old and END in old:
        new = re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda _: section, old, flags=re.DOTALL)
    else:
        new = (old or "# Results\n") + "\n## Speed\n\n" + section + "\n"
    file.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
