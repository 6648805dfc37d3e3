"""What the compatible API cannot say, or OpenAI's own host refuses: refused by name if it matters, told if not."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest, Reasoning, ToolResult
from sallyport.providers.extras import left_out
from sallyport.providers.marks import is_marked
from sallyport.providers.refusal import refused
from sallyport.routing import Target

_OPENAI_HOSTS = ("openai.com", "openai.azure.com")
_MOST_STOPS = 4  # of OpenAI's own
_ANYWHERE = "global"  # Anthropic's word for a model that may run in any place

SERVICE_TIERS = {"auto": "auto", "standard_only": "default"}
"""Anthropic's word to OpenAI's, for the same wish: a better tier if there is one, or the standard."""


def of_openai(target: Target) -> bool:
    """Whether this is OpenAI's own host, or Azure's for it, which refuse what they do not know."""
    host = urlsplit(target.base_url or "").hostname or ""
    return any(host == each or host.endswith(f".{each}") for each in _OPENAI_HOSTS)


def check(request: ChatRequest, target: Target) -> None:
    """Raise ProviderRejectedError, with `param`, for what an application builds on and this target cannot give."""
    if len(request.stop) > _MOST_STOPS and of_openai(target):
        raise refused("stop", f"OpenAI takes {_MOST_STOPS} sequences at most.")
    if request.extras_of == "anthropic" and request.extras.get("inference_geo", _ANYWHERE) != _ANYWHERE:
        raise refused("inference_geo", "Where it runs is not for a request to say. Choose a model by its route.")


def unmet(request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
    """What was asked for and is not sent, or is said in weaker words."""
    told = [Unmet(field=field, reason=reason) for field, reason in _left_out(request, of_openai(target))]
    if request.extras_of == "anthropic":
        told += left_out(request, mapped=("service_tier",) if of_openai(target) else ())
    return tuple(told)


def _left_out(request: ChatRequest, openai: bool) -> Iterator[tuple[str, str]]:
    blocks = [block for turn in request.turns for block in turn.blocks]
    if request.top_k is not None and openai:
        yield "top_k", "OpenAI samples without it"
    if any(isinstance(block, Reasoning) for block in blocks):
        yield "messages", "thoughts of earlier answers are left out, for this API has no place for them"
    if any(isinstance(block, ToolResult) and block.is_error for block in blocks):
        yield "is_error", "this API has no word for a tool that failed; its result is passed on and has to tell"
    if is_marked(request):
        yield "cache_control", "the server caches the beginning of a conversation by itself, if at all"
    yield from _thinking(request)


def _thinking(request: ChatRequest) -> Iterator[tuple[str, str]]:
    thinking = request.thinking
    if thinking is None:
        return
    nearest = "is told as reasoning_effort, the nearest that this API can say"
    if thinking.mode in ("adaptive", "between_tools"):
        yield "thinking.type", nearest
    if thinking.budget_tokens is not None:
        yield "thinking.budget_tokens", nearest
    if thinking.display is not None:
        yield "thinking.display", "the server shows as much of its thoughts as it likes"
    if thinking.effort is not None and thinking.effort != request.reasoning_effort:
        yield "output_config.effort", "this API has one word for thought and effort, and thought was switched off"
