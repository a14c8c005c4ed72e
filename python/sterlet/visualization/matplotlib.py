"""Plots on matplotlib's axes, by Optuna's names. Each returns the Axes, or an array of them, that it drew on.

Needs matplotlib. sterlet.visualization has the same plots as pictures that show and save themselves.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

from sterlet.importance import BaseImportanceEvaluator, get_param_importances
from sterlet.study import Study
from sterlet.trial import FrozenTrial, TrialState
from sterlet.visualization import _draw
from sterlet.visualization._data import (
    Target,
    axis_of,
    best_so_far,
    chosen,
    ended,
    hypervolume,
    is_better,
)

__all__ = [
    "is_available",
    "plot_contour",
    "plot_edf",
    "plot_hypervolume_history",
    "plot_intermediate_values",
    "plot_optimization_history",
    "plot_parallel_coordinate",
    "plot_param_importances",
    "plot_pareto_front",
    "plot_rank",
    "plot_slice",
    "plot_terminator_improvement",
    "plot_timeline",
]

Studies = Union[Study, Sequence[Study]]
Places = Sequence[Tuple[float, float]]
_VALUE = "Objective Value"


def is_available() -> bool:
    """Whether matplotlib is installed."""
    return _draw.is_available()


def plot_optimization_history(
    study: Studies, *, target: Target = None, target_name: str = _VALUE, error_bar: bool = False
) -> Any:
    """Each trial's value, and the best so far. Of several studies: all of them, or with `error_bar` mean and spread."""
    axes = _draw.new_axes("Optimization History Plot", "Trial", target_name)
    curves: List[Tuple[str, List[int], List[float], List[float]]] = []
    for one in _listed(study):
        rows = ended(one, target)
        values = [value for _, value in rows]
        best = best_so_far(values, is_better(one, target))
        curves.append((one.study_name, [trial.number for trial, _ in rows], values, best))
    if error_bar:
        _draw.spread(axes, [curve[3] for curve in curves])
        return axes
    for place, (name, numbers, values, best) in enumerate(curves):
        of = "" if len(curves) == 1 else f" of {name}"
        axes.scatter(numbers, values, color=_draw.colour(place), alpha=0.6, label=target_name + of)
        if target is None:
            axes.plot(numbers, best, color=_draw.colour(place), drawstyle="steps-post", label="Best Value" + of)
    return _draw.legend(axes)


def plot_intermediate_values(study: Study) -> Any:
    """What each trial reported, over its steps; trials that were ended early are dashed."""
    axes = _draw.new_axes("Intermediate Values Plot", "Step", "Intermediate Value")
    for trial in study.get_trials(deepcopy=False):
        if trial.intermediate_values:
            steps = sorted(trial.intermediate_values)
            style = "--" if trial.state == TrialState.PRUNED else "-"
            values = [trial.intermediate_values[step] for step in steps]
            axes.plot(steps, values, style, marker=".", alpha=0.7, label=f"Trial{trial.number}")
    return axes


def plot_edf(study: Studies, *, target: Target = None, target_name: str = _VALUE) -> Any:
    """How large a share of the trials has a value up to each."""
    axes = _draw.new_axes("Empirical Distribution Function Plot", target_name, "Cumulative Probability")
    axes.set_ylim(0, 1.02)
    for place, one in enumerate(_listed(study)):
        values = sorted(value for _, value in ended(one, target))
        if values:
            shares = [(rank + 1) / len(values) for rank in range(len(values))]
            whole = [values[0], *values], [0.0, *shares]
            axes.plot(*whole, drawstyle="steps-post", color=_draw.colour(place), label=one.study_name)
    return _draw.legend(axes)


def plot_param_importances(
    study: Study,
    evaluator: Optional[BaseImportanceEvaluator] = None,
    params: Optional[List[str]] = None,
    *,
    target: Target = None,
    target_name: str = _VALUE,
) -> Any:
    """A bar a parameter, the most important on top: importance.get_param_importances()."""
    axes = _draw.new_axes("Hyperparameter Importances", f"Importance for {target_name}", "Hyperparameter")
    found = get_param_importances(study, evaluator=evaluator, params=params, target=target) if study.trials else {}
    names = list(reversed(list(found)))
    bars = axes.barh(names, [found[name] for name in names], color=_draw.colour(0))
    axes.bar_label(bars, [f"{found[name]:.2f}" for name in names], padding=2)
    axes.margins(x=0.12)
    return axes


def plot_slice(
    study: Study, params: Optional[List[str]] = None, *, target: Target = None, target_name: str = _VALUE
) -> Any:
    """The value over each parameter, coloured by the trials' numbers. An array of Axes where there are several."""
    rows = ended(study, target)
    names = chosen([trial for trial, _ in rows], params)
    grid = _draw.new_row("Slice Plot", len(names), target_name)
    points: Any = None
    for axes, name in zip(grid, names):
        having = [(trial, value) for trial, value in rows if name in trial.params]
        axis = axis_of([trial for trial, _ in having], name)
        _draw.set_axis(axes.xaxis, axis)
        axes.set_xlabel(name)
        places = [axis.place(trial.params[name]) for trial, _ in having]
        numbers = [trial.number for trial, _ in having]
        points = axes.scatter(places, [value for _, value in having], c=numbers, cmap="Blues", edgecolor="grey")
    return _draw.finish(grid, points, "Trial")


def plot_contour(
    study: Study, params: Optional[List[str]] = None, *, target: Target = None, target_name: str = _VALUE
) -> Any:
    """The value over each pair of parameters, as colours between the trials, which are dots."""

    def draw(axes: Any, xs: Places, ys: Places, values: List[float]) -> Any:
        points = _draw.contour(axes, xs, ys, values)
        axes.scatter([x for x, _ in xs], [y for y, _ in ys], c="black", s=8)
        return points

    return _pairs(study, params, target, "Contour Plot", draw, target_name)


def plot_rank(
    study: Study, params: Optional[List[str]] = None, *, target: Target = None, target_name: str = _VALUE
) -> Any:
    """The trials over each pair of parameters, coloured by their rank: 0 is the lowest value."""

    def draw(axes: Any, xs: Places, ys: Places, values: List[float]) -> Any:
        order = sorted(range(len(values)), key=values.__getitem__)
        ranks = [0.0] * len(values)
        for rank, place in enumerate(order):
            ranks[place] = rank / max(1, len(values) - 1)
        places = [x for x, _ in xs], [y for y, _ in ys]
        return axes.scatter(*places, c=ranks, cmap="RdYlBu_r", vmin=0, vmax=1, edgecolor="grey")

    return _pairs(study, params, target, f"Rank ({target_name})", draw, "Rank")


def plot_parallel_coordinate(
    study: Study, params: Optional[List[str]] = None, *, target: Target = None, target_name: str = _VALUE
) -> Any:
    """A line a trial, through its value and its parameters, coloured by the value; not of trials that lack one."""
    rows = ended(study, target)
    names = chosen([trial for trial, _ in rows], params)
    rows = [(trial, value) for trial, value in rows if all(name in trial.params for name in names)]
    axes = _draw.new_axes("Parallel Coordinate Plot", "", "")
    if not rows:
        return axes
    trials = [trial for trial, _ in rows]
    values = [value for _, value in rows]
    columns = [_draw.Column(target_name, values, None)]
    for name in names:
        axis = axis_of(trials, name)
        columns.append(_draw.Column(name, [axis.even(trial.params[name]) for trial in trials], axis))
    return _draw.parallel(axes, columns, values, target_name)


def plot_pareto_front(
    study: Study,
    *,
    target_names: Optional[List[str]] = None,
    include_dominated_trials: bool = True,
    axis_order: Optional[List[int]] = None,
    constraints_func: Optional[Callable[[FrozenTrial], Sequence[float]]] = None,
    targets: Optional[Callable[[FrozenTrial], Sequence[float]]] = None,
) -> Any:
    """Trials over two or three objectives, the best of them marked. Errors: ValueError for another number of them."""
    trials = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
    if constraints_func is not None:
        trials = [trial for trial in trials if all(one <= 0 for one in constraints_func(trial))]
    front = {trial.number for trial in study.best_trials}
    seen = targets or (lambda trial: trial.values or ())
    points = {trial.number: [float(value) for value in seen(trial)] for trial in trials}
    count = len(next(iter(points.values()))) if points else len(study.directions)
    if count not in (2, 3):
        raise ValueError(f"a Pareto front is drawn of 2 or 3 objectives, not of {count}; choose some by `targets`")
    order = axis_order or list(range(count))
    names = target_names or study.metric_names or [f"Objective {place}" for place in range(count)]
    groups: Dict[str, List[List[float]]] = {"Trial": [], "Best Trial": []}
    for number, point in points.items():
        if number in front or include_dominated_trials:
            groups["Best Trial" if number in front else "Trial"].append([point[place] for place in order])
    return _draw.front("Pareto-front Plot", [names[place] for place in order], groups)


def plot_hypervolume_history(study: Study, reference_point: Sequence[float]) -> Any:
    """The volume that the trials dominate up to `reference_point`, trial by trial. Errors: ValueError."""
    if len(reference_point) != len(study.directions):
        raise ValueError(
            f"the reference point has {len(reference_point)} values, but the study {len(study.directions)} objectives"
        )
    axes = _draw.new_axes("Hypervolume History Plot", "Trial", "Hypervolume")
    signs = [-1.0 if one == "maximize" else 1.0 for one in study._desk.directions]
    reference = [sign * value for sign, value in zip(signs, reference_point)]
    seen: List[List[float]] = []
    numbers, volumes = [], []
    for trial in study.get_trials(deepcopy=False, states=[TrialState.COMPLETE]):
        if all(one <= 0 for one in trial.constraints.values()):
            seen.append([sign * value for sign, value in zip(signs, trial.values or ())])
        numbers.append(trial.number)
        volumes.append(hypervolume(seen, reference))
    axes.plot(numbers, volumes, marker="o", markersize=3, color=_draw.colour(0))
    return axes


def plot_timeline(study: Study, n_recent_trials: Optional[int] = None) -> Any:
    """When each trial ran, a bar each, coloured by its state; the last `n_recent_trials` of them."""
    axes = _draw.new_axes("Timeline Plot", "Datetime", "Trial")
    trials = study.get_trials(deepcopy=False)
    return _draw.timeline(axes, trials if n_recent_trials is None else trials[-n_recent_trials:])


def plot_terminator_improvement(
    study: Study,
    plot_error: bool = False,
    improvement_evaluator: Optional[Any] = None,
    error_evaluator: Optional[Any] = None,
    min_n_trials: int = 20,
) -> Any:
    """What sterlet.terminator says of room for improvement after each trial, and of the error it is held against."""
    from sterlet.terminator import BestValueStagnationEvaluator, CrossValidationErrorEvaluator

    axes = _draw.new_axes("Terminator Improvement Plot", "Trial", "Terminator Improvement")
    improvement = improvement_evaluator or BestValueStagnationEvaluator()
    error = error_evaluator or CrossValidationErrorEvaluator()
    trials = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
    direction = study.direction
    numbers = [trial.number for trial in trials]
    rooms = [improvement.evaluate(trials[: end + 1], direction) for end in range(len(trials))]
    early = min(len(trials), min_n_trials)
    axes.plot(numbers[:early], rooms[:early], color=_draw.colour(0), alpha=0.4)
    axes.plot(numbers[max(0, early - 1) :], rooms[max(0, early - 1) :], color=_draw.colour(0), label="Improvement")
    if plot_error:
        errors = [error.evaluate(trials[: end + 1], direction) for end in range(len(trials))]
        axes.plot(numbers, errors, color=_draw.colour(1), label="Error")
    return _draw.legend(axes)


def _pairs(
    study: Study, params: Optional[List[str]], target: Target, title: str, draw: Callable[..., Any], label: str
) -> Any:
    rows = ended(study, target)
    names = chosen([trial for trial, _ in rows], params)
    if len(names) < 2:
        raise ValueError(f"{title} needs two parameters, and the trials have {', '.join(names) or 'none'}")
    grid = _draw.new_grid(title, len(names))
    points: Any = None
    for axes, y, x in _draw.cells(grid, names):
        having = [(trial, value) for trial, value in rows if x in trial.params and y in trial.params]
        if not having:
            continue
        across, up = (axis_of([trial for trial, _ in having], name) for name in (x, y))
        _draw.set_axis(axes.xaxis, across)
        _draw.set_axis(axes.yaxis, up)
        xs, ys = ([axis.both(trial.params[axis.name]) for trial, _ in having] for axis in (across, up))
        points = draw(axes, xs, ys, [value for _, value in having]) or points
    return _draw.finish(grid, points, label)


def _listed(study: Studies) -> List[Study]:
    return [study] if isinstance(study, Study) else list(study)
