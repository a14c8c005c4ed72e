"""Tables of neighbours, pipelines and choices among families."""
import functools

import numpy as np
from recipes import geometric, recipe, when, whole
from sources import source

# Neighbours and pipelines: what is done to the columns first.

SCALERS = {"none": None, "standard": "StandardScaler", "range": "MinMaxScaler", "robust": "RobustScaler",
           "length": "Normalizer"}


def scaled(name, x, x_val):
    from sklearn import preprocessing
    if not SCALERS[name]:
        return x, x_val
    made = getattr(preprocessing, SCALERS[name])()
    return made.fit_transform(x), made.transform(x_val)


@functools.lru_cache(maxsize=8)  # All k and weights of one distance follow each other.
def nearest(name, rows, seed, scaler, metric, power, columns, components):
    """For each row that validates: how far the rows that train are, the nearest first, and what they are labelled."""
    from scipy.spatial import distance
    x, y, x_val, _ = source(name).draw(rows, seed, scale=False)
    x, x_val = scaled(scaler, x, x_val)
    if components:
        turn = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2].T[:, :components]
        x, x_val = x @ turn, x_val @ turn
    x, x_val = x[:, :columns], x_val[:, :columns]
    apart = distance.cdist(x_val, x, metric, **({"p": power} if metric == "minkowski" else {}))
    order = np.argsort(apart, axis=1, kind="stable")
    return np.take_along_axis(apart, order, axis=1), y[order]


def neighbours(name, rows, p, seed):
    """The share of wrong labels, where the k nearest vote, alike or by 1 / distance."""
    apart, labels = nearest(name, rows, seed, p["scaler"], p["metric"], p.get("power"), p.get("columns"), p.get("components"))
    votes = np.ones_like(apart[:, :p["k"]]) if p["weights"] == "uniform" else 1 / (apart[:, :p["k"]] + 1e-12)
    counts = np.stack([(votes * (labels[:, :p["k"]] == label)).sum(axis=1) for label in range(labels.max() + 1)], axis=1)
    return source(name).error(counts.argmax(axis=1))


BEFORE = {"scaler": list(SCALERS), "metric": ["cityblock", "chebyshev", "cosine", "minkowski"],
          "power": when([1.5, 2.0, 3.0, 5.0], 'metric == "minkowski"')}


@recipe("neighbours-wine", "neighbours", "check", {
    **BEFORE, "columns": [2, 4, 6, 8, 10, 13], "weights": ["uniform", "distance"], "k": whole(1, 50, 16)}, seeds=3)
def neighbours_wine(p, seed):
    return neighbours("wine", 60, p, seed)


@recipe("neighbours-fashion", "neighbours", "dev", {
    **BEFORE, "components": [2, 4, 8, 16], "weights": ["uniform", "distance"], "k": whole(1, 60, 12)}, seeds=3)
def neighbours_fashion(p, seed):
    return neighbours("fashion", 200, p, seed)


REDUCERS = {"scaler": list(SCALERS), "reducer": ["none", "components", "best"]}


def reduced(p, x, y, x_val):
    from sklearn import feature_selection
    if p["reducer"] == "components":
        middle = x.mean(axis=0)
        turn = np.linalg.svd(x - middle, full_matrices=False)[2].T[:, :p["components"]]
        return (x - middle) @ turn, (x_val - middle) @ turn
    if p["reducer"] == "best":
        with np.errstate(all="ignore"):
            f, _ = feature_selection.f_classif(x, y)
        chosen = np.argsort(-np.nan_to_num(f), kind="stable")[:p["columns"]]
        return x[:, chosen], x_val[:, chosen]
    return x, x_val


@recipe("pipeline-cancer", "pipelines", "check", {
    **REDUCERS, "components": whole(1, 30, 9, 'reducer == "components"'),
    "columns": whole(1, 30, 9, 'reducer == "best"'), "balance": ["yes", "no"], "c": geometric(1e-4, 1e3, 12)}, seeds=3)
def pipeline_cancer(p, seed):
    from sklearn import linear_model
    s = source("cancer")
    x, y, x_val, _ = s.draw(120, seed, scale=False)
    x, x_val = reduced(p, *(lambda a, b: (a, y, b))(*scaled(p["scaler"], x, x_val)))
    model = linear_model.LogisticRegression(C=p["c"], class_weight="balanced" if p["balance"] == "yes" else None, max_iter=60)
    return s.log_loss(model.fit(x, y).predict_proba(x_val))


@recipe("pipeline-digits", "pipelines", "dev", {
    **REDUCERS, "components": when([4, 8, 16, 24, 32], 'reducer == "components"'),
    "columns": when([8, 16, 24, 32, 48], 'reducer == "best"'), "model": ["ridge", "bayes", "discriminant"],
    "alpha": when(geometric(1e-4, 1e3, 11), 'model == "ridge"'), "smoothing": when(geometric(1e-9, 1, 11), 'model == "bayes"'),
    "shrinkage": when([round(0.1 * i, 2) for i in range(1, 11)], 'model == "discriminant"')}, seeds=3)
def pipeline_digits(p, seed):
    from sklearn import discriminant_analysis, linear_model, naive_bayes
    s = source("digits")
    x, y, x_val, _ = s.draw(150, seed, scale=False)
    x, x_val = reduced(p, *(lambda a, b: (a, y, b))(*scaled(p["scaler"], x, x_val)))
    model = {"ridge": lambda: linear_model.RidgeClassifier(alpha=p["alpha"]),
             "bayes": lambda: naive_bayes.GaussianNB(var_smoothing=p["smoothing"]),
             "discriminant": lambda: discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage=p["shrinkage"])}
    return s.error(model[p["model"]]().fit(x, y).predict(x_val))


# Five families of models, each with parameters of its own.

def of(family):
    return f'family == "{family}"'


FAMILIES = {
    "family": ["neighbours", "forest", "linear", "boosting", "support"],
    "k": whole(1, 60, 14, of("neighbours")), "weights": when(["uniform", "distance"], of("neighbours")),
    "power": when([1.0, 1.5, 2.0, 3.0], of("neighbours")),
    "features": when([0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 1.0], of("forest")), "leaf": when([1, 2, 4, 8, 16, 32], of("forest")),
    "depth": when([2, 4, 6, 9, 12], of("forest")),
    "alpha": when(geometric(1e-4, 1e3, 21), of("linear")), "powers": when([1, 2], of("linear")),
    "learning_rate": when(geometric(0.02, 0.8, 10), of("boosting")), "levels": when([1, 2, 3, 4], of("boosting")),
    "rounds": when([4, 8, 16, 32, 64], of("boosting")),
    "c": when(geometric(1e-2, 1e4, 14), of("support")), "gamma": when(geometric(1e-4, 1, 14), of("support"))}


def family(s, p, x, y, x_val, seed):
    from sklearn import ensemble, linear_model, neighbors, preprocessing, svm
    kind = "Regressor" if s.regression else "Classifier"
    if p["family"] == "neighbours":
        model = getattr(neighbors, "KNeighbors" + kind)(p["k"], weights=p["weights"], p=p["power"], algorithm="brute")
    elif p["family"] == "forest":
        model = getattr(ensemble, "ExtraTrees" + kind)(20, max_features=p["features"], min_samples_leaf=p["leaf"],
                                                       max_depth=p["depth"], random_state=seed)
    elif p["family"] == "linear":
        if p["powers"] == 2:
            more = preprocessing.PolynomialFeatures(2, include_bias=False)
            x, x_val = more.fit_transform(x[:, :10]), more.transform(x_val[:, :10])
        model = linear_model.Ridge(alpha=p["alpha"]) if s.regression else linear_model.RidgeClassifier(alpha=p["alpha"])
    elif p["family"] == "boosting":
        import xgboost
        model = getattr(xgboost, "XGB" + kind)(n_estimators=p["rounds"], learning_rate=p["learning_rate"],
                                               max_depth=p["levels"], subsample=0.7, random_state=seed, n_jobs=1, max_bin=32)
    else:
        model = (svm.SVR if s.regression else svm.SVC)(C=p["c"], gamma=p["gamma"], max_iter=2000)
    return s.error(model.fit(x, y).predict(x_val))


@recipe("families-diabetes", "families", "dev", FAMILIES, seeds=4)
def families_diabetes(p, seed):
    s = source("diabetes")
    x, y, x_val, _ = s.draw(244, seed)
    return family(s, p, x, y, x_val, seed)


@recipe("families-votes", "families", "check", FAMILIES, seeds=4)
def families_votes(p, seed):
    s = source("votes")
    x, y, x_val, _ = s.draw(500, seed)
    return family(s, p, x, y, x_val, seed)
