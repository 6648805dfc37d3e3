"""A target's HTTP proxy: what goes through it, and what it gets to see."""

import json
import socket
import threading
from pathlib import Path

import boto3
import pytest

from sallyport.errors import ProviderUnavailableError
from sallyport.providers.anthropic.client import Anthropic
from sallyport.providers.bedrock.client import Bedrock
from sallyport.providers.openai.client import OpenAI

DATA = Path(__file__).parents[2] / "data/providers"
SECRET = "sk-0123456789"


class Secrets:
    def get(self, name):
        return SECRET


def bedrock():
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    return Bedrock(lambda: session)


OPENAI_REPLY = json.dumps(
    {
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
).encode()
ANTHROPIC_REPLY = json.dumps(
    {
        "type": "message",
        "model": "m",
        "role": "assistant",
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
).encode()
BEDROCK_REPLY = (DATA / "bedrock/text.json").read_bytes()

PROVIDERS = {
    "openai": (lambda: OpenAI(Secrets()), OPENAI_REPLY),
    "anthropic": (lambda: Anthropic(Secrets()), ANTHROPIC_REPLY),
    "bedrock": (bedrock, BEDROCK_REPLY),
}
each_provider = pytest.mark.parametrize(("make", "reply"), PROVIDERS.values(), ids=PROVIDERS)


@each_provider
def test_what_is_asked_goes_through_the_targets_proxy_alone(make, reply, upstream, says, hello, target):
    upstream.play(says(200, reply, "content-type: application/json"))
    provider, proxy = make(), upstream.url.removesuffix("/v1")
    behind = target.model_copy(update={"base_url": "http://models.invalid/v1", "proxy": proxy, "secret": "a"})

    assert provider.chat(hello, behind, max_tokens=9, timeout=5.0).choices
    assert provider.chat(hello, target, max_tokens=9, timeout=5.0).choices
    through, straight = upstream.requests
    assert through.startswith(b"POST http://models.invalid/v1")
    assert straight.startswith(b"POST /v1")
    with pytest.raises(ProviderUnavailableError):
        provider.chat(hello, behind.model_copy(update={"proxy": None}), max_tokens=9, timeout=5.0)


@pytest.fixture
def closed():
    """A proxy that refuses every tunnel, and keeps what it was sent."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        thread.join()


@each_provider
def test_of_what_is_encrypted_a_proxy_sees_host_and_port_alone(make, reply, closed, hello, target):
    url, heard = closed
    behind = target.model_copy(update={"base_url": "https://models.invalid/v1", "proxy": url, "secret": "a"})

    with pytest.raises(ProviderUnavailableError) as refused:
        make().chat(hello, behind, max_tokens=9, timeout=5.0)
    assert heard[0].startswith(b"CONNECT models.invalid:443 HTTP/1.")
    for secret in (SECRET.encode(), b"canary", b"uthorization"):
        assert secret not in heard[0]
    assert "127.0.0.1" not in str(refused.value)
