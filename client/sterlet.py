"""The Python client of Sterlet's trial channel: one file, Python 3.8 or later, the standard library only.

    import sterlet

    trial = sterlet.Trial()                          # reads the environment Sterlet gives a trial
    rate = trial.get("learning_rate", 0.01)          # your own default when Sterlet is not there
    for epoch in range(1, 21):
        trial.report(epoch, val_error=train_one_epoch(rate))
        if trial.should_stop():
            break

A program run with no Sterlet around it runs unchanged: parameters take their defaults and every call is a cheap no-op.
The protocol itself is described in docs/channel.md.
"""

import collections
import errno
import json
import math
import os
import re
import select
import socket
import sys
import time
import weakref
from typing import Any, Callable, Deque, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, TypeVar, Union

__all__ = ["Change", "Refusal", "Trial"]

_LINE_BYTES_MAX = 64 * 1024
_SEND_WAIT_S = 1.0  # A Sterlet that is only busy reads on before; from then on messages are kept, and training goes on.
_SAY_AFTER_S = 60.0  # Who waits for Sterlet longer says so, once.
_PATIENCE_S = 24 * 3600.0  # Of whoever waits for a Sterlet that is there and does not listen.
_RECONNECT_S = 1.0  # Between two tries.
_KEPT_BYTES_MAX = 8 * 1024 * 1024  # Of messages that wait to be sent; then every second report of them goes.
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
_NUMBER_TEXTS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_T = TypeVar("_T")


class Refusal(Exception):
    """Raised by a callback (`on_set`, or one of steps()) that cannot do it; its text is the reason that Sterlet shows."""


class Change(NamedTuple):
    """One wish of Sterlet's, as Trial.changes() hands it out.

    kind    "set": use `values` from the next step on; answer with applied() or refused().
            "checkpoint": write one at the next step boundary; answer with checkpointed().
            "restore": go back to the checkpoint at `path`, then use `values`; answer with restored() or refused().
            With `skip_steps` above 0, leave out the data of so many steps (as your reports count them) after it: it
            was bad once already. A program that cannot may ignore it.
    """

    kind: str
    values: Dict[str, Any]
    path: str = ""
    skip_steps: int = 0


class Trial:
    """A trial as its own process sees it. One thread at a time.

    live      the program reads changes() between steps and answers `set`; implied by `on_set`.
    restores  it answers `restore` too.
    on_set    called with the new values, at the next report() or changes(), instead of handing the `set` out by
              changes(); the answer is sent for it. It may raise Refusal.
    loop      a loop of its own counts its steps, answers and goes back as that of steps() does; else Sterlet tries once
              whether it goes back, before anybody relies on it.

    Errors    RuntimeError where the parameters that Sterlet gave cannot be read, LookupError where get() asks for one
              that the study does not have: a result for other hyperparameters than Sterlet recorded would be worse than
              none.

    A Sterlet that does not listen for a while (it was stopped, say) is no error: messages are kept and sent once it
    listens again, at the latest at the end of the program, which waits for it as long as Sterlet is there. Whatever
    could not be sent, Sterlet learns of. A channel that breaks says so once on stderr, and the training goes on.
    """

    params: Dict[str, Any]
    """The hyperparameters that Sterlet chose; empty without Sterlet."""

    def __init__(
        self,
        live: bool = False,
        restores: bool = False,
        on_set: Optional[Callable[[Dict[str, Any]], None]] = None,
        loop: bool = False,
    ) -> None:
        self.on_set = on_set
        self._live = live or on_set is not None
        self._restores = restores
        self._changes: List[Change] = []
        self._stop = False
        self._stop_waits = False
        self._acknowledged = False
        self._step = 0
        self._saved = 0
        self._agenda: List[Dict[str, Any]] = []
        self._asked: Set[str] = set()
        path = os.environ.get("STERLET_PARAMS")
        self.params = _Params(_read_params(path) if path else {}, self._asked)
        channel = os.environ.get("STERLET_CHANNEL", "")
        self._loop = loop
        self._length = 0
        self._channel = _Channel(channel, self._hello())
        # Also at the program's end, and not in children that it forks: those have no part of what is kept.
        weakref.finalize(self, _end, self._channel, self._asked, bool(self.params))
        agenda = os.environ.get("STERLET_AGENDA")
        if agenda and channel:
            self._agenda = _read_agenda(agenda)

    def _hello(self) -> bytes:
        hello = {"protocol": 1, "client": "python", "live": self._live, "restores": self._restores}
        more = {**({"loop": True} if self._loop else {}), **({"steps": self._length} if self._length > 0 else {})}
        return _encode({"hello": {**hello, **more}})

    def active(self) -> bool:
        """Whether Sterlet listens."""
        return self._channel.is_open()

    def get(self, name: str, default: _T) -> _T:
        """The hyperparameter of that name; `default` without Sterlet, and for one whose `when` does not hold here.

        Under Sterlet, a name that the study does not have is an error, since it is most often a slip. Of a parameter
        that studies may leave out, ask has() first.
        """
        if name not in self.params:
            _check_name(name, self.params)
        value: _T = self.params.get(name, default)
        return value

    def has(self, name: str) -> bool:
        """Whether Sterlet chose a value for the hyperparameter of that name in this trial."""
        return name in self.params

    def suggest_float(
        self,
        name: str,
        low: float,
        high: float,
        *,
        step: Optional[float] = None,
        log: bool = False,
        scale: Optional[str] = None,
    ) -> float:
        """The hyperparameter of that name; where Sterlet did not choose one, the middle of the range on its scale.

        So a function that was written for a study's optimize() runs as a program, too. The study file's range counts.
        """
        if name in self.params:
            return float(self.params[name])
        if log or scale == "log":
            return math.sqrt(low * high)
        if scale == "reverse_log":
            return 1 - math.sqrt((1 - low) * (1 - high))
        return (low + high) / 2 if step is None else low + step * (int(round((high - low) / step)) // 2)

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        """The same of a whole number."""
        if name in self.params:
            return int(self.params[name])
        return int(round(math.sqrt(low * high))) if log else low + (high - low) // step // 2 * step

    def suggest_categorical(self, name: str, choices: Sequence[_T]) -> _T:
        """The same of a choice, without Sterlet the first; one that JSON cannot hold is found by its text."""
        if name not in self.params:
            return choices[0]
        chosen = self.params[name]
        for choice in choices:
            if choice == chosen and isinstance(choice, bool) == isinstance(chosen, bool) or str(choice) == chosen:
                return choice
        found: _T = chosen
        return found

    @property
    def number(self) -> int:
        """The trial's number in its study; -1 without Sterlet."""
        return int(os.environ.get("STERLET_TRIAL", "-1"))

    @property
    def attempt(self) -> int:
        """1 in the first run of a trial, 2 when it is run again after it was lost, and so on."""
        return int(os.environ.get("STERLET_ATTEMPT", "1"))

    def seed(self, default: int) -> int:
        """The seed for this trial, from the study's seed; `default` without Sterlet."""
        return int(os.environ.get("STERLET_SEED", str(default)))

    @property
    def checkpoint_dir(self) -> Optional[str]:
        """The folder for checkpoints, which outlives an attempt; None without Sterlet."""
        return os.environ.get("STERLET_CHECKPOINT_DIR")

    @property
    def resume_path(self) -> Optional[str]:
        """The checkpoint of an earlier attempt to go on from; None where there is none."""
        return os.environ.get("STERLET_RESUME")

    @property
    def resume_skip(self) -> int:
        """As Change.skip_steps, of the checkpoint to go on from."""
        return int(os.environ.get("STERLET_SKIP_STEPS", "0"))

    @property
    def params_exact(self) -> bool:
        """Whether `params` are those of this moment and count over what a checkpoint remembers."""
        return os.environ.get("STERLET_PARAMS_EXACT") == "1"

    def report(self, step: int, metrics: Optional[Dict[str, float]] = None, wait: bool = False, **more: float) -> bool:
        """Tells what was measured at a step, and returns should_stop().

        Steps grow; NaN and infinity may be told. With `wait` it returns once Sterlet has stored the report and judged
        it: a round trip and a disk write, so it suits a report an epoch, not one a step.
        """
        self._step = step
        values = {name: float(value) for name, value in {**(metrics or {}), **more}.items()}
        line: Dict[str, Any] = {"report": {"step": step, "metrics": values}}
        if wait:
            line["ack"] = True
        self._acknowledged = False
        self._send(line)
        self._take_due()
        deadline = time.monotonic() + _PATIENCE_S
        while wait and self.active() and not self._acknowledged and self._channel.wait(deadline, "to answer a report"):
            self._receive()
        return self.should_stop()

    def steps(
        self,
        last: int,
        save: Optional[Callable[[str], object]] = None,
        load: Optional[Callable[[str], object]] = None,
        use: Optional[Callable[[Dict[str, Any]], object]] = None,
        skip: Optional[Callable[[int], object]] = None,
        save_every: int = 0,
    ) -> Iterator[int]:
        """The steps of a training, from 1 to `last`: train a step and report it in the loop's body.

            trial = sterlet.Trial(live=True, restores=True)
            for step in trial.steps(1000, save=model.save, load=model.load):
                loss = model.train(rate=trial.params["learning_rate"])
                trial.report(step, loss=loss)

        Between two steps it does and answers all that Sterlet asks for: it writes checkpoints, numbered by the steps that
        are done; it puts new values into `params`; it goes back, and the loop goes on from the step after the checkpoint.
        It begins after the checkpoint in `resume_path`, where there is one, and ends early when the trial should stop.

        save(path)    writes all that the next step depends on to exactly this path, a file or a folder. It gets its name
                      only when that is complete and on the disk. An OSError is told to Sterlet, and the training goes on.
        load(path)    makes the program what it was when save() wrote there. Leave the hyperparameters alone: `params` has
                      those that hold now.
        use(values)   called after the values of a change were put into `params`. Refusal puts the old ones back.
        skip(steps)   leaves out the data of so many steps after a load(), because training was bad on it. Without it,
                      Sterlet is told that nothing was left out.
        save_every    writes a checkpoint each so many steps, without being asked; 0: never.

        Errors        ValueError where Trial(restores=True) has no `save` or no `load`, or the other way round.
        """
        if self._restores != (save is not None and load is not None):
            raise ValueError("steps(): `save` and `load` go with Trial(live=True, restores=True), and that with both")
        return self._steps(last, _Callbacks(save, load, use, skip), save_every)

    def announce_steps(self, steps: int) -> None:
        """Tells how many steps the whole training has, as reports count them: `sterlet plan` then knows how long it takes
        before it has ended. steps() tells it by itself.
        """
        self._length = steps
        self._channel.greet(self._hello())

    def should_stop(self) -> bool:
        """Whether Sterlet asked the trial to end (prune or stop).

        A stop that follows a checkpoint, at a fixed step or in a program that restores, waits until changes() has handed
        that out.
        """
        self._receive()
        return self._stop

    def changes(self) -> List[Change]:
        """What Sterlet asked for since the last call, oldest first, but for prune and stop: see should_stop()."""
        self._receive()
        changes, self._changes = self._changes, []
        self._stop = self._stop or self._stop_waits
        return changes

    def checkpointed(self, step: int, path: str) -> None:
        """Tells that a checkpoint is complete on disk. path: relative to checkpoint_dir, or absolute."""
        self._send({"checkpoint": {"step": step, "path": path}})

    def applied(self, step: int, values: Dict[str, Any]) -> None:
        """Answers a `set`: these values are used from this step on."""
        self._send({"applied": {"step": step, "set": values}})

    def restored(self, step: int, path: str, skipped_steps: int = 0) -> None:
        """Answers a `restore`. skipped_steps: so much data is left out after it, as Change.skip_steps counts it."""
        body = {"step": step, "path": path, **({"skipped_steps": skipped_steps} if skipped_steps > 0 else {})}
        self._send({"restored": body})

    def refused(self, change: Change, reason: str) -> None:
        """Answers a change that cannot be done."""
        wish = {"restore": {"path": change.path}} if change.kind == "restore" else {change.kind: change.values}
        self._send({"refused": {**wish, "reason": reason}})

    def failed(self, reason: str) -> None:
        """Tells why the trial failed; the program should then end with an exit code other than 0."""
        self._send({"failed": {"reason": reason}})

    def finish(self, value: Union[float, Sequence[float]]) -> None:
        """Tells the final value of the objective, or a list of them, in the study's order.

        Without it, the last reported value of the objective's metric counts.
        """
        if isinstance(value, (int, float)):
            self._send({"value": float(value)})
        else:
            try:
                values = [float(item) for item in value]
            except TypeError:  # A number of a library's own type.
                self._send({"value": float(value)})  # type: ignore[arg-type]
            else:
                self._send({"values": values})

    def _steps(self, last: int, do: "_Callbacks", save_every: int) -> Iterator[int]:
        self._loop = self._loop or self._restores
        self.announce_steps(last)
        step = 0
        path = self.resume_path
        if path and do.load is not None:
            step = _step_in(path)
            do.load(path)
            if do.skip is not None and self.resume_skip > 0:
                do.skip(self.resume_skip)
                self.restored(step, path, self.resume_skip)
        self._step = step
        self._take_due()
        step = self._obey(step, do)
        while step < last and not self.should_stop():
            step += 1
            yield step
            if save_every > 0 and step % save_every == 0 and self.checkpoint_dir:
                self._changes.insert(0, Change("checkpoint", {}))
            # Only now: what is asked for holds from the moment at which this step is done and reported.
            step = self._obey(step, do)

    def _obey(self, step: int, do: "_Callbacks") -> int:
        """Does what was asked for after so many steps; returns how many are done then."""
        for change in self.changes():
            if change.kind == "checkpoint":
                self._save(step, change, do)
            elif change.kind == "restore" and do.load is not None:
                try:
                    do.load(change.path)
                except Refusal as refusal:
                    self.refused(change, str(refusal))
                    continue
                step = self._step = _step_in(change.path)
                skipped = change.skip_steps if do.skip is not None else 0
                if do.skip is not None and skipped > 0:
                    do.skip(skipped)
                self.restored(step, change.path, skipped)
            if change.values:
                self._use(step, change.values, do)
        return step

    def _save(self, step: int, change: Change, do: "_Callbacks") -> None:
        folder = self.checkpoint_dir
        if do.save is None or not folder:
            self.refused(change, "this program writes no checkpoints")
            return
        self._saved += 1
        name = f"step-{step}-{self.attempt}-{self._saved}"
        path = os.path.join(folder, name)
        try:
            do.save(path + ".part")
            _sync(path + ".part")
            os.rename(path + ".part", path)
        except OSError as error:
            self.refused(change, str(error))
        else:
            self.checkpointed(step, name)

    def _use(self, step: int, values: Dict[str, Any], do: "_Callbacks") -> None:
        before = dict(dict.items(self.params))
        self.params.update(values)
        try:
            if do.use is not None:
                do.use(values)
        except Refusal as refusal:
            dict.clear(self.params)
            self.params.update(before)
            self.refused(Change("set", values), str(refusal))
        else:
            self.applied(step, values)

    def _send(self, message: Dict[str, Any]) -> None:
        if self._channel.is_wanted():
            self._channel.send(_encode(message), is_report="report" in message and "ack" not in message)

    def _receive(self) -> None:
        for line in self._channel.receive():
            self._take(line)

    def _take(self, line: bytes) -> None:
        # Keys and messages this version does not know are ignored, so that a newer Sterlet can speak to it.
        try:
            message = json.loads(line)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        self._agenda.append(message)
        self._take_due()

    def _take_due(self) -> None:
        """Does what has no `at`, and what is due at the step last reported, in the order in which it came."""
        due = [message for message in self._agenda if not _at(message) or _at(message) <= self._step]
        self._agenda = [message for message in self._agenda if _at(message) and _at(message) > self._step]
        for message in due:
            self._take_message(message)

    def _take_message(self, message: Dict[str, Any]) -> None:
        if "set" in message:
            self._take_set(Change("set", _values(message["set"])))
        if "checkpoint" in message:
            self._changes.append(Change("checkpoint", {}))
        if isinstance(message.get("restore"), dict):
            wish = message["restore"]
            skip = wish.get("skip_steps")
            skip = skip if isinstance(skip, int) and skip > 0 else 0
            change = Change("restore", _values(wish.get("set")), str(wish.get("path", "")), skip)
            if self._restores:
                self._changes.append(change)
            else:
                self.refused(change, "this program cannot go back to a checkpoint while it runs")
        if "prune" in message or "stop" in message:
            can_wait = bool(_at(message)) or (self._restores and "stop" in message)
            saves_first = can_wait and any(change.kind == "checkpoint" for change in self._changes)
            self._stop_waits = self._stop_waits or saves_first
            self._stop = self._stop or not saves_first
        if isinstance(message.get("ack"), dict):
            self._acknowledged = True
            self._stop = self._stop or message["ack"].get("prune") is True

    def _take_set(self, change: Change) -> None:
        if not self._live:
            self.refused(change, "this program takes no live changes")
        elif self.on_set is None:
            self._changes.append(change)
        else:
            try:
                self.on_set(change.values)
            except Refusal as refusal:
                self.refused(change, str(refusal))
            else:
                self.applied(self._step, change.values)


class _Callbacks(NamedTuple):
    save: Optional[Callable[[str], object]]
    load: Optional[Callable[[str], object]]
    use: Optional[Callable[[Dict[str, Any]], object]]
    skip: Optional[Callable[[int], object]]


class _Params(Dict[str, Any]):
    """The hyperparameters, which remember what they were asked for; whoever goes through them all has asked for all."""

    def __init__(self, values: Dict[str, Any], asked: Set[str]) -> None:
        super().__init__(values)
        self._asked = asked

    def __getitem__(self, name: str) -> Any:
        self._asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._asked.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._asked.add(name)
        return super().get(name, default)

    def __iter__(self) -> Iterator[str]:
        self._asked.update(super().keys())
        return super().__iter__()

    def keys(self) -> Any:
        self._asked.update(super().keys())
        return super().keys()

    def values(self) -> Any:
        self._asked.update(super().keys())
        return super().values()

    def items(self) -> Any:
        self._asked.update(super().keys())
        return super().items()


class _Channel:
    """The socket to Sterlet, and what waits to go through it.

    Messages go out at once while Sterlet reads. When it has read nothing for _SEND_WAIT_S, they are kept here, and a
    file under STERLET_UNSENT tells Sterlet so, should the program end before they are sent. Of a path that is closed, a
    new connection is tried now and then.
    """

    def __init__(self, address: str, hello: bytes) -> None:
        self._address = address
        self._hello = hello
        self._socket: Optional[socket.socket] = None
        self._buffer = b""
        self._kept: Deque[_Kept] = collections.deque()
        self._kept_bytes = 0
        self._sent = 0  # Bytes of the first that are sent already.
        self._left_out = 0
        self._late = False
        self._retry_at = 0.0
        self._said_broken = False
        self._owner = os.getpid()
        unsent = os.environ.get("STERLET_UNSENT")
        self._mark = f"{unsent}.{self._owner}-{id(self)}" if unsent else ""
        if address:
            self._connect(at_start=True)

    def is_wanted(self) -> bool:
        """Whether there is, or was, a Sterlet to speak to, and this is the process that speaks to it."""
        return bool(self._address) and os.getpid() == self._owner

    def is_open(self) -> bool:
        return self._socket is not None

    def send(self, line: bytes, is_report: bool) -> None:
        if len(line) > _LINE_BYTES_MAX:
            print(f"sterlet: a message of {len(line)} bytes is longer than 64 KiB and was not sent", file=sys.stderr)
            return
        self._kept.append(_Kept(line, is_report))
        self._kept_bytes += len(line)
        self._flush()
        deadline = time.monotonic() + _SEND_WAIT_S
        while self._kept and self._socket is not None and not self._late:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not self._poll(select.POLLOUT, left_s):
                print("sterlet: Sterlet does not listen; the training goes on, and what it reports is kept until then",
                      file=sys.stderr)
                break
            self._flush()
        self._set_late(bool(self._kept))
        if self._kept_bytes > _KEPT_BYTES_MAX:
            self._thin()

    def greet(self, hello: bytes) -> None:
        """Says hello once more, since there is more to say of the program; so does every later connection."""
        self._hello = hello
        self.send(hello, False)

    def receive(self) -> List[bytes]:
        """The lines that have come, without waiting. Sends what is kept, too, as far as it goes."""
        if self._kept:
            self._flush()
            self._set_late(bool(self._kept))
        lines: List[bytes] = []
        # Mostly nothing came, and asking is cheaper than an exception each step.
        if self._socket is None or not self._readable.poll(0):
            return lines
        while self._socket is not None:
            try:
                read = self._socket.recv(65536)
            except BlockingIOError:
                break
            except OSError as error:
                self._lose(os.strerror(error.errno or errno.EIO))
                break
            if not read:
                self._lose("Sterlet closed it")
                break
            *come, self._buffer = (self._buffer + read).split(b"\n")
            lines += come
            if len(self._buffer) > _LINE_BYTES_MAX:
                self._lose("a line longer than 64 KiB came")
        return lines

    def wait(self, deadline: float, what: str) -> bool:
        """Until something came or what is kept can be sent; False if the channel broke or the deadline has passed."""
        while self._socket is not None:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            if self._poll(select.POLLIN | (select.POLLOUT if self._kept else 0), min(left_s, _SAY_AFTER_S)):
                return True
            print(f"sterlet: waiting for Sterlet {what}", file=sys.stderr)
            return self._poll(select.POLLIN | (select.POLLOUT if self._kept else 0), left_s)
        return False

    def close(self) -> None:
        """Sends what is kept, as long as Sterlet is there."""
        if os.getpid() != self._owner:
            return
        deadline = time.monotonic() + _PATIENCE_S
        self._retry_at = 0.0
        while self._kept and time.monotonic() < deadline:
            self._flush()
            if not self._kept or not self.wait(deadline, "to take the last messages"):
                break
            self.receive()
        self._set_late(bool(self._kept))
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._address = ""

    def _connect(self, at_start: bool) -> None:
        try:
            if self._address.startswith("fd:"):
                self._socket = socket.socket(fileno=int(self._address[3:]))
                self._socket.set_inheritable(False)
            else:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._socket.connect(self._address)
            self._socket.setblocking(False)
            self._readable = select.poll()
            self._readable.register(self._socket, select.POLLIN)
        except (OSError, ValueError) as error:
            if self._socket is not None:
                self._socket.close()
            self._socket = None
            if at_start:
                print(f"sterlet: {self._address}: {error}, so nothing is reported", file=sys.stderr)
                self._address = ""
            return
        self._buffer = b""
        self._kept.appendleft(_Kept(self._hello, False))
        self._kept_bytes += len(self._hello)
        if at_start:
            self._flush()

    def _lose(self, why: str) -> None:
        if not self._said_broken:
            print(f"sterlet: the channel broke ({why}); the training goes on without it", file=sys.stderr)
        self._said_broken = True
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._sent = 0  # A message that was cut is sent again as a whole.
        self._retry_at = time.monotonic() + _RECONNECT_S

    def _flush(self) -> None:
        """Sends what the socket takes."""
        if self._socket is None and not self._address.startswith("fd:") and time.monotonic() >= self._retry_at:
            self._retry_at = time.monotonic() + _RECONNECT_S
            self._connect(at_start=False)
        while self._kept and self._socket is not None:
            line = self._kept[0].line
            try:
                # Python ignores SIGPIPE, but a host program may not; the flag is missing on macOS.
                self._sent += self._socket.send(line[self._sent :], getattr(socket, "MSG_NOSIGNAL", 0))
            except BlockingIOError:
                return
            except OSError as error:
                self._lose(os.strerror(error.errno or errno.EIO))
                return
            if self._sent == len(line):
                self._kept.popleft()
                self._kept_bytes -= len(line)
                self._sent = 0

    def _set_late(self, late: bool) -> None:
        if late == self._late:
            return
        self._late = late
        if not late and self._left_out > 0:
            print(f"sterlet: {self._left_out} reports were left out, because too many waited", file=sys.stderr)
            self._left_out = 0
        if not self._mark:
            return
        try:
            if late:
                with open(self._mark, "wb"):
                    pass
            else:
                os.unlink(self._mark)
        except OSError as error:
            print(f"sterlet: {self._mark}: {error}", file=sys.stderr)

    def _thin(self) -> None:
        """Leaves out every second report that waits, but not the last, nor the first message: it may be half sent."""
        kept: Deque[_Kept] = collections.deque()
        newest = max((index for index, message in enumerate(self._kept) if message.is_report), default=0)
        spare = False
        for index, message in enumerate(self._kept):
            spare = not spare if message.is_report else spare
            if message.is_report and spare and 0 < index < newest:
                self._left_out += 1
                self._kept_bytes -= len(message.line)
            else:
                kept.append(message)
        self._kept = kept

    def _poll(self, events: int, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(self._socket, events)  # type: ignore[arg-type]
        return bool(poll.poll(max(0.0, timeout_s) * 1000))


class _Kept(NamedTuple):
    line: bytes
    is_report: bool  # One that nobody waits for.


def _step_in(path: str) -> int:
    """How many steps were done when steps() wrote that checkpoint: its name tells."""
    found = re.match(r"step-(\d+)-", os.path.basename(path))
    if found is None:
        raise RuntimeError(f"{path}: not a checkpoint that steps() wrote; its name is not step-NUMBER-...")
    return int(found.group(1))


def _sync(path: str) -> None:
    """Puts a file, or a folder with all that is in it, on the disk."""
    for folder, _, files in os.walk(path):
        for name in files:
            _sync(os.path.join(folder, name))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _end(channel: _Channel, asked: Set[str], has_params: bool) -> None:
    """Tells which hyperparameters the program has asked for, then sends what is kept."""
    if has_params and channel.is_open() and channel.is_wanted():
        channel.send(_encode({"read": {"params": sorted(asked)}}), is_report=False)
    channel.close()


def _check_name(name: str, params: Dict[str, Any]) -> None:
    """Raises where the study has no hyperparameter of that name; a Sterlet that says nothing of it may have one."""
    inactive = os.environ.get("STERLET_INACTIVE")
    if not os.environ.get("STERLET_PARAMS") or inactive is None:
        return
    known = [*dict.keys(params), *(other for other in inactive.split(",") if other)]
    if name in known:
        return
    import difflib  # Seldom needed, and slow to load.

    near = difflib.get_close_matches(name, known, 1)
    advice = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known[:12])}{', ...' if known[12:] else ''}"
    raise LookupError(f"the study has no parameter '{name}'; {advice}")


def _encode(message: Dict[str, Any]) -> bytes:
    return _ENCODER.encode(_without_nan(message)).encode() + b"\n"


def _read_params(path: str) -> Dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            params = json.load(file)
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{path}: cannot be read ({error}), though STERLET_PARAMS names it") from error
    if not isinstance(params, dict):
        raise RuntimeError(f"{path}: not a JSON object of hyperparameters, though STERLET_PARAMS names it")
    return params


def _read_agenda(path: str) -> List[Dict[str, Any]]:
    """What is to be done at fixed steps."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.strip()]
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{path}: cannot be read ({error}), though STERLET_AGENDA names it") from error
    return [line for line in lines if isinstance(line, dict)]


def _at(message: Dict[str, Any]) -> int:
    """The step from which a message holds; 0: at once."""
    step = message.get("at", 0)
    return step if isinstance(step, int) else 0


def _values(found: Any) -> Dict[str, Any]:
    """The values of a `set`, with the texts for NaN and the infinities as numbers."""
    if not isinstance(found, dict):
        return {}
    return {name: _NUMBER_TEXTS.get(value, value) if isinstance(value, str) else value for name, value in found.items()}


def _without_nan(value: Any) -> Any:
    """The same with NaN and the infinities as the channel's texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return value
