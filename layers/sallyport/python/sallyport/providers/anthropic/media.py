"""Images and documents, as far as Claude reads them."""

import binascii
from pathlib import PurePosixPath
from typing import Any

from sallyport.conversation import Document, Image
from sallyport.media import IMAGE_TYPES, media_type_of
from sallyport.providers.refusal import refused

_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/x-yaml"})
_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".csv", ".htm", ".html", ".json", ".xml", ".yaml"})


def image_source(image: Image) -> dict[str, Any]:
    """The type is read from the bytes: what a client says about them is often wrong."""
    data = _bytes(image.data, "image_url")
    kind = media_type_of(data)
    if kind not in IMAGE_TYPES:
        raise refused("image_url", "It is no PNG, JPEG, GIF or WebP.")
    return {"type": "base64", "media_type": kind, "data": _base64(data)}


def document_source(document: Document) -> dict[str, Any]:
    """A PDF by value, any text as the text it is."""
    data = _bytes(document.data, "file")
    if media_type_of(data) == "application/pdf":
        return {"type": "base64", "media_type": "application/pdf", "data": _base64(data)}
    kind, suffix = document.media_type or "", PurePosixPath(document.name or "").suffix.lower()
    if kind.startswith("text/") or kind in _TEXT_TYPES or suffix in _TEXT_SUFFIXES:
        try:
            return {"type": "text", "media_type": "text/plain", "data": data.decode()}
        except UnicodeDecodeError:
            raise refused("file", "It is called a text and is not in UTF-8.") from None
    raise refused("file", "It is neither a PDF nor a text. Name it with its extension.")


def _base64(data: bytes) -> str:
    """Without line breaks, which clients may send and the API refuses."""
    return binascii.b2a_base64(data, newline=False).decode()


def _bytes(base64: str | None, field: str) -> bytes:
    if base64 is None:
        raise refused(field, "No provider is sent a client's URL. Send the content inline in base64.")
    try:
        data = binascii.a2b_base64(base64)
    except ValueError:
        data = b""
    if not data:
        raise refused(field, "It is empty or no base64.")
    return data
