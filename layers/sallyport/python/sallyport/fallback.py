"""What to do after a failed attempt: the next target, the same one once more, or the end. Pure.

A target is tried once per request: the next one is nearer to an answer. The one that is asked twice is a single target
that named a time which the caller can wait. What another target cannot help (an invalid request) ends the request at
once; a prompt that is too long goes to a larger model alone, and what a content policy refuses to another only if the
route says so. When nothing is left, the last error is told as itself.
"""

from zlib import crc32

from sallyport.attempts import Attempt
from sallyport.choosing import CONTEXT_EXCEEDED, DEFAULT_RETRY_AFTER, choose_target
from sallyport.contracts import Fallback, FallbackRequest, Route
from sallyport.errors import (
    DeadlineExceededError,
    NoTargetLeftError,
    ProviderRejectedError,
    ProviderThrottledError,
    ProviderTimeoutError,
    SallyportError,
    facts,
    from_failure,
)
from sallyport.inference import LEAST_SECONDS

LONGEST_WAIT_SECONDS = 20.0
"""For which a request is held open to ask its only target again; beyond, the client does better to come back."""

REFUSALS = frozenset({"content_filter", "content_policy_violation"})
"""What providers call a request that their own content policy refuses."""

_OF_THE_CALL = ("avoid", "spent", "latency_ms")
"""Details that Infer adds for this module, and what the attempts tell."""


def decide(request: FallbackRequest, now: float) -> Fallback:
    """Raise the last error with every attempt and the providers' shortest wait, or DeadlineExceededError when the
    caller waits no longer.
    """
    error = from_failure(request.failure.error, request.failure.cause)
    avoid = dict(error.details.get("avoid") or {})
    # A function that died left no word of its target; it chose as `choose_target` does, so that tells which it was.
    target = str(error.details.get("target") or choose_target(request.route, request.sensitivity, request.attempts))
    failed = attempt_of(target, request.failure.error, error)
    if not _may_help(error, request.route):
        raise _ended(error, request, failed, "no other target could help")
    following = _following(request, failed, avoid)
    if following is not None and "spent" in error.details:
        raise _ended(error, request, failed, "too many requests of this route failed lately to ask another target")
    if following is None:
        return _once_more(request, failed, error, now)
    if request.deadline - now < LEAST_SECONDS:
        raise _late(request, failed)
    reason = f"{request.failure.error}; {following} is next"
    attempts = (*request.attempts, failed.model_copy(update={"reason": reason}))
    return Fallback(target=following, attempts=attempts, reason=f"{target} failed with {reason}")


def _following(request: FallbackRequest, failed: Attempt, avoid: dict[str, float]) -> str | None:
    try:
        return choose_target(request.route, request.sensitivity, (*request.attempts, failed), avoid)
    except NoTargetLeftError:
        return None


def _once_more(request: FallbackRequest, failed: Attempt, error: SallyportError, now: float) -> Fallback:
    """The same target after the wait that it asked for, if it is the first failure and the caller can wait as well."""
    wait = _wait(request, error)
    fits = wait <= LONGEST_WAIT_SECONDS and now + wait + LEAST_SECONDS <= request.deadline
    may = error.retry_after and not request.attempts and "spent" not in error.details
    if isinstance(error, ProviderThrottledError) and may and fits:
        reason = f"{failed.error}; no other target is left, and it is asked again after {wait} s"
        again = failed.model_copy(update={"reason": reason, "again_after": wait})
        return Fallback(target=failed.target, attempts=(again,), reason=f"{failed.target} failed with {reason}")
    # When the last target outlasted the caller's patience, it is the patience that ended.
    if isinstance(error, ProviderTimeoutError | DeadlineExceededError) and request.deadline - now < LEAST_SECONDS:
        raise _late(request, failed)
    raise _ended(error, request, failed, "no other target is left")


def _wait(request: FallbackRequest, error: SallyportError) -> float:
    """A bit more than the provider asked for, and for each request another bit: not all come back at once."""
    spread = crc32(request.request_id.encode()) % 1000 / 1000
    return round((error.retry_after or 0.0) * (1 + spread / 10) + 0.05, 3)


def _late(request: FallbackRequest, failed: Attempt) -> SallyportError:
    late = DeadlineExceededError("The request's deadline passed while its targets were failing.")
    return _ended(late, request, failed, "the caller's deadline passed")


def _ended(verdict: SallyportError, request: FallbackRequest, failed: Attempt, why: str) -> SallyportError:
    """The verdict with every attempt in it, the last one with the reason why nothing follows."""
    attempts = (*request.attempts, failed.model_copy(update={"reason": f"{failed.error}; {why}"}))
    details = {name: value for name, value in verdict.details.items() if name not in _OF_THE_CALL}
    details["attempts"] = [attempt.to_json() for attempt in attempts]
    if facts(verdict).retry:
        waits = [attempt.retry_after for attempt in attempts if attempt.retry_after is not None]
        details["retry_after"] = min(waits, default=DEFAULT_RETRY_AFTER)
    return type(verdict)(verdict.message, **details)


def _may_help(error: SallyportError, route: Route) -> bool:
    """Whether another target could answer. A rejection that names a field is about what this one cannot honour.

    What was too long for one may fit into another's context.
    """
    if not isinstance(error, ProviderRejectedError):
        return True
    code = error.details.get("code")
    refused = code in REFUSALS and route.on_refusal == "next_target"
    return "param" in error.details or code == CONTEXT_EXCEEDED or refused


def attempt_of(target: str, name: str, error: SallyportError) -> Attempt:
    """What is written down of a failed call; what was done about it is not known yet."""
    return Attempt(
        target=target,
        error=name,
        code=error.details.get("code"),
        status=error.details.get("status"),
        retry_after=error.retry_after,
        latency_ms=error.details.get("latency_ms"),
    )
