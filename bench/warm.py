"""Warm starts and hints: how many trials they save, and how many a wrong one costs.

Problems are data sets of lcbench and rbv2_rpart (bench/quality/data: surrogates of real trainings, one space for all data sets
of a kind). A cold study of another data set, its 50 trials in a storage, is what a study starts warm from; a misleading
source is the study's own data set upside down: its best is the worst. A good hint names, for the half of the parameters that
matters most, 30% of the axis about the best known setting; a wrong one 30% about the worst one.

  python3 bench/warm.py warm --seeds 5 [--samplers auto tpe ...]
  python3 bench/warm.py warm --problems lcbench-126026 --source lcbench-167161     from another old study (name another WARM_STORE)
  python3 bench/warm.py hint --seeds 10 [--problems dev held] [--ways cold "box of the good hint"]
  python3 bench/warm.py peers --seeds 5          Optuna with the old best enqueued, Syne Tune's transfer (those that are there)
  python3 bench/warm.py table                    Markdown, from the runs that are stored in build/warm.jsonl

Needs numpy. A row's first figure is the trial at which the normalised regret, the mean over problems and seeds, is as low as the
cold study's after 50 trials; the second one is that of each problem alone, averaged. Runs have 70 trials, and a curve that does
not get there counts 70.
"""
import argparse
import contextlib
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "quality"))
import problems as quality  # noqa: E402
import space as spaces  # noqa: E402

BIN = os.environ.get("STERLET_BIN") or os.path.join(HERE, "../build/release/bin")
STORE = os.environ.get("WARM_STORE") or os.path.join(HERE, "../build/warm.jsonl")
SOURCES = {
    "lcbench-7593": "lcbench-167161", "lcbench-167104": "lcbench-189906", "lcbench-168330": "lcbench-7593",
    "lcbench-189906": "lcbench-189354", "rbv2_rpart-1067": "rbv2_rpart-1489", "rbv2_rpart-41146": "rbv2_rpart-40499",
}
# Other pairs, on which warm starts were chosen.
SOURCES_DEV = {
    "lcbench-126026": "lcbench-168868", "lcbench-167184": "lcbench-167161", "lcbench-167200": "lcbench-7593",
    "lcbench-189354": "lcbench-189866", "lcbench-189866": "lcbench-167184", "rbv2_rpart-40499": "rbv2_rpart-41146",
    "rbv2_rpart-1489": "rbv2_rpart-1067",
}
# What hints were chosen on, and what was held back.
SETS = {
    "pairs": list(SOURCES_DEV),
    "dev": ["lcbench-126026", "lcbench-167184", "lcbench-189354", "rbv2_rpart-40499", "hartmann6", "ackley10_shifted",
            "log_ridge", "conditional_network", "rosenbrock-5d", "ellipsoid-5d", "step_ellipsoid-5d"],
    "held": ["lcbench-167161", "lcbench-167200", "lcbench-168868", "lcbench-189866", "rbv2_rpart-1489", "branin", "levy4_noisy",
             "averages_betas", "rastrigin-5d", "sharp_ridge-5d", "different_powers-5d", "schaffers-5d"],
}
TRIALS, SOURCE_TRIALS, COLD_AT, HINT_AT = 70, 50, 50, 10
WAYS = ["cold", "best", "prior", "warm", "misled"]
HINTS = ["cold", "good hint", "wrong hint", "box of the good hint"]


class Driver:
    def __init__(self, folder, name, space, sampler, seed, *arguments):
        path = os.path.join(folder, name + ".yaml")
        spaces.write_study(path, name, space, TRIALS, seed, {"sampler": sampler, "defaults_first": False})
        self.process = subprocess.Popen([os.path.join(BIN, "sterlet"), "ask-tell", path, *arguments], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)

    def say(self, **message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.stderr.read())
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def run(driver, value, trials, before=None):
    """The best value after each trial, and what was said of priors."""
    best, curve, remarks = math.inf, [], []
    while len(curve) < trials:
        if before:
            before(len(curve), driver)
        asked = driver.say(op="ask")
        remarks += [[len(curve), remark] for remark in asked.get("remarks", [])]
        found = value(asked["params"])
        driver.say(op="tell", id=asked["id"], value=found)
        best = min(best, found)
        curve.append(best)
    return curve, remarks


def run_once(driver, value, before=None, first=None, is_first_left_out=False):
    """The same of a whole run, after which the driver ends."""
    try:
        if first:
            driver.say(op="enqueue", params=first)
        if is_first_left_out:
            asked = driver.say(op="ask")
            driver.say(op="tell", id=asked["id"], state="cancelled")
        return run(driver, value, TRIALS, before)
    finally:
        driver.close()


def make_source(problem, seed, sign):
    """A study `old` that was tuned by sampler auto, made once: its storage and its best settings."""
    name = f"{problem.name}-{seed}-{'old' if sign > 0 else 'misled'}"
    folder = os.path.abspath(os.path.join(os.path.dirname(STORE), "warm-sources", name))
    if not os.path.exists(os.path.join(folder, "best.json")):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        driver = Driver(folder, "old", problem.space, "auto", seed + 1000, "--storage", "old.db")
        run(driver, lambda params: sign * problem.value(params), SOURCE_TRIALS)
        best = driver.say(op="best")["params"]
        driver.close()
        with open(os.path.join(folder, "best.json"), "w") as file:
            json.dump(best, file)
    with open(os.path.join(folder, "best.json")) as file:
        return os.path.join(folder, "old.db"), json.load(file)


def sampled(problem, count=2000):
    """Settings and their values, the best first."""
    rng = random.Random(11)
    rows = []
    for _ in range(count):
        params = spaces.decode(problem.space, [rng.random() for _ in problem.space])
        rows.append(params)
    values = problem.values(rows)
    order = sorted(range(count), key=lambda i: values[i])
    return [(values[i], rows[i]) for i in order]


def scaled(spec, value):
    scale = spec.get("scale", "linear")
    return math.log(value) if scale == "log" else -math.log(1 - value) if scale == "reverse_log" else value


def unscaled(spec, at):
    scale = spec.get("scale", "linear")
    value = math.exp(at) if scale == "log" else 1 - math.exp(-at) if scale == "reverse_log" else at
    return round(value) if spec["type"] == "int" else value


def place(spec, value):
    """Of a value on its axis, in [0, 1]."""
    if spec["type"] == "categorical":
        return (spec["choices"].index(value) + 0.5) / len(spec["choices"])
    low, high = scaled(spec, spec["low"]), scaled(spec, spec["high"])
    return (scaled(spec, value) - low) / (high - low)


def around(spec, value, share=0.3):
    """The part of the axis about a value, shifted where it would leave the range; of a choice itself."""
    if spec["type"] == "categorical":
        return value
    low, high = scaled(spec, spec["low"]), scaled(spec, spec["high"])
    width = share * (high - low)
    begin = min(max(scaled(spec, value) - width / 2, low), high - width)
    ends = [unscaled(spec, begin), unscaled(spec, begin + width)]
    return [max(ends[0], spec["low"]), min(ends[1], spec["high"])]


def climbed(problem, params, sign):
    """The best setting (sign 1) or the worst (-1) that steps from one find."""
    rng = random.Random(12)
    names = list(problem.space)
    unit = [place(problem.space[n], params[n]) if n in params else rng.random() for n in names]
    best = sign * problem.value(params)
    for size in [0.2] * 6 + [0.05] * 6:
        tries = [[min(max(u + (rng.gauss(0, size) if rng.random() < 0.5 else 0), 0), 1 - 1e-9) for u in unit] for _ in range(60)]
        settings = [spaces.decode(problem.space, row) for row in tries]
        values = [sign * float(v) for v in problem.values(settings)]
        least = min(range(len(values)), key=values.__getitem__)
        if values[least] < best:
            best, unit, params = values[least], tries[least], settings[least]
    return params


def hints_of(problem):
    """A good and a wrong hint of the half of the parameters whose correlation ratio with the value is largest."""
    rows = sampled(problem)
    ranks = {id(params): i for i, (_, params) in enumerate(rows)}
    mean = (len(rows) - 1) / 2

    def matters(name, spec):
        groups = {}
        for _, params in rows:
            if name not in params:
                continue
            value = params[name]
            if spec["type"] != "categorical":
                value = int(7.999 * place(spec, value))
            groups.setdefault(value, []).append(ranks[id(params)])
        return sum(len(g) * (statistics.mean(g) - mean) ** 2 for g in groups.values())
    names = sorted((n for n, s in problem.space.items() if "when" not in s),
                   key=lambda n: -matters(n, problem.space[n]))[:math.ceil(len(problem.space) / 2)]
    settings = [climbed(problem, rows[0][1], 1), climbed(problem, rows[-1][1], -1)]
    return [{n: around(problem.space[n], setting[n]) for n in names} for setting in settings]


def warm_run(problem, source, sampler, seed, way):
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        if way == "cold":
            return run_once(Driver(folder, "new", problem.space, sampler, seed), problem.value)
        storage, best = make_source(problem if way == "misled" else source, seed, -1 if way == "misled" else 1)
        if way == "best":
            return run_once(Driver(folder, "new", problem.space, sampler, seed), problem.value, first=best)
        driver = Driver(folder, "new", problem.space, sampler, seed, "--warm-from", "old", "--warm-storage", storage)
        return run_once(driver, problem.value, is_first_left_out=way == "prior")  # Without its best, which is not told.


def hint_run(problem, hints, sampler, seed, way):
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        driver = Driver(folder, "new", problem.space, sampler, seed)

        def before(trial, driver):
            if trial == HINT_AT and way != "cold":
                driver.say(op="hint", params=hints[way == "wrong hint"])
        return run_once(driver, problem.value, before)


def box_run(problem, hints, sampler, seed):
    """What the good hint could be worth: after the first trials a new study in its box alone, which forgets them."""
    space = {name: dict(spec) for name, spec in problem.space.items()}
    for name, part in hints[0].items():
        spec = space[name]
        spec.pop("step", None)
        if spec["type"] == "categorical":
            spec["choices"] = [part]
        else:
            spec["low"], spec["high"] = part
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        before, _ = run_once(Driver(folder, "new", problem.space, sampler, seed), problem.value)
        after, _ = run_once(Driver(folder, "boxed", space, sampler, seed), problem.value)
    before = before[:HINT_AT]
    return before + [min(before[-1], best) for best in after[:TRIALS - HINT_AT]], []


def peer_run(problem, source, name, seed, way):
    sys.path.insert(0, os.path.join(HERE, "quality"))
    import peers
    if name.startswith("syne"):
        return syne_run(problem, source, name, seed, way)
    make = {"optuna gp": "optuna:gp", "optuna tpe": "optuna:tpe"}[name]

    def drive(of, trials, sign=1, first=None):
        peer = peers.Optuna(make.split(":")[1], of, seed if trials == TRIALS else seed + 1000)
        if first:
            peer.study.enqueue_trial(first)
        best, curve, chosen = math.inf, [], None
        for _ in range(trials):
            asked, params = peer.ask()
            value = sign * of.value(params)
            peer.tell(asked, value)
            if value < best:
                best, chosen = value, params
            curve.append(best)
        return curve, chosen
    if way == "cold":
        return drive(problem, TRIALS)[0], []
    mislead = way == "misled"
    _, best = drive(problem if mislead else source, SOURCE_TRIALS, -1 if mislead else 1)
    return drive(problem, TRIALS, 1, best)[0], []


def syne_run(problem, source, name, seed, way):
    """Syne Tune: its TPE alone, in the box of the old study's best five, the best of them first, and the copula process of the
    old study. (Its CQR takes half a second a trial.)"""
    import logging
    import numpy as np
    import pandas as pd
    from syne_tune import config_space as domains
    from syne_tune.optimizer.baselines import TPE
    from syne_tune.optimizer.schedulers.ask_tell_scheduler import AskTellScheduler
    from syne_tune.optimizer.schedulers.single_objective_scheduler import SingleObjectiveScheduler
    from syne_tune.optimizer.schedulers.transfer_learning.bounding_box import BoundingBox
    from syne_tune.optimizer.schedulers.transfer_learning.transfer_learning_task_evaluation import (
        TransferLearningTaskEvaluations)
    logging.disable(logging.CRITICAL)

    def domain(spec):
        if spec["type"] == "categorical":
            return domains.choice(spec["choices"])
        scale, low, high = spec.get("scale", "linear"), spec["low"], spec["high"]
        if scale == "reverse_log":
            return domains.loguniform(1 - high, 1 - low)
        kind = {("int", "linear"): domains.randint, ("int", "log"): domains.lograndint, ("float", "log"): domains.loguniform,
                ("float", "linear"): domains.uniform}[spec["type"], scale]
        return kind(low, high)
    box = {n: domain(spec) for n, spec in problem.space.items()}

    def turned(params):
        """Theirs to ours, and back."""
        return {n: 1 - v if problem.space[n].get("scale") == "reverse_log" else v for n, v in params.items()}

    def drive(scheduler, of, trials, sign=1):
        scheduler, curve, rows, best = AskTellScheduler(scheduler), [], [], math.inf
        for _ in range(trials):
            trial = scheduler.ask()
            value = sign * float(of.value(turned(trial.config)))
            scheduler.tell(trial, {"value": value})
            rows.append((value, trial.config))
            best = min(best, value)
            curve.append(best)
        return curve, rows
    if way == "cold":
        return drive(TPE(box, metric="value", random_seed=seed), problem, TRIALS)[0], []
    mislead = way == "misled"
    _, rows = drive(TPE(box, metric="value", random_seed=seed + 1000), problem if mislead else source, SOURCE_TRIALS,
                    -1 if mislead else 1)
    old = {"old": TransferLearningTaskEvaluations(box, pd.DataFrame([r[1] for r in rows]), ["value"],
                                                  np.array([r[0] for r in rows])[:, None, None, None])}
    if name == "syne box":
        first = min(rows, key=lambda r: r[0])[1]

        def inside(space, metric, do_minimize, random_seed):
            return TPE(space, metric, do_minimize, random_seed, points_to_evaluate=[first])
        with open(os.devnull, "w") as hush, contextlib.redirect_stdout(hush):
            scheduler = BoundingBox(inside, box, "value", old, num_hyperparameters_per_task=5, random_seed=seed)
    else:
        from syne_tune.optimizer.schedulers.transfer_learning.quantile_based.quantile_based_searcher import (
            QuantileBasedSurrogateSearcher)
        searcher = QuantileBasedSurrogateSearcher(box, old, random_seed=seed)
        scheduler = SingleObjectiveScheduler(box, metric="value", searcher=searcher, random_seed=seed)
    return drive(scheduler, problem, TRIALS)[0], []


def stored():
    if not os.path.exists(STORE):
        return {}
    with open(STORE) as file:
        rows = [json.loads(line) for line in file]
    return {(r["part"], r["sampler"], r["problem"], r["seed"], r["way"]): r for r in rows}


def keep(row):
    os.makedirs(os.path.dirname(STORE), exist_ok=True)
    with open(STORE, "a") as file:
        file.write(json.dumps(row) + "\n")


def reached(rows, cold):
    """The first trial at which the mean over seeds is as good as the cold mean after COLD_AT."""
    bound = statistics.mean(r["curve"][COLD_AT - 1] for r in cold)
    for trial in range(TRIALS):
        if statistics.mean(r["curve"][trial] for r in rows) <= bound + 1e-12:
            return trial + 1
    return TRIALS


def regret(rows, problem, at):
    best, usual = problem.reference["best"], problem.reference["random_median"]["50"]
    return statistics.mean((r["curve"][at - 1] - best) / (usual - best) for r in rows)


def together(pairs):
    """The same of the mean over problems: pairs of (rows, cold rows, problem)."""
    bound = statistics.mean(regret(cold, problem, COLD_AT) for _, cold, problem in pairs)
    for trial in range(1, TRIALS + 1):
        if statistics.mean(regret(rows, problem, trial) for rows, _, problem in pairs) <= bound + 1e-12:
            return trial
    return TRIALS


def table(known, by_name, part, ways):
    print(f"| {part} | trials to cold's 50 | by problem | of each | regret at 10 | 25 | 50 | ended before (median) | runs |")
    print("|---|---|---|---|---|---|---|---|---|")
    for sampler in sorted({key[1] for key in known if key[0] == part}):
        for way in ways:
            counts, regrets, ends, runs, pairs = [], [[], [], []], [], 0, []
            for name, problem in by_name.items():
                rows = [r for k, r in known.items() if k[:3] == (part, sampler, name) and k[4] == way]
                cold = [r for k, r in known.items() if k[:3] == (part, sampler, name) and k[4] == "cold"]
                seeds = {r["seed"] for r in rows} & {r["seed"] for r in cold}
                rows, cold = ([r for r in rs if r["seed"] in seeds] for rs in (rows, cold))
                if not rows:
                    continue
                runs += len(rows)
                counts.append(reached(rows, cold))
                pairs.append((rows, cold, problem))
                for at, into in zip((10, 25, 50), regrets):
                    into.append(regret(rows, problem, at))
                ends += [r["remarks"][0][0] for r in rows if r["remarks"]]
            if not counts:
                continue
            ended = f"{statistics.median(ends):.0f} ({len(ends)} of {runs})" if ends else "-"
            print(f"| {sampler}, {way} | {together(pairs)} | {statistics.mean(counts):.1f} | {', '.join(map(str, counts))} | "
                  + " | ".join(f"{statistics.mean(r):.3f}" for r in regrets) + f" | {ended} | {runs} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["warm", "hint", "peers", "table"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--samplers", nargs="+")
    parser.add_argument("--problems", nargs="+", default=list(SOURCES))
    parser.add_argument("--ways", nargs="+")
    parser.add_argument("--source", help="the data set of the old study, in place of each problem's own")
    arguments = parser.parse_args()
    by_name = {problem.name: problem for problem in quality.public_problems() + quality.synthetic_problems("")}
    chosen = {name: by_name[name] for given in arguments.problems for name in SETS.get(given, [given])}
    quality.add_references(list(chosen.values()), os.path.join(os.path.dirname(STORE), "warm-references.json"))
    if arguments.source and arguments.source not in by_name:
        parser.error(f"--source {arguments.source} is no problem of bench/quality")
    sources = {**SOURCES_DEV, **SOURCES, **({name: arguments.source for name in chosen} if arguments.source else {})}
    known = stored()
    if arguments.part == "table":
        for part, ways in (("warm", WAYS), ("peers", WAYS), ("hint", HINTS)):
            table(known, chosen, part, ways)
            print()
        return
    part = arguments.part
    ways = arguments.ways or {"warm": WAYS, "hint": HINTS[:3], "peers": ["cold", "best", "misled"]}[part]
    samplers = arguments.samplers or {"peers": ["optuna gp", "optuna tpe"]}.get(part, ["auto"])
    hints = {name: hints_of(problem) for name, problem in chosen.items()} if part == "hint" else {}
    for seed in range(arguments.seeds):
        for sampler in samplers:
            for name, problem in chosen.items():
                for way in ways:
                    if (part, sampler, name, seed, way) in known:
                        continue
                    if part == "hint":
                        curve, remarks = (box_run(problem, hints[name], sampler, seed) if way.startswith("box") else
                                          hint_run(problem, hints[name], sampler, seed, way))
                    elif part == "peers":
                        try:
                            curve, remarks = peer_run(problem, by_name[sources[name]], sampler, seed, way)
                        except ValueError as error:  # Syne Tune's TPE, where its box leaves an integer one value.
                            print(f"{sampler}, {name}, {way}, seed {seed} is left out: {error}", file=sys.stderr)
                            continue
                    else:
                        curve, remarks = warm_run(problem, by_name[sources[name]], sampler, seed, way)
                    keep({"part": part, "sampler": sampler, "problem": name, "seed": seed, "way": way, "curve": curve,
                          "remarks": remarks})
    table({**stored()}, chosen, part, ways)


if __name__ == "__main__":
    main()
