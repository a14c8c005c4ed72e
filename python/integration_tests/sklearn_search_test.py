"""scikit-learn's own tests of its searches, on ours. Needs scikit-learn and pytest: scripts/test --integrations.

They ship with scikit-learn. Each runs as it is, with SterletSearchCV in the place of RandomizedSearchCV and, told of a
grid, in that of GridSearchCV: of a space of choices it tries every candidate once. What a test means for other searches
alone is left out by name, with the reason.
"""

import types

import pytest
import sklearn.model_selection.tests.test_search as theirs
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from sterlet.integrations.sklearn import SterletSearchCV

NOT_OURS = {
    "test_grid_search_bad_param_grid": "the words of an error, and that a number has no distribution: sklearn_test.py",
    "test_search_cv_results_rank_tie_breaking": "candidates in the order of a list, which a search by results has not",
    "test_search_with_2d_array": "the same",
    "test_search_cv_timing": "the same",
}
GRID_ONLY = {"test_search_default_iid"}  # The same, of one of its cases.
# Run with a sampler that does not look at results: else each batch is a task for callbacks, as a round of halving is
# (sklearn_test.py).
NOT_LEARNING = {"test_search_callbacks_no_propagation", "test_search_callbacks_propagation"}


def as_grid(estimator, param_grid, **more):
    """Every candidate of a grid."""
    return SterletSearchCV(estimator, param_grid, n_iter=1000, sampler="grid", **more)


def ours_of(value):
    """The same of ours; None: it is of a search that has no counterpart."""
    if value is GridSearchCV:
        return as_grid
    if value is RandomizedSearchCV:
        return SterletSearchCV
    if isinstance(value, GridSearchCV):
        told = value.get_params(deep=False)
        return as_grid(told.pop("estimator"), told.pop("param_grid"), **told)
    if isinstance(value, RandomizedSearchCV):
        return SterletSearchCV(**value.get_params(deep=False))
    if isinstance(value, (tuple, list)):
        found = [ours_of(one) for one in value]
        return None if any(one is None for one in found) else type(value)(found)
    name = getattr(value, "__name__", type(value).__name__)
    return None if name.startswith("Halving") else value


def marks_of(test):
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            values = [getattr(one, "values", one) for one in mark.args[1]]
            values = [one[0] if isinstance(one, tuple) and len(one) == 1 else one for one in values]
            kept = [found for found in map(ours_of, values) if found is not None]
            if test.__name__ in GRID_ONLY:
                kept = [one for one in kept if SterletSearchCV not in one]
            if test.__name__ in NOT_LEARNING:
                kept = [one.set_params(sampler="random") if isinstance(one, SterletSearchCV) else one for one in kept]
            yield pytest.mark.parametrize(mark.args[0], kept).mark
        elif mark.name != "thread_unsafe":
            yield mark


def collect():
    found = {}
    for name, test in vars(theirs).items():
        if name.startswith("test_") and isinstance(test, types.FunctionType) and name not in NOT_OURS:
            code = test.__wrapped__ if hasattr(test, "__wrapped__") else test
            if not {"GridSearchCV", "RandomizedSearchCV"} & set(code.__code__.co_names) and "earch" not in str(
                    getattr(test, "pytestmark", "")):
                continue
            found[name] = test
            test.pytestmark = list(marks_of(test))
    return found


globals().update(collect())


@pytest.fixture(autouse=True)
def searches(monkeypatch):
    monkeypatch.setattr(theirs, "GridSearchCV", as_grid)
    monkeypatch.setattr(theirs, "RandomizedSearchCV", SterletSearchCV)
