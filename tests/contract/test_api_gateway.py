"""What API Gateway answers by itself, before any of our code runs, is the right exception in both SDKs too."""

from typing import Any

import anthropic
import httpx2
import openai
import pytest

from sallyport_local.api_gateway import gateway_responses
from sallyport_local.template import read_template

REFUSALS = gateway_responses(read_template())
CLASSES: dict[str, tuple[type[Exception], type[Exception]]] = {
    "UNAUTHORIZED": (openai.AuthenticationError, anthropic.AuthenticationError),
    "ACCESS_DENIED": (openai.PermissionDeniedError, anthropic.PermissionDeniedError),
    "AUTHORIZER_FAILURE": (openai.InternalServerError, anthropic.ServiceUnavailableError),
    "AUTHORIZER_CONFIGURATION_ERROR": (openai.InternalServerError, anthropic.InternalServerError),
    "MISSING_AUTHENTICATION_TOKEN": (openai.NotFoundError, anthropic.NotFoundError),
    "REQUEST_TOO_LARGE": (openai.APIStatusError, anthropic.ContentTooLargeError),
    "THROTTLED": (openai.RateLimitError, anthropic.RateLimitError),
    "INTEGRATION_TIMEOUT": (openai.InternalServerError, anthropic.GatewayTimeoutError),
    "INTEGRATION_FAILURE": (openai.InternalServerError, anthropic.ServiceUnavailableError),
}


def answering(kind: str) -> httpx2.Client:
    status, headers, body = REFUSALS[kind]
    sent = {name: value.replace("context.requestId", "req_1") for name, value in headers.items()}
    response = httpx2.Response(status, headers=sent | {"content-type": "application/json"}, content=body)
    return httpx2.Client(transport=httpx2.MockTransport(lambda _: response))


def test_every_one_of_them_is_known_here():
    assert CLASSES.keys() == REFUSALS.keys()


@pytest.mark.parametrize("kind", CLASSES)
def test_it_is_the_exception_of_its_status(kind: str):
    messages: list[Any] = [{"role": "user", "content": "Hello"}]
    options: dict[str, Any] = {"api_key": "-", "base_url": "http://gateway.test", "max_retries": 0}
    of_openai, of_anthropic = CLASSES[kind]
    with answering(kind) as http, pytest.raises(of_openai) as raised:
        openai.OpenAI(**options, http_client=http).chat.completions.create(model="m", messages=messages)
    with answering(kind) as http, pytest.raises(of_anthropic) as told:
        anthropic.Anthropic(**options, http_client=http).messages.create(model="m", max_tokens=1, messages=messages)

    assert (type(raised.value), type(told.value)) == (of_openai, of_anthropic)
    assert (raised.value.request_id, told.value.request_id) == ("req_1", "req_1")
    assert raised.value.body["message"] == told.value.body["error"]["message"]
