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
from typing import Any, ClassVar, Dict, Iterator, List, Optional, Tuple

import numpy as np
from joblib import effective_n_jobs
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from sterlet._engine import Engine, number
from sterlet._space import Space
from sterlet.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from sterlet.exceptions import EngineError

__all__ = ["SterletSearchCV"]


class SterletSearchCV(BaseSearchCV):  # type: ignore[misc]
    """Cross-validated search by the engine: as RandomizedSearchCV, but each candidate is chosen by the results before.

    Being a BaseSearchCV it has several metrics, metadata routing, `error_score`, `refit` and `cv_results_` as
    scikit-learn has them. All candidates see the same folds, also of a splitter that draws. With n_jobs, so many
    candidates are chosen together as can be fitted at once.

    param_distributions  by parameter: a distribution of scipy.stats (uniform, loguniform, randint), of
                         sterlet.distributions, or a list of choices of any kind.
    n_iter               candidates, at least 1; fewer where there are no more different ones.
    sampler              a name of docs/samplers.md.
    random_state         as elsewhere in scikit-learn; an int makes the search repeatable.
    Errors               ValueError for a distribution that has no bounds.
    """

    _parameter_constraints: ClassVar[Dict[str, Any]] = {
        **BaseSearchCV._parameter_constraints,
        "param_distributions": [dict],
        "n_iter": [Interval(numbers.Integral, 1, None, closed="left")],
        "sampler": [str],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any,
        param_distributions: Dict[str, Any],
        *,
        n_iter: int = 10,
        sampler: str = "auto",
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

    def _run_search(self, evaluate_candidates: Any, callback_ctx: Any = None) -> None:
        seed = int(check_random_state(self.random_state).randint(1 << 31))
        search = _Search(self.param_distributions, self.sampler, seed)
        folds = _Frozen(getattr(self, "_checked_cv_orig", None))
        size = max(1, effective_n_jobs(self.n_jobs))
        searching = _begin(self, callback_ctx, "search", None, True)
        scores: List[float] = []
        # scikit-learn refuses candidates that all fail: those wait for one that does not, to stand in cv_results_ with.
        failed: List[Dict[str, Any]] = []

        def evaluate(candidates: List[Dict[str, Any]]) -> List[float]:
            told: Dict[str, Any] = {"cv": folds} if folds.is_known() else {}
            context = _begin(self, searching, "candidates", len(candidates) * self.n_splits_, False)
            if context is not None:
                told["callback_ctx"] = context
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
                    is_last = left == 0 and not scores
                    if "fits failed" not in str(error) or self.error_score == "raise" or is_last:
                        raise
                    found = [math.nan] * len(asked)
                    failed += asked
                search.tell(found)
            if failed:
                evaluate([*failed, search.best()])
        finally:
            search.close()
        if searching is not None:
            searching.call_on_fit_task_end(estimator=self)

    def _scores(self, results: Dict[str, Any]) -> List[float]:
        """What the search goes by: the metric of `refit`, else the first."""
        name = f"mean_test_{self.refit}" if isinstance(self.refit, str) else "mean_test_score"
        if name not in results:
            name = next(key for key in results if key.startswith("mean_test_"))
        return [float(score) for score in results[name]]


class _Search:
    """An engine over the estimator's parameters."""

    def __init__(self, param_distributions: Dict[str, Any], sampler: str, seed: int) -> None:
        self._space = Space()
        self._asked: List[int] = []
        self._candidates: List[Dict[str, Any]] = []
        self._told: List[float] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Choices of any kind are in order here: nothing is stored.
            for name, distribution in param_distributions.items():
                self._space.meet(name, _converted(name, distribution))
        self._engine = Engine(
            {
                "study": "search",
                "objective": [{"metric": "score", "direction": "maximize"}],
                "params": self._space.declarations(),
                "sampler": sampler,
                "seed": seed,
                "defaults_first": False,
                "failures_max": 1_000_000,
            }
        )

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
            known = self._space.known.values()
            candidates.append({one.name: one.decode(answer["params"][one.code]) for one in known})
        self._candidates += candidates
        return candidates

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


def _begin(estimator: Any, parent: Any, name: str, subtasks: Optional[int], sequential: bool) -> Any:
    """A task for scikit-learn's callbacks (1.9 and later); None before."""
    if parent is None:
        return None
    context = parent.subcontext(task_name=name, max_subtasks=subtasks, sequential_subtasks=sequential)
    return context.call_on_fit_task_begin(estimator=estimator)


def _converted(name: str, distribution: Any) -> BaseDistribution:
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
        raise ValueError(
            f"{name}: scipy's {kind} cannot be searched; give uniform, loguniform, randint, a distribution of "
            "sterlet.distributions, or a list of choices"
        )
    if hasattr(distribution, "rvs"):
        raise ValueError(f"{name}: a distribution that only draws has no bounds; give one of scipy.stats, or a list")
    choices = list(distribution)
    if not choices:
        raise ValueError(f"{name}: the list of choices is empty; give it at least one")
    return CategoricalDistribution(choices)
