"""Warm starts and hints: how many trials they save, and how many a wrong one costs.

Problems are data sets of lcbench and rbv2_rpart (bench/quality/data: surrogates of real trainings, one space for all data sets
of a kind). A cold study of another data set, its 50 trials in a storage, is what a study starts warm from; a misleading
source is the study's own data set upside down: its best is the worst. A good hint names, for the two parameters that matter
most, 30% of the axis about the best known setting; a wrong one 30% about the worst one.

  python3 bench/warm.py warm --seeds 5 [--samplers auto tpe ...]
  python3 bench/warm.py hint --seeds 10
  python3 bench/warm.py peers --seeds 5          Optuna with the old best enqueued (where the package is there)
  python3 bench/warm.py table                    Markdown, from the runs that are stored in build/warm.jsonl

Needs numpy. A row's first figure is the trial at which the normalised regret, the mean over problems and seeds, is as low as the
cold study's after 50 trials; the second one is that of each problem alone, averaged. Runs have 70 trials, and a curve that does
not get there counts 70.
"""
import argparse
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
TRIALS, SOURCE_TRIALS, COLD_AT, HINT_AT = 70, 50, 50, 10
WAYS = ["cold", "best", "prior", "warm", "misled"]
HINTS = ["cold", "good hint", "wrong hint"]


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


def around(spec, value, share=0.3):
    """The part of the axis about a value, shifted where it would leave the range; of a choice itself."""
    if spec["type"] == "categorical":
        return value
    low, high = scaled(spec, spec["low"]), scaled(spec, spec["high"])
    width = share * (high - low)
    begin = min(max(scaled(spec, value) - width / 2, low), high - width)
    ends = [unscaled(spec, begin), unscaled(spec, begin + width)]
    return [max(ends[0], spec["low"]), min(ends[1], spec["high"])]


def hints_of(problem):
    """A good and a wrong hint of the two parameters whose correlation ratio with the value is largest."""
    rows = sampled(problem)
    ranks = {id(params): i for i, (_, params) in enumerate(rows)}
    mean = (len(rows) - 1) / 2

    def matters(name, spec):
        having = [params for _, params in rows if name in params]
        groups = {}
        for params in having:
            value = params[name]
            if spec["type"] != "categorical":
                low, high = scaled(spec, spec["low"]), scaled(spec, spec["high"])
                value = int(7.999 * (scaled(spec, value) - low) / (high - low))
            groups.setdefault(value, []).append(ranks[id(params)])
        return sum(len(g) * (statistics.mean(g) - mean) ** 2 for g in groups.values())
    names = sorted((n for n, s in problem.space.items() if "when" not in s),
                   key=lambda n: -matters(n, problem.space[n]))[:2]
    best, worst = rows[0][1], rows[-1][1]
    return [{n: around(problem.space[n], which[n]) for n in names} for which in (best, worst)]


def warm_run(problem, source, sampler, seed, way):
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        if way == "cold":
            driver = Driver(folder, "new", problem.space, sampler, seed)
            return run(driver, problem.value, TRIALS)
        storage, best = make_source(problem if way == "misled" else source, seed, -1 if way == "misled" else 1)
        if way == "best":
            driver = Driver(folder, "new", problem.space, sampler, seed)
            driver.say(op="enqueue", params=best)
            return run(driver, problem.value, TRIALS)
        driver = Driver(folder, "new", problem.space, sampler, seed, "--warm-from", "old", "--warm-storage", storage)
        if way == "prior":  # Without its best, which is not told.
            asked = driver.say(op="ask")
            driver.say(op="tell", id=asked["id"], state="cancelled")
        return run(driver, problem.value, TRIALS)


def hint_run(problem, hints, sampler, seed, way):
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        driver = Driver(folder, "new", problem.space, sampler, seed)

        def before(trial, driver):
            if trial == HINT_AT and way != "cold":
                driver.say(op="hint", params=hints[way == "wrong hint"])
        return run(driver, problem.value, TRIALS, before)


def peer_run(problem, source, name, seed, way):
    sys.path.insert(0, os.path.join(HERE, "quality"))
    import peers
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
    arguments = parser.parse_args()
    by_name = {problem.name: problem for problem in quality.public_problems()}
    chosen = {name: by_name[name] for name in arguments.problems}
    known = stored()
    if arguments.part == "table":
        for part, ways in (("warm", WAYS), ("peers", WAYS), ("hint", HINTS)):
            table(known, chosen, part, ways)
            print()
        return
    part = arguments.part
    ways = arguments.ways or {"warm": WAYS, "hint": HINTS, "peers": ["cold", "best", "misled"]}[part]
    samplers = arguments.samplers or {"peers": ["optuna gp", "optuna tpe"]}.get(part, ["auto"])
    hints = {name: hints_of(problem) for name, problem in chosen.items()} if part == "hint" else {}
    for seed in range(arguments.seeds):
        for sampler in samplers:
            for name, problem in chosen.items():
                for way in ways:
                    if (part, sampler, name, seed, way) in known:
                        continue
                    if part == "hint":
                        curve, remarks = hint_run(problem, hints[name], sampler, seed, way)
                    elif part == "peers":
                        curve, remarks = peer_run(problem, by_name[SOURCES[name]], sampler, seed, way)
                    else:
                        curve, remarks = warm_run(problem, by_name[SOURCES[name]], sampler, seed, way)
                    keep({"part": part, "sampler": sampler, "problem": name, "seed": seed, "way": way, "curve": curve,
                          "remarks": remarks})
    table({**stored()}, chosen, part, ways)


if __name__ == "__main__":
    main()
