"""Parameters as the engine knows them: their names, declarations and values, from those that an objective uses."""

from __future__ import annotations

import math
import re
from typing import Any, Dict, List, Optional, Tuple, Union

from sterlet.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    check_distribution_compatibility,
    scale_of,
)

__all__ = ["Known", "Space", "decode_name", "encode_name"]

_CLEAN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_DIRTY = re.compile(r"[^A-Za-z0-9_.]")
_ESCAPE = re.compile(r"-x([0-9a-f]+)-")
_NONE = "None"
_ABOVE_ZERO = 1e-6  # Of a range's width.

Value = Union[bool, int, float, str]


def encode_name(name: str) -> str:
    """A name that the engine takes: what is no letter, digit, `_`, `.` or `-` becomes -xHEX-."""
    if _CLEAN.match(name) and not _ESCAPE.search(name) and not name.startswith("_-x"):
        return name
    code = _DIRTY.sub(lambda match: f"-x{ord(match[0]):x}-", name)
    # What begins with something else gets a beginning, as does what begins like one.
    return code if re.match("[A-Za-z_]", code) and not code.startswith("_-x") else "_-x-" + code


def decode_name(code: str) -> str:
    """Undoes encode_name()."""
    if code.startswith("_-x-"):
        code = code[4:]
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), code)


class Known:
    """One parameter that the study knows."""

    def __init__(self, name: str, distribution: BaseDistribution) -> None:
        self.name = name
        self.code = encode_name(name)
        self.distribution = distribution
        """All values it ever had: bounds may have widened."""
        self.is_told = False
        """Whether the engine has it as it is."""
        self._choices: List[Value] = []
        self._indices: Dict[Tuple[bool, Value], int] = {}
        if isinstance(distribution, CategoricalDistribution):
            self._choices = _choice_words(distribution)
            self._indices = {_key(word): index for index, word in enumerate(self._choices)}

    def declaration(self) -> Dict[str, Any]:
        """As a study file declares it."""
        known = self.distribution
        if isinstance(known, CategoricalDistribution):
            return {"type": "categorical", "choices": self._choices}
        assert isinstance(known, (FloatDistribution, IntDistribution))
        kind = "int" if isinstance(known, IntDistribution) else "float"
        if known.low == known.high:
            return {"type": kind, "value": known.low}
        said: Dict[str, Any] = {"type": kind, "low": known.low, "high": known.high}
        if scale_of(known) != "linear":
            said["scale"] = scale_of(known)
        elif known.step is not None and (kind == "float" or known.step != 1):
            said["step"] = known.step
        return said

    def widen(self, distribution: BaseDistribution) -> None:
        """Takes in the values of another distribution of the parameter. Errors: ValueError where it cannot be one."""
        check_distribution_compatibility(self.distribution, distribution)
        wider = _union(self.distribution, distribution)
        if wider != self.distribution:
            self.distribution = wider
            self.is_told = False

    def encode(self, value: Any) -> Optional[Value]:
        """A value as the engine has it; None where it is not one of its values."""
        try:
            inner = self.distribution.to_internal_repr(value)
        except ValueError:
            return None
        if not self.distribution._contains(inner):
            return None
        if self._choices:
            return self._choices[int(inner)]
        if isinstance(self.distribution, FloatDistribution):
            return self.distribution._snapped(inner)
        return int(inner)

    def offered(self, value: Value) -> Any:
        """The value that the engine offers to a trial, as the program gets it.

        The engine tries the ends of a range, too. Optuna draws from its inside, so that scripts write a range from 0
        where 0 itself is no value that they can use (a penalty, a share): they get one just above it.
        """
        known = self.distribution
        is_open = isinstance(known, FloatDistribution) and known.low == 0 and known.step is None
        if value == 0 and is_open and not isinstance(value, (bool, str)):
            assert isinstance(known, FloatDistribution)
            return known.high * _ABOVE_ZERO
        return self.decode(value)

    def decode(self, value: Value) -> Any:
        """The value that the engine's stands for."""
        if not self._choices:
            return value
        assert isinstance(self.distribution, CategoricalDistribution)
        return self.distribution.choices[self._indices[_key(value)]]


class Space:
    """All parameters of a study, by name, in the order in which they appeared."""

    def __init__(self) -> None:
        self.known: Dict[str, Known] = {}
        self.by_code: Dict[str, Known] = {}

    def meet(self, name: str, distribution: BaseDistribution) -> Known:
        """The parameter that a trial asks for: a new one joins, a known one may widen. Errors: ValueError."""
        known = self.known.get(name)
        if known is None:
            return self._put(Known(name, distribution))
        if known.distribution == distribution:
            return known
        if isinstance(distribution, CategoricalDistribution):
            # What a storage tells of choices are their words: the program's own say what they are.
            own = Known(name, distribution)
            if own.declaration() == known.declaration():
                own.is_told = known.is_told
                return self._put(own)
        known.widen(distribution)
        return known

    def untold(self) -> Dict[str, Any]:
        """Declarations that the engine does not have yet, by its name."""
        return {known.code: known.declaration() for known in list(self.known.values()) if not known.is_told}

    def declarations(self) -> Dict[str, Any]:
        """All of them."""
        return {known.code: known.declaration() for known in self.known.values()}

    def told(self, declarations: Dict[str, Any]) -> None:
        """The engine has these now."""
        for code, declaration in declarations.items():
            known = self.by_code[code]
            known.is_told = known.declaration() == declaration

    def learn(self, declarations: Dict[str, Any]) -> None:
        """Takes in the parameters of a stored study's spec, also those that other processes added."""
        for code, declaration in declarations.items():
            name, distribution = decode_name(code), _distribution(declaration)
            known = self.known.get(name)
            if known is None:
                known = self._put(Known(name, distribution))
            elif isinstance(distribution, CategoricalDistribution):
                if len(declaration.get("choices", ())) > len(known.declaration().get("choices", ())):
                    known = self._put(Known(name, distribution))
            else:
                known.widen(distribution)
            known.is_told = known.declaration() == Known(name, distribution).declaration()

    def encoded(self, params: Dict[str, Any]) -> Dict[str, Any]:
        """By the engine's names and values; those that it cannot have are left out."""
        found = {}
        for name, value in params.items():
            known = self.known[name]
            word = known.encode(value)
            if word is not None:
                found[known.code] = word
        return found

    def _put(self, known: Known) -> Known:
        self.known[known.name] = self.by_code[known.code] = known
        return known


def _distribution(declaration: Dict[str, Any]) -> BaseDistribution:
    """What a study file's declaration says."""
    if "value" in declaration:
        value = declaration["value"]
        declaration = {**declaration, "low": value, "high": value, "choices": [value]}
    kind, scale = declaration.get("type", "categorical"), declaration.get("scale", "linear")
    if kind == "float":
        step = declaration.get("step")
        return FloatDistribution(declaration["low"], declaration["high"], step=step, scale=scale)
    if kind == "int":
        step = int(declaration.get("step", 1))
        return IntDistribution(int(declaration["low"]), int(declaration["high"]), log=scale == "log", step=step)
    choices = declaration["choices"]
    # None is stored as its name, among texts alone it is one of them.
    return CategoricalDistribution([None if choice == _NONE else choice for choice in choices])


def _choice_words(distribution: CategoricalDistribution) -> List[Value]:
    """Words for the choices, all different, from which None can be told again."""
    choices = distribution.choices
    plain = all(isinstance(choice, (bool, int, float, str)) for choice in choices)
    finite = plain and all(not isinstance(choice, float) or math.isfinite(choice) for choice in choices)
    if finite and len(set(choices)) == len(choices):
        return list(choices)  # type: ignore[arg-type]
    words: List[Value] = []
    for choice in choices:
        is_fine = isinstance(choice, (bool, int, float, str)) and not (
            isinstance(choice, float) and not math.isfinite(choice)
        )
        word: Value = choice if is_fine and choice is not None else _NONE if choice is None else repr(choice)
        candidate, count = word, 2
        while any(candidate == other for other in words):
            candidate, count = f"{word} ({count})", count + 1
        words.append(candidate)
    return words


def _key(word: Value) -> Tuple[bool, Value]:
    return isinstance(word, bool), word


def _union(one: BaseDistribution, other: BaseDistribution) -> BaseDistribution:
    """Bounds that hold both; a step only where all values of both lie on it."""
    if isinstance(one, IntDistribution) and isinstance(other, IntDistribution):
        low, high = min(one.low, other.low), max(one.high, other.high)
        step = one.step if one.step == other.step and (one.low - other.low) % one.step == 0 else 1
        return IntDistribution(low, high, log=one.log, step=step)
    if isinstance(one, FloatDistribution) and isinstance(other, FloatDistribution):
        low_, high_ = min(one.low, other.low), max(one.high, other.high)
        is_stepped = one.step is not None and one.step == other.step
        aligned = is_stepped and one._contains(one.low) and _is_whole((one.low - other.low) / (one.step or 1.0))
        return FloatDistribution(low_, high_, step=one.step if aligned else None, scale=scale_of(one))
    return one


def _is_whole(steps: float) -> bool:
    return abs(steps - round(steps)) < 1e-8
