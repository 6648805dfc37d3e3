"""providers/bedrock/thinking: reasoning_effort in the words of each family."""

import pytest

from sallyport.conversation import Reasoning, Text, Tool, ToolCall, ToolChoice, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.families import Thinking, family_of

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS = "anthropic.claude-opus-4-6-v1"


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", Thinking.NONE),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", Thinking.NONE),
        ("anthropic.claude-v2:1", Thinking.NONE),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", Thinking.BUDGET),
        ("eu.anthropic.claude-sonnet-4-20250514-v1:0", Thinking.BUDGET),
        ("anthropic.claude-opus-4-1-20250805-v1:0", Thinking.BUDGET),
        (SONNET, Thinking.BUDGET),
        (OPUS, Thinking.ADAPTIVE),
        ("global.anthropic.claude-opus-5", Thinking.ADAPTIVE),
        ("us.amazon.nova-lite-v1:0", Thinking.NONE),
        ("us.amazon.nova-2-lite-v1:0", Thinking.NOVA),
        ("openai.gpt-oss-120b-1:0", Thinking.FIELD),
        ("deepseek.v3-v1:0", Thinking.FIELD),
        ("us.deepseek.r1-v1:0", Thinking.NONE),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", Thinking.NONE),
    ],
)
def test_families(model, thinking):
    assert family_of(model).thinking is thinking


@pytest.mark.parametrize(
    ("model", "effort", "max_tokens", "additional"),
    [
        (SONNET, "low", 9000, {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
        (SONNET, "max", 9000, {"thinking": {"type": "enabled", "budget_tokens": 8999}}),
        (SONNET, "minimal", 1025, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        (OPUS, "low", 100, {"thinking": {"type": "adaptive"}}),
        ("us.amazon.nova-2-lite-v1:0", "low", 9, {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}),
        (
            "us.amazon.nova-2-lite-v1:0",
            "high",
            9,
            {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}},
        ),
        ("openai.gpt-oss-20b-1:0", "xhigh", 9, {"reasoning_effort": "high"}),
    ],
)
def test_each_family_in_its_words(built, request_of, model, effort, max_tokens, additional):
    arguments = built(request_of(reasoning_effort=effort), model, max_tokens)

    assert arguments["additionalModelRequestFields"] == additional
    assert arguments["inferenceConfig"]["maxTokens"] == max_tokens
    assert arguments.get("outputConfig") == ({"effort": "low"} if model == OPUS else None)


def test_claude_does_not_think_when_the_answer_is_too_short_for_it(built, request_of):
    assert built(request_of(reasoning_effort="low"), SONNET, 1024) == built(request_of(), SONNET, 1024)


@pytest.mark.parametrize("choice", [ToolChoice(mode="required"), ToolChoice(mode="one", name="find")])
def test_a_forced_tool_excludes_thinking(built, request_of, choice):
    request = request_of(tools=(Tool(name="find"),), tool_choice=choice, reasoning_effort="high")

    assert "additionalModelRequestFields" not in built(request, SONNET, 9000)


@pytest.mark.parametrize(("thoughts", "thinks"), [((), False), ((Reasoning(text="hm", signature="s"),), True)])
def test_claude_thinks_on_only_when_it_gets_its_thoughts_back(built, request_of, turn, thoughts, thinks):
    call, result = ToolCall(id="c", name="f", arguments=""), ToolResult(tool_call_id="c", content=(Text(text="1"),))
    request = request_of(
        turn("user", "a"), turn("assistant", *thoughts, call), turn("tool", result), reasoning_effort="high"
    )

    assert ("thinking" in built(request, SONNET, 9000).get("additionalModelRequestFields", {})) is thinks


@pytest.mark.parametrize(
    ("fields", "model", "param"),
    [
        ({}, "us.amazon.nova-lite-v1:0", "reasoning_effort"),
        ({"temperature": 0.5}, SONNET, "temperature"),
        ({"top_p": 0.9}, SONNET, "top_p"),
    ],
)
def test_refuses_what_excludes_thinking(built, request_of, fields, model, param):
    with pytest.raises(ProviderRejectedError) as error:
        built(request_of(reasoning_effort="high", **fields), model, 9000)

    assert error.value.details == {"param": param}


@pytest.mark.parametrize("fields", [{"temperature": 1.0}, {"top_p": 0.95}])
def test_near_misses_think(built, request_of, fields):
    assert (
        "thinking" in built(request_of(reasoning_effort="high", **fields), SONNET, 9000)["additionalModelRequestFields"]
    )
