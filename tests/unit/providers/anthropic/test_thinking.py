"""providers/anthropic/thinking: the exact wish, or what comes nearest to it."""

import pytest

from sallyport.conversation import Reasoning, Thinking, Tool, ToolCall, ToolChoice, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.anthropic.models import model_of
from sallyport.providers.anthropic.thinking import Thought, thought_of
from sallyport.providers.anthropic.turns import alternated

OLD, BUDGET, BOTH, ADAPTIVE, UNASKED, SONNET, ALWAYS, OTHER = (
    "claude-3-5-haiku", "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-4-7", "claude-opus-5",
    "claude-sonnet-5-5", "claude-opus-5-5", "kimi-k2",
)  # fmt: skip
TOOL = Tool(name="find")


def enabled(budget, **fields):
    return {"type": "enabled", "budget_tokens": budget, **fields}


@pytest.fixture
def thought(request_of):
    def make(model, *turns, max_tokens=64_000, **fields) -> Thought:
        request = request_of(*turns, **fields)
        return thought_of(request, alternated(request.turns), model_of(model), max_tokens)

    return make


def told(thought: Thought) -> list[str]:
    return [each.field for each in thought.unmet]


@pytest.mark.parametrize("model", [OLD, BUDGET, BOTH, ADAPTIVE, OTHER])
@pytest.mark.parametrize("effort", [None, "none"])
def test_who_asks_for_no_thought_gets_none(thought, model, effort):
    assert thought(model, reasoning_effort=effort) == Thought()


@pytest.mark.parametrize(
    ("model", "effort", "thinking", "sent"),
    [
        (BUDGET, "minimal", enabled(2048), None),
        (BUDGET, "low", enabled(2048), None),
        (BUDGET, "medium", enabled(8192), None),
        (BUDGET, "high", enabled(24_576), None),
        (BUDGET, "max", enabled(32_768), None),
        (OTHER, "high", enabled(24_576), None),
        (BOTH, "minimal", {"type": "adaptive"}, "low"),
        (BOTH, "max", {"type": "adaptive"}, "max"),
        (ADAPTIVE, "xhigh", {"type": "adaptive"}, "xhigh"),
    ],
)
def test_an_effort(thought, model, effort, thinking, sent):
    assert thought(model, reasoning_effort=effort) == Thought(thinking, sent)


def test_an_effort_that_the_model_does_not_reach_is_told(thought):
    made = thought(BOTH, reasoning_effort="xhigh")

    assert (made.thinking, made.effort) == ({"type": "adaptive"}, "high")
    assert told(made) == ["reasoning_effort"]


@pytest.mark.parametrize(
    ("model", "wish", "thinking", "effort"),
    [
        (BUDGET, Thinking(mode="enabled", budget_tokens=5000), enabled(5000), None),
        (
            BUDGET,
            Thinking(mode="enabled", budget_tokens=5000, display="omitted"),
            enabled(5000, display="omitted"),
            None,
        ),
        (BOTH, Thinking(mode="enabled", budget_tokens=5000, effort="low"), enabled(5000), "low"),
        (
            ADAPTIVE,
            Thinking(mode="adaptive", display="summarized"),
            {"type": "adaptive", "display": "summarized"},
            None,
        ),
        (SONNET, Thinking(mode="between_tools", effort="low"), {"type": "between_tools"}, "low"),
        (ADAPTIVE, Thinking(effort="xhigh"), None, "xhigh"),
        (OLD, Thinking(mode="disabled"), {"type": "disabled"}, None),
        (ADAPTIVE, Thinking(mode="disabled", display="omitted"), {"type": "disabled"}, None),
        (OTHER, Thinking(mode="adaptive", effort="max"), {"type": "adaptive"}, "max"),
    ],
)
def test_an_exact_wish_stays_exact(thought, model, wish, thinking, effort):
    assert thought(model, thinking=wish, reasoning_effort="high") == Thought(thinking, effort)


@pytest.mark.parametrize(
    ("model", "wish", "effort", "made", "unmet"),
    [
        (
            ADAPTIVE,
            Thinking(mode="enabled", budget_tokens=5000),
            "medium",
            ({"type": "adaptive"}, "medium"),
            ["thinking.budget_tokens"],
        ),
        (
            ADAPTIVE,
            Thinking(mode="enabled", budget_tokens=5000, effort="max"),
            "max",
            ({"type": "adaptive"}, "max"),
            ["thinking.budget_tokens"],
        ),
        (BUDGET, Thinking(mode="adaptive"), "high", (enabled(24_576), None), ["thinking.type"]),
        (
            BUDGET,
            Thinking(mode="adaptive", effort="low"),
            "low",
            (enabled(2048), None),
            ["output_config.effort", "thinking.type"],
        ),
        (ADAPTIVE, Thinking(mode="between_tools"), "low", ({"type": "adaptive"}, "low"), ["thinking.type"]),
        (SONNET, Thinking(mode="disabled"), "none", ({"type": "between_tools"}, None), ["thinking"]),
        (ALWAYS, Thinking(mode="disabled", effort="low"), "none", (None, "low"), ["thinking"]),
        (
            UNASKED,
            Thinking(mode="disabled", effort="max"),
            "none",
            ({"type": "disabled"}, "high"),
            ["output_config.effort"],
        ),
        (BOTH, Thinking(effort="xhigh"), "xhigh", (None, "high"), ["output_config.effort"]),
        (OLD, Thinking(effort="low"), "low", (None, None), ["output_config.effort"]),
    ],
)
def test_what_this_model_cannot_do_exactly_is_said_as_nearly_as_it_can_be(thought, model, wish, effort, made, unmet):
    thought = thought(model, thinking=wish, reasoning_effort=effort)

    assert (thought.thinking, thought.effort) == made
    assert told(thought) == unmet


@pytest.mark.parametrize(
    ("model", "thinking", "unmet"),
    [
        (UNASKED, {"type": "disabled"}, []),
        (SONNET, {"type": "between_tools"}, ["reasoning_effort"]),
        (ALWAYS, None, ["reasoning_effort"]),
    ],
)
def test_who_thinks_unasked_is_told_not_to(thought, model, thinking, unmet):
    thought = thought(model, reasoning_effort="none")

    assert thought.thinking == thinking
    assert told(thought) == unmet


def test_who_thinks_unasked_is_told_not_to_where_a_tool_is_forced(thought):
    forced = {"tools": (TOOL,), "tool_choice": ToolChoice(mode="required")}

    assert thought(UNASKED, **forced) == Thought({"type": "disabled"})
    assert thought(ADAPTIVE, **forced) == Thought()
    made = thought(UNASKED, reasoning_effort="max", **forced)
    assert (made.thinking, made.effort) == ({"type": "disabled"}, "high")


@pytest.mark.parametrize("model", [SONNET, ALWAYS])
def test_who_always_thinks_cannot_be_forced(thought, model):
    with pytest.raises(ProviderRejectedError) as error:
        thought(model, tools=(TOOL,), tool_choice=ToolChoice(mode="required"))
    assert error.value.details["param"] == "tool_choice"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"reasoning_effort": "low"}, "reasoning_effort"),
        ({"thinking": Thinking(mode="enabled", budget_tokens=2000)}, "thinking"),
    ],
)
def test_a_model_that_does_not_think_refuses(thought, fields, param):
    with pytest.raises(ProviderRejectedError) as error:
        thought(OLD, **fields)
    assert error.value.details["param"] == param


@pytest.mark.parametrize("mode", ["required", "one"])
def test_a_forced_tool_excludes_thought(thought, mode):
    forced = {"tools": (TOOL,), "tool_choice": ToolChoice(mode=mode, name="find")}

    assert told(thought(ADAPTIVE, reasoning_effort="low", **forced)) == ["reasoning_effort"]
    assert thought(ADAPTIVE, thinking=Thinking(mode="disabled"), **forced).thinking == {"type": "disabled"}
    with pytest.raises(ProviderRejectedError) as error:
        thought(ADAPTIVE, thinking=Thinking(mode="adaptive"), **forced)
    assert error.value.details["param"] == "tool_choice"


@pytest.mark.parametrize("mode", ["auto", "none"])
def test_a_free_choice_does_not(thought, mode):
    assert thought(BUDGET, reasoning_effort="low", tools=(TOOL,), tool_choice=ToolChoice(mode=mode)).thinks


@pytest.mark.parametrize(
    ("max_tokens", "effort", "exact"),
    [(6000, 5999, 5999), (100_000, 24_576, 30_000), (1025, 1024, 1024), (1024, None, None)],
)
def test_a_budget_is_less_than_the_limit(thought, max_tokens, effort, exact):
    by_effort = thought(BUDGET, reasoning_effort="high", max_tokens=max_tokens)
    by_wish = thought(BUDGET, thinking=Thinking(mode="enabled", budget_tokens=30_000), max_tokens=max_tokens)

    assert by_effort.thinking == (enabled(effort) if effort else None)
    assert by_wish.thinking == (enabled(exact) if exact else None)
    assert bool(by_effort.unmet) == (effort is None)
    assert bool(by_wish.unmet) == (exact != 30_000)


@pytest.mark.parametrize(
    ("thoughts", "thinks"),
    [((), False), ((Reasoning(text="hm"),), False), ((Reasoning(text="hm", signature="s"),), True)],
)
def test_a_tools_result_needs_the_thoughts_that_led_to_it(thought, turn, thoughts, thinks):
    said = turn("user", "a"), turn("assistant", *thoughts, ToolCall(id="c", name="find", arguments=""))
    turns = *said, turn("tool", ToolResult(tool_call_id="c", content=()))

    assert thought(BUDGET, *turns, reasoning_effort="low").thinks == thinks
    assert thought(BUDGET, *turns, thinking=Thinking(mode="enabled", budget_tokens=2000)).thinks == thinks
    assert thought(ADAPTIVE, *turns, reasoning_effort="low").thinks
    assert thought(BUDGET, *turns, turn("assistant", "b"), turn("user", "c"), reasoning_effort="low").thinks
