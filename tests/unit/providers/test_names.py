"""providers/names: within 64 characters that every provider takes, unique, and back."""

import re

import pytest

from sallyport.conversation import Tool
from sallyport.providers.names import CallIds, call_id, original_names, tool_name


@pytest.mark.parametrize("name", ["find", "Find_it-2", "x" * 64])
def test_a_good_name_stays(name):
    assert tool_name(name) == name


@pytest.mark.parametrize("name", ["x" * 65, "a.b", "a b", "größe", "<PERSON_1>"])
def test_a_bad_name_becomes_a_good_one(name):
    assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", tool_name(name))


def test_names_that_look_alike_stay_apart():
    assert len({tool_name(name) for name in ("a.b", "a/b", "a_b", "x" * 65, "x" * 66)}) == 5


def test_names_come_back(request_of):
    tools = Tool(name="a.b"), Tool(name="find")

    assert original_names(request_of(tools=tools)) == {tool_name("a.b"): "a.b", "find": "find"}


@pytest.mark.parametrize(
    ("identity", "stays"), [("toolu_a-1", True), ("x" * 64, True), ("x" * 65, False), ("a|b", False), ("a.b:c", False)]
)
def test_ids(identity, stays):
    assert (call_id(identity) == identity) is stays
    assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", call_id(identity))


def test_results_take_the_ids_of_their_calls_in_order():
    ids = CallIds()

    assert [ids.of_call("a"), ids.of_call("a"), ids.of_call("a_2")] == ["a", "a_2", "a_2_2"]
    assert [ids.of_result("a"), ids.of_result("a"), ids.of_result("a"), ids.of_result("a_2")] == [
        "a", "a_2", None, "a_2_2",
    ]  # fmt: skip
