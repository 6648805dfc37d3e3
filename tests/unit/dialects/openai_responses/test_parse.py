"""dialects/openai_responses/parse: what the SDK can say becomes one canonical request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.contracts import RedactionPolicy
from sallyport.conversation import (
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from sallyport.dialects.openai_responses.parse import Parsed, parse
from sallyport.dialects.openai_responses.sealing import wrap
from sallyport.media import replaced
from sallyport.redacting import redact_request

EMAIL = "bob@corp.example.org"
FIND = {"type": "function", "name": "find", "description": "Find it", "parameters": {"type": "object"}, "strict": True}
LOOK = {"type": "function", "name": "look"}
CALL = {"type": "function_call", "call_id": "c1", "name": "find", "arguments": '{"a":  1}', "id": "fc_1"}
TOOL_CALL = ToolCall(id="c1", name="find", arguments='{"a":  1}')
PIXEL = "data:image/PNG;base64,aGk="


def parsed(input="hello", **fields) -> Parsed:
    return parse(json.dumps({"model": "demo", "input": input, **fields}).encode())


def request(*args, **fields) -> ChatRequest:
    return parsed(*args, **fields).request


def turns(*items, **fields):
    return [(turn.role, turn.blocks) for turn in request(list(items), **fields).turns]


def warned(*args, **fields):
    return [each.field for each in parsed(*args, **fields).unmet]


def message(content, role="user", **fields):
    return {"type": "message", "role": role, "content": content, **fields}


def test_the_least_request():
    read = parsed()
    hello = (Turn(role=Role.USER, blocks=(Text(text="hello"),)),)
    assert (read.request, read.model, read.stream, read.unmet) == (ChatRequest(turns=hello), "demo", False, ())


def test_instructions_come_first():
    assert turns({"role": "user", "content": "hello"}, instructions="Be kind.") == [
        (Role.SYSTEM, (Text(text="Be kind."),)),
        (Role.USER, (Text(text="hello"),)),
    ]
    assert len(request(instructions="").turns) == 1


@pytest.mark.parametrize(
    ("item", "role", "blocks"),
    [
        ({"role": "user", "content": "a"}, Role.USER, [Text(text="a")]),
        (message("a", "system"), Role.SYSTEM, [Text(text="a")]),
        (message("a", "developer"), Role.SYSTEM, [Text(text="a")]),
        (message([{"type": "input_text", "text": "a"}], "developer", status="completed"), Role.SYSTEM,
         [Text(text="a")]),
        ({"role": "assistant", "content": "a"}, Role.ASSISTANT, [Text(text="a")]),
        (message([{"type": "input_text", "text": "a"}], "assistant"), Role.ASSISTANT, [Text(text="a")]),
        (message([{"type": "output_text", "text": "a", "annotations": [{"type": "url_citation"}], "logprobs": []},
                  {"type": "refusal", "refusal": "no"}], "assistant", id="msg_1", status="completed"),
         Role.ASSISTANT, [Text(text="a"), Refusal(text="no")]),
        (message([{"type": "input_image", "image_url": PIXEL, "detail": "low"}]), Role.USER,
         [Image(media_type="image/png", data="aGk=", detail="low")]),
        (message([{"type": "input_image", "image_url": "https://example.com/a.png", "file_id": None}]), Role.USER,
         [Image(url="https://example.com/a.png", url_field="input[0].content[0].image_url")]),
        (message([{"type": "input_file", "file_url": "https://example.com/a.pdf", "filename": "a.pdf"}]), Role.USER,
         [Document(name="a.pdf", url="https://example.com/a.pdf", url_field="input[0].content[0].file_url")]),
        (message([{"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="}]),
         Role.USER, [Document(name="a.pdf", media_type="application/pdf", data="aGk=")]),
        (message([{"type": "input_file", "file_data": "aGk="}]), Role.USER, [Document(data="aGk=")]),
        (CALL, Role.ASSISTANT, [TOOL_CALL]),
        (CALL | {"arguments": "", "status": "completed"}, Role.ASSISTANT, [ToolCall(id="c1", name="find",
                                                                                      arguments="")]),
        ({"type": "function_call_output", "call_id": "c1", "output": "x", "id": "fco_1"}, Role.TOOL,
         [ToolResult(tool_call_id="c1", content=(Text(text="x"),))]),
        ({"type": "function_call_output", "call_id": "c1", "output": [
            {"type": "input_text", "text": "x"}, {"type": "input_image", "image_url": PIXEL},
            {"type": "input_file", "file_data": "aGk="}]}, Role.TOOL,
         [ToolResult(tool_call_id="c1", content=(Text(text="x"), Image(media_type="image/png", data="aGk="))),
          Document(data="aGk=")]),
        ({"type": "function_call_output", "call_id": "c1", "output": []}, Role.TOOL,
         [ToolResult(tool_call_id="c1", content=())]),
    ],
)  # fmt: skip
def test_items(item, role, blocks):
    assert turns(item) == [(role, tuple(blocks))]


@pytest.mark.parametrize(
    ("fields", "block"),
    [
        ({"summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": wrap("s", None)},
         Reasoning(text="hm", signature="s")),
        ({"summary": [], "encrypted_content": wrap(None, "aGk=")}, Reasoning(redacted="aGk=")),
        ({"summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
          "encrypted_content": None}, Reasoning(text="a\n\nb")),
        ({"summary": [{"type": "summary_text", "text": "short"}],
          "content": [{"type": "reasoning_text", "text": "long"}]}, Reasoning(text="long")),
    ],
)  # fmt: skip
def test_a_thought_has_its_seal_again(fields, block):
    assert turns({"type": "reasoning", "id": "rs_1", **fields}) == [(Role.ASSISTANT, (block,))]


def test_a_thought_of_which_nothing_is_left_is_left_out():
    assert turns({"type": "reasoning", "id": "rs_1", "summary": []}, CALL) == [(Role.ASSISTANT, (TOOL_CALL,))]


def test_what_was_said_in_one_go_is_one_turn():
    thought = {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "hm"}]}
    outputs = [{"type": "function_call_output", "call_id": each, "output": each} for each in ("c1", "c2")]
    read = turns(message("a"), message("b"), thought, message("c", "assistant"), CALL, CALL | {"call_id": "c2"},
                 *outputs, message("d", "assistant"))  # fmt: skip

    assert [(role, len(blocks)) for role, blocks in read] == [
        (Role.USER, 1), (Role.USER, 1), (Role.ASSISTANT, 4), (Role.TOOL, 2), (Role.ASSISTANT, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"max_output_tokens": 7}, {"max_tokens": 7}),
        ({"temperature": 0, "top_p": 1, "parallel_tool_calls": False},
         {"temperature": 0, "top_p": 1, "parallel_tool_calls": False}),
        ({"user": "u", "metadata": {"a": "b"}}, {"user": "u", "metadata": {"a": "b"}}),
        ({"reasoning": {"effort": "low", "summary": "auto", "mode": "standard", "context": "auto"}},
         {"reasoning_effort": "low"}),
        ({"reasoning": {"effort": None, "summary": None}}, {}),
        ({"text": {"format": {"type": "text"}}}, {"response_format": ResponseFormat(type="text")}),
        ({"text": {"format": {"type": "json_object"}, "verbosity": "low"}},
         {"response_format": ResponseFormat(type="json_object"), "extras": {"verbosity": "low"}}),
        ({"text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True,
                              "description": "d"}}},
         {"response_format": ResponseFormat(type="json_schema", name="n", json_schema={"type": "object"}, strict=True,
                                            description="d")}),
        ({"include": ["message.output_text.logprobs"], "top_logprobs": 2}, {"logprobs": True, "top_logprobs": 2}),
        ({"include": ["reasoning.encrypted_content", "web_search_call.results"], "top_logprobs": 0}, {}),
        ({"service_tier": "flex", "prompt_cache_key": "k", "safety_identifier": "s", "top_k": 3},
         {"extras": {"service_tier": "flex", "prompt_cache_key": "k", "safety_identifier": "s", "top_k": 3}}),
        ({"store": False, "background": False, "truncation": "disabled", "max_tool_calls": 3, "tools": None,
          "previous_response_id": None, "conversation": None, "stream": None, "stream_options": None}, {}),
        ({"stream": True, "stream_options": {"include_obfuscation": False}}, {}),
    ],
)  # fmt: skip
def test_fields(fields, expected):
    assert request(**fields) == request().model_copy(update=expected)


def test_a_cache_mark_asks_for_an_hour():
    mark = {"mode": "explicit"}
    assert request([message([{"type": "input_text", "text": "a", "prompt_cache_breakpoint": mark}])]).turns[
        0
    ].blocks == (Text(text="a", cache="1h"),)


@pytest.mark.parametrize(
    ("choice", "names", "expected"),
    [
        (None, ["find", "look"], None),
        ("auto", ["find", "look"], ToolChoice(mode="auto")),
        ("none", ["find", "look"], ToolChoice(mode="none")),
        ("required", ["find", "look"], ToolChoice(mode="required")),
        ({"type": "function", "name": "look"}, ["find", "look"], ToolChoice(mode="one", name="look")),
        ({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "look"}]}, ["look"],
         ToolChoice(mode="required")),
    ],
)  # fmt: skip
def test_tools_and_their_choice(choice, names, expected):
    read = request(tools=[FIND, LOOK], tool_choice=choice)
    assert ([tool.name for tool in read.tools], read.tool_choice) == (names, expected)
    if "find" in names:
        assert read.tools[0] == Tool(
            name="find", description="Find it", parameters={"type": "object"}, strict=True, cache=None
        )


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, []),
        ({"store": False}, []),
        ({"store": True}, ["store"]),
        ({"stream": True, "stream_options": {"include_obfuscation": True}}, ["stream_options.include_obfuscation"]),
        ({"reasoning": {"summary": "auto"}}, []),
        ({"reasoning": {"summary": "detailed", "context": "all_turns"}}, ["reasoning.summary", "reasoning.context"]),
        ({"reasoning": {"generate_summary": "concise"}}, ["reasoning.generate_summary"]),
        ({"tools": [LOOK, LOOK | {"output_schema": {}}]}, ["tools[1].output_schema"]),
        ({"input": [message("a"), *[message("a", "assistant", phase="commentary")] * 2]}, ["input[1].phase"]),
        ({"input": [message([{"type": "input_file", "file_data": "aGk=", "detail": "auto"}])]}, []),
        ({"input": [message([{"type": "input_file", "file_data": "aGk=", "detail": "low"}])]},
         ["input[0].content[0].detail"]),
        ({"input": [message([{"type": "input_image", "image_url": PIXEL, "detail": "low"}])]}, []),
        ({"input": [message([{"type": "input_text", "text": "a",
                              "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}])]},
         ["input[0].content[0].prompt_cache_breakpoint.ttl"]),
        ({"input": [message([{"type": "input_text", "text": "a",
                              "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}])]}, []),
    ],
)  # fmt: skip
def test_what_nobody_can_honour_is_warned_of(fields, named):
    assert warned(**fields) == named


@pytest.mark.parametrize("odd", [7, [7], [[]], {}, "x", True])
@pytest.mark.parametrize("item", [CALL, message("a"), {"type": "reasoning", "id": "r", "summary": []},
                                  {"type": "function_call_output", "call_id": "c1", "output": "x"},
                                  message([{"type": "refusal", "refusal": "no"}], "assistant")])  # fmt: skip
def test_what_an_item_has_besides_is_passed_over(item, odd):
    besides = {name: odd for name in ("content", "output", "detail", "more") if name not in item}
    if item["type"] == "reasoning":
        del besides["content"]
    parts = item.get("content")
    if isinstance(parts, list):
        besides["content"] = [each | {"prompt_cache_breakpoint": odd, "detail": odd} for each in parts]
    assert parsed([item | besides]) == parsed([item])


def test_what_is_repeated_is_what_was_sent():
    sent = {
        "instructions": f"Ask {EMAIL}.", "tools": [FIND], "tool_choice": {"type": "function", "name": "find"},
        "temperature": 1, "metadata": {"a": "b"}, "reasoning": {"effort": "low"}, "max_output_tokens": 9,
        "text": {"verbosity": "low"}, "parallel_tool_calls": False,
    }  # fmt: skip
    told = parsed(**sent, store=True).echo

    same = sent.keys() - {"text", "reasoning"}
    assert {name: told[name] for name in same} == {name: sent[name] for name in same}
    assert told["reasoning"] == {"effort": "low", "summary": None}
    assert told["text"] == {"format": {"type": "text"}, "verbosity": "low"}
    assert (told["store"], told["truncation"], told["background"]) == (False, "disabled", False)
    assert "input" not in told


def test_nothing_that_is_said_escapes_redaction():
    text = {"type": "input_text", "text": EMAIL}
    format = {"type": "json_schema", "name": "n", "description": EMAIL, "schema": {"description": EMAIL}}
    read = request(
        [
            message([text, {"type": "input_file", "file_data": "aGk=", "filename": f"{EMAIL}.pdf"}]),
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": EMAIL}]},
            {"type": "reasoning", "id": "r", "summary": [], "encrypted_content": wrap(EMAIL, None)},
            message([{"type": "output_text", "text": EMAIL}, {"type": "refusal", "refusal": EMAIL}], "assistant"),
            CALL | {"arguments": json.dumps({EMAIL: [EMAIL]})},
            {"type": "function_call_output", "call_id": "c1", "output": [text]},
            {"type": "function_call_output", "call_id": "c2", "output": EMAIL},
        ],
        instructions=EMAIL,
        tools=[FIND | {"description": EMAIL, "parameters": {"properties": {"a": {"description": EMAIL}}}}],
        text={"format": format},
        user=EMAIL,
        metadata={"a": EMAIL},
        safety_identifier=EMAIL,
        anything={EMAIL: EMAIL},
    )
    assert read.model_dump_json().count(EMAIL) == 20
    assert EMAIL not in redact_request(read, RedactionPolicy())[0].model_dump_json()


WORDS = st.text(st.characters(codec="utf-8"), max_size=5)
SOME = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
MARK = st.none() | st.just("1h")
BASE64 = st.sampled_from(["aGk=", "aGkh"])
TEXTS = st.builds(Text, text=WORDS, cache=MARK)
IMAGES = st.builds(Image, media_type=st.just("image/png"), data=BASE64, detail=st.none() | st.just("low")) | st.builds(
    Image, url=st.just("https://example.com/a.png"), cache=MARK
)
FILES = st.builds(Document, name=st.none() | WORDS, media_type=st.just("application/pdf"), data=BASE64, cache=MARK)
SAID = (
    st.builds(Text, text=WORDS)
    | st.builds(Refusal, text=WORDS)
    | st.builds(ToolCall, id=SOME, name=SOME, arguments=WORDS)
    | st.builds(Reasoning, text=SOME, signature=st.none() | SOME, redacted=st.none() | BASE64)
    | st.builds(Reasoning, redacted=BASE64)
)
RESULTS = st.builds(ToolResult, tool_call_id=SOME, content=st.lists(TEXTS | IMAGES, max_size=2).map(tuple))


def of_role(role, blocks, least=1):
    return st.builds(Turn, role=st.just(role), blocks=st.lists(blocks, min_size=least, max_size=3).map(tuple))


def in_turn(drawn):
    """Two of the model's, or of the tools', would be one."""
    joined = (Role.ASSISTANT, Role.TOOL)
    return tuple(
        turn
        for before, turn in zip([None, *drawn], drawn, strict=False)
        if before is None or turn.role not in joined or before.role is not turn.role
    )


TURNS = (
    of_role(Role.USER, TEXTS | IMAGES | FILES)
    | of_role(Role.SYSTEM, TEXTS)
    | of_role(Role.ASSISTANT, SAID)
    | of_role(Role.TOOL, RESULTS)
)
REQUESTS = st.builds(
    ChatRequest,
    turns=st.lists(TURNS, min_size=1, max_size=5).map(in_turn),
    tools=st.lists(st.builds(Tool, name=SOME, description=st.none() | WORDS), max_size=2).map(tuple),
    tool_choice=st.none() | st.just(ToolChoice(mode="auto")),
    max_tokens=st.none() | st.integers(1, 9),
    temperature=st.none() | st.sampled_from([0.0, 1.0]),
    reasoning_effort=st.none() | st.just("low"),
    response_format=st.none() | st.builds(ResponseFormat, type=st.just("json_schema"), name=SOME,
                                          json_schema=st.just({"type": "object"})),
    user=st.none() | WORDS,
)  # fmt: skip


def written(block):
    """A part, or an item, that says the block."""
    match block:
        case Text(text=text):
            mark = {"prompt_cache_breakpoint": {"mode": "explicit"}} if block.cache else {}
            return {"type": "input_text", "text": text, **mark}
        case Refusal(text=text):
            return {"type": "refusal", "refusal": text}
        case Image():
            url = block.url or f"data:{block.media_type};base64,{block.data}"
            mark = {"prompt_cache_breakpoint": {"mode": "explicit"}} if block.cache else {}
            return {"type": "input_image", "image_url": url, "detail": block.detail, **mark}
        case Document():
            data = f"data:{block.media_type};base64,{block.data}"
            mark = {"prompt_cache_breakpoint": {"mode": "explicit"}} if block.cache else {}
            return {"type": "input_file", "filename": block.name, "file_data": data, **mark}
        case ToolCall():
            return {"type": "function_call", "call_id": block.id, "name": block.name, "arguments": block.arguments}
        case ToolResult():
            inside = [written(each) for each in block.content]
            return {"type": "function_call_output", "call_id": block.tool_call_id, "output": inside}
        case Reasoning():
            summary = [{"type": "summary_text", "text": block.text}] if block.text else []
            sealed = wrap(block.signature, block.redacted)
            return {"type": "reasoning", "id": "rs", "summary": summary, "encrypted_content": sealed}


def items_of(turn):
    if turn.role in (Role.USER, Role.SYSTEM):
        return [message([written(each) for each in turn.blocks], turn.role.value)]
    made = [written(each) for each in turn.blocks]
    return [message([each], "assistant") if each["type"] in ("input_text", "refusal") else each for each in made]


@given(REQUESTS)
def test_what_is_written_in_this_dialect_is_read_as_it_was(wanted):
    format = wanted.response_format
    read = request(
        [item for turn in wanted.turns for item in items_of(turn)],
        tools=[{"type": "function", "name": each.name, "description": each.description} for each in wanted.tools],
        tool_choice=wanted.tool_choice and wanted.tool_choice.mode,
        max_output_tokens=wanted.max_tokens,
        temperature=wanted.temperature,
        reasoning={"effort": wanted.reasoning_effort},
        text={"format": format and {"type": format.type, "name": format.name, "schema": format.json_schema}},
        user=wanted.user,
    )
    assert replaced(read, lambda block: block.model_copy(update={"url_field": None})) == wanted
