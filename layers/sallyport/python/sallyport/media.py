"""Images and documents of a request: which lie at an address, and what they are by their first bytes. Pure."""

import binascii
from collections.abc import Callable, Iterator, Mapping

from sallyport.conversation import Block, ChatRequest, Document, Image, ToolResult

type Media = Image | Document

IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What every provider with eyes reads."""
DOCUMENT_TYPES = frozenset({"application/pdf"})

_HEAD_LETTERS = 16  # of base64: 12 bytes, which tell every type
_SYNONYMS: Mapping[str, str] = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}


def media_type_of(data: bytes) -> str | None:
    """The media type by the bytes it starts with; None for any but PNG, JPEG, GIF, WebP and PDF."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def remote(request: ChatRequest) -> list[Media]:
    """Those that lie at an address, in their order, inside tool results too."""
    return [block for block in _media(request) if block.url is not None]


def relabelled(request: ChatRequest) -> ChatRequest:
    """The same request with the media types that the bytes have, whatever the client called them.

    What is not known by its bytes keeps its label, in the spelling that providers take.
    """
    if not any(_label(block) != block.media_type for block in _media(request)):
        return request
    return replaced(request, lambda block: block.model_copy(update={"media_type": _label(block)}))


def replaced(request: ChatRequest, new: Callable[[Media], Media]) -> ChatRequest:
    """The same request with `new` for every image and document."""

    def block(old: Block) -> Block:
        match old:
            case Image() | Document():
                return new(old)
            case ToolResult():
                content = tuple(new(inner) if isinstance(inner, Image) else inner for inner in old.content)
                return old.model_copy(update={"content": content})
            case _:
                return old

    turns = tuple(turn.model_copy(update={"blocks": tuple(map(block, turn.blocks))}) for turn in request.turns)
    return request.model_copy(update={"turns": turns})


def _media(request: ChatRequest) -> Iterator[Media]:
    for turn in request.turns:
        for block in turn.blocks:
            if isinstance(block, Image | Document):
                yield block
            elif isinstance(block, ToolResult):
                yield from (inner for inner in block.content if isinstance(inner, Image))


def _label(block: Media) -> str | None:
    try:
        head = binascii.a2b_base64((block.data or "")[:_HEAD_LETTERS])
    except binascii.Error:
        head = b""
    label = block.media_type
    return media_type_of(head) or (None if label is None else _SYNONYMS.get(label, label))
