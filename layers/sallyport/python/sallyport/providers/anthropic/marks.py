"""The marks up to which the provider is asked to remember a prompt, as many and in such an order as it takes."""

from collections.abc import Iterator
from typing import Any

from sallyport.conversation import CacheTtl, ChatRequest, Text
from sallyport.providers.anthropic.messages import cache_control
from sallyport.providers.refusal import refused

_MOST = 4
"""Anthropic's, of a whole request."""
_UNMARKABLE = frozenset({"thinking", "redacted_thinking"})


def finish_marks(body: dict[str, Any], request: ChatRequest) -> None:
    """Add the mark that the whole request asks for. Raise ProviderRejectedError for what Anthropic would refuse."""
    if any(
        isinstance(block, Text) and block.cache and not block.text.strip()
        for turn in request.turns
        for block in turn.blocks
    ):
        raise refused("cache_control", "An empty text cannot be marked. Mark the block before it.")
    if request.cache:
        _mark_last(body, request.cache)
    ttls = [block["cache_control"].get("ttl", "5m") for block in _blocks(body) if "cache_control" in block]
    if len(ttls) > _MOST:
        raise refused("cache_control", f"It takes {_MOST} marks, that of the whole request included. Send fewer.")
    if "5m" in ttls and "1h" in ttls[ttls.index("5m") :]:
        raise refused("cache_control", "What is marked for an hour must come before what is marked for minutes.")


def _mark_last(body: dict[str, Any], ttl: CacheTtl) -> None:
    """A mark that the block has already is the client's own word, and stays."""
    outer = [*body.get("tools", ()), *body.get("system", ())]
    outer += [block for message in body["messages"] for block in message["content"]]
    for block in reversed(outer):
        if block.get("type") not in _UNMARKABLE:
            block.setdefault("cache_control", cache_control(ttl)["cache_control"])
            return


def _blocks(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything that can carry a mark, in the order in which the provider reads it."""
    yield from body.get("tools", ())
    yield from body.get("system", ())
    for message in body["messages"]:
        for block in message["content"]:
            if block["type"] == "tool_result":
                yield from block.get("content", ())
            yield block
