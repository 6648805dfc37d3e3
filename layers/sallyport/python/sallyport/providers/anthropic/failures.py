"""A failed reply as one of our errors. The reply's own words may quote the prompt, so none of them passes.

Statuses and types: https://platform.claude.com/docs/en/api/errors
"""

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

_CREDENTIALS = "The provider refuses the gateway's credentials. Check the target's secret."
_PAYMENT = "The provider asks for payment. Check the gateway's account there."
_BUSY = "The provider takes no more requests just now. Try again later."
_TROUBLE = "The provider has trouble. Try again."

_STATUSES: Mapping[int, tuple[type[ProviderError], str]] = {
    401: (ProviderDeniedError, _CREDENTIALS),
    402: (ProviderDeniedError, _PAYMENT),
    403: (ProviderDeniedError, _CREDENTIALS),
    404: (ProviderDeniedError, "The provider does not know the model. Check the target's model and base_url."),
    408: (ProviderTimeoutError, "The provider ran out of time. Try again."),
    409: (ProviderUnavailableError, "The provider cannot take the request just now. Try again."),
    413: (ProviderRejectedError, "The request has more bytes than the provider takes. Send less."),
    424: (ProviderUnavailableError, _TROUBLE),
    429: (ProviderThrottledError, _BUSY),
    504: (ProviderTimeoutError, "The provider ran out of time. Try again."),
    529: (ProviderUnavailableError, "The provider is overloaded. Try again later."),
}

_KINDS: Mapping[str, int] = {
    "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402, "permission_error": 403,
    "not_found_error": 404, "conflict_error": 409, "request_too_large": 413, "rate_limit_error": 429,
    "api_error": 500, "timeout_error": 504, "overloaded_error": 529,
}  # fmt: skip
"""What the API calls the kind of an error, and the status that comes with it: a stream has nothing but the former."""

_FIELDS = frozenset({
    "cache_control", "inference_geo", "max_tokens", "messages", "metadata", "output_config", "service_tier",
    "stop_sequences", "system", "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
})  # fmt: skip
"""With one of these an error message begins when it is about that field."""

# The API reports both as invalid_request_error; its wording is the only difference.
_TOO_LONG = re.compile(r"prompt is too long|exceeds? (?:the )?context (?:limit|window)", re.IGNORECASE)
_NO_CREDIT = re.compile(r"credit balance is too low", re.IGNORECASE)
_FIELD = re.compile(r"[a-z_]+(?=[.:])")


def failure(status: int, headers: Mapping[str, str], body: bytes, now: float) -> ProviderError:
    """`headers` in lower case; `now` in UNIX seconds, for a Retry-After that is a date."""
    if status < 400:
        return ProviderReplyError(
            "The provider redirects or has no answer. Check the target's base_url.", status=status
        )
    return _error(status, _said(body), status=status, retry_after=retry_after(headers, now))


def event_failure(event: Mapping[str, Any]) -> ProviderError:
    """An `error` event within a stream, by its type."""
    error = event.get("error")
    kind = error.get("type") if isinstance(error, dict) else None
    said = error.get("message") if isinstance(error, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        return ProviderUnavailableError("The provider broke off with an error. Try again.")
    return _error(_KINDS[kind], said if isinstance(said, str) else "")


def _error(meant: int, said: str, **details: Any) -> ProviderError:
    """For the status that is `meant`. What is `said` is looked at, and not repeated."""
    if meant in (400, 413) and _TOO_LONG.search(said):
        message = "The prompt is longer than the model's context. Send less, or choose another model."
        return ProviderRejectedError(message, **details, code="context_length_exceeded")
    if meant == 400 and _NO_CREDIT.search(said):
        return ProviderDeniedError(_PAYMENT, **details)
    if meant in _STATUSES:
        kind, message = _STATUSES[meant]
        return kind(message, **details)
    if meant >= 500:
        return ProviderUnavailableError(_TROUBLE, **details)
    field = _FIELD.match(said)
    param = field[0] if field and field[0] in _FIELDS else None
    message = "The provider calls the request invalid. Check its fields, its length and its images."
    return ProviderRejectedError(message, **details, param=param)


def _said(body: bytes) -> str:
    try:
        said = json.loads(body)["error"]["message"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""
    return said if isinstance(said, str) else ""
