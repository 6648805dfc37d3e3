"""How freely the model chooses its words: temperature, top_p and top_k, each as far as its version takes it."""

from collections.abc import Iterator
from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest
from sallyport.providers.anthropic.models import Model
from sallyport.providers.refusal import refused

_LEAST_THINKING_TOP_P = 0.95
_FIELDS = ("temperature", "top_p", "top_k")


def sampling(request: ChatRequest, model: Model, *, thinks: bool) -> dict[str, Any]:
    """The fields to send. Raise ProviderRejectedError, with `param`, for values that Anthropic refuses."""
    if not model.samples:
        return {}
    temperature, top_p, top_k = request.temperature, request.top_p, request.top_k
    if temperature is not None and temperature > 1:
        raise refused("temperature", "Anthropic takes 0 to 1.")
    if thinks:
        _check_thinking(temperature, top_p, top_k)
    if model.one_sampler and temperature is not None and top_p is not None:
        # 1 is the default of both and says nothing, yet many clients send it.
        if top_p != 1 and temperature != 1:
            raise refused("top_p", "It takes temperature or top_p, not both.")
        temperature, top_p = (temperature, None) if top_p == 1 else (None, top_p)
    fields = zip(_FIELDS, (temperature, top_p, top_k), strict=True)
    return {name: value for name, value in fields if value is not None}


def unsampled(request: ChatRequest, model: Model) -> Iterator[Unmet]:
    """What was asked for of a model that takes no such wish."""
    for field in () if model.samples else _FIELDS:
        value = getattr(request, field)
        if value is not None and (value != 1 or field == "top_k"):
            yield Unmet(field=field, reason="is no longer to be chosen with this model")


def _check_thinking(temperature: float | None, top_p: float | None, top_k: int | None) -> None:
    if temperature is not None and temperature != 1:
        raise refused("temperature", "While it thinks, it takes none but 1.")
    if top_p is not None and top_p < _LEAST_THINKING_TOP_P:
        raise refused("top_p", "While it thinks, it takes 0.95 to 1.")
    if top_k is not None:
        raise refused("top_k", "While it thinks, it takes none.")
