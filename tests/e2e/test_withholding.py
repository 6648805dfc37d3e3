"""What a cloud puts together by itself, kept from who asked: of all dialects, whole, streamed, cached and repeated."""

from typing import Any

import anthropic
import openai
import pytest

from tests.e2e.running import Running
from tests.e2e.upstream import A_CARD, A_PHONE, A_TERM, AN_IBAN, CARD, PHONE

EMAIL = "ann@corp.example.org"


def parts(running: Running, *more: object) -> list[dict[str, Any]]:
    """The upstream echoes them as one text, and brings up a card."""
    words = [f"To {EMAIL}: {running.name} {' '.join(map(str, more))} {A_CARD}.", "That is it."]
    return [{"type": "text", "text": text} for text in words]


def said(running: Running, key: str, content: list[dict[str, Any]], **fields: Any) -> tuple[str, str, str]:
    """The words, why they ended, and the id of the request, in one dialect after the other."""
    match fields.pop("dialect"):
        case "chat":
            return _chat(running.client(key), content, **fields)
        case "responses":
            return _responses(running.client(key), content, **fields)
        case _:
            return _message(running, key, content, **fields)


def _chat(client: openai.OpenAI, content: Any, *, stream: bool) -> tuple[str, str, str]:
    messages: Any = [{"role": "user", "content": content}]
    if not stream:
        raw = client.chat.completions.with_raw_response.create(model="echo", messages=messages)
        [choice] = raw.parse().choices
        return choice.message.content or "", choice.finish_reason, raw.headers["x-request-id"]
    words, reason = "", ""
    with client.chat.completions.with_streaming_response.create(model="echo", messages=messages, stream=True) as raw:
        for chunk in raw.parse():
            words += "".join(each.delta.content or "" for each in chunk.choices)
            reason = next((each.finish_reason for each in chunk.choices if each.finish_reason), reason)
        return words, reason, raw.headers["x-request-id"]


def _responses(client: openai.OpenAI, content: Any, *, stream: bool) -> tuple[str, str, str]:
    asked: Any = [{"role": "user", "content": [{"type": "input_text", "text": part["text"]} for part in content]}]
    if not stream:
        raw = client.responses.with_raw_response.create(model="echo", input=asked)
        response = raw.parse()
    else:
        with client.responses.with_streaming_response.create(model="echo", input=asked, stream=True) as raw:
            *_, last = raw.parse()
        response = last.response
    reason = response.incomplete_details.reason if response.incomplete_details else "stop"
    return response.output_text, reason, raw.headers["x-request-id"]


def _message(running: Running, key: str, content: Any, *, stream: bool) -> tuple[str, str, str]:
    with anthropic.Anthropic(base_url=running.url, api_key=running.keys[key], max_retries=0) as client:
        asked: Any = {"model": "echo", "messages": [{"role": "user", "content": content}], "max_tokens": 500}
        if stream:
            with client.messages.stream(**asked) as streamed:
                message = streamed.get_final_message()
                request_id = streamed.response.headers["x-request-id"]
        else:
            raw = client.messages.with_raw_response.create(**asked)
            message, request_id = raw.parse(), raw.headers["x-request-id"]
    words = "".join(block.text for block in message.content if block.type == "text")
    return words, str(message.stop_reason), request_id


DIALECTS = {
    "chat": ("stop", "content_filter"),
    "responses": ("stop", "content_filter"),
    "messages": ("end_turn", "refusal"),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_new_is_masked_and_ones_own_comes_back(running: Running, dialect: str, stream: bool):
    """Asked twice: the second time the cache answers, from what the model said."""
    content = parts(running, dialect, stream, "mask")
    for _ in range(2):
        words, reason, request_id = said(running, "masking", content, dialect=dialect, stream=stream)
        assert EMAIL in words
        assert "[CREDIT_CARD]. That is it." in words
        assert "1111" not in words
        assert reason == DIALECTS[dialect][0]
        running.settle()
        ticket = running.audited(request_id)
        assert ticket
        assert ticket.cache
        inference = ticket.inference or ticket.cache.inference
        assert inference
        assert inference.found == {"CREDIT_CARD": 1}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_blocked_ends_the_answer_and_is_paid_for(running: Running, dialect: str, stream: bool):
    content = parts(running, dialect, stream, "block")
    words, reason, request_id = said(running, "blocking", content, dialect=dialect, stream=stream)
    assert "1111" not in words
    assert "That is it" not in words
    assert reason == DIALECTS[dialect][1]
    running.settle()
    ticket = running.audited(request_id)
    assert ticket
    assert ticket.inference
    assert ticket.inference.found == {"CREDIT_CARD": 1}
    assert ticket.inference.usage.output_tokens > 0
    assert ticket.inference.cost > 0


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_type_is_handled_as_the_policy_says_of_it(running: Running, dialect: str, stream: bool):
    asked = f"{running.name} {dialect} {stream} {A_CARD}. So it is. Or {A_PHONE}"
    content = [{"type": "text", "text": asked}]
    words, reason, request_id = said(running, "choosing", content, dialect=dialect, stream=stream)
    assert words.endswith(f"[CREDIT_CARD]. So it is. Or {PHONE}")
    assert reason == DIALECTS[dialect][0]
    running.settle()
    ticket = running.audited(request_id)
    assert ticket
    assert ticket.inference
    assert ticket.inference.found == {"CREDIT_CARD": 1}

    content.append({"type": "text", "text": f"Or to {AN_IBAN}. That is it."})
    words, reason, _ = said(running, "choosing", content, dialect=dialect, stream=stream)
    assert "DE89" not in words
    assert reason == DIALECTS[dialect][1]


def test_one_kept_answer_is_told_by_the_policy_of_whoever_asks(running: Running):
    """No key is made of what becomes of answers: the cache keeps what the model said."""
    content = parts(running, "shared")
    told = {key: said(running, key, content, dialect="chat", stream=False) for key in ("app",)}
    running.settle()
    for key in ("masking", "blocking", "app"):
        told[key] = said(running, key, content, dialect="chat", stream=False)
    assert CARD in told["app"][0]
    assert "[CREDIT_CARD]" in told["masking"][0]
    assert told["blocking"][:2] == ("", "content_filter")


@pytest.mark.parametrize("stream", [False, True])
def test_a_repetition_is_told_as_the_first_was(running: Running, stream: bool):
    body = {
        "model": "uncached",
        "messages": [{"role": "user", "content": parts(running, "again", stream)}],
        "stream": stream,
    }
    headers = {"idempotency-key": f"again-{running.name}-{stream}"}
    first, again = (running.post(body, "masking", headers) for _ in range(2))
    assert again.headers["idempotent-replayed"] == "true"
    for answer in (first, again):
        assert "1111 1111" not in answer.text
        assert "1 CREDIT_CARD that the model brought up: masked by policy" in answer.text


@pytest.mark.parametrize("stream", [False, True])
def test_the_policys_own_terms_are_looked_for_as_well(running: Running, stream: bool):
    content = [{"type": "text", "text": f"{running.name} {stream} {A_TERM}. That is it."}]
    words, _, _ = said(running, "masking", content, dialect="chat", stream=stream)
    assert "[DENIED]. That is it." in words
