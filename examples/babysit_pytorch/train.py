"""A small network in PyTorch that can be changed, taken back and branched while it trains (Debian: python3-torch)."""

import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "client"))
import sterlet  # noqa: E402

BATCH = 64


def make_data(count, generator):
    x = torch.randn(count, 8, generator=generator)
    y = ((x[:, 0] * x[:, 1] + x[:, 2]) > 0).long()
    return x, y


def use(optimizer, values):
    """Puts hyperparameters into the optimizer: also after load_state_dict, which brings those of the checkpoint."""
    for group in optimizer.param_groups:
        group["lr"] = values["learning_rate"]
        group["momentum"] = values["momentum"]


def save(trial, step, model, optimizer, order):
    name = f"step-{step}-{len(os.listdir(trial.checkpoint_dir))}.pt"
    path = os.path.join(trial.checkpoint_dir, name)
    state = {"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict(),
             "order": order.get_state(), "chance": torch.get_rng_state()}
    with open(path + ".part", "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".part", path)
    trial.checkpointed(step, name)


def load(path, model, optimizer, order):
    state = torch.load(path)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    order.set_state(state["order"])
    torch.set_rng_state(state["chance"])
    return state["step"]


def main():
    torch.set_num_threads(1)  # Exact undo wants sums in a fixed order.
    trial = sterlet.Trial(live=True, restores=True)
    now = {"learning_rate": trial.get("learning_rate", 0.01), "momentum": trial.get("momentum", 0.9)}
    torch.manual_seed(trial.seed(1))
    x, y = make_data(4000, torch.Generator().manual_seed(1))
    validation_x, validation_y = make_data(1000, torch.Generator().manual_seed(2))
    model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(32, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=now["learning_rate"], momentum=now["momentum"])
    order = torch.Generator().manual_seed(trial.seed(1))
    step = load(trial.resume_path, model, optimizer, order) if trial.resume_path else 0
    use(optimizer, now)
    while step < trial.get("steps", 3000) and not trial.should_stop():
        for change in trial.changes():
            if change.kind == "checkpoint":
                save(trial, step, model, optimizer, order)
            elif change.kind == "restore":
                step = load(change.path, model, optimizer, order)
                use(optimizer, now)
                trial.restored(step, change.path)
            if change.values:  # Of a set, or of a restore.
                now.update(change.values)
                use(optimizer, now)
                trial.applied(step, change.values)
        rows = torch.randint(len(x), (BATCH,), generator=order)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
        step += 1
        if step % 10 == 0:
            model.eval()
            with torch.no_grad():
                loss = torch.nn.functional.cross_entropy(model(validation_x), validation_y).item()
            model.train()
            trial.report(step, val_loss=loss, learning_rate=now["learning_rate"])


main()
