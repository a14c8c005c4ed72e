"""Tables of kernels, networks and linear models."""
import numpy as np
from network import Network, chances_of
from recipes import geometric, recipe, when
from sources import source

# Kernels: what the degree and the width of a kernel are depends on which it is.

KERNELS = {"kernel": ["linear", "rbf", "poly", "sigmoid"], "gamma": when(geometric(1e-4, 1, 9), 'kernel != "linear"'),
           "degree": when([2, 3, 4, 5], 'kernel == "poly"')}


def support_vectors(make, p, **more):
    return make(kernel=p["kernel"], gamma=p.get("gamma", 1.0), degree=p.get("degree", 3), C=p["c"], max_iter=2000, **more)


@recipe("svc-digits", "kernels", "dev", {**KERNELS, "c": geometric(1e-2, 1e3, 9), "components": [4, 8, 16, 64]})
def svc_digits(p, seed):
    from sklearn import svm
    s = source("digits")
    x, y, x_val, _ = s.draw(200, seed)
    turn = np.linalg.svd(x, full_matrices=False)[2].T[:, :p["components"]]
    return s.error(support_vectors(svm.SVC, p).fit(x @ turn, y).predict(x_val @ turn))


@recipe("svr-diabetes", "kernels", "check", {**KERNELS, "c": geometric(1e-1, 1e4, 9), "epsilon": geometric(1, 100, 5)})
def svr_diabetes(p, seed):
    from sklearn import svm
    s = source("diabetes")
    x, y, x_val, _ = s.draw(150, seed)
    return s.error(support_vectors(svm.SVR, p, epsilon=p["epsilon"]).fit(x, y).predict(x_val))


@recipe("kernel-ridge-schools", "kernels", "dev", {
    "kernel": ["linear", "rbf", "laplacian", "poly"], "gamma": when(geometric(1e-4, 1, 13), 'kernel != "linear"'),
    "degree": when([2, 3, 4], 'kernel == "poly"'), "offset": when(geometric(0.03, 30, 5), 'kernel == "poly"'),
    "alpha": geometric(1e-4, 100, 13)}, seeds=5)
def kernel_ridge_schools(p, seed):
    from sklearn.metrics.pairwise import pairwise_kernels
    s = source("schools")
    x, y, x_val, _ = s.draw(130, seed)
    names = {"linear": (), "rbf": ("gamma",), "laplacian": ("gamma",), "poly": ("gamma", "degree", "coef0")}
    options = {n: p["offset" if n == "coef0" else n] for n in names[p["kernel"]]}
    own, other = (pairwise_kernels(a, x, metric=p["kernel"], **options) for a in (x, x_val))
    try:
        weights = np.linalg.solve(own + p["alpha"] * np.eye(len(x)), y - y.mean())
    except np.linalg.LinAlgError:  # Singular: it predicts nothing.
        return 10.0
    return s.error(other @ weights + y.mean())


# Networks: epochs are prefixes of one training.

EPOCHS = [2, 4, 8, 16]
SOLVERS = {"solver": ["sgd", "adam"], "momentum": when([0.0, 0.5, 0.8, 0.9, 0.95, 0.99], 'solver == "sgd"')}


@recipe("mlp-digits", "networks", "dev", {
    **SOLVERS, "learning_rate": geometric(1e-4, 1, 13), "units": [8, 16, 32, 64], "l2": geometric(1e-5, 1e-1, 3),
    "activation": ["relu", "tanh"], "epochs": EPOCHS}, seeds=3, prefix="epochs")
def mlp_digits(p, seed):
    s = source("digits")
    x, y, x_val, _ = s.draw(256, seed)
    truth = np.eye(10)[y]
    network, losses = Network([64, p["units"], 10], p["activation"], seed), []
    with np.errstate(all="ignore"):
        for epoch in range(1, EPOCHS[-1] + 1):
            network.epoch(x, lambda z, rows: chances_of(z) - truth[rows], p["learning_rate"], 32, p["l2"], p["solver"],
                          p.get("momentum", 0))
            if epoch in EPOCHS:
                chances = chances_of(network.forward(x_val)[-1])
                losses.append(s.log_loss(chances) if np.all(np.isfinite(chances)) else -float(np.log(1e-4)))
    return losses


@recipe("mlp-schools", "networks", "check", {
    **SOLVERS, "learning_rate": geometric(1e-4, 1, 11), "layers": [1, 2], "units": [4, 16, 64],
    "units_2": when([4, 16, 64], "layers == 2"), "batch": [8, 32], "epochs": EPOCHS}, seeds=3, prefix="epochs")
def mlp_schools(p, seed):
    s = source("schools")
    x, y, x_val, _ = s.draw(128, seed)
    goal = ((y - y.mean()) / y.std())[:, None]
    sizes = [x.shape[1], p["units"], *([p["units_2"]] if p["layers"] == 2 else []), 1]
    network, errors = Network(sizes, "relu", seed), []
    with np.errstate(all="ignore"):
        for epoch in range(1, EPOCHS[-1] + 1):
            network.epoch(x, lambda z, rows: z - goal[rows], p["learning_rate"], p["batch"], 1e-4, p["solver"],
                          p.get("momentum", 0))
            if epoch in EPOCHS:
                errors.append(s.error(network.forward(x_val)[-1][:, 0] * y.std() + y.mean()))
    return errors


# Linear models.

@recipe("sgd-fashion", "linear", "check", {
    "loss": ["hinge", "log_loss", "modified_huber", "perceptron"], "penalty": ["l2", "l1", "elasticnet"],
    "mix": when([0.1, 0.5, 0.8], 'penalty == "elasticnet"'), "alpha": geometric(1e-6, 1, 6),
    "schedule": ["optimal", "constant", "invscaling"], "rate": when(geometric(1e-4, 1, 7), 'schedule != "optimal"')}, seeds=3)
def sgd_fashion(p, seed):
    from sklearn import linear_model
    s = source("fashion")
    x, y, x_val, _ = s.draw(200, seed)
    model = linear_model.SGDClassifier(loss=p["loss"], penalty=p["penalty"], l1_ratio=p.get("mix", 0.15), alpha=p["alpha"],
                                       learning_rate=p["schedule"], eta0=p.get("rate", 0.01), max_iter=3, tol=None,
                                       random_state=seed)
    try:
        return s.error(model.fit(x, y).predict(x_val))
    except ValueError:  # The weights overflowed.
        return 0.9


@recipe("elasticnet-schools", "linear", "dev", {
    "powers": [1, 2], "products": when(["yes", "no"], "powers == 2"), "scaler": ["standard", "rank"],
    "penalty": ["l2", "mixed"], "mix": when([0.05, 0.2, 0.4, 0.6, 0.8, 1.0], 'penalty == "mixed"'),
    "alpha": geometric(1e-4, 10, 21)})
def elasticnet_schools(p, seed):
    from sklearn import linear_model, preprocessing
    s = source("schools")
    x, y, x_val, _ = s.draw(150, seed)
    if p["scaler"] == "rank":
        ranks = preprocessing.QuantileTransformer(n_quantiles=50, output_distribution="normal", random_state=0)
        x, x_val = ranks.fit_transform(x), ranks.transform(x_val)
    if p["powers"] == 2:
        if p["products"] == "yes":
            more = preprocessing.PolynomialFeatures(2, include_bias=False)
            x, x_val = more.fit_transform(x), more.transform(x_val)
        else:
            x, x_val = np.hstack([x, x * x]), np.hstack([x_val, x_val * x_val])
    if p["penalty"] == "l2":
        model = linear_model.Ridge(alpha=p["alpha"] * len(x))
    else:
        model = linear_model.ElasticNet(alpha=p["alpha"] * y.std(), l1_ratio=p["mix"], max_iter=60, tol=1e-3)
    return s.error(model.fit(x, y).predict(x_val))
