"""Marks of what a provider is to remember, in Anthropic's words: clients of other APIs send them too."""

from typing import Any

from sallyport.conversation import CacheTtl
from sallyport.dialects import fields

_ttl = fields.one_of(("5m", "1h"))


def cache_ttl(block: dict[str, Any], path: str) -> CacheTtl | None:
    """Of a block's `cache_control`; Anthropic's own default is five minutes."""
    control = fields.optional(block, "cache_control", fields.mapping, path)
    if control is None:
        return None
    path = f"{path}.cache_control" if path else "cache_control"
    fields.required(control, "type", fields.one_of(("ephemeral",)), path)
    ttl: CacheTtl = fields.optional(control, "ttl", _ttl, path) or "5m"
    return ttl
