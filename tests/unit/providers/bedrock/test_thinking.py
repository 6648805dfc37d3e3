"""providers/bedrock/thinking: the exact wish, and reasoning_effort, in the words of each family."""

import pytest

from sallyport.conversation import Reasoning, Text, Thinking, Tool, ToolCall, ToolChoice, ToolResult
from sallyport.errors import ProviderRejectedError

HAIKU_3 = "anthropic.claude-3-haiku-20240307-v1:0"
SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS = "anthropic.claude-opus-4-6-v1"
OPUS_4_8 = "anthropic.claude-opus-4-8"
OPUS_5 = "global.anthropic.claude-opus-5"
OPUS_5_5 = "global.anthropic.claude-opus-5-5"
SONNET_5_5 = "global.anthropic.claude-sonnet-5-5"
NOVA = "us.amazon.nova-lite-v1:0"
NOVA_2 = "us.amazon.nova-2-lite-v1:0"
GPT = "openai.gpt-oss-20b-1:0"
DEEPSEEK = "deepseek.v3-v1:0"
HIDDEN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
EFFORT = "output_config.effort"


@pytest.fixture
def asked(built, left_out, request_of):
    """The words sent, outputConfig.effort, and what is left out."""

    def make(model, max_tokens=9000, **fields):
        request = request_of(max_tokens=max_tokens, **fields)
        arguments = built(request, model, min(max_tokens, 4096) if max_tokens != 9000 else 4096)
        effort = arguments.get("outputConfig", {}).get("effort")
        return arguments.get("additionalModelRequestFields"), effort, left_out(request, model)

    return make


@pytest.mark.parametrize(
    ("model", "effort", "additional", "output", "warned"),
    [
        (SONNET, "low", {"thinking": {"type": "enabled", "budget_tokens": 2048}}, None, []),
        (SONNET, "max", {"thinking": {"type": "enabled", "budget_tokens": 4095}}, None, ["reasoning_effort"]),
        (OPUS, "low", {"thinking": {"type": "adaptive"}}, "low", []),
        (OPUS, "minimal", {"thinking": {"type": "adaptive"}}, "low", []),
        (OPUS, "xhigh", {"thinking": {"type": "adaptive"}}, "high", ["reasoning_effort"]),
        (OPUS, "max", {"thinking": {"type": "adaptive"}}, "max", []),
        (OPUS_4_8, "xhigh", {"thinking": {"type": "adaptive"}}, "xhigh", []),
        (NOVA_2, "low", {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}, None, []),
        (
            NOVA_2,
            "high",
            {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}},
            None,
            ["reasoning_effort"],
        ),
        (GPT, "xhigh", {"reasoning_effort": "high"}, None, ["reasoning_effort"]),
        (GPT, "medium", {"reasoning_effort": "medium"}, None, []),
        (GPT, "none", {"reasoning_effort": "low"}, None, ["reasoning_effort"]),
        (DEEPSEEK, "high", {"reasoning_effort": "high"}, None, []),
        (DEEPSEEK, "none", None, None, []),
        (OPUS_5, "none", {"thinking": {"type": "disabled"}}, None, []),
        (SONNET, "none", None, None, []),
    ],
)
def test_an_effort_in_the_words_of_each_family(asked, model, effort, additional, output, warned):
    assert asked(model, reasoning_effort=effort) == (additional, output, warned)


@pytest.mark.parametrize("model", [NOVA, HAIKU_3, HIDDEN, "us.deepseek.r1-v1:0"])
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reasoning_effort": "high"}, "reasoning_effort"),
        ({"reasoning_effort": "high", "thinking": Thinking(mode="enabled", budget_tokens=2000)}, "thinking"),
        ({"reasoning_effort": "low", "thinking": Thinking(effort="low")}, EFFORT),
    ],
)
def test_what_does_not_reason_answers_without_it(asked, model, fields, field):
    assert asked(model, **fields) == (None, None, [field])


@pytest.mark.parametrize("model", [NOVA, SONNET, OPUS_4_8, HIDDEN])
def test_what_does_not_think_by_itself_need_not_be_told_not_to(asked, model):
    assert asked(model, thinking=Thinking(mode="disabled"), reasoning_effort="none") == (None, None, [])


ENABLED = Thinking(mode="enabled", budget_tokens=2000)


@pytest.mark.parametrize(
    ("model", "thinking", "additional", "warned"),
    [
        (SONNET, ENABLED, {"type": "enabled", "budget_tokens": 2000}, []),
        (SONNET, Thinking(mode="enabled", budget_tokens=5000), {"type": "enabled", "budget_tokens": 4095}, True),
        (OPUS, ENABLED, {"type": "enabled", "budget_tokens": 2000}, []),
        (OPUS_4_8, ENABLED, {"type": "adaptive"}, ["thinking.budget_tokens"]),
        (SONNET, Thinking(mode="adaptive"), {"type": "enabled", "budget_tokens": 4095}, []),
        (OPUS, Thinking(mode="adaptive"), {"type": "adaptive"}, []),
        (SONNET, Thinking(mode="between_tools"), {"type": "enabled", "budget_tokens": 4095}, ["thinking.type"]),
        (OPUS_4_8, Thinking(mode="between_tools"), {"type": "adaptive"}, ["thinking.type"]),
        (SONNET_5_5, Thinking(mode="between_tools"), {"type": "between_tools"}, []),
        (
            OPUS_4_8,
            Thinking(mode="adaptive", display="omitted"),
            {"type": "adaptive", "display": "omitted"},
            [],
        ),
        (
            SONNET,
            ENABLED.model_copy(update={"display": "omitted"}),
            {"type": "enabled", "budget_tokens": 2000},
            ["thinking.display"],
        ),
        (OPUS_5, Thinking(mode="disabled"), {"type": "disabled"}, []),
        (SONNET_5_5, Thinking(mode="disabled"), {"type": "between_tools"}, []),
        (OPUS_5_5, Thinking(mode="disabled"), None, ["thinking"]),
    ],
)
def test_claude_gets_the_exact_wish(built, left_out, request_of, target_of, model, thinking, additional, warned):
    effort = "none" if thinking.mode == "disabled" else "high"
    request = request_of(max_tokens=9000, thinking=thinking, reasoning_effort=effort)

    arguments = built(request, model, 4096)

    assert arguments.get("additionalModelRequestFields", {}).get("thinking") == additional
    assert "outputConfig" not in arguments
    assert left_out(request, model) == (["thinking.budget_tokens"] if warned is True else warned)


def test_the_tokens_of_thought_are_asked_back(built, request_of):
    request = request_of(reasoning_effort="low", stop=("a",))

    assert built(request, SONNET, 9000)["additionalModelResponseFieldPaths"] == [
        "/stop_sequence", "/delta/stop_sequence", "/usage/output_tokens_details",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "additional", "output", "warned"),
    [
        (SONNET, None, None, [EFFORT]),
        (OPUS, None, "low", []),
        (OPUS_5, None, "low", []),
        (GPT, {"reasoning_effort": "low"}, None, []),
        (DEEPSEEK, None, None, [EFFORT]),
        (NOVA_2, None, None, [EFFORT]),
    ],
)
def test_an_effort_alone_turns_no_thought_on(asked, model, additional, output, warned):
    assert asked(model, thinking=Thinking(effort="low"), reasoning_effort="low") == (additional, output, warned)


@pytest.mark.parametrize(
    ("model", "thinking", "output", "warned"),
    [
        (OPUS_4_8, Thinking(effort="xhigh"), "high", [EFFORT]),
        (OPUS_4_8, Thinking(mode="adaptive", effort="xhigh"), "xhigh", []),
        (OPUS_5, Thinking(effort="max"), "max", []),
        (OPUS_5, Thinking(mode="disabled", effort="max"), "high", [EFFORT]),
        (SONNET, Thinking(mode="adaptive", effort="low"), None, []),
        (SONNET, Thinking(mode="enabled", budget_tokens=2000, effort="low"), None, [EFFORT]),
    ],
)
def test_without_thought_the_highest_effort_is_high(asked, model, thinking, output, warned):
    effort = "none" if thinking.mode == "disabled" else thinking.effort
    assert asked(model, thinking=thinking, reasoning_effort=effort)[1:] == (output, warned)


@pytest.mark.parametrize(("max_tokens", "thinks"), [(1024, False), (1025, True)])
def test_claude_does_not_think_when_the_answer_is_too_short_for_it(built, left_out, request_of, max_tokens, thinks):
    request = request_of(reasoning_effort="low", max_tokens=max_tokens)

    assert ("additionalModelRequestFields" in built(request, SONNET, max_tokens)) is thinks
    assert left_out(request, SONNET) == ([] if thinks else ["reasoning_effort"])


@pytest.mark.parametrize("choice", [ToolChoice(mode="required"), ToolChoice(mode="one", name="find")])
@pytest.mark.parametrize(("model", "additional"), [(SONNET, None), (OPUS_5, {"thinking": {"type": "disabled"}})])
def test_a_forced_tool_excludes_thinking(asked, choice, model, additional):
    fields = {"thinking": Thinking(mode="adaptive"), "reasoning_effort": "high"}

    assert asked(model, tools=(Tool(name="find"),), tool_choice=choice, **fields) == (additional, None, ["thinking"])


@pytest.mark.parametrize(
    ("model", "additional"), [(SONNET, None), (OPUS_4_8, None), (OPUS_5, {"thinking": {"type": "disabled"}})]
)
def test_nor_does_a_model_think_unasked_when_a_tool_is_forced(asked, model, additional):
    assert asked(model, tools=(Tool(name="find"),), tool_choice=ToolChoice(mode="required")) == (additional, None, [])


def test_a_choice_that_forces_nothing_does_not(asked):
    asked_for = asked(SONNET, tools=(Tool(name="f"),), tool_choice=ToolChoice(mode="auto"), reasoning_effort="low")

    assert asked_for == ({"thinking": {"type": "enabled", "budget_tokens": 2048}}, None, [])


@pytest.mark.parametrize(
    ("model", "thoughts", "thinks"),
    [(SONNET, (), False), (SONNET, (Reasoning(text="hm", signature="s"),), True), (OPUS_4_8, (), True)],
)
def test_claude_thinks_on_a_budget_only_when_it_gets_its_thoughts_back(
    built, left_out, request_of, turn, model, thoughts, thinks
):
    call, result = ToolCall(id="c", name="f", arguments=""), ToolResult(tool_call_id="c", content=(Text(text="1"),))
    request = request_of(
        turn("user", "a"),
        turn("assistant", *thoughts, call),
        turn("tool", result),
        reasoning_effort="high",
        max_tokens=9000,
    )

    assert ("thinking" in built(request, model, 9000).get("additionalModelRequestFields", {})) is thinks
    assert left_out(request, model) == ([] if thinks else ["reasoning_effort"])


def test_claude_does_not_think_in_the_middle_of_an_answer(built, left_out, request_of, turn):
    request = request_of(turn("user", "a"), turn("assistant", "{"), reasoning_effort="low", max_tokens=9000)

    assert "additionalModelRequestFields" not in built(request, SONNET, 9000)
    assert left_out(request, SONNET) == ["reasoning_effort"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"temperature": 0.5}, "temperature"),
        ({"top_p": 0.9}, "top_p"),
        ({"reasoning_effort": "much"}, "reasoning_effort"),
    ],
)
def test_refuses_what_excludes_thinking(built, request_of, fields, param):
    with pytest.raises(ProviderRejectedError) as error:
        built(request_of(**({"reasoning_effort": "high"} | fields)), SONNET, 9000)

    assert error.value.details == {"param": param}


@pytest.mark.parametrize("fields", [{"temperature": 1.0}, {"top_p": 0.95}])
def test_near_misses_think(built, request_of, fields):
    assert (
        "thinking" in built(request_of(reasoning_effort="high", **fields), SONNET, 9000)["additionalModelRequestFields"]
    )
