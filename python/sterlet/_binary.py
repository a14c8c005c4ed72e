"""Where the program `sterlet` is."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from typing import Iterator, Optional

__all__ = ["find_binary"]

_NAME = "sterlet" + (sysconfig.get_config_var("EXE") or "")


def find_binary() -> str:
    """Path of the program.

    The first there is of: what the environment's STERLET_BINARY names; the one installed with this package; the one
    that a build in the same source tree made; the one on PATH.

    Errors: FileNotFoundError says where was looked.
    """
    given = os.environ.get("STERLET_BINARY")
    if given:
        if not os.path.isfile(given) or not os.access(given, os.X_OK):
            raise FileNotFoundError(
                f"{given}: not a program, though STERLET_BINARY names it; name the program sterlet, or unset it"
            )
        return given
    looked = list(_places())
    for place in looked:
        if _is_program(place):
            return place
    found = shutil.which(_NAME)
    # A script that only starts this package again would never end.
    if found and not _is_script(found):
        return found
    raise FileNotFoundError(
        f"the program {_NAME} is neither on PATH nor in {', '.join(looked)}; install it, or name it in STERLET_BINARY"
    )


def _places() -> Iterator[str]:
    package = os.path.dirname(os.path.abspath(__file__))
    yield os.path.join(sysconfig.get_path("scripts"), _NAME)
    if sys.base_prefix != sys.prefix:
        yield os.path.join(sysconfig.get_path("scripts", vars={"base": sys.base_prefix}), _NAME)
    # pip install --prefix puts it beside lib, --target beside the package.
    yield os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(package)))), "bin", _NAME)
    yield os.path.join(os.path.dirname(package), "bin", _NAME)
    user = _user_scripts()
    if user:
        yield os.path.join(user, _NAME)
    yield os.path.join(os.path.dirname(os.path.dirname(package)), "build", "release", "bin", _NAME)


def _user_scripts() -> Optional[str]:
    scheme = "nt_user" if os.name == "nt" else "posix_user"
    return sysconfig.get_path("scripts", scheme=scheme) if scheme in sysconfig.get_scheme_names() else None


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK) and not _is_script(path)


def _is_script(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False
