"""Functions whose minimum is known (0): ill-conditioned, rugged, plateaus, valleys, many peaks; a learning rate on the
right and on the wrong scale; and two objectives at once.

The shapes follow the noiseless BBOB families (Hansen, Finck, Ros, Auger: Real-parameter black-box optimization
benchmarking 2009, RR-6829), written anew and simplified: x in [-5, 5]^d, a shift and a rotation of their own for each
instance.
"""
import math

import numpy as np

FUNCTIONS = {}  # name -> (space, function of a dict, known minimum)
FRONTS = {}  # name -> (space, function of a dict giving two values, reference point)


def box(dimensions):
    return {f"x{i}": {"type": "float", "low": -5, "high": 5} for i in range(dimensions)}


def rotation(rng, dimensions):
    q, r = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))
    return q * np.sign(np.diag(r))


def conditioning(alpha, dimensions):
    return alpha ** (0.5 * np.arange(dimensions) / max(1, dimensions - 1))


def oscillate(z):
    """Small irregularities that keep the sign and the order of magnitude."""
    x = np.where(z == 0, 0.0, np.log(np.abs(np.where(z == 0, 1.0, z))))
    c1, c2 = np.where(z > 0, 10.0, 5.5), np.where(z > 0, 7.9, 3.1)
    return np.sign(z) * np.exp(x + 0.049 * (np.sin(c1 * x) + np.sin(c2 * x))) * (z != 0)


def sphere(z, _):
    return z @ z


def ellipsoid(z, _):
    return conditioning(1e6, len(z)) ** 2 @ oscillate(z) ** 2


def discus(z, _):
    z = oscillate(z)
    return 1e6 * z[0] ** 2 + z[1:] @ z[1:]


def bent_cigar(z, _):
    return z[0] ** 2 + 1e6 * (z[1:] @ z[1:])


def sharp_ridge(z, _):
    return z[0] ** 2 + 100 * math.sqrt(z[1:] @ z[1:])


def different_powers(z, _):
    return math.sqrt(np.sum(np.abs(z) ** (2 + 4 * np.arange(len(z)) / (len(z) - 1))))


def step_ellipsoid(z, _):
    z = conditioning(10, len(z)) * z
    steps = np.where(np.abs(z) > 0.5, np.floor(0.5 + z), np.floor(0.5 + 10 * z) / 10)
    return 0.1 * max(abs(z[0]) / 1e4, conditioning(100, len(z)) ** 2 @ steps ** 2)


def rosenbrock(z, _):
    z = max(1.0, math.sqrt(len(z)) / 8) * z + 1
    return float(np.sum(100 * (z[:-1] ** 2 - z[1:]) ** 2 + (z[:-1] - 1) ** 2))


def rastrigin(z, _):
    z = conditioning(10, len(z)) * oscillate(z)
    return 10 * (len(z) - np.sum(np.cos(2 * math.pi * z))) + z @ z


def schaffers(z, _):
    z = conditioning(10, len(z)) * z
    s = np.sqrt(z[:-1] ** 2 + z[1:] ** 2)
    return float(np.mean(np.sqrt(s) * (1 + np.sin(50 * s ** 0.2) ** 2)) ** 2)


def griewank_rosenbrock(z, _):
    z = max(1.0, math.sqrt(len(z)) / 8) * z + 1
    s = 100 * (z[:-1] ** 2 - z[1:]) ** 2 + (z[:-1] - 1) ** 2
    return float(10 * np.mean(s / 4000 - np.cos(s)) + 10)


def many_peaks(z, rng_of):
    """21 peaks of different width and height; the highest, of height 10, lies at the origin."""
    rng = rng_of()
    places = rng.uniform(-4, 4, (21, len(z)))
    places[0] = 0
    heights = np.concatenate([[10], np.linspace(1.1, 9.1, 20)])
    widths = conditioning(1000, 21)[rng.permutation(21)]
    widths[0] = widths.max()
    squares = np.sum((z - places) ** 2, axis=1)
    return float(10 - np.max(heights * np.exp(-0.5 / len(z) * widths * squares)))


def add(shape, dimensions, seed):
    def rng_of():
        return np.random.default_rng([seed, dimensions, 7])
    rng = np.random.default_rng([seed, dimensions])
    shift, turn = rng.uniform(-4, 4, dimensions), rotation(rng, dimensions)

    def value(params):
        z = turn @ (np.fromiter(params.values(), float, dimensions) - shift)
        return float(shape(z, rng_of))
    FUNCTIONS[f"{shape.__name__}-{dimensions}d"] = (box(dimensions), value, 0.0)


for _seed, _shape in enumerate([sphere, ellipsoid, discus, bent_cigar, sharp_ridge, different_powers, step_ellipsoid,
                                rosenbrock, rastrigin, schaffers, griewank_rosenbrock, many_peaks]):
    add(_shape, 5, _seed)
for _seed, _shape in enumerate([sphere, ellipsoid, rosenbrock, rastrigin]):
    add(_shape, 20, 100 + _seed)


def rate_space(scale):
    return {"learning_rate": {"type": "float", "low": 1e-4, "high": 1, "scale": scale},
            "momentum": {"type": "float", "low": 0.5, "high": 0.99},
            "units": {"type": "int", "low": 16, "high": 256, "scale": "log"},
            "dropout": {"type": "float", "low": 0, "high": 0.6}}


def add_rate(name, best_rate, curve):
    """A made-up network's error around its best learning rate; the same function on the right and the wrong scale."""
    def value(params):
        off = math.log10(params["learning_rate"] / best_rate)
        size = math.log2(params["units"] / 90)
        return curve(off) + 0.05 * (params["momentum"] - 0.85) ** 2 + 0.004 * size ** 2 \
            + 0.15 * (params["dropout"] - 0.2) ** 2
    low = (min(value({"learning_rate": best_rate, "momentum": 0.85, "units": u, "dropout": 0.2}) for u in (89, 90, 91)))
    for scale in ("log", "linear"):
        FUNCTIONS[f"rate-{name}-{scale}"] = (rate_space(scale), value, low)


add_rate("bowl-1e-3", 1e-3, lambda off: 0.05 * off * off)
add_rate("bowl-1e-2", 1e-2, lambda off: 0.05 * off * off)
add_rate("cliff-3e-3", 3e-3, lambda off: 0.04 * off * off + (0.4 if off > 0.7 else 0))
add_rate("narrow-2e-3", 2e-3, lambda off: 0.2 * (1 - math.exp(-2 * off * off)) + 0.01 * off * off)


def unit_box(dimensions):
    return {f"x{i}": {"type": "float", "low": 0, "high": 1} for i in range(dimensions)}


def front(name, dimensions, shape):
    def values(params):
        x = np.fromiter(params.values(), float, dimensions)
        g = 1 + 9 * np.mean(np.abs(x[1:] - 0.4))
        return [float(x[0]), float(g * shape(x[0], g))]
    FRONTS[name] = (unit_box(dimensions), values, (1.1, 6.0))


front("convex-front-6d", 6, lambda f, g: 1 - math.sqrt(f / g))
front("concave-front-6d", 6, lambda f, g: 1 - (f / g) ** 2)
front("broken-front-6d", 6, lambda f, g: 1 - math.sqrt(f / g) - f / g * math.sin(10 * math.pi * f))
