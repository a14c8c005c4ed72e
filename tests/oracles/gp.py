"""Writes gp_posterior.csv (scikit-learn's Gaussian process) and log_ei.csv (mpmath).

gp_posterior.csv: hyperparameters, told rows and queries of three processes, with the posterior mean, the posterior
variance of the noise-free function and the log marginal likelihood. The constant mean is at the mode of its posterior
under a standard normal prior, from the matrices written out.
log_ei.csv: ln(phi(z) + z Phi(z)) and its derivative, with 60 digits or more.
The tables were written by scikit-learn 1.9.1, numpy 2.4.6, mpmath 1.3.0:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn mpmath && /tmp/venv/bin/python tests/oracles/gp.py
"""

import pathlib

import mpmath
import numpy
import sklearn
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

HERE = pathlib.Path(__file__).parent


def posterior(table):
    rng = numpy.random.default_rng(5)
    table.write(f"# scikit-learn {sklearn.__version__}, numpy {numpy.__version__}\n")
    for case, (n, d, noise, variance) in enumerate([(1, 1, 1e-2, 0.7), (12, 3, 1e-4, 1.3), (60, 5, 1e-6, 2.5)]):
        lengths = rng.uniform(0.2, 1.5, d)
        x, query = rng.uniform(size=(n, d)), rng.uniform(size=(7, d))
        y = numpy.sin(5 * x[:, 0]) + x.sum(axis=1) ** 2 - 1
        kernel = ConstantKernel(variance) * Matern(length_scale=lengths, nu=2.5)
        inverse = numpy.linalg.inv(kernel(x) + noise * numpy.eye(n))
        constant = inverse.sum(axis=0) @ y / (inverse.sum() + 1.0)
        model = GaussianProcessRegressor(kernel, alpha=noise, optimizer=None).fit(x, y - constant)
        mean, deviation = model.predict(query, return_std=True)
        table.write(f"case,{case},{n},{d},{noise!r},{variance!r},{float(model.log_marginal_likelihood_value_)!r}\n")
        table.write("lengths," + ",".join(repr(float(v)) for v in lengths) + "\n")
        for row, value in zip(x, y):
            table.write("told," + ",".join(repr(float(v)) for v in [*row, value]) + "\n")
        for row, m, s in zip(query, mean + constant, deviation):
            table.write("query," + ",".join(repr(float(v)) for v in [*row, m, s * s]) + "\n")


def log_ei(table):
    table.write(f"# mpmath {mpmath.__version__}: z, ln(phi(z) + z Phi(z)), its derivative\n")
    for z in [-1e8, -1e6, -12345.678, -1000, -300, -100, -50, -38.5, -37.5, -25, -15, -10, -7.25, -5.0001, -5, -4.9999, -3,
              -1.5, -1, -0.5, -1e-3, 0, 1e-3, 0.7, 2, 5, 12, 40]:
        mpmath.mp.dps = 60 if z > -1000 else 120
        x = mpmath.mpf(z)
        # phi + z Phi = the integral of Phi; by its asymptotic series where the subtraction would need too many digits.
        if z > -1000:
            improvement = mpmath.npdf(x) + x * mpmath.ncdf(x)
            value, slope = mpmath.log(improvement), mpmath.ncdf(x) / improvement
        else:
            square = 1 / x**2
            series = lambda start: mpmath.fsum(
                (-1) ** k * mpmath.fac2(2 * k + start) * square**k for k in range(8))
            tail = series(1)  # phi (1/z^2 - 3/z^4 + 15/z^6 ...)
            value = -x * x / 2 - mpmath.log(2 * mpmath.pi) / 2 + mpmath.log(square) + mpmath.log(tail)
            slope = series(-1) / (tail * square * abs(x))
        table.write(f"{z!r},{mpmath.nstr(value, 20)},{mpmath.nstr(slope, 20)}\n")


with (HERE / "gp_posterior.csv").open("w") as out:
    posterior(out)
with (HERE / "log_ei.csv").open("w") as out:
    log_ei(out)
