"""What to do after a failed attempt: the next target, or the end. Pure.

A target is tried once per request: trying the same one again is what the provider's own limits are there to stop, and
the next one is nearer to an answer. What another target cannot help (an invalid request, refused credentials) ends the
request at once, with the provider's verdict.
"""

from sallyport.contracts import Attempt, Fallback, FallbackRequest
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
from sallyport.routing import choose_target


def decide(request: FallbackRequest, now: float) -> Fallback:
    """Raise NoTargetLeftError with every attempt and the providers' retry hint, DeadlineExceededError when the caller
    waits no longer, or the error nothing can help.
    """
    error = from_failure(request.failure.error, request.failure.cause)
    # A function that died left no word of its target; it chose as `choose_target` does, so that tells which it was.
    target = error.details.get("target") or choose_target(request.route, request.sensitivity, request.attempts)
    attempts = (*request.attempts, _attempt(str(target), request.failure.error, error))
    verdict = type(error)(error.message, **error.details, attempts=[attempt.to_json() for attempt in attempts])
    if not _may_help(error):
        raise verdict
    late = DeadlineExceededError(
        "The request's deadline passed while its targets were failing.",
        attempts=[attempt.to_json() for attempt in attempts],
    )
    is_late = request.deadline - now < LEAST_SECONDS
    try:
        following = choose_target(request.route, request.sensitivity, attempts)
    except NoTargetLeftError:
        if isinstance(error, ProviderRejectedError):
            raise verdict from None
        if is_late and isinstance(error, ProviderTimeoutError | DeadlineExceededError):
            raise late from None  # the caller's patience ended, not the last target's
        raise
    if is_late:
        raise late
    return Fallback(
        target=following, attempts=attempts, reason=f"{target} failed with {request.failure.error}; {following} is next"
    )


def _may_help(error: SallyportError) -> bool:
    """Whether another target could answer. A rejection that names a field is about what this one cannot honour."""
    if isinstance(error, ProviderRejectedError):
        return "param" in error.details
    return not isinstance(error, ProviderDeniedError)


def _attempt(target: str, name: str, error: SallyportError) -> Attempt:
    return Attempt(
        target=target,
        error=name,
        status=error.details.get("status"),
        retry_after=error.retry_after,
        latency_ms=error.details.get("latency_ms"),
    )
