"""Any conversation as one that Messages takes: user and assistant in turn, every call followed by its result.

Still in our own words: what becomes of a block is the business of `messages`.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from sallyport.conversation import Block, Reasoning, Refusal, Role, Text, ToolCall, ToolResult, Turn
from sallyport.providers.names import CallIds

_OPENING = "Continue."  # where the API wants a user's words and the client sent none
_NO_RESULT = "There is no result."
_LATE_RESULT = "The result of an earlier tool call:"


def alternated(turns: Iterable[Turn]) -> list[Turn]:
    """At least one turn, a user's first, none empty, with ids that the API takes. System turns are left out."""
    ids = CallIds()
    made = [
        (Role.ASSISTANT if turn.role is Role.ASSISTANT else Role.USER, blocks)
        for turn in turns
        if turn.role is not Role.SYSTEM and (blocks := [each for block in turn.blocks for each in _kept(block, ids)])
    ]
    grouped = [
        (role, [block for _, blocks in group for block in blocks])
        for role, group in groupby(made, key=lambda each: each[0])
    ]
    if not grouped or grouped[0][0] is Role.ASSISTANT:
        grouped.insert(0, (Role.USER, [Text(text=_OPENING)]))
    if any(isinstance(block, ToolCall) for block in grouped[-1][1]):
        grouped.append((Role.USER, []))
    spoken: list[Turn] = []
    due: list[str] = []
    for role, blocks in grouped:
        settled = blocks if role is Role.ASSISTANT else _answered(blocks, due)
        spoken.append(Turn(role=role, blocks=tuple(settled)))
        due = [block.id for block in blocks if isinstance(block, ToolCall)]
    return [*spoken[:-1], _stripped(spoken[-1])]


def _kept(block: Block, ids: CallIds) -> list[Block]:
    """Nothing of blank texts and of thoughts that nobody signed: the API refuses both."""
    match block:
        case Text() | Refusal():
            return [block] if block.text.strip() else []
        case Reasoning(signature=None, redacted=None):
            return []
        case ToolCall():
            return [block.model_copy(update={"id": ids.of_call(block.id)})]
        case ToolResult():
            identity = ids.of_result(block.tool_call_id)
            return _in_words(block) if identity is None else [block.model_copy(update={"tool_call_id": identity})]
        case _:
            return [block]


def _answered(blocks: Sequence[Block], due: Sequence[str]) -> list[Block]:
    """The results that are due, in the order of their calls, and then all else. A late result is told in words."""
    given = {block.tool_call_id: block for block in blocks if isinstance(block, ToolResult)}
    results = [given.get(identity) or _no_result(identity) for identity in due]
    rest = [each for block in blocks for each in _rest(block, due)]
    return [*results, *rest]


def _rest(block: Block, due: Sequence[str]) -> list[Block]:
    if not isinstance(block, ToolResult):
        return [block]
    return [] if block.tool_call_id in due else _in_words(block)


def _no_result(identity: str) -> ToolResult:
    return ToolResult(tool_call_id=identity, content=(Text(text=_NO_RESULT),), is_error=True)


def _in_words(result: ToolResult) -> list[Block]:
    inner = [block for block in result.content if not isinstance(block, Text) or block.text.strip()]
    told: list[Block] = [Text(text=_LATE_RESULT), *(inner or [Text(text=_NO_RESULT)])]
    return [*told[:-1], told[-1].model_copy(update={"cache": result.cache})] if result.cache else told


def _stripped(turn: Turn) -> Turn:
    """Claude refuses a start of its answer that ends with white space."""
    last = turn.blocks[-1]
    if turn.role is not Role.ASSISTANT or not isinstance(last, Text | Refusal):
        return turn
    return turn.model_copy(update={"blocks": (*turn.blocks[:-1], last.model_copy(update={"text": last.text.rstrip()}))})
