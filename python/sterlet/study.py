"""Studies are made, loaded, copied and deleted here. Names and rules are Optuna's."""

from __future__ import annotations

import datetime
import uuid
from typing import Container, List, Optional, Sequence, Union

from sterlet import logging, pruners, samplers
from sterlet._desk import Desk
from sterlet._sayings import Finding, Noise
from sterlet._study import Callback, Study, StudyDirection, Values
from sterlet.exceptions import DuplicatedStudyError, EngineError
from sterlet.storages import InMemoryStorage, Storage, path_of
from sterlet.trial import FrozenTrial, TrialState

__all__ = [
    "Callback",
    "Finding",
    "MaxTrialsCallback",
    "Noise",
    "Study",
    "StudyDirection",
    "StudySummary",
    "Values",
    "copy_study",
    "create_study",
    "delete_study",
    "get_all_study_names",
    "get_all_study_summaries",
    "load_study",
]

_logger = logging.get_logger(__name__)

Direction = Union[str, StudyDirection]


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
    warm_from: Union[str, Study, Sequence[Union[str, Study]], None] = None,
    warm_storage: Storage = None,
) -> Study:
    """A new study.

    storage         a file (a path, or sqlite:///PATH); None: the memory of this process.
    sampler         AutoSampler() where left out; a stored study keeps the engine's sampler it was made with.
    pruner          MedianPruner() where left out; likewise.
    study_name      drawn where left out.
    direction       minimize (where left out) or maximize; `directions` for several objectives.
    load_if_exists  whether a stored one of that name is opened instead.
    warm_from       an older study, or several, whose results pull the first suggestions (docs/warm.md); by name, in
                    warm_storage (where left out in `storage`), or as they are. Their parameters are this study's, too.
    Errors          DuplicatedStudyError where there is one of that name; ValueError for wrong directions.
    """
    wanted = _directions(direction, directions)
    metrics = ["value"] if len(wanted) == 1 else [f"value_{place}" for place in range(len(wanted))]
    desk = Desk(study_name or f"no-name-{uuid.uuid4()}", path_of(storage), metrics, wanted)
    study = Study.__new__(Study)
    study._open(desk, storage, sampler, pruner)
    _choose_algorithms(study, sampler, pruner)
    if warm_from is not None:
        older = [warm_from] if isinstance(warm_from, (str, Study)) else warm_from
        return _warm(study, older, warm_storage, load_if_exists)
    return _begun(study, storage, load_if_exists)


def _warm(study: Study, older: Sequence[Union[str, Study]], storage: Storage, load_if_exists: bool) -> Study:
    from sterlet._copies import warm_start

    with warm_start(study._desk, older, path_of(storage)):
        if study._desk.path is None:
            study._desk.create()
        return _begun(study, study._storage, load_if_exists)


def _begun(study: Study, storage: Storage, load_if_exists: bool) -> Study:
    desk = study._desk
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
            _logger.info(f"study {desk.name} was there already, and goes on")
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
                f"{path_of(storage)} holds {len(names)} studies; say which by study_name"
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
        raise ValueError("both direction and directions are given; give one of them")
    if directions is not None and len(directions) == 0:
        raise ValueError("directions are empty; give one for each objective")
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
