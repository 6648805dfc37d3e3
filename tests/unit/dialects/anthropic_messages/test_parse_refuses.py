"""dialects/anthropic_messages/parse: every bad body is a 400 that names the field and echoes nothing."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.dialects.anthropic_messages.parse import parse, parse_count
from sallyport.errors import InvalidRequestError, ModelNotFoundError

CANARY = "canary-7f3a"
USER = {"role": "user", "content": CANARY}
TOOL = {"name": CANARY, "input_schema": {"type": "object"}}
TEXT = {"type": "text", "text": CANARY}
USE = {"type": "tool_use", "id": CANARY, "name": CANARY, "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": CANARY}


def body(**fields) -> bytes:
    return json.dumps({"model": "demo", "max_tokens": 2000, "messages": [USER], **fields}).encode()


def without(field) -> bytes:
    return json.dumps({name: value for name, value in json.loads(body()).items() if name != field}).encode()


def content(*blocks, role="user") -> bytes:
    return body(messages=[USER, {"role": role, "content": list(blocks)}])


def said(*blocks) -> bytes:
    return content(*blocks, role="assistant")


def source(type_, **fields) -> bytes:
    return content({"type": type_, "source": fields})


def result(value) -> bytes:
    return content({**RESULT, "content": value})


def control(value) -> bytes:
    return content({**TEXT, "cache_control": value})


AT = "messages.1.content.0"
FIELDS = {
    "model": [without("model"), body(model=None), body(model=7), body(model=""), body(model=[CANARY])],
    "max_tokens": [
        without("max_tokens"),
        body(max_tokens=None),
        body(max_tokens=0),
        body(max_tokens=-1),
        body(max_tokens=1.5),
        body(max_tokens=CANARY),
        body(max_tokens=True),
        body(max_tokens=2**31),
    ],
    "messages": [without("messages"), body(messages=None), body(messages=[]), body(messages=CANARY), body(messages={})],
    "messages.0": [body(messages=[CANARY]), body(messages=[None]), body(messages=[[USER]])],
    "messages.1.role": [
        body(messages=[USER, {"content": CANARY}]),
        body(messages=[USER, {"role": CANARY, "content": "x"}]),
        body(messages=[USER, {"role": "tool", "content": CANARY}]),
        body(messages=[USER, {"role": 1, "content": CANARY}]),
    ],
    "messages.1.content": [
        body(messages=[USER, {"role": "user"}]),
        body(messages=[USER, {"role": "user", "content": None}]),
        body(messages=[USER, {"role": "user", "content": 7}]),
        body(messages=[USER, {"role": "user", "content": TEXT}]),
        body(messages=[USER, {"role": "system", "content": None}]),
        content(),
    ],
    AT: [content(CANARY), content(None), said([TEXT])],
    f"{AT}.type": [
        content({"text": CANARY}),
        content({"type": CANARY}),
        content({"type": 1}),
        content(USE),
        content({"type": "thinking", "thinking": CANARY, "signature": ""}),
        content({"type": "server_tool_use", "id": CANARY, "name": "web_search", "input": {}}),
        said(RESULT),
        said({"type": "image", "source": {"type": "url", "url": f"https://{CANARY}"}}),
        content({"type": "image", "source": {}}, role="system"),
    ],
    "messages.1.content.1.text": [content(TEXT, {"type": "text"}), content(TEXT, {"type": "text", "text": [CANARY]})],
    f"{AT}.citations": [
        content({**TEXT, "citations": CANARY}),
        content({"type": "document", "source": {}, "citations": CANARY}),
    ],
    f"{AT}.citations.enabled": [
        content({"type": "document", "source": {}, "citations": {"enabled": True}}),
        content({"type": "search_result", "citations": {"enabled": True}}),
        content({"type": "document", "source": {}, "citations": {"enabled": CANARY}}),
    ],
    f"{AT}.cache_control": [
        control(CANARY),
        control([CANARY]),
        said({"type": "redacted_thinking", "data": "aGk=", "cache_control": {"type": "ephemeral"}}),
    ],
    f"{AT}.cache_control.type": [control({}), control({"type": CANARY})],
    f"{AT}.cache_control.ttl": [
        control({"type": "ephemeral", "ttl": CANARY}),
        control({"type": "ephemeral", "ttl": 5}),
    ],
    f"{AT}.source": [
        content({"type": "image"}),
        content({"type": "image", "source": CANARY}),
        content({"type": "document"}),
    ],
    f"{AT}.source.type": [
        source("image", url=CANARY),
        source("image", type=CANARY),
        source("image", type="file", file_id=CANARY),
        source("document", type="web", url=f"https://{CANARY}"),
        source("document", type="file", file_id=CANARY),
        source("document", type=7),
    ],
    f"{AT}.source.media_type": [
        source("image", type="base64", data="aGk="),
        source("image", type="base64", data="aGk=", media_type=""),
        source("document", type="text", data=CANARY),
        source("document", type="text", data=CANARY, media_type="text/html"),
    ],
    f"{AT}.source.data": [
        source("image", type="base64", media_type="image/png"),
        source("image", type="base64", media_type="image/png", data=CANARY),
        source("image", type="base64", media_type="image/png", data=""),
        source("image", type="base64", media_type="image/png", data="aG\nk="),
        source("document", type="base64", media_type="application/pdf", data=[CANARY]),
        source("document", type="text", media_type="text/plain", data=None),
    ],
    f"{AT}.source.url": [
        source("image", type="url"),
        source("image", type="url", url=CANARY),
        source("image", type="url", url=f"file:///{CANARY}"),
        source("image", type="url", url=f"data:image/png;base64,{CANARY}"),
        source("document", type="url"),
        source("document", type="url", url=f"file:///{CANARY}"),
    ],
    f"{AT}.source.content": [source("document", type="content"), source("document", type="content", content=7)],
    f"{AT}.source.content.0.type": [source("document", type="content", content=[{"type": "document"}])],
    f"{AT}.title": [
        content({"type": "document", "title": [CANARY]}),
        content({"type": "search_result", "source": "x"}),
    ],
    f"{AT}.context": [content({"type": "document", "context": {CANARY: 1}})],
    f"{AT}.content": [
        result(7),
        content({"type": "search_result", "source": "x", "title": "x"}),
        content({"type": "search_result", "source": "x", "title": "x", "content": CANARY}),
    ],
    f"{AT}.content.0.type": [
        result([{"type": "tool_reference", "tool_name": CANARY}]),
        result([RESULT]),
        content({"type": "search_result", "source": "x", "title": "x", "content": [{"type": "image"}]}),
    ],
    f"{AT}.content.1.text": [result([TEXT, {"type": "text", "text": 7}])],
    f"{AT}.tool_use_id": [content({"type": "tool_result"}), content({**RESULT, "tool_use_id": ""})],
    f"{AT}.is_error": [content({**RESULT, "is_error": CANARY}), content({**RESULT, "is_error": 1})],
    f"{AT}.thinking": [said({"type": "thinking", "signature": CANARY})],
    f"{AT}.signature": [
        said({"type": "thinking", "thinking": CANARY}),
        said({"type": "thinking", "thinking": CANARY, "signature": 7}),
    ],
    f"{AT}.data": [said({"type": "redacted_thinking"}), said({"type": "redacted_thinking", "data": CANARY})],
    f"{AT}.id": [said({**USE, "id": ""}), said({**USE, "id": 7})],
    f"{AT}.name": [said({**USE, "name": ""}), said({**USE, "name": [CANARY]})],
    f"{AT}.input": [said({**USE, "input": CANARY}), said({**USE, "input": None}), said({**USE, "input": [CANARY]})],
    "system": [body(system=7), body(system=TEXT)],
    "system.0": [body(system=[CANARY])],
    "system.1.text": [body(system=[TEXT, {"type": "text"}])],
    "system.0.type": [body(system=[{"type": "image"}])],
    "tools": [body(tools=CANARY), body(tools=TOOL)],
    "tools.0": [body(tools=[CANARY])],
    "tools.1.name": [
        body(tools=[TOOL, TOOL]),
        body(tools=[TOOL, {"input_schema": {}}]),
        body(tools=[TOOL, {**TOOL, "name": ""}]),
    ],
    "tools.0.type": [
        body(tools=[{"type": "web_search_20250305", "name": "web_search"}]),
        body(tools=[{"type": "computer_20251124", "name": CANARY}]),
        body(tools=[{**TOOL, "type": 7}]),
    ],
    "tools.0.input_schema": [body(tools=[{"name": "x"}]), body(tools=[{**TOOL, "input_schema": CANARY}])],
    "tools.0.description": [body(tools=[{**TOOL, "description": [CANARY]}])],
    "tools.0.strict": [body(tools=[{**TOOL, "strict": CANARY}])],
    "tools.0.defer_loading": [body(tools=[{**TOOL, "defer_loading": True}])],
    "tools.0.allowed_callers": [body(tools=[{**TOOL, "allowed_callers": [CANARY]}])],
    "tools.0.eager_input_streaming": [body(tools=[{**TOOL, "eager_input_streaming": CANARY}])],
    "tools.0.input_examples": [body(tools=[{**TOOL, "input_examples": CANARY}])],
    "tools.0.cache_control.ttl": [body(tools=[{**TOOL, "cache_control": {"type": "ephemeral", "ttl": "2h"}}])],
    "tool_choice": [
        body(tool_choice=CANARY),
        body(tool_choice={"type": "any"}),
        body(tool_choice={"type": "tool", "name": CANARY}),
    ],
    "tool_choice.type": [body(tool_choice={}), body(tool_choice={"type": "required"}), body(tool_choice={"type": 7})],
    "tool_choice.name": [
        body(tools=[TOOL], tool_choice={"type": "tool"}),
        body(tools=[TOOL], tool_choice={"type": "tool", "name": f"no {CANARY}"}),
    ],
    "tool_choice.disable_parallel_tool_use": [
        body(tools=[TOOL], tool_choice={"type": "auto", "disable_parallel_tool_use": CANARY})
    ],
    "stop_sequences": [body(stop_sequences=CANARY), body(stop_sequences={})],
    "stop_sequences.1": [body(stop_sequences=["x", 7]), body(stop_sequences=["x", ""])],
    "temperature": [body(temperature=CANARY), body(temperature=1.1), body(temperature=-0.1), body(temperature=True)],
    "top_p": [body(top_p=2), body(top_p=[CANARY])],
    "top_k": [body(top_k=-1), body(top_k=0.5), body(top_k=CANARY)],
    "thinking": [body(thinking=CANARY), body(thinking=True)],
    "thinking.type": [body(thinking={}), body(thinking={"type": CANARY})],
    "thinking.budget_tokens": [
        body(thinking={"type": "enabled"}),
        body(thinking={"type": "enabled", "budget_tokens": 1023}),
        body(thinking={"type": "enabled", "budget_tokens": 2000}),
        body(thinking={"type": "enabled", "budget_tokens": CANARY}),
    ],
    "thinking.display": [body(thinking={"type": "adaptive", "display": CANARY})],
    "output_config": [body(output_config=CANARY)],
    "output_config.effort": [body(output_config={"effort": CANARY}), body(output_config={"effort": 3})],
    "output_config.format": [body(output_config={"format": CANARY})],
    "output_config.format.type": [body(output_config={"format": {}}), body(output_config={"format": {"type": "json"}})],
    "output_config.format.schema": [
        body(output_config={"format": {"type": "json_schema"}}),
        body(output_config={"format": {"type": "json_schema", "schema": CANARY}}),
    ],
    "output_format": [
        body(output_format=CANARY),
        body(output_format={"type": "json_schema", "schema": {}}, output_config={"format": {"type": "json_schema"}}),
    ],
    "output_format.schema": [body(output_format={"type": "json_schema"})],
    "metadata": [body(metadata=CANARY)],
    "metadata.user_id": [body(metadata={"user_id": [CANARY]})],
    "service_tier": [body(service_tier=CANARY), body(service_tier="flex")],
    "stream": [body(stream=CANARY), body(stream=1)],
    "cache_control": [body(cache_control=CANARY)],
    "cache_control.type": [body(cache_control={"ttl": "5m"})],
    "diagnostics": [body(diagnostics=CANARY)],
    "inference_geo": [body(inference_geo=[CANARY])],
    "speed": [body(speed={CANARY: 1})],
    "user_profile_id": [body(user_profile_id=7)],
    "container": [body(container=CANARY)],
    "mcp_servers": [body(mcp_servers=[{"url": CANARY}])],
    "workspace_id": [body(workspace_id=CANARY)],
}


@pytest.mark.parametrize(
    ("field", "sent"), [pytest.param(field, sent, id=field) for field, each in FIELDS.items() for sent in each]
)
def test_a_wrong_field_is_named_and_never_quoted(field, sent):
    with pytest.raises(InvalidRequestError) as refused:
        parse(sent)

    assert refused.value.details["param"] == field
    assert refused.value.message.startswith(f"{field} ")
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("sent", [b"", CANARY.encode(), b"null", body()[:-1], body(temperature=float("nan"))])
def test_what_is_no_json_object_is_refused(sent):
    with pytest.raises(InvalidRequestError) as refused:
        parse(sent)
    assert CANARY not in str(refused.value)


def test_a_name_that_no_model_can_have_is_not_found():
    with pytest.raises(ModelNotFoundError) as refused:
        parse(body(model=f"{CANARY} !"))
    assert CANARY not in str(refused.value)


def test_a_count_needs_no_limit_but_checks_one():
    assert parse_count(without("max_tokens")).request.max_tokens is None
    with pytest.raises(InvalidRequestError):
        parse_count(body(max_tokens=0))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "source", "content", "role", "name", "input"]), inner)
    ),
    max_leaves=8,
)
NAMES = [
    "messages",
    "system",
    "tools",
    "tool_choice",
    "thinking",
    "output_config",
    "metadata",
    "cache_control",
    "stream",
]


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
@settings(max_examples=200)
def test_whatever_is_sent_is_read_or_refused(fields):
    with contextlib.suppress(InvalidRequestError, ModelNotFoundError):
        parse(body(**fields))
