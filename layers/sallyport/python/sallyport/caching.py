"""The exact cache: what makes two requests the same question, and which answers may be kept."""

import hashlib
import hmac
import json
from typing import Any

from pydantic import ValidationError

from sallyport import redacting
from sallyport.asking import Request
from sallyport.attempts import Inference
from sallyport.contracts import CacheControl, CacheDecision, CacheLookup, CacheOutcome, Route, Sealed
from sallyport.conversation import ChatRequest
from sallyport.errors import StoreUnavailableError
from sallyport.message import Message
from sallyport.ports import Cache
from sallyport.redaction.judge import Sensitivity

# Everything else is part of the key: an allow list would rot with every field that APIs grow.
_NO_PART_OF_THE_QUESTION = {"user", "metadata"}


class CachedAnswer(Message):
    """An answer as it is kept: sealed for its tenant, with placeholders in it."""

    answer: Sealed
    inference: Inference


def mac_label(tenant: str) -> str:
    """Which secret of `Macs` a tenant's keys are made under: one tenant cannot name another's entry."""
    return f"cache/{tenant}"


def cache_key(
    secret: bytes, request: Request, *, tenant: str, route: Route, sensitivity: Sensitivity, max_tokens: int
) -> str:
    """HMAC-SHA256 over the whole redacted request and everything that decides who would answer it, hexadecimal.

    Defaults are part of it: without its `type`, a text would look like a refusal of the same words.
    """
    question: dict[str, Any] = {
        "request": request.model_dump(mode="json", exclude=_NO_PART_OF_THE_QUESTION),
        "tenant": tenant,
        # In which order they are asked may be drawn anew for each request, and is no difference.
        "route": [route.alias, route.table_version, *sorted(target.name for target in route.targets)],
        "private": sensitivity >= Sensitivity.CONFIDENTIAL,
        "max_tokens": max_tokens if isinstance(request, ChatRequest) else None,
        "redaction": redacting.VERSION,
    }
    text = json.dumps(question, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.digest(secret, text.encode(), hashlib.sha256).hex()


def may_be_kept(inference: Inference, answer: Sealed) -> bool:
    """Only whole answers in words: a cut, filtered or tool-calling one is no answer to somebody else's question.

    One that lies in the content bucket is not kept either: it would be gone before its entry.
    """
    return inference.stop_reason in ("end", "stop_sequence") and answer.sealed is not None


def look_up(key: str, route: Route, control: CacheControl, cache: Cache, now: float) -> CacheLookup:
    """Honours the client's Cache-Control and the route's lifetime. A store that is down is a miss, never an error."""
    ttl = route.cache_ttl_seconds
    store_key = key if control.write and ttl else None
    if not ttl or not control.read:
        reason = "this route is not cached" if not ttl else "the client asked for a fresh answer"
        return _without_answer(CacheOutcome.OFF, reason, store_key, ttl)
    try:
        value = cache.get(key, now=now)
    except StoreUnavailableError:
        return _without_answer(CacheOutcome.UNAVAILABLE, "the cache is out of reach", None, ttl)
    if value is None:
        return _without_answer(CacheOutcome.MISS, "this question is new", store_key, ttl)
    try:
        kept = CachedAnswer.model_validate_json(value)
    except ValidationError:
        return _without_answer(CacheOutcome.MISS, "what was kept is damaged", store_key, ttl)
    decision = CacheDecision(
        outcome=CacheOutcome.HIT,
        reason="this tenant asked the same before",
        inference=kept.inference,
    )
    return CacheLookup(decision=decision, answer=kept.answer)


def _without_answer(outcome: CacheOutcome, reason: str, store_key: str | None, ttl_seconds: int) -> CacheLookup:
    return CacheLookup(
        decision=CacheDecision(outcome=outcome, reason=reason, store_key=store_key, ttl_seconds=ttl_seconds)
    )
