"""A failed reply as one of our errors. The reply's own words may quote the prompt, so only known codes pass."""

import json
from collections.abc import Mapping

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
    425: (ProviderUnavailableError, "The provider cannot take the request just now. Try again."),
    429: (ProviderThrottledError, "The provider takes no more requests just now. Try again later."),
}


def failure(status: int, headers: Mapping[str, str], body: bytes, now: float) -> ProviderError:
    """`headers` in lower case; `now` in UNIX seconds, for a Retry-After that is a date."""
    if status < 400:
        return ProviderReplyError(
            "The provider redirects or has no answer. Check the target's base_url.", status=status
        )
    kind, message = _STATUSES.get(status) or _other(status)
    return kind(message, status=status, code=known_code(body), retry_after=retry_after(headers, now))


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
