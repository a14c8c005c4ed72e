"""So that these find what the light ones share."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from live import ROOT, check_pruning, raise_model  # noqa: E402, F401
