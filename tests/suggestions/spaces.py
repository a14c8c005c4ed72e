"""The spaces of suggestions_test.py: each a study file without sampler, seed and command."""

SPACES = {
    "one float": "x: {type: float, low: -1, high: 2}",
    "log float": "learning_rate: {type: float, low: 1e-5, high: 1, scale: log}",
    "two floats": "x: {type: float, low: -5, high: 5}\ny: {type: float, low: 0, high: 1}",
    "averages": "beta: {type: float, low: 0.9, high: 0.9995, scale: reverse_log}\nrate: {type: float, low: 1e-4, high: 0.5, scale: log}",
    "integers": "layers: {type: int, low: 1, high: 9}\nunits: {type: int, low: 16, high: 1024, scale: log}",
    "categories": "kind: {type: categorical, choices: [a, b, c, d]}\nx: {type: float, low: 0, high: 1}",
    "small": "layers: {type: int, low: 1, high: 4}\nkind: {type: categorical, choices: [a, b, c]}",
    "condition": ("kind: {type: categorical, choices: [sgd, adam]}\nrate: {type: float, low: 1e-4, high: 1, scale: log}\n"
                  "momentum: {type: float, low: 0.5, high: 0.999, scale: reverse_log, when: kind == \"sgd\"}\n"
                  "beta: {type: float, low: 0.8, high: 0.99, when: kind == \"adam\"}"),
    "repeated": "layers: {type: int, low: 1, high: 3}\nunits: {type: int, low: 8, high: 64, scale: log, repeat: layers}",
    "constraint": "x: {type: float, low: 0, high: 1}\ny: {type: float, low: 0, high: 1}\nz: {type: float, low: 0, high: 1}",
    "steps": "x: {type: float, low: 0, high: 1, step: 0.125}\ny: {type: int, low: 0, high: 40, step: 4}",
    "many": "\n".join(f"p{i}: {{type: float, low: 0, high: {i + 1}}}" for i in range(12)),
    "fixed": "x: {type: float, low: 0, high: 1, default: 0.25}\nkind: {type: categorical, choices: [only]}\nn: {type: int, low: 3, high: 3}",
}
CONSTRAINTS = {"constraint": ["x + y <= 1.2", "z >= x * y"]}
SAMPLERS = ["grid", "random", "sobol", "refine", "tpe", "gp", "cmaes", "nsga2", "auto"]
SEEDS = [1, 7, 12345]


def study_file(space, sampler, seed, trials):
    params = "\n".join("  " + line for line in SPACES[space].splitlines())
    text = (f"study: s\nobjective: {{metric: loss, direction: minimize}}\nparams:\n{params}\n"
            f"budget: {{trials: {trials}}}\nsampler: {sampler}\nseed: {seed}\n")
    if space in CONSTRAINTS:
        text += "constraints:\n" + "".join(f"  - \"{line}\"\n" for line in CONSTRAINTS[space])
    return text


def loss(params):
    """A bowl with a ridge, of additions and multiplications alone, so that it is the same on every machine."""
    total, place = 0.0, 1.0
    for name in sorted(params):
        values = params[name] if isinstance(params[name], list) else [params[name]]
        for value in values:
            x = float(sum(value.encode())) / 512 if isinstance(value, str) else float(value) / (1.0 + abs(float(value)))
            total += place * (x - 0.3) * (x - 0.3) + 0.05 * x * total
            place *= 0.75
    return total


def outcome(number, params):
    """What trial `number` is told: most a value, now and then that it failed, was pruned or diverged."""
    if number % 17 == 13:
        return {"state": "failed"}
    if number % 23 == 19:
        return {"state": "pruned", "value": loss(params)}
    return {"value": "Infinity" if number % 29 == 21 else loss(params)}
