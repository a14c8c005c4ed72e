"""Study.optimize() and the end of a trial."""

from __future__ import annotations

import datetime
import gc
import math
import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Callable, Iterable, List, Optional, Sequence, Set, Tuple, Union

from sterlet import logging
from sterlet._bar import NoBar, bar_of
from sterlet._desk import Exhausted
from sterlet._running import RunningTrial
from sterlet.exceptions import TrialPruned
from sterlet.trial import FrozenTrial, TrialState

if TYPE_CHECKING:
    from sterlet.study import Callback, Study, Values

__all__ = ["end_trial", "optimize"]

_logger = logging.get_logger(__name__)


class _Loop:
    """What one call of optimize() is about."""

    def __init__(
        self,
        study: Study,
        func: Callable[[Any], Any],
        timeout: Optional[float],
        catch: Tuple[type, ...],
        callbacks: Sequence[Callback],
        collects: bool,
        bar: Any,
    ) -> None:
        self.study = study
        self.func = func
        self.catch = catch
        self.callbacks = callbacks
        self.collects = collects
        self.bar = bar
        self.deadline = None if timeout is None else time.monotonic() + timeout

    def is_over(self) -> bool:
        """Whether no further trial begins."""
        return self.study._stop_flag or (self.deadline is not None and time.monotonic() >= self.deadline)

    def run_one(self) -> None:
        """One trial, from its beginning to what the callbacks say of it."""
        loop = self.study._loop
        loop.is_inside = True
        try:
            trial = self.study.ask()
        except Exhausted as error:
            _logger.warning(str(error))
            self.study._stop_flag = True
            return
        try:
            record = self._run(trial)
        finally:
            if self.collects:
                gc.collect()
        for callback in self.callbacks:
            callback(self.study, record.copy())
        self.bar.update()

    def _run(self, trial: RunningTrial) -> FrozenTrial:
        value: Any = None
        state: Optional[TrialState] = None
        raised: Optional[BaseException] = None
        try:
            value = self.func(trial)
        except TrialPruned as error:
            state, raised = TrialState.PRUNED, error
        except (Exception, KeyboardInterrupt) as error:
            state, raised = TrialState.FAIL, error
        if trial.is_over():  # The objective told it by finish().
            record, said = trial._record, ""
        else:
            record, said = end_trial(self.study, trial, value, state, False, raised)
        self._say(record, value, raised, said)
        if raised is not None and state == TrialState.FAIL and not isinstance(raised, self.catch):
            raise raised
        return record

    def _say(self, record: FrozenTrial, value: Any, raised: Optional[BaseException], said: str) -> None:
        if record.state == TrialState.COMPLETE:
            if _logger.isEnabledFor(logging.INFO):
                _logger.info(_completed(self.study, record))
        elif record.state == TrialState.PRUNED:
            _logger.info(f"trial {record.number} PRUNED {raised}")
        else:
            why = repr(raised) if raised is not None else said
            _logger.warning(
                f"trial {record.number} FAIL with {record.params}: {why}",
                exc_info=(type(raised), raised, raised.__traceback__) if raised is not None else None,
            )
            _logger.warning(f"trial {record.number} was told {value!r}")


def optimize(
    study: Study,
    func: Callable[[Any], Any],
    n_trials: Optional[int],
    timeout: Optional[float],
    n_jobs: int,
    catch: Union[Iterable[type], type],
    callbacks: Optional[Iterable[Callback]],
    gc_after_trial: bool,
    show_progress_bar: bool,
) -> None:
    """See Study.optimize()."""
    if getattr(study._loop, "is_inside", False):
        raise RuntimeError("an objective or a callback called optimize() of its own study; use ask() and tell() there")
    caught = (catch,) if isinstance(catch, type) else tuple(catch)
    bar = bar_of(study, n_trials, timeout) if show_progress_bar else NoBar()
    loop = _Loop(study, func, timeout, caught, list(callbacks or ()), gc_after_trial, bar)
    study._stop_flag = False
    try:
        if n_jobs == 1:
            begun = 0
            while not loop.is_over() and (n_trials is None or begun < n_trials):
                begun += 1
                loop.run_one()
        else:
            _run_in_threads(loop, n_trials, n_jobs if n_jobs > 0 else os.cpu_count() or 1)
    finally:
        study._loop.is_inside = False
        bar.close()


def _run_in_threads(loop: _Loop, n_trials: Optional[int], n_jobs: int) -> None:
    begun = 0
    running: Set[Future[None]] = set()
    with ThreadPoolExecutor(max_workers=n_jobs) as executor:
        try:
            while not loop.is_over() and (n_trials is None or begun < n_trials):
                if len(running) >= n_jobs:
                    ended, running = wait(running, return_when=FIRST_COMPLETED)
                    for one in ended:
                        one.result()
                    continue
                begun += 1
                running.add(executor.submit(loop.run_one))
            for one in running:
                one.result()
        except BaseException:
            loop.study._stop_flag = True
            raise


def end_trial(
    study: Study,
    trial: Union[RunningTrial, int],
    values: Values,
    state: Optional[TrialState],
    skip_if_finished: bool,
    raised: Optional[BaseException] = None,
) -> Tuple[FrozenTrial, str]:
    """Ends a trial as Study.tell() says. With what there is to say of values that made it FAIL; else empty."""
    running, record = _find(study, trial)
    if record.state.is_finished() and skip_if_finished:
        _logger.info(f"trial {record.number} has ended already, so {values} was not told")
        return record, ""
    if record.state.is_finished():
        raise ValueError(f"trial {record.number} is {record.state.name} already; nothing more can be told of it")
    listed = _listed(values)
    _check_state(state, listed)
    said = ""
    if state in (None, TrialState.COMPLETE):
        fault = _fault(study, listed)
        if fault and state is not None:
            raise ValueError(fault)
        state, listed, said = (TrialState.FAIL, None, fault) if fault else (TrialState.COMPLETE, listed, "")
    if state == TrialState.PRUNED and record.last_step is not None:
        last = record.intermediate_values[record.last_step]
        listed = None if math.isnan(last) else [last]
    assert state is not None
    settled = record.copy()
    settled.values = None if listed is None else [float(value) for value in listed]
    _call_sampler(study, record, settled, state)
    settled.system_attrs = dict(record.system_attrs)
    record.values, record.state = settled.values, state
    record.datetime_complete = datetime.datetime.now()
    reason = "" if state != TrialState.FAIL else said or (repr(raised) if raised is not None else "")
    try:
        study._desk.tell(record, None if running is None else running._settled(), reason)
    except BaseException:
        record.values, record.state, record.datetime_complete = None, TrialState.RUNNING, None
        raise
    return record, said


def _call_sampler(study: Study, record: FrozenTrial, settled: FrozenTrial, state: TrialState) -> None:
    judge = study.sampler._constraints_func
    if judge is not None and state in (TrialState.COMPLETE, TrialState.PRUNED):
        seen = settled.copy()
        seen.state = state
        record.system_attrs["constraints"] = [float(one) for one in judge(seen)]
    study.sampler.after_trial(study, record, state, settled.values)


def _find(study: Study, trial: Union[RunningTrial, int]) -> Tuple[Optional[RunningTrial], FrozenTrial]:
    if isinstance(trial, RunningTrial):
        return trial, trial._record
    if not isinstance(trial, int):
        raise TypeError("tell() takes a trial or its number first")
    running = study._running_trial(trial)
    if running is not None:
        return running, running._record
    for record in study._synced():
        if record.number == trial:
            return None, record
    raise ValueError(f"there is no trial {trial}; ask() makes one")


def _listed(values: Values) -> Optional[List[Any]]:
    if values is None:
        return None
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence):
        return [values]
    return list(values)


def _check_state(state: Optional[TrialState], values: Optional[List[Any]]) -> None:
    if state == TrialState.COMPLETE and values is None:
        raise ValueError("a COMPLETE trial needs its value; tell it, too")
    if state in (TrialState.PRUNED, TrialState.FAIL) and values is not None:
        raise ValueError(
            "a trial that is told PRUNED or FAIL takes no values; leave them out"
        )
    if state in (TrialState.RUNNING, TrialState.WAITING):
        raise ValueError(f"a trial cannot end as {state.name}; tell COMPLETE, PRUNED or FAIL")


def _fault(study: Study, values: Optional[List[Any]]) -> str:
    """Why the values are no result; empty: they are."""
    if values is None:
        return "None is no number; the objective must return one"
    faults = []
    for value in values:
        try:
            if math.isnan(float(value)):
                faults.append(f"{value} is no result")
        except (ValueError, TypeError):
            faults.append(f"{value!r} is no number")
    if faults:
        return "; ".join(faults)
    if len(values) != len(study._desk.directions):
        return (
            f"{len(values)} values were told, and the study has {len(study._desk.directions)} objectives"
        )
    return ""


def _completed(study: Study, record: FrozenTrial) -> str:
    values: Any = record.values
    if study.metric_names is not None:
        values = dict(zip(study.metric_names, values))
    if study._is_multi_objective():
        return f"trial {record.number} COMPLETE: values {values}, parameters {record.params}"
    if study.metric_names is None:
        values = values[0]
    said = f"trial {record.number} COMPLETE: value {values}, parameters {record.params}"
    best = study._desk.best()
    return said if best is None else f"{said}; best: trial {best.number} with {best.value}"
