"""providers/openai/failures: statuses in our words, and none of the server's."""

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
from sallyport.providers.openai.failures import failure, known_code


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
        (503, ProviderUnavailableError),
        (529, ProviderUnavailableError),
    ],
)
def test_statuses(status, kind):
    body = json.dumps({"error": {"message": "canary", "code": "canary", "param": "canary"}}).encode()
    error = failure(status, {}, body, 0.0)

    assert type(error) is kind
    assert error.details == {"status": status}


def test_a_known_code_and_a_hint_pass():
    error = failure(429, {"retry-after-ms": "1500"}, b'{"error": {"code": "insufficient_quota"}}', 0.0)

    assert error.details == {"status": 429, "code": "insufficient_quota", "retry_after": 1.5}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"code": "context_length_exceeded"}}', "context_length_exceeded"),
        (b'{"error": {"code": "Context_Length_Exceeded"}}', None),
        (b'{"error": {"code": ["invalid_prompt"]}}', None),
        (b'{"error": "context_length_exceeded"}', None),
        (b'{"error": {}}', None),
        (b'["error"]', None),
        (b"[" * 100_000, None),
        (b"<html>", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_codes(body, code):
    assert known_code(body) == code
