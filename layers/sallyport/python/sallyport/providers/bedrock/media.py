"""Images, documents and audio by value, in the formats that Converse names."""

import binascii
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from sallyport.conversation import Audio, Document, Image
from sallyport.media import media_type_of
from sallyport.providers.refusal import refused

_DOCUMENT_TYPES: Mapping[str, str] = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
}
_IMAGE_FORMATS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
}
_AUDIO_FORMATS = frozenset({"mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "m4a", "webm"})
# ContentBlock in the Converse API's reference: 3.75 MB, here in its widest sense.
_MOST_IMAGE_BYTES = 15 * 1024 * 1024 // 4
# Converse allows these alone in a document's name, and no two spaces in a row.
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9()\[\]-]+")


def image_block(image: Image) -> dict[str, Any]:
    """The format is read from the bytes: what a client says about them is often wrong, and Bedrock minds."""
    if image.data is None:
        raise refused("image_url", "Bedrock fetches no addresses. Send the image as a data: URL.")
    data = _bytes(image.data, "image_url")
    kind = _IMAGE_FORMATS.get(media_type_of(data) or "")
    if kind is None:
        raise refused("image_url", "It is no PNG, JPEG, GIF or WebP.")
    if len(data) > _MOST_IMAGE_BYTES:
        raise refused("image_url", "Bedrock takes images of 3.75 MB at most. Send a smaller one.")
    return {"image": {"format": kind, "source": {"bytes": data}}}


def document_block(document: Document, number: int) -> dict[str, Any]:
    """`number` makes the name unique within the request, as Bedrock demands."""
    if document.data is None:
        raise refused("file", "Bedrock fetches no addresses. Send the file inline in base64.")
    data = _bytes(document.data, "file")
    suffix = PurePosixPath(document.name or "").suffix.lower().removeprefix(".")
    suffix = {"htm": "html", "markdown": "md", "text": "txt"}.get(suffix, suffix)
    by_name = suffix if suffix in _DOCUMENT_TYPES.values() else None
    kind = "pdf" if data.startswith(b"%PDF-") else _DOCUMENT_TYPES.get(document.media_type or "") or by_name
    if kind is None:
        raise refused("file", f"It is none of {', '.join(_DOCUMENT_TYPES.values())}. Name it with its extension.")
    stem = _UNNAMEABLE.sub("-", PurePosixPath(document.name or "").stem).strip("-")[:150] or "document"
    return {"document": {"format": kind, "name": f"{stem} {number}", "source": {"bytes": data}}}


def audio_block(audio: Audio) -> dict[str, Any]:
    if audio.format not in _AUDIO_FORMATS:
        raise refused("input_audio", f"Its format is none of {', '.join(sorted(_AUDIO_FORMATS))}.")
    return {"audio": {"format": audio.format, "source": {"bytes": _bytes(audio.data, "input_audio")}}}


def _bytes(base64: str, field: str) -> bytes:
    try:
        data = binascii.a2b_base64(base64)
    except ValueError:
        data = b""
    if not data:
        raise refused(field, "It is empty or no base64.")
    return data
