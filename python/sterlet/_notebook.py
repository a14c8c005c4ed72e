"""How a study shows itself in a notebook: best trial, picture and table, as HTML that needs nothing else."""

from __future__ import annotations

import html
import math
import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple, Union

from sterlet.trial import FrozenTrial, TrialState

if TYPE_CHECKING:
    from sterlet._sayings import Sayings
    from sterlet._study import Study

__all__ = ["Report", "html_of", "report_of"]

_ROWS_MAX = 10
_POINTS_MAX = 2000  # Of the picture; of more trials, every n-th and the best.
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 480, 180, 56, 24


class Report:
    """The study's report: a page that `sterlet report` makes, with all its data inside."""

    def __init__(self, text: str) -> None:
        self.html = text

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes it to a file. Errors: OSError."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.html)

    def _repr_html_(self) -> str:
        page = html.escape(self.html, quote=True)
        return f'<iframe srcdoc="{page}" width="100%" height="720" style="border:0"></iframe>'


def report_of(study: Sayings) -> Report:
    """Its report. One in memory is stored for it, and forgotten. Errors: EngineError."""
    from sterlet._command import report

    with study._in_storage() as path:
        return Report(report(path, study.study_name))


def html_of(study: Study) -> str:
    """What a notebook shows of it."""
    trials = study.get_trials(deepcopy=False)
    counts = Counter(trial.state for trial in trials)
    said = ", ".join(f"{counts[state]} {state.name}" for state in TrialState if counts[state])
    place = "in memory" if study._desk.path is None else f"in {study._desk.path}"
    parts = [f"<b>{html.escape(study.study_name)}</b> {html.escape(place)}: {said or 'no trials yet'}"]
    several = len(study.directions) > 1
    best = study.best_trials if several else [found for found in [study._desk.best()] if found is not None]
    if best and not several:
        parts.append(f"best: trial {best[0].number} with {_value(best[0])}")
        parts.append(_picture(trials, study._desk.directions[0]))
    elif best:
        parts.append(f"{len(best)} trials on the Pareto front")
    shown = best[:_ROWS_MAX] if several else _ranked(trials, study._desk.directions[0])[:_ROWS_MAX]
    if shown:
        parts.append(_table(shown))
    return "<div>" + "".join(f"<div>{part}</div>" for part in parts) + "</div>"


def _ranked(trials: List[FrozenTrial], direction: str) -> List[FrozenTrial]:
    sign = -1.0 if direction == "maximize" else 1.0
    ended = [trial for trial in trials if trial.state == TrialState.COMPLETE and trial.values]
    return sorted(ended, key=lambda trial: (sign * (trial.value or 0.0), trial.number))


def _table(trials: List[FrozenTrial]) -> str:
    names = list(dict.fromkeys(name for trial in trials for name in trial.params))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in ["trial", "value", *names])
    rows = []
    for trial in trials:
        cells = [str(trial.number), _value(trial), *(_text(trial.params.get(name, "")) for name in names)]
        rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _picture(trials: List[FrozenTrial], direction: str) -> str:
    """The values as dots and the best so far as a line."""
    points = [(trial.number, trial.value) for trial in trials if trial.state == TrialState.COMPLETE and trial.values]
    finite = [(number, value) for number, value in points if value is not None and math.isfinite(value)]
    if len(finite) < 2:
        return ""
    better = max if direction == "maximize" else min
    best: List[Tuple[int, float]] = []
    for number, value in finite:
        best.append((number, better(value, best[-1][1]) if best else value))
    # A trial that diverged would press the others flat: beyond most values there are three half-widths of them.
    ordered = sorted(value for _, value in finite)
    half = ordered[3 * len(ordered) // 4] - ordered[len(ordered) // 4]
    low = max(ordered[0], ordered[len(ordered) // 4] - 3 * half)
    high = min(ordered[-1], ordered[3 * len(ordered) // 4] + 3 * half)
    low, high = (min(low, best[-1][1]), max(high, best[-1][1])) if high > low else (low - 0.5, high + 0.5)
    last = max(1, finite[-1][0])

    def at(number: int, value: float) -> Tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - 8) * number / last
        y = 8 + (_HEIGHT - _BOTTOM - 8) * (high - min(max(value, low), high)) / (high - low)
        return round(x, 1), round(y, 1)

    step = max(1, len(finite) // _POINTS_MAX)
    dots = "".join('<circle cx="{}" cy="{}" r="2.5"/>'.format(*at(*point)) for point in finite[::step])
    kept = [point for place, point in enumerate(best) if place % step == 0 or place == len(best) - 1]
    line = " ".join(f"{x},{y}" for x, y in (at(*point) for point in kept))
    marks = "".join(
        f'<text x="{_LEFT - 4}" y="{at(0, value)[1] + 4}" text-anchor="end">{value:.3g}</text>' for value in (low, high)
    )
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" font-size="11" font-family="sans-serif" role="img">'
        f"<title>value of each trial, and the best so far</title>"
        f'<g fill="currentColor">{marks}'
        f'<text x="{_WIDTH - 8}" y="{_HEIGHT - 8}" text-anchor="end">trial {last}</text></g>'
        f'<g fill="#0072B2" fill-opacity="0.5">{dots}</g>'
        f'<polyline points="{line}" fill="none" stroke="#D55E00" stroke-width="1.5"/></svg>'
    )


def _value(trial: FrozenTrial) -> str:
    return ", ".join(f"{value:.6g}" for value in trial.values or ())


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


class NotebookBar:
    """A progress bar that a notebook shows: one line, which is written anew."""

    def __init__(self) -> None:
        self._handle: Optional[Any] = None

    def draw(self, done: float, text: str) -> None:
        """done: from 0 to 1."""
        from IPython import display

        bundle: Dict[str, str] = {
            "text/plain": text,
            "text/html": f'<progress max="1" value="{done:.3f}"></progress> {html.escape(text)}',
        }
        if self._handle is None:
            self._handle = display.display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
