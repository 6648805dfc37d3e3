"""sallyport.edge.context: who is calling, and until when."""

import json

import pytest
from starlette.datastructures import Headers

from sallyport.contracts import CacheControl
from sallyport.edge.context import (
    CONTEXT_HEADER,
    DRILL_HEADER,
    MOST_SECONDS,
    cache_control_of,
    call_of,
    new_request_id,
    request_id_of,
)
from sallyport.errors import InvalidKeyError, InvalidRequestError
from tests.unit.doubles import CALLER, CANARY

NOW = 1000.0
AUTHORIZER = {"principalId": "abcdefghijkl", "integrationLatency": 0, **CALLER.to_json()}


def headers(context=None, *more):
    raw = json.dumps({"requestId": "req_12345678", "authorizer": AUTHORIZER} if context is None else context)
    return Headers(raw=[(CONTEXT_HEADER.encode(), raw.encode()), *more])


def called(*more):
    return call_of(headers(None, *more), "req_12345678", NOW)


def test_a_call_is_the_authorizers_caller():
    assert called().caller == CALLER
    assert called().received_at == NOW


@pytest.mark.parametrize(
    "context",
    [
        {},
        [],
        "text",
        3,
        {"authorizer": None},
        {"authorizer": []},
        {"authorizer": {}},
        {"authorizer": {"tenant": "acme", "project": "fraud"}},
        {"authorizer": AUTHORIZER | {"tenant": CANARY}},
    ],
)
def test_without_an_authenticated_caller_nothing_passes(context):
    with pytest.raises(InvalidKeyError) as refused:
        call_of(headers(context), "req_12345678", NOW)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("raw", [{}, {CONTEXT_HEADER: ""}, {CONTEXT_HEADER: "no json"}])
def test_a_header_that_is_none_is_no_caller(raw):
    with pytest.raises(InvalidKeyError):
        call_of(Headers(raw), "req_12345678", NOW)


def test_api_gateways_own_request_id_is_used():
    assert request_id_of(headers({"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"})).startswith("c6af9ac6-")


@pytest.mark.parametrize(
    "known", ["", "short", "a b c d e f", "x" * 65, "../../../etc", "req_1234\r\nx: y", 12345678, None]
)
def test_an_id_that_cannot_name_a_request_is_replaced(known):
    given = request_id_of(headers({"requestId": known}))
    assert given.startswith("req_")
    assert len(given) == 36


def test_no_two_requests_have_one_id():
    assert len({new_request_id() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        ({}, MOST_SECONDS),
        ({"x-stainless-read-timeout": "30"}, 30),
        ({"x-stainless-timeout": "12.5"}, 12.5),
        ({"x-stainless-read-timeout": "30", "x-stainless-timeout": "60"}, 30),
        ({"x-stainless-read-timeout": "NOT_GIVEN", "x-stainless-timeout": "60"}, 60),
        ({"x-stainless-read-timeout": "0", "x-stainless-timeout": "60"}, 60),
        ({"x-stainless-read-timeout": "-1"}, MOST_SECONDS),
        ({"x-stainless-read-timeout": "600"}, MOST_SECONDS),
        ({"x-stainless-read-timeout": "inf"}, MOST_SECONDS),
        ({"x-stainless-read-timeout": "nan"}, MOST_SECONDS),
        ({"x-stainless-read-timeout": ""}, MOST_SECONDS),
        ({"x-stainless-read-timeout": "nan", "x-stainless-timeout": "60"}, 60),
        ({"x-envoy-expected-rq-timeout-ms": "1500"}, 1.5),
        ({"x-envoy-expected-rq-timeout-ms": "1500", "x-stainless-timeout": "60"}, 1.5),
        ({"x-envoy-expected-rq-timeout-ms": "90000", "x-stainless-timeout": "60"}, 60),
        ({"x-envoy-expected-rq-timeout-ms": "0", "x-stainless-timeout": "60"}, 60),
        ({"x-envoy-expected-rq-timeout-ms": "soon"}, MOST_SECONDS),
    ],
)
def test_a_deadline_is_what_the_client_will_wait(sent, seconds):
    call = called(*((name.encode(), value.encode()) for name, value in sent.items()))
    assert call.deadline == NOW + seconds


@pytest.mark.parametrize(
    ("header", "read", "write"),
    [
        ("", True, True),
        ("no-cache", False, True),
        ("no-store", False, False),
        ("NO-STORE", False, False),
        ("no-cache, no-store", False, False),
        ("max-age=60 ,  No-Cache", False, True),
        ("max-age=0", True, True),
        ("no-storey", True, True),
        ("private", True, True),
    ],
)
def test_cache_control_says_what_may_be_read_and_kept(header, read, write):
    assert cache_control_of(header) == CacheControl(read=read, write=write)


def test_every_cache_control_header_counts():
    call = called((b"cache-control", b"max-age=60"), (b"cache-control", b"no-store"))
    assert call.cache_control == CacheControl(read=False, write=False)


def test_betas_are_those_of_every_header_of_the_name():
    sent = called((b"anthropic-beta", b"effort-2025-11-24, mine"), (b"anthropic-beta", b"output-128k-2025-02-19"))
    assert sent.betas == ("effort-2025-11-24", "unknown", "output-128k-2025-02-19")
    assert called().betas == ()


@pytest.mark.parametrize(("sent", "drill"), [((), None), ((b"",), None), ((b"slow-5ms-cut",), "slow-5ms-cut")])
def test_a_drill_is_the_script_that_was_sent(sent, drill):
    assert called(*((DRILL_HEADER.encode(), each) for each in sent)).drill == drill


@pytest.mark.parametrize("sent", [(CANARY.encode(),), (b"fail-429-canary",), (b"cut", b"stall"), (b"simulated-1",)])
def test_a_drill_that_is_no_script_is_refused_with_what_is_one(sent):
    with pytest.raises(InvalidRequestError, match="fail-429-after-7s") as refused:
        called(*((DRILL_HEADER.encode(), each) for each in sent))
    assert refused.value.details["param"] == DRILL_HEADER
    assert "canary" not in str(refused.value)
