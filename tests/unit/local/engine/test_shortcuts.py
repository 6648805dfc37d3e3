"""Compiled expressions give what the JSONata evaluator gives, on every kind of value."""

import jsonata
import pytest
from jsonata.utils import Utils

from sallyport_local.engine.execution import Entered
from sallyport_local.engine.expressions import Expression
from sallyport_local.engine.interchange import UNDEFINED, EvaluationFailed, to_jsonata
from sallyport_local.engine.shortcuts import compile_shortcut

VALUES = [
    *(None, True, False, 0, 1, -2, 1.0, 2.5, "", "a", "true", "1"),
    *(
        {},
        {"a": None},
        {"a": 1},
        {"a": "a"},
        {"a": True},
        {"a": {"b": 1}},
        {"a": {"b": None}},
        {"a": {"b": {"c": "x"}}},
    ),
    *({"a": []}, {"a": [1]}, {"a": [1, 2]}, {"a": [[1]]}, {"a": [[1, 2], [3]]}, {"a": {"b": []}}, {"a": {"b": [0]}}),
    *({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": [1, 2]}, {"b": 3}, {}]}, {"a": [{"c": 1}]}),
    *({"a": 1.25}, {"a": 2.0}, {"a": -0.5}, {"a": 2**53 + 1}, {"a": 1.5e308}, {"a": -1.5e308}),
    *({"a": [None]}, {"a": [{"b": None}]}, {"b": 1}, {"a": {"b": {"c": [{"d": 1}]}}}),
    *([], [1], [None], [[1]], [{"a": 1}], [{"a": [1]}, {"a": 2}], [[{"a": 1}]], [{"a": {"b": 1}}, {"a": {"b": 2}}]),
]

COMPILED = [
    *("$x", "$x.a", "$x.a.b", "$x.a.b.c", "$x.`a`.b", "$missing", "$missing.a", " $x.a "),
    *("$states.input", "$states.input.a", "$states.input.a.b", "$states.result", "$states.result.a"),
    *("$x.a = 1", "$x.a = 'a'", "$x.a = true", "$x.a = null", "$x = $states.input", "1 = $x.a", "$x.a = $x.a.b"),
    *("$x.a != 1", "$x.a != null", "$x.a.b != 'x'", "$x != $missing"),
    *("$exists($x)", "$exists($x.a.b)", "$exists($missing.a)", "$not($exists($x.a))", "$not($x.a)", "$not($missing)"),
    *("$x.a and $x.a.b", "$x.a or $x.a.b", "$exists($x.a) and $x.a = 1", "$x.a = 1 or $not($x.a)"),
    *("'text'", "1.5", "null", "false"),
    *("$x.a & 'b'", "'a' & $missing", "$x & $x.a.b", "$missing & $missing"),
    *("$x.a ? 'yes' : 'no'", "$x.a = 1 ? $x", "$exists($x.a) ? $x.a : null", "$missing ? 1 : $x.a.b"),
    *("{'a': $x}", "{'a': $x.a, 'b': {'c': $x.a.b, 'd': null}}", "{}", "{'m': $missing}", "{'e': 'x' & $x.a}"),
    *("$merge([$x, {'a': 2}])", "$merge([{'z': 1}, $x.a, {'b': $x.a.b}])", "$merge([$x])", "$merge([$missing, $x])"),
    *("$merge([])", "$merge([$x, $missing])"),
    *("$x + 1", "$x.a + 1", "$x.a - 0.5", "1 - $x.a", "1.5 + 2.5", "$x.a + $x.a", "$missing + 1", "$x - $missing"),
    *("$ceil($x)", "$ceil($x.a)", "$ceil($missing)", "$ceil($x - 0.5) + 60"),
    *("$min([$x, 2])", "$min([2, $x.a, 1.5])", "$min([$missing, 1])", "$min([$x])", "$min([$ceil($x.a) + 60, 61])"),
]

INTERPRETED = [
    "$x[0]",
    "$x.a[]",
    "$x.*",
    "$x.a * 2",
    "$x.a / 2",
    "-$x",
    "$min($x)",
    "$min([])",
    "$max([$x])",
    "$x.(a)",
    "$x.a{b: c}",
    "$count($x)",
    "$x@$i.a",
    "$x.a < 1",
    "x",
    "{'a': 1, 'a': 2}",
    "{$x: 1}",
    "$merge($x)",
    "$merge([$x][0])",
    "[$x]",
    "{'a': $x[0]}",
    "$sum",
]


def evaluated(expression: str, variables: dict, states: dict) -> object:
    parsed = jsonata.Jsonata(expression)
    parsed.set_output_convert_nulls(False)
    bindings = {name: to_jsonata(value) for name, value in variables.items()}
    try:
        result = parsed.evaluate(
            None, {**bindings, "states": {part: to_jsonata(value) for part, value in states.items()}}
        )
    except Exception:
        return "error"
    return UNDEFINED if result is None else plain(result)


def plain(value: object) -> object:
    if value is Utils.NULL_VALUE:
        return None
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def typed(value: object) -> object:
    """Tells True from 1 and a list from what is in it."""
    return value if value is UNDEFINED else (type(value).__name__, repr(value))


@pytest.mark.parametrize("source", COMPILED)
def test_a_shortcut_agrees_with_the_evaluator_on_every_value(source):
    expression = Expression(source, variables=frozenset({"x", "missing"}), parts=frozenset({"input", "result"}))
    assert compile_shortcut(jsonata.Jsonata(source).ast) is not None

    for value in VALUES:
        variables, states = {"x": value}, {"input": value}

        try:
            ours = expression.evaluate(Entered("S", states, variables))
        except EvaluationFailed:
            ours = "error"

        assert typed(ours) == typed(evaluated(source, variables, states)), value


@pytest.mark.parametrize("source", INTERPRETED)
def test_what_needs_jsonata_s_rules_for_sequences_is_left_to_the_evaluator(source):
    assert compile_shortcut(jsonata.Jsonata(source).ast) is None
