"""Whether and how much a model is to think, in the words of its family.

Anthropic's exact wish comes before `reasoning_effort`, which says the same as well as it can. Many clients ask for
thought of any model, so what cannot think answers without it, and the client is told.
"""

from collections.abc import Mapping
from typing import Any

from sallyport.conversation import ChatRequest
from sallyport.providers.bedrock.draft import Draft
from sallyport.providers.bedrock.families import Family, Thinking
from sallyport.providers.bedrock.history import called_without_thoughts, has_begun_answer
from sallyport.providers.refusal import refused

_LEAST_BUDGET = 1024  # of Claude's budget_tokens
_LEAST_TOP_P = 0.95  # of Claude's while it thinks
_BUDGETS: Mapping[str, int] = {"low": 2048, "medium": 8192, "high": 24_576}
_LEVELS: Mapping[str, str] = {
    "minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high",
}  # fmt: skip
"""The words of OpenAI and Anthropic as the three that every family has."""
_RANKS = ("low", "medium", "high", "xhigh", "max")
_DEFAULT = "high"
_EXACT_EFFORT = "output_config.effort"
_UNTHINKING = "the model does not reason, or its id does not tell"
_SHOWN = "the model shows its thoughts as it does"
_WORDLESS = "the model has no word for it, or its id does not tell"


def add_thinking(draft: Draft, request: ChatRequest, family: Family) -> None:
    """After sampling and tools, with which thought cannot always be combined.

    Raise ProviderRejectedError for an effort that no API has, and for samplers that exclude thought.
    """
    exact = request.thinking.effort if request.thinking else None
    for field, effort in (("reasoning_effort", request.reasoning_effort), (_EXACT_EFFORT, exact)):
        if effort not in (None, "none", *_LEVELS):
            raise refused(field, f"It is none of {', '.join(_LEVELS)}.")
    if family.claude:
        _Claude(draft, request, family).add()
    else:
        _add_level(draft, request, family)


def field_of(request: ChatRequest) -> str:
    """By what name the client asked for thought."""
    return "thinking" if request.thinking and request.thinking.mode else "reasoning_effort"


def wants(request: ChatRequest) -> bool | None:
    """Whether the model is to think; None when nothing is said of it. An effort alone says nothing in `thinking`."""
    exact = request.thinking
    if exact and (exact.mode or exact.effort):
        return exact.mode != "disabled" if exact.mode else None
    return request.reasoning_effort != "none" if request.reasoning_effort else None


def _level(request: ChatRequest) -> str:
    effort = request.reasoning_effort or (request.thinking.effort if request.thinking else None)
    return _LEVELS.get(effort or _DEFAULT, _DEFAULT)


def _add_level(draft: Draft, request: ChatRequest, family: Family) -> None:
    """For families that have but three levels, or none."""
    wanted, field = wants(request), field_of(request)
    if request.thinking and request.thinking.display:
        draft.leave_out("thinking.display", _SHOWN)
    if wanted is None and request.thinking and request.thinking.effort:
        if family.thinks_unasked and family.thinking is Thinking.FIELD:
            draft.additional["reasoning_effort"] = _level(request)
            _tell_of_level(draft, request)
        else:
            draft.leave_out(_EXACT_EFFORT, _WORDLESS)
    elif wanted is False and family.thinks_unasked:
        draft.additional["reasoning_effort"] = "low"
        draft.leave_out(field, "the model always reasons; it is asked for as little as it can")
    elif wanted:
        _add_wanted_level(draft, request, family)


def _tell_of_level(draft: Draft, request: ChatRequest) -> None:
    if request.reasoning_effort in ("xhigh", "max"):
        draft.leave_out(_effort_field(request), "the model takes high at most")


def _effort_field(request: ChatRequest) -> str:
    return _EXACT_EFFORT if request.thinking else "reasoning_effort"


def _add_wanted_level(draft: Draft, request: ChatRequest, family: Family) -> None:
    level, field = _level(request), field_of(request)
    match family.thinking:
        case Thinking.FIELD:
            draft.additional["reasoning_effort"] = level
            _tell_of_level(draft, request)
        case Thinking.NOVA:
            if level == "high":
                # At high, Nova 2 takes no maxTokens, and without maxTokens no quota can be planned.
                draft.leave_out(field, "at its highest the model takes no limit of tokens; it is asked for medium")
                level = "medium"
            draft.additional["reasoningConfig"] = {"type": "enabled", "maxReasoningEffort": level}
        case _:
            draft.leave_out(field, _UNTHINKING)


class _Claude:
    """What one request to Claude says of thought."""

    def __init__(self, draft: Draft, request: ChatRequest, family: Family) -> None:
        self._draft, self._request, self._family = draft, request, family
        self._exact, self._field = request.thinking, field_of(request)
        self._mode = self._exact.mode if self._exact else None

    def add(self) -> None:
        wanted = wants(self._request)
        if wanted:
            self._think()
        elif wanted is False and self._family.thinks_unasked:
            self._rest(told="the model always thinks")
        elif self._draft.forces_a_tool and self._family.thinks_unasked and self._family.off == "disabled":
            # Bedrock would refuse the thought that nobody asked for.
            self._draft.additional["thinking"] = {"type": "disabled"}
        self._add_effort()

    def _think(self) -> None:
        thinking = self._words()
        why_not = self._obstacle(thinking)
        if why_not:
            self._draft.leave_out(self._field, why_not)
            if self._family.thinks_unasked:
                self._rest(told="the model always thinks")
            return
        self._check_samplers()
        self._tell_of(thinking)
        if self._exact and self._exact.display and self._family.thinking is not Thinking.BUDGET:
            thinking["display"] = self._exact.display
        self._draft.additional["thinking"] = thinking
        self._draft.ask_back("/usage/output_tokens_details")

    @property
    def _asked(self) -> int | None:
        return self._exact.budget_tokens if self._exact and self._mode == "enabled" else None

    def _words(self) -> dict[str, Any]:
        """What comes nearest to the wish."""
        way = self._family.thinking
        if self._mode == "between_tools" and self._family.off == "between_tools":
            return {"type": "between_tools"}
        if way is Thinking.BUDGET or (way is Thinking.EITHER and self._asked):
            budget = self._asked or _BUDGETS[_level(self._request)]
            return {
                "type": "enabled",
                "budget_tokens": min(budget, self._draft.arguments["inferenceConfig"]["maxTokens"] - 1),
            }
        return {"type": "adaptive"}

    def _tell_of(self, thinking: Mapping[str, Any]) -> None:
        """Of the exact wish, what those words do not say."""
        kind, asked = thinking["type"], self._asked
        if self._mode == "between_tools" and kind != "between_tools":
            self._draft.leave_out(
                "thinking.type", "the model knows no thought between tools alone; it thinks as it may"
            )
        if asked and kind == "adaptive":
            self._draft.leave_out("thinking.budget_tokens", "the model decides by itself how long to think")
        if asked and kind == "enabled" and thinking["budget_tokens"] < asked:
            self._draft.leave_out("thinking.budget_tokens", "it must be less than the tokens that may be asked for")
        if kind == "enabled" and not asked:
            _tell_of_level(self._draft, self._request)
        if self._exact and self._exact.display and self._family.thinking is Thinking.BUDGET:
            self._draft.leave_out("thinking.display", _SHOWN)

    def _obstacle(self, thinking: Mapping[str, Any]) -> str | None:
        if self._family.thinking is Thinking.NONE:
            return _UNTHINKING
        if self._draft.forces_a_tool:
            return "the model does not think when it is forced to call a tool"
        if thinking["type"] != "enabled":
            return None
        if thinking["budget_tokens"] < _LEAST_BUDGET:
            return f"the model thinks with {_LEAST_BUDGET} tokens at least, and max_tokens must be more"
        if called_without_thoughts(self._request):
            return "the model takes up its thoughts only where they are sent back with its calls"
        if has_begun_answer(self._request):
            return "the model does not think in the middle of an answer"
        return None

    def _rest(self, told: str) -> None:
        if self._family.off is None:
            self._draft.leave_out(self._field, told)
        else:
            self._draft.additional["thinking"] = {"type": self._family.off}

    def _check_samplers(self) -> None:
        inference = self._draft.arguments["inferenceConfig"]
        if inference.get("temperature", 1) != 1:
            raise refused("temperature", f"It cannot be combined with {self._field}.")
        if inference.get("topP", 1) < _LEAST_TOP_P:
            raise refused("top_p", f"With {self._field} it takes {_LEAST_TOP_P} to 1.")

    def _add_effort(self) -> None:
        """Of the whole answer. Where there is none, what is asked for together with thought became a budget."""
        exact = self._exact
        effort = exact.effort if exact else self._request.reasoning_effort
        field = _effort_field(self._request)
        if effort is None or effort == "none":
            return
        takes = self._family.efforts
        if not takes:
            if exact and self._mode != "adaptive":
                self._draft.leave_out(field, _WORDLESS)
            return
        thinks = self._draft.thinks or (self._family.thinks_unasked and not self._draft.rests)
        highest = _RANKS.index(takes[-1] if thinks else "high")
        rank = min(_RANKS.index("low" if effort == "minimal" else effort), highest)
        level = next(each for each in reversed(_RANKS[: rank + 1]) if each in takes)
        if effort not in (level, "minimal"):
            self._draft.leave_out(field, f"the model takes {level} at most here")
        self._draft.arguments.setdefault("outputConfig", {})["effort"] = level
