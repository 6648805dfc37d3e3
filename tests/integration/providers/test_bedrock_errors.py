"""providers/bedrock through botocore, against a server at a VPC endpoint's place."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from sallyport.conversation import Text, ToolCall
from sallyport.errors import (
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.bedrock.client import Bedrock
from sallyport.providers.bedrock.clients import read_seconds

REPLY = (Path(__file__).parents[2] / "data/providers/bedrock/text.json").read_bytes()


@pytest.fixture
def bedrock():
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    return Bedrock(lambda: session)


@pytest.fixture
def ask(bedrock, hello, target):
    def make(request=hello, timeout=5.0, **changes):
        return bedrock.chat(request, target.model_copy(update=changes), max_tokens=9, timeout=timeout)

    return make


def test_an_answer(ask, upstream, says):
    upstream.play(says(200, REPLY, "content-type: application/json"))

    assert ask().choices[0].blocks == (Text(text="The invoice of <PERSON_1> is due on Friday."),)
    head, _, body = upstream.requests[0].partition(b"\r\n\r\n")
    assert b"/model/model-1/converse HTTP/1.1" in head
    assert json.loads(body)["inferenceConfig"] == {"maxTokens": 9}


def test_clients_are_kept(ask, bedrock, upstream, says):
    upstream.play(says(200, REPLY, "content-type: application/json"))

    for timeout in (5.0, 5.9, 7.0):
        ask(timeout=timeout)
    assert len(bedrock._clients._runtime) == 2


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [(0.4, 1), (1.9, 1), (9.9, 9), (10, 10), (14.9, 10), (59, 55), (60, 60), (119.9, 100), (280, 280)],
)
def test_timeouts_are_rounded_down_to_few(timeout, seconds):
    assert read_seconds(timeout) == seconds


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "ValidationException", ProviderRejectedError),
        (403, "AccessDeniedException", ProviderDeniedError),
        (404, "ResourceNotFoundException", ProviderDeniedError),
        (408, "ModelTimeoutException", ProviderTimeoutError),
        (424, "ModelErrorException", ProviderUnavailableError),
        (429, "ThrottlingException", ProviderThrottledError),
        (500, "InternalServerException", ProviderUnavailableError),
        (503, "ServiceUnavailableException", ProviderUnavailableError),
    ],
)
def test_errors_of_the_service_are_asked_for_once(ask, upstream, says, status, code, kind):
    body = json.dumps({"message": "canary"}).encode()
    upstream.play(says(status, body, f"x-amzn-errortype: {code}:http://x", "retry-after: 2"))

    with pytest.raises(kind) as error:
        ask()
    assert error.value.details == {"status": status, "retry_after": 2.0}
    assert "canary" not in str(error.value)
    assert error.value.__suppress_context__
    assert len(upstream.requests) == 1


def test_a_proxys_html_is_no_answer(ask, upstream, says):
    upstream.play(says(200, b"<html>canary</html>", "content-type: text/html"))

    with pytest.raises(ProviderReplyError):
        ask()


@pytest.mark.parametrize("body", [b"{", b"{}", b"null"])
def test_broken_replies(ask, upstream, says, body):
    upstream.play(says(200, body, "content-type: application/json"))

    with pytest.raises(ProviderReplyError):
        ask()


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"], ids=["nothing", "half"])
def test_a_server_that_hangs_up(ask, upstream, sends, reply):
    upstream.play(sends(reply))

    with pytest.raises((ProviderUnavailableError, ProviderReplyError)):
        ask()


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
WHOLE = REPLY.rstrip()
FRAMED = {
    "its length told": b"content-length: %d\r\n\r\n" % len(WHOLE),
    "in a chunk": b"transfer-encoding: chunked\r\n\r\n%x\r\n" % len(WHOLE),
    "until the connection ends": b"connection: close\r\n\r\n",
}


@pytest.mark.parametrize("framed", FRAMED.values(), ids=FRAMED)
def test_a_reply_that_is_cut_anywhere_is_no_answer_and_another_target_may_give_one(ask, upstream, sends, framed):
    """Botocore itself makes an empty reply of what it cannot read."""
    for kept in [*range(0, len(WHOLE), 7), len(WHOLE) - 1]:
        upstream.play(sends(HEAD + framed + WHOLE[:kept]))

        with pytest.raises((ProviderUnavailableError, ProviderReplyError)):
            ask()


def test_a_reply_without_the_end_of_its_last_line_is_whole(ask, upstream, sends):
    upstream.play(sends(HEAD + FRAMED["until the connection ends"] + WHOLE))

    assert ask().choices[0].blocks == (Text(text="The invoice of <PERSON_1> is due on Friday."),)


@pytest.mark.parametrize("status", [200, 204])
def test_a_reply_without_a_body_is_no_answer(ask, upstream, says, status):
    upstream.play(says(status, b"", "content-type: application/json"))

    with pytest.raises(ProviderReplyError):
        ask()


def test_a_server_that_hangs(ask, upstream, hangs):
    upstream.play(hangs(b""))

    with pytest.raises(ProviderTimeoutError):
        ask(timeout=1.0)


def test_a_port_that_nobody_listens_on(ask):
    with pytest.raises(ProviderUnavailableError):
        ask(base_url="http://127.0.0.1:1")


@pytest.mark.parametrize("changes", [{"base_url": "x.test"}, {"region": "eu west"}], ids=str)
def test_a_target_needs_a_proper_address(ask, changes):
    with pytest.raises(ProviderDeniedError, match="routing table"):
        ask(**changes)


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_without_time_nothing_is_sent(ask, upstream, timeout):
    with pytest.raises(ProviderTimeoutError):
        ask(timeout=timeout)
    assert upstream.requests == []


@pytest.fixture
def shallow() -> Iterator[None]:
    """Python's own limit: some library that other tests use has raised it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("shallow")
def test_what_botocore_refuses_is_the_requests_fault(ask, upstream, hello):
    deep = '{"a":' * 3000 + "1" + "}" * 3000
    call = ToolCall(id="c", name="f", arguments=deep)
    turns = (*hello.turns, hello.turns[0].model_copy(update={"role": "assistant", "blocks": (call,)}))

    with pytest.raises(ProviderRejectedError):
        ask(request=hello.model_copy(update={"turns": turns}))
    assert upstream.requests == []


def test_without_credentials_an_operator_must_act(hello, target, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")

    with pytest.raises(ProviderDeniedError, match="credentials"):
        Bedrock(boto3.Session).chat(hello, target, max_tokens=9, timeout=5.0)


ROLE = "arn:aws:iam::210987654321:role/models"
ASSUMED = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session-token</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
NOT_ASSUMED = b"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>not authorized on arn:aws:iam::210987654321:role/models</Message></Error>
</ErrorResponse>"""


@pytest.fixture
def sts_too(monkeypatch, upstream):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", upstream.url.removesuffix("/v1"))


def test_a_model_in_another_account_is_asked_under_the_role_there(sts_too, ask, bedrock, upstream, says):
    answer = says(200, REPLY, "content-type: application/json")
    upstream.play(says(200, ASSUMED, "content-type: text/xml"), answer, answer)

    ask(account_role=ROLE)
    ask()
    ask(account_role=ROLE)
    assumed, under_role, own, again = upstream.requests
    assert b"RoleSessionName=sallyport" in assumed
    assert b"Credential=testing/" in assumed
    for request in (under_role, again):
        assert b"Credential=ASSUMED/" in request
        assert b"session-token" in request
    assert b"Credential=testing/" in own
    assert b"session-token" not in own
    assert len(bedrock._clients._runtime) == 2


def test_a_role_that_may_not_be_assumed_says_what_to_do(sts_too, ask, upstream, says):
    upstream.play(says(403, NOT_ASSUMED, "content-type: text/xml"))

    with pytest.raises(ProviderDeniedError, match="ModelAccountRoles") as denied:
        ask(account_role=ROLE)
    assert ROLE not in str(denied.value)
