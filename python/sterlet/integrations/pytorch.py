"""PyTorch: the steps of a loop of your own.

    trial = sterlet.Trial(live=True, restores=True)
    for step in steps(trial, 1000, model, optimizer):
        loss = train(model, optimizer)
        trial.report(step, loss=loss)
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Optional, Sequence

from sterlet._running import RunningTrial
from sterlet._trial import Trial
from sterlet.integrations import _torch

__all__ = ["steps"]


def steps(
    trial: Trial,
    last: int,
    model: Any,
    optimizer: Any,
    scheduler: Any = None,
    *,
    also: Sequence[Any] = (),
    save_every: int = 0,
) -> Iterator[int]:
    """The steps of a training, from 1 to `last`, as Trial.steps(): report each in the loop's body.

    Between two steps it writes checkpoints, goes back to them, and puts new values of learning_rate, weight_decay,
    momentum, beta1, beta2 and epsilon into the optimizer, as Sterlet asks for them. It begins after the checkpoint of
    an earlier attempt, and ends early when the trial should stop.

    optimizer, scheduler  one or a list.
    also                  what else the next step depends on: a torch.Generator, or what has state_dict() and
                          load_state_dict(), such as a sampler that remembers its place in the data.
    save_every            a checkpoint each so many steps, without being asked; 0: never.
    Errors                as Trial.steps(): the trial is Trial(live=True, restores=True), or one of Study.optimize().
    """
    if isinstance(trial, RunningTrial):
        return trial.steps(last)
    optimizers, schedulers = _torch.listed(optimizer), _torch.listed(scheduler)

    def save(path: str) -> None:
        _torch.save_state(path, model, optimizers, schedulers, also=[_state_of(one) for one in also])

    def load(path: str) -> None:
        state = _torch.load_state(path, model, optimizers, schedulers)
        for one, told in zip(also, state["also"]):
            _set_state(one, told)
        use_now()

    def use(values: Dict[str, Any]) -> None:
        _torch.use(optimizers, schedulers, values)

    def use_now() -> None:
        values = {name: value for name, value in trial.params.items() if _torch.knows(name)}
        if values:
            use(values)

    return trial.steps(last, save=save, load=load, use=use, save_every=save_every)


def _state_of(one: Any) -> Any:
    return one.get_state() if hasattr(one, "get_state") else one.state_dict()


def _set_state(one: Any, state: Any) -> Optional[Any]:
    return one.set_state(state) if hasattr(one, "set_state") else one.load_state_dict(state)
