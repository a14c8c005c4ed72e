"""What the callbacks over PyTorch share: state that goes into a checkpoint, and hyperparameters of optimizers."""

from __future__ import annotations

import random
import sys
from typing import Any, Dict, List, Sequence, Tuple, Union

import torch

from sterlet._trial import Refusal

__all__ = ["knows", "load_state", "save_state", "use"]

# By the names of hyperparameters: those of PyTorch, and the place in a pair.
_NAMES: Dict[str, Union[str, Tuple[str, int]]] = {
    "learning_rate": "lr",
    "lr": "lr",
    "weight_decay": "weight_decay",
    "momentum": "momentum",
    "dampening": "dampening",
    "beta1": ("betas", 0),
    "beta2": ("betas", 1),
    "adam_beta1": ("betas", 0),
    "adam_beta2": ("betas", 1),
    "epsilon": "eps",
    "eps": "eps",
    "adam_epsilon": "eps",
}


def knows(name: str) -> bool:
    """Whether some optimizer has a hyperparameter of that name."""
    return name in _NAMES


def use(optimizers: Sequence[Any], schedulers: Sequence[Any], values: Dict[str, Any]) -> None:
    """Puts new values into all groups of the optimizers. All or none of them.

    A new learning rate is the new base: what a scheduler makes of it stays on top. Errors: Refusal where some optimizer
    has not one of them.
    """
    for name in values:
        place = _NAMES.get(name)
        key = place[0] if isinstance(place, tuple) else place
        if key is None or not all(key in group for one in optimizers for group in one.param_groups):
            raise Refusal(f"the optimizer has no '{name}'")
    for name, value in values.items():
        place = _NAMES[name]
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                if place == "lr":
                    _set_rate(group, float(value))
                elif isinstance(place, tuple):
                    pair = list(group[place[0]])
                    pair[place[1]] = float(value)
                    group[place[0]] = tuple(pair)
                else:
                    group[place] = float(value)
        if place == "lr":
            for scheduler in schedulers:
                if hasattr(scheduler, "base_lrs"):
                    scheduler.base_lrs = [float(value)] * len(scheduler.base_lrs)


def _set_rate(group: Dict[str, Any], value: float) -> None:
    base = group.get("initial_lr")
    factor = float(group["lr"]) / base if base else 1.0
    if base is not None:
        group["initial_lr"] = value
    if isinstance(group["lr"], torch.Tensor):
        group["lr"].fill_(value * factor)
    else:
        group["lr"] = value * factor


def save_state(path: str, model: Any, optimizers: Sequence[Any], schedulers: Sequence[Any], **more: Any) -> None:
    """Writes all that the next step depends on: weights, optimizers, schedulers, random numbers; and `more`."""
    state: Dict[str, Any] = {
        "model": model.state_dict(),
        "optimizers": [one.state_dict() for one in optimizers],
        "schedulers": [one.state_dict() for one in schedulers],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "python": random.getstate(),
        "numpy": sys.modules["numpy"].random.get_state() if "numpy" in sys.modules else None,
        **more,
    }
    with open(path, "wb") as file:
        torch.save(state, file)


def load_state(path: str, model: Any, optimizers: Sequence[Any], schedulers: Sequence[Any]) -> Dict[str, Any]:
    """Undoes save_state(); returns what it wrote. The checkpoint is one of this program's own."""
    with open(path, "rb") as file:
        state: Dict[str, Any] = torch.load(file, map_location="cpu", weights_only=False)
    model.load_state_dict(state["model"])
    for optimizer, one in zip(optimizers, state["optimizers"]):
        optimizer.load_state_dict(one)
    for scheduler, one in zip(schedulers, state["schedulers"]):
        scheduler.load_state_dict(one)
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])
    random.setstate(state["python"])
    if state["numpy"] is not None:
        sys.modules["numpy"].random.set_state(state["numpy"])
    return state


def listed(one: Any) -> List[Any]:
    """One, several or none, as a list."""
    return [] if one is None else list(one) if isinstance(one, (list, tuple)) else [one]
