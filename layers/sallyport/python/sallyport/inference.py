"""One attempt: choose a target, call it, seal nothing and hide nothing of how it went. Used by infer and by edge."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile

from sallyport.asking import Answer, Request, operation_of
from sallyport.attempts import Attempt, Inference, Unmet
from sallyport.calling import Calling, avoided, failure_of, place_of, tell
from sallyport.choosing import choose_target
from sallyport.contracts import Route, RouteTarget
from sallyport.conversation import ChatAnswer, ChatRequest, StopReason
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import (
    DeadlineExceededError,
    InternalError,
    ProviderDeniedError,
    ProviderError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderUnavailableError,
    RoomNeededError,
)
from sallyport.presence import client_waiting
from sallyport.providers.choices import asking, times_asked
from sallyport.providers.provider import Embedder, Provider, Streamed, Waiting
from sallyport.providers.registry import Providers
from sallyport.redaction.judge import Sensitivity
from sallyport.regions import stays_within
from sallyport.routing import RoutingTable, Target
from sallyport.stream import LogProbs, ReasoningDelta, RefusalDelta, TextDelta, ToolCallDelta
from sallyport.watch import Watch

LEAST_SECONDS = 0.5
"""With less than this before the caller's deadline, no model is called any more."""

_MOST_CHARACTERS_PER_TOKEN = 32
"""On the average of an answer. English has 4; tokenizers have single tokens for lines of white space or dashes."""

_SPARE_CHARACTERS = 4096

_DRILLED = "simulated"
"""The provider that plays drills: at any other, one would cost money and show nothing."""

CUT = "cut"
"""The stop reason of a stream that broke off."""


def infer(
    request: Request,
    table: RoutingTable,
    providers: Providers,
    watch: Watch,
    *,
    route: Route,
    sensitivity: Sensitivity,
    attempts: tuple[Attempt, ...],
    max_tokens: int,
    seconds_left: float,
) -> tuple[Answer, Inference]:
    """Wait, if the target is to be asked again after a while, and ask.

    Raise a ProviderError that names the target, how long it took, and what Fallback needs to know of the others'
    health; RoomNeededError, when Fallback is to take room at the target first; NoTargetLeftError, NoPrivateTargetError.
    ClientLeftError when nobody waits for it any more; then the provider is hung up on.
    """
    client = client_waiting()
    if wait := wait_before(attempts):
        time.sleep(wait)
    client.check()
    calling = _choose(request, table, watch, route, sensitivity, attempts, seconds_left - wait)
    target = calling.target
    try:
        _check_drill(request, target)
        provider = providers.get(target.provider)
        if isinstance(request, EmbeddingRequest):
            embedded = _embed(provider, request, calling)
            tell(watch, request, calling)
            return embedded
        provider = asking(provider, request, target)
        answer = provider.chat(
            request, target, max_tokens=min(max_tokens, target.max_output_tokens), timeout=calling.timeout
        )
    except ProviderError as error:
        client.check()
        raise failure_of(calling, error, watch, request, route) from error
    tell(watch, request, calling)
    calling = replace(calling, unmet=(*provider.unmet(request, target), *missing_choices(answer, request)))
    return answer, calling.inference(answer.model, answer.usage, worst_stop_reason(answer))


def _embed(provider: Provider, request: EmbeddingRequest, calling: Calling) -> tuple[EmbeddingAnswer, Inference]:
    if not isinstance(provider, Embedder):
        raise ProviderDeniedError(
            f"The provider {calling.target.provider} makes no vectors. Give the route a target whose provider does."
        )
    answer = provider.embed(request, calling.target, timeout=calling.timeout)
    calling = replace(calling, unmet=provider.unmet_by_embedding(request, calling.target))
    return answer, calling.inference(answer.model, answer.usage, StopReason.END)


@contextmanager
def infer_stream(
    request: ChatRequest,
    table: RoutingTable,
    providers: Providers,
    watch: Watch,
    *,
    route: Route,
    sensitivity: Sensitivity,
    attempts: tuple[Attempt, ...],
    max_tokens: int,
    seconds_left: float,
) -> Iterator[tuple[Calling, Iterator[Streamed]]]:
    """The same for a stream, with the same errors, also from within. Leaving it closes the provider's connection.

    The target's timeout is for its first event. Once it answers, only the caller's deadline ends it, or a silence.
    """
    calling = _choose(request, table, watch, route, sensitivity, attempts, seconds_left)
    target = calling.target
    answered = False

    def noted(events: Iterator[Streamed]) -> Iterator[Streamed]:
        nonlocal answered
        for event in events:
            if not answered and not isinstance(event, Waiting):
                answered = True
                tell(watch, request, calling)
            yield event

    try:
        _check_drill(request, target)
        provider = asking(providers.get(target.provider), request, target)
        most = min(max_tokens, target.max_output_tokens)
        with provider.stream(request, target, max_tokens=most, timeout=seconds_left, first=calling.timeout) as events:
            calling = replace(calling, unmet=provider.unmet(request, target))
            yield calling, noted(_bounded(events, most * request.n))
    except ProviderError as error:
        raise failure_of(calling, error, watch, request, route, answered=answered) from error


def wait_before(attempts: tuple[Attempt, ...]) -> float:
    """Seconds before the next call: a target that is asked again was promised them."""
    return (attempts[-1].again_after or 0.0) if attempts else 0.0


def _bounded(events: Iterator[Streamed], max_tokens: int) -> Iterator[Streamed]:
    """What a provider says that keeps to `max_tokens`; ProviderReplyError for one that does not stop."""
    left = _SPARE_CHARACTERS + max_tokens * _MOST_CHARACTERS_PER_TOKEN
    for event in events:
        match event:
            case TextDelta() | ReasoningDelta() | RefusalDelta():
                left -= len(event.text)
            case ToolCallDelta():
                left -= len(event.arguments)
            case LogProbs():
                left -= len(event.content or ()) + len(event.refusal or ())
        if left < 0:
            raise ProviderReplyError("The provider said much more than max_tokens allow, and was hung up on.")
        yield event


def missing_choices(answer: ChatAnswer, request: ChatRequest) -> tuple[Unmet, ...]:
    """What is told when a server passes over `n`, as some compatible ones do: nobody knows before its answer."""
    given = len(answer.choices)
    return (Unmet(field="n", reason=f"the provider gave {given}, and is not asked again"),) if given < request.n else ()


def worst_stop_reason(answer: ChatAnswer) -> str:
    """The stop reason of the choice that ended least well, which decides whether an answer may be kept."""
    if not answer.choices:
        raise InternalError("A provider's answer was read without a choice.")
    order = ("end", "stop_sequence", "tool_calls", "length", "filtered")
    return max((choice.stop_reason.value for choice in answer.choices), key=order.index)


def _choose(
    request: Request,
    table: RoutingTable,
    watch: Watch,
    route: Route,
    sensitivity: Sensitivity,
    attempts: tuple[Attempt, ...],
    seconds_left: float,
) -> Calling:
    name, avoid, began_at = _admitted(watch, route, sensitivity, attempts)
    if seconds_left < LEAST_SECONDS:
        raise DeadlineExceededError("The request's deadline passed before a model could be called.")
    target, planned = table.targets.get(name), next(each for each in route.targets if each.name == name)
    if target is None or not _is_still(target, planned) or target.operation != operation_of(request):
        # Where the request's own table cannot be read, another serves; what was private may have become a cloud's.
        raise ProviderUnavailableError(f"The target {name} is not in the routing table any more.", target=name)
    return Calling(
        name=name,
        place=place_of(route, name),
        target=target,
        reason=f"{name} is the best target left of {route.alias} for {sensitivity} content{_without(avoid)}",
        skipped=_skipped(route, name, avoid),
        timeout=min(target.timeout_seconds, seconds_left),
        started=time.monotonic(),
        began_at=began_at,
        asks=times_asked(target.provider, request.n) if isinstance(request, ChatRequest) else 1,
    )


def _admitted(
    watch: Watch, route: Route, sensitivity: Sensitivity, attempts: tuple[Attempt, ...]
) -> tuple[str, Mapping[str, float], float]:
    """A target that this call may have, those that were avoided for it, and when it began."""
    while True:
        avoid = avoided(watch, route.targets)
        name = choose_target(route, sensitivity, attempts, avoid)
        if any(each.needs_room for each in route.targets if each.name == name):
            raise RoomNeededError(f"No room was taken at the target {name} yet.", target=name, avoid=avoid or None)
        # One that is asked again was promised that.
        known = name in avoid or wait_before(attempts) > 0
        began_at = watch.begin(place_of(route, name), route.alias, first=not attempts, avoided=known)
        if began_at is not None:
            return name, avoid, began_at


def _skipped(route: Route, name: str, avoid: Mapping[str, float]) -> tuple[str, ...]:
    before = takewhile(lambda each: each != name, (target.name for target in route.targets))
    return tuple(each for each in before if each in avoid)


def _without(avoid: Mapping[str, float]) -> str:
    return f", while these are unhealthy: {', '.join(avoid)}" if avoid else ""


def _check_drill(request: Request, target: Target) -> None:
    if request.drill is not None and target.provider != _DRILLED:
        raise ProviderRejectedError(
            "A drill is for simulated targets alone. Leave x-sallyport-drill out, or ask for a model of such targets.",
            param="x-sallyport-drill",
        )


def _is_still(target: Target, planned: RouteTarget) -> bool:
    """Whether it is within the same walls, and Regions where those count, as when the request was authorized."""
    return target.privacy is planned.privacy and (
        planned.regions is None or stays_within(target.regions, [planned.regions])
    )
