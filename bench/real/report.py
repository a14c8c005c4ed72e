"""The tables of bench/RESULTS.md, from the stored runs."""
import importlib.metadata
import json
import math
import os
import zlib
from datetime import date

import numpy as np
import score
import tasks

PAIRED = [("sterlet:auto", other) for other in ("optuna:tpe", "optuna:gp", "smac:facade", "ax:default", "sterlet:tpe")] + [
    ("sterlet:tpe", "optuna:tpe")]
DRAWS = 1000


class Regrets:
    """(optimizer, task) -> one row of regrets a seed, a column a budget."""

    def __init__(self, store, chosen):
        self.tasks, self.of, self.rows = chosen, {}, {}
        by_name = {t.name: t for t in chosen}
        for (optimizer, name, seed), row in sorted(store.rows.items()):
            if name in by_name and row["truth"].keys() >= {str(b) for b in tasks.BUDGETS}:
                reference = by_name[name].reference
                self.of.setdefault((optimizer, name), []).append(
                    [score.normalised(reference, row["truth"][str(b)], b) for b in tasks.BUDGETS])
                self.rows.setdefault((optimizer, name), []).append(row)
        found = {o: sum((o, t.name) in self.of for t in chosen) for o in dict.fromkeys(o for o, _ in self.of)}
        self.optimizers = [o for o, count in found.items() if count == len(chosen)]
        self.partial = [f"{o} ({count} of {len(chosen)})" for o, count in found.items() if count < len(chosen)]

    def table(self, optimizer, budget, chosen=None):
        column = tasks.BUDGETS.index(budget)
        return [[seed[column] for seed in self.of[optimizer, t.name]] for t in chosen or self.tasks]


def cell(figures):
    return "{:.2f} [{:.2f}, {:.2f}]".format(*figures)


def ranks(regrets, optimizers, budget, chosen=None):
    return dict(zip(optimizers, score.mean_ranks([[regrets.table(o, budget, chosen) for o in optimizers]])))


def main_table(regrets):
    """Mean rank and mean regret at each budget; the best by rank at 100 first."""
    names = regrets.optimizers
    by_budget = {b: ranks(regrets, names, b) for b in tasks.BUDGETS}
    rows = []
    for o in sorted(names, key=lambda o: sum(by_budget[b][o][0] for b in tasks.BUDGETS)):
        figures = [score.mean_with_interval(regrets.table(o, b)) for b in tasks.BUDGETS]
        rows.append([o, *(cell(by_budget[b][o]) for b in tasks.BUDGETS), *(cell(f) for f in figures),
                     min(len(regrets.of[o, t.name]) for t in regrets.tasks)])
    header = ["optimizer", *(f"rank at {b}" for b in tasks.BUDGETS), *(f"regret at {b}" for b in tasks.BUDGETS), "seeds"]
    return score.markdown(header, rows)


def kind_table(regrets):
    """Mean regret by kind at every budget."""
    names, rows = regrets.optimizers, []
    for kind in dict.fromkeys(t.kind for t in regrets.tasks):
        chosen = [t for t in regrets.tasks if t.kind == kind]
        means = [[np.mean([np.mean(s) for s in regrets.table(o, b, chosen)]) for b in tasks.BUDGETS] for o in names]
        least = min(m[-1] for m in means)
        rows.append([kind, len(chosen)] + [" ".join(f"{v:.2f}" for v in m[:-1]) + (
            f" **{m[-1]:.2f}**" if m[-1] < least + 0.005 else f" {m[-1]:.2f}") for m in means])
    return score.markdown(["kind", "tasks", *names], rows)


def pair_table(regrets):
    rows = []
    for mine, theirs in PAIRED:
        if mine not in regrets.optimizers or theirs not in regrets.optimizers:
            continue
        row = [mine, theirs]
        for budget in tasks.BUDGETS:
            pairs = [[(x, y) for x, y in zip(a, b)] for a, b in zip(regrets.table(mine, budget), regrets.table(theirs, budget))]
            figures, counts = score.difference([[x for x, _ in p] for p in pairs], [[y for _, y in p] for p in pairs])
            row.append("{:+.2f} [{:+.2f}, {:+.2f}], {}".format(*figures, counts))
        rows.append(row)
    return score.markdown(["sterlet", "peer", *(f"difference at {b}, won-drawn-lost" for b in tasks.BUDGETS)], rows)


def wrong_family(task, row, budget):
    """Whether what was named is of a family whose best is over 1% worse than the best family's."""
    least = min(task.families.values())
    return task.families.get(row["family"][str(budget)], math.inf) - least > 0.01 * abs(least)


def family_table(regrets):
    chosen = [t for t in regrets.tasks if t.kind == "families"]
    if not chosen:
        return "No choice among families yet."
    rows = []
    for o in regrets.optimizers:
        shares = [[np.mean([wrong_family(t, r, b) for r in regrets.rows[o, t.name]]) for t in chosen] for b in tasks.BUDGETS]
        rows.append([o, *(f"{100 * np.mean(s):.0f}%" for s in shares), *(f"{100 * v:.0f}%" for v in shares[-1])])
    header = ["optimizer", *(f"after {b}" for b in tasks.BUDGETS), *(f"{t.name}, 100" for t in chosen)]
    return score.markdown(header, rows)


def behind_random(regrets):
    """Tasks on which the mean after 100 trials is worse than random search's by more than the error of that mean."""
    budget, rows = tasks.BUDGETS[-1], []
    for o in regrets.optimizers:
        behind = []
        for task, seeds in zip(regrets.tasks, regrets.table(o, budget)):
            random = score.normalised(task.reference, task.reference["random_mean"][str(budget)], budget)
            error = np.std(seeds, ddof=1) / math.sqrt(len(seeds)) if len(seeds) > 1 else math.inf
            if np.mean(seeds) - random > 2 * error:
                behind.append(f"{task.name} ({np.mean(seeds):.2f}; random {random:.2f})")
        rows.append([o, len(behind), ", ".join(behind) or "-"])
    return score.markdown(["optimizer", "tasks behind", "which"], rows)


def tried_table(regrets):
    """What was tried beside what was named: the rest is lost by not knowing which of them is best."""
    rows = []
    for o in regrets.optimizers:
        runs = [regrets.rows[o, t.name] for t in regrets.tasks]
        if all("tried" in r for seeds in runs for r in seeds):
            table = {b: [[score.normalised(t.reference, r["tried"][str(b)], b) for r in seeds]
                         for t, seeds in zip(regrets.tasks, runs)] for b in tasks.BUDGETS}
            rows.append([o, *(cell(score.mean_with_interval(table[b])) for b in tasks.BUDGETS)])
    return score.markdown(["optimizer", *(f"best tried of {b}" for b in tasks.BUDGETS)], rows) if rows else ""


def half_way(regrets):
    """Regret on the scale of 100 trials: auto after 50 beside others after 100."""
    rows = []
    for o, budget in (("sterlet:auto", 50), ("optuna:tpe", 100), ("optuna:gp", 100), ("smac:facade", 100)):
        if o not in regrets.optimizers:
            continue
        table = [[score.normalised(t.reference, r["truth"][str(budget)], 100) for r in regrets.rows[o, t.name]]
                 for t in regrets.tasks]
        rows.append([o, budget, cell(score.mean_with_interval(table))])
    return score.markdown(["optimizer", "trials", "regret, measured by random search at 100"], rows) if rows else ""


def detail_table(regrets):
    rows = [[t.name, t.half, *(" ".join(f"{np.mean(regrets.table(o, b, [t])[0]):.2f}" for b in tasks.BUDGETS)
                               for o in regrets.optimizers)] for t in regrets.tasks]
    return score.markdown(["task", "half", *regrets.optimizers], rows)


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{model}, {os.cpu_count()} cores"


def versions(store, names):
    packages = {"ax": "ax-platform"}
    wanted = dict.fromkeys(o.partition(":")[0] for o in names)
    known = [f"{p} {store.version(p + ':')}" for p in wanted]
    return ", ".join(known + [f"{p} {importlib.metadata.version(p)}" for p in
                              ("scikit-learn", "xgboost", "lightgbm", "statsmodels", "numpy") if p not in packages])


def section(title, chosen, store, detail):
    regrets = Regrets(store, chosen)
    missing = f"Not yet run on every task: {', '.join(regrets.partial)}." if regrets.partial else ""
    if not regrets.optimizers:
        return [f"### {title}\n\nNo optimizer has run on every task. {missing}"]
    parts = [f"### {title}: {len(chosen)} tasks\n\n{main_table(regrets)}", missing,
             f"Regret after {', '.join(map(str, tasks.BUDGETS))} trials by kind:\n\n{kind_table(regrets)}"]
    pairs = pair_table(regrets)
    if pairs.count("\n") > 1:
        parts.append(f"Paired by task and seed; below 0 the first is better:\n\n{pairs}")
    if any(t.kind == "families" for t in chosen):
        parts.append("A choice among families: share of runs that name a trial of a family whose best is over 1% worse than "
                     f"the best family's:\n\n{family_table(regrets)}")
    parts.append(f"Behind random search after 100 trials, beyond the error:\n\n{behind_random(regrets)}")
    tried = tried_table(regrets)
    if tried:
        parts.append(f"Regret of the best that was tried, had its truth been known:\n\n{tried}")
    parts.append(half_way(regrets))
    if detail:
        parts.append(f"Regret by task:\n\n{detail_table(regrets)}")
    return [p for p in parts if p]


def add_references(chosen, path):
    """References of tables, each made once for the same table."""
    known = {}
    if os.path.exists(path):
        with open(path) as f:
            known = json.load(f)
    for task in chosen:
        key = f"{task.name} {tasks.SUITE} {zlib.crc32(task.table.values.tobytes()):08x}"
        if key not in known:
            task.make_reference()
            known[key] = task.reference
            with open(path + ".new", "w") as f:
                json.dump(known, f)
            os.replace(path + ".new", path)
        task.reference = known[key]


def make(bench):
    live_tasks = [t for t in bench.tasks if t.part == "live"]
    add_references([t for t in bench.tasks if t.part == "tables"], os.path.join(bench.args.out, "references.json"))
    if live_tasks:
        import live
        live.make_references(live_tasks, bench.store)
        live_tasks = [t for t in live_tasks if t.reference]
    parts, names = [], dict.fromkeys(o for o, _, _ in bench.store.rows)
    for part, chosen in (("Tables", [t for t in bench.tasks if t.part == "tables"]), ("Live trainings", live_tasks)):
        halves = [("all", chosen)] + [(h, [t for t in chosen if t.half == h]) for h in ("dev", "check")]
        for half, some in halves:
            if some and (half == "all" or len(some) < len(chosen)):
                title = part if half == "all" else f"{part}, {half}"
                parts += section(title, some, bench.store, bench.args.detail and half == "all") if half == "all" else [
                    f"### {title}: {len(some)} tasks\n\n{main_table(Regrets(bench.store, some))}"]
    hours = sum(r["seconds"] for r in bench.store.rows.values()) / 3600
    head = [f"Measured {date.today().isoformat()} by `bench/real/run`: {len(bench.store.rows)} runs, {hours:.1f} h. Regret is "
            "that of the truth (the mean over seeds) of the trial that is named the best: 0 is the best known, 1 the median of "
            "random search after as many trials. In brackets 95% bootstrap intervals over tasks and seeds.", "",
            f"- Machine: {machine()}", f"- Versions: {versions(bench.store, names)}"]
    head += [f"- Left out: {o} ({why})" for o, why in bench.missing.items()]
    head += [f"- Failed: {text}" for text in bench.failures[:20]]
    return "\n".join(head) + "\n\n" + "\n\n".join(parts)
