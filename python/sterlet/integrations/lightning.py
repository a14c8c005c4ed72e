"""PyTorch Lightning: each validation is a step.

    trial = sterlet.Trial(live=True, restores=True)
    trainer = Trainer(max_epochs=20, callbacks=[SterletCallback(trial, "val_loss")])

Needs lightning, or pytorch_lightning, 2.0 or later.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

try:
    import lightning.pytorch as host
except ImportError:
    import pytorch_lightning as host

from sterlet._trial import Refusal, Trial
from sterlet.integrations import _torch
from sterlet.integrations._follow import Follower, Metrics

__all__ = ["SterletCallback"]


class SterletCallback(host.Callback):  # type: ignore[misc]
    """Reports each validation, ends hopeless trials, writes checkpoints, goes back, and changes optimizers live.

    trial    see docs/frameworks/README.md; None: the one that this program was launched for.
    metrics  as the module logs it ("val_loss"), or a dict of them by your names.
    Errors   TrialPruned in Study.optimize(); ValueError for a metric that is not logged.

    `max_epochs` stays what the Trainer was given: epochs that were undone are trained again, and those of an earlier
    attempt are not. With several processes the first one speaks to Sterlet; then nothing is changed live.
    """

    def __init__(self, trial: Optional[Trial], metrics: Metrics) -> None:
        super().__init__()
        self._trainer: Any = None
        self._module: Any = None
        self._told = (trial, metrics)
        self._follower: Optional[Follower] = None

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Loads the checkpoint of an earlier attempt: before the first batches are drawn."""
        self._trainer, self._module = trainer, pl_module
        if not trainer.is_global_zero:
            return
        trial, metrics = self._told
        self._follower = Follower(
            trial, metrics, "Lightning", save=self._save, load=self._load, use=self._use, knows=_torch.knows
        )
        self._follower.resume_here()

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """A step is done."""
        if trainer.sanity_checking or trainer.state.fn != "fit":
            return
        ends = False
        if self._follower is not None:
            seen = {name: float(value) for name, value in trainer.callback_metrics.items()}
            ends = self._follower.follow(seen)
        if trainer.strategy.broadcast(ends):
            trainer.should_stop = True

    def _schedulers(self) -> List[Any]:
        return [one.scheduler for one in self._trainer.lr_scheduler_configs]

    def _save(self, path: str) -> None:
        trainer = self._trainer
        _torch.save_state(path, self._module, trainer.optimizers, self._schedulers(), epoch=self._epochs_done())

    def _load(self, path: str) -> None:
        self._need_one_process()
        trainer = self._trainer
        state = _torch.load_state(path, self._module, trainer.optimizers, self._schedulers())
        if trainer.max_epochs is not None and trainer.max_epochs >= 0:
            trainer.fit_loop.max_epochs = trainer.max_epochs + self._epochs_done() - state["epoch"]

    def _epochs_done(self) -> int:
        """Of this fit, in the model as it is: validation comes at the end of an epoch, before it is counted."""
        trainer = self._trainer
        return int(trainer.current_epoch) + (1 if trainer.validating or trainer.fit_loop.epoch_loop.val_loop else 0)

    def _use(self, values: Dict[str, Any]) -> None:
        self._need_one_process()
        _torch.use(self._trainer.optimizers, self._schedulers(), values)

    def _need_one_process(self) -> None:
        if self._trainer.world_size > 1:
            raise Refusal("Lightning trains in several processes, of which only the first hears of it")
