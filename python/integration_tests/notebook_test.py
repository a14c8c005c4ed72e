"""A study in a real Jupyter kernel: what it shows, an interrupt, and a restart in the middle of a trial. Needs nbclient
and ipykernel: scripts/test --integrations."""

import os
import time

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.util import run_sync

LIMIT_S = 240  # No cell takes nearly so long; a hang ends with a message.
BEGIN = """
import sterlet, time
sterlet.logging.set_verbosity(sterlet.logging.ERROR)

def objective(trial):
    return trial.suggest_float("x", -1, 1) ** 2

study = sterlet.create_study(study_name="s", storage="s.db", load_if_exists=True)
"""


class Kernel:
    def __init__(self, folder):
        self.notebook = nbformat.v4.new_notebook()
        self.client = NotebookClient(self.notebook, timeout=LIMIT_S, kernel_name="python3",
                                     resources={"metadata": {"path": str(folder)}})

    def run(self, source):
        """The outputs of a cell; an error of its is raised."""
        cell = nbformat.v4.new_code_cell(source)
        self.notebook.cells.append(cell)
        self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        return cell.outputs

    def text(self, source):
        return "".join(output.get("text", "") for output in self.run(source)).strip()

    def restart(self):
        run_sync(self.client.km.restart_kernel)(now=True)
        run_sync(self.client.kc.wait_for_ready)(timeout=LIMIT_S)


@pytest.fixture
def kernel(tmp_path):
    made = Kernel(tmp_path)
    package = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")  # The kernel is a process of its own.
    with made.client.setup_kernel(env={**os.environ, "PYTHONPATH": os.path.abspath(package)}):
        yield made


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_study_shows_itself(kernel):
    kernel.run(BEGIN)
    outputs = kernel.run("study.optimize(objective, n_trials=5, show_progress_bar=True)")
    assert any("5/5 trials" in str(output.get("data", "")) for output in outputs)
    assert not any(output.output_type == "stream" for output in outputs)
    (shown,) = kernel.run("study")
    assert "<table" in shown["data"]["text/html"]
    (report,) = kernel.run("study.report()")
    assert "iframe" in report["data"]["text/html"]


def test_a_restart_in_the_middle_of_a_trial_loses_nothing(kernel):
    kernel.run(BEGIN)
    kernel.run("study.optimize(objective, n_trials=3)")
    kernel.run("trial = study.ask(); trial.suggest_float('x', -1, 1); trial.report(0.5, 1)")
    engine = int(kernel.text("print(study._desk.engine()._child.pid)"))
    assert not is_gone(engine)
    kernel.restart()
    deadline = time.monotonic() + LIMIT_S
    while not is_gone(engine):  # It ends with the kernel that started it.
        assert time.monotonic() < deadline, "the engine outlived its kernel"
        time.sleep(0.01)
    kernel.run(BEGIN)
    assert kernel.text("print(len(study.trials), study.trials[3].state.name)") == "4 WAITING"
    kernel.run("study.optimize(objective, n_trials=2)")
    assert kernel.text("print([trial.state.name for trial in study.trials])") == str(["COMPLETE"] * 5)


def test_an_interrupt_leaves_a_study_that_goes_on(kernel):
    kernel.run(BEGIN)
    cell = kernel.run("""
import _thread, threading

def interrupted(trial):
    trial.suggest_float("x", -1, 1)
    if trial.number == 2:
        threading.Thread(target=_thread.interrupt_main).start()  # As the kernel's own interrupt does it.
        time.sleep(200)
    return 0.0

try:
    study.optimize(interrupted, n_trials=9)
except KeyboardInterrupt:
    print("interrupted")
""")
    assert "interrupted" in cell[0]["text"]
    kernel.run("study.optimize(objective, n_trials=2)")
    assert kernel.text("print(len(study.trials), study.trials[2].state.name)") == "5 FAIL"
