"""providers/bedrock/failures: every way botocore can fail, in our words."""

import pytest
from botocore import exceptions as botocore_errors
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from sallyport.errors import (
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    facts,
)
from sallyport.providers.bedrock.failures import failure

CANARY = "arn:aws:iam::123456789012:role/canary"


def client_error(code: str, status: int, said: str = CANARY, **headers: str) -> ClientError:
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": headers}
    return ClientError({"Error": {"Code": code, "Message": said}, "ResponseMetadata": metadata}, "Converse")


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ValidationException", 400, ProviderRejectedError),
        ("AccessDeniedException", 403, ProviderDeniedError),
        ("UnrecognizedClientException", 403, ProviderDeniedError),
        ("ExpiredTokenException", 403, ProviderDeniedError),
        ("ResourceNotFoundException", 404, ProviderDeniedError),
        ("ModelTimeoutException", 408, ProviderTimeoutError),
        ("ModelErrorException", 424, ProviderUnavailableError),
        ("ThrottlingException", 429, ProviderThrottledError),
        ("ModelNotReadyException", 429, ProviderThrottledError),
        ("ServiceQuotaExceededException", 400, ProviderThrottledError),
        ("InternalServerException", 500, ProviderUnavailableError),
        ("ServiceUnavailableException", 503, ProviderUnavailableError),
        ("413", 413, ProviderRejectedError),
        ("429", 429, ProviderThrottledError),
        ("502", 502, ProviderUnavailableError),
    ],
)
def test_codes(code, status, kind):
    error = failure(client_error(code, status), 0.0)

    assert type(error) is kind
    assert error.details == {"status": status}
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("Input is too long for requested model.", ProviderRejectedError, "context_length_exceeded"),
        ("prompt is too long: 210000 tokens > 200000 maximum", ProviderRejectedError, "context_length_exceeded"),
        ("The input exceeds the maximum number of tokens", ProviderRejectedError, "context_length_exceeded"),
        (
            "input length and `max_tokens` exceed context limit",
            ProviderRejectedError,
            "context_length_exceeded",
        ),
        ("Too many input tokens. Max input tokens: 3", ProviderRejectedError, "context_length_exceeded"),
        ("The name of a tool is too long", ProviderRejectedError, None),
        ("You are not authorized to invoke this API operation", ProviderDeniedError, None),
        ("The provided model identifier is invalid.", ProviderDeniedError, None),
        ("with on-demand throughput is not supported", ProviderDeniedError, None),
        ("The maximum temperature is 1", ProviderRejectedError, None),
    ],
)
def test_what_bedrock_only_tells_apart_in_words(said, kind, code):
    error = failure(client_error("ValidationException", 400, said), 0.0)

    assert (type(error), error.details.get("code")) == (kind, code)


def test_a_throttle_tells_when_to_come_back():
    assert failure(client_error("ThrottlingException", 429, **{"Retry-After": "7"}), 0.0).retry_after == 7


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (botocore_errors.ParamValidationError(report=CANARY), ProviderRejectedError),
        (RecursionError(CANARY), ProviderRejectedError),
        (botocore_errors.ConnectTimeoutError(endpoint_url=CANARY), ProviderTimeoutError),
        (botocore_errors.ReadTimeoutError(endpoint_url=CANARY), ProviderTimeoutError),
        (botocore_errors.EndpointConnectionError(endpoint_url=CANARY), ProviderUnavailableError),
        (botocore_errors.ConnectionClosedError(endpoint_url=CANARY), ProviderUnavailableError),
        (botocore_errors.SSLError(endpoint_url="a", error=CANARY), ProviderUnavailableError),
        (botocore_errors.NoCredentialsError(), ProviderDeniedError),
        (botocore_errors.PartialCredentialsError(provider="env", cred_var=CANARY), ProviderDeniedError),
        (botocore_errors.NoRegionError(), ProviderDeniedError),
        (ResponseParserError(CANARY), ProviderReplyError),
    ],
)
def test_what_never_reached_bedrock_or_came_back_broken(error, kind):
    made = failure(error, 0.0)

    assert type(made) is kind
    assert "canary" not in str(made)


@pytest.mark.parametrize(
    ("code", "status", "seen"),
    [
        ("ValidationException", 400, 400), ("AccessDeniedException", 403, 502), ("ResourceNotFoundException", 404, 502),
        ("ModelTimeoutException", 408, 504), ("ModelErrorException", 424, 502), ("ThrottlingException", 429, 429),
        ("ModelNotReadyException", 429, 429), ("InternalServerException", 500, 502),
        ("ServiceUnavailableException", 503, 502),
    ],
)  # fmt: skip
def test_what_a_client_sees_of_bedrocks_statuses(code, status, seen):
    """A role or a model that Bedrock refuses is the operator's to mend, so neither looks like the client's fault."""
    assert facts(failure(client_error(code, status), 0.0)).status == seen
