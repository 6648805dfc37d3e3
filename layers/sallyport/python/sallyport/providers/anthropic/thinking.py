"""How much the model is to think: Anthropic's exact words where the client used them, else what an effort amounts to.

What this model cannot do is said to it as nearly as it can be, or left out, and the client is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest, Reasoning, Role, Thinking, ToolCall, Turn
from sallyport.providers.anthropic.models import Model
from sallyport.providers.refusal import refused

_LEAST_BUDGET = 1024  # Anthropic's, of budget_tokens
_BUDGETS: Mapping[str, int] = {"low": 2048, "medium": 8192, "high": 24_576, "xhigh": 32_768, "max": 32_768}
_NEAREST: Mapping[str, str] = {"minimal": "low", "xhigh": "high", "max": "high"}
_DEFAULT_EFFORT = "high"  # Anthropic's own


@dataclass(frozen=True, slots=True)
class Thought:
    """What is sent as `thinking` and as `output_config.effort`, and what is not."""

    thinking: dict[str, Any] | None = None
    effort: str | None = None
    unmet: tuple[Unmet, ...] = ()

    @property
    def thinks(self) -> bool:
        return self.thinking is not None and self.thinking["type"] != "disabled"


def thought_of(request: ChatRequest, turns: Iterable[Turn], model: Model, max_tokens: int) -> Thought:
    """`turns` alternate. Raise ProviderRejectedError for a wish that this model, or this request, rules out."""
    made = _exact(request, request.thinking, model) if request.thinking else _by_effort(request, model)
    forced = bool(request.tools and request.tool_choice and request.tool_choice.mode in ("required", "one"))
    if forced and not model.forces:
        raise refused("tool_choice", "It always thinks, and while it thinks no tool can be forced.")
    if made.thinking is None:
        # Left alone, it would think.
        return _off(made, model) if forced and model.unasked else made
    if not made.thinks:
        return _no_more_than_high(made)
    # An exact wish is for the client to reconsider; an effort is no more than that.
    field = "thinking" if request.thinking else "reasoning_effort"
    if forced and request.thinking:
        raise refused("tool_choice", "While it thinks, no tool can be forced.")
    if forced:
        return _without(made, model, field, "is not possible where a tool is forced")
    if made.thinking["type"] != "enabled":
        return made
    if _thoughtless_call(turns):
        reason = "needs the signed thoughts that led to an earlier tool call, and they are missing"
        return _without(made, model, field, reason)
    budget = min(made.thinking["budget_tokens"], max_tokens - 1)
    if budget < _LEAST_BUDGET:
        return _without(made, model, field, f"needs more than {_LEAST_BUDGET} tokens in max_tokens")
    if budget == made.thinking["budget_tokens"]:
        return made
    shrunk = Unmet(field="thinking.budget_tokens", reason="has to be less than this target's max_tokens")
    told = (*made.unmet, shrunk) if request.thinking else made.unmet
    return Thought({**made.thinking, "budget_tokens": budget}, made.effort, told)


def _exact(request: ChatRequest, wish: Thinking, model: Model) -> Thought:
    effort = nearest(wish.effort, model)
    unmet = (Unmet(field="output_config.effort", reason=_other(effort)),) if effort != wish.effort else ()
    if wish.mode is None:
        return Thought(None, effort, unmet)
    if wish.mode == "disabled":
        return _rested(Thought(None, effort, unmet), model, "thinking")
    if not model.thinks:
        raise refused("thinking", "It does not think.")
    shown = {"display": wish.display} if wish.display else {}
    if wish.mode in model.modes:
        budget = {"budget_tokens": wish.budget_tokens} if wish.budget_tokens else {}
        return Thought({"type": wish.mode, **budget, **shown}, effort, unmet)
    level = request.reasoning_effort or _DEFAULT_EFFORT
    if not model.adaptive:
        other = Unmet(field="thinking.type", reason="is unknown to this model, which got a budget instead")
        budget = {"budget_tokens": _BUDGETS.get(level, _LEAST_BUDGET)}
        return Thought({"type": "enabled", **budget, **shown}, effort, (*unmet, other))
    field = "thinking.budget_tokens" if wish.mode == "enabled" else "thinking.type"
    other = Unmet(field=field, reason="is for this model itself to decide")
    return Thought({"type": "adaptive", **shown}, effort or nearest(level, model), (*unmet, other))


def _by_effort(request: ChatRequest, model: Model) -> Thought:
    effort = request.reasoning_effort
    if effort is None:
        return Thought()
    if effort == "none":
        return _rested(Thought(), model, "reasoning_effort") if model.unasked else Thought()
    if not model.thinks:
        raise refused("reasoning_effort", "It does not think.")
    if model.adaptive:
        level = nearest(effort, model)
        lower = effort not in (level, "minimal")
        unmet = (Unmet(field="reasoning_effort", reason=_other(level)),) if lower else ()
        return Thought({"type": "adaptive"}, level, unmet)
    level = "low" if effort == "minimal" else effort
    return Thought({"type": "enabled", "budget_tokens": _BUDGETS[level]})


def nearest(effort: str | None, model: Model) -> str | None:
    """The effort that this model knows and that comes nearest; None when it knows none."""
    if effort is None or effort in model.efforts:
        return effort
    return _NEAREST.get(effort, _DEFAULT_EFFORT) if model.efforts else None


def _other(effort: str | None) -> str:
    return f"is {effort} at most with this model" if effort else "is unknown to this model"


def _off(made: Thought, model: Model) -> Thought:
    return Thought({"type": model.off} if model.off else None, made.effort, made.unmet)


def _rested(made: Thought, model: Model, field: str) -> Thought:
    """As little thought as this model can do with."""
    if model.off == "disabled":
        return _off(made, model)
    told = Unmet(field=field, reason="cannot be turned off with this model")
    return _off(Thought(None, made.effort, (*made.unmet, told)), model)


def _without(made: Thought, model: Model, field: str, reason: str) -> Thought:
    rest = Thought(None, made.effort, (*made.unmet, Unmet(field=field, reason=reason)))
    return _no_more_than_high(_off(rest, model)) if model.unasked else rest


def _no_more_than_high(made: Thought) -> Thought:
    """More work than that goes into thought, and is refused where there is none."""
    if made.effort not in ("xhigh", "max"):
        return made
    told = Unmet(field="output_config.effort", reason="is high at most without thought")
    return Thought(made.thinking, "high", (*made.unmet, told))


def _thoughtless_call(turns: Iterable[Turn]) -> bool:
    """Whether the last answer called a tool and came back without its signed thoughts."""
    answers = [turn.blocks for turn in turns if turn.role is Role.ASSISTANT]
    last = answers[-1] if answers else ()
    return any(isinstance(block, ToolCall) for block in last) and not isinstance(last[0], Reasoning)
