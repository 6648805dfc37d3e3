"""Bodies of `POST /v1/anonymize` and `/v1/anonymize/restore`. A field nobody here knows is refused, not ignored."""

import binascii
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from sallyport.anonymization import MOST_TEXTS, AnonymizationRequest
from sallyport.dialects import fields
from sallyport.dialects.body import read_object

KEY_PREFIX = "sallyport.restore.1."
"""What a key to restore begins with; the sealed map follows in base64."""

_FIELDS = frozenset({"text", "input", "mode", "restorable", "employers", "first_candidate"})
_TO_RESTORE = frozenset({"text", "input", "key"})
_OF_HIRING = ("employers", "first_candidate")
_MODES = ("default", "hiring")
_LEAST_BYTES = 32
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Parsed:
    """`single` when one `text` was sent in place of a list."""

    request: AnonymizationRequest
    single: bool


@dataclass(frozen=True, slots=True, repr=False)
class ToRestore:
    """`sealed` is the map in base64, as the vault opens it."""

    texts: tuple[str, ...]
    sealed: str
    single: bool


def parse(body: bytes) -> Parsed:
    """Raise InvalidRequestError; `param` names the field."""
    sent = read_object(body)
    texts, single = _texts(sent, _FIELDS)
    mode = fields.optional(sent, "mode", fields.one_of(_MODES)) or "default"
    restorable = fields.optional(sent, "restorable", fields.boolean) or False
    employers = fields.optional(sent, "employers", fields.one_of(("keep", "remove")))
    first = fields.optional(sent, "first_candidate", fields.integer(1, 999_999))
    if mode == "hiring" and restorable:
        raise fields.refuse("restorable", "must be false in the mode hiring: what it takes out is kept nowhere.")
    for name in _OF_HIRING:
        if mode != "hiring" and sent.get(name) is not None:
            raise fields.refuse(name, 'is of the mode hiring: send "mode": "hiring" with it, or leave it out.')
    request = AnonymizationRequest(
        documents=texts,
        mode="hiring" if mode == "hiring" else "default",
        restorable=restorable,
        employers=employers != "remove",
        first_candidate=first or 1,
    )
    return Parsed(request, single)


def parse_restore(body: bytes) -> ToRestore:
    """Raise InvalidRequestError; `param` names the field."""
    sent = read_object(body)
    texts, single = _texts(sent, _TO_RESTORE)
    key = fields.required(sent, "key", fields.filled_text)
    if not _is_key(key):
        raise fields.refuse("key", "must be the restore_key of an earlier answer, whole and unchanged.")
    return ToRestore(texts, key.removeprefix(KEY_PREFIX), single)


def _texts(sent: dict[str, Any], known: Container[str]) -> tuple[tuple[str, ...], bool]:
    for name in fields.without(sent, known):
        # Its own name may be content, and stays unsaid.
        if name in {"model", "messages", "stream"}:
            raise fields.refuse(name, "is nothing that is asked here: no model is.")
        raise fields.refuse("body", "has a field that is not known here. Check the names of the fields.")
    if (sent.get("text") is None) == (sent.get("input") is None):
        raise fields.refuse("text", "is what is to be read; send it, or several texts as an array called input.")
    if sent.get("text") is not None:
        return (fields.filled_text(sent["text"], "text"),), True
    texts = fields.items(sent["input"], "input")
    if not texts:
        raise fields.refuse("input", "must not be empty.")
    if len(texts) > MOST_TEXTS:
        raise fields.refuse("input", f"must have at most {MOST_TEXTS} texts. Send the rest in another request.")
    return tuple(fields.filled_text(each, f"input[{index}]") for index, each in enumerate(texts)), False


def _is_key(key: str) -> bool:
    """Whether it has the form of a sealed map, before any key service is asked about it."""
    if not key.startswith(KEY_PREFIX):
        return False
    try:
        blob = binascii.a2b_base64(key.removeprefix(KEY_PREFIX), strict_mode=True)
    except ValueError:
        return False
    wrapped = int.from_bytes(blob[1:3])
    return blob[:1] == bytes([_VERSION]) and 0 < wrapped <= len(blob) - _LEAST_BYTES
