"""What inference asks of a provider."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sallyport.attempts import Unmet
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.routing import Target
from sallyport.stream import Event


class Source(Protocol):
    """Where the rest of a stream comes from."""

    def unblock(self) -> int | None:
        """From now on the stream never waits: its iterator gives Waiting when nothing has arrived.

        Returned is a file descriptor, the caller's own to close, that is readable when there is more, or an end. None
        where only a thread can wait; then nothing has changed.
        """
        ...

    def late_at(self) -> float:
        """When the stream is to be asked again although nothing has arrived, for it ends; on the monotonic clock."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Among the events of a stream: what comes next has to be waited for, and will be if the iterator is asked."""

    source: Source


type Streamed = Event | Waiting


class Provider(Protocol):
    """One way to call models. Safe to use from several threads."""

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        """What of the request this target does not honour, although it is asked: the client is told.

        Only what changes no more than cost, speed, chance or thought may go unmet. What an application would build on
        is refused by `chat` and `stream`, with its name. A field is named only if it is one of an API's own: any other
        name is the client's, and may be content.
        """
        ...

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        """Ask once, without retries, and wait at most `timeout` seconds.

        Whoever is not among the registry's SEVERAL_CHOICES is asked for one choice only, and as often as need be.
        Raise subclasses of ProviderError alone. Their details may have `status` (HTTP), `retry_after` (seconds), `code`
        (one of a fixed list) and `param` (the field that this target cannot honour); the caller adds the target's name.
        """
        ...

    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float, first: float
    ) -> AbstractContextManager[Iterator[Streamed]]:
        """Ask once, and give the answer as it comes. Leaving the context closes the connection, in any state.

        Who can be read without waiting says Waiting wherever it would wait. It may be left from another thread while
        one waits in the iterator, which then ends soon, or raises.
        Raises as `chat` does, from `__enter__` or from the iterator. ProviderTimeoutError comes after `first` seconds
        without an event, whatever else was sent; then after any silence of the target's `idle_seconds`; and after
        `timeout` seconds of it all.
        """
        ...


@runtime_checkable
class Embedder(Protocol):
    """A provider that can embed as well. One that cannot has none of this, and is refused by its name."""

    def unmet_by_embedding(self, request: EmbeddingRequest, target: Target) -> tuple[Unmet, ...]:
        """As `Provider.unmet` does."""
        ...

    def embed(self, request: EmbeddingRequest, target: Target, *, timeout: float) -> EmbeddingAnswer:
        """All of the texts or none, without retries, within `timeout` seconds, by as many calls as it takes.

        Raises as `Provider.chat` does.
        """
        ...
