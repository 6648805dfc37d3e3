"""providers/imitation: thoughts that survive a round trip, several calls at once, and what it notices."""

import pytest

from sallyport.conversation import Image, Reasoning, StopReason, Text, Thinking, Tool, ToolCall, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.imitation import SIGNATURE, THOUGHT, answer, is_own

TOOLS = (Tool(name="find"), Tool(name="look"), Tool(name="hear"))
SIGNED = Reasoning(text=THOUGHT, signature=SIGNATURE)


@pytest.fixture
def blocks(request_of):
    return lambda *turns, **fields: answer(request_of(*turns, **fields), "m", 1000).choices[0].blocks


@pytest.fixture
def calls(blocks, turn):
    return lambda text, **fields: [
        (each.id, each.name) for each in blocks(turn("user", text), tools=TOOLS, **fields) if isinstance(each, ToolCall)
    ]


@pytest.mark.parametrize(
    ("text", "fields", "names"),
    [
        ("find it", {}, ["find"]),
        ("hear it and find it", {}, ["find", "hear"]),
        ("hear it and find it", {"parallel_tool_calls": True}, ["find", "hear"]),
        ("hear it and find it", {"parallel_tool_calls": False}, ["find"]),
        ("finding", {}, []),
    ],
)
def test_all_tools_that_are_named_are_called(calls, text, fields, names):
    assert [name for _, name in calls(text, **fields)] == names


def test_calls_of_one_answer_have_ids_of_their_own(calls):
    assert [identity for identity, _ in calls("find, look, hear")] == [
        "call_simulated_1", "call_simulated_1_1", "call_simulated_1_2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("thought", "expected"),
    [
        (SIGNED, True),
        (Reasoning(signature=SIGNATURE), True),
        (Reasoning(text=THOUGHT), False),
        (Reasoning(text=THOUGHT + ".", signature=SIGNATURE), False),
        (Reasoning(text=THOUGHT, signature="another"), False),
    ],
)
def test_a_thought_is_known_again_only_as_it_was_signed(blocks, turn, thought, expected):
    turns = turn("user", "a"), turn("assistant", thought, "b"), turn("user", "c")
    assert is_own(thought) is expected
    assert ("You sent thoughts: 1." in blocks(*turns)[0].text) is expected


@pytest.mark.parametrize(
    ("fields", "thoughts"),
    [
        ({}, []),
        ({"reasoning_effort": "none"}, []),
        ({"reasoning_effort": "low"}, [SIGNED]),
        ({"reasoning_effort": "high", "thinking": Thinking(mode="adaptive", display="summarized")}, [SIGNED]),
        (
            {"reasoning_effort": "high", "thinking": Thinking(mode="adaptive", display="omitted")},
            [Reasoning(signature=SIGNATURE)],
        ),
    ],
)
def test_thoughts_are_signed_and_shown_if_they_may_be(blocks, fields, thoughts):
    assert [block for block in blocks(**fields) if isinstance(block, Reasoning)] == thoughts


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (ToolResult(tool_call_id="c", content=(Text(text="42"),)), "The tool answered: 42"),
        (ToolResult(tool_call_id="c", content=(Text(text="42"),), is_error=True), "The tool failed: 42"),
        (ToolResult(tool_call_id="c", content=(Image(data="aGk="),)), "You sent images: 1."),
    ],
)
def test_what_a_tool_brought_is_seen(blocks, turn, result, says):
    assert says in blocks(turn("user", "a"), turn("tool", result))[0].text


def test_results_say_the_same_in_one_turn_or_one_each(blocks, turn):
    """Dialects differ in that. What came before the last question is over."""
    one, two, old = (ToolResult(tool_call_id="c", content=(Text(text=each),)) for each in ("one", "two", "old"))
    before = turn("user", "a"), turn("tool", old), turn("assistant", "b")
    together = blocks(*before, turn("tool", one, two))
    assert blocks(*before, turn("tool", one), turn("tool", two)) == together
    assert together[0].text.endswith("The tool answered: one\ntwo")


@pytest.mark.parametrize(
    ("stop", "text", "met"),
    [
        (("no", "You"), "Simulated answer by m (", "no"),
        (("said", "You"), "Simulated answer by m (no model was called). ", "You"),
        (("nowhere",), None, None),
    ],
)
def test_the_first_stop_sequence_that_is_met_is_told(request_of, stop, text, met):
    [choice] = answer(request_of(stop=stop), "m", 1000).choices
    assert (choice.stop_sequence, choice.stop_reason is StopReason.STOP_SEQUENCE) == (met, met is not None)
    assert text is None or choice.blocks == (Text(text=text),)


def test_probabilities_are_of_what_is_said(request_of):
    [choice] = answer(request_of(logprobs=True, stop=("no",)), "m", 1000).choices
    assert "".join(each["token"] for each in choice.logprobs["content"]) == "Simulated answer by m ("
    assert answer(request_of(), "m", 1000).choices[0].logprobs is None


def test_a_schema_that_is_none_is_refused(request_of, turn):
    tool = Tool(name="find", parameters={"type": "object", "properties": 7})
    with pytest.raises(ProviderRejectedError):
        answer(request_of(turn("user", "find"), tools=(tool,)), "m", 1000)
