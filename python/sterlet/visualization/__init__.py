"""Pictures of a study, by Optuna's names. Each function returns a Plot, which notebooks show and which saves itself.

    sterlet.visualization.plot_optimization_history(study).write_image("history.png")

Needs matplotlib. sterlet.visualization.matplotlib has the same functions, which return matplotlib's Axes.
"""

from __future__ import annotations

import functools
import io
import os
from typing import Any, Callable, Union

from sterlet.visualization import matplotlib

__all__ = [
    "Plot",
    "is_available",
    "matplotlib",
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


class Plot:
    """A picture."""

    def __init__(self, axes: Any) -> None:
        self.axes = axes
        """matplotlib's, or an array of them."""
        self.figure = getattr(axes, "figure", None) or axes.ravel()[0].figure

    def show(self) -> None:
        """Opens a window, or in a notebook shows it below the cell. On a machine without a screen: nothing."""
        from matplotlib import pyplot

        if pyplot.get_backend().lower() in ("agg", "pdf", "svg", "ps"):
            return
        # pyplot has let go of the picture: it gets the window of an empty one.
        manager = pyplot.figure().canvas.manager
        manager.canvas.figure = self.figure
        self.figure.set_canvas(manager.canvas)
        pyplot.show()

    def write_image(self, file: Union[str, os.PathLike[str], Any], format: Union[str, None] = None) -> None:
        """Saves it: PNG, SVG or PDF, by the ending of the name or by `format`."""
        self.figure.savefig(file, format=format, bbox_inches="tight")

    def write_html(self, file: Union[str, os.PathLike[str]]) -> None:
        """Saves it as a page that needs nothing else."""
        with open(file, "w", encoding="utf-8") as page:
            page.write(f"<!doctype html>\n<meta charset=utf-8>\n<title>Sterlet</title>\n{self._repr_html_()}\n")

    def update_layout(
        self,
        *,
        title: Any = None,
        xaxis_title: Any = None,
        yaxis_title: Any = None,
        width: Union[float, None] = None,
        height: Union[float, None] = None,
        **ignored: Any,
    ) -> Plot:
        """Changes titles (a text, or {"text": ...}) and the size in pixels, as scripts for Plotly do. What else Plotly
        knows is ignored; `axes` and `figure` may be changed instead."""
        every = list(self.axes.ravel()) if hasattr(self.axes, "ravel") else [self.axes]
        if title is not None and len(every) == 1:
            every[0].set_title(_text(title))
        elif title is not None:
            self.figure.suptitle(_text(title))
        for axes in every:
            if xaxis_title is not None:
                axes.set_xlabel(_text(xaxis_title))
        if yaxis_title is not None:
            every[0].set_ylabel(_text(yaxis_title))
        inches = self.figure.get_size_inches()
        dots = self.figure.get_dpi()
        self.figure.set_size_inches(
            inches[0] if width is None else width / dots, inches[1] if height is None else height / dots
        )
        return self

    def _repr_html_(self) -> str:
        image = io.StringIO()
        self.figure.savefig(image, format="svg", bbox_inches="tight")
        text = image.getvalue()
        return text[text.index("<svg") :]


def _text(title: Any) -> str:
    return str(title.get("text", "")) if isinstance(title, dict) else str(title)


def _picture(draw: Callable[..., Any]) -> Callable[..., Plot]:
    @functools.wraps(draw)
    def made(*arguments: Any, **named: Any) -> Plot:
        plot = Plot(draw(*arguments, **named))
        from matplotlib import pyplot

        pyplot.close(plot.figure)  # Else pyplot keeps each for good, and a notebook shows it twice.
        return plot

    return made


is_available = matplotlib.is_available
plot_contour = _picture(matplotlib.plot_contour)
plot_edf = _picture(matplotlib.plot_edf)
plot_hypervolume_history = _picture(matplotlib.plot_hypervolume_history)
plot_intermediate_values = _picture(matplotlib.plot_intermediate_values)
plot_optimization_history = _picture(matplotlib.plot_optimization_history)
plot_parallel_coordinate = _picture(matplotlib.plot_parallel_coordinate)
plot_param_importances = _picture(matplotlib.plot_param_importances)
plot_pareto_front = _picture(matplotlib.plot_pareto_front)
plot_rank = _picture(matplotlib.plot_rank)
plot_slice = _picture(matplotlib.plot_slice)
plot_terminator_improvement = _picture(matplotlib.plot_terminator_improvement)
plot_timeline = _picture(matplotlib.plot_timeline)
