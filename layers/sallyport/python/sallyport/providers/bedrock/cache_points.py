"""Up to where Bedrock is asked to remember a prompt: marks on blocks and tools as cachePoints after them."""

from collections.abc import Iterator
from typing import Any

from sallyport.conversation import Block, CacheTtl, ChatRequest, Reasoning, Role, ToolResult
from sallyport.providers.bedrock.draft import Draft
from sallyport.providers.bedrock.families import Family
from sallyport.providers.refusal import refused

_MOST = 4
_FIELD = "cache_control"
_LONGEST_FIRST = ("1h", "5m")


def point(ttl: CacheTtl, family: Family) -> dict[str, Any]:
    """Five minutes are what Bedrock does when nothing is said, and all that many models take."""
    longer = {"ttl": ttl} if ttl == "1h" and family.long_caching else {}
    return {"cachePoint": {"type": "default"} | longer}


def mark_of(block: Block) -> CacheTtl | None:
    """The mark of a block. A result has no place for marks inside, so they count as its own."""
    if isinstance(block, ToolResult):
        return block.cache or next((each.cache for each in reversed(block.content) if each.cache), None)
    return getattr(block, "cache", None)


def leave_out_marks(draft: Draft, request: ChatRequest, family: Family) -> None:
    """Tell of the marks that the family does not take: the answer is the same without them."""
    for place, ttl in _marks(request):
        if place not in family.caching:
            where = f" for {place}" if family.caching else ""
            draft.leave_out(_FIELD, f"the model remembers no prompts{where}, or its id does not tell")
        elif ttl == "1h" and not family.long_caching:
            draft.leave_out(f"{_FIELD}.ttl", "the model remembers for five minutes")


def mark_last(messages: list[dict[str, Any]], ttl: CacheTtl, family: Family) -> None:
    """Mark the last block of the conversation that can be, unless it is marked."""
    for content in reversed(messages[-1]["content"]):
        if "reasoningContent" not in content:
            content.setdefault("cachePoint", point(ttl, family)["cachePoint"])
            return


def spread(contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks that carry their cachePoint, as blocks that are followed by it."""
    made: list[dict[str, Any]] = []
    for content in contents:
        made.append({key: value for key, value in content.items() if key != "cachePoint"})
        if "cachePoint" in content:
            made.append({"cachePoint": content["cachePoint"]})
    return made


def check(arguments: dict[str, Any]) -> None:
    """Raise ProviderRejectedError for more points than Bedrock takes, or in an order that it refuses."""
    ttls = [point.get("ttl", "5m") for point in _points(arguments)]
    if len(ttls) > _MOST:
        raise refused(_FIELD, f"It takes {_MOST} marks at most.")
    if ttls != sorted(ttls, key=_LONGEST_FIRST.index):
        raise refused(f"{_FIELD}.ttl", "What is remembered for an hour must come before what is for five minutes.")


def _points(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    contents = [content for message in arguments["messages"] for content in message["content"]]
    for each in (*arguments.get("toolConfig", {}).get("tools", ()), *arguments.get("system", ()), *contents):
        if "cachePoint" in each:
            yield each["cachePoint"]


def _marks(request: ChatRequest) -> Iterator[tuple[str, CacheTtl]]:
    for tool in request.tools:
        if tool.cache:
            yield "tools", tool.cache
    for turn in request.turns:
        place = "system" if turn.role is Role.SYSTEM else "messages"
        for block in turn.blocks:
            if not isinstance(block, Reasoning) and (ttl := mark_of(block)):
                yield place, ttl
    if request.cache:
        yield "messages", request.cache
