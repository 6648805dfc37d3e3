"""dialects/anthropic_messages/parse: what an SDK can say becomes one canonical request."""

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
    ResponseFormat,
    Role,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from sallyport.dialects.anthropic_messages.parse import Parsed, parse
from sallyport.media import replaced
from sallyport.redacting import redact_request

USER = {"role": "user", "content": "hello"}
FIND = {"name": "find", "description": "Find it", "input_schema": {"type": "object"}, "strict": True}
EMAIL = "bob@corp.example.org"
MARK, HOUR = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}
SOURCE = {"type": "base64", "media_type": "image/PNG", "data": "aGk="}


def parsed(messages=(USER,), **fields) -> Parsed:
    return parse(json.dumps({"model": "demo", "max_tokens": 5000, "messages": list(messages), **fields}).encode())


def request(*args, **fields) -> ChatRequest:
    return parsed(*args, **fields).request


def turn(content, role="user") -> Turn:
    return request([USER, {"role": role, "content": content}]).turns[1]


def test_the_least_request():
    turns = (Turn(role=Role.USER, blocks=(Text(text="hello"),)),)
    assert parsed() == Parsed(ChatRequest(turns=turns, max_tokens=5000), model="demo")


@pytest.mark.parametrize("system", ["Be kind.", [{"type": "text", "text": "Be kind."}]])
def test_the_systems_words_come_first(system):
    assert request(system=system).turns[0] == Turn(role=Role.SYSTEM, blocks=(Text(text="Be kind."),))


def test_a_system_message_stays_where_it_is():
    assert [each.role for each in request([USER, {"role": "system", "content": "x"}, USER]).turns] == [
        Role.USER,
        Role.SYSTEM,
        Role.USER,
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "text", "text": ""}, [Text(text="")]),
        ({"type": "text", "text": "a", "cache_control": MARK}, [Text(text="a", cache="5m")]),
        ({"type": "text", "text": "a", "cache_control": None}, [Text(text="a")]),
        ({"type": "image", "source": SOURCE, "cache_control": HOUR},
         [Image(media_type="image/png", data="aGk=", cache="1h")]),
        (
            {"type": "image", "source": {"type": "url", "url": "https://x.test/a"}},
            [Image(url="https://x.test/a", url_field="messages.1.content.0.source.url")],
        ),
        (
            {"type": "document", "source": {"type": "url", "url": "https://x.test/a"}, "title": "t", "context": "c"},
            [Text(text="c"), Document(name="t", url="https://x.test/a", url_field="messages.1.content.0.source.url")],
        ),
        (
            {"type": "document", "source": SOURCE | {"media_type": "application/pdf"}, "title": "a.pdf"},
            [Document(name="a.pdf", media_type="application/pdf", data="aGk=")],
        ),
        (
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "words"},
                "title": "t",
                "context": "c",
                "citations": {"enabled": False},
                "cache_control": MARK,
            },
            [Text(text="t"), Text(text="c"), Text(text="words", cache="5m")],
        ),
        (
            {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"},
                                                                         {"type": "image", "source": SOURCE}]}},
            [Text(text="a"), Image(media_type="image/png", data="aGk=")],
        ),
        ({"type": "document", "source": {"type": "content", "content": "a"}}, [Text(text="a")]),
        (
            {"type": "search_result", "source": "https://s", "title": "t", "content": [{"type": "text", "text": "a"}]},
            [Text(text="t"), Text(text="https://s"), Text(text="a")],
        ),
    ],
)  # fmt: skip
def test_blocks_of_a_user(block, expected):
    assert turn([block]) == Turn(role=Role.USER, blocks=tuple(expected))


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "thinking", "thinking": "hm", "signature": "c2ln"}, Reasoning(text="hm", signature="c2ln")),
        ({"type": "thinking", "thinking": "hm", "signature": ""}, Reasoning(text="hm")),
        ({"type": "redacted_thinking", "data": "aGk="}, Reasoning(redacted="aGk=")),
        (
            {"type": "tool_use", "id": "t1", "name": "find", "input": {"ü": 1}, "cache_control": MARK},
            ToolCall(id="t1", name="find", arguments='{"ü": 1}', cache="5m"),
        ),
        ({"type": "text", "text": "So", "citations": [{"type": "char_location"}]}, Text(text="So")),
    ],
)
def test_blocks_of_an_assistant(block, expected):
    assert turn([block], "assistant") == Turn(role=Role.ASSISTANT, blocks=(expected,))


def test_an_assistant_may_have_said_nothing():
    assert turn([], "assistant").blocks == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, ()),
        ({"content": "42"}, (Text(text="42"),)),
        ({"content": []}, ()),
        ({"content": [{"type": "image", "source": SOURCE}]}, (Image(media_type="image/png", data="aGk="),)),
    ],
)
def test_results_of_tools_are_a_turn_of_the_tool(content, expected):
    one = {"type": "tool_result", "tool_use_id": "t1", "is_error": True, "cache_control": MARK, **content}
    two = {"type": "tool_result", "tool_use_id": "t2"}

    assert turn([one, two]) == Turn(
        role=Role.TOOL,
        blocks=(
            ToolResult(tool_call_id="t1", content=expected, is_error=True, cache="5m"),
            ToolResult(tool_call_id="t2", content=()),
        ),
    )


def test_a_document_in_a_result_follows_it():
    pdf = {"type": "document", "source": SOURCE | {"media_type": "application/pdf"}}
    content = [{"type": "text", "text": "see"}, pdf]

    assert turn([{"type": "tool_result", "tool_use_id": "t1", "content": content}]) == Turn(
        role=Role.USER,
        blocks=(
            ToolResult(tool_call_id="t1", content=(Text(text="see"),)),
            Document(media_type="application/pdf", data="aGk="),
        ),
    )


def test_words_after_results_make_it_the_users_turn():
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "42"}
    assert turn([result, {"type": "text", "text": "and?"}]).role is Role.USER


def test_tools():
    tools = [
        FIND | {"type": "custom", "cache_control": HOUR, "eager_input_streaming": True, "allowed_callers": ["direct"]},
        {"name": "keep", "input_schema": {}, "input_examples": [{"a": 1}], "defer_loading": False},
    ]
    assert request(tools=tools).tools == (
        Tool(name="find", description="Find it", parameters={"type": "object"}, strict=True, cache="1h"),
        Tool(name="keep", parameters={"examples": [{"a": 1}]}),
    )


@pytest.mark.parametrize(
    ("choice", "expected", "parallel"),
    [
        (None, None, None),
        ({"type": "auto"}, ToolChoice(mode="auto"), None),
        ({"type": "auto", "disable_parallel_tool_use": False}, ToolChoice(mode="auto"), None),
        ({"type": "any", "disable_parallel_tool_use": True}, ToolChoice(mode="required"), False),
        ({"type": "tool", "name": "find"}, ToolChoice(mode="one", name="find"), None),
        ({"type": "none"}, ToolChoice(mode="none"), None),
    ],
)
def test_tool_choices(choice, expected, parallel):
    made = request(tools=[FIND], tool_choice=choice)
    assert (made.tool_choice, made.parallel_tool_calls) == (expected, parallel)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"stop_sequences": ["a", "b"]}, {"stop": ("a", "b")}),
        ({"temperature": 1, "top_p": 0, "top_k": 40}, {"temperature": 1.0, "top_p": 0.0, "top_k": 40}),
        ({"metadata": {"user_id": "u1"}}, {"user": "u1"}),
        ({"metadata": {"user_id": "u1", "x": 1}}, {"user": "u1", "extras": {"metadata": {"x": 1}}}),
        ({"cache_control": MARK}, {"cache": "5m"}),
        ({"service_tier": "auto", "brand_new": {"a": 1}, "speed": None},
         {"extras": {"service_tier": "auto", "brand_new": {"a": 1}}}),
        ({"output_config": {"task_budget": 3}}, {"extras": {"output_config": {"task_budget": 3}}}),
    ],
)  # fmt: skip
def test_options(sent, expected):
    of = {"extras_of": "anthropic"} if "extras" in expected else {}
    assert request(**sent) == request().model_copy(update=expected | of)


@pytest.mark.parametrize(
    ("thinking", "effort", "expected", "reasoning_effort"),
    [
        (None, None, None, None),
        (None, "low", Thinking(effort="low"), "low"),
        ({"type": "disabled"}, None, Thinking(mode="disabled"), "none"),
        ({"type": "disabled"}, "max", Thinking(mode="disabled", effort="max"), "none"),
        ({"type": "adaptive"}, None, Thinking(mode="adaptive"), "high"),
        ({"type": "adaptive", "display": "omitted"}, "xhigh",
         Thinking(mode="adaptive", display="omitted", effort="xhigh"), "xhigh"),
        ({"type": "between_tools"}, "medium", Thinking(mode="between_tools", effort="medium"), "medium"),
        ({"type": "enabled", "budget_tokens": 1024}, None, Thinking(mode="enabled", budget_tokens=1024), "low"),
        ({"type": "enabled", "budget_tokens": 4999}, None, Thinking(mode="enabled", budget_tokens=4999), "medium"),
    ],
)  # fmt: skip
def test_thinking_is_kept_exactly_and_told_in_the_word_that_all_know(thinking, effort, expected, reasoning_effort):
    made = request(thinking=thinking, output_config={"effort": effort})
    assert (made.thinking, made.reasoning_effort) == (expected, reasoning_effort)


def test_a_large_budget_is_a_high_effort():
    made = request(thinking={"type": "enabled", "budget_tokens": 16_384}, max_tokens=20_000)
    assert made.reasoning_effort == "high"


@pytest.mark.parametrize("place", ["output_config", "output_format"])
def test_an_answer_in_json(place):
    wanted = {"type": "json_schema", "schema": {"type": "object"}}
    made = request(**{place: {"format": wanted} if place == "output_config" else wanted})

    assert made.response_format == ResponseFormat(type="json_schema", json_schema={"type": "object"}, strict=True)
    assert made.extras == {}


@pytest.mark.parametrize(("sent", "stream"), [({}, False), ({"stream": False}, False), ({"stream": True}, True)])
def test_streams(sent, stream):
    assert parsed(**sent).stream is stream


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": EMAIL},
        {"role": "user", "content": [{"type": "document", "title": EMAIL, "context": EMAIL,
                                      "source": {"type": "text", "media_type": "text/plain", "data": EMAIL}}]},
        {"role": "user", "content": [{"type": "search_result", "source": EMAIL, "title": EMAIL,
                                      "content": [{"type": "text", "text": EMAIL}]}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": EMAIL}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "n", "input": {EMAIL: [EMAIL]}}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": EMAIL, "signature": ""}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": EMAIL, "signature": "c2ln"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": EMAIL}]},
    ],
)  # fmt: skip
def test_whatever_a_client_says_is_found_by_redaction(message):
    made = request(
        [USER, message],
        system=EMAIL,
        metadata={"user_id": EMAIL, "x": EMAIL},
        tools=[FIND | {"description": EMAIL, "input_examples": [{"to": EMAIL}]}],
        stop_sequences=[EMAIL],
        brand_new={EMAIL: EMAIL},
    )
    redacted, _, _ = redact_request(made, RedactionPolicy())
    assert EMAIL not in redacted.model_dump_json()


words = st.text(st.characters(codec="utf-8"), max_size=20)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
ttls = st.sampled_from([None, "5m", "1h"])
texts = st.builds(Text, text=words, cache=ttls)
addressed = {"url": st.just("https://x.test"), "cache": ttls}
images = st.builds(Image, **addressed) | st.builds(
    Image, media_type=st.just("image/png"), data=st.just("aGk="), cache=ttls
)
documents = st.builds(Document, name=names | st.none(), **addressed) | st.builds(
    Document, name=names | st.none(), media_type=st.just("a/b"), data=st.just("aGk="), cache=ttls
)
results = st.builds(
    ToolResult, tool_call_id=names, content=st.lists(texts | images).map(tuple), is_error=st.booleans(), cache=ttls
)
calls = st.builds(
    ToolCall,
    id=names,
    name=names,
    arguments=st.dictionaries(words, words | st.integers()).map(lambda value: json.dumps(value, ensure_ascii=False)),
    cache=ttls,
)
thoughts = st.builds(Reasoning, text=words, signature=names | st.none()) | st.just(Reasoning(redacted="aGk="))


def turns_of(role, blocks, **sizes):
    return st.builds(Turn, role=st.just(role), blocks=st.lists(blocks, max_size=3, **sizes).map(tuple))


requests = st.builds(
    ChatRequest,
    turns=st.lists(
        turns_of(Role.USER, texts | images | documents, min_size=1)
        | turns_of(Role.TOOL, results, min_size=1)
        | turns_of(Role.ASSISTANT, texts | calls | thoughts),
        min_size=1,
        max_size=4,
    ).map(tuple),
    tools=st.lists(st.builds(Tool, name=names, parameters=st.just({"type": "object"}), cache=ttls), max_size=3,
                   unique_by=lambda tool: tool.name).map(tuple),
    max_tokens=st.integers(1, 9999),
    temperature=st.none() | st.floats(0, 1),
    top_k=st.none() | st.integers(0, 500),
    stop=st.lists(names, max_size=2).map(tuple),
    user=st.none() | words,
    cache=ttls,
)  # fmt: skip


def control(ttl):
    return {"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl else {}


def written(block):
    match block:
        case Text():
            return {"type": "text", "text": block.text, **control(block.cache)}
        case Image(url=str(url)) | Document(url=str(url)):
            title = {"title": block.name} if isinstance(block, Document) else {}
            return {"type": block.type, "source": {"type": "url", "url": url}, **title, **control(block.cache)}
        case Image() | Document():
            source = {"type": "base64", "media_type": block.media_type, "data": block.data}
            title = {"title": block.name} if isinstance(block, Document) else {}
            return {"type": block.type, "source": source, **title, **control(block.cache)}
        case ToolResult():
            content = [written(each) for each in block.content]
            told = {"tool_use_id": block.tool_call_id, "content": content, "is_error": block.is_error}
            return {"type": "tool_result", **told, **control(block.cache)}
        case ToolCall():
            use = {"id": block.id, "name": block.name, "input": json.loads(block.arguments)}
            return {"type": "tool_use", **use, **control(block.cache)}
        case Reasoning(redacted=str(data)):
            return {"type": "redacted_thinking", "data": data}
        case Reasoning():
            return {"type": "thinking", "thinking": block.text, "signature": block.signature or ""}


@given(requests)
def test_what_is_written_in_this_dialect_is_read_as_it_was(wanted):
    read = request(
        [
            {"role": "assistant" if each.role is Role.ASSISTANT else "user", "content": [*map(written, each.blocks)]}
            for each in wanted.turns
        ],
        max_tokens=wanted.max_tokens,
        tools=[{"name": tool.name, "input_schema": tool.parameters, **control(tool.cache)} for tool in wanted.tools],
        temperature=wanted.temperature,
        top_k=wanted.top_k,
        stop_sequences=list(wanted.stop),
        metadata={"user_id": wanted.user},
        **control(wanted.cache),
    )
    assert replaced(read, lambda block: block.model_copy(update={"url_field": None})) == wanted
