"""From a request's headers to its caller, and to what API Gateway wants to hear about it.

Other kinds of credential (a JWT, say) are recognised by their form here, beside API keys, and end in the same Caller.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from sallyport.contracts import Caller
from sallyport.errors import InvalidKeyError, StoreUnavailableError
from sallyport.identity import MAC_LABEL, KeyRecord, key_id_of, presented_key, verify
from sallyport.ports import Macs, Records

FRESH_SECONDS = 30
"""How long a key's record is trusted in memory: a revoked key is dead within this time."""

MOST_KNOWN = 10_000


class Authenticator:
    """Safe to share between threads. Keeps records, not keys: each request's key is hashed and compared anew."""

    def __init__(self, records: Records, macs: Macs, *, clock: Callable[[], float]) -> None:
        self._records = records
        self._macs = macs
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[KeyRecord, float]] = {}

    def caller_of(self, headers: Mapping[str, str]) -> Caller:
        """Raise InvalidKeyError, or StoreUnavailableError when the key cannot be looked up."""
        key = _key_in(headers)
        record = self._record(key_id_of(key))
        return verify(key, record, self._macs.secret(MAC_LABEL), self._clock())

    def remembers(self, headers: Mapping[str, str]) -> bool:
        """Whether `caller_of` would ask no store now, and so keep nobody waiting."""
        try:
            known = self._known.get(key_id_of(_key_in(headers)))
        except InvalidKeyError:
            return True
        return known is not None and known[1] > self._clock()

    def _record(self, key_id: str) -> KeyRecord | None:
        now = self._clock()
        known = self._known.get(key_id)
        if known is not None and known[1] > now:
            return known[0]
        stored = self._records.get(key_id)
        if stored is None:
            return None  # Not remembered: a flood of made-up ids must not fill the memory.
        try:
            record = KeyRecord.model_validate(dict(stored.body))
        except ValidationError:
            raise StoreUnavailableError(
                f"What is stored of the key {key_id} is not valid. An operator must replace the key."
            ) from None
        with self._lock:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key_id] = (record, now + FRESH_SECONDS)
        return record


def _key_in(headers: Mapping[str, str]) -> str:
    fields = {name.lower(): value for name, value in headers.items()}
    return presented_key(fields.get("authorization"), fields.get("x-api-key"))


def policy_for(caller: Caller, method_arn: str) -> dict[str, Any]:
    """An authorizer's answer: any method of this stage, with the caller as context, whose values must be scalars."""
    stage = "/".join(method_arn.split("/")[:2])
    return {
        "principalId": caller.key_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{stage}/*/*"}],
        },
        "context": caller.to_json(),
    }
