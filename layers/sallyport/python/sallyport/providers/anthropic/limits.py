"""What Messages cannot do, as data: refused when it would change the answer, left out when it would not."""

from collections.abc import Iterator, Mapping
from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest, Image, Reasoning, ToolResult
from sallyport.providers import extras

REFUSED: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "n": ((1,), "Messages gives one answer. Send the request several times."),
    "logprobs": ((None, False), "Messages tells no log probabilities."),
    "logit_bias": ((None, {}), "Messages cannot bias tokens."),
    "presence_penalty": ((None, 0), "Messages has no penalties."),
    "frequency_penalty": ((None, 0), "Messages has no penalties."),
}
"""Field to the values that mean nothing, and why no other can be honoured."""

_DROPPED: Mapping[str, str] = {
    "seed": "promises no more than an effort, even where it exists",
    "metadata": "has no place there but the user's id",
}

_MOST_OF_A_USER = 256
"""Characters of `metadata.user_id`, as the API's reference has it."""


def user_of(request: ChatRequest) -> str | None:
    """The user's id, unless it is longer than the API takes."""
    return request.user if request.user and len(request.user) <= _MOST_OF_A_USER else None


def left_out(request: ChatRequest) -> Iterator[Unmet]:
    """What was asked for and is not sent, whatever the model. A client's own names are not repeated."""
    for field, reason in _DROPPED.items():
        if getattr(request, field) not in (None, {}):
            yield Unmet(field=field, reason=reason)
    if request.user and user_of(request) is None:
        yield Unmet(field="user", reason=f"is longer than {_MOST_OF_A_USER} characters")
    yield from _left_out_of_turns(request)
    if request.extras_of == "anthropic":
        return
    yield from extras.left_out(request)


def _left_out_of_turns(request: ChatRequest) -> Iterator[Unmet]:
    if any(turn.name for turn in request.turns):
        yield Unmet(field="messages.name", reason="has no place there")
    blocks = [block for turn in request.turns for block in turn.blocks]
    shown = [inner for block in blocks if isinstance(block, ToolResult) for inner in block.content]
    if any(isinstance(block, Image) and block.detail not in (None, "auto") for block in (*blocks, *shown)):
        yield Unmet(field="image_url.detail", reason="is the same for every image there")
    if any(isinstance(block, Reasoning) and block.signature is None and block.redacted is None for block in blocks):
        yield Unmet(field="messages.thinking", reason="is taken back only as it was signed")
