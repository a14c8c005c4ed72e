"""The tables of bench/RESULTS.md, from the stored runs."""
import numpy as np
import score


class Runs:
    """Stored runs by optimizer, problem and seed."""

    def __init__(self, rows):
        self.by_key = {(r["optimizer"], r["problem"], r["seed"]): r for r in rows}

    def seeds(self, optimizer, problem, trials):
        return {s: r for (o, p, s), r in self.by_key.items() if o == optimizer and p == problem.name
                and len(r["best"]) >= trials}

    def complete(self, optimizer, problems, trials):
        """One list a problem of the runs that got so far, in the order of seeds; or nothing where one has none."""
        table = [[r for _, r in sorted(self.seeds(optimizer, p, trials).items())] for p in problems]
        return table if all(table) and table else None


def cell(figures):
    return f"{figures[0]:.3f} [{figures[1]:.3f}, {figures[2]:.3f}]"


def regret_table(runs, problems, optimizers):
    present = [o for o in optimizers if runs.complete(o, problems, max(score.RANK_BUDGETS))]
    if not present or not problems:
        return "No runs yet."
    regrets = {}  # (optimizer, budget) -> one list a problem of regrets by seed.
    for o in present:
        for budget in score.BUDGETS:
            table = runs.complete(o, problems, budget)
            if table:
                regrets[o, budget] = [[score.regret(p, r["best"], budget) for r in row]
                                      for p, row in zip(problems, table)]
    ranks = dict(zip(present, score.mean_ranks([[regrets[o, b] for o in present] for b in score.RANK_BUDGETS])))
    rows = []
    for o in sorted(present, key=lambda name: ranks[name][0]):
        whole = runs.complete(o, problems, max(score.BUDGETS))
        areas = [[score.area(p, r["best"]) for r in row] for p, row in zip(problems, whole)] if whole else None
        table = runs.complete(o, problems, max(score.RANK_BUDGETS))
        row = [o] + [cell(score.mean_with_interval(regrets[o, b])) if (o, b) in regrets else "-" for b in score.BUDGETS]
        row.append(cell(score.mean_with_interval(areas)) if areas else "-")
        row.append("{:.2f} [{:.2f}, {:.2f}]".format(*ranks[o]))
        row.append(f"{np.median([r['ask_ms'] for line in table for r in line]):.2f}")
        row.append(str(min(len(line) for line in table)))
        rows.append(row)
    header = ["optimizer"] + [f"regret at {b}" for b in score.BUDGETS] + ["area", "mean rank", "ms an ask", "seeds"]
    known = [i for i in range(len(header)) if any(row[i] != "-" for row in rows)]
    return score.markdown([header[i] for i in known], [[row[i] for i in known] for row in rows])


def kind_table(runs, problems, optimizers, budgets):
    """One row a kind: mean regret at each budget; the least at the last one is bold, with those that are within 0.005."""
    present = [o for o in optimizers if runs.complete(o, problems, max(budgets))]
    if not present or not problems:
        return "No runs yet."
    regrets = {o: np.array([[np.mean([score.regret(p, r["best"], b) for r in row]) for b in budgets]
                            for p, row in zip(problems, runs.complete(o, problems, max(budgets)))]) for o in present}
    rows = []
    for kind in [*dict.fromkeys(p.kind for p in problems), None]:
        chosen = [i for i, p in enumerate(problems) if kind in (p.kind, None)]
        means = [regrets[o][chosen].mean(axis=0) for o in present]
        least = min(m[-1] for m in means)
        cells = [" ".join(f"{v:.2f}" for v in m[:-1]) + (f" **{m[-1]:.2f}**" if m[-1] < least + 0.005 else f" {m[-1]:.2f}")
                 for m in means]
        rows.append([kind or "all", len(chosen)] + cells)
    ranks = score.ranks_of(np.array([regrets[o] for o in present]).transpose(2, 0, 1)).mean(axis=2)  # Budget, optimizer.
    rows.append(["mean rank", len(problems)] + [" ".join(f"{r:.2f}" for r in column) for column in ranks.T])
    return score.markdown(["kind", "problems"] + present, rows)


def pair_table(runs, problems, pairs):
    """Sterlet's samplers against the peers' of the same kind, paired by instance and seed."""
    rows = []
    for mine, theirs in pairs:
        row = [mine, theirs]
        for budget in score.BUDGETS:
            both = []
            for p in problems:
                a, b = runs.seeds(mine, p, budget), runs.seeds(theirs, p, budget)
                shared = sorted(set(a) & set(b))
                both.append(([score.regret(p, a[s]["best"], budget) for s in shared],
                             [score.regret(p, b[s]["best"], budget) for s in shared]))
            if not both or not all(x for x, _ in both):
                row.append("-")
                continue
            figures, counts = score.difference([x for x, _ in both], [y for _, y in both])
            row.append(f"{figures[0]:+.3f} [{figures[1]:+.3f}, {figures[2]:+.3f}], {counts}")
        if any(c != "-" for c in row[2:]):
            rows.append(row)
    header = ["sterlet", "peer"] + [f"difference at {b}, won-drawn-lost" for b in score.BUDGETS]
    return score.markdown(header, rows) if rows else "No runs yet."


def scale_table(runs, problems, optimizers):
    """The learning rate on the right scale (log) and on the wrong one (linear)."""
    by_name = {p.name: p for p in problems}
    names = [n for n in by_name if n.endswith("-log") and n[:-3] + "linear" in by_name]
    rows = []
    for o in optimizers:
        lost, near, right_regrets, wrong_regrets = [], [], [], []
        for name in names:
            right = list(runs.seeds(o, by_name[name], 100).values())
            wrong = list(runs.seeds(o, by_name[name[:-3] + "linear"], 100).values())
            if right and wrong:
                best, median = by_name[name].reference["best"], by_name[name].reference["random_median"]["100"]
                both = [r["best"] for r in right], [r["best"] for r in wrong]
                lost.append(score.worth_lost(*both, 100))
                near.append(score.worth_lost(*both, 100, best + 0.01 * (median - best)))
                right_regrets.append([score.regret(by_name[name], r["best"], 100) for r in right])
                wrong_regrets.append([score.regret(by_name[name], r["best"], 100) for r in wrong])
        if len(lost) == len(names) and names:
            rows.append([o, f"{100 * np.mean(lost):.0f}%", " ".join(f"{100 * x:.0f}%" for x in lost), f"{100 * np.mean(near):.0f}%",
                         cell(score.mean_with_interval(right_regrets)), cell(score.mean_with_interval(wrong_regrets))])
    header = ["optimizer", "trials' worth lost, mean", "each", "lost on the way to 0.01", "regret at 100, log", "regret at 100, linear"]
    return score.markdown(header, rows) if rows else "No runs yet."


def worker_table(runs, problems, optimizers, batches):
    rows = []
    for o in optimizers:
        means = []
        for batch in batches:
            chosen = [p for p in problems if p.batch == batch]
            table = runs.complete(o, chosen, 200)
            if table:
                means.append(score.mean_with_interval([[score.regret(p, r["best"], 200) for r in row]
                                                       for p, row in zip(chosen, table)]))
        if len(means) == len(batches):
            rows.append([o] + [cell(m) for m in means] + [f"{m[0] - means[0][0]:+.3f}" for m in means[1:]])
    header = ["optimizer"] + [f"regret at 200, {b} pending" for b in batches] + [f"{b} - 1" for b in batches[1:]]
    return score.markdown(header, rows) if rows else "No runs yet."


def front_table(runs, problems, optimizers, budgets):
    rows = []
    for o in optimizers:
        row = [o]
        for problem in problems:
            found = runs.complete(o, [problem], max(budgets))
            if not found:
                break
            for budget in budgets:
                volumes = [score.volume(r["best"][:budget], problem.best) for r in found[0]]
                row.append(f"{np.mean(volumes):.3f}")
        else:
            rows.append(row)
    header = ["optimizer"] + [f"{p.name}, {b}" for p in problems for b in budgets]
    return score.markdown(header, rows) if rows else "No runs yet."
