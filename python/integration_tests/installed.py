"""Run by the Python of an environment in which the wheel alone is installed: scripts/test --integrations."""

import os
import subprocess
import sys

import sterlet

for place in (sterlet.__file__, sterlet.find_binary()):
    assert place.startswith(sys.prefix + os.sep), f"{place} is not what was installed into {sys.prefix}"
said = subprocess.run([sys.executable, "-m", "sterlet", "--version"], check=True, capture_output=True, text=True).stdout
assert said.strip() == sterlet.__version__, said

sterlet.logging.set_verbosity(sterlet.logging.WARNING)
study = sterlet.create_study()
study.optimize(lambda trial: (trial.suggest_float("x", -10, 10) - 2) ** 2, n_trials=50)
assert len(study.trials) == 50 and study.best_value < 1, study.best_trial
assert sterlet.Trial().number == -1
print(f"the wheel works: sterlet {sterlet.__version__} in {sys.prefix}")
