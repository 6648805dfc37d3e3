"""providers/bedrock on the wire: what a request asks for is in the body, and what it does not get is told."""

import json
from pathlib import Path

import boto3
import pytest

from sallyport.conversation import ChatRequest, Role, Text, Turn
from sallyport.dialects.anthropic_messages.parse import parse
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.client import Bedrock
from sallyport.stream import collect

DATA = Path(__file__).parents[2] / "data/providers/bedrock"
REPLY = (DATA / "text.json").read_bytes()
STREAM = (DATA / "text.eventstream").read_bytes()
ARN = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.fixture
def bedrock():
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    return Bedrock(lambda: session)


@pytest.fixture
def sent(bedrock, hello, target, upstream, says, sends):
    """The path and the body of a request that was answered, whole and streamed."""

    def make(model, **fields):
        request, aim = hello.model_copy(update=fields), target.model_copy(update={"model": model})
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n\r\n"
        upstream.play(says(200, REPLY, "content-type: application/json"), sends(head + STREAM))
        bedrock.chat(request, aim, max_tokens=2000, timeout=5)
        with bedrock.stream(request, aim, max_tokens=2000, timeout=5) as events:
            assert collect(events).whole
        return [each.partition(b"\r\n\r\n")[::2] for each in upstream.requests]

    return make


def test_an_arn_is_a_part_of_the_path_and_tells_the_family(sent):
    whole, streamed = sent(ARN, top_k=5, turns=(Turn(role=Role.USER, blocks=(Text(text="a", cache="5m"),)),))

    assert b"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.anthropic." in whole[0]
    assert whole[1] == streamed[1]
    body = json.loads(whole[1])
    assert body["messages"][0]["content"] == [{"text": "a"}, {"cachePoint": {"type": "default"}}]
    assert body["additionalModelRequestFields"] == {"top_k": 5}


def test_what_the_target_does_not_honour_is_told_before_it_is_asked(bedrock, hello, target, upstream):
    request = hello.model_copy(update={"reasoning_effort": "high", "seed": 1})
    lite = target.model_copy(update={"model": "us.amazon.nova-lite-v1:0"})

    assert [each.field for each in bedrock.unmet(request, lite)] == ["reasoning_effort", "seed"]
    assert upstream.requests == []


def test_what_is_refused_by_name_is_never_sent(bedrock, hello, target, upstream):
    request = hello.model_copy(update={"n": 2})

    with pytest.raises(ProviderRejectedError) as error:
        bedrock.chat(request, target, max_tokens=9, timeout=5)
    assert error.value.details == {"param": "n"}
    assert bedrock.unmet(request, target) == ()
    assert upstream.requests == []


CODING = {
    "model": "claude",
    "max_tokens": 2000,
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "metadata": {"user_id": "u"},
    "top_k": 40,
    "stop_sequences": ["END"],
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
    "tools": [
        {"name": "find", "input_schema": {"type": "object"}, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    ],
    "messages": [
        {"role": "user", "content": "Look."},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "s"},
                {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_1",
                    "content": "42",
                    "cache_control": {"type": "ephemeral"},
                }
            ],
        },
    ],
}
"""A turn of a coding assistant, in Anthropic's words."""


@pytest.mark.parametrize(
    ("model", "points", "additional", "told"),
    [
        (ARN, 3, {"thinking": {"type": "enabled", "budget_tokens": 1024}}, ["top_k", "user"]),
        (
            "us.amazon.nova-lite-v1:0",
            2,
            {"inferenceConfig": {"topK": 40}},
            ["thinking", "cache_control", "cache_control.ttl", "user", "messages.thinking"],
        ),
        (
            "mistral.mistral-large-2407-v1:0",
            0,
            None,
            ["thinking", "top_k", "cache_control", "user", "messages.thinking"],
        ),
    ],
    ids=["claude", "nova", "mistral"],
)
def test_a_coding_assistant_may_fall_back_to_any_family(sent, bedrock, target, model, points, additional, told):
    request = parse(json.dumps(CODING).encode()).request
    fields = {name: getattr(request, name) for name in ChatRequest.model_fields}

    body = json.loads(sent(model, **fields)[0][1])

    assert json.dumps(body).count("cachePoint") == points
    assert body.get("additionalModelRequestFields") == additional
    assert [each.field for each in bedrock.unmet(request, target.model_copy(update={"model": model}))] == told
