"""Logistic regression on generated points, by hand, that can be changed, taken back and branched while it trains."""

import json
import math
import os
import random
import sys
import time

# The client is one file: copy it beside your program, or name its folder as here.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "client"))
import sterlet  # noqa: E402

DIMENSIONS = 6
BATCH = 50


def make_points(count, rng):
    direction = [rng.gauss(0, 1) for _ in range(DIMENSIONS)]
    points = []
    for _ in range(count):
        x = [rng.gauss(0, 1) for _ in range(DIMENSIONS)]
        side = sum(a * b for a, b in zip(direction, x)) + rng.gauss(0, 0.5)
        points.append((x, 1 if side > 0 else 0))
    return points


def probability(weights, x):
    score = sum(w * v for w, v in zip(weights, x))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


class Model:
    """All that the next step depends on: weights, the momentum's average, the random numbers, and how far it is."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.weights = [0.0] * DIMENSIONS
        self.speed = [0.0] * DIMENSIONS
        self.step = 0

    def save(self, trial):
        name = f"step-{self.step}-{len(os.listdir(trial.checkpoint_dir))}.json"
        path = os.path.join(trial.checkpoint_dir, name)
        with open(path + ".part", "w") as file:
            version, state, gauss = self.rng.getstate()
            json.dump([self.weights, self.speed, self.step, [version, list(state), gauss]], file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(path + ".part", path)
        trial.checkpointed(self.step, name)

    def load(self, path):
        with open(path) as file:
            self.weights, self.speed, self.step, (version, state, gauss) = json.load(file)
        self.rng.setstate((version, tuple(state), gauss))

    def train(self, points, learning_rate, momentum):
        gradient = [0.0] * DIMENSIONS
        for x, label in self.rng.sample(points, BATCH):
            slope = probability(self.weights, x) - label
            gradient = [g + slope * v / BATCH for g, v in zip(gradient, x)]
        self.speed = [momentum * s - learning_rate * g for s, g in zip(self.speed, gradient)]
        self.weights = [w + s for w, s in zip(self.weights, self.speed)]
        self.step += 1


def main():
    trial = sterlet.Trial(live=True, restores=True)
    now = {"learning_rate": trial.get("learning_rate", 0.01), "momentum": trial.get("momentum", 0.9)}
    steps = trial.get("steps", 300)
    points = make_points(1200, random.Random(1))
    train, validation = points[:900], points[900:]
    model = Model(trial.seed(1))
    if trial.resume_path:
        model.load(trial.resume_path)
    while model.step < steps and not trial.should_stop():
        for change in trial.changes():
            if change.kind == "checkpoint":
                model.save(trial)
            elif change.kind == "restore":
                model.load(change.path)
                trial.restored(model.step, change.path)
            if change.values:  # Of a set, or of a restore.
                now.update(change.values)
                trial.applied(model.step, change.values)
        model.train(train, now["learning_rate"], now["momentum"])
        loss = -sum(math.log(max(1e-12, probability(model.weights, x) if label else 1 - probability(model.weights, x)))
                    for x, label in validation) / len(validation)
        trial.report(model.step, val_loss=loss, learning_rate=now["learning_rate"])
        time.sleep(0.02)  # So that there is time to watch it.


main()
