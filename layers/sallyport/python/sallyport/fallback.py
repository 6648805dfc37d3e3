"""What to do after a failed attempt: the next target, the same one once more, or the end. Pure.

A target is tried once per request: the next one is nearer to an answer. The one that is asked twice is a single target
that named a time which the caller can wait. What another target cannot help (an invalid request) ends the request at
once; a prompt that is too long goes to a larger model alone, and what a content policy refuses to another only if the
route says so. When nothing is left, the last error is told as itself.
"""

import math
from collections.abc import Callable
from zlib import crc32

from sallyport.attempts import Attempt
from sallyport.choosing import CONTEXT_EXCEEDED, DEFAULT_RETRY_AFTER, choose_target, unhealthy
from sallyport.contracts import Fallback, FallbackRequest, Route, RouteTarget
from sallyport.errors import (
    DeadlineExceededError,
    NoPrivateTargetError,
    NoTargetLeftError,
    ProviderError,
    ProviderRejectedError,
    ProviderThrottledError,
    ProviderTimeoutError,
    RateLimitedError,
    RoomNeededError,
    SallyportError,
    StoreUnavailableError,
    facts,
    from_failure,
)
from sallyport.inference import LEAST_SECONDS
from sallyport.limits import Window, seconds_left
from sallyport.redaction.judge import Sensitivity

LONGEST_WAIT_SECONDS = 20.0
"""For which a request is held open to ask its only target again; beyond, the client does better to come back."""

REFUSALS = frozenset({"content_filter", "content_policy_violation"})
"""What providers call a request that their own content policy refuses."""

type Room = Callable[[RouteTarget], RouteTarget | None]
"""Takes room for the request at a target: the target with it, or None when it has none. StoreUnavailableError."""

_OF_THE_CALL = ("avoid", "spent", "latency_ms")
"""Details that Infer adds for this module, and what the attempts tell."""


def no_room(target: RouteTarget) -> None:
    """For whoever cannot reach the ledger: targets with limits of their own are passed over."""


def decide(request: FallbackRequest, now: float, room: Room) -> Fallback:
    """Raise the last error with every attempt and the providers' shortest wait, or DeadlineExceededError when the
    caller waits no longer. RateLimitedError or StoreUnavailableError, when no target was asked for want of room.
    """
    error = from_failure(request.failure.error, request.failure.cause)
    avoid = dict(error.details.get("avoid") or {})
    if isinstance(error, RoomNeededError):
        return _with_room(request, avoid, now, room)
    # A function that died left no word of its target; it chose as `choose_target` does, so that tells which it was.
    target = str(error.details.get("target") or choose_target(request.route, request.sensitivity, request.attempts))
    failed = attempt_of(target, request.failure.error, error)
    if not _may_help(error, request.route):
        raise _ended(error, request, failed, "no other target could help")
    attempts = (*request.attempts, failed)
    if "spent" in error.details and _best(request, request.route, attempts, avoid) is not None:
        raise _ended(error, request, failed, "too many requests of this route failed lately to ask another target")
    late = request.deadline - now < LEAST_SECONDS
    # Who comes too late takes no room from anybody.
    following, route, _ = _following(request, attempts, avoid, no_room if late else room)
    if late and _best(request, request.route, attempts, avoid) is not None:
        raise _late(request, failed)
    if following is None:
        return _once_more(request, failed, error, now)
    reason = f"{request.failure.error}; {following} is next"
    attempts = (*request.attempts, failed.model_copy(update={"reason": reason}))
    return Fallback(target=following, attempts=attempts, route=route, reason=f"{target} failed with {reason}")


def _with_room(request: FallbackRequest, avoid: dict[str, float], now: float, room: Room) -> Fallback:
    """Nothing failed: the best target waits for room to be taken there, or at the next one that has some."""
    following, route, unreached = _following(request, request.attempts, avoid, room)
    if following is not None:
        return Fallback(target=following, attempts=request.attempts, route=route, reason=f"{following} has room")
    if unreached is not None:
        raise unreached
    wait = math.ceil(seconds_left(Window.MINUTE, now) * 10) / 10
    raise RateLimitedError(
        f"What the targets left of {request.route.alias} can take of this tenant per minute is taken. "
        f"Try again in {math.ceil(wait)} s.",
        retry_after=wait,
        attempts=[attempt.to_json() for attempt in request.attempts] or None,
    )


def _following(
    request: FallbackRequest, attempts: tuple[Attempt, ...], avoid: dict[str, float], room: Room
) -> tuple[str | None, Route, StoreUnavailableError | None]:
    """The best target left that has room, in a route where it comes before those that have none. Also what kept its
    room from being taken, if that was no want of it.
    """
    route, unreached = request.route, None
    full: list[RouteTarget] = []
    while True:
        left = route.model_copy(update={"targets": tuple(each for each in route.targets if each not in full)})
        name = _best(request, left, attempts, avoid)
        if name is None:
            return None, request.route, unreached
        best = next(each for each in left.targets if each.name == name)
        try:
            taken = room(best) if best.needs_room else best
        except StoreUnavailableError as error:
            taken, unreached = None, error
        if taken is not None:
            rest = (each for each in left.targets if each is not best)
            return name, route.model_copy(update={"targets": (taken, *rest, *full)}), None
        full.append(best)


def _best(request: FallbackRequest, route: Route, attempts: tuple[Attempt, ...], avoid: dict[str, float]) -> str | None:
    try:
        return choose_target(route, request.sensitivity, attempts, avoid)
    except NoTargetLeftError:
        return None
    except NoPrivateTargetError:
        if route.targets == request.route.targets:
            raise
        return None  # those that there are have no room


def _once_more(request: FallbackRequest, failed: Attempt, error: SallyportError, now: float) -> Fallback:
    """The same target after the wait that it asked for, if it is the first failure and the caller can wait as well."""
    wait = _wait(request, error)
    fits = wait <= LONGEST_WAIT_SECONDS and now + wait + LEAST_SECONDS <= request.deadline
    may = error.retry_after and not request.attempts and "spent" not in error.details
    if isinstance(error, ProviderThrottledError) and may and fits:
        reason = f"{failed.error}; no other target is left, and it is asked again after {wait} s"
        again = failed.model_copy(update={"reason": reason, "again_after": wait})
        return Fallback(
            target=failed.target, attempts=(again,), route=request.route, reason=f"{failed.target} failed with {reason}"
        )
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
    """The verdict with every attempt in it, the last one with the reason why nothing follows.

    Of confidential content it is that no private target is healthy, whatever the last one failed with.
    """
    attempts = (*request.attempts, failed.model_copy(update={"reason": f"{failed.error}; {why}"}))
    waits = [attempt.retry_after for attempt in attempts if attempt.retry_after is not None]
    wait = min(waits, default=DEFAULT_RETRY_AFTER)
    failed_itself = isinstance(verdict, ProviderError) and not isinstance(verdict, ProviderRejectedError)
    if failed_itself and request.sensitivity >= Sensitivity.CONFIDENTIAL:
        return unhealthy(request.route, request.sensitivity, attempts, wait)
    details = {name: value for name, value in verdict.details.items() if name not in _OF_THE_CALL}
    details["attempts"] = [attempt.to_json() for attempt in attempts]
    if facts(verdict).retry:
        details["retry_after"] = wait
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
