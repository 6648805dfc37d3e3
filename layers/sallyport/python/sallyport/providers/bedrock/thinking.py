"""How much a model is to think, in the words of its family."""

from collections.abc import Mapping
from typing import Any

from sallyport.conversation import ChatRequest
from sallyport.providers.bedrock.families import Family, Thinking
from sallyport.providers.bedrock.limits import refused

_LEAST_BUDGET = 1024  # of Claude's budget_tokens
_BUDGETS: Mapping[str, int] = {"low": 2048, "medium": 8192, "high": 24_576}
_LEVELS: Mapping[str, str] = {"minimal": "low", "xhigh": "high", "max": "high"}


def apply_effort(arguments: dict[str, Any], request: ChatRequest, family: Family) -> None:
    """Add what `reasoning_effort` asks for to the arguments of Converse; refuse it where nothing can honour it."""
    effort = request.reasoning_effort
    if effort is None or effort == "none":
        return
    level = _LEVELS.get(effort, effort)
    additional: dict[str, Any] = arguments.setdefault("additionalModelRequestFields", {})
    match family.thinking:
        case Thinking.NONE:
            raise refused("reasoning_effort", "It does not reason, or its id does not tell.")
        case Thinking.FIELD:
            additional["reasoning_effort"] = level
        case Thinking.NOVA:
            # At high, Nova 2 takes no maxTokens, and without maxTokens no quota can be planned.
            level = "medium" if level == "high" else level
            additional["reasoningConfig"] = {"type": "enabled", "maxReasoningEffort": level}
        case Thinking.BUDGET | Thinking.ADAPTIVE:
            _claude(arguments, additional, level, family)
    if not additional:
        del arguments["additionalModelRequestFields"]


def _claude(arguments: dict[str, Any], additional: dict[str, Any], level: str, family: Family) -> None:
    """A forced tool, or a tool's result without the thoughts that led to it, excludes thinking: then it is left out."""
    inference = arguments["inferenceConfig"]
    forced = {"any", "tool"} & arguments.get("toolConfig", {}).get("toolChoice", {}).keys()
    budget = min(_BUDGETS[level], inference["maxTokens"] - 1)
    too_short = family.thinking is Thinking.BUDGET and budget < _LEAST_BUDGET
    if forced or too_short or _thoughtless_call(arguments["messages"]):
        return
    if inference.get("temperature", 1) != 1:
        raise refused("temperature", "It cannot be combined with reasoning_effort.")
    if inference.get("topP", 1) < 0.95:
        raise refused("top_p", "With reasoning_effort it takes 0.95 to 1.")
    arguments["additionalModelResponseFieldPaths"] = ["/usage/output_tokens_details"]
    if family.thinking is Thinking.ADAPTIVE:
        additional["thinking"] = {"type": "adaptive"}
        arguments.setdefault("outputConfig", {})["effort"] = level
    else:
        additional["thinking"] = {"type": "enabled", "budget_tokens": budget}


def _thoughtless_call(messages: list[dict[str, Any]]) -> bool:
    """Whether the last answer called a tool and came back without its signed thoughts."""
    answers = [message["content"] for message in messages if message["role"] == "assistant"]
    last = answers[-1] if answers else []
    return any("toolUse" in block for block in last) and not any("reasoningContent" in block for block in last)
