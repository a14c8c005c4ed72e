"""Files that belong to a trial or a study, kept in a folder: by Optuna's names.

What a program that Sterlet launches writes is kept by itself, in the trial's folder.
"""

from __future__ import annotations

import dataclasses
import json
import mimetypes
import os
import shutil
import uuid
from typing import IO, TYPE_CHECKING, Any, BinaryIO, List, Optional, Union

from sterlet._absent import absent
from sterlet.exceptions import SterletError

if TYPE_CHECKING:
    from sterlet._running import RunningTrial
    from sterlet.study import Study
    from sterlet.trial import FrozenTrial

__all__ = [
    "ArtifactMeta",
    "ArtifactNotFound",
    "FileSystemArtifactStore",
    "download_artifact",
    "get_all_artifact_meta",
    "upload_artifact",
]

_KEY = "artifacts:"


def __getattr__(name: str) -> Any:
    raise absent("artifacts", name)


class ArtifactNotFound(SterletError):
    """The store has no such artifact."""


@dataclasses.dataclass
class ArtifactMeta:
    """What is known of an artifact."""

    artifact_id: str
    filename: str
    mimetype: str
    encoding: Optional[str]


class FileSystemArtifactStore:
    """A folder, which must exist; a file in it for each artifact."""

    def __init__(self, base_path: Union[str, os.PathLike[str]]) -> None:
        self._base = os.fspath(base_path)

    def open_reader(self, artifact_id: str) -> BinaryIO:
        """Errors: ArtifactNotFound."""
        try:
            return open(self._path(artifact_id), "rb")
        except FileNotFoundError as error:
            raise ArtifactNotFound(f"{self._base}: there is no artifact {artifact_id}") from error

    def write(self, artifact_id: str, content_body: Union[BinaryIO, IO[bytes]]) -> None:
        """The file has its name once it is whole. Errors: OSError."""
        path = self._path(artifact_id)
        part = f"{path}.{uuid.uuid4().hex}.part"
        try:
            with open(part, "wb") as file:
                shutil.copyfileobj(content_body, file)
            os.replace(part, path)
        except BaseException:
            if os.path.exists(part):
                os.unlink(part)
            raise

    def remove(self, artifact_id: str) -> None:
        """Errors: ArtifactNotFound."""
        try:
            os.unlink(self._path(artifact_id))
        except FileNotFoundError as error:
            raise ArtifactNotFound(f"{self._base}: there is no artifact {artifact_id}") from error

    def _path(self, artifact_id: str) -> str:
        path = os.path.join(self._base, artifact_id)
        if os.path.dirname(os.path.abspath(path)) != os.path.abspath(self._base):
            raise ValueError(f"{artifact_id!r} is no artifact's name: it leads out of {self._base}")
        return path


def upload_artifact(
    *,
    artifact_store: Any,
    file_path: Union[str, os.PathLike[str]],
    study_or_trial: Union[Study, RunningTrial, FrozenTrial],
    storage: Any = None,
    mimetype: Optional[str] = None,
    encoding: Optional[str] = None,
) -> str:
    """Copies a file into the store, notes that it belongs to the trial or study, and returns its id.

    Errors: OSError for a file that cannot be read; ValueError for a trial that has ended (a FrozenTrial).
    """
    keep = getattr(study_or_trial, "_set_system_attr", None)
    if keep is None:
        raise ValueError("a trial that has ended takes no artifacts; upload them in the objective, or to the study")
    name = os.path.basename(os.fspath(file_path))
    guessed, packed = mimetypes.guess_type(name)
    artifact_id = str(uuid.uuid4())
    meta = ArtifactMeta(artifact_id, name, mimetype or guessed or "application/octet-stream", encoding or packed)
    with open(file_path, "rb") as file:
        artifact_store.write(artifact_id, file)
    keep(_KEY + artifact_id, json.dumps(dataclasses.asdict(meta)))
    return artifact_id


def download_artifact(*, artifact_store: Any, file_path: Union[str, os.PathLike[str]], artifact_id: str) -> None:
    """Copies an artifact to a new file. Errors: FileExistsError; ArtifactNotFound."""
    if os.path.exists(file_path):
        raise FileExistsError(f"{os.fspath(file_path)}: is there already; name another file")
    with artifact_store.open_reader(artifact_id) as reader, open(file_path, "wb") as file:
        shutil.copyfileobj(reader, file)


def get_all_artifact_meta(
    study_or_trial: Union[Study, RunningTrial, FrozenTrial], *, storage: Any = None
) -> List[ArtifactMeta]:
    """What belongs to a trial or a study."""
    attrs = study_or_trial.system_attrs
    return [ArtifactMeta(**json.loads(text)) for key, text in attrs.items() if key.startswith(_KEY)]
