"""The JSON Schema of study files is true: what it accepts, `sterlet check` accepts, row by row and option by option."""
import copy
import json
import unittest

import jsonschema
import support

BASE = {
    "study": "s",
    "objective": {"metric": "loss", "direction": "minimize"},
    "command": ["true"],
    "params": {"x": {"type": "float", "low": 0, "high": 1, "live": True}, "k": {"type": "int", "low": 1, "high": 3}},
}
# What depends on two options at once, which a schema of single options cannot say.
SINGLE_VALUES_REFUSED = [("cmaes", "population", 1)]


def values_of(option):
    """(value, whether it is right) about the ends of an option's range, as its own schema has it."""
    if "enum" in option:
        return [(word, True) for word in option["enum"]] + [("no_such_word", False), (3, False)]
    if option.get("type") == "boolean":
        return [(True, True), (False, True), ("yes", False), (1, False)]
    if "$ref" in option:
        return [("none", True), ("asha", True), ({"name": "asha", "eta": 4}, True), ({"name": "asha", "eta": 1}, False),
                ("medain", False), ({"eta": 4}, False), (["asha"], False)]
    low, high = option["minimum"], option["maximum"]
    whole = "integer" in option["type"]
    below, above = low - max(1, abs(low)), high + max(1, abs(high))
    values = [(low, True), (high, True), (below, False), (above, False), ("text", False), ([1], False)]
    if whole:
        values += [(low + 0.5, False)]
        values = [(int(value) if isinstance(value, float) and value == int(value) else value, ok) for value, ok in values]
    return values


class SchemaTest(support.ProgramTest):
    def setUp(self):
        super().setUp()
        self.schema = json.loads(self.run_program("init", "--schema").stdout)
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft202012Validator(self.schema)

    def agree(self, expected, **keys):
        """The schema and `check` both say `expected` of the file with these keys."""
        study = copy.deepcopy(BASE)
        study.update(keys)
        text = json.dumps(study)
        self.write("s.json", text)
        with self.subTest(text):
            self.assertEqual(self.validator.is_valid(study), expected, "the schema")
            self.run_program("check", "s.json", code=0 if expected else 64)

    def rows(self, kind):
        forms = self.schema["$defs"][kind]["oneOf"]
        return {form["properties"]["name"]["const"]: form["properties"] for form in forms if "properties" in form}

    def test_a_name_alone(self):
        for kind in ("sampler", "pruner"):
            for name in self.rows(kind):
                self.agree(True, **{kind: name})
                self.agree(True, **{kind: {"name": name}})
            self.agree(True, **{kind: "auto"})
            for bad in ("no_such_name", {"options": 1}, {"name": 3}, 7):
                self.agree(False, **{kind: bad})

    def test_every_option_of_every_row_at_the_ends_of_its_range(self):
        for kind in ("sampler", "pruner"):
            for name, options in self.rows(kind).items():
                for option, schema in options.items():
                    if option == "name":
                        continue
                    for value, ok in values_of(schema):
                        if (name, option, value) not in SINGLE_VALUES_REFUSED:
                            self.agree(ok, **{kind: {"name": name, option: value}})

    def test_an_option_belongs_to_its_row_alone(self):
        self.agree(False, sampler={"name": "random", "points": 3})
        self.agree(True, sampler={"name": "gp", "startup_trials": 0})
        self.agree(False, sampler={"name": "tpe", "startup_trials": 0})
        self.agree(False, pruner={"name": "median", "eta": 3})
        self.agree(True, pruner={"name": "auto", "chance": 0.1})
        self.agree(False, pruner={"name": "auto", "eta": 3})

    def test_strategies(self):
        self.agree(True, strategy={"name": "pbt", "interval": 2, "steps": 20})
        self.agree(True, strategy={"name": "pbt", "interval": 2, "steps": 20, "explore": "pb2", "quantile": 0.5})
        self.agree(False, strategy={"name": "pbt", "interval": 2})
        self.agree(False, strategy={"name": "pbt", "interval": 2, "steps": 20, "explore": "pb3"})
        self.agree(False, strategy={"name": "pbt", "interval": 2.5, "steps": 20})
        self.agree(False, strategy={"name": "pbt", "interval": 2, "steps": 20, "points": 3})
        self.agree(True, strategy={"name": "replay", "schedule": [{"step": 0, "set": {"x": 0.5, "k": 1}}]})

    def test_check_refuses_what_the_run_refuses(self):
        two = [{"metric": "loss"}, {"metric": "time"}]
        self.write("s.json", json.dumps({**BASE, "objective": two, "sampler": "cmaes"}))
        told = self.run_program("check", "s.json", code=1).stderr
        asked = self.run_program("ask-tell", "s.json", code=1, stdin='{"op":"ask"}\n').stderr
        self.assertIn("one objective", told)
        self.assertIn("one objective", asked)


if __name__ == "__main__":
    unittest.main()
