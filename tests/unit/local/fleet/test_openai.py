"""The fleet as OpenAI's SDK sees OpenAI."""

import httpx
import openai
import pytest

from tests.unit.local.fleet.conftest import Serving

HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "mark-2 Hello"}]


@pytest.fixture
def client(serving: Serving):
    with openai.OpenAI(base_url=f"{serving.url}/v1", api_key="simulated-second", max_retries=0) as client:
        yield client


def test_answers_whole(client: openai.OpenAI, serving: Serving):
    answer = client.chat.completions.create(model="gpt-x", messages=HELLO)

    assert answer.choices[0].message.content.startswith(
        "Simulated answer by gpt-x in its one Region for account second"
    )
    [call] = serving.calls()
    assert (call["account"], call["model"], call["mark"]) == ("second", "gpt-x", "mark-2")
    assert (call["input_tokens"], call["output_tokens"]) == (
        answer.usage.prompt_tokens,
        answer.usage.completion_tokens,
    )


def test_streams_the_same_in_words(client: openai.OpenAI):
    chunks = list(client.chat.completions.create(model="gpt-x", messages=HELLO, stream=True))
    whole = client.chat.completions.create(model="gpt-x", messages=HELLO)

    words = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(words) == whole.choices[0].message.content
    assert len(words) > 10
    assert chunks[-1].usage == whole.usage


def test_throttles_with_retry_after(client: openai.OpenAI, serving: Serving):
    serving.load(quotas=[{"requests": 1, "seconds": 30}])
    client.chat.completions.create(model="gpt-x", messages=HELLO)
    with pytest.raises(openai.RateLimitError) as raised:
        client.chat.completions.create(model="gpt-x", messages=HELLO)

    assert raised.value.response.headers["retry-after"] == "30"
    assert raised.value.code == "rate_limit_exceeded"
    assert raised.value.response.headers["x-simulated"] == "true"


def test_fails_in_the_middle_of_a_stream(client: openai.OpenAI, serving: Serving):
    serving.load(faults=[{"kind": "error", "words": 3}])
    said = []
    with pytest.raises(openai.APIError) as raised:  # noqa: PT012 - what came before it counts
        for chunk in client.chat.completions.create(model="gpt-x", messages=HELLO, stream=True):
            said += [chunk.choices[0].delta.content]

    assert (said, raised.value.code) == (["", "Simulated ", "answer ", "by "], "server_overloaded")
    assert serving.calls()[0]["end"] == "cut"


def test_a_key_that_may_be_real_is_nobodys(serving: Serving):
    body = {"model": "gpt-x", "messages": HELLO}
    said = httpx.post(f"{serving.url}/v1/chat/completions", json=body, headers={"authorization": "Bearer sk-canary"})

    assert said.status_code == 200
    assert "canary" not in said.text
    assert serving.calls()[0]["account"] == "own"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"messages": 5}', b'{"messages": [], "max_tokens": "x"}'])
def test_what_is_no_request_is_a_400(serving: Serving, body: bytes):
    assert httpx.post(f"{serving.url}/v1/chat/completions", content=body).status_code == 400
