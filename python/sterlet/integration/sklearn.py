"""OptunaSearchCV, as scripts for Optuna use it: a search that is a study, over scikit-learn's cross-validation.

SterletSearchCV (sterlet.integrations.sklearn) is the better one for scripts that are written anew: it is scikit-learn's
own search, with several metrics, metadata routing and cv_results_.
"""

from __future__ import annotations

import numbers
import time
from typing import Any, Callable, Dict, Iterable, List, Optional, Union

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv, cross_validate
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sterlet import samplers
from sterlet.distributions import BaseDistribution
from sterlet.exceptions import TrialPruned
from sterlet.study import Study, create_study
from sterlet.trial import FrozenTrial

__all__ = ["OptunaSearchCV"]


def _of_the_best(name: str) -> Any:
    """A method that is the best estimator's, where the estimator has it."""

    def there(search: Any) -> bool:
        return hasattr(getattr(search, "best_estimator_", search.estimator), name)

    def method(self: Any, X: Any) -> Any:  # noqa: N803 - as scikit-learn names it
        return getattr(self._best, name)(X)

    method.__name__ = name
    method.__doc__ = f"The best estimator's {name}()."
    return available_if(there)(method)


class OptunaSearchCV(MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """A search over an estimator's hyperparameters, whose trials are those of `study_`.

    param_distributions  by parameter, distributions of sterlet.distributions.
    enable_pruning       whether estimators with partial_fit report each of `max_iter` passes, so that they are pruned.
    n_trials, timeout    the search ends after so many trials, or seconds.
    study                one that goes on; a new one that maximizes where left out.
    subsample            how many samples, or which share of them, the trials see.
    callbacks, catch     as for Study.optimize().
    Others are as in scikit-learn's searches. Errors: ValueError for distributions that are none, or a study that
    minimizes; what the estimator raises where error_score is "raise".
    """

    def __init__(
        self,
        estimator: Any,
        param_distributions: Dict[str, BaseDistribution],
        *,
        cv: Any = None,
        enable_pruning: bool = False,
        error_score: Any = np.nan,
        max_iter: int = 1000,
        n_jobs: Optional[int] = None,
        n_trials: int = 10,
        random_state: Any = None,
        refit: bool = True,
        return_train_score: bool = False,
        scoring: Any = None,
        study: Optional[Study] = None,
        subsample: Union[int, float] = 1.0,
        timeout: Optional[float] = None,
        verbose: int = 0,
        callbacks: Optional[List[Callable[[Study, FrozenTrial], None]]] = None,
        catch: Union[Iterable[type], type] = (),
    ) -> None:
        self.estimator = estimator
        self.param_distributions = param_distributions
        self.cv = cv
        self.enable_pruning = enable_pruning
        self.error_score = error_score
        self.max_iter = max_iter
        self.n_jobs = n_jobs
        self.n_trials = n_trials
        self.random_state = random_state
        self.refit = refit
        self.return_train_score = return_train_score
        self.scoring = scoring
        self.study = study
        self.subsample = subsample
        self.timeout = timeout
        self.verbose = verbose
        self.callbacks = callbacks
        self.catch = catch

    def fit(self, X: Any, y: Any = None, groups: Any = None, **fit_params: Any) -> OptunaSearchCV:  # noqa: N803
        """Runs the trials, then fits the best estimator on all samples, with `refit`."""
        for name, one in self.param_distributions.items():
            if not isinstance(one, BaseDistribution):
                raise ValueError(f"{name}: it is no distribution of sterlet.distributions (found {one!r})")
        if self.enable_pruning and not hasattr(self.estimator, "partial_fit"):
            raise ValueError("enable_pruning needs an estimator with partial_fit")
        random = check_random_state(self.random_state)
        seed = int(random.randint(1 << 31))
        places = self._places(len(X) if hasattr(X, "__len__") else X.shape[0], random)
        self.sample_indices_ = places
        self.study_ = self.study or create_study(direction="maximize", sampler=samplers.AutoSampler(seed=seed))
        if self.study_.direction.name != "MAXIMIZE":
            raise ValueError("the study minimizes, but higher scores are better; make it with direction='maximize'")
        self.scorer_ = check_scoring(self.estimator, scoring=self.scoring)
        checked = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        seen_x, seen_y, seen_groups = (_at(one, places) for one in (X, y, groups))
        folds = list(checked.split(seen_x, seen_y, seen_groups))  # Of all trials the same.
        self.n_splits_ = len(folds)
        objective = _Objective(self, seen_x, seen_y, folds, fit_params)
        self.study_.optimize(
            objective,
            n_trials=self.n_trials,
            timeout=self.timeout,
            n_jobs=self.n_jobs or 1,
            callbacks=self.callbacks,
            catch=self.catch,
        )
        if self.refit:
            start = time.perf_counter()
            self.best_estimator_ = clone(self.estimator).set_params(**self.study_.best_params)
            self.best_estimator_.fit(X, **({} if y is None else {"y": y}), **fit_params)
            self.refit_time_ = time.perf_counter() - start
        return self

    def _places(self, count: int, random: Any) -> Any:
        wanted = self.subsample
        if isinstance(wanted, numbers.Integral):
            size = int(wanted)
        else:
            size = int(float(wanted) * count)
        return np.arange(count) if size >= count else np.sort(random.choice(count, size, replace=False))

    # -- Results -------------------------------------------------------------------------------------------------------

    @property
    def best_trial_(self) -> FrozenTrial:
        """study_.best_trial."""
        check_is_fitted(self, "study_")
        best: FrozenTrial = self.study_.best_trial
        return best

    @property
    def best_index_(self) -> int:
        """Its number."""
        return self.best_trial_.number

    @property
    def best_params_(self) -> Dict[str, Any]:
        """Its parameters."""
        return self.best_trial_.params

    @property
    def best_score_(self) -> float:
        """Its mean score over the folds."""
        value = self.best_trial_.value
        assert value is not None
        return value

    @property
    def trials_(self) -> List[FrozenTrial]:
        """study_.trials."""
        check_is_fitted(self, "study_")
        trials: List[FrozenTrial] = self.study_.trials
        return trials

    @property
    def n_trials_(self) -> int:
        """How many there are."""
        return len(self.trials_)

    def trials_dataframe(self, *arguments: Any, **more: Any) -> Any:
        """study_.trials_dataframe()."""
        check_is_fitted(self, "study_")
        return self.study_.trials_dataframe(*arguments, **more)

    @property
    def user_attrs_(self) -> Dict[str, Any]:
        """study_.user_attrs."""
        check_is_fitted(self, "study_")
        attrs: Dict[str, Any] = self.study_.user_attrs
        return attrs

    def set_user_attr(self, key: str, value: Any) -> None:
        """study_.set_user_attr()."""
        check_is_fitted(self, "study_")
        self.study_.set_user_attr(key, value)

    # -- The best estimator's ------------------------------------------------------------------------------------------

    @property
    def classes_(self) -> Any:
        """Its classes."""
        return self._best.classes_

    @property
    def n_features_in_(self) -> int:
        """How many features it was fitted on."""
        return int(self._best.n_features_in_)

    @property
    def _best(self) -> Any:
        check_is_fitted(self, "best_estimator_")
        return self.best_estimator_

    predict = _of_the_best("predict")
    predict_proba = _of_the_best("predict_proba")
    predict_log_proba = _of_the_best("predict_log_proba")
    decision_function = _of_the_best("decision_function")
    transform = _of_the_best("transform")
    inverse_transform = _of_the_best("inverse_transform")
    score_samples = _of_the_best("score_samples")

    def score(self, X: Any, y: Any = None) -> float:  # noqa: N803
        """By the search's scorer."""
        return float(self.scorer_(self._best, X, y))


class _Objective:
    """The mean score over the folds of an estimator with a trial's parameters."""

    def __init__(self, search: OptunaSearchCV, x: Any, y: Any, folds: Any, fit_params: Dict[str, Any]) -> None:
        self._search = search
        self._x, self._y = x, y
        self._folds = folds
        self._fit_params = fit_params

    def __call__(self, trial: Any) -> float:
        search = self._search
        params = {name: trial._suggest(name, one) for name, one in search.param_distributions.items()}
        estimator = clone(search.estimator).set_params(**params)
        if search.enable_pruning:
            return self._by_passes(estimator, trial)
        scores = cross_validate(
            estimator,
            self._x,
            self._y,
            cv=self._folds,
            scoring=search.scoring,
            error_score=search.error_score,
            return_train_score=search.return_train_score,
            params=self._fit_params or None,
        )
        for name, values in scores.items():
            for fold, value in enumerate(values):
                trial.set_user_attr(f"split{fold}_{name}", float(value))
            trial.set_user_attr(f"mean_{name}", float(np.nanmean(values)))
            trial.set_user_attr(f"std_{name}", float(np.nanstd(values)))
        return float(np.mean(scores["test_score"]))

    def _by_passes(self, estimator: Any, trial: Any) -> float:
        search = self._search
        copies = [clone(estimator) for _ in self._folds]
        told = {"classes": np.unique(self._y)} if is_classifier(estimator) else {}
        score = float("nan")
        for step in range(search.max_iter):
            scores = []
            for one, (train, test) in zip(copies, self._folds):
                one.partial_fit(_at(self._x, train), _at(self._y, train), **told, **self._fit_params)
                scores.append(search.scorer_(one, _at(self._x, test), _at(self._y, test)))
            score = float(np.mean(scores))
            trial.report(score, step)
            if trial.should_prune():
                raise TrialPruned()
        return score


def _at(data: Any, places: Any) -> Any:
    if data is None:
        return None
    return data.iloc[places] if hasattr(data, "iloc") else np.asarray(data)[places]
