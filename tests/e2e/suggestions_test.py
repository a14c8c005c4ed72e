"""The suggestions of each sampler, for a given seed and history, are those of tests/suggestions/recorded.json.

Two trials are under way at any moment, some fail, some are pruned. A difference is a change of behaviour: it needs a
reason, then `python3 tests/e2e/suggestions_test.py --record` (STERLET_BIN names the folder of the program) writes the
file anew. STERLET_LONG=1 compares all seeds; else the first one.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

from support import BIN, SOURCE, STERLET

sys.path.insert(0, os.path.join(SOURCE, "tests/suggestions"))
from spaces import SAMPLERS, SEEDS, SPACES, outcome, study_file  # noqa: E402

RECORDED = os.path.join(SOURCE, "tests/suggestions/recorded.json")
TRIALS, EVERY = 200, 25
SHORT = {"seeds": SEEDS[:1], "trials": TRIALS}


def digests(sampler, space, seed, trials):
    """A digest of all suggestions so far, after each EVERY trials; the budget is TRIALS whatever is asked for here."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "s.yaml"), "w") as file:
            file.write(study_file(space, sampler, seed, TRIALS))
        child = subprocess.Popen([STERLET, "ask-tell", "s.yaml"], cwd=folder, text=True, bufsize=1,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        found, digest, waiting = [], hashlib.sha256(), []

        def say(line):
            child.stdin.write(json.dumps(line) + "\n")
            child.stdin.flush()
            text = child.stdout.readline()
            return json.loads(text) if text else {"error": "refused"}

        try:
            for number in range(trials):
                asked = say({"op": "ask"})
                if "error" in asked:
                    return found + ["ends"]
                digest.update(json.dumps([asked["id"], asked["params"]], sort_keys=True).encode())
                waiting.append(asked)
                if len(waiting) == 2:
                    told = waiting.pop(number % 2)
                    say({"op": "tell", "id": told["id"], **outcome(told["id"], told["params"])})
                if (number + 1) % EVERY == 0:
                    found.append(digest.hexdigest()[:16])
        except BrokenPipeError:
            return found + ["ends"]
        finally:
            child.kill()
            child.communicate()
        return found


def names(seeds):
    return [(sampler, space, seed) for sampler in SAMPLERS for space in SPACES for seed in seeds]


class SuggestionsTest(unittest.TestCase):
    def test_suggestions_are_what_they_were(self):
        with open(RECORDED) as file:
            recorded = json.load(file)
        is_long = os.environ.get("STERLET_LONG")
        trials = TRIALS if is_long else SHORT["trials"]
        for sampler, space, seed in names(SEEDS if is_long else SHORT["seeds"]):
            with self.subTest(sampler=sampler, space=space, seed=seed):
                expected = recorded[f"{sampler}, {space}, {seed}"]
                found = digests(sampler, space, seed, trials)
                self.assertEqual(found, expected[:len(found)])
                self.assertEqual(len(found), min(trials // EVERY, len(expected)))


if __name__ == "__main__":
    if sys.argv[1:] == ["--record"]:
        rows = {f"{a}, {b}, {c}": digests(a, b, c, TRIALS) for a, b, c in names(SEEDS)}
        with open(RECORDED, "w") as file:
            file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in rows.items()) + "\n}\n")
        print(f"recorded {len(rows)} studies with {os.path.join(BIN, 'sterlet')}")
    else:
        unittest.main(verbosity=1)
