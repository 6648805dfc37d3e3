"""A target that fails, in every way that targets fail, and what then happens."""

import pytest

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


@pytest.mark.parametrize(
    ("model", "status", "code"), [("strict", 400, "context_length_exceeded"), ("locked", 502, "provider_denied")]
)
def test_what_another_target_cannot_help_ends_at_once(
    running: Running, upstream: Upstream, model: str, status: int, code: str
):
    backups = upstream.asked("backup")
    answer = running.ask(f"Try {model} {running.name}", model=model)

    assert (answer.status_code, as_json(answer)["error"]["code"]) == (status, code)
    assert upstream.asked("backup") == backups


def test_all_targets_down_is_503_released_and_audited(running: Running, upstream: Upstream):
    ledger = running.gateway.backend.ledger
    running.settle()
    answer = running.ask(f"Nobody home, {running.name}", model="doomed")
    running.settle()
    request_id = answer.headers["x-request-id"]
    ticket = running.audited(request_id)

    assert answer.status_code == 503
    assert as_json(answer)["error"]["code"] == "no_target_left"
    assert answer.headers["retry-after"] == "7"
    assert running.path(request_id)[-3:] == ["Fallback", "PublishFailure", "Failed"]
    assert ticket is not None
    assert ticket.authorization is not None
    assert ticket.failure is not None
    assert ticket.failure.error == "NoTargetLeftError"
    assert [attempt.target for attempt in ticket.attempts] == ["throttled", "broken", "closing"]
    assert ticket.attempts[0].reason == "ProviderThrottledError; broken is next"
    hold = ticket.authorization.reservation.holds[0]
    before = ledger.taken(hold.scope)
    again = running.ask(f"Nobody home again, {running.name}", model="doomed")
    running.settle()
    assert again.status_code == 503
    assert ledger.taken(hold.scope) == before
