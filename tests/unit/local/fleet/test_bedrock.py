"""The fleet as boto3 sees Bedrock."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError
from urllib3.exceptions import ProtocolError

from tests.unit.local.fleet.conftest import Serving

NOVA = "amazon.nova-lite-v1:0"


@pytest.fixture
def client(serving: Serving):
    session = boto3.Session(aws_access_key_id="AKIA111111111111", aws_secret_access_key="x", region_name="eu-west-1")
    client = session.client(
        "bedrock-runtime", endpoint_url=serving.url, config=Config(retries={"total_max_attempts": 1})
    )
    yield client
    client.close()


def asking(text: str = "mark-1 Hello", max_tokens: int = 200, model: str = NOVA) -> dict:
    return {
        "modelId": model,
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "inferenceConfig": {"maxTokens": max_tokens},
    }


def test_answers_whole(client, serving: Serving):
    answer = client.converse(**asking())

    text = answer["output"]["message"]["content"][0]["text"]
    assert text.startswith(f"Simulated answer by {NOVA} in eu-west-1 for account 111111111111 (no model was called).")
    assert answer["stopReason"] == "end_turn"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-simulated"] == "true"
    [call] = serving.calls()
    assert (call["mark"], call["end"], call["region"]) == ("mark-1", "answered", "eu-west-1")
    assert (call["input_tokens"], call["output_tokens"]) == (
        answer["usage"]["inputTokens"],
        answer["usage"]["outputTokens"],
    )


def test_streams_the_same_in_words(client):
    events = list(client.converse_stream(**asking())["stream"])
    words = [each["contentBlockDelta"]["delta"]["text"] for each in events if "contentBlockDelta" in each]
    whole = client.converse(**asking())

    assert "".join(words) == whole["output"]["message"]["content"][0]["text"]
    assert len(words) > 10
    assert [*events[-2], *events[-1]] == ["messageStop", "metadata"]
    assert events[-1]["metadata"]["usage"] == whole["usage"]


def test_stops_at_max_tokens(client):
    answer = client.converse(**asking(max_tokens=10))
    assert answer["stopReason"] == "max_tokens"
    assert 5 <= answer["usage"]["outputTokens"] <= 10


@pytest.mark.parametrize(
    ("status", "name"),
    [(429, "ThrottlingException"), (503, "ServiceUnavailableException"), (500, "InternalServerException"),
     (400, "ValidationException"), (403, "AccessDeniedException"), (424, "ModelErrorException")],
)  # fmt: skip
def test_fails_in_bedrocks_own_words(client, serving: Serving, status: int, name: str):
    serving.load(faults=[{"kind": "fail", "status": status}])
    with pytest.raises(ClientError) as raised:
        client.converse(**asking())

    assert raised.value.response["Error"]["Code"] == name
    assert "(simulated)" in raised.value.response["Error"]["Message"]
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert "retry-after" not in raised.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert serving.calls()[0]["end"] == ("throttled" if status == 429 else "failed")


def test_throttles_above_a_quota_of_tokens_that_has_the_most_output_in_it(client, serving: Serving):
    serving.load(quotas=[{"tokens": 500}])
    client.converse(**asking(max_tokens=200))
    with pytest.raises(client.exceptions.ThrottlingException):
        client.converse(**asking(max_tokens=480))
    client.converse(**asking(max_tokens=200))


def test_hangs_up_in_the_middle(client, serving: Serving):
    serving.load(faults=[{"kind": "cut", "words": 3}])
    words = 0
    with pytest.raises(ProtocolError):  # noqa: PT012 - what came before it counts
        for event in client.converse_stream(**asking())["stream"]:
            words += "contentBlockDelta" in event
    assert words == 3
    assert [each["end"] for each in serving.calls()] == ["cut"]


@pytest.mark.parametrize(("status", "name"), [(429, "throttlingException"), (503, "serviceUnavailableException")])
def test_fails_in_the_middle_of_a_stream(client, serving: Serving, status: int, name: str):
    serving.load(faults=[{"kind": "error", "status": status, "words": 3}])
    words = 0
    stream = client.converse_stream(**asking())["stream"]
    with pytest.raises(EventStreamError) as raised:  # noqa: PT012 - what came before it counts
        for event in stream:
            words += "contentBlockDelta" in event
    stream.close()
    with pytest.raises(ClientError) as whole:
        client.converse(**asking())

    assert (words, raised.value.response["Error"]["Code"]) == (3, name)
    assert whole.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert serving.calls()[0]["end"] == "cut"


def test_a_profile_answers_from_its_geography(client):
    answer = client.converse(**asking(model=f"us.{NOVA}"))
    assert " in us-" in answer["output"]["message"]["content"][0]["text"]
