"""Which target of a route is asked next: one that may see the content, has not failed, and is well. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sallyport.attempts import Attempt
from sallyport.contracts import Privacy, Route
from sallyport.errors import NoHealthyPrivateTargetError, NoPrivateTargetError, NoTargetLeftError
from sallyport.redaction.judge import Sensitivity

CONTEXT_EXCEEDED = "context_length_exceeded"
"""The code of an error of every provider: the request is longer than the model's context."""

DEFAULT_RETRY_AFTER = 5.0
"""Seconds, when no provider said how long it wants to be left alone."""

_NOBODY: Mapping[str, float] = MappingProxyType({})


def eligible(route: Route, sensitivity: Sensitivity) -> tuple[str, ...]:
    """The targets that may see content of this sensitivity: confidential content is refused rather than downgraded.

    Those it is too long for are asked only when there is no other: how long it is was estimated.
    """
    allowed = route.targets
    if sensitivity >= Sensitivity.CONFIDENTIAL:
        allowed = tuple(target for target in route.targets if target.privacy is Privacy.PRIVATE)
    if not allowed:
        raise NoPrivateTargetError(
            f"The content is {sensitivity} and the model {route.alias} has no private target for this request. "
            "Ask for a model that has one, or ask the operator to add one."
        )
    fitting = [target for target in allowed if target.fits]
    return tuple(target.name for target in fitting or allowed)


def choose_target(
    route: Route, sensitivity: Sensitivity, attempts: Sequence[Attempt], avoid: Mapping[str, float] = _NOBODY
) -> str:
    """The first eligible target that has not failed yet and is not to be avoided; after one whose context was too
    small, a larger one.

    `avoid` says of unhealthy targets for how many seconds their providers want to be left alone. When there is no
    other, the first that no provider speaks for is tried all the same: that probes it. NoTargetLeftError else, for
    confidential content NoHealthyPrivateTargetError.
    """
    again = {attempt.target for attempt in attempts if attempt.again_after is not None}
    failed = {attempt.target for attempt in attempts if attempt.again_after is None}
    contexts = {target.name: target.context_tokens for target in route.targets}
    overflowed = max((contexts.get(each.target, 0) for each in attempts if each.code == CONTEXT_EXCEEDED), default=-1)
    left = [name for name in eligible(route, sensitivity) if name not in failed and contexts[name] > overflowed]
    healthy = (name for name in left if name not in avoid or name in again)
    target = next(healthy, next((name for name in left if not avoid.get(name)), None))
    if target is not None:
        return target
    waits = [attempt.retry_after for attempt in attempts if attempt.retry_after is not None]
    wait = min((avoid[name] for name in left), default=min(waits, default=DEFAULT_RETRY_AFTER))
    if sensitivity >= Sensitivity.CONFIDENTIAL:
        raise unhealthy(route, sensitivity, attempts, wait)
    why = (
        "The providers of the model {} asked to be left alone for now."
        if left
        else "All targets of the model {} failed."
    )
    raise NoTargetLeftError(
        f"{why.format(route.alias)} Try again later.",
        retry_after=wait,
        attempts=[attempt.to_json() for attempt in attempts],
    )


def unhealthy(
    route: Route, sensitivity: Sensitivity, attempts: Sequence[Attempt], retry_after: float
) -> NoHealthyPrivateTargetError:
    """What is told of confidential content when no private target answers, whatever each of them said."""
    return NoHealthyPrivateTargetError(
        f"No private target of the model {route.alias} is healthy; the content is {sensitivity} and is not sent to a "
        "cloud model. Try again later.",
        retry_after=retry_after,
        attempts=[attempt.to_json() for attempt in attempts],
    )
