"""What the callbacks of all frameworks do after each step: report it, then do what Sterlet asks for."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Mapping, Optional, Union

from sterlet._running import RunningTrial
from sterlet._trial import Refusal, Trial, _Callbacks, _step_in
from sterlet.exceptions import TrialPruned

__all__ = ["Follower", "Metrics"]

Metrics = Union[str, Mapping[str, str]]
"""Which of the framework's metrics are reported: one by its own name, or by names of yours: {"loss": "valid_0-l2"}."""


class Follower:
    """Between a trial and a framework. One thread at a time.

    trial      a sterlet.Trial of a launched program, or the trial of Study.optimize(); None: Trial() of this program.
    metrics    see Metrics. In Study.optimize() the first is what pruners judge.
    framework  its name, for what it cannot do.
    save, load write a checkpoint to exactly this path; go back to one. None: it cannot.
    use        takes new hyperparameters, or raises Refusal. None: it cannot.
    knows      of which names `use` may be asked.
    """

    def __init__(
        self,
        trial: Optional[Trial],
        metrics: Metrics,
        framework: str,
        *,
        save: Optional[Callable[[str], object]] = None,
        load: Optional[Callable[[str], object]] = None,
        use: Optional[Callable[[Dict[str, Any]], object]] = None,
        knows: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self.trial = trial or Trial(live=use is not None, restores=load is not None)
        self.step = 0
        """How many steps are done, in the model as it is."""
        self._metrics = {metrics: metrics} if isinstance(metrics, str) else dict(metrics)
        self._framework = framework
        self._load = load
        self._use = use
        self._knows = knows
        self._do = _Callbacks(save, self._go_back, self._change, None)

    @property
    def is_judged_here(self) -> bool:
        """Whether the trial is one of Study.optimize() in this process."""
        return isinstance(self.trial, RunningTrial)

    def resume(self) -> Optional[str]:
        """The checkpoint of an earlier attempt to go on from; None where there is none. Sets `step`."""
        path = None if self.is_judged_here else self.trial.resume_path
        if path:
            self.step = _step_in(path)
        return path

    def resume_here(self) -> bool:
        """Loads that checkpoint, where there is one."""
        path = self.resume()
        if path is None or self._load is None:
            return False
        self._load(path)
        self.use_now()
        return True

    def use_now(self) -> None:
        """Puts the hyperparameters that hold now into the framework: a checkpoint brings back its own."""
        if self._use is None or self.is_judged_here:
            return
        values = {name: value for name, value in self.trial.params.items() if self._knows(name)}
        if values:
            self._use(values)

    def follow(self, seen: Mapping[str, float], steps: int = 1) -> bool:
        """So many more steps are done, and this was measured. Whether the training should end here.

        Errors: TrialPruned where the study's pruner ends it (Study.optimize()); ValueError for a metric that was not
        measured.
        """
        self.step += steps
        if self.is_judged_here and len(getattr(self.trial, "study").directions) > 1:  # noqa: B009 - of RunningTrial
            return False
        ends = self.trial.report(self.step, self._chosen(seen))
        self.step = self.trial._obey(self.step, self._do)
        ends = ends or self.trial.should_stop()
        if ends and self.is_judged_here:
            raise TrialPruned(f"pruned at step {self.step}")
        return ends

    def _chosen(self, seen: Mapping[str, float]) -> Dict[str, float]:
        missing = [name for name in self._metrics.values() if name not in seen]
        if missing:
            raise ValueError(
                f"{self._framework} measured no '{missing[0]}', only {_listed(seen)}; name one of these in `metrics`"
            )
        return {own: float(seen[name]) for own, name in self._metrics.items()}

    def _go_back(self, path: str) -> None:
        if self._load is None:
            raise Refusal(f"{self._framework} cannot go back while it trains")
        self._load(path)
        self.use_now()

    def _change(self, values: Dict[str, Any]) -> None:
        if self._use is None:
            raise Refusal(f"{self._framework} takes no new hyperparameters while it trains")
        unknown = [name for name in values if not self._knows(name)]
        if unknown:
            raise Refusal(f"{self._framework} cannot change '{unknown[0]}' while it trains")
        self._use(values)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
