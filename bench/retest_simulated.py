"""Verdicts of `sterlet retest` on 100 simulated studies: false alarms where nothing changed, and the right word where it did.

Each study is tuned by the program, with one to six parameters and 15 to 60 trials, on a function of its own: a bowl, a valley,
a rippled bowl, steps, or one that half of the parameters do not matter to. Its program is a shell script that asks a small
server for the value, so that a training costs a millisecond. Then, in the same folder, one thing changes and
`sterlet retest --json` gives its verdict:

  nothing    right: holds (and never rusted)
  optimum    the function's bottom moves half the range in each parameter; right: rusted
  values     the same order, other values (0.5 + 1.3 f); right: drifted (holds would be a miss, rusted false)

Noise is a normal draw in shares of what settings differ by (median less best of 1,000 random settings): none, small (0.1) or
large (1). By the seed: a run of a seed and setting that was seen gives the same value again, as a program that is
repeatable to the bit does. By chance: no two runs are alike, as on a GPU.

  python3 bench/retest_simulated.py [--studies 100] [--changes ...] [--noises ...]     prints a table in Markdown
"""
import argparse
import json
import math
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.abspath(os.environ.get("STERLET_BIN") or os.path.join(HERE, "../build/release/bin"))
NOISES = {"none": (0.0, True), "small, by the seed": (0.1, True), "large, by the seed": (1.0, True),
          "small, by chance": (0.1, False), "large, by chance": (1.0, False)}
CHANGES = {"nothing": "holds", "optimum": "rusted", "values": "drifted"}
SHAPES = ["bowl", "valley", "ripples", "steps", "half"]
SAMPLERS = ["auto", "tpe", "random"]


class Function:
    """Of points in [0, 1]^d, drawn by a number."""

    def __init__(self, number):
        rng = random.Random(number)
        self.shape = SHAPES[number % len(SHAPES)]
        self.dimensions = 1 + number // len(SHAPES) % 6
        self.trials = rng.randint(15, 60)
        self.place = [rng.random() for _ in range(self.dimensions)]
        self.steep = [0.2 + rng.random() for _ in range(self.dimensions)]
        if self.shape == "half":
            self.steep = [s if i < (self.dimensions + 1) // 2 else 0 for i, s in enumerate(self.steep)]
        self.moved = [(x + 0.5) % 1 for x in self.place]
        values = sorted(self.value([rng.random() for _ in self.place], self.place) for _ in range(1000))
        self.differ = values[500] - values[0]

    def value(self, x, place):
        away = [u - p for u, p in zip(x, place)]
        bowl = sum(s * a * a for s, a in zip(self.steep, away))
        if self.shape == "valley":
            return sum(s * abs(a) for s, a in zip(self.steep, away)) + 2 * abs(sum(away)) / len(away)
        if self.shape == "ripples":
            return bowl + 0.02 * sum(1 - math.cos(25 * a) for a in away)
        if self.shape == "steps":
            return math.ceil(10 * bowl) / 10 + 0.01 * bowl
        return bowl


class Server:
    """Answers "STUDY SEED x1 x2 ..." with the value of that study as it is today."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.studies = {}  # Name: function, noise, change.
        self.chance = random.Random(0)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            with connection, connection.makefile("rw") as file:
                words = file.readline().split()
                file.write(f"value={self.answer(words)!r}\n")

    def answer(self, words):
        function, (noise, is_by_seed), change = self.studies[words[0]]
        x = [float(word) for word in words[2:]]
        found = function.value(x, function.moved if change == "optimum" else function.place)
        if change == "values":
            found = 0.5 + 1.3 * found
        draw = random.Random(" ".join(words[1:])) if is_by_seed else self.chance
        return found + noise * function.differ * draw.gauss(0, 1)


def tool(*arguments, cwd):
    done = subprocess.run([os.path.join(BIN, "sterlet"), *arguments], cwd=cwd, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: {done.stderr}")
    return done.stdout


def simulate(server, folder, number, noise, changes):
    """The verdict after each change, of one study."""
    function = Function(number)
    name = f"s{number}"
    home = os.path.join(folder, name)
    os.mkdir(home)
    names = [f"x{i}" for i in range(function.dimensions)]
    given = ", ".join(f"'${{{n}}}'" for n in names)
    with open(os.path.join(home, "train.sh"), "w") as file:
        file.write(f"exec 3<>/dev/tcp/127.0.0.1/{server.port}\necho \"$@\" >&3\nread -r answer <&3\necho \"$answer\"\n")
    with open(os.path.join(home, "study.yaml"), "w") as file:
        file.write(f"study: {name}\nobjective: {{metric: value, direction: minimize}}\n"
                   f"command: [bash, train.sh, {name}, '${{seed}}', {given}]\nparams:\n"
                   + "".join(f"  {n}: {{type: float, low: 0, high: 1}}\n" for n in names)
                   + "metrics: {from: stdout, pattern: 'value=(?<value>\\S+)'}\n"
                   f"sampler: {SAMPLERS[number % len(SAMPLERS)]}\nworkers: 1\nseed: {number}\n"
                   f"budget: {{trials: {function.trials}}}\n")
    server.studies[name] = (function, NOISES[noise], "nothing")
    tool("tune", "study.yaml", "--quiet", cwd=home)
    told = []
    for change in changes:
        place = os.path.join(folder, "changed")
        shutil.copytree(home, place)
        server.studies[name] = (function, NOISES[noise], change)
        verdict = json.loads(tool("retest", "study.yaml", "--json", cwd=place))
        shutil.rmtree(place)
        told.append({"verdict": verdict["verdict"], "evaluations": verdict["evaluations"], "shape": function.shape,
                     "dimensions": function.dimensions, "number": number, "noise": noise, "change": change,
                     "confidence": verdict["confidence"]})
    shutil.rmtree(home)
    return told


def row_of(told, change, noise):
    counts = [sum(one["verdict"] == word for one in told) for word in ("holds", "drifted", "rusted", "unsure")]
    evaluations = [one["evaluations"] for one in told]
    shapes = {shape: sum(one["shape"] == shape and one["verdict"] == CHANGES[change] for one in told) for shape in SHAPES}
    of = {shape: sum(one["shape"] == shape for one in told) for shape in SHAPES}
    return (f"| {change} | {noise} | " + " | ".join(map(str, counts))
            + f" | {statistics.mean(evaluations):.1f} (most {max(evaluations)}) | "
            + ", ".join(f"{shape} {count} of {of[shape]}" for shape, count in shapes.items() if of[shape]) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--changes", nargs="+", choices=CHANGES, default=list(CHANGES))
    parser.add_argument("--noises", nargs="+", choices=NOISES, default=list(NOISES))
    options = parser.parse_args()
    server, rows = Server(), []
    print("| what changed | noise | holds | drifted | rusted | unsure | evaluations | right, by shape |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for noise in options.noises:
        with tempfile.TemporaryDirectory(prefix="sterlet-simulated-") as folder:
            for number in range(options.first, options.first + options.studies):
                rows += simulate(server, folder, number, noise, options.changes)
        for change in options.changes:
            print(row_of([one for one in rows if one["change"] == change and one["noise"] == noise], change, noise), flush=True)
    wrong = [one for one in rows if one["verdict"] == "rusted" and one["change"] != "optimum"]
    print("falsely rusted:", *map(json.dumps, wrong), sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
