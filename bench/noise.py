"""What repeats are worth at equal runs: python3 bench/noise.py STERLET [seeds] [sampler]

A noisy objective in four dimensions (a bowl from 0 up, sd of a run's noise as given) is asked and told over `sterlet
ask-tell`: every setting once, every setting three times, and a race. Printed: the true value of the chosen best (its
regret), mean over the seeds with its standard error; the mean of the stated probabilities, and how often it was right.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

RUNS = 100
MODES = (("once", ""), ("repeats: 3", "repeats: 3\n"), ("race", "repeats: {at_most: 12, share: 0.3}\n"),
         ("race, share 0.5", "repeats: {at_most: 12, share: 0.5}\n"))


def truth(params, centre):
    return sum((params[name] - c) ** 2 for name, c in centre.items())


def converse(command, centre, noise, chance):
    """The true values of all that was asked, and the answer to `best`."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        def say(message):
            run.stdin.write(json.dumps(message) + "\n")
            run.stdin.flush()
            return json.loads(run.stdout.readline())
        settings = []
        for _ in range(RUNS):
            asked = say({"op": "ask"})
            value = truth(asked["params"], centre)
            settings.append(value)
            say({"op": "tell", "id": asked["id"], "value": value + chance.gauss(0, noise)})
        best = say({"op": "best"})
        run.stdin.close()
    return settings, best


def study(program, seed, repeats, noise, sampler):
    chance = random.Random(seed)
    centre = {name: chance.uniform(0.2, 0.8) for name in ("a", "b", "c", "d")}
    text = (f"study: s\nobjective: loss\nsampler: {sampler}\nseed: {seed}\ndefaults_first: false\n"
            f"budget: {{trials: {RUNS}}}\n{repeats}params:\n" +
            "".join(f"  {name}: {{type: float, low: 0, high: 1}}\n" for name in centre))
    with tempfile.TemporaryDirectory(prefix="sterlet-noise-") as folder:
        path = os.path.join(folder, "study.yaml")
        with open(path, "w") as file:
            file.write(text)
        settings, best = converse([program, "ask-tell", path], centre, noise, chance)
    chosen = truth(best["params"], centre)
    return chosen, best.get("probability"), chosen <= min(settings)


def main():
    program, seeds, sampler = sys.argv[1], int((sys.argv[2:] or ["40"])[0]), (sys.argv[3:] or ["random"])[0]
    print(f"| noise | {sampler}, {RUNS} runs, {seeds} seeds | regret | said | right |\n|---|---|---|---|---|")
    for noise in (0.05, 0.2):
        for name, repeats in MODES:
            found = [study(program, seed, repeats, noise, sampler) for seed in range(seeds)]
            regrets = [chosen for chosen, _, _ in found]
            mean = sum(regrets) / seeds
            error = (sum((r - mean) ** 2 for r in regrets) / (seeds - 1) / seeds) ** 0.5
            said = [p for _, p, _ in found if p is not None]
            right = sum(r for _, _, r in found) / seeds
            print(f"| {noise} | {name} | {mean:.4f} +- {error:.4f} | "
                  f"{f'{sum(said) / len(said):.2f}' if said else '-'} | {right:.2f} |", flush=True)


if __name__ == "__main__":
    main()
