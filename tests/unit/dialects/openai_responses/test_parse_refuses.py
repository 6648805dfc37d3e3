"""dialects/openai_responses/parse: every bad body is a 400 that names the field and echoes nothing."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.dialects.openai_responses.parse import parse
from sallyport.errors import InvalidRequestError, ModelNotFoundError

CANARY = "canary-7f3a"
TOOL = {"type": "function", "name": CANARY}
TEXT = {"type": "input_text", "text": CANARY}
CALL = {"type": "function_call", "call_id": "c", "name": CANARY, "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c", "output": CANARY}
THOUGHT = {"type": "reasoning", "id": "r", "summary": []}


def body(**fields) -> bytes:
    return json.dumps({"model": "demo", "input": CANARY, **fields}).encode()


def without(field) -> bytes:
    return json.dumps({name: value for name, value in json.loads(body()).items() if name != field}).encode()


def items(*given) -> bytes:
    return body(input=list(given))


def content(*parts, role="user") -> bytes:
    return items({"type": "message", "role": role, "content": list(parts)})


def less(item, field) -> bytes:
    return items({name: value for name, value in item.items() if name != field})


def image(**fields) -> bytes:
    return content({"type": "input_image", **fields})


def file(**fields) -> bytes:
    return content({"type": "input_file", **fields})


def tools(**fields) -> bytes:
    return body(tools=[TOOL | fields])


def choice(**fields) -> bytes:
    return body(tools=[TOOL], tool_choice=fields)


AT = "input[0].content[0]"
BUILT_IN = (
    "web_search", "web_search_preview", "file_search", "code_interpreter", "mcp", "computer_use_preview", "computer",
    "image_generation", "local_shell", "shell", "apply_patch", "tool_search", "namespace", "custom", CANARY,
)  # fmt: skip
FIELDS = {
    "model": [without("model"), body(model=None), body(model=7), body(model=""), body(model=[CANARY])],
    "input": [without("input"), body(input=None), body(input=7), body(input={}), body(input=[])],
    "input[0]": [items(7), items(CANARY), items({"type": "item_reference", "id": CANARY}), items({"id": CANARY})],
    "input[0].type": [items({"type": each}) for each in (7, CANARY, "web_search_call", "custom_tool_call",
                                                          "computer_call_output", "compaction", "mcp_call")],
    "input[0].role": [items({"type": "message", "content": CANARY}), items({"role": CANARY}), items({"role": "tool"})],
    "input[0].content": [items({"role": "user"}), items({"role": "user", "content": None}), content(),
                         items({"role": "user", "content": 7}), content(role="system")],
    AT: [content(CANARY), content(7)],
    f"{AT}.type": [content({"text": CANARY}), content({"type": CANARY}), content({"type": "text", "text": CANARY}),
                   content({"type": "output_text", "text": CANARY}), content({"type": "input_audio"}),
                   content({"type": "input_image", "image_url": "https://x"}, role="system"),
                   content({"type": "input_image", "image_url": "https://x"}, role="assistant")],
    f"{AT}.text": [content({"type": "input_text"}), content({"type": "input_text", "text": 7}),
                   content({"type": "output_text"}, role="assistant")],
    f"{AT}.refusal": [content({"type": "refusal"}, role="assistant")],
    f"{AT}.image_url": [image(), image(image_url=None), image(image_url=CANARY), image(image_url="data:image/png,aa"),
                        image(image_url="data:image/png;base64,%%")],
    f"{AT}.file_id": [image(file_id=CANARY), file(file_id=CANARY)],
    f"{AT}.detail": [image(image_url="https://x", detail=CANARY), file(file_data="aGk=", detail="original")],
    f"{AT}.file_data": [file(), file(file_data="%%"), file(file_data="data:a/b,x"), file(file_data=7)],
    f"{AT}.file_url": [file(file_url=CANARY)],
    f"{AT}.filename": [file(file_data="aGk=", filename=7)],
    f"{AT}.prompt_cache_breakpoint": [content(TEXT | {"prompt_cache_breakpoint": True})],
    f"{AT}.prompt_cache_breakpoint.mode": [content(TEXT | {"prompt_cache_breakpoint": {}})],
    f"{AT}.prompt_cache_breakpoint.ttl": [
        content(TEXT | {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "5m"}})],
    "input[0].call_id": [less(CALL, "call_id"), items(CALL | {"call_id": ""}), less(OUTPUT, "call_id")],
    "input[0].name": [less(CALL, "name"), items(CALL | {"name": ""})],
    "input[0].arguments": [less(CALL, "arguments"), items(CALL | {"arguments": {}})],
    "input[0].namespace": [items(CALL | {"namespace": CANARY})],
    "input[0].output": [less(OUTPUT, "output"), items(OUTPUT | {"output": None}), items(OUTPUT | {"output": {}})],
    "input[0].output[0].type": [items(OUTPUT | {"output": [{"type": "output_text", "text": CANARY}]})],
    "input[0].summary": [items(THOUGHT | {"summary": CANARY})],
    "input[0].summary[0].type": [items(THOUGHT | {"summary": [{"text": CANARY}]})],
    "input[0].summary[0].text": [items(THOUGHT | {"summary": [{"type": "summary_text"}]})],
    "input[0].content[0].text": [items(THOUGHT | {"content": [{"type": "reasoning_text"}]})],
    "input[0].encrypted_content": [
        items(THOUGHT | {"encrypted_content": each}) for each in (CANARY, 7, "", "gAAAAAA=")],
    "instructions": [body(instructions=7), body(instructions=[TEXT])],
    "tools": [body(tools={})],
    "tools[0]": [body(tools=[CANARY])],
    "tools[0].type": [tools(type=each) for each in BUILT_IN] + [body(tools=[{}]), tools(type=7)],
    "tools[0].name": [body(tools=[{"type": "function"}]), tools(name=""),
                      body(tools=[{"type": "function", "function": {"name": CANARY}}])],
    "tools[0].description": [tools(description=7)],
    "tools[0].parameters": [tools(parameters=CANARY)],
    "tools[0].strict": [tools(strict=CANARY)],
    "tools[0].defer_loading": [tools(defer_loading=True)],
    "tools[0].async": [tools(**{"async": True})],
    "tools[0].allowed_callers": [tools(allowed_callers=["programmatic"])],
    "tools[0].output_schema": [tools(output_schema=CANARY)],
    "tool_choice": [body(tool_choice=CANARY), body(tool_choice="required"), body(tool_choice=7)],
    "tool_choice.type": [choice(), choice(type="web_search"), choice(type="custom", name=CANARY)],
    "tool_choice.name": [choice(type="function"), choice(type="function", name="other")],
    "tool_choice.mode": [choice(type="allowed_tools", tools=[TOOL]),
                         choice(type="allowed_tools", mode="none", tools=[TOOL])],
    "tool_choice.tools": [choice(type="allowed_tools", mode="auto"),
                          choice(type="allowed_tools", mode="auto", tools=[])],
    "tool_choice.tools[0].type": [choice(type="allowed_tools", mode="auto", tools=[{"type": "mcp"}])],
    "tool_choice.tools[0].name": [choice(type="allowed_tools", mode="auto", tools=[TOOL | {"name": "x"}])],
    "parallel_tool_calls": [body(parallel_tool_calls=CANARY)],
    "text": [body(text=CANARY), body(text={CANARY: 1})],
    "text.format": [body(text={"format": CANARY})],
    "text.format.type": [body(text={"format": {}}), body(text={"format": {"type": CANARY}})],
    "text.format.name": [body(text={"format": {"type": "json_schema", "schema": {}}})],
    "text.format.schema": [body(text={"format": {"type": "json_schema", "name": CANARY}})],
    "text.verbosity": [body(text={"verbosity": CANARY})],
    "reasoning": [body(reasoning=CANARY), body(reasoning={CANARY: 1})],
    "reasoning.effort": [body(reasoning={"effort": CANARY})],
    "reasoning.summary": [body(reasoning={"summary": CANARY})],
    "reasoning.generate_summary": [body(reasoning={"generate_summary": CANARY})],
    "reasoning.context": [body(reasoning={"context": CANARY})],
    "reasoning.mode": [body(reasoning={"mode": "pro"})],
    "max_output_tokens": [body(max_output_tokens=each) for each in (0, -1, 1.5, True, CANARY, 2**31)],
    "max_tool_calls": [body(max_tool_calls=-1), body(max_tool_calls=CANARY)],
    "temperature": [body(temperature=2.1), body(temperature=CANARY)],
    "top_p": [body(top_p=-1)],
    "top_logprobs": [body(top_logprobs=2), body(top_logprobs=21, include=["message.output_text.logprobs"])],
    "include": [body(include=CANARY), body(include=["message.output_text.logprobs"], stream=True)],
    "include[0]": [body(include=[CANARY])],
    "truncation": [body(truncation="auto"), body(truncation=CANARY)],
    "metadata": [body(metadata={CANARY: 1}), body(metadata={str(n): "" for n in range(17)})],
    "user": [body(user=7)],
    "store": [body(store=CANARY)],
    "background": [body(background=True)],
    "stream": [body(stream=CANARY)],
    "stream_options": [body(stream_options={}), body(stream=True, stream_options=CANARY)],
    "stream_options.include_obfuscation": [body(stream=True, stream_options={"include_obfuscation": CANARY})],
    "previous_response_id": [body(previous_response_id=CANARY)],
    "conversation": [body(conversation=CANARY), body(conversation={"id": CANARY})],
    "prompt": [body(prompt={"id": CANARY})],
    "context_management": [body(context_management=[])],
    "moderation": [body(moderation={"model": CANARY})],
    "access_programs": [body(access_programs={})],
    "image": [body(image={"context_compression": "auto"})],
    "service_tier": [body(service_tier=7)],
    "safety_identifier": [body(safety_identifier=7)],
    "prompt_cache_key": [body(prompt_cache_key=7)],
    "prompt_cache_options": [body(prompt_cache_options=CANARY)],
    "prompt_cache_retention": [body(prompt_cache_retention=7)],
}  # fmt: skip


@pytest.mark.parametrize(("field", "sent"), [(field, sent) for field, every in FIELDS.items() for sent in every])
def test_the_field_is_named_and_nothing_is_echoed(field, sent):
    with pytest.raises(InvalidRequestError) as raised:
        parse(sent)

    assert raised.value.details["param"] == field
    assert raised.value.message.startswith(f"{field} ")
    assert raised.value.message.endswith(".")
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (body(previous_response_id="resp_1"), "Send the whole input"),
        (items({"type": "item_reference", "id": "msg_1"}), "Send the item itself"),
        (tools(type="web_search"), "lets no provider run tools of its own"),
        (body(truncation="auto"), "Send less"),
        (body(background=True), "keeps no answer"),
    ],
)
def test_a_refusal_says_what_to_do(sent, says):
    with pytest.raises(InvalidRequestError, match=says):
        parse(sent)


@pytest.mark.parametrize("sent", [b"", b"[]", b"{", b'"x"', b"\xff", b'{"model": NaN}'])
def test_what_is_no_object_is_refused(sent):
    with pytest.raises(InvalidRequestError):
        parse(sent)


def test_a_name_that_no_alias_can_have_is_not_found():
    with pytest.raises(ModelNotFoundError):
        parse(body(model="not/a name"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted({field.split("[")[0].split(".")[0] for field in FIELDS})


KINDS = ("message", "function_call", "function_call_output", "reasoning", "function", "allowed_tools", "input_text",
         "input_image", "input_file", "output_text", "summary_text", "json_schema")  # fmt: skip
INSIDE = ("role", "content", "text", "image_url", "file_data", "call_id", "name", "arguments", "output", "summary",
          "encrypted_content", "tools", "mode", "schema", "phase", "detail", "prompt_cache_breakpoint")  # fmt: skip
THINGS = st.recursive(
    JSON | st.sampled_from(["user", "assistant", "aGk=", "data:a/b;base64,aGk=", "explicit"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.builds(
            lambda kind, fields: {"type": kind, **fields},
            st.sampled_from(KINDS),
            st.dictionaries(st.sampled_from(INSIDE), inner, max_size=4),
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(NAMES), THINGS, max_size=4), st.lists(THINGS, max_size=2))
@settings(max_examples=400)
def test_no_json_is_anything_worse_than_a_400(fields, items):
    given = {"model": "demo", "input": items, **fields}
    with contextlib.suppress(InvalidRequestError, ModelNotFoundError):
        parse(json.dumps(given).encode())
