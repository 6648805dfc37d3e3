"""sallyport.table_diff: what differs between two tables."""

import pytest

from sallyport.routing import parse_table
from sallyport.table_diff import Difference, differences, removed_aliases

ONE = {"provider": "simulated", "model": "simulated-1", "privacy": "private", "price": {"input": 1.0}}


def table(version="1", routes=None, **targets):
    known = {"one": ONE} | targets
    return parse_table({"version": version, "targets": known, "routes": routes or {"mine": {"targets": ["one"]}}})


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (table(), []),
        (table("2"), []),
        (table(one=ONE | {"timeout_seconds": 60.0}), []),  # that is the default
        (table(one=ONE | {"price": {"input": 2.0}}), [("changed", "targets.one.price.input", 1.0, 2.0)]),
        (table(one=ONE | {"region": "eu-west-1"}), [("changed", "targets.one.region", None, "eu-west-1")]),
        (table(two=ONE), [("added", "targets.two", None, ONE)]),
        (
            table(routes={"yours": {"targets": ["one"]}}),
            [
                ("removed", "routes.mine", {"targets": ["one"]}, None),
                ("added", "routes.yours", None, {"targets": ["one"]}),
            ],
        ),
    ],
)
def test_differences_are_told_field_by_field(new, expected):
    assert differences(table(), new) == [Difference(*each) for each in expected]


def test_the_other_way_round_is_the_opposite():
    [removed] = differences(table(two=ONE), table())
    assert (removed.change, removed.path) == ("removed", "targets.two")


def test_aliases_that_are_gone_are_named():
    assert removed_aliases(table(), table(routes={"yours": {"targets": ["one"]}})) == ["mine"]
    assert removed_aliases(table(), table(two=ONE)) == []
