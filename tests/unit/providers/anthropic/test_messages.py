"""providers/anthropic/messages: every block as a content block."""

import pytest

from sallyport.conversation import Audio, Document, Image, Reasoning, Refusal, Text, ToolCall, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.names import tool_name

PNG = "iVBORw0KGgo="
PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
MINUTES, HOUR = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}


def call(arguments="{}", name="find", identity="c1") -> ToolCall:
    return ToolCall(id=identity, name=name, arguments=arguments)


@pytest.fixture
def content(built, request_of, turn):
    """The contents of what a user's, or an assistant's, blocks become."""

    def make(*blocks, role="user"):
        said = [turn("user", "hello")] if role == "assistant" else []
        return built(request_of(*said, turn(role, *blocks)))["messages"][len(said)]["content"]

    return make


@pytest.mark.parametrize(
    ("block", "made"),
    [
        (Text(text=" a "), {"type": "text", "text": " a "}),
        (Text(text="a", cache="5m"), {"type": "text", "text": "a", "cache_control": MINUTES}),
        (Image(data=PNG, media_type="image/png"), PICTURE),
        (Image(data=PNG, cache="1h"), PICTURE | {"cache_control": HOUR}),
        (
            Document(data="JVBERi0xLjQ=", name="a.pdf", cache="5m"),
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQ="},
                "title": "a.pdf",
                "cache_control": MINUTES,
            },
        ),
    ],
)
def test_what_a_user_says(content, block, made):
    assert content(block) == [made]


@pytest.mark.parametrize(
    ("block", "made"),
    [
        (Refusal(text="No."), {"type": "text", "text": "No."}),
        (Reasoning(text=" hm\n", signature="sig"), {"type": "thinking", "thinking": " hm\n", "signature": "sig"}),
        (Reasoning(text="", signature="sig"), {"type": "thinking", "thinking": "", "signature": "sig"}),
        (Reasoning(redacted="aGk="), {"type": "redacted_thinking", "data": "aGk="}),
    ],
)
def test_what_an_assistant_said(content, block, made):
    assert content(block, "ok", role="assistant")[0] == made


@pytest.mark.parametrize(
    ("arguments", "sent"), [("", {}), (" \n", {}), ("{}", {}), ('{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]})]
)
def test_arguments_become_an_object(content, arguments, sent):
    assert content(call(arguments), role="assistant") == [
        {"type": "tool_use", "id": "c1", "name": "find", "input": sent}
    ]


@pytest.mark.parametrize("arguments", ["{", "[]", "null", '{"a": NaN}', '"canary"', "[" * 100_000])
def test_arguments_that_are_no_object_are_refused(content, arguments):
    with pytest.raises(ProviderRejectedError) as error:
        content(call(arguments), role="assistant")
    assert error.value.details["param"] == "tool_calls"
    assert "canary" not in str(error.value)


@pytest.mark.parametrize(
    ("result", "made"),
    [
        (
            {"content": (Text(text="42"), Text(text=" "), Image(data=PNG))},
            {"content": [{"type": "text", "text": "42"}, PICTURE]},
        ),
        ({"content": ()}, {}),
        ({"content": (Text(text=""),), "is_error": True}, {"is_error": True}),
        (
            {"content": (Text(text="42", cache="1h"),), "cache": "5m"},
            {"content": [{"type": "text", "text": "42", "cache_control": HOUR}], "cache_control": MINUTES},
        ),
    ],
)
def test_results(built, request_of, turn, result, made):
    told = turn("assistant", call()), turn("tool", ToolResult(tool_call_id="c1", **result))
    sent = built(request_of(turn("user", "a"), *told))["messages"]

    assert sent[-1]["content"] == [{"type": "tool_result", "tool_use_id": "c1"} | made]


def test_an_odd_name_becomes_a_good_one(content):
    assert content(call(name="my.tool"), role="assistant")[0]["name"] == tool_name("my.tool")


def test_sound_is_refused(content):
    with pytest.raises(ProviderRejectedError, match="input_audio"):
        content(Audio(format="wav", data="aGk="))


def test_system_texts_are_hoisted_from_wherever_they_stand(built, request_of, turn):
    marked = Text(text="a", cache="1h")
    body = built(request_of(turn("system", marked, " "), turn("user", "b"), turn("system", "c", ""), turn("user", "d")))

    assert body["system"] == [{"type": "text", "text": "a", "cache_control": HOUR}, {"type": "text", "text": "c"}]
    assert len(body["messages"]) == 1


def test_an_empty_system_text_is_not_sent(built, request_of, turn):
    assert "system" not in built(request_of(turn("system", ""), turn("user", "b")))
