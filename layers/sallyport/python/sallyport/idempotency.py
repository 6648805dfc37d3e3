"""One answer to a request that is asked more than once: by its Idempotency-Key, or by what an SDK says of its retries.

Whoever asks first takes an entry by a conditional write, and leaves its answer in it, sealed and with placeholders, or
frees it. An entry is its caller's own: tenant, project, key and user are part of its name. A client's key may be
content, and so is a body: of both nothing is stored but an HMAC-SHA256 under a secret of the tenant.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from sallyport.contracts import Caller, ChatEnd
from sallyport.errors import InFlightError, KeyReusedError
from sallyport.message import Message, RequestId
from sallyport.ports import Macs, Records

KEPT_SECONDS = 86_400
"""An answer under a key, from its request on: as long as the content bucket keeps what is too large for an entry."""

TRACE_SECONDS = 300
"""An answer without a key, from its request's deadline on: SDKs try again within seconds."""

MARGIN_SECONDS = 15
"""So long after its deadline a request is taken for dead, and another may be answered under its key."""

LEAST_WAIT_SECONDS, MOST_WAIT_SECONDS = 1.0, 30.0
"""Of whoever comes while the same is under way: as long again as that has taken, within these bounds."""

_TRIES = 3
"""Of a write that another's comes before: more than two at the same moment are told to come back."""


class _Entry(Message):
    """As it is stored. Times are UNIX seconds; from `until` on, nobody is at work on it.

    `shared`: several new requests were under way at once, and nobody can tell whose retry it is that comes.
    """

    fingerprint: str
    request_id: RequestId
    since: float
    until: float
    shared: bool = False
    kept: ChatEnd | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: whose it is, where it went, what it said, and its time (UNIX seconds)."""

    request_id: str
    caller: Caller
    path: str
    body: bytes = field(repr=False)
    now: float
    deadline: float


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry that was taken. `keep` or `free` it; once it is another's, neither does anything.

    Both raise StoreUnavailableError. Then the entry is free after its time.
    """

    _put: Callable[[_Entry], bool]
    _entry: _Entry

    def keep(self, end: ChatEnd) -> None:
        # Of texts to anonymize the content is the answer; of whatever a model was asked it is the question.
        kept = end if end.answer is None else end.model_copy(update={"content": None})
        self._put(self._entry.model_copy(update={"kept": kept}))

    def free(self) -> None:
        self._put(self._entry.model_copy(update={"until": 0.0}))


class Answers:
    """Who may answer a request, or the answer that it had. Every method may raise StoreUnavailableError."""

    def __init__(self, records: Records, macs: Macs) -> None:
        self._records = records
        self._macs = macs

    def under_key(self, key: str, asked: Asked) -> Claim | ChatEnd:
        """By a client's Idempotency-Key.

        Raise InFlightError while the same is under way, and KeyReusedError when the key is another request's.
        """
        partition, entry = self._name(["key", key], asked)
        ends = int(asked.now) + KEPT_SECONDS
        for _ in range(_TRIES):
            if claim := self._take(partition, entry, 0, ends):
                return claim
            version, known = self._known(partition)
            if known is None:
                continue
            busy = known.until > asked.now
            if (busy or known.kept) and not hmac.compare_digest(known.fingerprint, entry.fingerprint):
                raise KeyReusedError(
                    "This Idempotency-Key belongs to another request. Send a new key with a new request.",
                    param="Idempotency-Key",
                )
            if known.kept:
                return known.kept
            if busy:
                raise _in_flight(known, asked.now)
            if claim := self._take(partition, entry, version, ends):
                return claim
        raise _in_flight(entry, asked.now)

    def of_new(self, asked: Asked) -> Claim | None:
        """Of a request without a key that no SDK calls a retry: it is answered anew, whatever was asked before.

        None when the same is under way: then its retries are not recognised.
        """
        partition, entry = self._name(["retry"], asked)
        ends = int(asked.deadline) + TRACE_SECONDS
        if claim := self._take(partition, entry, 0, ends):
            return claim
        version, known = self._known(partition)
        if known is None:
            return None
        if known.kept or known.until <= asked.now:
            return self._take(partition, entry, version, ends)
        both = entry.model_copy(update={"until": max(known.until, entry.until), "shared": True})
        self._take(partition, both, version, ends)
        return None

    def of_retry(self, asked: Asked) -> Claim | ChatEnd | None:
        """Of a request without a key that an SDK calls a retry; None when nobody can tell of which request.

        Raise InFlightError while that is under way.
        """
        partition, entry = self._name(["retry"], asked)
        ends = int(asked.deadline) + TRACE_SECONDS
        if claim := self._take(partition, entry, 0, ends):
            return claim
        version, known = self._known(partition)
        if known is None:
            return None
        if known.kept:
            return known.kept
        if known.until <= asked.now:
            return self._take(partition, entry, version, ends)
        if known.shared:
            return None
        raise _in_flight(known, asked.now)

    def _name(self, parts: list[str], asked: Asked) -> tuple[str, _Entry]:
        """The entry's partition, and what is written to it. Without a key, what is asked is part of its name."""
        caller, tenant = asked.caller, asked.caller.tenant
        secret = self._macs.secret(f"idempotency/{tenant}")
        fingerprint = _mac(secret, asked.path.encode() + b"\n" + asked.body)
        named = json.dumps([caller.project, caller.key_id, caller.user, *parts]).encode()
        if len(parts) == 1:
            named += fingerprint.encode()
        entry = _Entry(
            fingerprint=fingerprint,
            request_id=asked.request_id,
            since=asked.now,
            until=asked.deadline + MARGIN_SECONDS,
        )
        return f"{tenant}|{_mac(secret, named)}", entry

    def _take(self, partition: str, entry: _Entry, version: int, ends: int) -> Claim | None:
        """Write over this version, or nothing. Versions only rise for as long as anybody could be at work."""

        def put(written: _Entry, *, expect: int = version + 1) -> bool:
            return self._records.put(partition, "-", written.to_json(), expect=expect, expires_at=ends)

        return Claim(put, entry) if put(entry, expect=version) else None

    def _known(self, partition: str) -> tuple[int, _Entry | None]:
        record = self._records.get(partition)
        return (0, None) if record is None else (record.version, _Entry.model_validate(dict(record.body)))


def _mac(secret: bytes, message: bytes) -> str:
    return hmac.digest(secret, message, hashlib.sha256).hex()


def _in_flight(known: _Entry, now: float) -> InFlightError:
    wait = min(max(now - known.since, LEAST_WAIT_SECONDS), MOST_WAIT_SECONDS, max(known.until - now, 1.0))
    return InFlightError(
        "The same request is being answered. Its answer is here after the time in Retry-After.", retry_after=wait
    )
