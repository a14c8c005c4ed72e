"""Report documents to test and look at the page with: realistic, large, and odd ones. Same seed, same document.

    python3 sample_study.py [realistic|large|wide|pareto|small|crowd] > study.json
"""

import json
import math
import random
import sys
from datetime import datetime, timedelta, timezone

START = datetime(2026, 11, 24, 5, 0, 0, tzinfo=timezone.utc)

PARAMETERS = [
    {"name": "learning_rate", "type": "float", "low": 1e-4, "high": 1, "scale": "log", "tier": 1, "default": 0.01, "live": True},
    {"name": "momentum", "type": "float", "low": 0.9, "high": 0.999, "scale": "reverse_log", "tier": 2, "when": 'optimizer == "sgd"'},
    {"name": "batch_size", "type": "int", "low": 16, "high": 512, "scale": "log", "tier": 2, "default": 64},
    {"name": "optimizer", "type": "categorical", "choices": ["sgd", "adam"], "tier": 2},
    {"name": "units", "type": "int", "low": 50, "high": 100, "repeat": "layers", "tier": 2},
    {"name": "layers", "type": "int", "low": 1, "high": 3, "tier": 3},
    {"name": "weight_decay", "type": "float", "low": 1e-6, "high": 0.1, "scale": "log", "zero": 0.1, "tier": 3},
    {"name": "decay", "type": "categorical", "choices": ["none", "step", "cosine"], "tier": 3},
    {"name": "dropout", "type": "float", "low": 0, "high": 0.5, "tier": 3},
]


def stamp(seconds):
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def best_of(trials, objectives):
    """As a study says it: the best complete trial, the first of equals, or the Pareto front."""
    finite = [t for t in trials if t.get("state") == "COMPLETE" and len(t.get("values", ())) >= len(objectives) > 0
              and all(isinstance(v, (int, float)) and math.isfinite(v) for v in t["values"])]
    def costs(trial):
        return [-v if o.get("direction") == "maximize" else v for o, v in zip(objectives, trial["values"])]
    if len(objectives) == 1:
        front = sorted(finite, key=costs)[:1]
    else:
        front = [t for t in finite if not any(costs(u) != costs(t) and all(map(float.__le__, map(float, costs(u)), map(float, costs(t))))
                                              for u in finite)]
    return [{"number": t["number"], "values": t["values"]} for t in front if isinstance(t.get("number"), int)]


def document(trials=(), parameters=None, **study):
    base = {"name": "fashion-mlp", "objectives": [{"metric": "val_error", "direction": "minimize"}], "seed": 7,
            "sampler": "random", "started": stamp(0), "ended": None, "state": "running", "version": "0.1.0"}
    base = {**base, **study}
    base.setdefault("best", best_of(trials, base["objectives"]))
    return {"version": 1, "study": base, "parameters": PARAMETERS if parameters is None else parameters,
            "trials": list(trials)}


def draw_params(rng, number):
    layers = rng.randint(1, 3)
    params = {
        "learning_rate": 10 ** rng.uniform(-4, 0),
        "batch_size": round(2 ** rng.uniform(4, 9)),
        "optimizer": rng.choice(["sgd", "adam"]),
        "layers": layers,
        "units": [rng.randint(50, 100) for _ in range(layers)],
        "weight_decay": 0 if rng.random() < 0.1 else 10 ** rng.uniform(-6, -1),
        "decay": rng.choice(["none", "step", "cosine"]),
        "dropout": rng.uniform(0, 0.5),
    }
    if number == 0:
        params.update(learning_rate=0.01, batch_size=64, optimizer="sgd", layers=2, units=[64, 80], dropout=0.0)
    if params["optimizer"] == "sgd":
        params["momentum"] = 0.9 if number == 0 else 1 - 10 ** rng.uniform(-3, -1)
    return params


def error_of(params, rng):
    momentum = params.get("momentum", 0.97)
    rate = math.log10(params["learning_rate"] / (1 - momentum) * (64 / params["batch_size"]) ** 0.5)
    best = -0.6 if params["optimizer"] == "adam" else -0.4
    error = 0.108 + 0.045 * (rate - best) ** 2 + 0.02 * params["dropout"] ** 2 + 0.004 * (3 - params["layers"])
    error += 0.003 * (math.log10(params["weight_decay"] + 1e-7) + 4) ** 2 / 4
    error -= {"none": 0, "step": 0.004, "cosine": 0.007}[params["decay"]]
    return min(0.9, error + abs(rng.gauss(0, 0.004)))


def realistic(count=60, epochs=12, seed=3):
    rng = random.Random(seed)
    trials = []
    clock = [0.0, 0.4]
    for number in range(count):
        params = draw_params(rng, number)
        final = error_of(params, rng)
        state = "COMPLETE"
        steps = epochs
        if number > 6 and final > 0.2 and rng.random() < 0.75:
            state, steps = "PRUNED", rng.choice([2, 3, 4, 6])
        if number > 0 and params["learning_rate"] > 0.6:
            state, steps = "FAILED", 1
        if number >= count - 2:
            state, steps = "RUNNING", 5
        speed = rng.uniform(0.3, 0.8)
        reports = []
        for step in range(1, steps + 1):
            value = final + (0.75 - min(0.6, final)) * math.exp(-speed * step) + abs(rng.gauss(0, 0.004))
            reports.append({"step": step, "metrics": {"val_error": round(value, 5), "loss": round(value * 2.3, 5)}})
        worker = 0 if clock[0] <= clock[1] else 1
        begin = clock[worker]
        clock[worker] = begin + steps * rng.uniform(0.5, 1.4)
        trial = {"number": number, "state": state, "origin": "default" if number == 0 else "random", "params": params,
                 "values": [round(reports[-1]["metrics"]["val_error"], 5)] if state == "COMPLETE" else [],
                 "attempts": 2 if number == 17 else 1, "reports": reports, "started": stamp(begin),
                 "ended": None if state == "RUNNING" else stamp(clock[worker])}
        if state == "PRUNED":
            trial["reason"] = f"pruned by median at step {steps}: {reports[-1]['metrics']['val_error']} is worse than 0.181"
        if state == "FAILED":
            trial["reason"] = "loss became NaN at step 1"
        trials.append(trial)
    return document(trials)


def large(count=10_000, dimensions=10, reports=10, seed=5):
    rng = random.Random(seed)
    parameters = [{"name": f"p{i}", "type": "float", "low": 1e-5, "high": 1, "scale": "log"} for i in range(dimensions)]
    trials = []
    for number in range(count):
        params = {f"p{i}": 10 ** rng.uniform(-5, 0) for i in range(dimensions)}
        final = sum((math.log10(v) + 2.5) ** 2 for v in list(params.values())[:3]) / 20 + abs(rng.gauss(0, 0.05))
        trials.append({"number": number, "state": "COMPLETE", "origin": "random", "params": params, "values": [final],
                       "attempts": 1, "started": stamp(number), "ended": stamp(number + 0.9),
                       "reports": [{"step": s, "metrics": {"val_error": final + math.exp(-s), "loss": 2 * final + math.exp(-s)}}
                                   for s in range(1, reports + 1)]})
    return document(trials, parameters, name="large", state="finished", ended=stamp(count))


def wide(count=40, dimensions=200, seed=6):
    rng = random.Random(seed)
    parameters = [{"name": f"parameter_with_a_rather_long_name_{i:03d}", "type": "float", "low": 0, "high": 1} for i in range(dimensions)]
    trials = [{"number": n, "state": "COMPLETE", "origin": "sobol", "params": {p["name"]: rng.random() for p in parameters},
               "values": [rng.random()], "attempts": 1, "reports": [], "started": stamp(n), "ended": stamp(n + 2)} for n in range(count)]
    return document(trials, parameters, name="wide")


def pareto(count=80, seed=8):
    sample = realistic(count, seed=seed)
    sample["study"]["objectives"] = [{"metric": "val_error", "direction": "minimize"}, {"metric": "images_per_second", "direction": "maximize"}]
    sample["study"]["name"] = "error-against-speed"
    rng = random.Random(seed)
    for trial in sample["trials"]:
        if trial["values"]:
            size = sum(trial["params"]["units"])
            trial["values"].append(round(9000 / size * trial["params"]["batch_size"] ** 0.3 * rng.uniform(0.9, 1.1), 1))
    sample["study"]["best"] = best_of(sample["trials"], sample["study"]["objectives"])
    return sample


def small(dimensions=1, reports=1, count=40, seed=4):
    """One or two parameters; every 13th trial fails with a long reason and a log."""
    rng = random.Random(seed)
    parameters = [{"name": "learning_rate", "type": "float", "low": 1e-4, "high": 1, "scale": "log", "tier": 1},
                  {"name": "weight_decay", "type": "float", "low": 1e-6, "high": 0.1, "scale": "log"}][:dimensions]
    trials = []
    for number in range(count):
        params = {p["name"]: math.exp(rng.uniform(math.log(p["low"]), math.log(p["high"]))) for p in parameters}
        value = 0.1 + sum((math.log10(v) + 2.5) ** 2 for v in params.values()) / 20 + 0.02 * rng.random()
        trial = {"number": number, "state": "COMPLETE", "origin": "sobol", "params": params, "values": [value], "attempts": 1,
                 "started": stamp(number), "ended": stamp(number + 0.8), "log": f"epoch {reports} val_error={value:.4f}\ndone",
                 "reports": [{"step": s, "metrics": {"val_error": value + math.exp(-s)}} for s in range(1, reports + 1)]}
        if number % 13 == 5:
            trial.update(state="FAILED", values=[], log="Traceback (most recent call last):\nRuntimeError: CUDA out of memory",
                         reason="python3 train.py --a-long-option ended with exit code 1; RuntimeError: CUDA out of memory: "
                                "this process cannot allocate 0.5 GiB of 24 GiB")
        trials.append(trial)
    return document(trials, parameters, name="small", state="done", ended=stamp(count))


def crowd(count=10_000, seed=5):
    """Four of five trials are pruned, most at their first step."""
    sample = large(count, seed=seed)
    rng = random.Random(seed)
    for trial in sample["trials"]:
        if rng.random() < 0.8:
            trial.update(state="PRUNED", values=[], reports=trial["reports"][:rng.choice([1, 1, 1, 2, 3])])
    sample["study"]["best"] = best_of(sample["trials"], sample["study"]["objectives"])
    return sample


if __name__ == "__main__":
    make = {"realistic": realistic, "large": large, "wide": wide, "pareto": pareto, "small": small, "crowd": crowd}
    json.dump(make[sys.argv[1] if len(sys.argv) > 1 else "realistic"](), sys.stdout)
