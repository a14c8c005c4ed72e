"""So that the tests find the package of this tree, its program, and what they share."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
BIN = os.environ.get("STERLET_BIN") or os.path.join(HERE, "..", "..", "build", "release", "bin")
os.environ.setdefault("STERLET_BINARY", os.path.abspath(os.path.join(BIN, "sterlet")))
