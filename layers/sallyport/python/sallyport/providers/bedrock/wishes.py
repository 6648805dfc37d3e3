"""Everything that a request says beside its conversation: as arguments of Converse, as a refusal, or as left out.

What is built and what the client is told of come from here, so that they agree.
"""

from sallyport.conversation import ChatRequest, Image, Reasoning, ToolResult
from sallyport.providers.bedrock import limits
from sallyport.providers.bedrock.cache_points import leave_out_marks
from sallyport.providers.bedrock.draft import Draft
from sallyport.providers.bedrock.extras import add_extras
from sallyport.providers.bedrock.families import Family
from sallyport.providers.bedrock.formats import add_format
from sallyport.providers.bedrock.history import has_begun_answer, is_sealed
from sallyport.providers.bedrock.sampling import add_sampling, add_top_k
from sallyport.providers.bedrock.thinking import add_thinking
from sallyport.providers.bedrock.tools import add_tools
from sallyport.providers.refusal import refuse_any, refused


def wishes(request: ChatRequest, family: Family, max_tokens: int) -> Draft:
    """Raise ProviderRejectedError, with `param`, for what Bedrock cannot honour and an application would build on."""
    refuse_any(request, limits.REFUSED)
    if has_begun_answer(request) and not family.begun_answers:
        raise refused("messages", "It goes on with no answer that is begun. Let a user's message be the last.")
    draft = Draft()
    add_sampling(draft, request, family, max_tokens)
    add_tools(draft, request, family)
    add_format(draft, request, family)
    add_thinking(draft, request, family)
    add_top_k(draft, request, family)
    add_extras(draft, request, family)
    leave_out_marks(draft, request, family)
    limits.leave_out_dropped(draft, request)
    _leave_out_of_turns(draft, request, family)
    return draft


def _leave_out_of_turns(draft: Draft, request: ChatRequest, family: Family) -> None:
    """What Converse has no place for in the conversation itself."""
    if any(turn.name for turn in request.turns):
        draft.leave_out("messages.name", "Converse tells no speakers of one role apart")
    blocks = [block for turn in request.turns for block in turn.blocks]
    shown = [inner for block in blocks if isinstance(block, ToolResult) for inner in block.content]
    if any(isinstance(block, Image) and block.detail not in (None, "auto") for block in (*blocks, *shown)):
        draft.leave_out("image_url.detail", "the model looks at every image in the same way")
    if any(isinstance(block, Reasoning) and not (family.claude and is_sealed(block)) for block in blocks):
        draft.leave_out("messages.thinking", "only Claude takes its thoughts back, and only as it signed them")
