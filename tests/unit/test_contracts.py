"""sallyport.contracts: closed, frozen, silent."""

import inspect

import pytest
from pydantic import TypeAdapter, ValidationError

from sallyport import contracts
from sallyport.attempts import Inference, Usage
from sallyport.contracts import Caller, Sealed
from sallyport.message import Message, Name, RequestId
from tests.unit.doubles import CALLER, CANARY, a_ticket

MESSAGES = [
    each
    for _, each in inspect.getmembers(contracts, inspect.isclass)
    if issubclass(each, Message) and each is not Message
]


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_is_closed_frozen_and_silent(message):
    assert message.model_config["extra"] == "forbid"
    assert message.model_config["frozen"]
    assert message.model_config["hide_input_in_errors"]


def test_an_unknown_field_is_refused_without_an_echo():
    with pytest.raises(ValidationError) as raised:
        Caller.model_validate({"tenant": CANARY, "project": "fraud", "key_id": "k", "prompt": CANARY})
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize("name", ["a", "Acme", "a.b_c:d-e", "0", "x" * 64])
def test_a_name_may_be(name):
    assert TypeAdapter(Name).validate_python(name) == name


@pytest.mark.parametrize(
    "name", ["", "x" * 65, "a/b", "a|b", "a b", ".a", "-a", "..", "a\n", "a\x00", "é", "a#b", "a%2fb", "{a}"]
)
def test_a_name_is_never_what_a_key_a_path_or_a_log_would_read_otherwise(name):
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)


@pytest.mark.parametrize("request_id", ["1234567", "x" * 65, "req 12345678", "req/12345678", "req_12345678\n"])
def test_a_request_id_names_an_execution_and_an_object(request_id):
    with pytest.raises(ValidationError):
        TypeAdapter(RequestId).validate_python(request_id)


@pytest.mark.parametrize("fields", [{}, {"sealed": "x", "sealed_in": "y"}])
def test_sealed_content_lies_in_one_place(fields):
    with pytest.raises(ValidationError, match="exactly one"):
        Sealed(**fields)


def test_what_is_absent_is_not_written():
    assert CALLER.to_json() == {"tenant": "acme", "project": "fraud", "key_id": "abcdefghijkl"}


def test_a_ticket_survives_its_way_through_json():
    ticket = a_ticket(
        inference=Inference(
            target="gpt",
            provider="openai",
            model="gpt-4.1",
            usage=Usage(input_tokens=1, output_tokens=2),
            stop_reason="end",
            latency_ms=3,
            cost=4,
            reason="it is the best",
        )
    )
    assert type(ticket).model_validate(ticket.to_json()) == ticket


@pytest.mark.parametrize("field", ["input_tokens", "output_tokens", "cached_input_tokens"])
def test_nobody_uses_less_than_no_tokens(field):
    with pytest.raises(ValidationError):
        Usage(**{"input_tokens": 1, "output_tokens": 1, field: -1})
