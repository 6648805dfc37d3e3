"""Asking targets something tiny before a request has to, so that it is known which of them are well.

What is found feeds the same health as calls do. It belongs to no tenant: usage records without a caller tell the cost.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

from pydantic import NonNegativeInt

from sallyport.attempts import Usage
from sallyport.conversation import ChatRequest, Role, Text, Turn
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import InvalidRequestError, ProviderDeniedError, ProviderError, ProviderRejectedError
from sallyport.health import Outcome
from sallyport.message import Message, Name
from sallyport.paging import every
from sallyport.ports import Records
from sallyport.prices import cost
from sallyport.providers.provider import Embedder
from sallyport.providers.registry import Providers
from sallyport.routing import RoutingTable, Target
from sallyport.settlement import OWN, UsageRecord, day_of, usage_partition
from sallyport.watch import KEPT_SECONDS, Watch

PROBES = "probe"
"""Partition of the health records. The sort key is the target's place."""

QUESTION = "Answer with the word OK."

MOST_TOKENS = 16
"""Of an answer: the least that OpenAI's and Azure's newer models take."""

PATIENCE_SECONDS = 50.0
"""For an answer, if the target's own timeout is not shorter. A round ends before the next, a minute later."""

_WRITTEN_SECONDS = 5.0
_MOST_AT_ONCE = 64

type Which = Literal["open", "all"] | tuple[Name, ...]
"""Targets that are skipped, or all that a route names, or those of these names."""


class Round(Message):
    """What a schedule asks for."""

    targets: Which


class Probe(Message):
    """The last that was asked of a target, at UNIX time `at`: `answered`, or the name of an error."""

    at: float
    outcome: str
    latency_ms: NonNegativeInt
    cost: NonNegativeInt = 0


@dataclass(frozen=True, slots=True)
class Prober:
    """`health` and `usage` are the records of these names."""

    providers: Providers
    watch: Watch
    health: Records
    usage: Records
    clock: Callable[[], float]

    def round(self, table: RoutingTable, which: Which) -> dict[Name, Probe]:
        """Ask those of the table's targets whose turn it is, all at once, and tell what came of it by their names.

        One that its provider wants to be left alone, or that is cooling down, has its turn later. InvalidRequestError
        for a name that the table does not have.
        """
        names = _names(table, which)
        self.watch.look()
        places = {table.targets[name].place(name): name for name in names}
        wanted = self.watch.opened(places) if which == "open" else list(places)
        if not wanted:
            return {}
        try:
            with ThreadPoolExecutor(min(len(wanted), _MOST_AT_ONCE), "probe") as threads:
                told = threads.map(lambda place: self._probe(places[place], place, table), wanted)
            return {places[place]: probe for place, probe in zip(wanted, told, strict=True) if probe is not None}
        finally:
            self.watch.written(_WRITTEN_SECONDS)

    def _probe(self, name: Name, place: str, table: RoutingTable) -> Probe | None:
        target, began_at, started = table.targets[name], self.watch.begin(place, name, first=False), time.monotonic()
        if began_at is None:
            return None
        used, failed = Usage(input_tokens=0, output_tokens=0), None
        try:
            used = _ask(self.providers, target)
        except ProviderError as error:
            failed = error
        latency_ms = round((time.monotonic() - started) * 1000)
        # So short an answer says nothing of how long others take. A target that refuses the question does answer.
        outcome = Outcome(began_at)
        if failed is not None and not isinstance(failed, ProviderRejectedError):
            outcome = Outcome(began_at, None, type(failed).__name__, failed.retry_after)
        self.watch.note(place, outcome)
        probe = Probe(
            at=began_at,
            outcome="answered" if failed is None else type(failed).__name__,
            latency_ms=latency_ms,
            cost=cost(target.price, used),
        )
        self._write_down(name, place, probe, used)
        return probe

    def _write_down(self, name: Name, place: str, probe: Probe, used: Usage) -> None:
        bill = UsageRecord(
            request_id=f"probe-{uuid4().hex}",
            at=probe.at,
            target=name,
            outcome=probe.outcome,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cost=probe.cost,
        )
        self.usage.put(usage_partition(OWN, day_of(bill.at)), bill.request_id, bill.to_json(), expect=0)
        self.health.put(PROBES, place, probe.to_json(), expires_at=int(self.clock()) + KEPT_SECONDS)


def last_probes(health: Records) -> Iterator[tuple[str, Probe]]:
    """By place, what was asked last within a day."""
    return ((record.sort, Probe.model_validate(dict(record.body))) for record in every(health, PROBES))


def _names(table: RoutingTable, which: Which) -> list[Name]:
    if not isinstance(which, tuple):
        return sorted({name for route in table.routes.values() for name in route.targets})
    unknown = [name for name in which if name not in table.targets]
    if unknown:
        raise InvalidRequestError(f"The routing table has no target {', '.join(unknown)}.")
    return list(which)


def _ask(providers: Providers, target: Target) -> Usage:
    """What the answer used; ProviderError when there is none."""
    timeout = min(target.timeout_seconds, PATIENCE_SECONDS)
    provider = providers.get(target.provider)
    if target.operation == "chat":
        asked = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text=QUESTION),)),))
        return provider.chat(
            asked, target, max_tokens=min(MOST_TOKENS, target.max_output_tokens), timeout=timeout
        ).usage
    if not isinstance(provider, Embedder):
        raise ProviderDeniedError(f"The provider {target.provider} makes no vectors.")
    return provider.embed(EmbeddingRequest(texts=(QUESTION,)), target, timeout=timeout).usage
