import pytest

from sallyport_local.engine.execution import Entered
from sallyport_local.engine.expressions import Expression
from sallyport_local.engine.interchange import UNDEFINED, EvaluationFailed

NOTHING = Entered("S", {}, {})


def value(source: str) -> object:
    return Expression(source, variables=frozenset(), parts=frozenset()).evaluate(NOTHING)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$partition([1,2,3,4,5], 2)", [[1, 2], [3, 4], [5]]),
        ("$partition([1,2,3], 2.9)", [[1, 2], [3]]),
        ("$partition([1,2], 0)", UNDEFINED),
        ("$partition([], 2)", UNDEFINED),
        ("$range(0, 6, 3)", [0, 3, 6]),
        ("$range(0, 5, 3)", [0, 3]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$range(-1.7, 1, 1)", [-1, 0, 1]),
        ("$range(2, 2, 1)", 2),
        ("$range(1, 3, -1)", UNDEFINED),
        ("$range(1, 3)", UNDEFINED),
        ("$hash('a', 'MD5')", "0cc175b9c0f1b6a831c399e269772661"),
        ("$hash('a', 'SHA-1')", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("$hash('a')", UNDEFINED),
        ("$random(7) = $random(7)", True),
        ("$random() < 1", True),
        ("$uuid() = $uuid()", False),
        ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("$parse('null')", None),
        ("$parse('[null]')[0] = null", True),
    ],
)
def test_step_functions_own_functions(source, expected):
    assert value(source) == expected


@pytest.mark.parametrize("source", ["$hash('secret', 'sha-256')", "$parse('{secret')"])
def test_a_bad_argument_fails_without_being_told(source):
    with pytest.raises(EvaluationFailed) as error:
        value(source)
    assert "secret" not in str(error.value)
