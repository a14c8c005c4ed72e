"""PyTorch Lightning: pruned, changed live, taken back. Needs lightning and pytest: scripts/test --frameworks."""

import logging
import warnings

from live import check_pruning, raise_model

MODEL = """
import logging, warnings
import torch
import lightning.pytorch as pl
from sterlet.integrations.lightning import SterletCallback
warnings.simplefilter("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
torch.set_num_threads(1)

class Model(pl.LightningModule):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate
        self.net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Dropout(0.1),
                                       torch.nn.Linear(8, 1))

    def training_step(self, batch, place):
        return torch.nn.functional.mse_loss(self.net(batch[0]), batch[1])

    def validation_step(self, batch, place):
        self.log("val_loss", torch.nn.functional.mse_loss(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=self.rate)
        return [optimizer], [torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.999)]

def fit(trial, rate, epochs, metrics, sanity=0):
    torch.manual_seed(1)
    x = torch.randn(160, 4)
    y = (x[:, 0] * x[:, 1] + x[:, 2])[:, None]
    load = lambda a, b: torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x[a:b], y[a:b]), batch_size=32)
    trainer = pl.Trainer(max_epochs=epochs, accelerator="cpu", devices=1, logger=False, enable_checkpointing=False,
                         enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=sanity,
                         callbacks=[SterletCallback(trial, metrics)])
    trainer.fit(Model(rate), load(0, 128), load(128, 160))
    return trainer
"""
PROGRAM = MODEL + """
fit(trial, rate, STEPS, {"loss": "val_loss"})
"""


def test_hopeless_trials_end_early():
    place = {}
    exec(MODEL, place)
    check_pruning(lambda trial, rate: float(
        place["fit"](trial, rate, 8, "val_loss", sanity=2).callback_metrics["val_loss"]), 8)


def test_a_change_and_its_undo(tmp_path):
    raise_model(tmp_path, PROGRAM, tolerance=1e-5)


def test_epochs_that_were_undone_are_trained_again(tmp_path):
    # A trial that goes back once, by itself: fit() makes up for it.
    place = {}
    exec(MODEL, place)
    import sterlet

    class Back(sterlet.Trial):
        def __init__(self):
            super().__init__(live=True, restores=True)
            self.seen = []
            self.asked = []

        def report(self, step, metrics=None, wait=False, **more):
            self.seen.append(step)
            if step == 2 and not self.asked:
                self.asked.append(sterlet.Change("checkpoint", {}))
            if step == 4 and len(self.asked) == 1:
                self.asked.append(sterlet.Change("restore", {}, str(tmp_path / "step-2-1-1")))
                self._changes.append(self.asked[1])
            elif step == 2 and len(self.seen) == 2:
                self._changes.append(self.asked[0])
            return False

        checkpoint_dir = str(tmp_path)

    trial = Back()
    place["fit"](trial, 0.1, 6, "val_loss")
    assert trial.seen == [1, 2, 3, 4, 3, 4, 5, 6]


logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
warnings.simplefilter("ignore")
