"""providers/anthropic/failures: statuses and types in our words, and none of the provider's."""

import json

import pytest

from sallyport.errors import (
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.anthropic.failures import event_failure, failure


def body(message="canary", kind="canary") -> bytes:
    return json.dumps({"type": "error", "error": {"type": kind, "message": message}, "request_id": "r"}).encode()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, ProviderReplyError),
        (302, ProviderReplyError),
        (400, ProviderRejectedError),
        (401, ProviderDeniedError),
        (402, ProviderDeniedError),
        (403, ProviderDeniedError),
        (404, ProviderDeniedError),
        (408, ProviderTimeoutError),
        (409, ProviderUnavailableError),
        (413, ProviderRejectedError),
        (422, ProviderRejectedError),
        (429, ProviderThrottledError),
        (500, ProviderUnavailableError),
        (504, ProviderTimeoutError),
        (529, ProviderUnavailableError),
    ],
)
def test_statuses(status, kind):
    error = failure(status, {}, body(), 0.0)

    assert type(error) is kind
    assert error.details == {"status": status}
    assert "canary" not in str(error)


def test_a_hint_when_to_come_back_passes():
    assert failure(529, {"retry-after": "12"}, body(), 0.0).details == {"status": 529, "retry_after": 12.0}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("prompt is too long: 203011 tokens > 200000 maximum", "context_length_exceeded"),
        ("input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000", "context_length_exceeded"),
        ("Your prompt exceeds the context window of this model", "context_length_exceeded"),
        ("messages.0: the name is too long", None),
        ("max_tokens: 100000 > 64000", None),
    ],
)
def test_a_prompt_that_is_too_long_is_called_so(said, code):
    error = failure(400, {}, body(said), 0.0)

    assert type(error) is ProviderRejectedError
    assert error.details.get("code") == code
    assert "203011" not in str(error)


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ("max_tokens: 100000 > 64000, which is the maximum", "max_tokens"),
        ("messages.0.content.1.image.source: canary", "messages"),
        ("thinking.budget_tokens: canary", "thinking"),
        ("canary: is no field of ours", None),
        ("temperature may only be 1", None),
        ("", None),
    ],
)
def test_a_field_of_the_apis_own_is_named(said, param):
    error = failure(400, {}, body(said), 0.0)

    assert error.details.get("param") == param
    assert "canary" not in str(error)


def test_an_account_without_money_is_the_operators_business():
    error = failure(400, {}, body("Your credit balance is too low to access the Anthropic API."), 0.0)
    assert type(error) is ProviderDeniedError


@pytest.mark.parametrize("said", [b"", b"<html>", b"[]", b'{"error": "canary"}', b"[" * 100_000, b"\xff", body(7)])
def test_a_body_without_words_is_no_hindrance(said):
    assert failure(400, {}, said, 0.0).details == {"status": 400}


@pytest.mark.parametrize(
    ("error", "kind", "details"),
    [
        ({"type": "overloaded_error", "message": "canary"}, ProviderUnavailableError, {}),
        ({"type": "rate_limit_error"}, ProviderThrottledError, {}),
        ({"type": "timeout_error"}, ProviderTimeoutError, {}),
        ({"type": "api_error"}, ProviderUnavailableError, {}),
        ({"type": "authentication_error"}, ProviderDeniedError, {}),
        ({"type": "billing_error"}, ProviderDeniedError, {}),
        (
            {"type": "invalid_request_error", "message": "prompt is too long: 5 > 4"},
            ProviderRejectedError,
            {"code": "context_length_exceeded"},
        ),
        ({"type": "invalid_request_error", "message": 7}, ProviderRejectedError, {}),
        ({"type": "canary"}, ProviderUnavailableError, {}),
        ({"type": ["canary"]}, ProviderUnavailableError, {}),
        ("canary", ProviderUnavailableError, {}),
        (None, ProviderUnavailableError, {}),
    ],
)
def test_error_events_are_errors_of_their_kind(error, kind, details):
    raised = event_failure({"type": "error", "error": error})

    assert (type(raised), raised.details) == (kind, details)
    assert "canary" not in str(raised)
