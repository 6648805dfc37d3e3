"""API keys `sp_<id>_<secret>`: made once, kept only as a keyed hash, checked in constant time."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Annotated

from pydantic import StringConstraints

from sallyport.contracts import Caller
from sallyport.errors import InvalidKeyError
from sallyport.message import Message, Name

MAC_LABEL = "api-keys"
"""Which secret of `Macs` the keys are hashed under."""

_FORM = re.compile(r"sp_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_INVALID = "The API key is missing or not valid. Send one as `Authorization: Bearer sp_…` or `x-api-key: sp_…`."
_NO_HASH = bytes(32)


class KeyRecord(Message):
    """What is kept of a key. `hash` is base64 of HMAC-SHA256; times are UNIX seconds."""

    key_id: Name
    tenant: Name
    project: Name
    user: Name | None = None
    hash: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None
    description: str = ""


def generate_key() -> tuple[str, str]:
    """A fresh key id and the whole key: 256 bits that are shown once and never stored."""
    key_id = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(12))
    return key_id, f"sp_{key_id}_{secrets.token_urlsafe(32)}"


def hash_key(key: str, pepper: bytes) -> str:
    return base64.b64encode(hmac.digest(pepper, key.encode(), hashlib.sha256)).decode("ascii")


def presented_key(authorization: str | None, x_api_key: str | None) -> str:
    """The key a request carries; the official SDKs differ in the header. InvalidKeyError if there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if x_api_key and x_api_key.strip():
        return x_api_key.strip()
    raise InvalidKeyError(_INVALID)


def key_id_of(key: str) -> str:
    """The public part. InvalidKeyError when it has not the form of a key."""
    match = _FORM.fullmatch(key)
    if match is None:
        raise InvalidKeyError(_INVALID)
    return match[1]


def verify(key: str, record: KeyRecord | None, pepper: bytes, now: float) -> Caller:
    """Who the key belongs to. An unknown key costs the same hash and compare, and fails with the same words."""
    known = base64.b64decode(record.hash) if record is not None else _NO_HASH
    matches = hmac.compare_digest(hmac.digest(pepper, key.encode(), hashlib.sha256), known)
    if record is None or not matches or not _alive(record, now):
        raise InvalidKeyError(_INVALID)
    return Caller(tenant=record.tenant, project=record.project, key_id=record.key_id, user=record.user)


def _alive(record: KeyRecord, now: float) -> bool:
    return record.revoked_at is None and (record.expires_at is None or now < record.expires_at)
