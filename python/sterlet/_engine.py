"""The engine: a child process of `sterlet ask-tell`, and one line of JSON each way for each operation.

The child is this process's own. After a fork the new process has none and starts another when it needs one; what it has
of its parent's pipes is closed, so that an engine ends with the process that started it. A terminal's Ctrl-C does not
reach it: Python decides what becomes of the trials.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import tempfile
import threading
import weakref
from typing import IO, Any, Dict, List, Optional, Sequence

from sterlet._binary import find_binary
from sterlet.exceptions import EngineError

__all__ = ["Engine", "EngineGone", "number", "numbers"]

_CLOSE_S = 10.0  # For what it still has to store.
_LINE_NUMBER = re.compile(r"^line \d+: ")
_ENCODE = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_BATCH = 100  # Operations whose answers together fit the pipe, so that neither side waits for the other.

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


class EngineGone(EngineError):
    """The child process has ended, or is another process's."""


class Engine:
    """One study, served by one child process. Any thread; one operation at a time.

    spec     the study as JSON, for one that is new; without it, `name` is one in `storage`.
    storage  a file; None: the study lives in the child's memory.
    timed    whether the time from ask to tell is what a trial took.
    more     other arguments of `sterlet ask-tell`.
    Errors   EngineError says why it does not start; FileNotFoundError where there is no program.
    """

    def __init__(
        self,
        spec: Optional[Dict[str, Any]] = None,
        name: str = "",
        storage: Optional[str] = None,
        timed: bool = False,
        more: Sequence[str] = (),
    ) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._read = b""
        self._is_cut = False
        program = find_binary()
        arguments = ["ask-tell", *(["--storage", storage] if storage else []), *(["--timed"] if timed else []), *more]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the child
        with tempfile.NamedTemporaryFile("w", prefix="sterlet-", suffix=".json") as file:
            if spec is not None:
                file.write(_ENCODE(spec))
                file.flush()
                arguments += ["--growing", file.name]
            else:
                arguments += ["--", name]
            self._child = subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                start_new_session=True,
            )
            assert self._child.stdin is not None and self._child.stdout is not None
            self._in, self._out = self._child.stdin.fileno(), self._child.stdout.fileno()
            self._finalizer = weakref.finalize(self, _close, self._child, self._errors, self._pid)
            _engines.add(self)
            try:
                self.study = self.call({"op": "study"})
            except EngineGone as error:
                raise EngineError(str(error)) from None
        """What the study was when it was opened: spec, seed, trials (their number), created."""

    def is_mine(self) -> bool:
        """Whether this process started it, and it can be spoken to."""
        return self._pid == os.getpid() and not self._is_cut

    def call(self, operation: Dict[str, Any]) -> Dict[str, Any]:
        """The answer to one operation. Errors: EngineError is the engine's own sentence; EngineGone."""
        return self._checked(self._exchange([operation])[0])

    def call_all(self, operations: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
        """The answers to several, sent together. The first refusal is raised, after all were carried out."""
        answers: List[Dict[str, Any]] = []
        for start in range(0, len(operations), _BATCH):
            answers += self._exchange(operations[start : start + _BATCH])
        return [self._checked(answer) for answer in answers]

    def close(self) -> None:
        """Ends the child, once it has stored all that it answered."""
        self._finalizer()

    def _exchange(self, operations: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
        if not self.is_mine():
            raise EngineGone("the engine is another process's, or was cut short")
        data = b"".join([_ENCODE(operation).encode() + b"\n" for operation in operations])
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._in, data) :]
                return [json.loads(self._line()) for _ in operations]
            except OSError as error:
                raise EngineGone(self._why_gone()) from error
            except BaseException:
                # Ctrl-C, say, between a question and its answer: who asks next would get that answer.
                self._is_cut = True
                self._finalizer()
                raise

    def _line(self) -> bytes:
        while True:
            end = self._read.find(b"\n")
            if end >= 0:
                line, self._read = self._read[:end], self._read[end + 1 :]
                return line
            more = os.read(self._out, 1 << 16)
            if not more:
                raise EngineGone(self._why_gone())
            self._read += more

    def _why_gone(self) -> str:
        try:
            code = self._child.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            return "the engine does not answer any more, though it still runs"
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip()
        if said:
            return said[len("sterlet: ") :] if said.startswith("sterlet: ") else said
        return f"the engine was killed by signal {-code}" if code < 0 else f"the engine ended with exit code {code}"

    @staticmethod
    def _checked(answer: Dict[str, Any]) -> Dict[str, Any]:
        error = answer.get("error")
        if error is not None:
            raise EngineError(_LINE_NUMBER.sub("", error))
        return answer

    def _disown(self) -> None:
        """In a forked child: lets go of the parent's pipes."""
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()
        self._lock = threading.Lock()  # Another thread of the parent may have held it.


def number(value: float) -> Any:
    """A number as the engine reads it: JSON has no NaN and no infinities."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def numbers(values: Sequence[float]) -> List[Any]:
    """The same of several."""
    return [number(value) for value in values]


def _close(child: subprocess.Popen[bytes], errors: IO[bytes], pid: int) -> None:
    errors.close()
    if os.getpid() != pid:
        return
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()
    try:
        child.wait(_CLOSE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _after_fork() -> None:
    for engine in list(_engines):
        engine._disown()


os.register_at_fork(after_in_child=_after_fork)
