"""One sentence for the model about the tokens in what it is sent."""

from sallyport.asking import Request
from sallyport.conversation import ChatRequest, Role, Text, Turn

NOTE = (
    "Tokens in angle brackets, of the form <TYPE_number> or <TYPE#letters>, stand for values that are hidden from you. "
    "Tokens with the same number are one person or thing. Use a token as if it were its value, copy it exactly as it "
    "is written, and never alter, explain or invent one."
)
"""It is no token itself, so it can be quoted and nothing be put in its place."""


def explained[Asked: Request](request: Asked) -> Asked:
    """The request with NOTE at the end of its system prompt, which keeps the beginning that a provider may remember.

    It is part of what is asked from there on: also of the cache's key. A text to be embedded is told nothing.
    """
    if not isinstance(request, ChatRequest):
        return request
    note = Text(text=NOTE)
    leading = next((at for at, turn in enumerate(request.turns) if turn.role is not Role.SYSTEM), len(request.turns))
    if leading == 0:
        turns = (Turn(role=Role.SYSTEM, blocks=(note,)), *request.turns)
    else:
        last = request.turns[leading - 1]
        told = last.model_copy(update={"blocks": (*last.blocks, note)})
        turns = (*request.turns[: leading - 1], told, *request.turns[leading:])
    return request.model_copy(update={"turns": turns})
