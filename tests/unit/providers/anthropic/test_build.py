"""providers/anthropic/build: the body of a message."""

import pytest

from sallyport.conversation import ResponseFormat, Text, Thinking, Tool, ToolCall, ToolChoice, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.anthropic.build import unmet
from sallyport.providers.names import tool_name

FIND = Tool(name="find", description="Finds.", parameters={"type": "object", "properties": {"a": {}}}, strict=True)
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
CLOSED = SCHEMA | {"additionalProperties": False}


@pytest.fixture
def body(built, request_of):
    def make(*turns, model="claude-sonnet-4-5-20250929", max_tokens=50, stream=False, **fields):
        return built(request_of(*turns, **fields), model, max_tokens, stream=stream)

    return make


def test_the_least_body(body):
    assert body() == {
        "model": "claude-sonnet-4-5-20250929",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}],
        "stream": False,
    }
    assert body(stream=True) == body() | {"stream": True}


def test_what_was_asked_is_passed_on(body):
    made = body(temperature=0.5, top_k=3, stop=("a", "", "<PERSON_1>"), user="u", parallel_tool_calls=True)

    asked = {"temperature": 0.5, "top_k": 3, "stop_sequences": ["a", "<PERSON_1>"], "metadata": {"user_id": "u"}}
    assert made == body() | asked


def test_a_stop_sequence_of_white_space_is_refused(body):
    with pytest.raises(ProviderRejectedError, match="white space") as error:
        body(stop=("a", "\n"))
    assert error.value.details["param"] == "stop"


def test_extras_are_passed_on_and_override_nothing(body):
    extras = {
        "service_tier": "auto",
        "metadata": {"user_id": "canary", "more": 1},
        "output_config": {"effort": "canary", "more": 2},
        "stream": True,
        "model": "canary",
        "max_tokens": 1,
        "system": "canary",
        "thinking": {},
        "temperature": 9,
    }
    made = body(
        extras=extras, extras_of="anthropic", user="u", thinking=Thinking(effort="low"), model="claude-opus-4-6"
    )

    assert made == body(model="claude-opus-4-6") | {
        "service_tier": "auto",
        "metadata": {"user_id": "u", "more": 1},
        "output_config": {"effort": "low", "more": 2},
    }


def test_what_only_openai_understands_stays_behind(body):
    assert body(extras={"service_tier": "flex", "verbosity": "low"}, metadata={"a": "b"}, seed=1) == body()


def test_a_tool(body):
    made = body(tools=(FIND, Tool(name="my.tool", cache="1h")))

    assert made["tools"] == [
        {
            "name": "find",
            "description": "Finds.",
            "input_schema": {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
            "strict": True,
        },
        {
            "name": tool_name("my.tool"),
            "input_schema": {"type": "object", "properties": {}},
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        },
    ]
    assert "tool_choice" not in made


def test_a_model_that_knows_no_schemas_is_strict_about_none(body, request_of, target_of):
    [tool] = body(tools=(FIND,), model="claude-3-7-sonnet")["tools"]
    [told] = unmet(request_of(tools=(FIND,)), target_of("claude-3-7-sonnet", "anthropic"))

    assert (tool["input_schema"], "strict" in tool) == (FIND.parameters, False)
    assert told.field == "tools.strict"
    assert unmet(request_of(tools=(FIND,)), target_of("claude-sonnet-4-5", "anthropic")) == ()


@pytest.mark.parametrize(
    ("choice", "parallel", "sent"),
    [
        (None, None, None),
        (None, True, None),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}),
        (ToolChoice(mode="auto"), None, {"type": "auto"}),
        (ToolChoice(mode="required"), False, {"type": "any", "disable_parallel_tool_use": True}),
        (ToolChoice(mode="one", name="find"), None, {"type": "tool", "name": "find"}),
        (ToolChoice(mode="one", name="my.tool"), None, {"type": "tool", "name": tool_name("my.tool")}),
        (ToolChoice(mode="none"), False, {"type": "none"}),
    ],
)
def test_choices(body, choice, parallel, sent):
    assert body(tools=(FIND,), tool_choice=choice, parallel_tool_calls=parallel).get("tool_choice") == sent


def test_without_tools_nothing_is_said_about_them(body):
    assert body(tool_choice=ToolChoice(mode="none"), parallel_tool_calls=False) == body()


def test_tools_of_earlier_turns_are_known_but_not_called(body, turn):
    call = ToolCall(id="c", name="my.tool", arguments="")
    said = turn("user", "a"), turn("assistant", call), turn("tool", ToolResult(tool_call_id="c", content=()))

    made = body(*said)
    assert [tool["name"] for tool in made["tools"]] == [tool_name("my.tool")]
    assert made["tool_choice"] == {"type": "none"}
    assert "tool_choice" not in body(*said, tools=(FIND,))


def test_the_parameters_of_a_tool_are_an_object(body):
    with pytest.raises(ProviderRejectedError, match="object"):
        body(tools=(Tool(name="find", parameters={"type": "string"}),))


def test_a_json_schema_is_closed(body):
    response = ResponseFormat(type="json_schema", name="n", description="d", json_schema=SCHEMA, strict=True)
    made = body(response_format=response)

    assert made["output_config"] == {"format": {"type": "json_schema", "schema": CLOSED | {"description": "d"}}}


def test_a_model_that_knows_no_schemas_refuses_one(body):
    with pytest.raises(ProviderRejectedError) as error:
        body(response_format=ResponseFormat(type="json_schema", json_schema=SCHEMA), model="claude-3-5-haiku")
    assert error.value.details["param"] == "response_format"


@pytest.mark.parametrize(("kind", "asked"), [("json_object", 1), ("text", 0)])
def test_any_json_is_asked_for_in_words(body, turn, kind, asked):
    made = body(turn("system", "s"), turn("user", "a"), response_format=ResponseFormat(type=kind))

    assert "output_config" not in made
    assert ["JSON" in block["text"] for block in made["system"]] == [False, True][: asked + 1]


def test_thought_and_its_effort(body):
    made = body(reasoning_effort="medium", max_tokens=9000, temperature=1.0)
    assert (made["thinking"], "output_config" in made) == ({"type": "enabled", "budget_tokens": 8192}, False)

    made = body(reasoning_effort="medium", model="claude-opus-4-7", temperature=0.2)
    assert (made["thinking"], made["output_config"]) == ({"type": "adaptive"}, {"effort": "medium"})
    assert "temperature" not in made


def test_thought_excludes_a_temperature(body):
    with pytest.raises(ProviderRejectedError) as error:
        body(thinking=Thinking(mode="enabled", budget_tokens=2000), max_tokens=4000, temperature=0.2)
    assert error.value.details["param"] == "temperature"


@pytest.mark.parametrize(("field", "value"), [("n", 2), ("logprobs", True), ("presence_penalty", 1.0)])
def test_what_messages_cannot_do_is_refused(body, field, value):
    with pytest.raises(ProviderRejectedError) as error:
        body(**{field: value})
    assert error.value.details["param"] == field


def test_the_whole_request_is_marked_at_its_last_block(body, turn):
    made = body(turn("user", Text(text="a"), Text(text="b")), cache="1h")
    assert ["cache_control" in block for block in made["messages"][0]["content"]] == [False, True]


def test_what_is_left_out_is_told(request_of, target_of):
    request = request_of(
        seed=1, temperature=0.2, thinking=Thinking(mode="enabled", budget_tokens=2000), max_tokens=3000
    )

    told = unmet(request, target_of("claude-opus-4-7", "anthropic"))
    assert [each.field for each in told] == ["seed", "temperature", "thinking.budget_tokens"]
    assert unmet(request_of(stop=("a",)), target_of("claude-opus-4-7", "anthropic")) == ()


def test_an_answer_that_is_too_short_for_thought_is_told(request_of, target_of):
    target = target_of("claude-sonnet-4-5", "anthropic", max_output_tokens=4096)

    assert unmet(request_of(reasoning_effort="low"), target) == ()
    [told] = unmet(request_of(reasoning_effort="low", max_tokens=500), target)
    assert told.field == "reasoning_effort"


def test_only_older_models_go_on_with_an_answer_that_is_begun(body, turn):
    said = turn("user", "a"), turn("assistant", "Yes, ")

    assert body(*said)["messages"][-1]["content"] == [{"type": "text", "text": "Yes,"}]
    with pytest.raises(ProviderRejectedError) as error:
        body(*said, model="claude-opus-4-6")
    assert error.value.details["param"] == "messages"


def test_betas_that_are_not_passed_are_told(request_of, target_of):
    told = unmet(request_of(betas=("effort-2025-11-24", "files-api", "unknown")), target_of("claude-sonnet-4-5"))
    assert [each.field for each in told] == ["anthropic-beta"] * 2
