"""Botocore's errors as ours. Bedrock's own words may quote the prompt or an ARN, so none of them passes."""

import re
from collections.abc import Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EventStreamError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

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

_BUSY = "Bedrock takes no more requests for this model just now. Try again later."
_LATE = "Bedrock did not answer in time. Try again, or ask for a shorter answer."
_TROUBLE = "Bedrock has trouble. Try again."
_INVALID = "Bedrock calls the request invalid. Check its fields, its length and its images."
_DENIED = "Bedrock refuses the gateway's role. Allow it bedrock:InvokeModel on the target's model, and model access."
_UNKNOWN = "Bedrock does not know the model here. Check the target's model and region."

_CODES: Mapping[str, tuple[type[ProviderError], str]] = {
    "ValidationException": (ProviderRejectedError, _INVALID),
    "ThrottlingException": (ProviderThrottledError, _BUSY),
    "TooManyRequestsException": (ProviderThrottledError, _BUSY),
    "ServiceQuotaExceededException": (ProviderThrottledError, _BUSY),
    "ModelNotReadyException": (ProviderThrottledError, _BUSY),
    "ModelTimeoutException": (ProviderTimeoutError, _LATE),
    "ModelStreamErrorException": (ProviderUnavailableError, _TROUBLE),
    "ModelErrorException": (ProviderUnavailableError, _TROUBLE),
    "InternalServerException": (ProviderUnavailableError, _TROUBLE),
    "ServiceUnavailableException": (ProviderUnavailableError, _TROUBLE),
    "AccessDeniedException": (ProviderDeniedError, _DENIED),
    "ResourceNotFoundException": (ProviderDeniedError, _UNKNOWN),
}
# Bedrock reports all of these as ValidationException; its wording is the only difference.
_TOO_LONG = re.compile(
    r"(?:input|prompt|request|conversation) is too long|too many (?:input )?tokens|context (?:window|length|limit)"
    r"|maximum (?:context|tokens|number of (?:input )?tokens)",
    re.IGNORECASE,
)
_NO_SUCH_MODEL = re.compile(r"model identifier is invalid|on-demand throughput", re.IGNORECASE)
_NO_ACCESS = re.compile(r"not authorized to|don't have access to the model", re.IGNORECASE)
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
    NoRegionError,
)


def failure(error: Exception, now: float) -> ProviderError:
    """`error` is botocore's, or a RecursionError over deep JSON; `now` UNIX seconds, for Retry-After dates."""
    match error:
        case ClientError():
            return _client_error(error, now)
        case ParamValidationError() | RecursionError():
            return ProviderRejectedError(_INVALID)
        case ConnectTimeoutError() | ReadTimeoutError():
            return ProviderTimeoutError(_LATE)
        case ResponseParserError():
            return ProviderReplyError("Bedrock's reply cannot be understood. Try again.")
        case BotoCoreError() if isinstance(error, _NO_CREDENTIALS):
            return ProviderDeniedError("The gateway has no AWS credentials or region for Bedrock. Configure them.")
        case _:
            return ProviderUnavailableError("Bedrock cannot be reached, or hung up. Try again.")


def _client_error(error: ClientError, now: float) -> ProviderError:
    code = error.response.get("Error", {}).get("Code", "")
    said = error.response.get("Error", {}).get("Message", "")
    metadata = error.response.get("ResponseMetadata", {})
    status: int | None = metadata.get("HTTPStatusCode", 500)
    if isinstance(error, EventStreamError):
        # In the middle of a stream names begin with a small letter, and botocore makes up a status.
        code, status = f"{code[:1].upper()}{code[1:]}", None
    if code == "ValidationException" and _TOO_LONG.search(said):
        message = "The prompt is longer than the model's context. Send less, or choose another model."
        return ProviderRejectedError(message, status=status, code="context_length_exceeded")
    if code == "ValidationException" and _NO_SUCH_MODEL.search(said):
        return ProviderDeniedError(_UNKNOWN, status=status)
    if code == "ValidationException" and _NO_ACCESS.search(said):
        return ProviderDeniedError(_DENIED, status=status)
    kind, message = _CODES.get(code) or _by_status(status)
    headers = {name.lower(): value for name, value in metadata.get("HTTPHeaders", {}).items()}
    return kind(message, status=status, retry_after=retry_after(headers, now))


def _by_status(status: int | None) -> tuple[type[ProviderError], str]:
    """For codes of the network and of signatures, which no service model lists."""
    if status is None or status >= 500:
        return ProviderUnavailableError, _TROUBLE
    if status == 429:
        return ProviderThrottledError, _BUSY
    return (ProviderDeniedError, _DENIED) if status in (401, 403) else (ProviderRejectedError, _INVALID)
