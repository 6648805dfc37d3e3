"""What a client sees when it may not, must not or cannot have an answer."""

import httpx
import openai
import pytest

from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

LEFT_OF_THREE = {"embedded": ["2", "1", "0", "0", "0"], "emulated": [None, None, None, "0", "0"]}
"""DynamoDB's transactions tell nothing of what they wrote, only of what stopped them."""


@pytest.mark.parametrize("key", ["-", "nonsense", "sp_abc", f"sp_{'a' * 12}_{'b' * 43}"])
@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
def test_a_key_that_is_not_good_is_401_with_one_body(running: Running, key: str, header: str):
    headers = {header: f"Bearer {key}" if header == "Authorization" else key}
    answer = httpx.get(f"{running.url}/v1/models", headers=headers)

    assert answer.status_code == 401
    assert as_json(answer)["error"]["code"] == "invalid_api_key"
    assert answer.text == httpx.get(f"{running.url}/v1/models").text
    assert answer.headers["x-request-id"]


def test_the_key_may_come_as_x_api_key_too(running: Running):
    assert httpx.get(f"{running.url}/v1/models", headers={"x-api-key": running.keys["app"]}).status_code == 200


@pytest.mark.parametrize(
    ("key", "fields", "error", "code", "param"),
    [
        ("app", {"model": "nothing"}, openai.NotFoundError, "model_not_found", "model"),
        ("small", {"model": "house"}, openai.NotFoundError, "model_not_found", "model"),
        ("stranger", {}, openai.NotFoundError, "model_not_found", "model"),
        ("small", {"max_tokens": 2001}, openai.BadRequestError, None, "max_tokens"),
        ("app", {"temperature": "hot"}, openai.BadRequestError, None, "temperature"),
        ("fraud", {"text": "His SSN is 219-09-9999."}, openai.BadRequestError, "content_blocked", None),
        ("poor", {"max_tokens": 4000}, openai.RateLimitError, "insufficient_quota", None),
    ],
)
def test_the_sdk_raises_its_own_error(running: Running, key: str, fields: dict, error: type, code: str, param: str):
    fields = {"model": "echo", "text": f"Hello {running.name}"} | fields
    text = fields.pop("text")
    with pytest.raises(error) as raised:
        running.client(key).chat.completions.create(messages=[{"role": "user", "content": text}], **fields)

    assert raised.value.code == code
    assert raised.value.param == param
    assert raised.value.request_id


def test_too_many_bytes_are_413(running: Running):
    assert running.ask("x" * 21_000, key="small").status_code == 413


def test_the_fourth_request_of_three_is_429(running: Running):
    answers = [running.ask(f"Number {number} of {running.name}", key="small") for number in range(5)]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert refused
    # The limit is a day's: an SDK is told to wait only in its last two minutes.
    assert (refused[-1].headers["x-should-retry"] == "true") == ("retry-after" in refused[-1].headers)
    assert as_json(refused[-1])["error"]["code"] == "rate_limit_exceeded"
    # Beside each answer, and the refusal: what there is, what is left of it, and when there is more.
    told = [answer.headers for answer in answers]
    assert {each["x-ratelimit-limit-requests"] for each in told} == {"3"}
    assert all(each["x-ratelimit-reset-requests"].endswith("s") for each in told)
    assert [each.get("x-ratelimit-remaining-requests") for each in told] == LEFT_OF_THREE[running.name]


def test_an_exhausted_budget_is_not_to_be_retried(running: Running):
    answer = running.ask(f"Too dear, {running.name}", key="poor", max_tokens=4000)

    assert answer.status_code == 429
    assert answer.headers["x-should-retry"] == "false"
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("stream", [False, True])
def test_a_budget_without_room_may_ask_a_cheaper_model_and_says_so(running: Running, stream: bool):
    fields = {"key": "thrifty", "headers": {"cache-control": "no-store"}, "stream": stream}
    dear, cheap = (running.ask(f"Hello, {running.name}", max_tokens=most, **fields) for most in (100, 4000))

    assert "x-sallyport-cheaper-model" not in dear.headers
    assert (cheap.status_code, cheap.headers["x-sallyport-target"]) == (200, "free")
    assert cheap.headers["x-sallyport-cheaper-model"] == "free"
    assert "a budget has no room left for echo, so free was asked" in cheap.text
    running.settle()
    ticket = running.audited(cheap.headers["x-request-id"])
    assert ticket
    assert ticket.authorization
    assert ticket.authorization.reason.startswith("echo has no room in the budget of tenant/thrifty")


def test_confidential_content_goes_to_the_private_target_as_it_is(running: Running, upstream: Upstream):
    answer = running.ask(f"Card 4111 1111 1111 1111 of {running.name}", model="house", key="fraud")

    assert answer.headers["x-sallyport-target"] == "house"
    assert upstream.requests[-1]["messages"][-1]["content"] == f"Card 4111 1111 1111 1111 of {running.name}"


def test_confidential_content_is_refused_rather_than_downgraded(running: Running, upstream: Upstream):
    asked = len(upstream.requests)
    answer = running.ask(f"Card 4111 1111 1111 1111 of {running.name}", model="echo", key="fraud")

    assert answer.status_code == 503
    assert as_json(answer)["error"]["code"] == "no_private_target"
    assert len(upstream.requests) == asked


def test_a_refusal_is_audited_and_takes_nothing(running: Running):
    answer = running.ask(f"Card 4111 1111 1111 1111 of {running.name}, again", model="echo", key="fraud")
    running.settle()
    ticket = running.audited(answer.headers["x-request-id"])

    assert ticket is not None
    assert ticket.failure is not None
    assert ticket.failure.error == "NoPrivateTargetError"
    assert ticket.authorization is not None
    bill = running.billed(ticket.request_id, ticket)
    assert bill is not None
    assert (bill.outcome, bill.cost) == ("NoPrivateTargetError", 0)
