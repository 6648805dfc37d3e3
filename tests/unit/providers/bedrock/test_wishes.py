"""providers/bedrock/wishes: every field of a request is honoured, refused by name, or told of."""

import pytest

from sallyport.conversation import (
    Audio,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.limits import DROPPED, REFUSED

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS = "anthropic.claude-opus-4-6-v1"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"
HIDDEN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
FIND = Tool(name="find")
PNG = "iVBORw0KGgo="

WISHES = {
    "tools": {"tools": (FIND,)},
    "tool_choice": {"tools": (FIND,), "tool_choice": ToolChoice(mode="required")},
    "parallel_tool_calls": {"tools": (FIND,), "parallel_tool_calls": False},
    "max_tokens": {"max_tokens": 2000},
    "temperature": {"temperature": 0.5},
    "top_p": {"top_p": 0.5},
    "top_k": {"top_k": 5},
    "stop": {"stop": ("a",)},
    "reasoning_effort": {"reasoning_effort": "low", "max_tokens": 2000},
    "thinking": {"thinking": Thinking(mode="enabled", budget_tokens=1024), "max_tokens": 2000},
    "response_format": {"response_format": ResponseFormat(type="json_object")},
    "cache": {"cache": "5m"},
    "extras": {"extras": {"service_tier": "auto"}, "extras_of": "anthropic"},
    "betas": {"betas": ("effort-2025-11-24",)},
    "turns": {"turns": ()},
}
"""What is honoured, by a request that asks for it."""

NO_WISH = {"extras_of", "drill"}
"""Whose `extras` they are: service_tier is read in the words of both. Drills are for simulated targets alone."""


def test_no_field_is_forgotten():
    """One that is new belongs here, and in `wishes`."""
    told = [*WISHES, *REFUSED, *DROPPED, *NO_WISH]

    assert sorted(told) == sorted(ChatRequest.model_fields)


PARTS = {
    Turn: "role blocks name",
    Text: "type text cache",
    Image: "type media_type data url url_field detail cache",
    Document: "type name media_type data url url_field cache",
    Audio: "type format data",
    ToolCall: "type id name arguments cache",
    ToolResult: "type tool_call_id content is_error cache",
    Reasoning: "type text signature redacted",
    Refusal: "type text",
    Tool: "name description parameters strict cache",
    ToolChoice: "mode name",
    ResponseFormat: "type name description json_schema strict",
    Thinking: "mode budget_tokens display effort",
}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_no_field_of_a_part_is_forgotten(part):
    """Each is mapped by the tests of messages, media, tools, formats, thinking and cache_points."""
    assert list(part.model_fields) == PARTS[part].split()


@pytest.mark.parametrize("field", WISHES)
def test_what_is_honoured_is_seen_in_what_is_sent(built, left_out, request_of, field):
    asked = request_of().model_copy(update=WISHES[field])
    max_tokens = asked.max_tokens or 1024

    assert built(asked, SONNET, max_tokens) != built(request_of(), SONNET, 1024)
    assert left_out(asked, SONNET) == []


def test_nothing_is_told_of_what_was_not_asked(left_out, request_of):
    assert left_out(request_of()) == left_out(request_of(), LLAMA) == left_out(request_of(), HIDDEN) == []


@pytest.mark.parametrize("model", [OPUS, "global.anthropic.claude-opus-5"])
def test_refuses_to_go_on_with_a_begun_answer_where_the_model_does(built, left_out, request_of, turn, model):
    begun = request_of(turn("user", "a"), turn("assistant", "{"))

    with pytest.raises(ProviderRejectedError) as error:
        built(begun, model)
    assert error.value.details == {"param": "messages"}
    assert left_out(begun, model) == []
    assert built(begun, SONNET)["messages"][-1]["role"] == "assistant"


@pytest.mark.parametrize(
    ("role", "block", "warned"),
    [
        ("user", Image(data=PNG, detail="low"), ["image_url.detail"]),
        ("user", Image(data=PNG, detail="auto"), []),
        (
            "user",
            ToolResult(tool_call_id="c", content=(Image(data=PNG, detail="high"),)),
            ["image_url.detail"],
        ),
        ("assistant", Reasoning(text="hm"), ["messages.thinking"]),
        ("assistant", Reasoning(text="hm", signature="s"), []),
        ("assistant", Reasoning(redacted="aGk="), []),
    ],
)
def test_of_the_conversation_itself(left_out, request_of, turn, role, block, warned):
    assert left_out(request_of(turn(role, block), turn("user", "a"))) == warned


def test_no_other_model_gets_claudes_thoughts(left_out, request_of, turn):
    request = request_of(turn("assistant", Reasoning(text="hm", signature="s")), turn("user", "a"))

    assert left_out(request, LLAMA) == ["messages.thinking"]


def test_speakers_have_no_names(left_out, request_of, turn):
    named = turn("user", Text(text="a")).model_copy(update={"name": "bob"})

    assert left_out(request_of(named)) == ["messages.name"]
