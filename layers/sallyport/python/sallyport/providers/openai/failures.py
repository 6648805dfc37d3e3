"""A failed reply as one of our errors. The reply's own words may quote the prompt, so only known codes pass."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sallyport.errors import (
    ProviderDeniedError,
    ProviderError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.retry_after import retry_after

CODES = frozenset({
    "billing_hard_limit_reached", "content_filter", "content_policy_violation", "context_length_exceeded",
    "insufficient_quota", "invalid_api_key", "invalid_image", "invalid_image_format", "invalid_json_schema",
    "invalid_prompt", "invalid_value", "missing_required_parameter", "model_not_found", "rate_limit_exceeded",
    "server_overloaded", "string_above_max_length", "tokens_exceeded", "unknown_parameter", "unsupported_parameter",
    "unsupported_value",
})  # fmt: skip

_STATUSES: Mapping[int, tuple[type[ProviderError], str]] = {
    401: (ProviderDeniedError, "The provider refuses the gateway's credentials. Check the target's secret."),
    402: (ProviderDeniedError, "The provider asks for payment. Check the gateway's account there."),
    403: (ProviderDeniedError, "The provider refuses the gateway's credentials. Check the target's secret."),
    404: (ProviderDeniedError, "The provider does not know the model. Check the target's model and base_url."),
    408: (ProviderTimeoutError, "The provider ran out of time. Try again."),
    409: (ProviderUnavailableError, "The provider cannot take the request just now. Try again."),
    424: (ProviderUnavailableError, "The provider has trouble. Try again."),
    425: (ProviderUnavailableError, "The provider cannot take the request just now. Try again."),
    429: (ProviderThrottledError, "The provider takes no more requests just now. Try again later."),
}


_UNPAID = frozenset({"insufficient_quota", "billing_hard_limit_reached"})

_KINDS: Mapping[str, int] = {
    "authentication_error": 401, "invalid_api_key": 401, "permission_error": 403, "not_found_error": 404,
    "model_not_found": 404, "rate_limit_error": 429, "rate_limit_exceeded": 429, "insufficient_quota": 402,
    "requests": 429, "tokens": 429, "timeout_error": 408, "invalid_request_error": 400, "context_length_exceeded": 400,
    "BadRequestError": 400, "content_filter": 400, "content_policy_violation": 400, "invalid_prompt": 400,
    "server_error": 500, "api_error": 500, "overloaded_error": 503, "server_overloaded": 503,
}  # fmt: skip
"""What servers call the kind of an error, and the HTTP status that it would have been."""


def failure(status: int, headers: Mapping[str, str], body: bytes, now: float) -> ProviderError:
    """`headers` in lower case; `now` in UNIX seconds, for a Retry-After that is a date."""
    if status < 400:
        return ProviderReplyError(
            "The provider redirects or has no answer. Check the target's base_url.", status=status
        )
    code = known_code(body)
    # A quota that is used up does not pass by itself, although it has the status of what does.
    kind, message = _STATUSES.get(402 if code in _UNPAID else status) or _other(status)
    return kind(message, status=status, code=code, retry_after=retry_after(headers, now))


def event_failure(error: Any) -> ProviderError:
    """An `error` event within a stream: by its numeric code where there is one, else by its words for the kind."""
    fields = error if isinstance(error, dict) else {}
    body = json.dumps({"error": fields}).encode()
    statuses = (fields.get(name) for name in ("status", "status_code", "code"))
    for status in statuses:
        if isinstance(status, int | str) and re.fullmatch(r"[45]\d\d", str(status)):
            return failure(int(status), {}, body, 0.0)
    for name in (fields.get("code"), fields.get("type")):
        if isinstance(name, str) and name in _KINDS:
            kind, message = _STATUSES.get(_KINDS[name]) or _other(_KINDS[name])
            return kind(message, code=known_code(body))
    return ProviderUnavailableError("The provider broke off with an error. Try again.", code=known_code(body))


def known_code(body: bytes) -> str | None:
    """The `error.code` of an error body when it is one of CODES."""
    try:
        code = json.loads(body)["error"]["code"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return code if isinstance(code, str) and code in CODES else None


def _other(status: int) -> tuple[type[ProviderError], str]:
    if status >= 500:
        return ProviderUnavailableError, "The provider has trouble. Try again."
    return ProviderRejectedError, "The provider calls the request invalid. Check its fields, its length and its images."
