"""Evaluates a converted YAHPO Gym surrogate (a small neural network) with numpy alone.

A scenario is two files: NAME.weights.xz (xz; a line of JSON with name, type and shape of each array, then their bytes,
each array's first bytes before its second ones, which packs better) and NAME.json:
  ops      [op, inputs, output, attributes] in order, as in the ONNX graph it came from
  consts   the graph's small constants: name -> [dtype, value]
  cat      categorical input columns: [name, {value: code}]; the first is the task (the data set)
  cont     numeric input columns
  space    the search space, in the study file's words
  fixed    columns held constant (the full fidelity)
  fidelity the column that a learning curve walks along, with its first and last value (or null)
  targets  what can be minimised: name -> [output column, scale, offset]
"""
import json
import lzma
import os

import numpy as np

DTYPES = {1: np.float32, 6: np.int32, 7: np.int64, 11: np.float64}


def _div(a, b, _):
    return a // b if np.issubdtype(np.asarray(a).dtype, np.integer) else a / b


def _slice(x, start, end, axis, _):
    index = [slice(None)] * x.ndim
    index[int(axis[0])] = slice(int(start[0]), int(end[0]))
    return x[tuple(index)]


def _batch_norm(x, scale, bias, mean, var, attrs):
    factor = scale / np.sqrt(var + np.float32(attrs["epsilon"]))
    return (x - mean) * factor + bias


def _sigmoid(x, _):
    return (1 / (1 + np.exp(-np.clip(x.astype(np.float64), -500, 500)))).astype(x.dtype)


OPS = {  # the attributes come last
    "Add": lambda a, b, _: a + b,
    "Sub": lambda a, b, _: a - b,
    "Mul": lambda a, b, _: a * b,
    "Div": _div,
    "Neg": lambda x, _: -x,
    "Exp": lambda x, _: np.exp(x),
    "Log": lambda x, _: np.log(x),
    "Round": lambda x, _: np.round(x),
    "Relu": lambda x, _: np.maximum(x, 0),
    "Sigmoid": _sigmoid,
    "Cast": lambda x, attrs: x.astype(DTYPES[attrs["to"]]),
    "Gather": lambda x, i, attrs: np.take(x, i, axis=attrs.get("axis", 0)),
    "Unsqueeze": lambda x, axis, _: np.expand_dims(x, int(axis[0])),
    "Concat": lambda *args: np.concatenate(args[:-1], axis=args[-1]["axis"]),
    "Shape": lambda x, _: np.array(x.shape),
    "Slice": _slice,
    "Gemm": lambda x, w, b, _: x @ w.T + b,
    "BatchNormalization": _batch_norm,
}


def read_weights(path):
    with lzma.open(path) as f:
        index = json.loads(f.readline())
        weights = {}
        for name, dtype, shape in index:
            size = np.dtype(dtype).itemsize
            count = int(np.prod(shape, dtype=int))
            data = np.frombuffer(f.read(count * size), np.uint8).reshape(size, count)
            weights[name] = np.ascontiguousarray(data.T).view(dtype).reshape(shape)
    return weights


class Surrogate:
    def __init__(self, path):
        with open(path) as f:
            self.spec = json.load(f)
        self.weights = read_weights(os.path.splitext(path)[0] + ".weights.xz")
        for name, (dtype, value) in self.spec["consts"].items():
            self.weights[name] = np.array(value, dtype=dtype)

    def run(self, x_cat, x_cont):
        """The network itself: int and float columns in, all outputs out, one row a configuration."""
        values = dict(self.weights, x_cat=x_cat, x_cont=x_cont.astype(np.float32))
        for op, inputs, output, attrs in self.spec["ops"]:
            values[output] = OPS[op](*(values[i] for i in inputs), attrs)
        return values["output"]

    def evaluate(self, task, rows, target):
        """The target for each row (a dict of parameters and, if wanted, a fidelity)."""
        fixed = self.spec["fixed"]
        rows = [{**fixed, **row, self.spec["cat"][0][0]: task} for row in rows]
        x_cat = np.array([[codes[r.get(c, "#na#")] for c, codes in self.spec["cat"]] for r in rows])
        x_cont = np.array([[r.get(c, 0.0) for c in self.spec["cont"]] for r in rows])
        column, scale, offset = self.spec["targets"][target]
        values = self.run(x_cat, x_cont)[:, column].astype(np.float64) * scale + offset
        if np.isnan(values).any():
            raise ValueError(f"task {task} is not in these weights")
        return values
