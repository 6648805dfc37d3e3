"""What to do after a failed attempt: the next target, or the end. Pure.

A target is tried once per request: trying the same one again is what the provider's own limits are there to stop, and
the next one is nearer to an answer. What another target cannot help (an invalid request, refused credentials) ends the
request at once, with the provider's verdict.
"""

from sallyport.attempts import Attempt
from sallyport.contracts import Fallback, FallbackRequest
from sallyport.errors import (
    DeadlineExceededError,
    NoTargetLeftError,
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderTimeoutError,
    SallyportError,
    from_failure,
)
from sallyport.inference import LEAST_SECONDS
from sallyport.routing import CONTEXT_EXCEEDED, choose_target


def decide(request: FallbackRequest, now: float) -> Fallback:
    """Raise NoTargetLeftError with every attempt and the providers' retry hint, DeadlineExceededError when the caller
    waits no longer, or the error nothing can help.
    """
    error = from_failure(request.failure.error, request.failure.cause)
    # A function that died left no word of its target; it chose as `choose_target` does, so that tells which it was.
    target = str(error.details.get("target") or choose_target(request.route, request.sensitivity, request.attempts))
    failed = attempt_of(target, request.failure.error, error)
    following = _following(request, failed)
    if not _may_help(error):
        raise _ended(error, request, failed, "no other target could help")
    if following is None and isinstance(error, ProviderRejectedError):
        raise _ended(error, request, failed, "no other target is left")
    # When the last target outlasted the caller's patience, it is the patience that ended.
    timed_out = isinstance(error, ProviderTimeoutError | DeadlineExceededError)
    if request.deadline - now < LEAST_SECONDS and (following is not None or timed_out):
        late = DeadlineExceededError("The request's deadline passed while its targets were failing.")
        raise _ended(late, request, failed, "the caller's deadline passed")
    reason = f"{request.failure.error}; {f'{following} is next' if following else 'no target is left'}"
    attempts = (*request.attempts, failed.model_copy(update={"reason": reason}))
    return Fallback(
        target=choose_target(request.route, request.sensitivity, attempts),
        attempts=attempts,
        reason=f"{target} failed with {reason}",
    )


def _following(request: FallbackRequest, failed: Attempt) -> str | None:
    try:
        return choose_target(request.route, request.sensitivity, (*request.attempts, failed))
    except NoTargetLeftError:
        return None


def _ended(verdict: SallyportError, request: FallbackRequest, failed: Attempt, why: str) -> SallyportError:
    """The verdict with every attempt in it, the last one with the reason why nothing follows."""
    last = failed.model_copy(update={"reason": f"{failed.error}; {why}"})
    attempts = [attempt.to_json() for attempt in (*request.attempts, last)]
    return type(verdict)(verdict.message, **{**verdict.details, "attempts": attempts})


def _may_help(error: SallyportError) -> bool:
    """Whether another target could answer. A rejection that names a field is about what this one cannot honour.

    What was too long for one may fit into another's context.
    """
    if isinstance(error, ProviderRejectedError):
        return "param" in error.details or error.details.get("code") == CONTEXT_EXCEEDED
    return not isinstance(error, ProviderDeniedError)


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
