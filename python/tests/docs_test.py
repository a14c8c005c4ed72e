"""Every snippet of docs/python.md and docs/frameworks runs, where the library that it is of is installed."""

import glob
import importlib.util
import os
import re
import unittest

from support import ROOT, PackageTest

def snippets():
    """Of each page, with their number on it."""
    for path in [os.path.join(ROOT, "docs", "python.md"), *sorted(glob.glob(os.path.join(ROOT, "docs/frameworks/*.md")))]:
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(re.findall(r"```python\n(.*?)```", file.read(), re.S)):
                yield os.path.basename(path), number, text


class DocsTest(PackageTest):
    def test_every_snippet_runs(self):
        self.assertGreater(len(list(snippets())), 20)
        for page, number, snippet in snippets():
            needs = re.match(r"# needs: (\w+)", snippet)
            if needs and importlib.util.find_spec(needs[1]) is None:
                continue  # scripts/test --integrations and --frameworks run these.
            path = self.path(f"{page}-{number}.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(snippet)
            with self.subTest(page=page, snippet=number):
                self.run_python("import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')", path)


if __name__ == "__main__":
    unittest.main()
