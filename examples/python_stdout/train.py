"""Logistic regression on generated points, by hand: a program that knows nothing of Sterlet."""

import argparse
import math
import random

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
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--epochs", type=int, default=8)
    args = parser.parse_args()

    rng = random.Random(1)
    points = make_points(1200, rng)
    train, validation = points[:900], points[900:]
    weights = [0.0] * DIMENSIONS
    speed = [0.0] * DIMENSIONS
    for epoch in range(1, args.epochs + 1):
        rng.shuffle(train)
        for x, label in train:
            slope = probability(weights, x) - label
            for i in range(DIMENSIONS):
                speed[i] = args.momentum * speed[i] - args.lr * slope * x[i]
                weights[i] += speed[i]
        wrong = sum((probability(weights, x) > 0.5) != (label == 1) for x, label in validation)
        print(f"epoch {epoch} val_error={wrong / len(validation):.4f}", flush=True)


main()
