"""Several choices of a provider that gives one: it is asked as often at once, and its answers become one.

The prompt is read, and paid, as often. The first that fails ends all of them.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import replace
from queue import SimpleQueue
from threading import Condition, Thread

from sallyport.attempts import Unmet, Usage
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.errors import ProviderRejectedError, ProviderReplyError, ProviderUnavailableError
from sallyport.providers.provider import Provider, Streamed, Waiting
from sallyport.providers.registry import SEVERAL_CHOICES
from sallyport.routing import Target
from sallyport.stream import Counted, Event, Started, Stopped

MOST = 8
"""Each choice is a thread and a connection while it lasts."""

_MOST_WAITING = 64
"""Events of all choices together; with more, the providers wait for the client."""


def times_asked(provider: str, choices: int) -> int:
    """How often the provider of this name is asked, and the prompt paid, for so many choices."""
    return 1 if provider in SEVERAL_CHOICES else min(choices, MOST)


def asking(provider: Provider, request: ChatRequest, target: Target) -> Provider:
    """The provider, or one in its place that asks it several times. ProviderRejectedError for more than it is asked."""
    if request.n == 1 or target.provider in SEVERAL_CHOICES:
        return provider
    if request.n > MOST:
        raise ProviderRejectedError(
            f"This model gives one choice at a time and is asked {MOST} times at once at most. Send n of 1 to {MOST}.",
            param="n",
        )
    return _Repeated(provider)


class _Repeated:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        paid = Unmet(
            field="n", reason=f"this model gives one choice at a time, so the prompt is paid {request.n} times"
        )
        return paid, *self._provider.unmet(_one(request), target)

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        """Nobody waits for the others once one has failed: they end by their own timeout."""
        replies: SimpleQueue[tuple[int, ChatAnswer | Exception]] = SimpleQueue()

        def ask(number: int) -> None:
            try:
                answer = self._provider.chat(_one(request), target, max_tokens=max_tokens, timeout=timeout)
                replies.put((number, answer))
            except Exception as error:
                replies.put((number, error))

        for number in range(request.n):
            Thread(target=copy_context().run, args=(ask, number), name="choice", daemon=True).start()
        answers: dict[int, ChatAnswer] = {}
        while len(answers) < request.n:
            number, reply = replies.get()
            if isinstance(reply, Exception):
                raise reply
            answers[number] = reply
        return _merged([answers[number] for number in sorted(answers)])

    @contextmanager
    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float, first: float
    ) -> Iterator[Iterator[Event]]:
        """The provider is asked when the first event is."""
        merging = _Merging()
        with ExitStack() as streams:
            events = [
                streams.enter_context(
                    self._provider.stream(_one(request), target, max_tokens=max_tokens, timeout=timeout, first=first)
                )
                for _ in range(request.n)
            ]
            # Closed first, so that whoever is woken knows that nobody listens any more.
            streams.callback(merging.close)
            yield merging.events(events)


class _Merging:
    """The events of several streams as those of one, each read by a thread of its own."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[tuple[int, Event | Exception | None]] = deque()
        self._closed = False

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def events(self, streams: list[Iterator[Streamed]]) -> Iterator[Event]:
        """One beginning, one count at the end if all have counted, and between them what comes, as it comes."""
        for number, stream in enumerate(streams):
            Thread(target=self._read, args=(number, stream), name="choice", daemon=True).start()
        running, started = set(range(len(streams))), False
        stopped: set[int] = set()
        counts: list[Counted] = []
        while running:
            number, event = self._take()
            match event:
                case Exception():
                    raise event
                case None:
                    running.discard(number)
                    if number not in stopped:
                        raise ProviderReplyError("The provider's stream ended before its answer did. Try again.")
                case Counted():
                    counts.append(event)
                case Started():
                    if not started:
                        started = True
                        yield event
                case _:
                    if isinstance(event, Stopped):
                        stopped.add(number)
                    yield replace(event, choice=number)
        if len(counts) == len(streams):
            yield Counted(_sum(count.usage for count in counts), estimated=any(count.estimated for count in counts))

    def _read(self, number: int, stream: Iterator[Streamed]) -> None:
        try:
            for event in stream:
                if not isinstance(event, Waiting) and not self._put(number, event):
                    return
            self._put(number, None)
        except Exception as error:
            self._put(number, error)

    def _put(self, number: int, event: Event | Exception | None) -> bool:
        """False when nobody takes it any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._waiting) < _MOST_WAITING)
            self._waiting.append((number, event))
            self._changed.notify_all()
            return not self._closed

    def _take(self) -> tuple[int, Event | Exception | None]:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._waiting))
            if self._closed:
                raise ProviderUnavailableError("The stream was closed.")
            self._changed.notify_all()
            return self._waiting.popleft()


def _one(request: ChatRequest) -> ChatRequest:
    return request.model_copy(update={"n": 1})


def _merged(answers: list[ChatAnswer]) -> ChatAnswer:
    choices = tuple(answer.choices[0] for answer in answers)
    return answers[0].model_copy(update={"choices": choices, "usage": _sum(answer.usage for answer in answers)})


def _sum(usages: Iterable[Usage]) -> Usage:
    counts = [usage.model_dump() for usage in usages]
    return Usage(**{name: sum(count[name] for count in counts) for name in Usage.model_fields})
