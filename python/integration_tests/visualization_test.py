"""The plots, drawn by matplotlib. Needs matplotlib and pytest: scripts/test --integrations."""

import xml.etree.ElementTree

import matplotlib
import pytest

matplotlib.use("agg")

import numpy as np
from matplotlib import pyplot

import sterlet
from sterlet import visualization
from sterlet.trial import TrialState
from sterlet.visualization import matplotlib as on_axes
from sterlet.visualization._data import hypervolume

sterlet.logging.set_verbosity(sterlet.logging.ERROR)
ONE_OBJECTIVE = ["plot_optimization_history", "plot_param_importances", "plot_slice", "plot_contour", "plot_rank",
                 "plot_parallel_coordinate", "plot_intermediate_values", "plot_edf", "plot_timeline",
                 "plot_terminator_improvement"]


@pytest.fixture(autouse=True)
def clean():
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def study():
    made = sterlet.create_study(study_name="one", direction="maximize", sampler=sterlet.samplers.RandomSampler(seed=1),
                                pruner=sterlet.pruners.MedianPruner(n_startup_trials=3))

    def objective(trial):
        rate = trial.suggest_float("rate", 1e-4, 1, log=True)
        momentum = trial.suggest_float("momentum", 0.5, 0.999, scale="reverse_log")
        kind = trial.suggest_categorical("kind", ["a", None, "c"])
        for step in range(1, 6):
            trial.report(step * rate, step)
            if trial.should_prune():
                raise sterlet.TrialPruned()
        return -((rate - 0.1) ** 2) - momentum + (kind == "a")

    made.optimize(objective, n_trials=40)
    return made


@pytest.fixture(scope="module")
def front():
    made = sterlet.create_study(study_name="two", directions=["minimize", "maximize"],
                                sampler=sterlet.samplers.RandomSampler(seed=1))
    made.optimize(lambda trial: (trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)), n_trials=25)
    return made


def completed(study):
    return study.get_trials(states=[TrialState.COMPLETE])


@pytest.mark.filterwarnings("ignore:not enough data")
def test_every_plot_shows_and_saves_itself(study, front, tmp_path):
    for name in ONE_OBJECTIVE:
        plot = getattr(visualization, name)(study)
        plot.write_image(str(tmp_path / f"{name}.png"))
        with open(tmp_path / f"{name}.png", "rb") as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"
        root = xml.etree.ElementTree.fromstring(plot._repr_html_())
        assert root.tag.endswith("svg")
        plot.write_html(str(tmp_path / f"{name}.html"))
        plot.update_layout(title="t").show()
    plot = visualization.plot_contour(study, params=["rate", "momentum"])
    plot.update_layout(title={"text": "Mine"}, xaxis_title="across", yaxis_title="up", width=900, legend=None)
    axes = plot.figure.axes[0]
    assert "Mine" in (axes.get_title(), plot.figure.get_suptitle())
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("across", "up")
    assert plot.figure.get_size_inches()[0] * plot.figure.get_dpi() == pytest.approx(900)
    for plot in (visualization.plot_pareto_front(front), visualization.plot_hypervolume_history(front, [1, 0])):
        assert "<svg" in plot._repr_html_()
    assert pyplot.get_fignums() == []
    assert {*ONE_OBJECTIVE, "plot_pareto_front", "plot_hypervolume_history", "is_available"} == set(on_axes.__all__)


def test_history_has_the_values_and_the_best_so_far(study):
    axes = on_axes.plot_optimization_history(study)
    rows = [(trial.number, trial.value) for trial in completed(study)]
    assert np.allclose(axes.collections[0].get_offsets(), rows)
    assert np.allclose(axes.lines[0].get_ydata(), np.maximum.accumulate([value for _, value in rows]))
    assert axes.get_ylabel() == "Objective Value"
    other = on_axes.plot_optimization_history([study, study], error_bar=True)
    assert np.allclose(other.lines[0].get_ydata(), axes.lines[0].get_ydata())
    target = on_axes.plot_optimization_history(study, target=lambda trial: trial.params["rate"], target_name="rate")
    assert len(target.lines) == 0 and target.get_ylabel() == "rate"


def test_curves_and_shares(study):
    axes = on_axes.plot_intermediate_values(study)
    assert len(axes.lines) == len(study.trials)
    assert {line.get_linestyle() for line in axes.lines} == {"-", "--"}
    edf = on_axes.plot_edf(study)
    xs, ys = edf.lines[0].get_data()
    values = sorted(trial.value for trial in completed(study))
    assert list(xs[1:]) == values and ys[-1] == 1 and np.all(np.diff(ys) >= 0)


def test_scales_are_those_of_the_parameters(study):
    grid = on_axes.plot_slice(study)
    assert [axes.get_xlabel() for axes in grid] == ["kind", "momentum", "rate"]
    assert [axes.get_xscale() for axes in grid] == ["linear", "function", "log"]
    assert [label.get_text() for label in grid[0].get_xticklabels()] == ["a", "None", "c"]
    one = on_axes.plot_slice(study, params=["rate"])
    assert np.allclose(sorted(one.collections[0].get_offsets()[:, 0]),
                       sorted(trial.params["rate"] for trial in completed(study)))


def test_pairs(study):
    contour = on_axes.plot_contour(study, params=["rate", "momentum"])
    assert (contour.get_xlabel(), contour.get_ylabel()) == ("rate", "momentum")
    assert (contour.get_xscale(), contour.get_yscale()) == ("log", "function")
    grid = on_axes.plot_rank(study)
    assert grid.shape == (3, 3)
    ranks = grid[0][1].collections[0].get_array()
    best = max(completed(study), key=lambda trial: trial.value)
    assert np.isclose(ranks[[trial.number for trial in completed(study)].index(best.number)], 1)
    with pytest.raises(ValueError, match="needs two"):
        on_axes.plot_contour(study, params=["rate"])


def test_parallel_lines(study):
    axes = on_axes.plot_parallel_coordinate(study)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["Objective Value", "kind", "momentum", "rate"]
    lines = axes.collections[0].get_segments()
    assert len(lines) == len(completed(study))
    assert all(0 <= y <= 1 for line in lines for _, y in line)


@pytest.mark.filterwarnings("ignore:not enough data")
def test_importances_are_those_of_importance(study):
    found = sterlet.importance.get_param_importances(study)
    axes = on_axes.plot_param_importances(study)
    assert [bar.get_width() for bar in reversed(axes.patches)] == list(found.values())
    assert [label.get_text() for label in axes.get_yticklabels()] == list(reversed(list(found)))


def test_the_front_is_marked(front):
    axes = on_axes.plot_pareto_front(front, target_names=["size", "score"])
    other, best = axes.collections
    assert np.allclose(sorted(map(tuple, best.get_offsets())), sorted(tuple(one.values) for one in front.best_trials))
    assert len(other.get_offsets()) + len(best.get_offsets()) == 25
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("size", "score")
    alone = on_axes.plot_pareto_front(front, include_dominated_trials=False, axis_order=[1, 0])
    assert len(alone.collections) == 1 and alone.get_xlabel() == "Objective 1"
    three = on_axes.plot_pareto_front(front, targets=lambda trial: (*trial.values, trial.number))
    assert three.name == "3d"
    with pytest.raises(ValueError, match="2 or 3"):
        on_axes.plot_pareto_front(front, targets=lambda trial: trial.values[:1])


def test_volumes():
    assert hypervolume([(0, 0)], (1, 1)) == 1
    assert hypervolume([(0, 0.5), (0.5, 0)], (1, 1)) == 0.75
    assert hypervolume([(2, 2)], (1, 1)) == 0
    # Three dimensions, against a count of points of a fine grid that some point dominates.
    draws = np.random.default_rng(1)
    points = draws.random((6, 3))
    grid = (np.stack(np.meshgrid(*[np.arange(40)] * 3), -1).reshape(-1, 3) + 0.5) / 40
    counted = np.mean([(points <= place).all(1).any() for place in grid])
    assert abs(hypervolume(points, (1, 1, 1)) - counted) < 0.02


def test_volume_grows(front):
    axes = on_axes.plot_hypervolume_history(front, [1, 0])
    volumes = axes.lines[0].get_ydata()
    assert len(volumes) == 25 and np.all(np.diff(volumes) > -1e-12) and volumes[-1] > 0.5
    with pytest.raises(ValueError, match="reference point"):
        on_axes.plot_hypervolume_history(front, [1])


def test_times_and_terminator(study):
    axes = on_axes.plot_timeline(study, n_recent_trials=10)
    assert len(axes.patches) == 10
    room = on_axes.plot_terminator_improvement(study)
    assert len(room.lines) == 2


def test_what_cannot_be_drawn_says_so(front, study):
    with pytest.raises(ValueError, match="target=lambda"):
        on_axes.plot_slice(front)
    with pytest.raises(ValueError, match="no completed trial has the parameter 'rte'; they have kind"):
        on_axes.plot_slice(study, params=["rte"])
    empty = sterlet.create_study()
    for name in ("plot_optimization_history", "plot_edf", "plot_intermediate_values", "plot_timeline", "plot_slice",
                 "plot_parallel_coordinate", "plot_param_importances"):
        getattr(on_axes, name)(empty)
