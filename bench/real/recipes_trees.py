"""Tables of boosting and forests."""
import numpy as np
from recipes import geometric, recipe, when, whole
from sources import source

# Boosting: rounds are prefixes of one training.

ROUNDS = [5, 10, 20, 40, 80]


@recipe("xgboost-affairs", "boosting", "check", {
    "learning_rate": geometric(0.01, 1, 9), "depth": [1, 2, 3, 4, 6, 8], "rows": [0.4, 0.7, 1.0],
    "l2": geometric(0.1, 100, 4), "rounds": ROUNDS}, seeds=3, prefix="rounds")
def xgboost_affairs(p, seed):
    import xgboost
    s = source("affairs")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    model = xgboost.train({"objective": "binary:logistic", "eta": p["learning_rate"], "max_depth": p["depth"],
                           "subsample": p["rows"], "lambda": p["l2"], "seed": seed, "nthread": 1, "max_bin": 32},
                          xgboost.DMatrix(x, y, nthread=1), ROUNDS[-1])
    held = xgboost.DMatrix(x_val[:1000], nthread=1)
    chances = (model.predict(held, iteration_range=(0, n)) for n in ROUNDS)
    return [float(-np.log(np.clip(np.where(s.y_val[:1000] == 1, c, 1 - c), 1e-4, 1)).mean()) for c in chances]


@recipe("lightgbm-visits", "boosting", "dev", {
    "learning_rate": geometric(0.01, 1, 9), "leaves": [2, 4, 8, 16, 32], "smallest": [2, 8, 32],
    "columns": [0.3, 0.6, 1.0], "l1": [0.01, 1.0], "rounds": ROUNDS}, seeds=3, prefix="rounds")
def lightgbm_visits(p, seed):
    import lightgbm
    s = source("visits")
    x, y, x_val, _ = s.draw(400, seed, scale=False)
    model = lightgbm.train({"objective": "regression", "learning_rate": p["learning_rate"], "num_leaves": p["leaves"],
                            "min_data_in_leaf": p["smallest"], "feature_fraction": p["columns"], "lambda_l1": p["l1"],
                            "seed": seed, "num_threads": 1, "verbosity": -1, "max_bin": 31, "deterministic": True},
                           lightgbm.Dataset(x, y, params={"verbosity": -1}), ROUNDS[-1])
    return [float(np.mean((model.predict(x_val[:1000], num_iteration=n) - s.y_val[:1000]) ** 2) / s.spread) for n in ROUNDS]


@recipe("histboost-votes", "boosting", "check", {
    "learning_rate": geometric(0.02, 1, 8), "leaves": [2, 4, 8, 16], "l2": geometric(1e-2, 100, 3), "smallest": [2, 8, 32],
    "rounds": [2, 4, 8, 16, 32]}, seeds=3, prefix="rounds")
def histboost_votes(p, seed):
    from sklearn import ensemble
    s = source("votes")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    model = ensemble.HistGradientBoostingClassifier(
        learning_rate=p["learning_rate"], max_leaf_nodes=p["leaves"], l2_regularization=p["l2"], max_bins=32, max_iter=32,
        min_samples_leaf=p["smallest"], early_stopping=False, random_state=seed).fit(x, y)
    stages = list(model.staged_predict_proba(x_val))
    return [s.log_loss(stages[n - 1]) for n in (2, 4, 8, 16, 32)]


# Forests.

TREES = [1, 2, 4, 8, 16]


def averages(s, model, x_val):
    """The loss of each prefix of a forest."""
    if s.regression:
        total = np.cumsum([t.predict(x_val) for t in model.estimators_], axis=0)
        return [s.error(total[n - 1] / n) for n in TREES]
    total = np.cumsum([t.predict_proba(x_val) for t in model.estimators_], axis=0)
    return [s.log_loss(total[n - 1] / n) for n in TREES]


@recipe("forest-digits", "forests", "dev", {
    "splits": ["best", "random"], "criterion": ["gini", "entropy"], "features": [1, 2, 4, 8, 16, 32, 64],
    "depth": [2, 4, 6, 8, 12], "leaf": [1, 2, 4, 8], "trees": TREES}, seeds=3, prefix="trees")
def forest_digits(p, seed):
    from sklearn import ensemble
    s = source("digits")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    make = ensemble.ExtraTreesClassifier if p["splits"] == "random" else ensemble.RandomForestClassifier
    return averages(s, make(TREES[-1], criterion=p["criterion"], max_features=p["features"], max_depth=p["depth"],
                            min_samples_leaf=p["leaf"], random_state=seed).fit(x, y), x_val)


@recipe("forest-diabetes", "forests", "check", {
    "splits": ["best", "random"], "share": when([0.2, 0.4, 0.6, 0.8, 1.0], 'splits == "best"'),
    "features": [1, 2, 4, 6, 8, 10], "depth": [1, 2, 4, 6, 9], "leaf": [1, 2, 4, 8, 16], "trees": TREES},
    seeds=3, prefix="trees")
def forest_diabetes(p, seed):
    from sklearn import ensemble
    s = source("diabetes")
    x, y, x_val, _ = s.draw(180, seed, scale=False)
    common = {"max_features": p["features"], "max_depth": p["depth"], "min_samples_leaf": p["leaf"], "random_state": seed}
    if p["splits"] == "random":
        return averages(s, ensemble.ExtraTreesRegressor(TREES[-1], **common).fit(x, y), x_val)
    return averages(s, ensemble.RandomForestRegressor(TREES[-1], max_samples=p["share"], **common).fit(x, y), x_val)


@recipe("tree-votes", "forests", "dev", {
    "criterion": ["gini", "entropy"], "splitter": ["best", "random"], "features": [1, 2, 3, 5, 7, 9],
    "depth": list(range(1, 9)), "leaf": whole(1, 60, 9), "pruning": [0.0, 0.005, 0.01]}, seeds=4)
def tree_votes(p, seed):
    from sklearn import tree
    s = source("votes")
    x, y, x_val, _ = s.draw(300, seed, scale=False)
    model = tree.DecisionTreeClassifier(criterion=p["criterion"], splitter=p["splitter"], max_features=p["features"],
                                        max_depth=p["depth"], min_samples_leaf=p["leaf"], ccp_alpha=p["pruning"],
                                        random_state=seed)
    return s.error(model.fit(x, y).predict(x_val))
