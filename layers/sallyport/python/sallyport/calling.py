"""A call of a target that is under way, and what its end tells: an inference, or an error, and the target's health."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from sallyport.asking import Request
from sallyport.attempts import Inference, Unmet, Usage
from sallyport.contracts import Route, RouteTarget
from sallyport.errors import ProviderError, ProviderRejectedError, ProviderTimeoutError
from sallyport.health import SLOW_SHARE, Outcome
from sallyport.prices import cost
from sallyport.routing import Target
from sallyport.watch import Watch


@dataclass(frozen=True, slots=True)
class Calling:
    """A target that is being called, since `started` on the monotonic clock. Its health is that of `place`.

    `timeout` is for the whole answer, of a stream for its first event: seconds. It is asked `asks` times at once, and
    so often it reads the prompt. `began_at` is `started` in UNIX seconds. `skipped` would have been
    asked before it, but for their health.
    """

    name: str
    place: str
    target: Target
    reason: str
    timeout: float
    started: float
    unmet: tuple[Unmet, ...] = ()
    asks: int = 1
    began_at: float = 0.0
    skipped: tuple[str, ...] = ()

    def inference(self, model: str, usage: Usage, stop_reason: str, *, estimated: bool = False) -> Inference:
        """What the attempt came to by now."""
        return Inference(
            target=self.name,
            provider=self.target.provider,
            model=model,
            usage=usage,
            stop_reason=stop_reason,
            latency_ms=self.latency_ms(),
            cost=cost(self.target.price, usage),
            reason=self.reason,
            estimated=estimated,
            unmet=self.unmet,
            skipped=self.skipped,
        )

    def failed(self, error: ProviderError) -> ProviderError:
        """The same error, which names the target and how long it took."""
        return type(error)(error.message, **{**error.details, "target": self.name, "latency_ms": self.latency_ms()})

    def latency_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)


def place_of(route: Route, name: str) -> str:
    """Under what a target's health is known."""
    return next(target.place or target.name for target in route.targets if target.name == name)


def avoided(watch: Watch, targets: Iterable[RouteTarget]) -> dict[str, float]:
    """By name, those that should not be called, and for how many seconds their providers want to be left alone."""
    places = {target.name: target.place or target.name for target in targets}
    waits = watch.avoid(places.values())
    return {name: waits[place] for name, place in places.items() if place in waits}


def failure_of(
    calling: Calling, error: ProviderError, watch: Watch, request: Request, route: Route, *, answered: bool = False
) -> ProviderError:
    """The error with what Fallback needs to know: whom to avoid, and whether further calls are used up.

    A stream that `answered` and breaks has another outcome, whose time tells nothing.
    """
    failed = calling.failed(error)
    tell(watch, request, calling, error, answered=answered)
    spent = False
    if request.drill is None and not isinstance(error, ProviderRejectedError):
        spent = not watch.may_go_on(route.alias)
    avoid = avoided(watch, (target for target in route.targets if target.name != calling.name))
    return type(failed)(failed.message, **{**failed.details, "avoid": avoid or None, "spent": spent or None})


def tell(
    watch: Watch, request: Request, calling: Calling, error: ProviderError | None = None, *, answered: bool = False
) -> None:
    """What a call tells about its target: nothing if it was told to fail, or had less time than the target may take."""
    short = calling.timeout < calling.target.timeout_seconds * SLOW_SHARE
    if request.drill is not None or (short and isinstance(error, ProviderTimeoutError)):
        return
    if error is not None and not isinstance(error, ProviderRejectedError):
        waited = None if answered else calling.latency_ms()
        watch.note(calling.place, Outcome(calling.began_at, waited, type(error).__name__, error.retry_after))
        return
    latency_ms = calling.latency_ms() if error is None else None
    slow = (latency_ms or 0) > calling.target.timeout_seconds * SLOW_SHARE * 1000
    watch.note(calling.place, Outcome(calling.began_at, latency_ms, "slow" if slow else None))
