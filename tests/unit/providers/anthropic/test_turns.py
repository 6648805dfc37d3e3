"""providers/anthropic/turns: any conversation becomes one that Messages takes."""

import pytest

from sallyport.conversation import Image, Reasoning, Refusal, Role, Text, ToolCall, ToolResult
from sallyport.providers.anthropic.turns import alternated


def call(identity="c1", name="find", arguments="{}") -> ToolCall:
    return ToolCall(id=identity, name=name, arguments=arguments)


def result(identity="c1", text="42", **fields) -> ToolResult:
    return ToolResult(tool_call_id=identity, content=(Text(text=text),) if text else (), **fields)


def missing(identity="c1") -> ToolResult:
    return result(identity, "There is no result.", is_error=True)


@pytest.fixture
def spoken(turn):
    """Pairs of role and blocks, where a lone text is a string, from pairs of role and blocks."""

    def shown(block):
        return block.text if isinstance(block, Text) and block.cache is None else block

    def make(*turns):
        made = alternated([turn(role, *blocks) for role, *blocks in turns])
        return [(each.role.value, *map(shown, each.blocks)) for each in made]

    return make


def test_turns_of_one_role_become_one(spoken):
    said = ("user", "a"), ("tool", Image(url="https://x.test")), ("assistant", "c"), ("assistant", "d"), ("user", "e")
    assert spoken(*said) == [("user", "a", Image(url="https://x.test")), ("assistant", "c", "d"), ("user", "e")]


@pytest.mark.parametrize(
    "turns",
    [
        [],
        [("system", "a")],
        [("user", "")],
        [("user", " \n"), ("assistant", "")],
        [("assistant", Reasoning(text="unsigned"))],
    ],
)
def test_somebody_has_to_say_something(spoken, turns):
    assert spoken(*turns) == [("user", "Continue.")]


def test_the_user_speaks_first(spoken):
    assert spoken(("system", "s"), ("assistant", "a"), ("user", "b")) == [
        ("user", "Continue."), ("assistant", "a"), ("user", "b"),
    ]  # fmt: skip


def test_the_system_interrupts_nobody(spoken):
    assert spoken(("user", "a"), ("system", "s"), ("user", "b")) == [("user", "a", "b")]


def test_thoughts_stay_where_they_were_unless_nobody_signed_them(spoken):
    signed, hidden = Reasoning(text=" hm ", signature="s"), Reasoning(redacted="aGk=")
    blocks = [signed, call("a"), hidden, call("b"), Reasoning(text="unsigned")]

    assert spoken(("user", "x"), ("assistant", *blocks), ("tool", result("a"), result("b")))[1:] == [
        ("assistant", signed, call("a"), hidden, call("b")),
        ("user", result("a"), result("b")),
    ]


def test_results_come_first_in_the_order_of_their_calls(spoken):
    said = ("assistant", call("a"), call("b")), ("user", "so?"), ("tool", result("b", "2")), ("tool", result("a", "1"))
    assert spoken(("user", "x"), *said)[2] == ("user", result("a", "1"), result("b", "2"), "so?")


@pytest.mark.parametrize("after", [[], [("user", "b")], [("user", "b"), ("assistant", "c"), ("user", "d")]])
def test_a_call_without_result_gets_one(spoken, after):
    said = spoken(("user", "a"), ("assistant", call()), *after)
    assert said[2] == ("user", missing(), *(after[0][1:] if after else ()))
    assert said[3:] == after[1:]


@pytest.mark.parametrize(
    ("orphan", "words"),
    [
        (result("gone"), ("42",)),
        (result("gone", ""), ("There is no result.",)),
        (result("gone", " "), ("There is no result.",)),
        (result("gone", cache="1h"), (Text(text="42", cache="1h"),)),
    ],
)
def test_a_result_without_call_is_told_in_words(spoken, orphan, words):
    assert spoken(("tool", orphan)) == [("user", "The result of an earlier tool call:", *words)]


def test_a_result_that_comes_late_is_told_in_words(spoken):
    said = ("user", "a"), ("assistant", call()), ("user", "b"), ("assistant", "c"), ("tool", result())
    assert spoken(*said) == [
        ("user", "a"),
        ("assistant", call()),
        ("user", missing(), "b"),
        ("assistant", "c"),
        ("user", "The result of an earlier tool call:", "42"),
    ]


def test_a_second_result_of_one_call_is_told_in_words(spoken):
    said = spoken(("user", "a"), ("assistant", call()), ("tool", result(), result(text="43")))
    assert said[2] == ("user", result(), "The result of an earlier tool call:", "43")


def test_ids_that_are_used_again_are_told_apart(spoken):
    said = spoken(("user", "a"), *[("assistant", call("c")), ("tool", result("c"))] * 2)
    assert said[1:] == [
        ("assistant", call("c")), ("user", result("c")), ("assistant", call("c_2")), ("user", result("c_2")),
    ]  # fmt: skip


@pytest.mark.parametrize("identity", ["x" * 65, "functions.find:0", "größe", " "])
def test_odd_ids_become_good_ones_in_both_places(spoken, identity):
    (_, used), (_, given) = spoken(("user", "a"), ("assistant", call(identity)), ("tool", result(identity)))[1:]
    assert used.id == given.tool_call_id != identity


@pytest.mark.parametrize(("block", "end"), [("Yes: ", "Yes:"), (Refusal(text="No. "), Refusal(text="No."))])
def test_the_start_of_an_answer_ends_with_a_word(spoken, block, end):
    assert spoken(("user", " a "), ("assistant", "b "), ("user", "c "), ("assistant", block)) == [
        ("user", " a "), ("assistant", "b "), ("user", "c "), ("assistant", end),
    ]  # fmt: skip


def test_nobody_else_speaks(spoken):
    assert {role for role, *_ in spoken(*[(role, "a") for role in Role])} == {"user", "assistant"}
