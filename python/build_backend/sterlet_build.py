"""What pip asks to build the package from a source tree or a source archive: `pip install .` (PEP 517, PEP 660).

All is scripts/wheel, which builds the program with CMake. Nothing is fetched but the system's packages that the program
is built with, where they are missing (scripts/packages build).
"""

import importlib.machinery
import importlib.util
import io
import os
import subprocess
import tarfile
from typing import Any, Dict, List, Optional

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
Settings = Optional[Dict[str, Any]]


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: Optional[str] = None
) -> str:
    """The wheel's name."""
    return os.path.basename(str(_maker().make(wheel_directory)))


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: Optional[str] = None
) -> str:
    """A wheel that points into this tree: it finds the package here, and the program that a build made."""
    maker = _maker()
    link = ("sterlet.pth", f"{os.path.join(ROOT, 'python')}\n".encode())
    return os.path.basename(str(maker.write_wheel(wheel_directory, "py3-none-any", [link])))


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """A source archive of what is in the tree, but for what builds leave."""
    version, about = _maker().metadata()
    top = f"sterlet-{version}"
    name = f"{top}.tar.gz"
    with tarfile.open(os.path.join(sdist_directory, name), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in _sources():
            archive.add(os.path.join(ROOT, path), f"{top}/{path}", recursive=False)
        entry = tarfile.TarInfo(f"{top}/PKG-INFO")
        entry.size = len(about)
        archive.addfile(entry, io.BytesIO(about))
    return name


def _sources() -> List[str]:
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [path for path in listed.stdout.decode().split("\0") if path]
        return sorted(path for path in paths if os.path.lexists(os.path.join(ROOT, path)))
    found: List[str] = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(one for one in folders if one not in ("build", "dist", "__pycache__", ".git"))
        found += [os.path.relpath(os.path.join(folder, file), ROOT) for file in files]
    return sorted(found)


def _maker() -> Any:
    path = os.path.join(ROOT, "scripts", "wheel")
    loader = importlib.machinery.SourceFileLoader("sterlet_wheel", path)
    spec = importlib.util.spec_from_loader("sterlet_wheel", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
