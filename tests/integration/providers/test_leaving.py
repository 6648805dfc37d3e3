"""A client that leaves while it waits for a whole answer: its provider is hung up on, whatever its wire."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import boto3
import pytest

from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ProviderUnavailableError
from sallyport.presence import Client, waiting
from sallyport.providers.anthropic.client import Anthropic
from sallyport.providers.bedrock.client import Bedrock
from sallyport.providers.openai.client import OpenAI

MAKERS = {
    "anthropic": lambda: Anthropic(None),
    "bedrock": lambda: Bedrock(lambda: boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")),
    "openai": lambda: OpenAI(None),
}
HALF = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"id":'


@pytest.fixture
def leaves(upstream):
    """`leaves(ask, said)`: once the provider was asked and has said so much. Seconds until it noticed."""

    def play(ask, said):
        asked, closed = threading.Event(), threading.Event()

        def act(connection: socket.socket, _) -> None:
            connection.sendall(said)
            asked.set()
            connection.settimeout(5)
            if not connection.recv(1):
                closed.set()

        upstream.play(act)
        client = Client()
        with ThreadPoolExecutor(1) as asking, waiting(client):
            answer = asking.submit(copy_context().run, ask)
            assert asked.wait(10)
            # Let whoever asks come to where it waits.
            time.sleep(0.05)
            left = time.monotonic()
            client.leave()
            assert closed.wait(5)
            seconds = time.monotonic() - left
            with pytest.raises(ProviderUnavailableError):
                answer.result(timeout=5)
        return seconds

    return play


@pytest.mark.parametrize("api", MAKERS)
def test_before_the_answer_begins(api, leaves, hello, target):
    provider = MAKERS[api]()
    assert leaves(lambda: provider.chat(hello, target, max_tokens=9, timeout=60), b"") < 0.5


@pytest.mark.parametrize("api", ["anthropic", "openai"])
def test_in_the_middle_of_it(api, leaves, hello, target):
    provider = MAKERS[api]()
    assert leaves(lambda: provider.chat(hello, target, max_tokens=9, timeout=60), HALF) < 0.5


@pytest.mark.parametrize("api", ["bedrock", "openai"])
def test_vectors(api, leaves, target):
    provider, request = MAKERS[api](), EmbeddingRequest(texts=("canary",) * 3)
    aim = target.model_copy(update={"model": "amazon.titan-embed-text-v2:0", "texts_per_call": 1})
    assert leaves(lambda: provider.embed(request, aim, timeout=60), b"") < 0.5


def test_who_has_left_already_is_asked_for_no_more(upstream, hello, target):
    client = Client()
    client.leave()
    with waiting(client), pytest.raises(ProviderUnavailableError):
        OpenAI(None).chat(hello, target, max_tokens=9, timeout=5)
    assert upstream.connections == 0
