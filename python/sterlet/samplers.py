"""How parameters are chosen: the engine's samplers by their usual names, and a base for samplers of your own."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence

from sterlet._absent import absent
from sterlet.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    scale_of,
)

if TYPE_CHECKING:
    from sterlet.study import Study
    from sterlet.trial import FrozenTrial, TrialState

__all__ = [
    "AutoSampler",
    "BaseSampler",
    "BruteForceSampler",
    "CmaEsSampler",
    "GPSampler",
    "GridSampler",
    "IntersectionSearchSpace",
    "NSGAIIISampler",
    "NSGAIISampler",
    "PartialFixedSampler",
    "QMCSampler",
    "RandomSampler",
    "RefineSampler",
    "SobolSampler",
    "TPESampler",
    "intersection_search_space",
]

Constraints = Optional[Callable[["FrozenTrial"], Sequence[float]]]


class BaseSampler:
    """A sampler. One of your own overrides what Optuna's do: sample_independent(), and the other two where it chooses
    several parameters together.

    seed  equal seeds give equal suggestions, in a study that is new; None: drawn.
    """

    # Of the class, as one of your own need not call this __init__.
    _asks_engine = False
    _seed: Optional[int] = None
    _constraints_func: Constraints = None

    def __init__(self, seed: Optional[int] = None) -> None:
        self._seed = seed

    def _choice(self, objectives: int) -> Dict[str, Any]:
        """The engine's sampler, as a study file names it."""
        return {"name": "random"}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> Dict[str, BaseDistribution]:
        """The parameters that sample_relative() chooses together, before the trial begins."""
        return {}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: Dict[str, BaseDistribution]
    ) -> Dict[str, Any]:
        """Values for them."""
        return {}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """A value of a parameter that nothing else chose: drawn, each on its own scale.

        A function of the study's seed, the trial's number and the name alone.
        """
        return draw(param_distribution, random.Random(f"{study._seed}/{trial.number}/{param_name}"))

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Called once, before the trial begins."""

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Optional[Sequence[float]]
    ) -> None:
        """Called once, before its end is stored."""

    def reseed_rng(self) -> None:
        """Nothing: what is drawn depends on the trial's number, so that threads never draw the same."""

    def _fix(self, study: Study, trial: FrozenTrial) -> Dict[str, Any]:
        """Values that the trial has whatever the engine says."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def draw(distribution: BaseDistribution, source: random.Random) -> Any:
    """A value drawn evenly on the distribution's scale."""
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[source.randrange(len(distribution.choices))]
    if isinstance(distribution, IntDistribution):
        if not distribution.log:
            return distribution.low + distribution.step * source.randint(
                0, (distribution.high - distribution.low) // distribution.step
            )
        # Each whole number has half a step on either side, as in the engine.
        drawn = math.exp(source.uniform(math.log(distribution.low - 0.5), math.log(distribution.high + 0.5)))
        return min(max(round(drawn), distribution.low), distribution.high)
    assert isinstance(distribution, FloatDistribution)
    low, high = distribution.low, distribution.high
    if distribution.step is not None:
        steps = round((high - low) / distribution.step)
        return min(high, distribution._level(source.randint(0, steps)))
    if scale_of(distribution) == "log":
        return min(high, max(low, math.exp(source.uniform(math.log(low), math.log(high)))))
    if scale_of(distribution) == "reverse_log":
        return min(high, max(low, 1 - math.exp(source.uniform(math.log(1 - high), math.log(1 - low)))))
    return source.uniform(low, high)


class _EngineSampler(BaseSampler):
    """One of the engine's, by its name and options (docs/samplers.md)."""

    _asks_engine = True
    _name = "auto"

    def __init__(self, seed: Optional[int] = None, constraints_func: Constraints = None, **options: Any) -> None:
        super().__init__(seed)
        self._constraints_func = constraints_func
        self._options = options

    def _choice(self, objectives: int) -> Dict[str, Any]:
        return {"name": self._name, **self._options}


class AutoSampler(_EngineSampler):
    """Chooses among the others by what the study is and how far it has come. The default."""


class RandomSampler(_EngineSampler):
    """Independent draws, each parameter on its own scale."""

    _name = "random"

    def __init__(self, seed: Optional[int] = None) -> None:
        super().__init__(seed)


class TPESampler(_EngineSampler):
    """Tree-structured Parzen estimator. It is multivariate and knows of running trials always, so that `multivariate`,
    `group` and `constant_liar` change nothing; the deprecated arguments of Optuna's are taken and ignored.

    n_startup_trials  first trials, spread evenly; at least 1.
    n_ei_candidates   points drawn and scored for each suggestion.
    """

    _name = "tpe"

    @staticmethod
    def hyperopt_parameters() -> Dict[str, Any]:
        """Arguments with the numbers of trials and of candidates that Hyperopt has."""
        return {"n_startup_trials": 20, "n_ei_candidates": 24}

    def __init__(
        self,
        *,
        n_startup_trials: int = 10,
        n_ei_candidates: int = 32,
        seed: Optional[int] = None,
        multivariate: Optional[bool] = None,
        group: bool = False,
        constant_liar: bool = True,
        constraints_func: Constraints = None,
        **ignored: Any,
    ) -> None:
        _check_ignored(
            ignored,
            "consider_prior prior_weight consider_magic_clip consider_endpoints gamma weights "
            "warn_independent_sampling",
        )
        super().__init__(
            seed, constraints_func, startup_trials=max(1, n_startup_trials), candidates=max(1, n_ei_candidates)
        )


class GPSampler(_EngineSampler):
    """A Gaussian process: the best for few, costly trials. n_startup_trials: 0 lets the engine choose."""

    _name = "gp"

    def __init__(
        self,
        *,
        seed: Optional[int] = None,
        n_startup_trials: int = 10,
        constraints_func: Constraints = None,
        **ignored: Any,
    ) -> None:
        _check_ignored(ignored, "independent_sampler deterministic_objective warn_independent_sampling")
        super().__init__(seed, constraints_func, startup_trials=n_startup_trials)


class CmaEsSampler(_EngineSampler):
    """CMA-ES with restarts, for ordered parameters; where there are choices, TPE takes its place, and says so.

    sigma0    first spread, in widths of the ranges.
    popsize   trials of a generation.
    """

    _name = "cmaes"

    def __init__(
        self,
        *,
        sigma0: Optional[float] = None,
        n_startup_trials: int = 1,
        seed: Optional[int] = None,
        popsize: Optional[int] = None,
        **ignored: Any,
    ) -> None:
        _check_ignored(
            ignored,
            "x0 independent_sampler warn_independent_sampling consider_pruned_trials restart_strategy inc_popsize "
            "use_separable_cma with_margin lr_adapt source_trials",
        )
        options: Dict[str, Any] = {"startup_trials": max(1, n_startup_trials)}
        if sigma0 is not None and sigma0 <= 1:
            options["sigma"] = sigma0
        if popsize is not None:
            options["population"] = popsize
        super().__init__(seed, None, **options)


class NSGAIISampler(_EngineSampler):
    """NSGA-II: breeds from the best trials; for several objectives. With one, the engine's auto takes its place."""

    _name = "nsga2"

    def __init__(
        self,
        *,
        population_size: int = 50,
        crossover_prob: float = 0.9,
        swapping_prob: float = 0.5,
        seed: Optional[int] = None,
        constraints_func: Constraints = None,
        **ignored: Any,
    ) -> None:
        _check_ignored(
            ignored,
            "mutation mutation_prob crossover elite_population_selection_strategy child_generation_strategy "
            "after_trial_strategy reference_points dividing_parameter",
        )
        super().__init__(
            seed, constraints_func, population=population_size, crossover=crossover_prob, exchange=swapping_prob
        )


class NSGAIIISampler(NSGAIISampler):
    """The engine's NSGA-II, with the trial that adds least to the dominated volume going first (SMS-EMOA)."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._options["hypervolume"] = 1


class QMCSampler(_EngineSampler):
    """Sobol points, scrambled by the seed; a Halton sequence is Sobol's here, too."""

    _name = "sobol"

    def __init__(self, *, qmc_type: str = "sobol", seed: Optional[int] = None, **ignored: Any) -> None:
        if qmc_type not in ("halton", "sobol"):
            raise ValueError(f"qmc_type must be 'halton' or 'sobol' (found {qmc_type!r})")
        _check_ignored(
            ignored, "scramble independent_sampler warn_asynchronous_seeding warn_independent_sampling"
        )
        super().__init__(seed)


class SobolSampler(_EngineSampler):
    """Points that cover every parameter's range evenly."""

    _name = "sobol"


class RefineSampler(_EngineSampler):
    """The whole space first, then smaller and smaller boxes around the best; options: docs/samplers.md."""

    _name = "refine"


class PartialFixedSampler(BaseSampler):
    """Some parameters fixed, the others chosen by another sampler."""

    def __init__(self, fixed_params: Dict[str, Any], base_sampler: BaseSampler) -> None:
        super().__init__(base_sampler._seed)
        self._fixed_params = dict(fixed_params)
        self._base = base_sampler
        self._asks_engine = base_sampler._asks_engine
        self._constraints_func = base_sampler._constraints_func

    def _choice(self, objectives: int) -> Dict[str, Any]:
        return self._base._choice(objectives)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> Dict[str, BaseDistribution]:
        found = self._base.infer_relative_search_space(study, trial)
        return {name: one for name, one in found.items() if name not in self._fixed_params}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: Dict[str, BaseDistribution]
    ) -> Dict[str, Any]:
        return self._base.sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        return self._base.sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        self._base.before_trial(study, trial)

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Optional[Sequence[float]]
    ) -> None:
        self._base.after_trial(study, trial, state, values)

    def _fix(self, study: Study, trial: FrozenTrial) -> Dict[str, Any]:
        return {**self._base._fix(study, trial), **self._fixed_params}


def _check_ignored(given: Dict[str, Any], known: str) -> None:
    """Arguments that only Optuna's samplers need are taken; a slip is not."""
    unknown: List[str] = sorted(set(given) - set(known.split()))
    if unknown:
        raise TypeError(f"unexpected keyword argument '{unknown[0]}'; besides those in its docstring it takes {known}")


def __getattr__(name: str) -> Any:
    raise absent("samplers", name)


# Last, as they build on the above.
from sterlet._exhaustive import BruteForceSampler, GridSampler  # noqa: E402
from sterlet.search_space import IntersectionSearchSpace, intersection_search_space  # noqa: E402
