"""What is remembered of a conversation that its client names: its sensitivity, and who is behind its placeholders.

A client sends its history with every request, so what was found in it is found again. It is not when the history was
cut: then the conversation stays where its most sensitive turn put it, and a value keeps its placeholder. A conversation
is its caller's own. Its name is stored as a hash, the values sealed, for a purpose that only redact may open.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sallyport.contracts import Caller, Purpose
from sallyport.conversation import ChatRequest
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Records
from sallyport.redaction.judge import Sensitivity
from sallyport.redaction.remembered import Remembered
from sallyport.vault import Vault

KEPT_SECONDS = 7 * 86_400
"""From a conversation's last request on, give or take a day."""

MOST_CHARACTERS = 250_000
"""Of a sealed map, base64: an item of DynamoDB has 400 KB. What no longer fits is numbered anew in each request."""

_DAY = 86_400
_TRIES = 3
_NAMES = ("conversation_id", "thread_id", "session_id")


@dataclass(frozen=True, slots=True)
class _Known:
    remembered: Remembered
    version: int = 0
    until: float = 0.0
    sealed: str | None = None


def name_of(request: ChatRequest, header: str | None) -> str | None:
    """What a client calls its conversation: in a header, or in its metadata."""
    named = (value for name in _NAMES if (value := (request.metadata or {}).get(name)))
    return header or next(named, None)


def thread_of(secret: bytes, caller: Caller, name: str) -> str:
    """128 bits of HMAC-SHA256, hexadecimal, under the tenant's secret for conversations: another caller's conversation
    of the same name is another.
    """
    text = json.dumps(["thread", caller.tenant, caller.project, caller.key_id, caller.user, name])
    return hmac.digest(secret, text.encode(), hashlib.sha256).hex()[:32]


class Threads:
    """Without its stores StoreUnavailableError or VaultUnavailableError is raised, and nothing goes on."""

    def __init__(self, records: Records, vault: Vault, clock: Callable[[], float]) -> None:
        self._records = records
        self._vault = vault
        self._clock = clock

    def remembering[Result](
        self, tenant: str, thread: str | None, turn: Callable[[Remembered], tuple[Result, Remembered]]
    ) -> Result:
        """Take a turn on what is known, and remember what is known after it: one read, and one write if that is more.

        The turn is taken again when another one of the same conversation came between. Without a thread nothing is
        known, and nothing remembered.
        """
        if thread is None:
            return turn(Remembered())[0]
        for _ in range(_TRIES):
            known = self._read(tenant, thread)
            result, after = turn(known.remembered)
            if self._write(tenant, thread, known, after):
                return result
        raise StoreUnavailableError(
            "The conversation is asked from too many places at once. Try again.", retry_after=1.0
        )

    def _read(self, tenant: str, thread: str) -> _Known:
        record = self._records.get(thread)
        if record is None:
            return _Known(Remembered())
        sealed = record.body.get("pseudonyms")
        values = self._open(tenant, sealed) if sealed else {}
        sensitivity = Sensitivity(record.body["sensitivity"])
        return _Known(Remembered(values, sensitivity), record.version, record.body["until"], sealed)

    def _write(self, tenant: str, thread: str, known: _Known, after: Remembered) -> bool:
        now, sealed = self._clock(), known.sealed
        more = after.pseudonyms != known.remembered.pseudonyms
        if not more and after.sensitivity == known.remembered.sensitivity and known.until - now > KEPT_SECONDS - _DAY:
            return True
        if not after.pseudonyms and after.sensitivity < Sensitivity.CONFIDENTIAL:
            return True  # nothing that could be forgotten
        if more:
            written = self._seal(tenant, after.pseudonyms)
            sealed = written if len(written) <= MOST_CHARACTERS else sealed
        until = int(now) + KEPT_SECONDS
        body = {"sensitivity": after.sensitivity.value, "until": until, "pseudonyms": sealed}
        return self._records.put(thread, "-", body, expect=known.version, expires_at=until)

    def _seal(self, tenant: str, values: Mapping[str, str]) -> str:
        written = json.dumps(values, separators=(",", ":")).encode()
        return base64.b64encode(self._vault.seal_bytes(written, tenant, Purpose.CONVERSATION)).decode()

    def _open(self, tenant: str, sealed: str) -> dict[str, str]:
        opened = self._vault.open_bytes(base64.b64decode(sealed), tenant, Purpose.CONVERSATION)
        values: dict[str, str] = json.loads(opened)
        return values
