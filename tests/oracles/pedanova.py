"""Writes pedanova.csv: what Optuna's PED-ANOVA says of trials, for src/sterlet/analysis/pedanova_test.cc.

Run with: pip install optuna==5.0.0; python3 pedanova.py > pedanova.csv

Each case is a line `case,NAME`, a line `column,KIND,LOW,HIGH,STEP,CHOICES,IMPORTANCE` a parameter (KIND float, log, int,
logint or choice), and a line `trial,RESULT,VALUE,...` a trial, an empty value where the parameter is not active. Results
are to be minimised.
"""

import math
import random
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

KINDS = {
    "rate": ("log", FloatDistribution(1e-4, 1.0, log=True)),
    "x": ("float", FloatDistribution(-2.0, 3.0)),
    "stepped": ("float", FloatDistribution(0.0, 1.0, step=0.05)),
    "layers": ("int", IntDistribution(1, 5)),
    "epochs": ("int", IntDistribution(10, 500)),
    "batch": ("logint", IntDistribution(16, 512, log=True)),
    "optimizer": ("choice", CategoricalDistribution(["sgd", "adam", "lion"])),
    "momentum": ("float", FloatDistribution(0.5, 0.99)),
}


def draw(rng, dist):
    if isinstance(dist, CategoricalDistribution):
        return rng.choice(dist.choices)
    if isinstance(dist, IntDistribution):
        if dist.log:
            return round(math.exp(rng.uniform(math.log(dist.low), math.log(dist.high))))
        return rng.randint(dist.low, dist.high)
    if dist.log:
        return math.exp(rng.uniform(math.log(dist.low), math.log(dist.high)))
    if dist.step is not None:
        return round(dist.low + dist.step * rng.randrange(round((dist.high - dist.low) / dist.step) + 1), 10)
    return rng.uniform(dist.low, dist.high)


def loss(params, rng):
    value = (math.log10(params["rate"]) + 2) ** 2 + 0.1 * params["x"] ** 2 + 0.3 * abs(params["stepped"] - 0.4)
    value += 0.2 * params["layers"] + 0.001 * params["epochs"] + 0.1 * math.log2(params["batch"])
    value += {"sgd": 0.0, "adam": 0.3, "lion": 0.9}[params["optimizer"]]
    if "momentum" in params:
        value += 3 * (params["momentum"] - 0.9) ** 2
    return value + rng.gauss(0, 0.1)


def write_case(name, trials, rng, tied=False):
    study = optuna.create_study(direction="minimize")
    rows = []
    for _ in range(trials):
        distributions = {key: dist for key, (_, dist) in KINDS.items() if key != "momentum"}
        params = {key: draw(rng, dist) for key, dist in distributions.items()}
        if params["optimizer"] == "sgd":
            distributions["momentum"] = KINDS["momentum"][1]
            params["momentum"] = draw(rng, distributions["momentum"])
        value = loss(params, rng)
        if tied:
            value = float(round(value))
        rows.append((value, params))
        study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    importance = PedAnovaImportanceEvaluator().evaluate(study)
    print(f"case,{name}")
    for key, (kind, dist) in KINDS.items():
        if kind == "choice":
            print(f"column,choice,0,0,0,{len(dist.choices)},{importance[key]!r}")
        else:
            print(f"column,{kind},{dist.low!r},{dist.high!r},{dist.step or 0!r},0,{importance.get(key, 0.0)!r}")
    for value, params in rows:
        cells = []
        for key, (kind, dist) in KINDS.items():
            if key not in params:
                cells.append("")
            elif kind == "choice":
                cells.append(str(dist.choices.index(params[key])))
            else:
                cells.append(repr(params[key]))
        print(f"trial,{value!r},{','.join(cells)}")


def main():
    rng = random.Random(7)
    write_case("few", 12, rng)
    write_case("some", 60, rng)
    write_case("many", 300, rng)
    write_case("ties", 100, rng, tied=True)


if __name__ == "__main__":
    main()
