"""Figures of a drill, and what is read from answers."""

from collections import Counter

import pytest

from sallyport_cli.drill.scenario import Answer, Figure, Played, exactly


@pytest.mark.parametrize(
    ("observed", "least", "most", "passed", "expected"),
    [
        (3, 3, 3, True, "3"),
        (2, 3, 3, False, "3"),
        (4.9, 0, 5, True, "at most 5"),
        (5.1, 0, 5, False, "at most 5"),
        (50, 48, 71.75, True, "48 to 71.8"),
        (47.9, 48, 71.75, False, "48 to 71.8"),
    ],
)
def test_a_figure_lies_within_its_bounds_or_is_missed(
    observed: float, least: float, most: float, passed: bool, expected: str
):
    figure = Figure("x", observed, least, most)
    assert (figure.passed, figure.expected) == (passed, expected)


def test_a_figure_is_written_with_its_unit():
    assert exactly("x", 60, 60, "%").expected == "60 %"
    assert exactly("x", 2.04, 2).written(2.04) == "2"


def test_answers_are_counted_by_phase_target_and_tenant():
    told = [("a", "acme", 200, "x"), ("a", "acme", 429, None), ("a", "blue", 200, "y"), ("b", "acme", 200, "x")]
    played = Played([Answer(phase, tenant, status, 0.1, target) for phase, tenant, status, target in told], {}, {})

    assert (played.answered(), played.failed()) == (3, 1)
    assert (played.answered("a"), played.failed("a"), played.failed("b")) == (2, 1, 0)
    assert (played.answered(target="x"), played.answered("a", target="x")) == (2, 1)
    assert (played.answered(tenant="acme"), played.answered("b", tenant="blue")) == (2, 0)
    assert Played([], {"a": Counter()}, {}).answered() == 0
