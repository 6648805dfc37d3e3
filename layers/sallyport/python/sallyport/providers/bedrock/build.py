"""Our request as the arguments of Converse, and what of it is left out."""

from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest
from sallyport.errors import ProviderRejectedError
from sallyport.policy import DEFAULT_MAX_TOKENS
from sallyport.providers.bedrock.cache_points import check, mark_last, spread
from sallyport.providers.bedrock.families import family_of
from sallyport.providers.bedrock.messages import messages, system_blocks
from sallyport.providers.bedrock.wishes import wishes
from sallyport.routing import Target

_TOO_DEEP = "The request is nested too deeply. Flatten its schemas."


def build(request: ChatRequest, target: Target, max_tokens: int) -> dict[str, Any]:
    """Keyword arguments of `converse`. `max_tokens` is always sent: Bedrock reserves its quota on it.

    Raise ProviderRejectedError, with `param`, for what Bedrock cannot honour.
    """
    family = family_of(target.known_model)
    try:
        draft = wishes(request, family, max_tokens)
    except RecursionError:
        raise ProviderRejectedError(_TOO_DEEP) from None
    said = messages(request, family)
    if request.cache and "messages" in family.caching:
        mark_last(said, request.cache, family)
    arguments: dict[str, Any] = {
        "modelId": target.model,
        "messages": [message | {"content": spread(message["content"])} for message in said],
        **draft.arguments,
    }
    system = [*spread(system_blocks(request, family)), *({"text": text} for text in draft.instructions)]
    if system:
        arguments["system"] = system
    check(arguments)
    return arguments


def unmet(request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
    """What is left out of the request, of each of its `n` answers. Nothing for one that is refused, which is told."""
    max_tokens = min(request.max_tokens or DEFAULT_MAX_TOKENS, target.max_output_tokens)
    try:
        return tuple(wishes(request.model_copy(update={"n": 1}), family_of(target.known_model), max_tokens).unmet)
    except (ProviderRejectedError, RecursionError):
        return ()
