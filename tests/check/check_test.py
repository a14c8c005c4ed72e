#!/usr/bin/python3
"""What scripts/check says of a small tree with one fault of each kind, and that it is silent where there is none."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")

GOOD = {
    "src/good.cc": '#include "sterlet/base/text.h"\n\nint number() { return 1; }  // Not by std::stod("1").\n',
    "src/allowed.cc": "double value(const char* text) { return atof(text); }  // check: of a file of our own making\n",
    "tests/good_test.py": '@unittest.skip("no GPU here")\ndef test(self):\n    pass\n',
    "notes.txt": "std::shuffle\n",
    "docs/images/page.png": b"\x89PNG\r\n\0",
    "examples/toy/study.yaml": "study: toy\nobjective: loss\n",
    "fuzz/channel.cc": 'const char* log = "a.log";  // Not SQLite format 3.\n',
}
BAD = {
    "src/include.cc": ('#include "../base/text.h"\n', 1, "includes"),
    "src/locale.cc": ("double value(const char* text) { return atof(text); }\n", 1, "locale"),
    "src/chance.cc": ("using Chance = std::normal_distribution<double>;\n", 1, "distributions"),
    "src/off_test.cc": ("TEST(Toy, DISABLED_Works) {}\n", 1, "disabled"),
    "tests/off_test.py": ("@unittest.skip\ndef test(self):\n    pass\n", 1, "disabled"),
    "bin/tool": (b"\x7fELF\2\1\1\0", 1, "strays: a compiled program"),
    "lib/libtoy.a": (b"!<arch>\nx", 1, "strays: a compiled program"),
    "toy.db": (b"SQLite format 3\0\x10\0", 1, "strays: a storage"),
    "src/notes.bin": (b"a\0b", 1, "strays: bytes that are no text"),
    "docs/images/page.txt": (b"\0", 1, "strays: bytes that are no text"),
    "run/out.log": ("step 1\n", 1, "strays: a log"),
    "sterlet-trials/toy-01234567/0/params.json": ("{}\n", 1, "strays: what trials leave"),
    "study.yaml": ("# mine\nstudy: toy\nobjective: loss\n", 1, "strays: a study file"),
    "src/layout.cc": ("int one() { return 1; }\n\nint  two() { return 2; }\n", 3, "format"),
}


def check(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
        with open(os.path.join(folder, ".clang-format"), "w", encoding="utf-8") as file:
            file.write("BasedOnStyle: Google\nColumnLimit: 120\nSortIncludes: false\nAllowShortFunctionsOnASingleLine: All\n")
        for words in (["init", "-q"], ["add", "-A"]):
            subprocess.run(["git", "-C", folder, *words], check=True)
        ran = subprocess.run([sys.executable, os.path.join(ROOT, "scripts/check"), folder], capture_output=True, text=True)
        return ran.returncode, ran.stdout.splitlines()


class Check(unittest.TestCase):
    def test_it_is_silent_where_all_is_well(self):
        self.assertEqual(check(GOOD), (0, []))

    def test_each_fault_is_named_with_its_line_and_a_cure(self):
        for name, (text, line, what) in BAD.items():
            with self.subTest(name):
                code, said = check({**GOOD, name: text})
                self.assertEqual(code, 1)
                self.assertEqual(len(said), 1, said)
                self.assertTrue(said[0].startswith(f"{name}:{line}: {what}"), said)
                self.assertIn("; ", said[0])


if __name__ == "__main__":
    unittest.main()
