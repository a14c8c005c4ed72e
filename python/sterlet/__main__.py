"""python -m sterlet: the program itself, with the same arguments."""

from __future__ import annotations

import os
import sys

from sterlet._binary import find_binary


def main() -> None:
    """Becomes the program sterlet; does not return."""
    try:
        program = find_binary()
    except FileNotFoundError as error:
        sys.exit(f"sterlet: {error}")
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
