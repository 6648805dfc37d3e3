"""The fleet over HTTP: its script, its books, and clients that leave."""

import time

import httpx
import pytest

from tests.unit.local.fleet.conftest import Serving

BODY = {"model": "gpt-x", "messages": [{"role": "user", "content": "mark-3 Hello"}]}


def ask(serving: Serving, **more) -> httpx.Response:
    return httpx.post(f"{serving.url}/v1/chat/completions", json=BODY, **more)


def ended(serving: Serving) -> dict:
    """The first call that ends, which may take the fleet a moment to notice."""
    for _ in range(200):
        if calls := serving.calls():
            return calls[0]
        time.sleep(0.02)
    raise AssertionError("no call has ended")


def test_tells_what_it_served_by_place(serving: Serving):
    ask(serving)
    ask(serving)
    told = httpx.get(f"{serving.url}/fleet").json()

    assert told["simulated"] is True
    [place] = told["places"]
    assert (place["provider"], place["account"], place["model"]) == ("openai", "own", "gpt-x")
    assert (place["calls"], place["answered"]) == (2, 2)
    assert [each["number"] for each in httpx.get(f"{serving.url}/fleet/calls?seen=1").json()["calls"]] == [2]


def test_a_script_that_does_not_fit_changes_nothing_and_is_told_why(serving: Serving):
    ask(serving)
    said = httpx.put(f"{serving.url}/fleet/script", json={"faults": [{"kind": "outage"}], "sead": 1})

    assert said.status_code == 400
    assert "faults.0.kind" in said.json()["message"]
    assert "sead" in said.json()["message"]
    assert len(serving.calls()) == 1


@pytest.mark.parametrize("seen", ["x", "-1", ""])
def test_a_page_that_is_none_is_a_400_or_the_first(serving: Serving, seen: str):
    assert httpx.get(f"{serving.url}/fleet/calls?seen={seen}").status_code == (400 if seen else 200)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/models"), ("POST", "/"), ("POST", "/fleet"), ("GET", "/fleets")]
)
def test_serves_nothing_else(serving: Serving, method: str, path: str):
    said = httpx.request(method, f"{serving.url}{path}", content=b"Action=GetCallerIdentity")
    assert said.status_code == 404
    assert said.headers["x-simulated"] == "true"


@pytest.mark.parametrize("fault", [{"kind": "hang"}, {"kind": "slow", "seconds": 60}])
def test_whoever_leaves_before_the_answer_is_noticed(serving: Serving, fault: dict):
    serving.load(faults=[fault])
    with pytest.raises(httpx.ReadTimeout):
        ask(serving, timeout=0.2)

    assert ended(serving)["end"] == "left"
    assert ended(serving)["output_tokens"] == 0


def test_whoever_leaves_a_stream_is_noticed_and_the_words_until_then_are_counted(serving: Serving):
    serving.load(pace=50, words=200)
    with httpx.stream("POST", f"{serving.url}/v1/chat/completions", json=BODY | {"stream": True}) as said:
        assert len([chunk for chunk, _ in zip(said.iter_raw(), range(5), strict=False)]) == 5

    call = ended(serving)
    assert call["end"] == "left"
    assert 0 < call["output_tokens"] < 100


@pytest.mark.parametrize("streamed", [False, True])
def test_hangs_up_where_it_is_told_to(serving: Serving, streamed: bool):
    serving.load(faults=[{"kind": "cut", "words": 4}])
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{serving.url}/v1/chat/completions", json=BODY | {"stream": streamed})

    assert ended(serving)["end"] == "cut"
