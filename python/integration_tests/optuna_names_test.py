"""What of Optuna's is there: docs/optuna-names.md says it, of the Optuna that is installed.

UPDATE_GOLDEN=1 rewrites the page.
"""

import inspect
import os

import names
import optuna
import pytest

import sterlet
from sterlet._running import RunningTrial


@pytest.mark.filterwarnings("ignore")
def test_the_page_is_what_there_is():
    found = names.compare()
    if os.environ.get("UPDATE_GOLDEN"):
        names.main()
    with open(names.PAGE, encoding="utf-8") as file:
        assert file.read() == names.page(found)
    for heading, rows in found:
        for name, has, why in rows:
            said = "is there, though a reason says it is not" if has else "is not there, and no reason says why"
            assert has != bool(why), f"{heading}.{name} {said}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["Study", "Trial"])
def test_every_argument_is_taken(kind):
    ours, theirs = {"Study": (sterlet.Study, optuna.Study), "Trial": (RunningTrial, optuna.Trial)}[kind]
    for name in names.public(theirs):
        method = getattr(theirs, name)
        if not callable(method) or name == "report":  # Its arguments are those of a launched program, too.
            continue
        taken = inspect.signature(getattr(ours, name)).parameters
        for argument in inspect.signature(method).parameters:
            assert argument in taken, f"{kind}.{name}({argument})"


@pytest.mark.parametrize("name", ["create_study", "load_study", "copy_study", "delete_study", "get_all_study_names",
                                  "get_all_study_summaries", "create_trial"])
def test_functions_take_the_same(name):
    ours, theirs = (inspect.signature(getattr(one, name)).parameters for one in (sterlet, optuna))
    assert list(ours)[:len(theirs)] == list(theirs)
    for more in list(ours.values())[len(theirs):]:  # What Sterlet has beyond it stands in nobody's way.
        assert more.kind == more.KEYWORD_ONLY and more.default is not more.empty, more.name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("module", ["samplers", "pruners"])
def test_samplers_and_pruners_take_optunas_arguments(module):
    ours, theirs = getattr(sterlet, module), getattr(optuna, module)
    for name in theirs.__all__:
        kind = getattr(theirs, name)
        if not inspect.isclass(kind) or name.startswith("Base"):
            continue
        arguments = {one.name: one.default for one in inspect.signature(kind).parameters.values()
                     if one.default is not inspect.Parameter.empty and one.kind is not inspect.Parameter.VAR_KEYWORD}
        needed = {"GridSampler": {"search_space": {"x": [1]}}, "PatientPruner": {"wrapped_pruner": None, "patience": 1},
                  "PartialFixedSampler": {"fixed_params": {}, "base_sampler": ours.RandomSampler()
                                          if module == "samplers" else None},
                  "PercentilePruner": {"percentile": 25.0}, "ThresholdPruner": {"lower": 0.0}}.get(name, {})
        getattr(ours, name)(**{**arguments, **needed})
