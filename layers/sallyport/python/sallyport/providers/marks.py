"""Marks for a provider's own cache."""

from sallyport.conversation import ChatRequest, ToolResult


def is_marked(request: ChatRequest) -> bool:
    """Whether anything of a request is marked to be remembered."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    blocks += [inner for block in blocks if isinstance(block, ToolResult) for inner in block.content]
    return any((request.cache, *(getattr(each, "cache", None) for each in (*blocks, *request.tools))))
