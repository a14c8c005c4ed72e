"""Importance beside Optuna, on the same trials in the same run: fANOVA and PED-ANOVA of 10 parameters.

    importance.py --program build/release/bin/sterlet-bench-importance [--python VENV/bin/python] [--skip-slow]

The Python must have optuna 5 and scikit-learn; it is started once a measurement. --skip-slow leaves out Optuna's fANOVA,
which takes most of a minute. Prints a table in Markdown.
"""
import argparse
import json
import platform
import subprocess
import sys

COLUMNS = 10
CASES = [("fanova", 1000), ("fanova", 10000), ("pedanova", 1000), ("pedanova", 10000)]

OPTUNA = r"""
import sys, time, warnings
warnings.simplefilter("ignore")
import optuna
from optuna.distributions import FloatDistribution
optuna.logging.set_verbosity(optuna.logging.ERROR)
what, path = sys.argv[1:]
study = optuna.create_study()
trials = []
for line in open(path):
    *values, result = map(float, line.split(","))
    names = [f"p{i}" for i in range(len(values))]
    trials.append(optuna.trial.create_trial(params=dict(zip(names, values)), value=result,
                                            distributions={name: FloatDistribution(0, 1) for name in names}))
study.add_trials(trials)
kind = {"fanova": optuna.importance.FanovaImportanceEvaluator, "pedanova": optuna.importance.PedAnovaImportanceEvaluator}
evaluator = kind[what](**({"seed": 1} if what == "fanova" else {}))
begin = time.perf_counter()
evaluator.evaluate(study)
print(time.perf_counter() - begin, optuna.__version__)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--python")
    parser.add_argument("--skip-slow", action="store_true")
    options = parser.parse_args()
    print(f"{platform.platform()}, {platform.machine()}", file=sys.stderr)
    print("| what | trials | Sterlet, ms | Optuna, ms | times |\n| --- | --- | --- | --- | --- |")
    for what, trials in CASES:
        out = subprocess.run([options.program, what, str(trials), str(COLUMNS)], capture_output=True, text=True, check=True)
        own = json.loads(out.stdout)["seconds"]
        theirs = None
        if options.python and not (what == "fanova" and (options.skip_slow or trials > 1000)):
            with open("importance-data.csv", "w") as file:
                subprocess.run([options.program, "data", str(trials), str(COLUMNS)], stdout=file, check=True)
            out = subprocess.run([options.python, "-c", OPTUNA, what, "importance-data.csv"], capture_output=True,
                                 text=True, check=True)
            theirs = float(out.stdout.split()[0])
            print(f"optuna {out.stdout.split()[1]}", file=sys.stderr)
        times = f"{theirs / own:,.0f}" if theirs else "-"
        print(f"| {what} | {trials:,} | {own * 1000:.1f} | {f'{theirs * 1000:,.0f}' if theirs else '-'} | {times} |", flush=True)


if __name__ == "__main__":
    main()
