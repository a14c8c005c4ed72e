"""PyTorch: changed live, taken back. Needs torch and pytest: scripts/test --frameworks."""

import pytest
import torch

import sterlet
from live import check_pruning, raise_model
from sterlet.integrations import _torch
from sterlet.integrations.pytorch import steps

MODEL = """
import torch
torch.set_num_threads(1)

def make():
    torch.manual_seed(1)
    x = torch.randn(160, 4)
    return x, (x[:, 0] * x[:, 1] + x[:, 2])[:, None], torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Dropout(0.1), torch.nn.Linear(8, 1))

def train_step(x, y, model, optimizer, scheduler, order):
    rows = torch.randint(128, (32,), generator=order)
    model.train()
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
    optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        return torch.nn.functional.mse_loss(model(x[128:]), y[128:]).item()
"""
PROGRAM = MODEL + """
from sterlet.integrations.pytorch import steps
x, y, model = make()
order = torch.Generator().manual_seed(1)
optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.999)
for step in steps(trial, STEPS, model, optimizer, scheduler, also=[order]):
    trial.report(step, loss=train_step(x, y, model, optimizer, scheduler, order))
"""


def test_a_change_and_its_undo(tmp_path):
    raise_model(tmp_path, PROGRAM, tolerance=1e-6)


def test_hopeless_trials_end_early():
    place = {}
    exec(MODEL, place)

    def train(trial, rate):
        x, y, model = place["make"]()
        order = torch.Generator().manual_seed(1)
        optimizer = torch.optim.SGD(model.parameters(), lr=rate)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.999)
        for step in steps(trial, 15, model, optimizer):
            loss = place["train_step"](x, y, model, optimizer, scheduler, order)
            trial.report(step, loss=loss)
        if step < 15:
            raise sterlet.TrialPruned
        return loss

    check_pruning(train, 15)


def test_new_values_reach_every_group_or_none():
    model = torch.nn.Linear(2, 1)
    adam = torch.optim.Adam([{"params": [model.weight]}, {"params": [model.bias], "lr": 0.5}], lr=0.1)
    plan = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: 0.5)
    _torch.use([adam], [plan], {"learning_rate": 0.2, "beta1": 0.8, "epsilon": 1e-6, "weight_decay": 0.01})
    assert [group["lr"] for group in adam.param_groups] == [0.1, 0.1]  # Half of it, as the plan says.
    assert [group["betas"] for group in adam.param_groups] == [(0.8, 0.999)] * 2
    assert [group["eps"] for group in adam.param_groups] == [1e-6] * 2
    plan.step()
    assert [group["lr"] for group in adam.param_groups] == [0.1, 0.1]
    with pytest.raises(sterlet.Refusal, match="momentum"):
        _torch.use([adam], [], {"learning_rate": 0.7, "momentum": 0.9})
    assert [group["lr"] for group in adam.param_groups] == [0.1, 0.1]
