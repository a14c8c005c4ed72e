"""What the engine of a study in memory knows beside the trials, for the one that takes its place.

An engine may be killed, stay behind at a fork, or give way to one with another sampler. The next one is told the trials
by the desk; from here it gets the older studies that it starts from, the hints, and what still waits to be tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

from sterlet import logging
from sterlet._engine import EngineGone, number
from sterlet._told import outcome_of
from sterlet.exceptions import EngineError
from sterlet.trial import FrozenTrial

if TYPE_CHECKING:
    from sterlet._desk import Desk

__all__ = ["Kept"]

_logger = logging.get_logger(__name__)

Operation = Dict[str, Any]


class Kept:
    """Under the desk's lock. A study in a storage needs none of it: everything is there."""

    def __init__(self) -> None:
        self._older: Optional[Tuple[Sequence[Any], Optional[str]]] = None
        self._firsts: List[int] = []  # Trials that older studies' best settings were tried in.
        self._counts = False  # Whether the next trial may be one of them.
        self._queue: List[Operation] = []
        self._said: List[Tuple[int, Operation]] = []  # Hints, and what was taken back; with the trials there were.

    def is_empty(self) -> bool:
        """Whether an engine that is told nothing knows all."""
        return self._older is None and not self._queue and not self._said

    def warmed(self, older: Sequence[Any], path: Optional[str]) -> None:
        """The study starts from these."""
        if self._older is None:
            self._older, self._counts = (older, path), True

    def enqueued(self, operation: Operation) -> None:
        """The engine took it."""
        self._queue.append(operation)

    def said(self, trials: int, operation: Operation) -> None:
        """The engine took a hint, or was told to forget one, when there were so many trials."""
        self._said.append((trials, operation))

    def question(self) -> List[Operation]:
        """Asks for the next trial."""
        return [{"op": "ask"}, {"op": "trials"}] if self._counts else [{"op": "ask"}]

    def asked(self, place: int, answers: Sequence[Dict[str, Any]]) -> None:
        """That trial was handed out by question()."""
        if "enqueued" in answers[0] and self._queue:
            del self._queue[0]
        if len(answers) > 1:
            origins = [one["origin"] for one in answers[1]["trials"] if one["number"] == answers[0]["id"]]
            self._counts = origins == ["enqueued"] and "enqueued" not in answers[0]
            if self._counts:
                self._firsts.append(place)

    def start(self, desk: Desk) -> None:
        """Starts an engine that knows all, and the desk's trials that have ended.

        Those that run are added at their end, but for first ones, which it knows.
        """
        firsts = self._create(desk)
        said = list(self._said)
        batch: List[FrozenTrial] = []
        for place, trial in enumerate(desk.trials):
            if place in firsts or (said and said[0][0] <= place):
                desk.add_again(batch)
                batch = []
            while said and said[0][0] <= place:
                self._say(desk, said.pop(0)[1])
            if place in firsts:
                self._try_first(desk, place, trial)
            elif trial is not None and trial.state.is_finished():
                batch.append(trial)
        desk.add_again(batch)
        for _, operation in said:
            self._say(desk, operation)
        desk.engine().call_all(self._queue)

    def _say(self, desk: Desk, operation: Operation) -> None:
        try:
            desk.engine().call(operation)
        except EngineGone:
            raise
        except EngineError as error:  # A hint that results have ended already, say.
            _logger.debug(str(error))

    def _create(self, desk: Desk) -> List[int]:
        if self._older is not None:
            from sterlet._copies import warm_start

            try:
                with warm_start(desk, *self._older):
                    desk.create()
                return list(self._firsts)
            except (OSError, KeyError, EngineError) as error:
                _logger.warning(f"the study goes on without its warm start, which cannot be read again: {error}")
                self._older, self._counts = None, False
        desk.create()
        return []

    def _try_first(self, desk: Desk, place: int, trial: Optional[FrozenTrial]) -> None:
        known = desk.engine().call({"op": "ask"})["id"]
        desk.is_known_as(place, known)
        if trial is None or not trial.state.is_finished():
            return
        told = [
            {"op": "report", "id": known, "step": step, "value": number(value)}
            for step, value in sorted(trial.intermediate_values.items())
        ]
        told.append({"op": "tell", "id": known, **outcome_of(trial), "params": desk.space.encoded(trial.params)})
        desk.engine().call_all(told)
