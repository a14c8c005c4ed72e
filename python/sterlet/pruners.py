"""What ends hopeless trials early: the engine's pruners by their usual names, and a base for pruners of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Union

if TYPE_CHECKING:
    from sterlet.study import Study
    from sterlet.trial import FrozenTrial

__all__ = [
    "AutoPruner",
    "BasePruner",
    "CurvePruner",
    "HyperbandPruner",
    "MedianPruner",
    "NopPruner",
    "PatientPruner",
    "PercentilePruner",
    "SuccessiveHalvingPruner",
    "ThresholdPruner",
    "WilcoxonPruner",
]


class BasePruner:
    """A pruner. One of your own overrides prune()."""

    _asks_engine = False

    def _choice(self) -> Dict[str, Any]:
        """The engine's pruner, as a study file names it."""
        return {"name": "none"}

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Whether the trial, as it is now, ends here."""
        raise NotImplementedError(f"{type(self).__name__} must have prune(study, trial)")


class _EnginePruner(BasePruner):
    """One of the engine's, by its name and options (docs/pruners.md)."""

    _asks_engine = True
    _name = "none"

    def __init__(self, **options: Any) -> None:
        self._options = {name: value for name, value in options.items() if value is not None}

    def _choice(self) -> Dict[str, Any]:
        return {"name": self._name, **self._options}

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """The engine decides at each report, for the trial that reports: ask that one by should_prune()."""
        running = study._running_trial(trial.number)
        return running is not None and running.should_prune()

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self._options.items())
        return f"{type(self).__name__}({said})"


class NopPruner(_EnginePruner):
    """Lets every trial run to its end."""


class AutoPruner(_EnginePruner):
    """The engine's choice: curve, or none with several objectives."""

    _name = "auto"


class CurvePruner(_EnginePruner):
    """Extrapolates each learning curve and ends a trial that will hardly beat the best; options: docs/pruners.md."""

    _name = "curve"


class PercentilePruner(_EnginePruner):
    """Ends a trial whose best is not in the best `percentile` % of those at the same step.

    n_startup_trials  no decision at a step that fewer other trials have reached; at least 1.
    n_warmup_steps    no decision before this step.
    interval_steps    decisions only every so many steps.
    n_min_trials      the larger of it and n_startup_trials counts.
    """

    _name = "percentile"

    def __init__(
        self,
        percentile: float,
        n_startup_trials: int = 5,
        n_warmup_steps: int = 0,
        interval_steps: int = 1,
        *,
        n_min_trials: int = 1,
    ) -> None:
        if not 0 <= percentile <= 100:
            raise ValueError(f"Percentile must be between 0 and 100 inclusive but got {percentile}.")
        if n_startup_trials < 0:
            raise ValueError(f"n_startup_trials must be 0 or more (found {n_startup_trials})")
        if n_warmup_steps < 0:
            raise ValueError(f"n_warmup_steps must be 0 or more (found {n_warmup_steps})")
        if interval_steps < 1:
            raise ValueError(f"interval_steps must be 1 or more (found {interval_steps})")
        if n_min_trials < 1:
            raise ValueError(f"n_min_trials must be 1 or more (found {n_min_trials})")
        options = {} if self._name == "median" else {"percentile": min(99.9, max(0.1, percentile))}
        super().__init__(
            **options,
            startup_trials=max(1, n_startup_trials, n_min_trials),
            warmup_steps=max(0, n_warmup_steps - 1),  # The engine's is the last step without a decision.
            interval=interval_steps,
        )


class MedianPruner(PercentilePruner):
    """Ends a trial whose best is worse than the median of the others at the same step. Arguments: PercentilePruner."""

    _name = "median"

    def __init__(
        self,
        n_startup_trials: int = 5,
        n_warmup_steps: int = 0,
        interval_steps: int = 1,
        *,
        n_min_trials: int = 1,
    ) -> None:
        super().__init__(50.0, n_startup_trials, n_warmup_steps, interval_steps, n_min_trials=n_min_trials)


class SuccessiveHalvingPruner(_EnginePruner):
    """Asynchronous successive halving: at rungs `reduction_factor` times apart only the best go on.

    min_resource  the first rung, in steps; "auto": 1.
    """

    _name = "asha"

    def __init__(
        self,
        min_resource: Union[str, int] = "auto",
        reduction_factor: int = 4,
        min_early_stopping_rate: int = 0,
        bootstrap_count: int = 0,
    ) -> None:
        first = 1 if isinstance(min_resource, str) else min_resource
        if first < 1:
            raise ValueError(f"min_resource must be 1 or more, or 'auto' (found {first})")
        super().__init__(
            eta=_factor(reduction_factor), min_steps=int(first * reduction_factor**min_early_stopping_rate)
        )


class HyperbandPruner(_EnginePruner):
    """Several successive halvings that begin at different steps.

    max_resource  steps of a full run; "auto": those of the first trial that ends.
    """

    _name = "hyperband"

    def __init__(
        self,
        min_resource: int = 1,
        max_resource: Union[str, int] = "auto",
        reduction_factor: int = 3,
        bootstrap_count: int = 0,
    ) -> None:
        if not isinstance(max_resource, int) and max_resource != "auto":
            raise ValueError(f"max_resource must be a whole number, or 'auto' (found {max_resource!r})")
        super().__init__(
            eta=_factor(reduction_factor),
            min_steps=min_resource,
            max_steps=0 if isinstance(max_resource, str) else max_resource,
        )


class ThresholdPruner(_EnginePruner):
    """Ends a trial whose value leaves fixed limits, or is NaN. Errors: TypeError where no limit is given."""

    _name = "threshold"

    def __init__(
        self,
        lower: Optional[float] = None,
        upper: Optional[float] = None,
        n_warmup_steps: int = 0,
        interval_steps: int = 1,
    ) -> None:
        if lower is None and upper is None:
            raise TypeError("give lower, upper, or both")
        super().__init__(lower=lower, upper=upper, warmup_steps=max(0, n_warmup_steps - 1))


class PatientPruner(_EnginePruner):
    """Ends a trial that has not improved for `patience` reports, if another pruner would end it, too."""

    _name = "patient"

    def __init__(self, wrapped_pruner: Optional[BasePruner], patience: int, min_delta: float = 0.0) -> None:
        if patience < 0:
            raise ValueError(f"patience must be 0 or more (found {patience})")
        if min_delta < 0:
            raise ValueError(f"min_delta must be 0 or more (found {min_delta})")
        super().__init__(
            patience=max(1, patience),
            min_delta=min_delta,
            wraps=None if wrapped_pruner is None else wrapped_pruner._choice(),
        )


class WilcoxonPruner(_EnginePruner):
    """For steps that are instances: ends a trial that is worse than the best on those both have done."""

    _name = "wilcoxon"

    def __init__(self, *, p_threshold: float = 0.1, n_startup_steps: int = 2) -> None:
        if not 0.0 <= p_threshold <= 1.0:
            raise ValueError(f"p_threshold must lie from 0 to 1 (found {p_threshold})")
        super().__init__(p_threshold=min(0.999, max(1e-6, p_threshold)), startup_steps=max(1, n_startup_steps))


def _factor(reduction_factor: int) -> float:
    if reduction_factor < 2:
        raise ValueError(f"reduction_factor must be 2 or more (found {reduction_factor})")
    return min(16.0, float(reduction_factor))
