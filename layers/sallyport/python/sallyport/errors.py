"""Every error the gateway raises on purpose, and what a client sees of it.

    SallyportError
    ├── InvalidRequestError  RequestTooLargeError  ModelNotFoundError  ContentBlockedError      the request
    ├── InFlightError  KeyReusedError                                                           one asked before
    ├── InvalidKeyError  RateLimitedError  BudgetExhaustedError                                 the caller
    ├── ProviderError                                                                           one attempt
    │   ├── ProviderThrottledError  ProviderTimeoutError  ProviderUnavailableError  ProviderReplyError
    │   ├── ProviderDeniedError  ProviderRejectedError                                          the request's own
    │   └── RoomNeededError                                                                     none was made yet
    ├── NoPrivateTargetError  NoTargetLeftError  DeadlineExceededError                          every attempt
    │   └── NoHealthyPrivateTargetError                                                         of confidential content
    ├── ClientLeftError  StreamLostError                                                        nobody waits any more
    ├── OverloadedError                                                                         too much at once
    └── StoreUnavailableError  VaultUnavailableError  RedactionFailedError  AuditUnavailableError  InternalError   us

A class name is part of the contract with `workflows/*.asl.yaml`: Step Functions matches `ErrorEquals` on it.
An error crosses Step Functions as its class name and its text alone, so the text is a small JSON document:
`{"message": …, "retry_after": …}`. No message may quote a prompt, an answer or a key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


class SallyportError(Exception):
    """Base of them all. `details` are JSON values that a client, a fallback or an auditor may see."""

    def __init__(self, message: str, **details: Any) -> None:
        self.message = message
        self.details = {name: value for name, value in details.items() if value is not None}
        super().__init__(json.dumps({"message": message, **self.details}, separators=(",", ":")))

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the same request may pass; None when nobody knows."""
        return self.details.get("retry_after")


class InvalidRequestError(SallyportError):
    """The body does not fit the API; `param` names the field."""


class RequestTooLargeError(SallyportError):
    """More bytes than the gateway or the caller's policy takes."""


class ModelNotFoundError(SallyportError):
    """No such model alias, or not for this caller: both look the same."""


class ContentBlockedError(SallyportError):
    """The tenant's policy refuses content of a type that was found."""


class InFlightError(SallyportError):
    """The same request is being answered just now; its answer comes by itself."""


class KeyReusedError(SallyportError):
    """An Idempotency-Key that belongs to another request."""


class InvalidKeyError(SallyportError):
    """Unknown, malformed, expired and revoked keys alike."""


class RateLimitedError(SallyportError):
    """A limit per minute or day is used up; it passes by itself."""


class BudgetExhaustedError(SallyportError):
    """Money is used up until the budget's next period: retrying does not help."""


class ProviderError(SallyportError):
    """One attempt at one target failed; `target` names it."""


class ProviderThrottledError(ProviderError):
    """The provider asks us to slow down (429)."""


class ProviderTimeoutError(ProviderError):
    """No answer within the target's timeout or the caller's deadline."""


class ProviderUnavailableError(ProviderError):
    """Refused, reset, or a server error (5xx)."""


class ProviderReplyError(ProviderError):
    """An answer that cannot be understood."""


class ProviderRejectedError(ProviderError):
    """The provider calls the request invalid (400): no other target would take it."""


class ProviderDeniedError(ProviderError):
    """The provider refuses our credentials, or does not know the model: an operator must act."""


class RoomNeededError(ProviderError):
    """The target has limits of its own, of which nothing was taken: Fallback takes room, and it is asked then."""


class NoPrivateTargetError(SallyportError):
    """The content is confidential and the route has no private target: never downgraded to a cloud model."""


class NoTargetLeftError(SallyportError):
    """No target may be asked: each failed, or its provider asked to be left alone."""


class NoHealthyPrivateTargetError(NoTargetLeftError):
    """The content is confidential and no private target answers now: never downgraded to a cloud model."""


class DeadlineExceededError(SallyportError):
    """The caller's deadline passed before an answer came."""


class ClientLeftError(SallyportError):
    """The client hung up before its answer was whole. Only the audit log ever sees it."""


class StreamLostError(SallyportError):
    """The gateway stopped, or died, before the answer was whole. Of one that died only the audit log sees it."""


class OverloadedError(SallyportError):
    """More at once than the gateway can run; it passes by itself."""


class StoreUnavailableError(SallyportError):
    """Keys, configuration, ledger or usage cannot be read or written."""


class VaultUnavailableError(SallyportError):
    """Content cannot be sealed or opened."""


class RedactionFailedError(SallyportError):
    """The content could not be searched for personal data, so it goes nowhere."""


class AuditUnavailableError(SallyportError):
    """What happened could not be recorded, so its answer is not given."""


class InternalError(SallyportError):
    """A bug. Names the exception's type and place, never its message, which may quote content."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What HTTP, a log and a retrying client need to know of an error class."""

    status: int
    openai_type: str
    code: str | None
    anthropic_type: str
    level: Literal["info", "warning", "error"]
    retry: bool


_INVALID = "invalid_request_error"
FACTS: Mapping[type[SallyportError], Facts] = {
    InvalidRequestError: Facts(400, _INVALID, None, _INVALID, "info", False),
    RequestTooLargeError: Facts(413, _INVALID, "request_too_large", "request_too_large", "info", False),
    ModelNotFoundError: Facts(404, _INVALID, "model_not_found", "not_found_error", "info", False),
    ContentBlockedError: Facts(400, _INVALID, "content_blocked", _INVALID, "warning", False),
    InFlightError: Facts(409, _INVALID, "request_in_flight", _INVALID, "info", True),
    KeyReusedError: Facts(422, _INVALID, "idempotency_key_reused", _INVALID, "info", False),
    InvalidKeyError: Facts(401, _INVALID, "invalid_api_key", "authentication_error", "info", False),
    RateLimitedError: Facts(429, "rate_limit_error", "rate_limit_exceeded", "rate_limit_error", "info", True),
    BudgetExhaustedError: Facts(429, "insufficient_quota", "insufficient_quota", "billing_error", "warning", False),
    ProviderError: Facts(502, "api_error", "provider_error", "api_error", "warning", True),
    ProviderThrottledError: Facts(429, "rate_limit_error", "provider_throttled", "rate_limit_error", "warning", True),
    ProviderTimeoutError: Facts(504, "api_error", "provider_timeout", "timeout_error", "warning", True),
    ProviderUnavailableError: Facts(502, "api_error", "provider_unavailable", "api_error", "warning", True),
    ProviderReplyError: Facts(502, "api_error", "provider_reply_invalid", "api_error", "warning", True),
    ProviderRejectedError: Facts(400, _INVALID, "provider_rejected", _INVALID, "info", False),
    ProviderDeniedError: Facts(502, "api_error", "provider_denied", "api_error", "error", False),
    RoomNeededError: Facts(503, "api_error", "room_needed", "overloaded_error", "warning", True),
    NoPrivateTargetError: Facts(503, "api_error", "no_private_target", "overloaded_error", "error", True),
    NoTargetLeftError: Facts(503, "api_error", "no_target_left", "overloaded_error", "error", True),
    NoHealthyPrivateTargetError: Facts(
        503, "api_error", "no_healthy_private_target", "overloaded_error", "error", True
    ),
    DeadlineExceededError: Facts(504, "api_error", "deadline_exceeded", "timeout_error", "warning", True),
    ClientLeftError: Facts(499, "api_error", "client_left", "api_error", "info", False),
    StreamLostError: Facts(503, "api_error", "stream_lost", "overloaded_error", "warning", True),
    OverloadedError: Facts(503, "api_error", "overloaded", "overloaded_error", "warning", True),
    StoreUnavailableError: Facts(503, "api_error", "store_unavailable", "overloaded_error", "error", True),
    VaultUnavailableError: Facts(503, "api_error", "vault_unavailable", "overloaded_error", "error", True),
    RedactionFailedError: Facts(503, "api_error", "redaction_failed", "overloaded_error", "error", True),
    AuditUnavailableError: Facts(503, "api_error", "audit_unavailable", "overloaded_error", "error", True),
    InternalError: Facts(500, "api_error", "internal_error", "api_error", "error", True),
}

# What Step Functions and Lambda themselves report, in the gateway's words.
_BUSY = OverloadedError("The gateway has more to do than it can now. Try again in a moment.", retry_after=2.0)
_FOREIGN: Mapping[str, SallyportError] = {
    "States.Timeout": DeadlineExceededError("No answer came in time. Try again, or ask for a shorter answer."),
    "States.DataLimitExceeded": RequestTooLargeError("The request is too large to be processed. Send less."),
    "Lambda.TooManyRequestsException": _BUSY,
    "Lambda.ServiceException": _BUSY,
    "Lambda.AWSLambdaException": _BUSY,
    "Lambda.SdkClientException": _BUSY,
}


def facts(error: SallyportError) -> Facts:
    return FACTS[type(error)]


def from_failure(name: str, cause: str | None) -> SallyportError:
    """Rebuild the error that failed a state from Step Functions' `Error` and `Cause`.

    `cause` is Lambda's `{"errorMessage", "errorType", …}` or the bare text of an error. What is not ours becomes
    InternalError, and its text is dropped: a foreign message may quote content.
    """
    if name in _FOREIGN:
        known = _FOREIGN[name]
        return type(known)(known.message, **known.details)
    classes = {each.__name__: each for each in FACTS}
    if name not in classes:
        return InternalError("The gateway failed. The operator finds the request id in the logs.", cause_type=name)
    fields = _parse(cause)
    message = fields.pop("message", None) or "The request failed."
    return classes[name](str(message), **{str(key): value for key, value in fields.items()})


def _parse(cause: str | None) -> dict[str, Any]:
    """The JSON document inside Lambda's JSON document; an empty one when the cause is something else."""
    try:
        outer = json.loads(cause or "{}")
        inner = json.loads(outer["errorMessage"]) if isinstance(outer, dict) and "errorMessage" in outer else outer
    except (TypeError, ValueError):
        return {}
    return inner if isinstance(inner, dict) else {}
