"""A search over an estimator's hyperparameters for scikit-learn.

    from sterlet.integrations.sklearn import SterletSearchCV

    search = SterletSearchCV(SVC(), {"C": loguniform(1e-3, 1e3), "kernel": ["rbf", "linear"]}, n_iter=30)
    search.fit(X, y)

Needs scikit-learn 1.2 or later.
"""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any, ClassVar, Dict, Iterator, List, Optional, Tuple, Union

import numpy as np
from joblib import effective_n_jobs
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from sterlet._engine import Engine, number
from sterlet._space import Space
from sterlet.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from sterlet.exceptions import EngineError
from sterlet.integrations._sklearn_folds import begin, fit_by_folds

__all__ = ["SterletSearchCV"]

_BLIND = ("grid", "random", "sobol")  # Samplers that do not look at results.
_TAIL = 0.001  # Of a distribution without bounds, on either side.
_PLACE = "_place"  # The parameter that says which of several dicts a candidate is of.


class SterletSearchCV(BaseSearchCV):  # type: ignore[misc]
    """Cross-validated search by the engine: as RandomizedSearchCV, but each candidate is chosen by the results before.

    Being a BaseSearchCV it has several metrics, metadata routing, `error_score`, `refit` and `cv_results_` as
    scikit-learn has them. All candidates see the same folds, also of a splitter that draws. With n_jobs, so many
    candidates are chosen together as can be fitted at once; all at once by a sampler that does not look at results.

    param_distributions  by parameter: a distribution of scipy.stats (uniform, loguniform and randint over their bounds,
                         another over its quantiles from 0.001 to 0.999), of sterlet.distributions, or a list of choices
                         of any kind; or a list of such dicts, of which each candidate takes one.
    n_iter               candidates, at least 1; fewer where there are no more different ones.
    sampler              a name of docs/samplers.md; "grid" tries every combination in scikit-learn's order.
    pruner               a name of docs/pruners.md ("median", "wilcoxon"): it ends candidates after their first folds.
                         The others are NaN in cv_results_, and `pruned` says so there. None: all see all folds.
    random_state         as elsewhere in scikit-learn; an int makes the search repeatable.
    Errors               ValueError and TypeError for what is none of these.
    """

    _parameter_constraints: ClassVar[Dict[str, Any]] = {
        **BaseSearchCV._parameter_constraints,
        "param_distributions": [dict, list],
        "n_iter": [Interval(numbers.Integral, 1, None, closed="left")],
        "sampler": [str],
        "pruner": [str, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any,
        param_distributions: Union[Dict[str, Any], List[Dict[str, Any]]],
        *,
        n_iter: int = 10,
        sampler: str = "auto",
        pruner: Optional[str] = None,
        scoring: Any = None,
        n_jobs: Optional[int] = None,
        refit: Any = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: Any = "2*n_jobs",
        random_state: Any = None,
        error_score: Any = np.nan,
        return_train_score: bool = False,
    ) -> None:
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.sampler = sampler
        self.pruner = pruner
        self.random_state = random_state
        super().__init__(
            estimator=estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )

    def fit(self, X: Any, y: Any = None, **params: Any) -> Any:  # noqa: N803 - as scikit-learn names it
        """As BaseSearchCV.fit()."""
        if self.pruner is None:
            return super().fit(X, y, **params)
        self._validate_params()
        seed = int(check_random_state(self.random_state).randint(1 << 31))
        return fit_by_folds(self, _Search(self.param_distributions, self.sampler, seed, self.pruner), X, y, params)

    def _run_search(self, evaluate_candidates: Any, callback_ctx: Any = None) -> None:
        seed = int(check_random_state(self.random_state).randint(1 << 31))
        search = _Search(self.param_distributions, self.sampler, seed)
        folds = _Frozen(getattr(self, "_checked_cv_orig", None))
        size = max(1, effective_n_jobs(self.n_jobs))
        if self.sampler in _BLIND:
            self._evaluate_all(search, evaluate_candidates, callback_ctx, folds)
            return
        searching = begin(self, callback_ctx, "search", None, True)
        scores: List[float] = []
        unsure = _Once()
        # scikit-learn refuses candidates that all fail: those wait for one that does not, to stand in cv_results_ with.
        failed: List[Dict[str, Any]] = []

        def evaluate(candidates: List[Dict[str, Any]]) -> List[float]:
            told: Dict[str, Any] = {"cv": folds} if folds.is_known() else {}
            context = begin(self, searching, "candidates", len(candidates) * self.n_splits_, False)
            if context is not None:
                told["callback_ctx"] = context
            with unsure:
                found = self._scores(evaluate_candidates(candidates, **told))[len(scores) :]
            if context is not None:
                context.call_on_fit_task_end(estimator=self)
            scores.extend(found)
            return found

        try:
            left = self.n_iter
            while left > 0:
                asked = search.ask(min(size, left))
                if not asked:
                    break
                left -= len(asked)
                try:
                    found = evaluate([*failed, *asked])[len(failed) :]
                    failed = []
                except ValueError as error:
                    if "fits failed" not in str(error) or self.error_score == "raise":
                        raise
                    found = [math.nan] * len(asked)
                    failed += asked
                search.tell(found)
            if failed:  # With no other to stand with, all have failed, which scikit-learn then says.
                evaluate([*failed, search.best()] if scores else failed)
        finally:
            search.close()
            unsure.say()
        if searching is not None:
            searching.call_on_fit_task_end(estimator=self)

    def _evaluate_all(self, search: _Search, evaluate_candidates: Any, callback_ctx: Any, folds: _Frozen) -> None:
        """All candidates together, as scikit-learn's own searches do it."""
        try:
            asked = search.ask(self.n_iter)
        finally:
            search.close()
        told: Dict[str, Any] = {"cv": folds} if folds.is_known() else {}
        context = begin(self, callback_ctx, "search", len(asked) * self.n_splits_, False)
        if context is not None:
            told["callback_ctx"] = context
        evaluate_candidates(asked, **told)
        if context is not None:
            context.call_on_fit_task_end(estimator=self)

    def _scores(self, results: Dict[str, Any]) -> List[float]:
        """What the search goes by: the metric of `refit`, else the first."""
        name = f"mean_test_{self.refit}" if isinstance(self.refit, str) else "mean_test_score"
        if name not in results:
            name = next(key for key in results if key.startswith("mean_test_"))
        return [float(score) for score in results[name]]


class _Once:
    """Around each batch: scikit-learn warns of all results so far each time; the last of these is said, once."""

    _MESSAGE = "One or more of the"

    def __init__(self) -> None:
        self._last: Dict[str, warnings.WarningMessage] = {}
        self._catching = warnings.catch_warnings(record=True)

    def __enter__(self) -> None:
        self._catching = warnings.catch_warnings(record=True)
        self._caught: Any = self._catching.__enter__()
        warnings.filterwarnings("always", self._MESSAGE)

    def __exit__(self, *raised: Any) -> None:
        self._catching.__exit__(*raised)
        for one in self._caught:
            text = str(one.message)
            if text.startswith(self._MESSAGE):
                self._last[text.split(" scores are")[0]] = one
            else:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)

    def say(self) -> None:
        """Says them."""
        for one in self._last.values():
            warnings.warn(one.message, one.category, stacklevel=2)


class _Search:
    """An engine over the estimator's parameters."""

    def __init__(self, param_distributions: Any, sampler: str, seed: int, pruner: str = "none") -> None:
        self._space = Space()
        self._names: Dict[str, str] = {}  # The estimator's, by the engine's.
        self._unbounded: Dict[str, Any] = {}  # Distributions that are searched by their quantiles.
        self._owner: Dict[str, int] = {}  # Of several dicts, which one the parameter is of.
        self._asked: List[int] = []
        self._ids: List[int] = []  # The engine's, of all candidates.
        self._candidates: List[Dict[str, Any]] = []
        self._told: List[float] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Choices of any kind are in order here: nothing is stored.
            self._meet_all(param_distributions)
        declarations = self._space.declarations()
        for code, place in self._owner.items():
            declarations[code]["when"] = f"{_PLACE} == {place}"
        self._engine = Engine(
            {
                "study": "search",
                "objective": [{"metric": "score", "direction": "maximize"}],
                "params": declarations,
                "sampler": sampler,
                "pruner": pruner,
                "seed": seed,
                "defaults_first": False,
                "failures_max": 1_000_000,
            }
        )

    def _meet_all(self, param_distributions: Any) -> None:
        listed = param_distributions if isinstance(param_distributions, list) else [param_distributions]
        if not listed:
            raise ValueError("param_distributions is empty; give it at least one dict")
        if len(listed) > 1:
            self._space.meet(_PLACE, CategoricalDistribution(range(len(listed))))
        for place, given in enumerate(listed):
            if not isinstance(given, dict):
                raise TypeError(f"Parameter distribution is not a dict ({given!r})")
            # By name, as scikit-learn's grid has them.
            for name, distribution in sorted(given.items()):
                own = name if len(listed) == 1 else f"{place}:{name}"
                converted = _converted(name, distribution)
                known = self._space.meet(own, converted or FloatDistribution(_TAIL, 1 - _TAIL))
                if converted is None:
                    self._unbounded[known.code] = distribution
                self._names[known.code] = name
                if len(listed) > 1:
                    self._owner[known.code] = place

    def ask(self, count: int) -> List[Dict[str, Any]]:
        """So many candidates; fewer where every one has been tried."""
        self._asked = []
        candidates: List[Dict[str, Any]] = []
        while len(candidates) < count:
            try:
                answer = self._engine.call({"op": "ask"})
            except EngineError as error:
                if str(error).startswith("no more trials"):
                    break
                raise
            self._asked.append(answer["id"])
            self._ids.append(answer["id"])
            params = answer["params"]
            own = [code for code in params if code in self._names]
            candidates.append({self._names[code]: self._value(code, params[code]) for code in own})
        self._candidates += candidates
        return candidates

    def _value(self, code: str, word: Any) -> Any:
        value = self._space.by_code[code].offered(word)
        if code not in self._unbounded:
            return value
        found = self._unbounded[code].ppf(value)
        return int(found) if hasattr(self._unbounded[code].dist, "pmf") else float(found)

    def tell(self, scores: List[float]) -> None:
        """The scores of the candidates that were asked for last."""
        self._told += scores
        told = [
            {"op": "tell", "id": place, "state": "failed"}
            if math.isnan(score)
            else {"op": "tell", "id": place, "value": number(score)}
            for place, score in zip(self._asked, scores)
        ]
        self._engine.call_all(told)

    def report(self, place: int, step: int, score: float) -> bool:
        """Tells what the place-th of all candidates comes to so far; whether it is pruned."""
        operation = {"op": "report", "id": self._ids[place], "step": step, "value": number(score)}
        return bool(self._engine.call(operation)["prune"])

    def prune(self, place: int) -> None:
        """Ends one that is."""
        self._engine.call({"op": "tell", "id": self._ids[place], "state": "pruned"})

    def end(self, place: int, score: Optional[float]) -> None:
        """Tells the score of one; None: it failed."""
        ending: Dict[str, Any] = {"state": "failed"} if score is None else {"value": number(score)}
        self._engine.call({"op": "tell", "id": self._ids[place], **ending})

    def best(self) -> Dict[str, Any]:
        """The candidate with the best score so far."""
        ranked = [-math.inf if math.isnan(score) else score for score in self._told]
        return self._candidates[ranked.index(max(ranked))]

    def close(self) -> None:
        """Ends the engine."""
        self._engine.close()


class _Frozen:
    """A splitter whose folds are drawn once."""

    def __init__(self, splitter: Any) -> None:
        self._splitter = splitter
        self._folds: Optional[List[Tuple[Any, Any]]] = None

    def is_known(self) -> bool:
        """Whether this version of scikit-learn says which splitter it uses."""
        return self._splitter is not None

    def split(self, *arguments: Any, **more: Any) -> Iterator[Tuple[Any, Any]]:
        """The folds."""
        if self._folds is None:
            self._folds = list(self._splitter.split(*arguments, **more))
        return iter(self._folds)

    def get_n_splits(self, *arguments: Any, **more: Any) -> int:
        """Their number."""
        return int(self._splitter.get_n_splits(*arguments, **more))


def _converted(name: str, distribution: Any) -> Optional[BaseDistribution]:
    """None: it is searched by its quantiles."""
    if isinstance(distribution, BaseDistribution):
        return distribution
    kind = getattr(getattr(distribution, "dist", None), "name", None)
    if kind is not None:
        low, high = (float(bound) for bound in distribution.support())
        if kind in ("loguniform", "reciprocal"):
            return FloatDistribution(low, high, log=True)
        if kind == "uniform":
            return FloatDistribution(low, high)
        if kind == "randint":
            return IntDistribution(int(low), int(high))
        return None
    if hasattr(distribution, "rvs"):
        raise ValueError(
            f"{name}: a distribution that only draws tells nothing of its values; give one of scipy.stats, or a list"
        )
    if isinstance(distribution, str) or not hasattr(distribution, "__iter__"):
        raise TypeError(
            f"Parameter grid for parameter {name!r} is neither a list of choices nor a distribution (found "
            f"{distribution!r}); a single value goes into a list of its own"
        )
    choices = list(distribution)
    if not choices:
        raise ValueError(f"{name}: the list of choices is empty; give it at least one")
    return CategoricalDistribution(choices)
