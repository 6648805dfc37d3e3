"""Log probabilities as OpenAI tells them, also from servers that count down to minus infinity."""

import math
from typing import Any

from sallyport.providers.characters import whole

LEAST = -9999.0
"""What OpenAI tells for a token that is very unlikely; JSON has no infinity."""


def logprobs_of(told: Any) -> dict[str, Any] | None:
    """The tokens of `content` and of `refusal`, each a list or None; None when nothing is told.

    Raise ValueError, TypeError, LookupError or AttributeError for what are no tokens.
    """
    if not isinstance(told, dict):
        return None
    tokens = {name: told.get(name) for name in ("content", "refusal")}
    if all(each is None for each in tokens.values()):
        return None
    return {name: None if each is None else [_token(token) for token in each] for name, each in tokens.items()}


def _token(token: dict[str, Any]) -> dict[str, Any]:
    return {**_chance(token), "top_logprobs": [_chance(each) for each in token.get("top_logprobs") or ()]}


def _chance(token: dict[str, Any]) -> dict[str, Any]:
    logprob = float(token["logprob"])
    encoded = token.get("bytes")
    return {
        "token": whole(token["token"]),
        "logprob": logprob if math.isfinite(logprob) and logprob > LEAST else LEAST,
        "bytes": None if encoded is None else list(bytes(list(encoded))),
    }
