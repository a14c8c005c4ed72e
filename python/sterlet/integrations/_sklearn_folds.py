"""Pruning over folds for SterletSearchCV: a candidate that is clearly worse on its first folds gets no others.

scikit-learn evaluates candidates on all folds or on none. So an inner search has one fold at a time: each of its rows is a
candidate on one fold, and the outer search gets a table of candidates made from them.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np
from joblib import effective_n_jobs
from scipy.stats import rankdata
from sklearn.base import is_classifier
from sklearn.model_selection import check_cv
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils.metadata_routing import get_routing_for_object

__all__ = ["begin", "fit_by_folds"]

_OF_EACH_FOLD = "wilcoxon"  # It compares candidates fold by fold; other pruners compare what they come to so far.


def fit_by_folds(outer: Any, search: Any, X: Any, y: Any, params: Dict[str, Any]) -> Any:
    """Fits `outer`, whose candidates `search` chooses and prunes."""
    inner = _FoldSearch.of(outer, search, _Folds(check_cv(outer.cv, y, classifier=is_classifier(outer.estimator))))
    inner.fit(X, y, **params)
    for name in ("best_estimator_", "refit_time_", "feature_names_in_", "scorer_", "multimetric_"):
        if hasattr(inner, name):
            setattr(outer, name, getattr(inner, name))
    outer.n_splits_ = inner.folds.count
    outer.cv_results_ = inner.table()
    if outer.refit or not outer.multimetric_:
        outer.best_index_ = inner.best_index(outer.cv_results_)
        outer.best_params_ = outer.cv_results_["params"][outer.best_index_]
        if not callable(outer.refit):
            metric = outer.refit if outer.multimetric_ else "score"
            outer.best_score_ = outer.cv_results_[f"mean_test_{metric}"][outer.best_index_]
    return outer


def begin(estimator: Any, parent: Any, name: str, subtasks: Optional[int], sequential: bool) -> Any:
    """A task for scikit-learn's callbacks (1.9 and later); None before."""
    if parent is None:
        return None
    context = parent.subcontext(task_name=name, max_subtasks=subtasks, sequential_subtasks=sequential)
    return context.call_on_fit_task_begin(estimator=estimator)


class _Candidate:
    def __init__(self, params: Dict[str, Any]) -> None:
        self.params = params
        self.folds: List[Dict[str, float]] = []
        """What scikit-learn measured, by fold: mean_fit_time, mean_score_time, mean_test_..., mean_train_..."""
        self.scores: List[float] = []
        self.is_pruned = False


class _FoldSearch(BaseSearchCV):  # type: ignore[misc]
    """The search over candidates on single folds."""

    outer: Any
    search: Any
    folds: _Folds
    candidates: List[_Candidate]
    _rows: int
    _row_of: Dict[int, int]

    def __init__(self, estimator: Any, *, cv: Any = None, refit: Any = True, **more: Any) -> None:
        super().__init__(estimator=estimator, cv=cv, refit=refit, **more)

    @classmethod
    def _get_param_names(cls) -> List[str]:
        """No parameters of its own: nobody clones it."""
        return ["cv", "refit"]

    @classmethod
    def of(cls, outer: Any, search: Any, folds: _Folds) -> _FoldSearch:
        """The search of another one's candidates."""
        same = ("scoring", "n_jobs", "verbose", "pre_dispatch", "error_score", "return_train_score")
        inner = cls(outer.estimator, cv=folds, refit=outer.refit, **{name: getattr(outer, name) for name in same})
        if callable(outer.refit):
            inner.refit = inner._refitted
        inner.outer, inner.search, inner.folds = outer, search, folds
        inner.candidates = []
        inner._rows = 0  # Of scikit-learn's table.
        inner._row_of = {}  # The first row of a candidate.
        return inner

    def _run_search(self, evaluate_candidates: Any, callback_ctx: Any = None) -> None:
        left = int(self.outer.n_iter)
        size = max(1, effective_n_jobs(self.n_jobs))
        refusal: Optional[ValueError] = None
        searching = begin(self, callback_ctx, "search", None, True)

        def evaluate(running: List[Tuple[int, _Candidate]]) -> List[Optional[Dict[str, float]]]:
            nonlocal refusal
            context = begin(self, searching, "candidates", len(running), False)
            told = {} if context is None else {"callback_ctx": context}
            try:
                results = evaluate_candidates([one.params for _, one in running], **told)
            except ValueError as error:
                # scikit-learn refuses a call whose fits all fail; here it may be that of one candidate.
                if "fits failed" not in str(error) or self.error_score == "raise":
                    raise
                refusal = error
                return [None] * len(running)
            finally:
                if context is not None:
                    context.call_on_fit_task_end(estimator=self)
            rows = range(self._rows, self._rows + len(running))
            self._rows += len(running)
            for row, (place, _) in zip(rows, running):
                self._row_of.setdefault(place, row)
            wanted = [key for key in results if key.startswith("mean_")]
            return [{key: float(results[key][row]) for key in wanted} for row in rows]

        try:
            while left > 0:
                asked = self.search.ask(min(size, left))
                if not asked:
                    break
                left -= len(asked)
                self._race(asked, evaluate)
        finally:
            self.search.close()
        if refusal is not None and not self._row_of:
            raise refusal
        if searching is not None:
            searching.call_on_fit_task_end(estimator=self)

    def _race(self, asked: List[Dict[str, Any]], evaluate: Callable[..., Any]) -> None:
        """Takes candidates from fold to fold, fewer and fewer."""
        start = len(self.candidates)
        self.candidates += [_Candidate(params) for params in asked]
        running = list(enumerate(self.candidates[start:], start))
        for fold in range(self.folds.count):
            if not running:
                break
            self.folds.current = fold
            going_on = []
            for (place, one), measured in zip(running, evaluate(running)):
                score = math.nan if measured is None else self._score(measured)
                one.folds.append(measured or {})
                one.scores.append(score)
                if math.isnan(score):
                    self.search.end(place, None)
                    continue
                told = score if self.outer.pruner == _OF_EACH_FOLD else float(np.mean(one.scores))
                is_last = fold + 1 == self.folds.count
                one.is_pruned = self.search.report(place, fold + 1, told) and not is_last
                if one.is_pruned:
                    self.search.prune(place)
                elif is_last:
                    self.search.end(place, float(np.mean(one.scores)))
                else:
                    going_on.append((place, one))
            running = going_on

    def _score(self, measured: Dict[str, float]) -> float:
        name = f"mean_test_{self.outer.refit}" if isinstance(self.outer.refit, str) else "mean_test_score"
        if name not in measured:
            name = next(key for key in measured if key.startswith("mean_test_"))
        return measured[name]

    # -- The table -----------------------------------------------------------------------------------------------------

    def table(self) -> Dict[str, Any]:
        """cv_results_ of candidates: as scikit-learn has it, with NaN for folds that were left out, and `pruned`."""
        results: Dict[str, Any] = {}
        keys = list(dict.fromkeys(key for one in self.candidates for fold in one.folds for key in fold))
        for key in (one for one in keys if one.endswith("_time")):
            values = self._by_fold(key, 0.0)
            results[key] = np.nanmean(values, axis=1)
            results[f"std{key[len('mean'):]}"] = np.nanstd(values, axis=1)
        for name in dict.fromkeys(name for one in self.candidates for name in one.params):
            column = np.ma.MaskedArray(np.empty(len(self.candidates), dtype=object), mask=True)
            for place, one in enumerate(self.candidates):
                if name in one.params:
                    column[place] = one.params[name]
            results[f"param_{name}"] = column
        results["params"] = [one.params for one in self.candidates]
        pruned = np.array([one.is_pruned for one in self.candidates], dtype=bool)
        for key in (one for one in keys if not one.endswith("_time")):
            name = key[len("mean_") :]
            values = self._by_fold(key, self._error_value())
            for fold in range(self.folds.count):
                results[f"split{fold}_{name}"] = values[:, fold]
            # A fit that failed counts as error_score, as it does in scikit-learn.
            measured = np.array([row[: len(one.scores)].mean() for row, one in zip(values, self.candidates)])
            results[key] = measured
            results[f"std_{name}"] = np.array([row[: len(one.scores)].std() for row, one in zip(values, self.candidates)])
            if name.startswith("test_"):
                results[f"rank_{name}"] = _ranks(measured, pruned)
        results["pruned"] = pruned
        return results

    def best_index(self, results: Dict[str, Any]) -> int:
        """Of the table."""
        if callable(self.outer.refit):
            found = self.outer.refit(results)
            if not isinstance(found, (int, np.integer)):
                raise TypeError("best_index_ returned is not an integer")
            if found < 0 or found >= len(results["params"]):
                raise IndexError("best_index_ index out of range")
            return int(found)
        metric = self.outer.refit if isinstance(self.outer.refit, str) else "score"
        return int(results[f"rank_test_{metric}"].argmin())

    def _error_value(self) -> float:
        return math.nan if self.error_score == "raise" else float(self.error_score)

    def _by_fold(self, key: str, failed: float) -> Any:
        values = np.full((len(self.candidates), self.folds.count), math.nan)
        for place, one in enumerate(self.candidates):
            for fold, measured in enumerate(one.folds):
                values[place, fold] = measured.get(key, failed)
        return values

    # What BaseSearchCV.fit() refits is a row of its own table.
    def _select_best_index(self, refit: Any, refit_metric: str, results: Dict[str, Any]) -> int:  # type: ignore[override]
        return self._row_of.get(self.best_index(self.table()), 0)

    def _refitted(self, results: Dict[str, Any]) -> int:
        return self._row_of.get(self.best_index(self.table()), 0)


class _Folds:
    """A splitter of one fold, the `current` one of another's, which are drawn once."""

    def __init__(self, splitter: Any) -> None:
        self._splitter = splitter
        self._drawn: Optional[List[Tuple[Any, Any]]] = None
        self.count = 0
        self.current = 0

    def split(self, *arguments: Any, **more: Any) -> Any:
        """That fold."""
        if self._drawn is None:
            self._drawn = list(self._splitter.split(*arguments, **more))
        return iter(self._drawn[self.current : self.current + 1])

    def get_n_splits(self, *arguments: Any, **more: Any) -> int:
        """One; how many the other has is known from then on."""
        self.count = int(self._splitter.get_n_splits(*arguments, **more))
        return 1

    def get_metadata_routing(self) -> Any:
        """The other's."""
        return get_routing_for_object(self._splitter)


def _ranks(means: Any, pruned: Any) -> Any:
    """1 for the best; those that were pruned after all others, and those without a score last."""
    order = np.where(np.isnan(means), -np.inf, means)
    finite = order[np.isfinite(order)]
    width = float(finite.max() - finite.min()) + 1.0 if finite.size else 1.0
    return rankdata(-(order - np.where(pruned, width, 0.0)), method="min").astype(np.int32)
