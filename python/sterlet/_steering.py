"""Where good values are expected: hints, which pull the next suggestions there (docs/warm.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Mapping

if TYPE_CHECKING:
    from sterlet._desk import Desk
    from sterlet._space import Known

__all__ = ["Hints", "Steering"]


class Hints:
    """Hints that are still to be told: of parameters that no trial has suggested yet. Under the desk's lock."""

    def __init__(self) -> None:
        self._waiting: List[Dict[str, Any]] = []

    def add(self, params: Dict[str, Any], weight: float) -> None:
        """Takes one."""
        self._waiting.append({"params": params, "weight": weight})

    def send(self, desk: Desk) -> None:
        """Tells the engine those whose parameters it knows. Errors: EngineError; that one is dropped."""
        if not self._waiting:
            return
        space = desk.space
        known = set(space.known) - {space.by_code[code].name for code in space.untold()}
        ready = [one for one in self._waiting if known.issuperset(one["params"])]
        self._waiting = [one for one in self._waiting if one not in ready]
        for one in ready:
            told = {space.known[name].code: _words(space.known[name], said) for name, said in one["params"].items()}
            desk.steer({"op": "hint", "params": told, "weight": one["weight"]})


def _words(known: Known, said: Any) -> Any:
    """By the engine's words; what is none of the parameter's values is left as it is, for the engine to refuse."""
    if isinstance(said, list):
        return [_words(known, each) for each in said]
    word = known.encode(said)
    return said if word is None else word


class Steering:
    """A part of Study."""

    _desk: Desk

    def hint(self, params: Mapping[str, Any], weight: float = 1.0) -> None:
        """Says where good values are expected: the next suggestions are pulled there, less with every trial.

        Results that speak against it end it.

        params  by parameter: a range (low, high) or a value of a number; a choice, or a list of choices. One that no
                trial has suggested yet is told as soon as one has.
        weight  above 0 to 100: how many times as strongly as usual.
        Errors  EngineError for a value outside the parameter's range, say.
        """
        listed = {name: list(one) if isinstance(one, (tuple, list)) else one for name, one in params.items()}
        with self._desk.lock:
            self._desk.hints.add(listed, float(weight))
            self._desk.engine()
            self._desk.hints.send(self._desk)

    def hints(self) -> List[Dict[str, Any]]:
        """The hints and warm starts that the engine has, and what became of them: number, state (active, contradicted
        or forgotten), and what they say. Errors: EngineError."""
        found: List[Dict[str, Any]] = self._desk.exchange(lambda: [{"op": "hints"}])[0]["priors"]
        return found

    def forget(self, number: int) -> None:
        """One of hints() is not followed any more. Errors: EngineError where there is none of that number."""
        self._desk.steer({"op": "forget", "number": number})
