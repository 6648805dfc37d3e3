"""providers/bedrock/history: what a conversation's past says of what may be asked now."""

import pytest

from sallyport.conversation import Reasoning, Text, ToolCall, ToolResult
from sallyport.providers.bedrock.history import called_without_thoughts, has_begun_answer, used_tools

CALL = ToolCall(id="c", name="f", arguments="")
RESULT = ToolResult(tool_call_id="c", content=(Text(text="1"),))
SEALED, UNSEALED = Reasoning(text="hm", signature="s"), Reasoning(text="hm")


@pytest.fixture
def said(request_of, turn):
    return lambda *turns: request_of(*(turn(role, *blocks) for role, *blocks in turns))


@pytest.mark.parametrize(
    ("turns", "begun"),
    [
        ([("user", "a")], False),
        ([("user", "a"), ("assistant", "{")], True),
        ([("user", "a"), ("assistant", "{"), ("system", "b")], True),
        ([("user", "a"), ("assistant", "{"), ("user", " ")], True),
        ([("user", "a"), ("assistant", "{"), ("user", "b")], False),
        ([("user", "a"), ("assistant", " ")], False),
        ([("user", "a"), ("assistant", UNSEALED)], False),
        ([("user", "a"), ("assistant", CALL)], False),
        ([("user", "a"), ("assistant", CALL), ("assistant", "b")], False),
    ],
)
def test_an_answer_that_is_begun(said, turns, begun):
    assert has_begun_answer(said(*turns)) is begun


@pytest.mark.parametrize(
    ("turns", "thoughtless"),
    [
        ([("user", "a")], False),
        ([("user", "a"), ("assistant", CALL), ("tool", RESULT)], True),
        ([("user", "a"), ("assistant", UNSEALED, CALL), ("tool", RESULT)], True),
        ([("user", "a"), ("assistant", SEALED, CALL), ("tool", RESULT)], False),
        ([("user", "a"), ("assistant", SEALED), ("assistant", CALL), ("tool", RESULT)], False),
        ([("user", "a"), ("assistant", CALL), ("tool", RESULT), ("assistant", "b"), ("user", "c")], False),
    ],
)
def test_a_call_without_its_thoughts(said, turns, thoughtless):
    assert called_without_thoughts(said(*turns)) is thoughtless


def test_the_tools_that_were_used(said):
    assert used_tools(said(("user", "a"), ("assistant", CALL), ("tool", RESULT))) == {"f"}
