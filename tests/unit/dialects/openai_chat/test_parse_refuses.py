"""dialects/openai_chat/parse: every bad body is a 400 that names the field and echoes nothing."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.dialects.body import MAX_STRINGS
from sallyport.dialects.openai_chat.parse import parse
from sallyport.errors import InvalidRequestError, ModelNotFoundError

CANARY = "canary-7f3a"
USER = {"role": "user", "content": CANARY}
TOOL = {"type": "function", "function": {"name": CANARY}}
IMAGE = {"type": "image_url", "image_url": {"url": f"https://{CANARY}.test"}}


def body(**fields) -> bytes:
    return json.dumps({"model": "demo", "messages": [USER], **fields}).encode()


def messages(*listed) -> bytes:
    return body(messages=list(listed))


def content(value, role="user") -> bytes:
    return messages({"role": role, "content": value})


def deep(levels: int) -> bytes:
    return b'{"model": "demo", "messages": [%s], "x": %s%s}' % (
        json.dumps(USER).encode(),
        b"[" * levels,
        b"]" * levels,
    )


def many(strings: int) -> bytes:
    """A body of so many keys and texts. It has 8 without those of `x`."""
    return body(x=[""] * (strings - 8))


NO_FIELD = {
    "more keys and texts than anybody sends": many(MAX_STRINGS + 1),
    "empty": b"",
    "text": CANARY.encode(),
    "cut short": body()[:-3],
    "two documents": body() + body(),
    "trailing comma": body()[:-1] + b",}",
    "single quotes": f"{{'model': '{CANARY}'}}".encode(),
    "byte order mark": b"\xef\xbb\xbf" + body(),
    "utf-16": body().decode().encode("utf-16"),
    "invalid utf-8": body().replace(b"canary", b"\xff\xfecanary"),
    "overlong utf-8": body().replace(b"canary", b"\xc0\xafcanary"),
    "control character": body().replace(b"canary", b"\x01canary"),
    "array": json.dumps([CANARY]).encode(),
    "string": json.dumps(CANARY).encode(),
    "null": b"null",
    "number": b"12",
    "NaN": body(temperature=float("nan")),
    "Infinity": body(temperature=float("inf")),
    "-Infinity inside": body(x={CANARY: [-float("inf")]}),
    "1e400": body()[:-1] + b', "temperature": 1e400}',
    "five thousand digits": body()[:-1] + b', "seed": ' + b"1" * 5000 + b"}",
    "arrays nested a hundred thousand deep": b"[" * 100_000,
    "objects nested a hundred thousand deep": b'{"a":' * 100_000,
    "closed arrays nested a hundred thousand deep": deep(100_000),
    "arrays nested a hundred deep": deep(100),
    "half a character": body().replace(b"canary", rb"\ud83d canary"),
    "the other half": body().replace(b"canary", rb"\uDE00canary"),
    "half a character as a key": body(**{CANARY: 1}).replace(b"canary", rb"\udc00canary"),
}

FIELDS = {
    "model": [b'{"messages": []}', body(model=None), body(model=7), body(model=""), body(model=[CANARY])],
    "messages": [
        b'{"model": "demo"}',
        body(messages=None),
        body(messages=[]),
        body(messages=CANARY),
        body(messages={"role": CANARY}),
    ],
    "messages[0]": [messages(CANARY), messages(None), messages([USER])],
    "messages[1]": [messages(USER, 3)],
    "messages[0].role": [
        messages({"content": CANARY}),
        messages({"role": CANARY, "content": "a"}),
        messages({"role": 1, "content": CANARY}),
        messages({"role": ["user"], "content": CANARY}),
    ],
    "messages[0].content": [
        messages({"role": "user"}),
        content(None),
        content(7),
        content({"type": "text", "text": CANARY}),
        content([]),
        content(None, role="system"),
        content(None, role="assistant"),
        messages({"role": "tool", "tool_call_id": "c", "content": None}),
    ],
    "messages[0].name": [messages(USER | {"name": 5})],
    "messages[0].content[0]": [content([CANARY]), content([None])],
    "messages[0].content[0].type": [
        content([{"text": CANARY}]),
        content([{"type": CANARY}]),
        content([{"type": 1}]),
        content([IMAGE], role="system"),
        content([IMAGE], role="assistant"),
    ],
    "messages[0].content[1].text": [
        content([{"type": "text", "text": CANARY}, {"type": "text"}]),
        content([{"type": "text", "text": CANARY}, {"type": "text", "text": None}]),
        content([{"type": "text", "text": CANARY}, {"type": "text", "text": [CANARY]}]),
    ],
    "messages[0].content[0].image_url": [
        content([{"type": "image_url"}]),
        content([{"type": "image_url", "image_url": f"https://{CANARY}.test"}]),
    ],
    "messages[0].content[0].image_url.url": [
        content([{"type": "image_url", "image_url": {}}]),
        content([{"type": "image_url", "image_url": {"url": f"file:///{CANARY}"}}]),
        content([{"type": "image_url", "image_url": {"url": f"data:image/png,{CANARY}"}}]),
        content([{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{CANARY}!"}}]),
        content([{"type": "image_url", "image_url": {"url": "data:image/png;base64,ü"}}]),
        content([{"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}]),
        content([{"type": "image_url", "image_url": {"url": "data:image/png;base64"}}]),
    ],
    "messages[0].content[0].image_url.detail": [
        content([{"type": "image_url", "image_url": {"url": f"https://{CANARY}.test", "detail": 1}}])
    ],
    "messages[0].content[0].prompt_cache_breakpoint": [
        content([{"type": "text", "text": CANARY, "prompt_cache_breakpoint": CANARY}])
    ],
    "messages[0].content[0].prompt_cache_breakpoint.mode": [
        content([{"type": "text", "text": CANARY, "prompt_cache_breakpoint": {"mode": CANARY}}]),
        content([{"type": "text", "text": CANARY, "prompt_cache_breakpoint": {}}]),
    ],
    "messages[0].content[0].prompt_cache_breakpoint.ttl": [
        content([{"type": "text", "text": CANARY, "prompt_cache_breakpoint": {"mode": "explicit", "ttl": CANARY}}])
    ],
    "messages[0].content[0].input_audio.data": [
        content([{"type": "input_audio", "input_audio": {"data": f"{CANARY}", "format": "wav"}}])
    ],
    "messages[0].content[0].input_audio.format": [
        content([{"type": "input_audio", "input_audio": {"data": "aGk=", "format": ""}}])
    ],
    "messages[0].content[0].file.file_id": [content([{"type": "file", "file": {"file_id": CANARY}}])],
    "messages[0].content[0].file.file_data": [
        content([{"type": "file", "file": {"filename": CANARY}}]),
        content([{"type": "file", "file": {"file_data": "%"}}]),
    ],
    "messages[0].tool_call_id": [
        messages({"role": "tool", "content": CANARY}),
        messages({"role": "tool", "content": CANARY, "tool_call_id": ""}),
    ],
    "messages[0].tool_calls": [messages({"role": "assistant", "tool_calls": CANARY})],
    "messages[0].tool_calls[0].type": [
        messages({"role": "assistant", "tool_calls": [{"id": "a", "type": "custom", "custom": {"input": CANARY}}]})
    ],
    "messages[0].tool_calls[0].id": [
        messages({"role": "assistant", "tool_calls": [{"function": {"name": "a", "arguments": CANARY}}]})
    ],
    "messages[0].tool_calls[0].function": [messages({"role": "assistant", "tool_calls": [{"id": CANARY}]})],
    "messages[0].tool_calls[0].function.name": [
        messages({"role": "assistant", "tool_calls": [{"id": CANARY, "function": {"arguments": ""}}]})
    ],
    "messages[0].tool_calls[0].function.arguments": [
        messages({"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "a"}}]}),
        messages({"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "a", "arguments": {"b": 1}}}]}),
    ],
    "messages[0].function_call.name": [messages({"role": "assistant", "function_call": {"arguments": CANARY}})],
    "messages[0].audio": [messages({"role": "assistant", "content": "a", "audio": {"id": CANARY}})],
    "stream": [body(stream="true"), body(stream=1)],
    "stream_options": [body(stream_options={"include_usage": True}), body(stream=True, stream_options=CANARY)],
    "stream_options.include_usage": [body(stream=True, stream_options={"include_usage": CANARY})],
    "temperature": [body(temperature=2.01), body(temperature=-1), body(temperature="1"), body(temperature=10**400)],
    "top_p": [body(top_p=1.1), body(top_p=True)],
    "n": [body(n=0), body(n=129), body(n=1.0), body(n=True)],
    "max_tokens": [
        body(max_tokens=0),
        body(max_tokens=-1),
        body(max_tokens=10**400),
        body(max_tokens="5"),
        body(max_tokens=1, max_completion_tokens=2),
    ],
    "max_completion_tokens": [body(max_completion_tokens=0), body(max_completion_tokens=1.5)],
    "stop": [body(stop=5), body(stop=[CANARY] * 5), body(stop={CANARY: 1})],
    "stop[1]": [body(stop=[CANARY, 1]), body(stop=[CANARY, None])],
    "seed": [body(seed=2**63), body(seed=1.5)],
    "presence_penalty": [body(presence_penalty=3)],
    "frequency_penalty": [body(frequency_penalty=-3)],
    "logit_bias": [body(logit_bias=[CANARY]), body(logit_bias={CANARY: 101}), body(logit_bias={CANARY: "1"})],
    "logprobs": [body(logprobs=1)],
    "top_logprobs": [body(logprobs=True, top_logprobs=21), body(top_logprobs=2)],
    "user": [body(user={"name": CANARY})],
    "metadata": [
        body(metadata={CANARY: 1}),
        body(metadata={CANARY: "x" * 513}),
        body(metadata={CANARY * 10: "x"}),
        body(metadata={str(number): "x" for number in range(17)}),
    ],
    "reasoning_effort": [body(reasoning_effort=CANARY), body(reasoning_effort=3)],
    "parallel_tool_calls": [body(parallel_tool_calls="no")],
    "response_format": [body(response_format="json_object")],
    "response_format.type": [body(response_format={}), body(response_format={"type": CANARY})],
    "response_format.json_schema": [body(response_format={"type": "json_schema"})],
    "response_format.json_schema.name": [body(response_format={"type": "json_schema", "json_schema": {"schema": {}}})],
    "response_format.json_schema.schema": [
        body(response_format={"type": "json_schema", "json_schema": {"name": CANARY, "schema": CANARY}})
    ],
    "tools": [body(tools=CANARY), body(tools={"type": "function"})],
    "tools[0]": [body(tools=[CANARY])],
    "tools[0].type": [body(tools=[{"function": {"name": CANARY}}]), body(tools=[{"type": "custom", "custom": {}}])],
    "tools[0].function.name": [
        body(tools=[{"type": "function", "function": {}}]),
        body(tools=[{"type": "function", "function": {"name": ""}}]),
    ],
    "tools[0].function.parameters": [
        body(tools=[{"type": "function", "function": {"name": CANARY, "parameters": CANARY}}])
    ],
    "tools[0].function.strict": [body(tools=[{"type": "function", "function": {"name": CANARY, "strict": "yes"}}])],
    "tool_choice": [body(tool_choice="required"), body(tools=[TOOL], tool_choice=CANARY), body(tool_choice=5)],
    "tool_choice.type": [body(tools=[TOOL], tool_choice={"type": "custom", "custom": {"name": CANARY}})],
    "tool_choice.function.name": [
        body(tools=[TOOL], tool_choice={"type": "function", "function": {"name": f"not-{CANARY}"}}),
        body(tool_choice={"type": "function", "function": {"name": CANARY}}),
    ],
    "tool_choice.allowed_tools.tools": [
        body(tools=[TOOL], tool_choice={"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}})
    ],
    "functions": [body(functions=CANARY), body(functions=[{"name": CANARY}], tools=[TOOL])],
    "function_call": [body(functions=[{"name": CANARY}], function_call=CANARY)],
    "function_call.name": [body(functions=[{"name": CANARY}], function_call={"name": f"not-{CANARY}"})],
    "audio": [body(audio={"voice": CANARY})],
    "modalities": [body(modalities=["text", "audio"]), body(modalities=CANARY)],
    "moderation": [body(moderation={"model": CANARY})],
    "web_search_options": [body(web_search_options={"user_location": CANARY})],
    "service_tier": [body(service_tier=5)],
    "prediction": [body(prediction=CANARY)],
}


def refusal(sent: bytes) -> InvalidRequestError:
    with pytest.raises(InvalidRequestError) as error:
        parse(sent)
    assert CANARY not in str(error.value)
    # Whoever logs the cause must not find the body there either.
    assert error.value.__suppress_context__ or error.value.__context__ is None
    return error.value


@pytest.mark.parametrize("sent", NO_FIELD.values(), ids=NO_FIELD)
def test_refuses_what_is_no_json_object(sent):
    assert refusal(sent).message.startswith("The body ")


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        pytest.param(field, sent, id=f"{field}-{number}")
        for field in FIELDS
        for number, sent in enumerate(FIELDS[field])
    ],
)
def test_names_the_field_that_is_wrong(field, sent):
    error = refusal(sent)

    assert error.details["param"] == field
    assert error.message.startswith(f"{field} ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KNOWN = st.sampled_from(sorted({field.split(".")[0].split("[")[0] for field in FIELDS}))


@settings(max_examples=200)
@given(fields=st.dictionaries(KNOWN, JSON, max_size=4), message=st.dictionaries(st.sampled_from(
    ["role", "content", "name", "tool_calls", "function_call", "refusal"]), JSON | st.sampled_from(
    ["user", "assistant", "tool", "function"]), max_size=4))  # fmt: skip
def test_nothing_but_a_refusal_comes_of_anything(fields, message):
    with contextlib.suppress(InvalidRequestError, ModelNotFoundError):
        parse(body(**{"messages": [message], **fields}))


def test_as_many_keys_and_texts_as_are_allowed_are_read():
    assert parse(many(MAX_STRINGS)).model == "demo"
    assert parse(content('"' * 3 * MAX_STRINGS)).model == "demo"
