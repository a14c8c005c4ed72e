#!/usr/bin/env python3
"""What very long curves and very many trials cost: processor time and peak memory of the program, as a Markdown table.

    bench/growth.py [PROGRAM ...] [--reports 1000000] [--trials 100000]

Several programs are measured one after the other, for a table of before and after.
"""
import argparse
import os
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TRAIN = """import sys
count = int(sys.argv[1])
for first in range(0, count, 1000):
    sys.stdout.write("".join(f"step {i} loss={1 / (i + 1):.6g}\\n" for i in range(first, min(first + 1000, count))))
"""
STUDY = """study: {pruner}
objective: loss
command: [python3, train.py, "{reports}"]
metrics: {{from: stdout, pattern: 'step (?<step>\\d+) loss=(?<loss>\\S+)'}}
params: {{x: {{type: float, low: 0, high: 1}}}}
sampler: random
pruner: {pruner}
budget: {{trials: 1}}
workers: 1
seed: 1
"""


def measured(folder, *command, stdin=None):
    """Seconds of processor time, with that of its trials, and peak memory in MB: other load on the machine counts little."""
    process = subprocess.Popen(command, cwd=folder, stdin=stdin, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)}: status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(program, reports, trials):
    rows = {}
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        def path(name):
            return os.path.join(folder, name)
        with open(path("train.py"), "w") as file:
            file.write(TRAIN)
        for pruner in ["none", "median"]:
            with open(path(f"{pruner}.yaml"), "w") as file:
                file.write(STUDY.format(pruner=pruner, reports=reports))
            options = (f"{pruner}.yaml", "--storage", f"{pruner}.db", "--progress", "none")
            name = f"one trial of {reports:,} reports, pruner {pruner}"
            rows[name] = measured(folder, program, "tune", *options)
            if pruner == "median":
                rows["a second such trial, in a later session"] = measured(folder, program, "tune", *options, "--trials", "2")
        rows["the report page of the first"] = measured(folder, program, "report", "none", "--storage", "none.db")
        rows["export as JSON Lines of the first"] = measured(folder, program, "export", "none", "--storage", "none.db")
        with open(path("many.yaml"), "w") as file:
            file.write(STUDY.format(pruner="none", reports=1).replace("study: none", "study: many"))
        with open(path("many.jsonl"), "w") as file:
            for i in range(trials):
                file.write(f'{{"op":"add","params":{{"x":{i / trials}}},"reports":[[1,{i + 1}],[2,{i}]]}}\n')
        with open(path("many.jsonl")) as file:
            rows[f"adding {trials:,} trials of 2 reports"] = measured(
                folder, program, "ask-tell", "many.yaml", "--storage", "many.db", stdin=file)
        rows["the report page of these"] = measured(folder, program, "report", "many", "--storage", "many.db")
        for form in ["json", "jsonl", "csv"]:
            rows[f"export of these as {form}"] = measured(
                folder, program, "export", "many", "--storage", "many.db", "--format", form)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", default=[os.path.join(ROOT, "build/release/bin/sterlet")])
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--trials", type=int, default=100_000)
    options = parser.parse_args()
    all_rows = [measure(os.path.abspath(program), options.reports, options.trials) for program in options.programs]
    print("| |" + " s | MB |" * len(all_rows))
    print("| --- |" + " --- | --- |" * len(all_rows))
    for name in all_rows[0]:
        cells = (f" {rows[name][0]:.2f} | {rows[name][1]:.0f} |" for rows in all_rows)
        print(f"| {name} |" + "".join(cells))


if __name__ == "__main__":
    main()
