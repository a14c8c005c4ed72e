"""Studies: made, loaded, copied and deleted here, and what can be asked of one. Names and rules are Optuna's."""

from __future__ import annotations

import datetime
import enum
import math
import threading
import uuid
import warnings
from typing import Any, Callable, Container, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from sterlet import logging, pruners, samplers
from sterlet._desk import Desk
from sterlet._running import RunningTrial
from sterlet.distributions import BaseDistribution
from sterlet.exceptions import DuplicatedStudyError, EngineError
from sterlet.storages import InMemoryStorage, Storage, path_of
from sterlet.trial import FrozenTrial, TrialState

__all__ = [
    "MaxTrialsCallback",
    "Study",
    "StudyDirection",
    "StudySummary",
    "copy_study",
    "create_study",
    "delete_study",
    "get_all_study_names",
    "get_all_study_summaries",
    "load_study",
]

_logger = logging.get_logger(__name__)

Direction = Union[str, "StudyDirection"]
Callback = Callable[["Study", FrozenTrial], None]
Values = Union[None, float, Sequence[float]]


class StudyDirection(enum.IntEnum):
    """Which values are better."""

    NOT_SET = 0
    MINIMIZE = 1
    MAXIMIZE = 2


class Study:
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
        self._metric_names: Optional[List[str]] = None
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
            raise ValueError("No feasible trials are completed yet." if has_any else "No trials are completed yet.")
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
            raise RuntimeError("`Study.stop` is supposed to be invoked inside an objective function or a callback.")
        self._stop_flag = True

    def enqueue_trial(
        self, params: Dict[str, Any], user_attrs: Optional[Dict[str, Any]] = None, skip_if_exists: bool = False
    ) -> None:
        """Has these values tried next; others are chosen as always. With `skip_if_exists`, unless a trial has them.

        Errors: TypeError for values that are not None, bool, number or str.
        """
        if not isinstance(params, dict):
            raise TypeError("params must be a dictionary.")
        if skip_if_exists and self._has(params):
            _logger.info(f"Trial with params {params} already exists. Skipping enqueue.")
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
                    f"The added trial has {len(trial.values or ())} values, which is different from the number of "
                    f"objectives {len(self._desk.directions)} in the study (determined by Study.directions)."
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
    def metric_names(self) -> Optional[List[str]]:
        """Names of the objectives, where set_metric_names() gave them."""
        return self._metric_names

    def set_metric_names(self, metric_names: List[str]) -> None:
        """Names the objectives, for logs and tables. Errors: ValueError where their number is another."""
        if len(metric_names) != len(self._desk.directions):
            raise ValueError("The number of objectives must match the length of the metric names.")
        self._metric_names = list(metric_names)

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
            raise RuntimeError(f"A single {what} cannot be retrieved from a multi-objective study.")

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
        return self._desk.encoded(params)

    def _report(self, trial: RunningTrial, step: int, value: float) -> bool:
        # In memory nobody but the pruner hears of it.
        if self._desk.path is None and self._desk.pruner["name"] == "none":
            return False
        return self._desk.report(trial.number, step, value)

    def _set_trial_attr(self, trial: RunningTrial, key: str, value: Any) -> None:
        """Keeps an attribute of a running trial beyond this process."""
        self._desk.note(trial.number, key, value)

    def _has(self, params: Dict[str, Any]) -> bool:
        known = [trial.system_attrs.get("fixed_params", trial.params) for trial in self._synced()]
        return any(_same_params(params, other) for other in [*known, *self._queued])

    def __getstate__(self) -> Dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_loop"}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._loop = threading.local()


class StudySummary:
    """What get_all_study_summaries() tells of a study."""

    def __init__(self, study: Study) -> None:
        self.study_name = study.study_name
        self.directions = study.directions
        self.direction = self.directions[0]
        trials = study.get_trials(deepcopy=False)
        self.n_trials = len(trials)
        self.best_trial: Optional[FrozenTrial] = None
        if not study._is_multi_objective() and study._desk.best() is not None:
            self.best_trial = study.best_trial
        self.user_attrs = study.user_attrs
        started = [trial.datetime_start for trial in trials if trial.datetime_start is not None]
        self.datetime_start: Optional[datetime.datetime] = min(started) if started else None

    def __repr__(self) -> str:
        return f"StudySummary(study_name={self.study_name!r}, n_trials={self.n_trials}, best_trial={self.best_trial!r})"


class MaxTrialsCallback:
    """Stops the study once so many trials have ended in one of these states, those of other processes included."""

    def __init__(
        self, n_trials: int, states: Optional[Container[TrialState]] = (TrialState.COMPLETE,)
    ) -> None:
        self._n_trials = n_trials
        self._states = states

    def __call__(self, study: Study, trial: FrozenTrial) -> None:
        if len(study.get_trials(deepcopy=False, states=self._states)) >= self._n_trials:
            study.stop()


def create_study(
    *,
    storage: Storage = None,
    sampler: Optional[samplers.BaseSampler] = None,
    pruner: Optional[pruners.BasePruner] = None,
    study_name: Optional[str] = None,
    direction: Optional[Direction] = None,
    load_if_exists: bool = False,
    directions: Optional[Sequence[Direction]] = None,
) -> Study:
    """A new study.

    storage         a file (a path, or sqlite:///PATH); None: the memory of this process.
    sampler         AutoSampler() where left out; a stored study keeps the engine's sampler it was made with.
    pruner          MedianPruner() where left out; likewise.
    study_name      drawn where left out.
    direction       minimize (where left out) or maximize; `directions` for several objectives.
    load_if_exists  whether a stored one of that name is opened instead.
    Errors          DuplicatedStudyError where there is one of that name; ValueError for wrong directions.
    """
    wanted = _directions(direction, directions)
    metrics = ["value"] if len(wanted) == 1 else [f"value_{place}" for place in range(len(wanted))]
    desk = Desk(study_name or f"no-name-{uuid.uuid4()}", path_of(storage), metrics, wanted)
    study = Study.__new__(Study)
    study._open(desk, storage, sampler, pruner)
    _choose_algorithms(study, sampler, pruner)
    if isinstance(storage, InMemoryStorage):
        if desk.name in storage.studies:
            if load_if_exists:
                return storage.studies[desk.name]
            raise DuplicatedStudyError(_duplicated(desk.name))
        storage.studies[desk.name] = study
    if desk.path is not None:
        try:
            desk.create()
        except EngineError as error:
            if f"the study '{desk.name}' is in the storage already" not in str(error):
                raise
            if not load_if_exists:
                raise DuplicatedStudyError(_duplicated(desk.name)) from None
            desk.open()
            _logger.info(f"Using an existing study with name '{desk.name}' instead of creating a new one.")
            return study
    _logger.info(f"A new study created in {'memory' if desk.path is None else desk.path} with name: {desk.name}")
    return study


def load_study(
    *,
    study_name: Optional[str],
    storage: Storage,
    sampler: Optional[samplers.BaseSampler] = None,
    pruner: Optional[pruners.BasePruner] = None,
) -> Study:
    """Opens a stored study; without a name, the only one there is.

    Errors: KeyError where there is none; ValueError where a name is needed.
    """
    if isinstance(storage, InMemoryStorage):
        names = list(storage.studies)
        name = study_name or (names[0] if len(names) == 1 else "")
        if name not in storage.studies:
            raise KeyError(f"there is no study {study_name!r} in this storage")
        return storage.studies[name]
    if study_name is None:
        names = get_all_study_names(storage)
        if len(names) != 1:
            raise ValueError(
                f"Could not determine the study name since the storage {path_of(storage)} does not contain exactly 1 "
                "study. Specify `study_name`."
            )
        study_name = names[0]
    return Study(study_name, storage, sampler, pruner)


def delete_study(*, study_name: str, storage: Storage) -> None:
    """Removes a study and its trials for good. Errors: KeyError where there is none."""
    if isinstance(storage, InMemoryStorage):
        storage.studies.pop(study_name)
        return
    from sterlet._command import delete
    from sterlet._desk import close_all

    close_all(_stored(storage), study_name)  # Else this process would run what it deletes.
    delete(_stored(storage), study_name)


def copy_study(
    *, from_study_name: str, from_storage: Storage, to_storage: Storage, to_study_name: Optional[str] = None
) -> None:
    """A new study with another's trials that have ended. Errors: KeyError, DuplicatedStudyError."""
    source = load_study(study_name=from_study_name, storage=from_storage)
    made = create_study(
        study_name=to_study_name or from_study_name, storage=to_storage, directions=list(source.directions)
    )
    for key, value in source.user_attrs.items():
        made.set_user_attr(key, value)
    made.add_trials(trial for trial in source.get_trials(deepcopy=False) if trial.state.is_finished())


def get_all_study_names(storage: Storage) -> List[str]:
    """Names of the studies in a storage, sorted. Errors: EngineError where it cannot be read."""
    if isinstance(storage, InMemoryStorage):
        return sorted(storage.studies)
    from sterlet._command import names

    return names(_stored(storage))


def get_all_study_summaries(storage: Storage, include_best_trial: bool = True) -> List[StudySummary]:
    """What there is to say of each study in a storage, by name."""
    return [StudySummary(load_study(study_name=name, storage=storage)) for name in get_all_study_names(storage)]


def _stored(storage: Storage) -> str:
    path = path_of(storage)
    if path is None:
        raise ValueError("studies in memory have no storage to be looked up in; keep the study that was made")
    return path


def _directions(direction: Optional[Direction], directions: Optional[Sequence[Direction]]) -> List[str]:
    if direction is not None and directions is not None:
        raise ValueError("Specify only one of `direction` and `directions`.")
    if directions is not None and len(directions) == 0:
        raise ValueError("The number of objectives must be greater than 0.")
    listed = list(directions) if directions is not None else [direction or "minimize"]
    words = [one.name.lower() if isinstance(one, StudyDirection) else str(one) for one in listed]
    for word in words:
        if word not in ("minimize", "maximize"):
            raise ValueError(
                f"`direction` must be 'minimize' or 'maximize', but got {word!r} (directions: {listed})."
            )
    return words


def _choose_algorithms(
    study: Study, sampler: Optional[samplers.BaseSampler], pruner: Optional[pruners.BasePruner]
) -> None:
    desk = study._desk
    desk.sampler = study.sampler._choice(len(desk.directions))
    # Pruners follow one objective; Optuna's scripts give one of several its default all the same.
    desk.pruner = study.pruner._choice() if len(desk.directions) == 1 else {"name": "none"}
    seed = study.sampler._seed
    desk.seed = None if seed is None else int(seed) % (1 << 63)
    desk.timed = sampler is None


def _duplicated(name: str) -> str:
    return (
        f"Another study with name '{name}' already exists. Please specify a different name, or reuse the existing one "
        "by setting `load_if_exists` (for Python API) to True."
    )


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
