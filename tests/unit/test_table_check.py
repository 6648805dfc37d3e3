"""sallyport.table_check: what is wrong with a table, by its path."""

import pytest

from sallyport.routing import RoutingTable
from sallyport.table_check import DRAFT, checked

TARGET = {"provider": "simulated", "model": "simulated-1", "privacy": "private"}
GOOD = {"targets": {"one": TARGET}, "routes": {"mine": {"targets": ["one"]}}}


def with_target(**fields):
    return GOOD | {"targets": {"one": TARGET | fields}}


def with_route(**fields):
    return GOOD | {"routes": {"mine": {"targets": ["one"]} | fields}}


@pytest.mark.parametrize(("fields", "version"), [(GOOD, DRAFT), (GOOD | {"version": "7"}, "7")])
def test_a_table_needs_no_version_of_its_own(fields, version):
    table = checked(fields)
    assert isinstance(table, RoutingTable)
    assert table.version == version


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (with_target(prize={}), "targets.one.prize: no such field; price is meant perhaps"),
        (with_target(zzz=1), "targets.one.zzz: no such field"),
        (with_target(price={"inptu": 1}), "targets.one.price.inptu: no such field; input is meant perhaps"),
        (with_target(price={"input": -1}), "targets.one.price.input: Input should be greater than or equal to 0"),
        (with_target(provider="simulatd"), "targets.one.provider: there is no provider simulatd; simulated is meant"),
        (
            with_target(provider="x"),
            "targets.one.provider: there is no provider x; those there are: anthropic",
        ),
        (with_target(texts_per_call=3), "targets.one: vectors and texts_per_call are for targets"),
        (with_route(target=["one"]), "routes.mine.target: no such field; targets is meant perhaps"),
        (with_route(targets=["two"]), "routes.mine.targets: route mine names the target two"),
        (GOOD | {"route": {}}, "route: no such field; routes is meant perhaps"),
        (GOOD | {"routes": {}}, "routes: no route"),
        ({"routes": {}}, "targets: is missing"),
    ],
)
def test_what_is_wrong_is_told_by_its_path(fields, said):
    assert any(str(problem).startswith(said) for problem in checked(fields)), checked(fields)


def test_everything_that_is_wrong_is_told_at_once():
    assert len(checked(with_target(prize={}, timeout_seconds=0))) == 2


def test_values_are_not_repeated():
    assert "canary-7f3a" not in str(checked(with_target(max_output_tokens="canary-7f3a")))
