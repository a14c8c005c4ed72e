"""What can be asked of a study. Names and rules are Optuna's."""

from __future__ import annotations

import enum
import math
import threading
import warnings
from typing import Any, Callable, Container, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from sterlet import logging, pruners, samplers
from sterlet._desk import Desk
from sterlet._running import RunningTrial
from sterlet._sayings import Sayings
from sterlet._steering import Steering
from sterlet.distributions import BaseDistribution
from sterlet.exceptions import EngineError
from sterlet.storages import Storage, path_of
from sterlet.trial import FrozenTrial, TrialState

__all__ = ["Callback", "Study", "StudyDirection", "Values"]

_logger = logging.get_logger(__name__)

_METRIC_NAMES = "study:metric_names"

Callback = Callable[["Study", FrozenTrial], None]
Values = Union[None, float, Sequence[float]]


class StudyDirection(enum.IntEnum):
    """Which values are better."""

    NOT_SET = 0
    MINIMIZE = 1
    MAXIMIZE = 2


class Study(Sayings, Steering):
    """A study: made by create_study() or load_study(). Any thread.

    One in a storage is the one that `sterlet ls`, `top` and `report` see; several processes may work on it at once.
    """

    def __init__(
        self,
        study_name: str,
        storage: Storage,
        sampler: Optional[samplers.BaseSampler] = None,
        pruner: Optional[pruners.BasePruner] = None,
    ) -> None:
        """Opens a stored one. Errors: KeyError where there is none."""
        path = path_of(storage)
        self._open(Desk(study_name, path, ["value"], ["minimize"]), storage, sampler, pruner)
        try:
            self._desk.open()
        except EngineError as error:
            raise KeyError(str(error)) from None

    def _open(
        self,
        desk: Desk,
        storage: Storage,
        sampler: Optional[samplers.BaseSampler],
        pruner: Optional[pruners.BasePruner],
    ) -> None:
        self.study_name = desk.name
        self._sampler = sampler or samplers.AutoSampler()
        self.pruner = pruner or pruners.MedianPruner()
        self._storage = storage
        self._desk = desk
        self._queued: List[Dict[str, Any]] = []  # By this process.
        self._stop_flag = False
        self._loop = threading.local()

    @property
    def sampler(self) -> samplers.BaseSampler:
        """What chooses parameters.

        Of a study in memory another may be set; a stored one keeps the engine's sampler that it was made with.
        """
        return self._sampler

    @sampler.setter
    def sampler(self, sampler: samplers.BaseSampler) -> None:
        self._sampler = sampler
        self._desk.set_sampler(sampler._choice(len(self._desk.directions)))

    # -- Results -------------------------------------------------------------------------------------------------------

    @property
    def direction(self) -> StudyDirection:
        """Of a study of one objective. Errors: RuntimeError with several."""
        self._need_one_objective("direction")
        return self.directions[0]

    @property
    def directions(self) -> List[StudyDirection]:
        """One an objective."""
        return [StudyDirection[direction.upper()] for direction in self._desk.directions]

    @property
    def best_trial(self) -> FrozenTrial:
        """The best COMPLETE and feasible trial. Errors: ValueError where there is none; RuntimeError with several
        objectives."""
        self._need_one_objective("best_trial")
        self._desk.sync()
        best = self._desk.best()
        if best is None:
            has_any = any(trial.state == TrialState.COMPLETE for trial in self._known_trials())
            raise ValueError("no COMPLETE trial keeps the constraints yet" if has_any else "no trial is COMPLETE yet")
        return best.copy()

    @property
    def best_params(self) -> Dict[str, Any]:
        """best_trial's parameters."""
        return self.best_trial.params

    @property
    def best_value(self) -> float:
        """best_trial's value."""
        value = self.best_trial.value
        assert value is not None
        return value

    @property
    def best_trials(self) -> List[FrozenTrial]:
        """The Pareto front of COMPLETE and feasible trials, by number. Cost O(n log n) with two objectives."""
        from sterlet._front import front_of

        return [trial.copy() for trial in front_of(self._synced(), self._desk.directions)]

    @property
    def trials(self) -> List[FrozenTrial]:
        """All trials that were begun, by number. Enqueued ones are not among them before they begin."""
        return self.get_trials()

    def get_trials(
        self, deepcopy: bool = True, states: Optional[Container[TrialState]] = None
    ) -> List[FrozenTrial]:
        """Those in these states; all where none are given. Without `deepcopy` they must not be changed."""
        found = self._synced()
        if states is not None:
            found = [trial for trial in found if trial.state in states]
        return [trial.copy() for trial in found] if deepcopy else found

    def trials_dataframe(
        self,
        attrs: Tuple[str, ...] = (
            "number",
            "value",
            "datetime_start",
            "datetime_complete",
            "duration",
            "params",
            "user_attrs",
            "system_attrs",
            "state",
        ),
        multi_index: bool = False,
    ) -> Any:
        """The trials as a pandas DataFrame, one row each. Errors: ImportError where pandas is not installed."""
        from sterlet._dataframe import dataframe_of

        return dataframe_of(self, attrs, multi_index)

    # -- Running trials ------------------------------------------------------------------------------------------------

    def optimize(
        self,
        func: Callable[[Any], Any],
        n_trials: Optional[int] = None,
        timeout: Optional[float] = None,
        n_jobs: int = 1,
        catch: Union[Iterable[type], type] = (),
        callbacks: Optional[Iterable[Callback]] = None,
        gc_after_trial: bool = False,
        show_progress_bar: bool = False,
    ) -> None:
        """Calls func(trial) again and again; what it returns is the trial's value, or one value an objective.

        n_trials  how many trials this call runs; None: until `timeout`, stop(), or Ctrl-C.
        timeout   seconds after which no further trial begins.
        n_jobs    threads; -1: as many as the machine has processors.
        catch     exceptions of func that end its trial alone (FAIL), not this call.
        callbacks called with the study and the trial that ended, after each.
        Errors    what func raises, unless caught; RuntimeError where it calls optimize() of the same study.
        """
        from sterlet._optimize import optimize

        optimize(self, func, n_trials, timeout, n_jobs, catch, callbacks, gc_after_trial, show_progress_bar)

    def ask(self, fixed_distributions: Optional[Dict[str, BaseDistribution]] = None) -> RunningTrial:
        """Begins a trial; tell() ends it. With `fixed_distributions` its parameters are chosen at once.

        Errors: EngineError where somebody asked the study to stop (sterlet stop).
        """
        asked = self._desk.ask()
        fixed = {**self.sampler._fix(self, asked.record), **asked.fixed}
        relative: Dict[str, Any] = {}
        if not self.sampler._asks_engine:
            self.sampler.before_trial(self, asked.record)
            space = self.sampler.infer_relative_search_space(self, asked.record)
            relative = self.sampler.sample_relative(self, asked.record, space)
        trial = RunningTrial(self, asked.record, asked.params, fixed, relative)
        self._desk.running[trial.number] = trial
        for name, distribution in (fixed_distributions or {}).items():
            trial._suggest(name, distribution)
        return trial

    def tell(
        self,
        trial: Union[RunningTrial, int],
        values: Values = None,
        state: Optional[TrialState] = None,
        skip_if_finished: bool = False,
    ) -> FrozenTrial:
        """Ends a trial: with its value, or one value an objective; or in the state PRUNED or FAIL.

        Without state, values that are no numbers make it FAIL. A PRUNED trial's value is its last report.
        Errors: ValueError for an unknown or ended trial, values that do not go with the state; TypeError.
        """
        from sterlet._optimize import end_trial

        record, said = end_trial(self, trial, values, state, skip_if_finished)
        if said:
            warnings.warn(said, stacklevel=2)
        return record.copy()

    def stop(self) -> None:
        """Ends optimize() once the running trials have ended. Errors: RuntimeError outside of it."""
        if not getattr(self._loop, "is_inside", False):
            raise RuntimeError("stop() ends optimize(): call it in an objective or a callback")
        self._stop_flag = True

    def enqueue_trial(
        self, params: Dict[str, Any], user_attrs: Optional[Dict[str, Any]] = None, skip_if_exists: bool = False
    ) -> None:
        """Has these values tried next; others are chosen as always. With `skip_if_exists`, unless a trial has them.

        Errors: TypeError for values that are not None, bool, number or str.
        """
        if not isinstance(params, dict):
            raise TypeError("params must be a dict of names and values")
        if skip_if_exists and self._has(params):
            _logger.info(f"a trial has {params} already, so they are not enqueued")
            return
        self._queued.append(params)
        self._desk.enqueue(params, user_attrs or {})

    def add_trial(self, trial: FrozenTrial) -> None:
        """Adds a trial that was evaluated elsewhere (create_trial()); a WAITING one is enqueued."""
        self.add_trials([trial])

    def add_trials(self, trials: Iterable[FrozenTrial]) -> None:
        """Adds several, in their order. Errors: ValueError where one does not fit the study; then none is added."""
        ended: List[FrozenTrial] = []
        waiting: List[FrozenTrial] = []
        for trial in trials:
            trial._validate()
            if trial.state == TrialState.RUNNING:
                raise ValueError("a RUNNING trial cannot be added: nobody would end it; call ask() instead")
            if trial.state == TrialState.COMPLETE and len(trial.values or ()) != len(self._desk.directions):
                raise ValueError(
                    f"trial {trial.number} has {len(trial.values or ())} values, and the study "
                    f"{len(self._desk.directions)} objectives; none was added"
                )
            (waiting if trial.state == TrialState.WAITING else ended).append(trial.copy())
        self._desk.add(ended)
        for trial in waiting:
            self.enqueue_trial(trial.system_attrs.get("fixed_params", trial.params), trial.user_attrs)

    # -- Attributes ----------------------------------------------------------------------------------------------------

    @property
    def user_attrs(self) -> Dict[str, Any]:
        """What set_user_attr() kept, also in other processes."""
        self._desk.sync()
        return dict(self._desk.attrs)

    def set_user_attr(self, key: str, value: Any) -> None:
        """Keeps a value, which JSON can hold, with the study. Errors: TypeError where a storage cannot hold it."""
        self._desk.note(None, key, value)
        self._desk.attrs[key] = value

    @property
    def system_attrs(self) -> Dict[str, Any]:
        """What the package keeps beside them."""
        self._desk.sync()
        return dict(self._desk.system_attrs)

    @property
    def metric_names(self) -> Optional[List[str]]:
        """Names of the objectives, where set_metric_names() gave them."""
        names: Optional[List[str]] = self._desk.system_attrs.get(_METRIC_NAMES)
        return names

    def set_metric_names(self, metric_names: List[str]) -> None:
        """Names the objectives, for logs and tables. Errors: ValueError where their number is another."""
        if len(metric_names) != len(self._desk.directions):
            raise ValueError("give one metric name for each objective")
        self._set_system_attr(_METRIC_NAMES, list(metric_names))

    # -- Inside --------------------------------------------------------------------------------------------------------

    @property
    def _seed(self) -> int:
        if self._desk.seed is None:
            self._desk.engine()
        return self._desk.seed or 0

    @property
    def _space(self) -> Any:
        return self._desk.space

    def _metrics(self) -> List[str]:
        return self._desk.metrics

    def _is_multi_objective(self) -> bool:
        return len(self._desk.directions) > 1

    def _need_one_objective(self, what: str) -> None:
        if self._is_multi_objective():
            raise RuntimeError(f"a study of several objectives has no single {what}; ask for best_trials")

    def _known_trials(self) -> List[FrozenTrial]:
        """Those of this process, and what it has read of others; to be looked at only."""
        return [trial for trial in list(self._desk.trials) if trial is not None]

    def _synced(self) -> List[FrozenTrial]:
        self._desk.sync()
        return self._known_trials()

    def _running_trial(self, number: int) -> Optional[RunningTrial]:
        running: Optional[RunningTrial] = self._desk.running.get(number)
        return running

    def _encoded(self, params: Dict[str, Any]) -> Dict[str, Any]:
        return self._desk.space.encoded(params)

    def _report(self, trial: RunningTrial, step: int, value: float) -> bool:
        # In memory nobody but the pruner hears of it.
        if self._desk.path is None and self._desk.pruner["name"] == "none":
            return False
        return self._desk.report(trial.number, step, value)

    def _set_trial_attr(self, trial: RunningTrial, key: str, value: Any) -> None:
        """Keeps an attribute of a running trial beyond this process."""
        self._desk.note(trial.number, key, value)

    def _set_system_attr(self, key: str, value: Any) -> None:
        self._desk.note(None, key, value)
        self._desk.system_attrs[key] = value

    def _has(self, params: Dict[str, Any]) -> bool:
        known = [trial.system_attrs.get("fixed_params", trial.params) for trial in self._synced()]
        return any(_same_params(params, other) for other in [*known, *self._queued])

    def __getstate__(self) -> Dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_loop"}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._loop = threading.local()


def _same_params(one: Dict[str, Any], other: Dict[str, Any]) -> bool:
    if one.keys() != other.keys():
        return False
    for name, value in one.items():
        known = other[name]
        if isinstance(value, float) and isinstance(known, (int, float)):
            if not (math.isclose(value, known, rel_tol=1e-5) or (value != value and known != known)):
                return False
        elif value != known or isinstance(value, bool) != isinstance(known, bool):
            return False
    return True


Study.__module__ = StudyDirection.__module__ = "sterlet.study"  # Where they are looked up.
