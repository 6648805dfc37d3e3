"""Our request as the arguments of Converse, and what of it is left out."""

from typing import Any

from sallyport.attempts import Unmet
from sallyport.betas import not_passed, passed
from sallyport.conversation import ChatRequest
from sallyport.errors import ProviderRejectedError
from sallyport.policy import DEFAULT_MAX_TOKENS
from sallyport.providers.bedrock.cache_points import check, mark_last, spread
from sallyport.providers.bedrock.families import Family, family_of
from sallyport.providers.bedrock.messages import messages, system_blocks
from sallyport.providers.bedrock.wishes import wishes
from sallyport.routing import Target

_BETAS = "anthropic_beta"
_TOO_DEEP = "The request is nested too deeply. Flatten its schemas."


def build(request: ChatRequest, target: Target, max_tokens: int) -> dict[str, Any]:
    """Keyword arguments of `converse`. `max_tokens` is always sent: Bedrock reserves its quota on it.

    Raise ProviderRejectedError, with `param`, for what Bedrock cannot honour.
    """
    family = family_of(target.known_model)
    try:
        draft = wishes(_with_betas(request, target, family), family, max_tokens)
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
    family = family_of(target.known_model)
    asked = _with_betas(request.model_copy(update={"n": 1}), target, family)
    betas = not_passed(request.betas, target.context_tokens if _takes_betas(request, family) else None)
    try:
        return (*wishes(asked, family, max_tokens).unmet, *betas)
    except (ProviderRejectedError, RecursionError):
        return ()


def _takes_betas(request: ChatRequest, family: Family) -> bool:
    return family.claude and isinstance(request.extras.get(_BETAS, []), list)


def _with_betas(request: ChatRequest, target: Target, family: Family) -> ChatRequest:
    """What Anthropic's own API is told in a header, in the field that Bedrock has for it."""
    betas = passed(request.betas, target.context_tokens)
    if not betas or not _takes_betas(request, family):
        return request
    return request.model_copy(update={"extras": {**request.extras, _BETAS: [*request.extras.get(_BETAS, []), *betas]}})
