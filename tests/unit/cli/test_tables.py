"""sallyport_cli.tables: versions, prices and differences in words."""

import click
import pytest

from sallyport.table_diff import Difference
from sallyport_cli.tables import VERSION, difference_text, price_text


@pytest.mark.parametrize(("given", "number"), [("v12", 12), ("12", 12), ("packaged", 0), ("packaged-1", 0), (3, 3)])
def test_a_version_is_named_in_several_ways(given, number):
    assert VERSION.convert(given, None, None) == number


@pytest.mark.parametrize("given", ["", "v", "v0", "0", "vv1", "latest", "1.5", "-1"])
def test_anything_else_is_no_version(given):
    with pytest.raises(click.BadParameter, match="no version like v12"):
        VERSION.convert(given, None, None)


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ({}, "free"),
        ({"input": 3.0, "output": 15.0}, "$3 / $15"),
        ({"input": 0.02}, "$0.02 / $0"),
        ({"cached_input": 0.1}, "free"),
    ],
)
def test_a_price_is_that_of_input_and_output(price, text):
    assert price_text(price) == text


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (Difference("added", "routes.x", None, {"targets": ["a"]}), '+ routes.x { targets = ["a"] }'),
        (Difference("removed", "routes.x", {"targets": ["a"]}, None), '- routes.x { targets = ["a"] }'),
        (Difference("changed", "targets.a.region", "eu-west-1", None), '~ targets.a.region: "eu-west-1" -> default'),
        (Difference("changed", "targets.a.price.input", 1.0, 2.5), "~ targets.a.price.input: 1.0 -> 2.5"),
    ],
)
def test_a_difference_is_a_line(difference, text):
    assert difference_text(difference) == text
