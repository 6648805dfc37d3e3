"""sallyport.dialects.naming: a client is told of the field that it sent, by the name that it knows."""

import json

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, StopReason
from sallyport.dialects.anthropic_messages import render as messages
from sallyport.dialects.anthropic_messages.stream import EventWriter
from sallyport.dialects.naming import in_own_words
from sallyport.dialects.openai_chat import render as chat
from sallyport.dialects.openai_chat.stream import ChunkWriter
from sallyport.dialects.openai_responses import render as responses
from sallyport.dialects.openai_responses.stream import EventWriter as ResponseWriter
from sallyport.errors import ProviderRejectedError
from sallyport.stream import Started, Stopped

USAGE = Usage(input_tokens=1, output_tokens=1)
ANSWER = ChatAnswer(model="m", choices=(Choice(blocks=(), stop_reason=StopReason.END),), usage=USAGE)
DIALECTS = {
    "openai_chat": (
        chat.render_error,
        lambda told: chat.render(ANSWER, id="c", created=7, model="m", sallyport=told),
        lambda: ChunkWriter(id="c", created=7),
    ),
    "anthropic_messages": (
        messages.render_error,
        lambda told: messages.render(ANSWER, id="m", model="m", sallyport=told),
        lambda: EventWriter(id="m"),
    ),
    "openai_responses": (
        responses.render_error,
        lambda told: responses.render(ANSWER, stem="r", created=7, model="m", echo={}, sallyport=told),
        lambda: ResponseWriter(stem="r", created=7, model="m", echo={}),
    ),
}
NAMED = [
    ("openai_chat", "cache_control", "prompt_cache_breakpoint"),
    ("openai_chat", "user", "user"),
    ("anthropic_messages", "user", "metadata.user_id"),
    ("anthropic_messages", "stop", "stop_sequences"),
    ("anthropic_messages", "cache_control", "cache_control"),
    ("openai_responses", "cache_control", "prompt_cache_breakpoint"),
    ("openai_responses", "verbosity", "text.verbosity"),
    ("openai_responses", "temperature", "temperature"),
]


@pytest.mark.parametrize(("dialect", "field", "name"), NAMED)
def test_a_field_has_its_name_in_a_warning_and_in_a_refusal(dialect, field, name):
    render_error, render, writer = DIALECTS[dialect]
    account = {"target": "t", "warnings": [{"field": field, "reason": "r"}]}
    told = {"target": "t", "warnings": [{"field": name, "reason": "r"}]}

    assert render(account)["sallyport"] == told
    streamed = writer()
    sent = streamed.write(Started("m")) + streamed.write(Stopped(StopReason.END)) + streamed.end(USAGE, account)
    assert json.dumps(told, separators=(",", ":")) in sent.decode().replace(": ", ":").replace(", ", ",")
    error = render_error(ProviderRejectedError("No.", param=field), "req_1")["error"]
    assert name in (error.get("param"), error.get("details", {}).get("param"))


def test_an_account_without_warnings_is_as_it_is():
    assert in_own_words({"target": "t", "warnings": []}, {"a": "b"}) == {"target": "t", "warnings": []}
    assert in_own_words({"target": "t"}, {"a": "b"}) == {"target": "t"}
