"""Every snippet of docs/frameworks runs. Needs all frameworks, and pytest: scripts/test --frameworks."""

import os
import re
import subprocess
import sys

import pytest

from live import LIMIT_SECONDS, ROOT

PAGES = os.path.join(ROOT, "docs", "frameworks")
HERE = ("catboost", "keras", "lightning", "torch", "transformers")  # Others are run by python/tests/docs_test.py.


def snippets():
    for name in sorted(os.listdir(PAGES)):
        with open(os.path.join(PAGES, name), encoding="utf-8") as file:
            for number, text in enumerate(re.findall(r"```python\n(.*?)```", file.read(), re.S)):
                if re.match(r"# needs: (\w+)", text)[1] in HERE:
                    yield pytest.param(text, id=f"{name}-{number}")


@pytest.mark.parametrize("text", list(snippets()))
def test_a_snippet_runs(text, tmp_path):
    (tmp_path / "snippet.py").write_text(text)
    environment = {**os.environ, "PYTHONPATH": os.path.join(ROOT, "python")}
    environment.setdefault("KERAS_BACKEND", "torch")
    done = subprocess.run([sys.executable, "snippet.py"], cwd=tmp_path, env=environment, text=True, capture_output=True,
                          timeout=LIMIT_SECONDS)
    assert done.returncode == 0, done.stderr
