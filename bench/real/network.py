"""A small network, trained epoch by epoch; numpy alone, so that a training costs milliseconds."""
import numpy as np


class Network:
    """One hidden layer or two, trained in steps of so many rows, by gradient with momentum or by Adam."""

    def __init__(self, sizes, activation, seed):
        self.rng = np.random.default_rng(seed)
        self.weights = [self.rng.standard_normal((a, b)) * np.sqrt(2 / a) for a, b in zip(sizes, sizes[1:])]
        self.weights += [np.zeros(b) for b in sizes[1:]]
        self.layers, self.activation = len(sizes) - 1, activation
        self.first = [np.zeros_like(w) for w in self.weights]
        self.second, self.steps = [np.zeros_like(w) for w in self.weights], 0

    def forward(self, x):
        outputs = [x]
        for i in range(self.layers):
            z = outputs[-1] @ self.weights[i] + self.weights[self.layers + i]
            if i + 1 < self.layers:
                z = np.maximum(z, 0) if self.activation == "relu" else np.tanh(z)
            outputs.append(z)
        return outputs

    def epoch(self, x, slope, rate, batch, l2, solver, momentum):
        """slope: (what the network says, rows) -> gradient at its output."""
        order = self.rng.permutation(len(x))
        for start in range(0, len(x), batch):
            rows = order[start:start + batch]
            outputs = self.forward(x[rows])
            back, gradients = slope(outputs[-1], rows) / len(rows), [None] * len(self.weights)
            for i in reversed(range(self.layers)):
                gradients[i] = outputs[i].T @ back + l2 * self.weights[i]
                gradients[self.layers + i] = back.sum(axis=0)
                if i:
                    back = back @ self.weights[i].T
                    back = back * (outputs[i] > 0) if self.activation == "relu" else back * (1 - outputs[i] ** 2)
            self.steps += 1
            for i, g in enumerate(gradients):
                if solver == "sgd":
                    self.first[i] = momentum * self.first[i] - rate * g
                    self.weights[i] = self.weights[i] + self.first[i]
                    continue
                self.first[i] = 0.9 * self.first[i] + 0.1 * g
                self.second[i] = 0.999 * self.second[i] + 0.001 * g * g
                self.weights[i] = self.weights[i] - rate * (self.first[i] / (1 - 0.9 ** self.steps)) / (
                    np.sqrt(self.second[i] / (1 - 0.999 ** self.steps)) + 1e-8)


def chances_of(z):
    z = z - z.max(axis=1, keepdims=True)
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
