"""dialects/openai_chat/parse: what an SDK can say becomes one canonical request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.conversation import (
    Audio,
    ChatAnswer,
    ChatRequest,
    Choice,
    Document,
    Image,
    Refusal,
    ResponseFormat,
    Role,
    StopReason,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from sallyport.dialects.openai_chat.parse import Parsed, parse
from sallyport.dialects.openai_chat.render import render
from sallyport.errors import ModelNotFoundError
from sallyport.media import replaced

MARK = {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}
USER = {"role": "user", "content": "hello"}
FUNCTION = {"name": "find", "description": "Find it", "parameters": {"type": "object"}, "strict": True}
TOOLS = [{"type": "function", "function": FUNCTION}, {"type": "function", "function": {"name": "keep"}}]
FIND = Tool(name="find", description="Find it", parameters={"type": "object"}, strict=True)
KEEP = Tool(name="keep")


def parsed(messages=(USER,), **fields) -> Parsed:
    return parse(json.dumps({"model": "demo", "messages": list(messages), **fields}).encode())


def request(*args, **fields) -> ChatRequest:
    return parsed(*args, **fields).request


def blocks(content, role="user") -> tuple:
    return request([{"role": role, "content": content}]).turns[0].blocks


def test_the_least_request():
    assert parsed() == Parsed(ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="hello"),)),)), model="demo")


@pytest.mark.parametrize(
    ("role", "canonical"), [("developer", Role.SYSTEM), ("system", Role.SYSTEM), ("user", Role.USER)]
)
def test_roles_of_plain_words(role, canonical):
    turn = request([{"role": role, "content": [{"type": "text", "text": "a"}], "name": "Bo"}]).turns[0]

    assert turn == Turn(role=canonical, blocks=(Text(text="a"),), name="Bo")


@pytest.mark.parametrize(
    ("part", "block"),
    [
        ({"type": "text", "text": "a"}, Text(text="a")),
        ({"type": "text", "text": ""}, Text(text="")),
        ({"type": "text", "text": "a"} | MARK, Text(text="a", cache="1h")),
        ({"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}, Text(text="a", cache="5m")),
        ({"type": "image_url", "image_url": {"url": "data:;base64,aGk="}} | MARK, Image(data="aGk=", cache="1h")),
        ({"type": "file", "file": {"file_data": "aGk="}} | MARK, Document(data="aGk=", cache="1h")),
        (
            {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}} | MARK,
            Audio(format="wav", data="aGk="),
        ),
        ({"type": "refusal", "refusal": "no"}, Refusal(text="no")),
        (
            {"type": "image_url", "image_url": {"url": "data:image/PNG;base64,aGk=", "detail": "low"}},
            Image(media_type="image/png", data="aGk=", detail="low"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "DATA:;name=a;base64,aGk="}},
            Image(data="aGk="),
        ),
        (
            {"type": "image_url", "image_url": {"url": "https://x.test/a"}},
            Image(url="https://x.test/a", url_field="messages[0].content[0].image_url.url"),
        ),
        ({"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}}, Audio(format="wav", data="aGk=")),
        (
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="}},
            Document(name="a.pdf", media_type="application/pdf", data="aGk="),
        ),
        ({"type": "file", "file": {"file_data": "aGk="}}, Document(data="aGk=")),
    ],
)
def test_parts(part, block):
    assert blocks([part]) == (block,)


def test_an_assistant_turn_has_words_then_refusal_then_calls():
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": ""}}
    message = {"role": "assistant", "content": "So", "refusal": "no", "tool_calls": [call]}

    assert request([USER, message]).turns[1].blocks == (
        Text(text="So"),
        Refusal(text="no"),
        ToolCall(id="c1", name="find", arguments=""),
    )


@pytest.mark.parametrize("nothing", [{}, {"content": None}])
def test_an_assistant_may_say_nothing_when_it_calls_a_tool(nothing):
    call = {"id": "c1", "function": {"name": "find", "arguments": "{}"}}

    assert len(request([USER, {"role": "assistant", "tool_calls": [call], **nothing}]).turns[1].blocks) == 1


def test_a_tool_answers_its_call():
    message = {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "42"}]}

    assert request([USER, message]).turns[1] == Turn(
        role=Role.TOOL, blocks=(ToolResult(tool_call_id="c1", content=(Text(text="42"),)),)
    )


def test_deprecated_functions_are_tools_whose_results_find_their_calls():
    call = {"role": "assistant", "content": None, "function_call": {"name": "find", "arguments": "{}"}}
    result = {"role": "function", "name": "find", "content": "42"}

    made = parsed([USER, call, result], functions=[FUNCTION], function_call={"name": "find"})

    (called,), (answered,) = (turn.blocks for turn in made.request.turns[1:])
    assert called.id == answered.tool_call_id
    assert made.request.tools == (FIND,)
    assert made.request.tool_choice == ToolChoice(mode="one", name="find")
    assert made.legacy_functions


@pytest.mark.parametrize(
    ("choice", "tools", "expected"),
    [
        (None, (FIND, KEEP), None),
        ("none", (FIND, KEEP), ToolChoice(mode="none")),
        ("auto", (FIND, KEEP), ToolChoice(mode="auto")),
        ("required", (FIND, KEEP), ToolChoice(mode="required")),
        ({"type": "function", "function": {"name": "keep"}}, (FIND, KEEP), ToolChoice(mode="one", name="keep")),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "keep"}}]},
            },
            (KEEP,),
            ToolChoice(mode="required"),
        ),
    ],
)
def test_tool_choices(choice, tools, expected):
    made = request(tools=TOOLS, tool_choice=choice)

    assert (made.tools, made.tool_choice) == (tools, expected)


@pytest.mark.parametrize(
    ("sent", "field", "value"),
    [
        ({"max_tokens": 5}, "max_tokens", 5),
        ({"max_completion_tokens": 5}, "max_tokens", 5),
        ({"max_completion_tokens": 5, "max_tokens": 5}, "max_tokens", 5),
        ({"temperature": 0}, "temperature", 0.0),
        ({"temperature": 2}, "temperature", 2.0),
        ({"temperature": None}, "temperature", None),
        ({"top_p": 1.0}, "top_p", 1.0),
        ({"n": 128}, "n", 128),
        ({"n": None}, "n", 1),
        ({"stop": "a"}, "stop", ("a",)),
        ({"stop": ["a", ""]}, "stop", ("a", "")),
        ({"stop": []}, "stop", ()),
        ({"seed": -(2**63)}, "seed", -(2**63)),
        ({"presence_penalty": -2}, "presence_penalty", -2.0),
        ({"frequency_penalty": 0}, "frequency_penalty", 0.0),
        ({"logit_bias": {"50256": -100}}, "logit_bias", {"50256": -100.0}),
        ({"logprobs": True, "top_logprobs": 20}, "top_logprobs", 20),
        ({"reasoning_effort": "xhigh"}, "reasoning_effort", "xhigh"),
        ({"parallel_tool_calls": False}, "parallel_tool_calls", False),
        ({"user": "u"}, "user", "u"),
        ({"metadata": {"a": "b"}}, "metadata", {"a": "b"}),
        ({"service_tier": "flex", "store": None}, "extras", {"service_tier": "flex"}),
        ({"guided_json": {"a": [1]}}, "extras", {"guided_json": {"a": [1]}}),
        ({"modalities": ["text"]}, "extras", {"modalities": ["text"]}),
    ],
)
def test_fields(sent, field, value):
    assert getattr(request(**sent), field) == value


def test_a_json_schema():
    schema = {"name": "person", "description": "One", "schema": {"type": "object"}, "strict": True}

    response = request(response_format={"type": "json_schema", "json_schema": schema}).response_format

    assert response is not None
    assert response.model_dump() == {
        "type": "json_schema",
        "name": "person",
        "description": "One",
        "json_schema": {"type": "object"},
        "strict": True,
    }


@pytest.mark.parametrize(
    ("options", "include_usage"),
    [(None, False), ({}, False), ({"include_usage": True, "include_obfuscation": False}, True)],
)
def test_streams(options, include_usage):
    made = parsed(stream=True, stream_options=options)

    assert (made.stream, made.include_usage) == (True, include_usage)


def test_of_a_key_given_twice_the_last_counts():
    body = b'{"model": "a", "model": "demo", "messages": [{"role": "user", "content": "hello"}]}'

    assert parse(body).model == "demo"


@pytest.mark.parametrize("text", ["\U0001f600", "Grüße", "\u0000", "\\ud83d"])
def test_any_character_may_be_sent_escaped_or_not(text):
    body = {"model": "demo", "messages": [{"role": "user", "content": text}]}

    for ascii_only in (True, False):
        (turn,) = parse(json.dumps(body, ensure_ascii=ascii_only).encode()).request.turns
        assert turn.blocks == (Text(text=text),)


def test_a_hundred_levels_are_not_too_deep():
    schema: dict = {}
    for _ in range(95):
        schema = {"items": schema}

    (tool,) = request(tools=[{"type": "function", "function": {"name": "f", "parameters": schema}}]).tools

    assert tool.parameters == schema


def test_what_was_parsed_survives_being_sealed():
    made = request(tools=TOOLS, extras={"a": 10**400}, response_format={"type": "json_object"})

    assert ChatRequest.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("model", ["openai/gpt-4o", "a b", "x" * 65, "-"])
def test_a_name_that_no_alias_can_have_is_an_unknown_model(model):
    with pytest.raises(ModelNotFoundError) as error:
        parse(json.dumps({"model": model, "messages": [USER]}).encode())

    assert error.value.details == {"param": "model"}


WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
SOME = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


def test_a_tool_is_marked_in_anthropics_words():
    marked, plain = TOOLS[0] | {"cache_control": {"type": "ephemeral", "ttl": "1h"}}, TOOLS[1]
    assert request(tools=[marked, plain]).tools == (FIND.model_copy(update={"cache": "1h"}), KEEP)


MARKS = st.none() | st.just("1h")
BASE64 = st.sampled_from(["aGk=", "aGkh"])
TEXTS = st.builds(Text, text=WORDS, cache=MARKS)
PARTS = (
    TEXTS
    | st.builds(Image, media_type=st.just("image/png"), data=BASE64, detail=st.none() | st.just("low"), cache=MARKS)
    | st.builds(Image, url=st.just("https://x.test/a"), cache=MARKS)
    | st.builds(Document, name=st.none() | WORDS, media_type=st.just("application/pdf"), data=BASE64, cache=MARKS)
    | st.builds(Audio, format=st.just("wav"), data=BASE64)
)
CALLS = st.builds(ToolCall, id=SOME, name=SOME, arguments=WORDS)
NAMES = st.none() | SOME
RESULTS = st.builds(ToolResult, tool_call_id=SOME, content=st.lists(TEXTS, min_size=1).map(tuple))
OFFERED = st.builds(Tool, name=SOME, description=NAMES, strict=st.none() | st.booleans())


def turns_of(role, blocks, most=3):
    made = st.lists(blocks, min_size=1, max_size=most).map(tuple)
    return st.builds(Turn, role=st.just(role), blocks=made, name=NAMES if role is not Role.TOOL else st.none())


SAID = st.tuples(st.lists(TEXTS | st.builds(Refusal, text=SOME), max_size=2), st.lists(CALLS, max_size=2))
REQUESTS = st.builds(
    ChatRequest,
    turns=st.lists(
        turns_of(Role.SYSTEM, TEXTS)
        | turns_of(Role.USER, PARTS)
        | SAID.filter(any).map(lambda said: Turn(role=Role.ASSISTANT, blocks=(*said[0], *said[1])))
        | turns_of(Role.TOOL, RESULTS, 1),
        min_size=1,
        max_size=5,
    ).map(tuple),
    tools=st.lists(OFFERED, max_size=2).map(tuple),
    tool_choice=st.none() | st.sampled_from([ToolChoice(mode="auto"), ToolChoice(mode="none")]),
    parallel_tool_calls=st.none() | st.booleans(),
    max_tokens=st.none() | st.integers(1, 9),
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1),
    stop=st.lists(WORDS, max_size=4).map(tuple),
    seed=st.none() | st.integers(-(2**63), 2**63 - 1),
    n=st.integers(1, 3),
    presence_penalty=st.none() | st.floats(-2, 2),
    logit_bias=st.none() | st.dictionaries(SOME, st.floats(-100, 100), max_size=2),
    logprobs=st.none() | st.booleans(),
    reasoning_effort=st.none() | st.just("low"),
    response_format=st.none() | st.builds(
        ResponseFormat, type=st.just("json_schema"), name=SOME, json_schema=st.just({"type": "object"})
    ),
    user=st.none() | WORDS,
    metadata=st.none() | st.dictionaries(WORDS, WORDS, max_size=2),
    extras=st.just({}) | st.just({"brand_new": 1}),
)  # fmt: skip


def written(block):
    """A part of a message, or a call, that says the block."""
    mark = MARK if getattr(block, "cache", None) else {}
    match block:
        case Text(text=text):
            return {"type": "text", "text": text, **mark}
        case Refusal(text=text):
            return {"type": "refusal", "refusal": text}
        case Image():
            url = block.url or f"data:{block.media_type};base64,{block.data}"
            return {"type": "image_url", "image_url": {"url": url, "detail": block.detail}, **mark}
        case Document():
            data = f"data:{block.media_type};base64,{block.data}"
            return {"type": "file", "file": {"filename": block.name, "file_data": data}, **mark}
        case Audio():
            return {"type": "input_audio", "input_audio": {"data": block.data, "format": block.format}}
        case ToolCall():
            called = {"name": block.name, "arguments": block.arguments}
            return {"id": block.id, "type": "function", "function": called}


def message(turn):
    if turn.role is Role.TOOL:
        [result] = turn.blocks
        said = [written(each) for each in result.content]
        return {"role": "tool", "tool_call_id": result.tool_call_id, "content": said}
    calls = [written(each) for each in turn.blocks if isinstance(each, ToolCall)]
    said = [written(each) for each in turn.blocks if not isinstance(each, ToolCall)]
    return {"role": turn.role.value, "content": said or None, "tool_calls": calls, "name": turn.name}


def body_of(wanted):
    format = wanted.response_format
    schema = format and {"name": format.name, "schema": format.json_schema}
    functions = [each.model_dump(exclude={"cache"}) for each in wanted.tools]
    plain = wanted.model_dump(
        include={
            "parallel_tool_calls", "max_tokens", "temperature", "top_p", "stop", "seed", "n", "presence_penalty",
            "logit_bias", "logprobs", "reasoning_effort", "user", "metadata",
        }
    )  # fmt: skip
    return {
        **plain,
        **wanted.extras,
        "tools": [{"type": "function", "function": each} for each in functions],
        "tool_choice": wanted.tool_choice and wanted.tool_choice.mode,
        "response_format": format and {"type": format.type, "json_schema": schema},
    }


@given(REQUESTS)
def test_what_is_written_in_this_dialect_is_read_as_it_was(wanted):
    read = request([message(turn) for turn in wanted.turns], **body_of(wanted))
    assert replaced(read, lambda block: block.model_copy(update={"url_field": None})) == wanted


@given(WORDS, WORDS, st.lists(CALLS, max_size=2))
def test_an_answer_that_is_sent_back_is_what_was_said(text, refusal, calls):
    """A client appends the message that it got: all that it says is understood again."""
    said = (Text(text=text), *((Refusal(text=refusal),) if refusal else ()), *calls)
    choice = Choice(blocks=said, stop_reason=StopReason.END)
    answer = ChatAnswer(model="m", choices=(choice,), usage=Usage(input_tokens=1, output_tokens=1))
    [told] = render(answer, id="c", created=7, model="m", sallyport={})["choices"]
    assert request([told["message"]]).turns == (Turn(role=Role.ASSISTANT, blocks=said),)
