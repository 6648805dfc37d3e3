"""One attempt: choose a target, call it, seal nothing and hide nothing of how it went. Used by infer and by edge."""

import time

from sallyport.contracts import Attempt, Inference, Privacy, Route
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.errors import DeadlineExceededError, InternalError, ProviderError, ProviderUnavailableError
from sallyport.providers.registry import Providers
from sallyport.redaction.judge import Sensitivity
from sallyport.routing import RoutingTable, choose_target, cost

LEAST_SECONDS = 0.5
"""With less than this before the caller's deadline, no model is called any more."""


def infer(
    request: ChatRequest,
    table: RoutingTable,
    providers: Providers,
    *,
    route: Route,
    sensitivity: Sensitivity,
    attempts: tuple[Attempt, ...],
    max_tokens: int,
    seconds_left: float,
) -> tuple[ChatAnswer, Inference]:
    """Raise a ProviderError that names the target and how long it took; NoTargetLeftError, NoPrivateTargetError."""
    name = choose_target(route, sensitivity, attempts)
    if seconds_left < LEAST_SECONDS:
        raise DeadlineExceededError("The request's deadline passed before a model could be called.")
    target = table.targets.get(name)
    if target is None or target.privacy is not _privacy_of(name, route):
        # The route is as old as the request, the table may be newer; what was private may have become a cloud's.
        raise ProviderUnavailableError(f"The target {name} is not in the routing table any more.", target=name)
    started = time.monotonic()
    try:
        answer = providers.get(target.provider).chat(
            request,
            target,
            max_tokens=min(max_tokens, target.max_output_tokens),
            timeout=min(target.timeout_seconds, seconds_left),
        )
    except ProviderError as error:
        details = {**error.details, "target": name, "latency_ms": _since(started)}
        raise type(error)(error.message, **details) from error
    return answer, Inference(
        target=name,
        provider=target.provider,
        model=answer.model,
        usage=answer.usage,
        stop_reason=worst_stop_reason(answer),
        latency_ms=_since(started),
        cost=cost(target.price, answer.usage),
        reason=f"{name} is the best target left of {route.alias} for {sensitivity} content",
    )


def worst_stop_reason(answer: ChatAnswer) -> str:
    """The stop reason of the choice that ended least well, which decides whether an answer may be kept."""
    if not answer.choices:
        raise InternalError("A provider's answer was read without a choice.")
    order = ("end", "stop_sequence", "tool_calls", "length", "filtered")
    return max((choice.stop_reason.value for choice in answer.choices), key=order.index)


def _privacy_of(name: str, route: Route) -> Privacy:
    return next(target.privacy for target in route.targets if target.name == name)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
