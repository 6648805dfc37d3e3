"""A target that fails, in every way that targets fail, and what then happens."""

import pytest

from sallyport.watch import PARTITION
from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("throttled", "ProviderThrottledError"),
        ("broken", "ProviderUnavailableError"),
        ("hanging", "ProviderTimeoutError"),
        ("closing", "ProviderUnavailableError"),
        ("garbage", "ProviderReplyError"),
        ("locked", "ProviderDeniedError"),
    ],
)
def test_the_second_target_answers_when_the_first_fails(running: Running, model: str, error: str):
    answer = running.ask(f"Try {model} {running.name}", model=model)

    assert answer.status_code == 200
    assert as_json(answer)["sallyport"]["attempts"] == [{"target": model, "error": error}]
    assert answer.headers["x-sallyport-target"] == "backup"
    assert answer.headers["x-sallyport-attempts"] == "2"
    running.settle()
    assert running.path(answer.headers["x-request-id"]) == [
        "Authorize", "Redact", "ForAModel?", "CacheLookup", "Answered?", "Infer", "Fallback", "Infer", "Publish", "Done"
    ]  # fmt: skip


def test_what_another_target_cannot_help_ends_at_once(running: Running, upstream: Upstream):
    """A prompt that is too long helps nobody whose context is no larger."""
    backups = upstream.asked("backup")
    answer = running.ask(f"Try strict {running.name}", model="strict")

    assert (answer.status_code, as_json(answer)["error"]["code"]) == (400, "context_length_exceeded")
    assert upstream.asked("backup") == backups


def test_all_targets_down_is_the_last_error_released_and_audited(running: Running, upstream: Upstream):
    ledger = running.gateway.backend.ledger
    running.settle()
    answer = running.ask(f"Nobody home, {running.name}", model="doomed")
    running.settle()
    request_id = answer.headers["x-request-id"]
    ticket = running.audited(request_id)

    assert (answer.status_code, as_json(answer)["error"]["code"]) == (502, "provider_unavailable")
    assert answer.headers["retry-after"] == "7"
    assert running.path(request_id)[-3:] == ["Fallback", "PublishFailure", "Failed"]
    assert ticket is not None
    assert ticket.authorization is not None
    assert ticket.failure is not None
    assert ticket.failure.error == "ProviderUnavailableError"
    assert [attempt.target for attempt in ticket.attempts] == ["throttled", "broken", "closing"]
    assert ticket.attempts[0].reason == "ProviderThrottledError; broken is next"
    hold = ticket.authorization.reservation.holds[0]
    before = ledger.taken(hold.scope)
    again = running.ask(f"Nobody home again, {running.name}", model="doomed")
    running.settle()
    assert again.status_code == 502
    assert ledger.taken(hold.scope) == before


@pytest.mark.parametrize("stream", [False, True])
def test_a_provider_that_asked_to_be_left_alone_is_skipped(running: Running, upstream: Upstream, stream: bool):
    running.ask(f"First {stream} {running.name}", model="throttled", stream=stream)
    asked = upstream.asked("throttled")
    answer = running.ask(f"Second {stream} {running.name}", model="throttled", stream=stream)

    assert answer.headers["x-sallyport-target"] == "backup"
    assert answer.headers["x-sallyport-attempts"] == "1"
    assert upstream.asked("throttled") == asked
    known = running.gateway.backend.records("health").get(PARTITION, running.place("throttled"))
    assert known is not None
    assert known.body["told"] is True


def test_an_only_target_that_throttles_is_asked_twice_and_then_left_alone(running: Running, upstream: Upstream):
    asked = upstream.asked("moment")
    answer = running.ask(f"Wait {running.name}", model="moment")

    assert (answer.status_code, as_json(answer)["error"]["code"]) == (429, "rate_limit_exceeded")
    assert upstream.asked("moment") == asked + 2
    refused = running.ask(f"Not now {running.name}", model="moment")
    assert (refused.status_code, as_json(refused)["error"]["code"]) == (503, "no_target_left")
    assert refused.headers["retry-after"] == "1"
    assert upstream.asked("moment") == asked + 2
