"""What is left of a limit is told beside every kind of answer, in the words of whoever asks."""

import pytest

from tests.e2e.running import Running

HELLO = {"model": "echo", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}
OPENAI, ANTHROPIC = "x-ratelimit-{name}-requests", "anthropic-ratelimit-requests-{name}"


@pytest.mark.parametrize(
    ("path", "stream", "form"),
    [
        ("/v1/chat/completions", True, OPENAI),
        ("/v1/messages", False, ANTHROPIC),
        ("/v1/messages", True, ANTHROPIC),
        ("/v1/chat/completions", False, OPENAI),
    ],
    ids=["a stream", "a message", "a message that streams", "a refusal"],
)
def test_every_answer_tells_what_is_left(running: Running, path: str, stream: bool, form: str):
    """A tenant with three requests a day; the cases follow each other."""
    answer = running.post({**HELLO, "stream": stream}, "small", {"cache-control": "no-store"}, path)
    assert answer.headers[form.format(name="limit")] == "3"
    assert answer.headers[form.format(name="reset")].endswith("s" if form == OPENAI else "T00:00:00Z")
    refused = answer.status_code == 429
    assert (form.format(name="remaining") in answer.headers) is (refused or running.name == "embedded")


def test_a_limit_of_money_alone_is_no_rate(running: Running):
    answer = running.post(HELLO)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if "ratelimit" in name]
