"""SterletSearchCV under scikit-learn's own checks. Needs scikit-learn and pytest: scripts/test --integrations."""

import warnings

import numpy as np
import pytest
from scipy.stats import expon, loguniform, norm, poisson, randint, uniform
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, ParameterGrid, ShuffleSplit, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from sterlet.distributions import FloatDistribution
from sterlet.integrations.sklearn import SterletSearchCV

X, Y = make_classification(n_samples=120, n_features=6, random_state=0)


@parametrize_with_checks([
    SterletSearchCV(LogisticRegression(), {"C": loguniform(0.1, 10)}, n_iter=3, cv=2, random_state=0),
    SterletSearchCV(LogisticRegression(), {"C": loguniform(0.1, 10)}, n_iter=3, cv=3, random_state=0, pruner="median"),
    SterletSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, n_iter=2, cv=2, random_state=0)],
    # RandomizedSearchCV over Ridge fails it likewise: Ridge takes a 2d target.
    expected_failed_checks=lambda search: dict.fromkeys(
        ["check_supervised_y_2d"] if isinstance(search.estimator, Ridge) else [], "Ridge takes a 2d target"))
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_results_are_those_of_a_search():
    search = SterletSearchCV(SVC(), {"C": loguniform(1e-2, 1e2), "kernel": ["rbf", "linear"], "degree": randint(1, 5)},
                             n_iter=12, cv=3, random_state=1, return_train_score=True).fit(X, Y)
    assert len(search.cv_results_["params"]) == 12
    assert search.best_params_ == search.cv_results_["params"][search.best_index_]
    assert search.best_score_ == max(search.cv_results_["mean_test_score"])
    assert all(1 <= one["degree"] <= 4 and isinstance(one["degree"], int) for one in search.cv_results_["params"])
    assert search.predict(X).shape == Y.shape
    again = clone(search).fit(X, Y)
    assert again.cv_results_["params"] == search.cv_results_["params"]


def test_it_learns_from_what_it_saw():
    # The score is the parameter itself; draws alone come nowhere near.
    class Echo(ClassifierMixin, BaseEstimator):
        def __init__(self, a=0.0, b=0.0):
            self.a, self.b = a, b

        def fit(self, X, y):
            self.classes_ = np.unique(y)
            return self

        def predict(self, X):
            return np.zeros(len(X), dtype=int)

        def score(self, X, y):
            return -((self.a - 0.3) ** 2) - (self.b - 0.7) ** 2

    search = SterletSearchCV(Echo(), {"a": uniform(0, 1), "b": FloatDistribution(0, 1)}, n_iter=30, cv=2,
                             random_state=0).fit(X, Y)
    assert search.best_score_ > -1e-3


def test_every_candidate_sees_the_same_folds():
    seen = []

    class Spy(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            seen.append((self.C, X[:, 0].sum()))
            return super().fit(X, y)

    search = SterletSearchCV(Spy(), {"C": loguniform(0.1, 10)}, n_iter=5, cv=ShuffleSplit(2), refit=False)
    search.fit(X, Y)
    assert len(seen) == 10
    assert len({total for _, total in seen}) == 2


def test_several_metrics_and_refit():
    search = SterletSearchCV(LogisticRegression(), {"C": loguniform(0.1, 10)}, n_iter=4, cv=2, random_state=0,
                             scoring=["accuracy", "roc_auc"], refit="roc_auc").fit(X, Y)
    assert search.best_score_ == max(search.cv_results_["mean_test_roc_auc"])
    assert "mean_test_accuracy" in search.cv_results_
    with pytest.raises(ValueError):
        SterletSearchCV(LogisticRegression(), {"C": [1]}, n_iter=1, scoring=["accuracy", "roc_auc"]).fit(X, Y)


def test_a_finite_space_ends_early():
    search = SterletSearchCV(SVC(), {"kernel": ["rbf", "linear"], "C": [1, 10]}, n_iter=50, cv=2).fit(X, Y)
    assert len(search.cv_results_["params"]) == 4
    assert len({tuple(one.items()) for one in search.cv_results_["params"]}) == 4


def test_choices_of_any_kind():
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = SterletSearchCV(pipeline, {"standardscaler": [StandardScaler(), "passthrough", None],
                                        "logisticregression__class_weight": [None, "balanced", {0: 1, 1: 2}]},
                             n_iter=6, cv=2, random_state=0).fit(X, Y)
    assert len(search.cv_results_["params"]) == 6


def test_any_distribution_of_scipy():
    space = {"C": expon(scale=2), "max_iter": poisson(200), "tol": norm(1e-3, 1e-5)}
    search = SterletSearchCV(LogisticRegression(), space, n_iter=15, cv=2, random_state=0).fit(X, Y)
    for one in search.cv_results_["params"]:
        assert 0 < one["C"] < expon(scale=2).ppf(0.9991) and isinstance(one["max_iter"], int)
    assert len({one["C"] for one in search.cv_results_["params"]}) > 8


def test_several_dicts():
    space = [{"kernel": ["rbf"], "gamma": loguniform(1e-3, 1)}, {"kernel": ["poly"], "degree": [2, 3]}]
    search = SterletSearchCV(SVC(), space, n_iter=12, cv=2, random_state=0).fit(X, Y)
    keys = {one["kernel"]: set(one) for one in search.cv_results_["params"]}
    assert keys == {"rbf": {"kernel", "gamma"}, "poly": {"kernel", "degree"}}


def test_a_grid_is_scikit_learns():
    space = [{"C": [1, 10], "kernel": ["rbf", "linear"]}, {"degree": [2, 3]}]
    search = SterletSearchCV(SVC(), space, n_iter=50, cv=2, sampler="grid").fit(X, Y)
    assert search.cv_results_["params"] == list(ParameterGrid(space))
    theirs = GridSearchCV(SVC(), space, cv=2).fit(X, Y)
    assert list(search.cv_results_["mean_test_score"]) == list(theirs.cv_results_["mean_test_score"])


def test_fits_that_fail():
    class Fails(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            if self.C > 1:
                raise ValueError("too large")
            return super().fit(X, y)

    space = {"C": loguniform(0.1, 10)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = SterletSearchCV(Fails(), space, n_iter=10, cv=2, random_state=0).fit(X, Y)
    assert np.isnan(search.cv_results_["mean_test_score"]).any()
    assert search.best_params_["C"] <= 1
    with pytest.raises(ValueError, match="too large"):
        SterletSearchCV(Fails(), space, n_iter=10, cv=2, random_state=0, error_score="raise").fit(X, Y)


def test_callbacks_hear_of_every_fit():
    counted = []

    class Counts:
        def setup(self, estimator, context):
            pass

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            counted.append(context.task_name)

        def on_fit_task_end(self, estimator, context, **told):
            counted.append(context.task_name)

    search = SterletSearchCV(LogisticRegression(), {"C": loguniform(0.1, 10)}, n_iter=5, cv=2, random_state=0)
    search.set_callbacks(Counts()).fit(X, Y)
    assert counted.count("candidates") == 2 * 5  # A batch of one at a time; each begins and ends.
    assert counted.count("candidate-split-evaluation") == 2 * 5 * 2
    assert counted.count("search") == counted.count("refit-with-best-params") == 2


def test_jobs_and_nesting():
    search = SterletSearchCV(LogisticRegression(), {"C": loguniform(0.1, 10)}, n_iter=7, cv=KFold(3), n_jobs=2,
                             random_state=0)
    assert len(clone(search).fit(X, Y).cv_results_["params"]) == 7
    assert len(cross_validate(search, X, Y, cv=2)["test_score"]) == 2


def test_what_cannot_be_searched_says_so():
    class Draws:
        def rvs(self, random_state=None):
            return 1.0

    for wrong, said in (({"C": Draws()}, "only draws"), ({"C": []}, "is empty"), ([], "at least one dict"),
                        ({"C": 1}, "single value"), ({"C": "abc"}, "single value"), ([1], "not a dict")):
        with pytest.raises((ValueError, TypeError), match=said):
            SterletSearchCV(LogisticRegression(), wrong, n_iter=1).fit(X, Y)
    with pytest.raises(ValueError, match="n_iter"):
        SterletSearchCV(LogisticRegression(), {"C": [1]}, n_iter=0).fit(X, Y)


def test_pruning_over_folds_saves_fits_and_says_which():
    fits = []

    class Counted(SVC):
        def fit(self, X, y, sample_weight=None):
            fits.append(self.C)
            return super().fit(X, y)

    def searched(pruner):
        fits.clear()
        space = {"C": loguniform(1e-4, 1e3), "gamma": loguniform(1e-5, 10)}
        search = SterletSearchCV(Counted(), space, n_iter=20, cv=8, random_state=0, pruner=pruner,
                                 return_train_score=True).fit(X, Y)
        return search, len(fits)

    whole, all_fits = searched(None)
    assert all_fits == 20 * 8 + 1
    for pruner in ("median", "wilcoxon"):
        search, count = searched(pruner)
        results = search.cv_results_
        pruned = results["pruned"]
        assert count < all_fits - 8
        assert 0 < pruned.sum() < 20
        by_fold = np.array([results[f"split{fold}_test_score"] for fold in range(8)]).T
        assert np.isfinite(by_fold).sum() + 1 == count
        for row, is_pruned in zip(by_fold, pruned):
            left_out = np.isnan(row)
            assert left_out.any() == is_pruned
            assert not left_out[: 8 - left_out.sum()].any()  # The first folds are those that were seen.
        assert np.allclose(results["mean_test_score"], np.nanmean(by_fold, axis=1))
        assert results["rank_test_score"][~pruned].max() < results["rank_test_score"][pruned].min()
        assert search.best_score_ == results["mean_test_score"][~pruned].max()
        assert search.best_params_ == results["params"][search.best_index_]
        assert search.best_estimator_.C == search.best_params_["C"]
        assert search.best_score_ > whole.best_score_ - 0.03
        assert search.n_splits_ == 8
        again, _ = searched(pruner)
        assert again.cv_results_["params"] == results["params"]


def test_pruning_over_folds_keeps_what_a_search_can():
    class Fussy(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            if self.C > 1:
                raise ValueError("too much")
            return super().fit(X, y)

    space = {"C": loguniform(0.01, 100)}
    options = {"n_iter": 10, "cv": ShuffleSplit(4), "random_state": 3, "pruner": "median"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = SterletSearchCV(Fussy(), space, **options, scoring=["accuracy", "roc_auc"], refit="roc_auc").fit(X, Y)
        results = search.cv_results_
        failed = np.array([one["C"] > 1 for one in results["params"]])
        assert 0 < failed.sum() < 10
        assert np.isnan(results["mean_test_roc_auc"][failed]).all()
        assert np.isfinite(results["mean_test_accuracy"][~failed]).all()
        assert search.best_score_ == np.nanmax(results["mean_test_roc_auc"][~results["pruned"]])
        assert SterletSearchCV(Fussy(), space, **options, n_jobs=2).fit(X, Y).best_params_["C"] <= 1
        with pytest.raises(ValueError, match="fits failed"):
            SterletSearchCV(Fussy(), {"C": uniform(2, 5)}, **options).fit(X, Y)
    with pytest.raises(ValueError, match="too much"):
        SterletSearchCV(Fussy(), space, **options, error_score="raise").fit(X, Y)
    chosen = SterletSearchCV(LogisticRegression(), space, **options, refit=lambda results: 4).fit(X, Y)
    assert chosen.best_index_ == 4
    assert chosen.best_estimator_.C == chosen.cv_results_["params"][4]["C"]
    with pytest.raises(ValueError, match="did you mean 'median'"):
        SterletSearchCV(LogisticRegression(), space, n_iter=2, pruner="mediann").fit(X, Y)
