"""Every refusal is an exception of Anthropic's SDK, of the right class, and retried only when that may help."""

from typing import Any

import anthropic
import pytest

from tests.contract.conftest import Messengers
from tests.contract.provider import Provider, Reply, failure
from tests.contract.wire import Wire

CANARY = "canary-7f3a"
HELLO: list[Any] = [{"role": "user", "content": f"Hello {CANARY}"}]
INVALID = "invalid_request_error"
NEWER = not anthropic.__version__.startswith("1.")


def newer(name: str, older: type[Exception]) -> type[Exception]:
    """A class that only the current SDK exports."""
    return getattr(anthropic, name) if NEWER else older


def refused(client: anthropic.Anthropic, **fields: Any) -> anthropic.APIStatusError:
    with pytest.raises(anthropic.APIStatusError) as raised:
        client.messages.create(**{"model": "echo", "max_tokens": 50, "messages": HELLO} | fields)
    assert CANARY not in raised.value.response.text
    assert raised.value.request_id == raised.value.response.headers["request-id"]
    return raised.value


def told(error: anthropic.APIStatusError) -> dict[str, Any]:
    body: Any = error.body
    return {"type": body["error"]["type"], **body["error"].get("details", {})}


@pytest.mark.parametrize(
    ("key", "fields", "error", "status", "said"),
    [
        ("app", {"model": "absent"}, anthropic.NotFoundError, 404, {"type": "not_found_error", "param": "model"}),
        ("small", {"model": "simulated"}, anthropic.NotFoundError, 404, {"type": "not_found_error", "param": "model"}),
        ("app", {"max_tokens": 0}, anthropic.BadRequestError, 400, {"type": INVALID, "param": "max_tokens"}),
        ("app", {"messages": []}, anthropic.BadRequestError, 400, {"type": INVALID, "param": "messages"}),
        ("app", {"messages": [{"role": "user", "content": [{"type": "text"}]}]}, anthropic.BadRequestError, 400,
         {"type": INVALID, "param": "messages.0.content.0.text"}),
        ("app", {"extra_body": {"temperature": 1.5}}, anthropic.BadRequestError, 400,
         {"type": INVALID, "param": "temperature"}),
        ("app", {"extra_body": {"container": "c"}}, anthropic.BadRequestError, 400,
         {"type": INVALID, "param": "container"}),
        ("app", {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, anthropic.BadRequestError, 400,
         {"type": INVALID, "param": "tools.0.type"}),
        ("small", {"messages": HELLO * 1000}, newer("ContentTooLargeError", anthropic.APIStatusError), 413,
         {"type": "request_too_large", "error_code": "request_too_large"}),
        ("full", {}, anthropic.RateLimitError, 429,
         {"type": "rate_limit_error", "error_code": "rate_limit_exceeded"}),
        ("poor", {"max_tokens": 4000}, newer("EnforcedSpendLimitReachedError", anthropic.RateLimitError), 429,
         {"type": "billing_error", "error_code": "enforced_spend_limit_reached"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
def test_the_gateways_own_refusals_are_of_the_right_class(
    messengers: Messengers,
    provider: Provider,
    stream: bool,
    key: str,
    fields: dict,
    error: type,
    status: int,
    said: Any,
):
    raised = refused(messengers(key), **fields, stream=stream)

    assert isinstance(raised, error)
    assert raised.status_code == status
    assert told(raised).items() >= said.items()
    assert provider.requests == []


def test_a_key_that_is_not_ours_is_401(messengers: Messengers):
    assert type(refused(messengers("sk-ant-no"))) is anthropic.AuthenticationError
    with pytest.raises(anthropic.AuthenticationError):
        messengers("sk-ant-no").messages.count_tokens(model="echo", messages=HELLO)


@pytest.mark.parametrize(
    ("reply", "error", "status", "type_"),
    [
        (failure(400, "context_length_exceeded"), anthropic.BadRequestError, 400, INVALID),
        (failure(422), anthropic.BadRequestError, 400, INVALID),
        (failure(401, "invalid_api_key"), anthropic.InternalServerError, 502, "api_error"),
        (failure(403), anthropic.InternalServerError, 502, "api_error"),
        (failure(404), anthropic.InternalServerError, 502, "api_error"),
        (failure(429), anthropic.RateLimitError, 429, "rate_limit_error"),
        (failure(500), anthropic.InternalServerError, 502, "api_error"),
        (failure(529), anthropic.InternalServerError, 502, "api_error"),
        (Reply(200, {"choices": CANARY}), anthropic.InternalServerError, 502, "api_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_providers_failure_is_never_taken_for_the_applications_own(
    messenger: anthropic.Anthropic, provider: Provider, stream: bool, reply: Reply, error: type, status: int, type_: str
):
    """The provider's 401 is about the gateway's key and its 404 about the gateway's configuration."""
    provider.script(reply)
    raised = refused(messenger, stream=stream)

    assert isinstance(raised, error)
    assert (raised.status_code, told(raised)["type"]) == (status, type_)


def test_a_deadline_that_passed_is_504(messenger: anthropic.Anthropic, wire: Wire):
    """The SDK tells its own patience in a header; here it says less than it has, to hear what the gateway answers."""
    raised = refused(messenger, model="alone", extra_headers={"x-stainless-read-timeout": "0.7"})

    assert isinstance(raised, newer("GatewayTimeoutError", anthropic.InternalServerError))
    assert (raised.status_code, told(raised)["type"]) == (504, "timeout_error")
    assert wire.responses[0].headers["x-should-retry"] == "true"


def test_a_client_may_be_less_patient_than_the_gateway(messengers: Messengers):
    longer = {"x-stainless-read-timeout": "2", "x-stainless-timeout": "2"}
    with pytest.raises(anthropic.APITimeoutError):
        messengers(timeout=0.3).messages.create(model="alone", max_tokens=9, messages=HELLO, extra_headers=longer)


def test_a_passing_failure_is_retried_after_the_time_that_was_said(
    messengers: Messengers, provider: Provider, wire: Wire
):
    provider.script(failure(503, retry_after="1"))
    answered = messengers(max_retries=2).messages.create(model="echo", max_tokens=50, messages=HELLO)

    assert answered.content[0].text.startswith("You said")
    assert wire.statuses == [502, 200]
    assert (wire.responses[0].headers["x-should-retry"], wire.responses[0].headers["retry-after"]) == ("true", "1")
    assert [each.request.headers["x-stainless-retry-count"] for each in wire.responses] == ["0", "1"]
    assert wire.asked_at[1] - wire.asked_at[0] >= 1.0
    assert len(set(wire.request_ids)) == 2


def test_a_stream_that_did_not_begin_is_retried(messengers: Messengers, wire: Wire):
    with (
        pytest.raises(anthropic.InternalServerError),
        messengers(max_retries=1).messages.stream(model="busy", max_tokens=50, messages=HELLO),
    ):
        pass

    assert wire.statuses == [502, 502]


@pytest.mark.parametrize(
    ("key", "fields", "status"),
    [
        ("poor", {"max_tokens": 4000}, 429),
        ("small", {"messages": HELLO * 1000}, 413),
        ("app", {"model": "absent"}, 404),
        ("app", {"max_tokens": 0}, 400),
        ("sp_no", {}, 401),
        ("app", {"model": "denied"}, 502),
    ],
)
def test_what_waiting_does_not_help_is_asked_once(
    messengers: Messengers, wire: Wire, key: str, fields: dict, status: int
):
    refused(messengers(key, max_retries=2), **fields)

    assert wire.statuses == [status]


@pytest.mark.parametrize(("asked", "answered"), [("7", "7"), ("9999", None)])
def test_no_wait_is_asked_for_that_this_sdk_would_sleep_through(
    messenger: anthropic.Anthropic, provider: Provider, wire: Wire, asked: str, answered: str | None
):
    """It keeps any, of hours too."""
    provider.script(failure(503, retry_after=asked))
    refused(messenger)

    assert wire.responses[0].headers.get("retry-after") == answered
    assert wire.responses[0].headers["x-should-retry"] == ("false" if answered is None else "true")


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda client: client.messages.batches.list(), 404),
        (lambda client: client.get("/v1/messages", cast_to=object), 405),
        (lambda client: client.post("/v1/complete", body={}, cast_to=object), 404),
    ],
)
def test_what_is_not_there_says_so(messengers: Messengers, wire: Wire, call: Any, status: int):
    with pytest.raises(anthropic.APIStatusError, match=r"There is nothing|does not take"):
        call(messengers(max_retries=2))

    assert wire.statuses == [status]


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "order-19"}], ids=["no key", "a key"])
def test_an_sdk_that_gave_up_too_early_gets_the_answer_of_its_first_try(messengers: Messengers, wire: Wire, key: dict):
    slow = {"x-sallyport-drill": "slow-1500ms", "x-stainless-timeout": "20", "x-stainless-read-timeout": "20"}
    message = messengers(timeout=0.8, max_retries=4).messages.create(
        model="simulated", max_tokens=50, messages=HELLO, extra_headers=slow | key
    )

    *conflicts, last = wire.responses
    assert {each.status_code for each in conflicts} <= {409}
    assert last.headers["idempotent-replayed"] == "true"
    assert message.id == f"msg_{last.headers['x-sallyport-replay-of']}"


def test_a_key_of_another_request_is_refused_by_name(messenger: anthropic.Anthropic):
    def ask(tokens: int) -> str:
        headers = {"Idempotency-Key": "order-20"}
        return messenger.messages.create(model="echo", max_tokens=tokens, messages=HELLO, extra_headers=headers).id

    assert ask(50) == ask(50)
    with pytest.raises(anthropic.UnprocessableEntityError):
        ask(51)
