"""Who takes personal data out of a text: the engine in this process, or a gateway."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from sallyport.anonymization import AnonymizationRequest, AnonymizedDocument, Mode, Replaced
from sallyport.anonymizing import anonymize
from sallyport.errors import SallyportError
from sallyport.redaction_rules import RedactionRules, redaction_policy

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TRIES = 5
_MOST_WAIT_SECONDS = 60.0
_TIMEOUT_SECONDS = 60.0

type Anonymizer = Callable[[str, int], AnonymizedDocument]
"""Of a text and its number from 1."""


class NotAnonymizedError(Exception):
    """Why a text could not be anonymized; without any of it."""


def in_process(mode: Mode, *, employers: bool) -> Anonymizer:
    """By the engine itself and the policy of a tenant that says nothing: no network, no key."""
    policy = redaction_policy([RedactionRules()])

    def run(text: str, number: int) -> AnonymizedDocument:
        request = AnonymizationRequest(documents=(text,), mode=mode, employers=employers, first_candidate=number)
        try:
            done, _, _ = anonymize(request, policy, datetime.now(UTC).date())
        except SallyportError as error:
            raise NotAnonymizedError(error.message) from error
        return done.documents[0]

    return run


def by_gateway(url: str, key: str, mode: Mode, *, employers: bool) -> Anonymizer:
    """By a gateway and its policy for this key. Raise NotAnonymizedError for an address that would show the texts."""
    import urllib3

    address = urlsplit(url)
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
        raise NotAnonymizedError("--url must begin with https://, or the texts would travel for everybody to read.")
    pool = urllib3.PoolManager(timeout=_TIMEOUT_SECONDS, retries=False)
    endpoint = url.rstrip("/").removesuffix("/v1") + "/v1/anonymize"

    def run(text: str, number: int) -> AnonymizedDocument:
        body: dict[str, Any] = {"text": text, "mode": mode}
        if mode == "hiring":
            body |= {"first_candidate": number, "employers": "keep" if employers else "remove"}
        for tried in range(1, _TRIES + 1):
            try:
                answer = pool.request("POST", endpoint, json=body, headers={"Authorization": f"Bearer {key}"})
            except urllib3.exceptions.HTTPError as error:
                raise NotAnonymizedError(f"The gateway is out of reach ({type(error).__name__}).") from error
            wait = answer.headers.get("retry-after", "")
            if answer.status not in (429, 503) or not wait.isdecimal() or tried == _TRIES:
                break
            time.sleep(min(float(wait), _MOST_WAIT_SECONDS))
        return _read(answer.status, answer.data)

    return run


def _read(status: int, data: bytes) -> AnonymizedDocument:
    try:
        told = json.loads(data)
        if status != 200:
            raise NotAnonymizedError(f"The gateway refuses (HTTP {status}): {told['error']['message']}")
        findings = tuple(Replaced.model_validate(each) for each in told["findings"])
        return AnonymizedDocument(text=told["text"], findings=findings, candidate=told.get("candidate"))
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise NotAnonymizedError(f"What answered is no gateway of this version (HTTP {status}).") from error
