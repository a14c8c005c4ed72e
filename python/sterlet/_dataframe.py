"""Trials as a pandas DataFrame, with Optuna's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from sterlet.trial import TrialState

if TYPE_CHECKING:
    from sterlet.study import Study

__all__ = ["dataframe_of"]

Column = Tuple[str, Any]


def dataframe_of(study: Study, attrs: Tuple[str, ...], multi_index: bool) -> Any:
    """See Study.trials_dataframe()."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("trials_dataframe() needs pandas; install it: pip install pandas") from error
    trials = study.get_trials(deepcopy=False)
    if not trials:
        return pandas.DataFrame()
    if study._is_multi_objective():
        attrs = tuple("values" if attr == "value" else attr for attr in attrs)
    columns: Dict[str, List[Column]] = {attr: [] for attr in attrs}
    rows: List[Dict[Column, Any]] = []
    for trial in trials:
        row: Dict[Column, Any] = {}
        for attr in attrs:
            for column, value in _cells(attr.lstrip("_"), getattr(trial, attr), study):
                row[column] = value
                if column not in columns[attr]:
                    columns[attr].append(column)
        rows.append(row)
    order = [column for attr in attrs for column in _sorted(attr, columns[attr])]
    frame = pandas.DataFrame(rows, columns=pandas.MultiIndex.from_tuples(order))
    if not multi_index:
        frame.columns = ["_".join(str(part) for part in column if part != "") for column in order]
    return frame


def _cells(name: str, value: Any, study: Study) -> List[Tuple[Column, Any]]:
    if isinstance(value, TrialState):
        return [((name, ""), value.name)]
    if name == "values":
        places: List[Any] = study.metric_names or list(range(len(study.directions)))
        return [((name, place), one) for place, one in zip(places, value or [None] * len(places))]
    if name == "value":
        return [((name, (study.metric_names or [""])[0]), value)]
    if isinstance(value, dict):
        return [((name, key), one) for key, one in value.items()]
    if isinstance(value, list):
        return [((name, place), one) for place, one in enumerate(value)]
    return [((name, ""), value)]


def _sorted(attr: str, columns: List[Column]) -> List[Column]:
    # Objectives keep their order, the rest is by name.
    return columns if attr == "values" else sorted(columns, key=lambda column: str(column[1]))
