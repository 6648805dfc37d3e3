"""providers/choices: a provider that gives one choice is asked several times, and nobody notices but the bill."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from sallyport.attempts import Unmet, Usage
from sallyport.conversation import StopReason
from sallyport.errors import ProviderRejectedError, ProviderReplyError, ProviderThrottledError, ProviderUnavailableError
from sallyport.presence import Client, client_waiting, waiting
from sallyport.providers.choices import MOST, asking, times_asked
from sallyport.stream import Counted, LogProbs, Started, Stopped, TextDelta, collect

LONG = 10.0
"""Seconds that nothing here takes."""
USAGE = Usage(input_tokens=10, output_tokens=2, cached_input_tokens=4, reasoning_tokens=1)


def told(text, *, stop=StopReason.END):
    return [Started("m"), TextDelta(text), Stopped(stop), Counted(USAGE)]


class Single:
    """Gives one choice; the script of each call says which. A barrier in one proves that others run beside it."""

    def __init__(self, *scripts):
        self.scripts = list(scripts)
        self.asked = []
        self.entered = 0
        self.closed = 0
        self.left = threading.Event()
        self._lock = threading.Lock()

    def unmet(self, request, target):
        return (Unmet(field="seed", reason=f"asked for {request.n}"),)

    def _next(self, request):
        with self._lock:
            self.asked.append(request.n)
            return self.scripts.pop(0)

    def chat(self, request, target, *, max_tokens, timeout):
        script = self._next(request)
        collected = collect(self._play(script))
        return collected.answer(collected.counted.usage)

    @contextmanager
    def stream(self, request, target, *, max_tokens, timeout, first):
        script = self._next(request)
        if isinstance(script, Exception):
            raise script
        self.entered += 1
        try:
            yield self._play(script)
        finally:
            self.left.set()
            self.closed += 1

    def _play(self, script):
        for step in script:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, threading.Barrier):
                step.wait(LONG)
            elif isinstance(step, threading.Event):
                assert self.left.wait(LONG)
                raise ProviderUnavailableError("The stream was closed.")
            else:
                yield step


WAIT = threading.Event()
"""In a script: nothing more until the stream is left."""


@pytest.fixture
def ask(request_of, target_of):
    def make(provider, n, name="bedrock"):
        request, target = request_of(n=n), target_of(provider=name)
        return asking(provider, request, target), (request, target)

    return make


@pytest.fixture
def answer(ask):
    def make(provider, n=3):
        several, asked = ask(provider, n)
        return several.chat(*asked, max_tokens=9, timeout=LONG)

    return make


@pytest.fixture
def streamed(ask):
    def make(provider, n=3):
        several, asked = ask(provider, n)
        with several.stream(*asked, max_tokens=9, timeout=LONG, first=LONG) as events:
            return list(events)

    return make


def texts(answer):
    return sorted(choice.blocks[0].text for choice in answer.choices)


@pytest.mark.parametrize(
    ("provider", "choices", "times"),
    [("bedrock", 1, 1), ("bedrock", 3, 3), ("bedrock", 99, MOST), ("openai", 99, 1), ("simulated", 3, 1)],
)
def test_how_often_the_prompt_is_paid(provider, choices, times):
    assert times_asked(provider, choices) == times


@pytest.mark.parametrize(("name", "n"), [("bedrock", 1), ("openai", 3), ("openai", 99), ("simulated", 3)])
def test_who_gives_what_is_asked_for_is_asked_itself(ask, name, n):
    provider = Single()
    assert ask(provider, n, name)[0] is provider


def test_more_than_a_few_are_refused_by_name(ask):
    ask(Single(), MOST)
    with pytest.raises(ProviderRejectedError, match="1 to 8") as refused:
        ask(Single(), MOST + 1)
    assert refused.value.details == {"param": "n"}


def test_the_client_is_told_what_it_pays_and_what_the_provider_leaves_out(ask):
    several, asked = ask(Single(), 3)
    paid, seed = several.unmet(*asked)
    assert (paid.field, seed) == ("n", Unmet(field="seed", reason="asked for 1"))
    assert "3 times" in paid.reason


def test_answers_become_one_that_costs_the_sum(answer):
    together = threading.Barrier(3)
    provider = Single(*([together, *told(text)] for text in "abc"))

    answered = answer(provider)

    assert (answered.model, texts(answered), provider.asked) == ("m", ["a", "b", "c"], [1, 1, 1])
    assert answered.usage == Usage(input_tokens=30, output_tokens=6, cached_input_tokens=12, reasoning_tokens=3)


def test_the_first_answer_that_fails_is_the_failure_of_all(answer):
    provider = Single(told("a"), [ProviderThrottledError("Slow down.", retry_after=3.0)], [WAIT])
    try:
        with pytest.raises(ProviderThrottledError) as failed:
            answer(provider)
    finally:
        provider.left.set()
    assert failed.value.retry_after == 3.0


def test_streams_become_one(streamed):
    together = threading.Barrier(3)
    provider = Single(*([together, *told(text)] for text in "abc"))

    events = streamed(provider)

    assert events[0] == Started("m")
    assert [type(event) for event in events].count(Started) == 1
    assert events[-1] == Counted(Usage(input_tokens=30, output_tokens=6, cached_input_tokens=12, reasoning_tokens=3))
    collected = collect(events)
    assert collected.whole
    assert texts(collected.answer(USAGE)) == ["a", "b", "c"]
    assert (provider.asked, provider.closed) == ([1, 1, 1], 3)


def test_every_event_is_of_its_own_choice(streamed):
    likely = LogProbs(content=[{"token": "a", "logprob": -1.0}])
    events = streamed(Single([*told("a")[:2], likely, *told("a")[2:]], told("b", stop=StopReason.LENGTH)), 2)

    choices = {event.choice: [] for event in events if isinstance(event, TextDelta)}
    for event in events[1:-1]:
        choices[event.choice].append(type(event))
    assert choices == {0: [TextDelta, LogProbs, Stopped], 1: [TextDelta, Stopped]}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((Counted(USAGE), Counted(USAGE, estimated=True)), True),
        ((Counted(USAGE), Counted(USAGE)), False),
        ((Counted(USAGE), None), None),
    ],
)
def test_a_sum_is_a_count_only_when_all_have_counted(streamed, counts, expected):
    scripts = [[*told("a")[:3], *([count] if count else [])] for count in counts]
    counted = [event for event in streamed(Single(*scripts), 2) if isinstance(event, Counted)]
    assert [each.estimated for each in counted] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("breaks", "kind"),
    [
        ([Started("m"), TextDelta("b"), ProviderThrottledError("Slow down.")], ProviderThrottledError),
        ([Started("m"), TextDelta("b")], ProviderReplyError),
        ([], ProviderReplyError),
        ([ValueError("a bug")], ValueError),
    ],
    ids=["an error", "no end", "nothing", "a bug"],
)
def test_the_first_stream_that_breaks_closes_the_others(streamed, breaks, kind):
    provider = Single([Started("m"), WAIT], breaks, [Started("m"), WAIT])
    with pytest.raises(kind):
        streamed(provider)
    assert provider.closed == 3


def test_a_stream_that_cannot_begin_closes_those_that_have(streamed):
    provider = Single(told("a"), ProviderThrottledError("Slow down."))
    with pytest.raises(ProviderThrottledError):
        streamed(provider)
    assert (provider.entered, provider.closed) == (1, 1)


def test_leaving_in_the_middle_closes_all(ask):
    provider = Single(*[[Started("m"), TextDelta("a"), WAIT]] * 3)
    several, asked = ask(provider, 3)
    with several.stream(*asked, max_tokens=9, timeout=LONG, first=LONG) as events:
        next(events)
    assert provider.closed == 3


def test_leaving_from_another_thread_wakes_whoever_waits(ask):
    provider = Single(*[[WAIT]] * 3)
    several, asked = ask(provider, 3)
    with ThreadPoolExecutor(1) as reader:
        with several.stream(*asked, max_tokens=9, timeout=LONG, first=LONG) as events:
            reading = reader.submit(list, events)
        with pytest.raises(ProviderUnavailableError):
            reading.result(timeout=LONG)
    assert provider.closed == 3


def test_a_slow_reader_holds_the_providers_back(ask):
    given = []

    def script(text):
        yield Started("m")
        for number in range(1000):
            given.append(number)
            yield TextDelta(text)

    several, asked = ask(Single(script("a"), script("b")), 2)
    with several.stream(*asked, max_tokens=9, timeout=LONG, first=LONG) as events:
        for _ in range(100):
            next(events)
        assert len(given) < 200


def test_each_knows_who_waits(answer):
    client, known = Client(), []
    provider = Single(told("a"), told("b"), told("c"))
    inner = provider.chat

    def chat(*arguments, **options):
        known.append(client_waiting() is client)
        return inner(*arguments, **options)

    provider.chat = chat
    with waiting(client):
        answer(provider)
    assert known == [True] * 3
