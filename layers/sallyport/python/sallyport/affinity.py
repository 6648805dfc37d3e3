"""Which conversation a request belongs to, as a hash that tells nothing to whoever has not the tenant's secret."""

import hashlib
import hmac
import json
from typing import Any

from sallyport.conversation import ChatRequest, Role

_NAMED_IN_METADATA = ("conversation_id", "thread_id", "session_id")


def mac_label(tenant: str) -> str:
    """Which secret of `Macs` its conversations are hashed under: the same name at two tenants is two hashes."""
    return f"conversation/{tenant}"


def conversation_of(secret: bytes, request: ChatRequest) -> str:
    """The same for every request of a conversation: 128 bits of HMAC-SHA256, hexadecimal.

    By what the client says of it: `prompt_cache_key`, a `conversation_id`, `thread_id` or `session_id` in metadata, or
    the user; and without any of them by all turns up to the user's first, with which every later request begins, too.
    Marks for a cache move on from request to request, and are no part of it.
    """
    text = json.dumps(_identity(request), sort_keys=True, separators=(",", ":"))
    return hmac.digest(secret, text.encode(), hashlib.sha256).hex()[:32]


def _identity(request: ChatRequest) -> list[Any]:
    cache_key = request.extras.get("prompt_cache_key")
    if cache_key:
        return ["prompt_cache_key", cache_key]
    for name in _NAMED_IN_METADATA:
        if named := (request.metadata or {}).get(name):
            return [name, named]
    return ["user", request.user] if request.user else ["turns", _beginning(request)]


def _beginning(request: ChatRequest) -> list[Any]:
    turns: list[Any] = []
    for turn in request.turns:
        turns.append(turn.model_dump(mode="json", exclude={"blocks": {"__all__": {"cache"}}}))
        if turn.role is Role.USER:
            break
    return turns
