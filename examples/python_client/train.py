"""Logistic regression on generated points, by hand, reporting through Sterlet's Python client."""

import math
import os
import random
import sys

# The client is one file: copy it beside your program, or name its folder as here.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "client"))
import sterlet  # noqa: E402

DIMENSIONS = 6


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


def main():
    trial = sterlet.Trial()
    learning_rate = trial.get("learning_rate", 0.01)
    momentum = trial.get("momentum", 0.9)
    epochs = 8

    rng = random.Random(1)
    points = make_points(1200, rng)
    train, validation = points[:900], points[900:]
    weights = [0.0] * DIMENSIONS
    speed = [0.0] * DIMENSIONS
    for epoch in range(1, epochs + 1):
        rng.shuffle(train)
        for x, label in train:
            slope = probability(weights, x) - label
            for i in range(DIMENSIONS):
                speed[i] = momentum * speed[i] - learning_rate * slope * x[i]
                weights[i] += speed[i]
        wrong = sum((probability(weights, x) > 0.5) != (label == 1) for x, label in validation)
        val_error = wrong / len(validation)
        print(f"epoch {epoch} val_error={val_error:.4f}", flush=True)
        trial.report(epoch, val_error=val_error)
        if trial.should_stop():
            return
    trial.finish(val_error)


main()
