"""The strokes: all that touches matplotlib."""

from __future__ import annotations

import importlib.util
import math
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from sterlet.trial import FrozenTrial, TrialState
from sterlet.visualization._data import Axis

__all__ = ["Column", "is_available", "new_axes"]

_GRID_MAX = 6  # Parameters of which pairs are drawn in one picture.
# Told apart by people who see few colours, too (Okabe and Ito).
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999")
_STATES = {
    TrialState.COMPLETE: "#0072B2",
    TrialState.PRUNED: "#E69F00",
    TrialState.FAIL: "#D55E00",
    TrialState.RUNNING: "#009E73",
    TrialState.WAITING: "#999999",
}


class Column(NamedTuple):
    """One upright of a parallel coordinate plot."""

    name: str
    places: List[float]
    axis: Optional[Axis]


def is_available() -> bool:
    """Whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def new_axes(title: str, x: str, y: str) -> Any:
    """One Axes in a picture of its own."""
    axes = _pyplot().subplots()[1]
    axes.set(title=title, xlabel=x, ylabel=y)
    return axes


def new_row(title: str, count: int, y: str) -> List[Any]:
    """So many Axes beside each other."""
    width = max(1, count)
    shape = (max(6.4, 2.8 * width), 4.8)
    figure, grid = _pyplot().subplots(1, width, sharey=True, squeeze=False, figsize=shape, layout="constrained")
    figure.suptitle(title)
    grid[0][0].set_ylabel(y)
    return list(grid[0])


def new_grid(title: str, count: int) -> Any:
    """Axes for pairs of so many parameters: one for two, else a square of them."""
    if count > _GRID_MAX:
        raise ValueError(f"{title} of {count} parameters would be unreadable; choose up to {_GRID_MAX} by `params`")
    size = 1 if count == 2 else count
    side = max(6.4, 2.4 * size)
    shape = (side * 1.1, side * 0.85)
    figure, grid = _pyplot().subplots(size, size, squeeze=False, figsize=shape, layout="constrained")
    figure.suptitle(title)
    return grid


def cells(grid: Any, names: Sequence[str]) -> Iterator[Tuple[Any, str, str]]:
    """Each Axes of it with the parameters that go up and across."""
    if len(names) == 2:
        grid[0][0].set(xlabel=names[0], ylabel=names[1])
        yield grid[0][0], names[1], names[0]
        return
    for row, y in enumerate(names):
        for column, x in enumerate(names):
            axes = grid[row][column]
            if row == len(names) - 1:
                axes.set_xlabel(x)
            if column == 0:
                axes.set_ylabel(y)
            if row != column:
                yield axes, y, x


def set_axis(axis: Any, told: Axis) -> None:
    """The scale and the labels of a parameter."""
    if told.scale == "choices":
        axis.set_ticks(range(len(told.choices)), [str(choice) for choice in told.choices])
    elif told.scale == "log":
        axis._set_axes_scale("log")
    elif told.scale == "reverse_log":
        # 1 - x on a log scale, which runs towards 1.
        ways = (lambda x: -_log(1 - x), lambda y: 1 - 10 ** (-y))
        axis._set_axes_scale("function", functions=ways)
        axis.set_ticks([0.5, 0.9, 0.99, 0.999, 0.9999])


def contour(axes: Any, across: Sequence[Tuple[float, float]], up: Sequence[Tuple[float, float]], values: Any) -> Any:
    """Colours between points, each given by its place and by its place on an even scale, on which neighbours are found.

    Only dots of colour where the points are in a line, or too few.
    """
    from matplotlib.tri import Triangulation

    # Of points that coincide the first counts.
    first = {(x, y): value for x, y, value in reversed(list(zip(across, up, values)))}
    xs, ys = ([point[side] for point in first] for side in (0, 1))
    try:
        found = Triangulation(*(_spread_out([even for _, even in side]) for side in (xs, ys)))
        placed = Triangulation([x for x, _ in xs], [y for y, _ in ys], found.triangles)
        return axes.tricontourf(placed, list(first.values()), levels=12, cmap="Blues_r")
    except (RuntimeError, ValueError):
        return axes.scatter([x for x, _ in across], [y for y, _ in up], c=values, cmap="Blues_r", s=60)


def finish(grid: Any, points: Any, label: str) -> Any:
    """A colour bar for all; the Axes, or the array of them."""
    import numpy

    flat = numpy.asarray(grid).ravel()
    if points is not None:
        flat[0].figure.colorbar(points, ax=list(flat), label=label)
    for axes in flat:
        if not axes.has_data():
            axes.set_axis_off()
    return flat[0] if len(flat) == 1 else numpy.asarray(grid)


def parallel(axes: Any, columns: Sequence[Column], values: Sequence[float], label: str) -> Any:
    """A line for each place in the columns, coloured by the values."""
    from matplotlib.collections import LineCollection

    ranges = [(min(column.places), max(column.places)) for column in columns]
    lines = []
    for row in range(len(values)):
        heights = [_share(column.places[row], *ends) for column, ends in zip(columns, ranges)]
        lines.append(list(enumerate(heights)))
    drawn = LineCollection(lines, cmap="Blues_r", alpha=0.7)
    drawn.set_array(list(values))
    axes.add_collection(drawn)
    axes.set_xlim(-0.1, len(columns) - 0.9)
    axes.set_ylim(-0.05, 1.05)
    axes.set_yticks([])
    axes.set_xticks(range(len(columns)), [column.name for column in columns], rotation=30, ha="right")
    for place, (column, (low, high)) in enumerate(zip(columns, ranges)):
        axes.axvline(place, color="grey", linewidth=0.8)
        for height, text in _marks(column, low, high):
            axes.text(place + 0.02, height, text, fontsize=8)
    axes.figure.colorbar(drawn, ax=axes, label=label)
    return axes


def front(title: str, names: Sequence[str], groups: Dict[str, List[List[float]]]) -> Any:
    """Points of two or three dimensions, by group."""
    if len(names) == 2:
        axes = new_axes(title, names[0], names[1])
    else:
        axes = _pyplot().figure().add_subplot(projection="3d")
        axes.set(title=title, xlabel=names[0], ylabel=names[1], zlabel=names[2])
    for place, (name, points) in enumerate(groups.items()):
        if points:
            axes.scatter(*zip(*points), color=_COLOURS[place], label=name)
    return legend(axes)


def timeline(axes: Any, trials: Sequence[FrozenTrial]) -> Any:
    """A bar for each trial, from its start to its end; of one that runs, to the latest time there is."""
    from matplotlib.dates import date2num

    times = [one for trial in trials for one in (trial.datetime_start, trial.datetime_complete) if one is not None]
    for state, colour_of in _STATES.items():
        bars = [trial for trial in trials if trial.state == state and trial.datetime_start is not None]
        if not bars:
            continue
        begun = [date2num(trial.datetime_start) for trial in bars]
        last = [date2num(trial.datetime_complete or max(times)) for trial in bars]
        lengths = [max(end - start, 1e-8) for start, end in zip(begun, last)]
        axes.barh([trial.number for trial in bars], lengths, left=begun, color=colour_of, label=state.name)
    axes.xaxis_date()
    axes.figure.autofmt_xdate()
    return legend(axes)


def spread(axes: Any, curves: Sequence[Sequence[float]]) -> None:
    """Mean and standard deviation of the best values, as far as all studies went."""
    length = min((len(curve) for curve in curves), default=0)
    means, low, high = [], [], []
    for place in range(length):
        here = [curve[place] for curve in curves]
        mean = sum(here) / len(here)
        deviation = math.sqrt(sum((value - mean) ** 2 for value in here) / len(here))
        means.append(mean)
        low.append(mean - deviation)
        high.append(mean + deviation)
    axes.plot(range(length), means, color=_COLOURS[0], label="Best Value")
    axes.fill_between(range(length), low, high, color=_COLOURS[0], alpha=0.2)
    legend(axes)


def legend(axes: Any) -> Any:
    """One, where something has a name."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    return axes


def colour(place: int) -> str:
    """Of the n-th thing in a picture."""
    return _COLOURS[place % len(_COLOURS)]


def _marks(column: Column, low: float, high: float) -> List[Tuple[float, str]]:
    axis = column.axis
    if axis is not None and axis.scale == "choices":
        places = sorted({int(place) for place in column.places})
        return [(_share(place, low, high), str(axis.choices[place])) for place in places]
    ends = [low] if low == high else [low, (low + high) / 2, high]
    return [(_share(end, low, high), f"{_value_at(axis, end):.3g}") for end in ends]


def _value_at(axis: Optional[Axis], even: float) -> float:
    if axis is not None and axis.scale == "log":
        return float(10**even)
    return float(1 - 10 ** (-even)) if axis is not None and axis.scale == "reverse_log" else even


def _spread_out(places: Sequence[float]) -> List[float]:
    low, high = min(places), max(places)
    return [_share(place, low, high) for place in places]


def _share(place: float, low: float, high: float) -> float:
    return 0.5 if high == low else (place - low) / (high - low)


def _log(values: Any) -> Any:
    import numpy

    return numpy.log10(numpy.maximum(values, 1e-300))


def _pyplot() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("plots need matplotlib; install it: pip install matplotlib") from error
    return pyplot
