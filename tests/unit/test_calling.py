"""sallyport.calling: what the end of a call tells."""

import pytest

from sallyport.attempts import Usage
from sallyport.calling import Calling, failure_of, tell
from sallyport.conversation import ChatRequest, Role, Text, Turn
from sallyport.errors import (
    ProviderRejectedError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.health import LEAST_FAILURES
from sallyport.routing import Target
from tests.unit.doubles import a_route, a_watch

REQUEST = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="Hello"),)),))
TARGET = Target(provider="simulated", model="m", privacy="private", timeout_seconds=10.0)


@pytest.fixture
def now(monkeypatch):
    now = [50.0]
    monkeypatch.setattr("sallyport.calling.time.monotonic", lambda: now[0])
    return now


def a_call(**fields):
    known = {
        "name": "gpt",
        "place": "gpt",
        "target": TARGET,
        "reason": "first",
        "timeout": 10.0,
        "started": 50.0,
        "began_at": 1000.0,
    }
    return Calling(**known | fields)


def test_an_inference_says_how_long_it_took_and_who_was_skipped(now):
    now[0] += 1.5
    inference = a_call(skipped=("claude",)).inference("m-1", Usage(input_tokens=1, output_tokens=2), "end")
    assert (inference.latency_ms, inference.model, inference.skipped) == (1500, "m-1", ("claude",))


def test_a_failure_says_what_fallback_needs(now):
    watch = a_watch()
    tell(watch, REQUEST, a_call(name="claude", place="claude@1"), ProviderThrottledError("Wait.", retry_after=30.0))
    now[0] += 2.0
    gpt, claude = a_route("gpt", "claude").targets
    route = a_route().model_copy(update={"targets": (gpt, claude.model_copy(update={"place": "claude@1"}))})
    failed = failure_of(a_call(), ProviderUnavailableError("Down.", status=500), watch, REQUEST, route)
    assert failed.details == {"status": 500, "target": "gpt", "latency_ms": 2000, "avoid": {"claude": 30.0}}


@pytest.mark.parametrize(
    ("error", "answered", "known"),
    [
        (None, False, 3000.0),
        (ProviderUnavailableError("Down."), False, 3000.0),
        (ProviderUnavailableError("Cut."), True, None),
        (ProviderRejectedError("Invalid."), False, None),
    ],
    ids=["answer", "failure", "a stream that breaks", "the request's own fault"],
)
def test_what_was_waited_for_is_a_latency(now, error, answered, known):
    watch = a_watch()
    now[0] += 3.0
    tell(watch, REQUEST, a_call(), error, answered=answered)
    assert watch.latencies().get("gpt") == known


@pytest.mark.parametrize(
    ("seconds", "drill", "avoided"),
    [(8.1, None, True), (7.9, None, False), (8.1, "slow", False)],
    ids=["slow", "not slow", "a drill"],
)
def test_answers_that_take_most_of_the_timeout_are_failures(now, seconds, drill, avoided):
    watch = a_watch()
    now[0] += seconds
    for _ in range(LEAST_FAILURES):
        tell(watch, REQUEST.model_copy(update={"drill": drill}), a_call())
    assert ("gpt" in watch.avoid(["gpt"])) is avoided


def test_a_timeout_by_the_callers_haste_tells_nothing(now):
    watch = a_watch()
    now[0] += 5.0
    tell(watch, REQUEST, a_call(timeout=5.0), ProviderTimeoutError("Late."))
    assert watch.latencies() == {}
