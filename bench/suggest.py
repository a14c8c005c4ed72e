#!/usr/bin/env python3
"""What one suggestion costs, 10 floats, in memory, beside Optuna 5 and Rustuna: bench/run calls this.

    bench/suggest.py --program sterlet-bench-suggest [--python PYTHON] [--repeats N] [--write RESULTS.md]
    bench/suggest.py peer optuna|rustuna SAMPLER TRIALS REPEATS

--python is an interpreter that has optuna and rustuna; without it only Sterlet is measured. Every cell is a process of
its own, one at a time; it prints the median and mean of REPEATS ask + tell after TRIALS finished trials (as in bench/suggest.cc), in processor
time, all threads together.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

BEGIN, END = "<!-- suggest: begin -->", "<!-- suggest: end -->"
# Sampler, trials before, bar in ms, the peers that have it.
ROWS = [("tpe", 100, 0.1), ("tpe", 1000, 0.3), ("tpe", 10000, 1), ("gp", 100, 2), ("gp", 300, 5), ("gp", 1000, 25),
        ("cmaes", 100, None), ("cmaes", 10000, 0.05), ("nsga2", 100, None), ("nsga2", 10000, 0.05),
        ("random", 10000, None)]
RUSTUNA = {"tpe", "cmaes", "nsga2", "random"}
REALLY_RUN = {"cmaes", "nsga2"}


def peer(package, sampler, trials, repeats):
    import random
    library = __import__(package)
    if package == "optuna":
        library.logging.set_verbosity(library.logging.WARNING)
    made = {"tpe": "TPESampler", "gp": "GPSampler", "cmaes": "CmaEsSampler", "nsga2": "NSGAIISampler",
            "random": "RandomSampler"}[sampler]
    study = library.create_study(sampler=getattr(library.samplers, made)(seed=1))

    def one():
        trial = study.ask()
        study.tell(trial if package == "optuna" else trial.number, sum((trial.suggest_float(f"x{i}", 0, 1) - 0.3) ** 2 for i in range(10)))

    rng = random.Random(7)
    for _ in range(trials):
        if sampler in REALLY_RUN:
            one()
            continue
        params = {f"x{i}": rng.random() for i in range(10)}
        ranges = {name: library.distributions.FloatDistribution(0, 1) for name in params}
        study.add_trial((library.trial.create_trial if package == "optuna" else library.create_trial)(
            params=params, distributions=ranges, value=sum((v - 0.3) ** 2 for v in params.values())))
    one()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        one()
        times.append((time.process_time() - start) * 1e3)
    peak = next(int(line.split()[1]) * 1024 / 1e6 for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps({"median_ms": sorted(times)[len(times) // 2], "mean_ms": sum(times) / len(times),
                      "least_ms": min(times), "peak_mb": peak}))


def measure(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print(f"{' '.join(map(str, command))}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def cell(found):
    return "-" if found is None else f"{found['median_ms']:.3g}"


def table(args):
    lines = ["| sampler | finished trials | bar | Sterlet | mean | Optuna | Rustuna | Optuna / Sterlet | bar met |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    memory = ""
    for sampler, trials, bar in ROWS:
        own = measure([args.program, sampler, str(trials), str(args.repeats)])
        peers = {}
        for package in ("optuna", "rustuna") if args.python else ():
            if package == "rustuna" and sampler not in RUSTUNA:
                continue
            repeats = max(1, min(args.repeats, 3 if sampler == "gp" else 15))
            peers[package] = measure([args.python, "-W", "ignore", __file__, "peer", package, sampler, str(trials),
                                      str(repeats)])
        optuna = peers.get("optuna")
        ratio = f"{optuna['median_ms'] / own['median_ms']:,.0f} x" if optuna and own else "-"
        met = "-" if bar is None or own is None else "yes" if own["mean_ms"] <= bar else "**no**"
        lines.append(f"| {sampler} | {trials:,} | {bar if bar else '-'} | {cell(own)} | "
                     f"{own['mean_ms']:.3g} | {cell(optuna)} | {cell(peers.get('rustuna'))} | {ratio} | {met} |")
        print(lines[-1], file=sys.stderr, flush=True)
        if sampler == "tpe" and trials == 10000:
            memory = f"\nPeak memory of the whole process at 10,000 trials under tpe: Sterlet {own['peak_mb']:.1f} MB"
            memory += f", Optuna {optuna['peak_mb']:.0f} MB" if optuna else ""
            memory += " (bar: 20 MB).\n"
    return "\n".join(lines) + "\n" + memory


def versions(python):
    if not python:
        return ""
    code = "import importlib.metadata as m; print('; '.join(f'{p} {m.version(p)}' for p in ('optuna', 'rustuna', 'cmaes')))"
    return subprocess.run([python, "-c", code], stdout=subprocess.PIPE, text=True).stdout.strip()


def main():
    if sys.argv[1:2] == ["peer"]:
        return peer(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--python")
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    text = (f"Milliseconds of one ask + tell, 10 floats, in memory, median and mean of {args.repeats} (peers fewer), one "
            "process a cell; processor time, all threads together, so that the load of the machine counts little. A bar is "
            f"met if the mean keeps it. Measured {date.today()} by `bench/suggest.py`.\n\n"
            f"- Machine: {model}, {os.cpu_count()} cores, {platform.platform()}, load averages "
            f"{', '.join(f'{load:.1f}' for load in os.getloadavg())}\n- Versions: {versions(args.python)}\n\n" + table(args))
    print(text)
    if args.write:
        page = args.write.read_text()
        before, rest = page.split(BEGIN)
        args.write.write_text(before + BEGIN + "\n" + text + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
