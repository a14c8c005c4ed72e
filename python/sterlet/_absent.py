"""Names of Optuna's that the package does not have, and why: in the place of Python's own words for it."""

from __future__ import annotations

from typing import Dict

__all__ = ["WHY_NOT", "absent"]

_ONE_FILE = "a storage is a file of Sterlet's own"
_CLOUD = "stores in the cloud: give a class of your own with open_reader, write and remove"
_LOG = "a callback of optimize() is called with study and trial: log there"
_OWN = "not there yet; report from a callback of your own"
_ERROR = "`BestValueStagnationEvaluator` is the default here"

WHY_NOT: Dict[str, str] = {
    "optuna.progress_bar": "an inner module; `show_progress_bar=True` draws the bar",
    "artifacts.Backoff": "it wraps stores in the cloud, of which there are none",
    "artifacts.Boto3ArtifactStore": _CLOUD,
    "artifacts.GCSArtifactStore": _CLOUD,
    "integration.DaskStorage": _ONE_FILE,
    "integration.FastAIPruningCallback": _OWN,
    "integration.FastAIV2PruningCallback": _OWN,
    "integration.LightGBMTuner": "a search in steps; tune the parameters together",
    "integration.LightGBMTunerCV": "a search in steps; tune the parameters together",
    "integration.MLflowCallback": _LOG,
    "integration.PyCmaSampler": "`CmaEsSampler` is the engine's own",
    "integration.PyTorchIgnitePruningHandler": "not there yet; report from a handler of your own",
    "integration.ShapleyImportanceEvaluator": "`sterlet importance` has Shapley shares (docs/importance.md)",
    "integration.SkorchPruningCallback": _OWN,
    "integration.TensorBoardCallback": _LOG,
    "integration.TensorFlowPruningHook": "of TensorFlow 1",
    "integration.TorchDistributedTrial": "a launched program trains in several processes: the first one reports",
    "integration.WeightsAndBiasesCallback": _LOG,
    "samplers.BaseGASampler": "a base for genetic algorithms; build on `BaseSampler`",
    "samplers.nsgaii": "crossovers of Optuna's; the engine has its own",
    "storages.BaseJournalLogStorage": _ONE_FILE,
    "storages.GrpcStorageProxy": f"{_ONE_FILE}, which processes of one machine share",
    "storages.JournalRedisStorage": _ONE_FILE,
    "storages.run_grpc_proxy_server": f"{_ONE_FILE}, which processes of one machine share",
    "terminator.EMMREvaluator": _ERROR,
    "terminator.RegretBoundEvaluator": _ERROR,
}


def absent(module: str, name: str) -> Exception:
    """What a module raises for a name that it does not have: ImportError where there is something to say of it, which
    `from module import name` leaves as it is; else AttributeError."""
    why = WHY_NOT.get(f"{module}.{name}")
    if why is None:
        return AttributeError(f"module 'sterlet.{module}' has no attribute {name!r}")
    return ImportError(f"sterlet.{module} has no {name} as Optuna has: {why}")
