"""A study's trials and its engine: what is asked of the engine, in which words, and what becomes of the answers.

A study in memory lives twice: here, and in the engine, which knows its points and results only. When the engine is gone
(killed, or left behind by a fork), another is started and told all that has ended. A study in a storage lives there:
what others have done is read before trials are looked at.
"""

from __future__ import annotations

import json
import os
import threading
import weakref
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Set

from sterlet import logging
from sterlet._again import Kept
from sterlet._engine import Engine, EngineGone, number
from sterlet._space import Space
from sterlet._steering import Hints
from sterlet._told import attributes, blank, choice, is_system, objectives_of, outcome_of, record_of, to_json
from sterlet.exceptions import EngineError
from sterlet.trial import FrozenTrial, TrialState

__all__ = ["Asked", "Desk", "Exhausted", "close_all"]

_FAILURES_MAX = 1_000_000  # Failures in a row do not end a study: the program that drives it decides.
_INSTEAD = {"cmaes": "tpe", "nsga2": "auto"}  # For spaces and objectives that a sampler does not suit.

_logger = logging.get_logger(__name__)
_desks: weakref.WeakSet[Desk] = weakref.WeakSet()


class Exhausted(EngineError):
    """No more trials are handed out: somebody asked the study to stop."""


class Asked(NamedTuple):
    """A trial that was handed out."""

    record: FrozenTrial
    params: Dict[str, Any]
    """By the engine's names."""
    fixed: Dict[str, Any]
    """What it was enqueued with, by the program's names."""


class Desk:
    """Any thread."""

    def __init__(self, name: str, path: Optional[str], metrics: Sequence[str], directions: Sequence[str]) -> None:
        self.name = name
        self.path = path
        self.metrics = list(metrics)
        self.directions = list(directions)
        """minimize or maximize, one an objective."""
        self.sampler: Dict[str, Any] = {"name": "auto"}
        self.pruner: Dict[str, Any] = {"name": "none"}
        self.seed: Optional[int] = None
        self.timed = False
        self.space = Space()
        self.lock = threading.RLock()
        self.trials: List[Optional[FrozenTrial]] = []
        self.running: Dict[int, Any] = {}
        """The trials that run in this process."""
        self._engine: Optional[Engine] = None
        self._ids: Dict[int, int] = {}  # The engine's number of a trial, where it is another: see add_again().
        self._is_same = True  # The engine numbers trials as this desk does.
        self._has_restarted = False  # In the latest exchange.
        self.warm: List[str] = []
        """Arguments that say which older studies an engine that is started now starts from."""
        self.kept = Kept()
        self.hints = Hints()
        self._orphans: Set[int] = set()  # Trials that ran here when an engine was gone: another process may take them.
        self._seen = -1
        self.attrs: Dict[str, Any] = {}
        """The study's, of the user."""
        self.system_attrs: Dict[str, Any] = {}
        """What the package keeps with the study."""
        self._best: Optional[FrozenTrial] = None
        _desks.add(self)

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "lock": None, "running": {}, "_engine": None}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.lock = threading.RLock()
        _desks.add(self)

    # -- The engine ----------------------------------------------------------------------------------------------------

    def create(self) -> None:
        """Starts the study. Errors: EngineError where the storage has one of that name."""
        with self.lock:
            self._take_engine(Engine(self.spec(), storage=self.path, timed=self.timed, more=self.warm))

    def open(self) -> None:
        """Opens a stored one. Errors: EngineError where there is none."""
        with self.lock:
            self._take_engine(Engine(name=self.name, storage=self.path, timed=self.timed))

    def close(self) -> None:
        """Ends the engine; the next operation starts another."""
        with self.lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None

    def set_sampler(self, choice: Dict[str, Any]) -> None:
        """Of a study in memory: another of the engine's."""
        with self.lock:
            if self.path is None and choice != self.sampler:
                self.sampler = choice
                self.close()

    def engine(self) -> Engine:
        """This process's, started where there is none."""
        with self.lock:
            if self._engine is None or not self._engine.is_mine():
                self._engine = None
                if self.path is not None:
                    self.open()
                elif any(self.trials) or not self.kept.is_empty():
                    self._is_same, self._ids = False, {}
                    try:
                        self.kept.start(self)
                    except BaseException:
                        self.close()  # It knows a part of the study.
                        raise
                else:
                    self.create()
            assert self._engine is not None
            return self._engine

    def _take_engine(self, engine: Engine) -> None:
        self._engine = engine
        self.seed = engine.study["seed"]
        spec = engine.study["spec"]
        self.sampler, self.pruner = choice(spec.get("sampler")), choice(spec.get("pruner"))
        self.metrics, self.directions = objectives_of(spec["objective"])
        self.space.learn(spec["params"])

    def spec(self) -> Dict[str, Any]:
        """The study as a new one."""
        spec: Dict[str, Any] = {
            "study": self.name,
            "objective": [
                {"metric": metric, "direction": direction}
                for metric, direction in zip(self.metrics, self.directions)
            ],
            "params": self.space.declarations(),
            "sampler": self.sampler,
            "pruner": self.pruner,
            "duplicates": "allow",
            "defaults_first": False,
            "failures_max": _FAILURES_MAX,
        }
        if self.seed is not None:
            spec["seed"] = self.seed
        return spec

    def add_again(self, trials: Sequence[FrozenTrial]) -> None:
        """Tells an engine that was just started of trials that have ended."""
        for trial, answer in zip(trials, self.engine().call_all([self._adding(trial) for trial in trials])):
            self.is_known_as(trial.number, answer["id"])

    def is_known_as(self, trial: int, known: int) -> None:
        """The engine's number of a trial is another."""
        self._ids[trial] = known

    def exchange(self, operations: Callable[[], List[Dict[str, Any]]]) -> List[Dict[str, Any]]:
        """The answers to operations; where the engine is gone, they are put together again for the next one."""
        with self.lock:
            self._has_restarted = False
            try:
                return self.engine().call_all(operations())
            except EngineGone:
                self._engine = None
                self._has_restarted = True
                self._orphans.update(self.running)
                return self.engine().call_all(operations())

    def _exchange_joining(self, operations: Callable[[], List[Dict[str, Any]]]) -> List[Dict[str, Any]]:
        """The same of operations with which parameters join. A sampler that cannot have them gives way to another."""
        try:
            return self.exchange(operations)
        except EngineError as error:
            instead = _INSTEAD.get(self.sampler["name"])
            if self.path is not None or instead is None or not self.space.untold():
                raise
            _logger.warning(f"{error}; from now on {instead} chooses the parameters")
            self.sampler = {"name": instead}
            self.close()
            return self.exchange(operations)

    def number_of(self, known: int) -> int:
        """A trial's number here, by the engine's."""
        return known if self._is_same else {there: here for here, there in self._ids.items()}[known]

    def _id(self, trial: int) -> Optional[int]:
        return trial if self._is_same else self._ids.get(trial)

    # -- Trials --------------------------------------------------------------------------------------------------------

    def ask(self) -> Asked:
        """The next trial. Errors: Exhausted."""
        with self.lock:
            try:
                answers = self.exchange(self.kept.question)
                answer = answers[0]
                # A stored trial that runs in a thread here was lost with an engine, and is this one's from now on.
                while self.path is not None and answer["id"] in self.running:
                    answer = self.exchange(lambda: [{"op": "ask"}])[0]
            except EngineError as error:
                if str(error).startswith("no more trials"):
                    raise Exhausted(str(error)) from None
                raise
            place = answer["id"] if self.path is not None or self._is_same else len(self.trials)
            if not self._is_same:
                self.is_known_as(place, answer["id"])
            self.kept.asked(place, answers)
            for remark in answer.get("remarks", ()):
                _logger.info(remark)
            told = json.loads(answer["told"]) if "told" in answer else {}
            fixed = answer.get("enqueued", {})
            record = blank(place, told.get("user_attrs", {}))
            self._note_all(place, record.user_attrs)
            if fixed:
                record.system_attrs["fixed_params"] = fixed
            self._put(record)
            return Asked(record, answer["params"], fixed)

    def report(self, trial: int, step: int, value: float) -> bool:
        """Tells an intermediate result; whether the trial should end."""

        def operation() -> List[Dict[str, Any]]:
            known = self._id(trial)
            return [] if known is None else [{"op": "report", "id": known, "step": step, "value": number(value)}]

        answers = self.exchange(operation)
        return bool(answers and answers[0]["prune"])

    def tell(self, record: FrozenTrial, params: Optional[Dict[str, Any]], reason: str) -> None:
        """Stores the end of a trial. params: by the engine's names, where they are not those that were asked."""
        with self.lock:
            def operations() -> List[Dict[str, Any]]:
                joining = self._joining()
                known = self._id(record.number)
                if known is None:
                    return [*joining, self._adding(record)]
                told = outcome_of(record, reason)
                if params is not None:
                    told["params"] = params
                return [*joining, {"op": "tell", "id": known, **told}]

            try:
                answers = self._exchange_joining(operations)
            except EngineError as error:
                # The engine may have stored it and been killed before it said so; or another process has run it again.
                is_told = f"trial {record.number} is already" in str(error)
                if not is_told or not (self._has_restarted or record.number in self._orphans):
                    raise
                if not self._has_restarted:
                    _logger.warning(f"{error}: it was lost with an engine, and another process ran it again")
                    self._seen = -1  # What that process told counts: it is read again.
                    self.running.pop(record.number, None)
                    self._orphans.discard(record.number)
                    self.trials[record.number] = None
                    return
            else:
                if "id" in answers[-1]:
                    self._ids[record.number] = answers[-1]["id"]
            self.space.told(self.space.untold())
            self.hints.send(self)
            self.running.pop(record.number, None)
            self._orphans.discard(record.number)
            self._put(record)

    def add(self, records: Sequence[FrozenTrial]) -> None:
        """Adds trials that were evaluated elsewhere, and numbers them."""
        with self.lock:
            for record in records:
                for name, distribution in record.distributions.items():
                    self.space.meet(name, distribution)
            answers = self._exchange_joining(lambda: [*self._joining(), *map(self._adding, records)])
            answers = answers[len(answers) - len(records) :]
            self.space.told(self.space.untold())
            for record, answer in zip(records, answers):
                record.number = answer["id"] if self.path is not None or self._is_same else len(self.trials)
                record._trial_id = record.number
                if not self._is_same:
                    self._ids[record.number] = answer["id"]
                self._put(record)
                self._note_all(record.number, record.user_attrs)

    def note(self, trial: Optional[int], key: str, value: Any) -> None:
        """Keeps an attribute of a trial, or of the study, as a note that `sterlet show` tells: key = JSON.

        Errors: TypeError for what JSON cannot hold, in a storage.
        """
        if self.path is None:
            return
        said: Dict[str, Any] = {"op": "note", "text": f"{key} = {json.dumps(value)}"}
        if trial is not None:
            said["id"] = trial
        self.exchange(lambda: [said])

    def _note_all(self, trial: int, attrs: Dict[str, Any]) -> None:
        for key, value in attrs.items():
            self.note(trial, key, value)

    def enqueue(self, params: Dict[str, Any], user_attrs: Dict[str, Any]) -> None:
        """Puts values to be tried next at the end of the queue."""
        told = json.dumps({"user_attrs": user_attrs}) if user_attrs else ""
        listed = {name: to_json(value) for name, value in params.items()}
        operation = {"op": "enqueue", "params": listed, "free": True, "note": told}
        with self.lock:
            self.exchange(lambda: [operation])
            if self.path is None:
                self.kept.enqueued(operation)

    def steer(self, operation: Dict[str, Any]) -> None:
        """Tells the engine of a hint, or to forget one. Errors: EngineError."""
        with self.lock:
            self.exchange(lambda: [operation])
            if self.path is None:
                self.kept.said(len(self.trials), operation)

    def sync(self) -> None:
        """Reads what other processes have done in the storage."""
        if self.path is None:
            return
        with self.lock:
            answer = self.exchange(lambda: [{"op": "trials", "since": self._seen}, {"op": "study"}])
            self.space.learn(answer[1]["spec"]["params"])
            for key, value in attributes(answer[1].get("notes", ())).items():
                (self.system_attrs if is_system(key) else self.attrs)[key] = value
            self._seen = answer[0]["seq"]
            for told in answer[0]["trials"]:
                self._take(told)

    def best(self) -> Optional[FrozenTrial]:
        """The best COMPLETE and feasible trial of one objective, the earliest of equals."""
        return self._best

    def _joining(self) -> List[Dict[str, Any]]:
        untold = self.space.untold()
        return [{"op": "join", "params": untold}] if untold else []

    def _adding(self, record: FrozenTrial) -> Dict[str, Any]:
        added = {"op": "add", "params": self.space.encoded(record.params), "partial": True, **outcome_of(record)}
        if record.intermediate_values:
            added["reports"] = [[step, number(value)] for step, value in sorted(record.intermediate_values.items())]
        return added

    def _put(self, record: FrozenTrial) -> None:
        while len(self.trials) <= record.number:
            self.trials.append(None)
        self.trials[record.number] = record
        if len(self.directions) != 1 or record.state != TrialState.COMPLETE or not record.values:
            return
        if any(one > 0 for one in record.constraints.values()):
            return
        if self._best is None or self._rank(record) < self._rank(self._best):
            self._best = record

    def _rank(self, record: FrozenTrial) -> Any:
        assert record.values is not None
        value = record.values[0]
        return (-value if self.directions[0] == "maximize" else value), record.number

    def _take(self, told: Dict[str, Any]) -> None:
        """A trial as the storage has it. One of this process is better known here."""
        place = told["number"]
        if place in self.running:
            return
        if told["state"] == "REMOVED":
            if place < len(self.trials):
                self.trials[place] = None
            return
        record = self.trials[place] if place < len(self.trials) else None
        if record is None or not record.state.is_finished():
            self._put(record_of(told, record, self.space, self.metrics[0]))


def close_all(path: str, name: str) -> None:
    """Ends this process's engines of a stored study."""
    for desk in list(_desks):
        if desk.name == name and desk.path is not None and os.path.realpath(desk.path) == os.path.realpath(path):
            desk.close()


def _after_fork() -> None:
    for desk in list(_desks):
        desk.lock = threading.RLock()  # Another thread of the parent may have held it.


os.register_at_fork(after_in_child=_after_fork)
