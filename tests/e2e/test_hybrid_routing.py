"""Which targets see a request: private data on private models alone, whatever fails, and masked data anywhere."""

import pytest

from tests.e2e.running import WALLED, Running, as_json
from tests.e2e.upstream import A_CARD, Upstream

CARD, EMAIL = "4111 1111 1111 1111", "ann@corp.example.org"


IMPATIENT = {"x-stainless-read-timeout": "6"}
"""Less than the rest that the upstream asks for, so that its target is not asked again after that."""
CHAT, MESSAGES, RESPONSES = "/v1/chat/completions", "/v1/messages", "/v1/responses"


@pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
@pytest.mark.parametrize("path", [CHAT, MESSAGES, RESPONSES])
def test_when_no_private_target_answers_no_cloud_is_asked(
    path: str, stream: bool, running: Running, upstream: Upstream
):
    """Whatever it failed with. Later ones find it skipped as broken, which is no reason to go elsewhere either."""
    cloud = upstream.asked("echo")
    for fault in WALLED:
        before = upstream.asked(fault)
        said = f"Card {CARD}, {path} {fault} {stream} {running.name}"
        words = {"messages": [{"role": "user", "content": said}], "max_tokens": 50}
        body = {"model": f"walled-{fault}", "stream": stream} | ({"input": said} if path == RESPONSES else words)
        answer = running.post(body, "fraud", IMPATIENT, path=path)
        error = as_json(answer)["error"]
        assert (answer.status_code, fault) == (503, fault)
        assert int(answer.headers["retry-after"]) >= 1
        assert error["message"] == (
            f"No private target of the model walled-{fault} is healthy; the content is confidential and is not sent to "
            "a cloud model. Try again later."
        )
        assert error["type"] == ("overloaded_error" if path == MESSAGES else "api_error")
        assert path == MESSAGES or error["code"] == "no_healthy_private_target"
        assert path != CHAT or stream or upstream.asked(fault) > before
    assert upstream.asked("echo") == cloud


def test_the_same_words_without_the_card_go_to_the_cloud(running: Running):
    answer = running.ask(f"No card, {running.name}", model="walled", key="fraud")
    assert (answer.status_code, answer.headers["x-sallyport-target"]) == (200, "echo")


def test_what_is_masked_and_walled_in_goes_masked_to_a_private_target(running: Running, upstream: Upstream):
    answer = running.ask(f"Write to {EMAIL}, {running.name}", model="house", key="health")
    assert (answer.headers["x-sallyport-target"], answer.headers["x-sallyport-sensitivity"]) == (
        "house",
        "confidential",
    )
    assert EMAIL in answer.text
    assert EMAIL not in upstream.texts()
    running.settle()
    ticket = running.audited(answer.headers["x-request-id"])
    assert ticket
    assert ticket.redaction
    assert ticket.redaction.reason == "1 EMAIL masked and needs a private model"


def test_what_is_hashed_leaves_as_one_token_in_every_request(running: Running, upstream: Upstream):
    words = [f"Mac 00:1B:44:11:3A:B7 {number} {running.name}" for number in range(2)]
    answers = [running.ask(each, model="echo", key="health") for each in words]
    sent = [body["messages"][-1]["content"] for body in upstream.requests[-2:]]
    tokens = {each.split()[1] for each in sent}
    assert len(tokens) == 1
    assert next(iter(tokens)).startswith("<MAC_ADDRESS#")
    assert all(next(iter(tokens)) in answer.text for answer in answers)


def test_what_only_the_policy_knows_is_masked_and_put_back(running: Running, upstream: Upstream):
    answer = running.ask(f"Badge B-123456 of project FALCON, {running.name}", model="echo", key="health")
    assert "B-123456 of project FALCON" in as_json(answer)["choices"][0]["message"]["content"]
    assert upstream.requests[-1]["messages"][-1]["content"].startswith("Badge <BADGE_1> of <DENIED_1>,")
    assert not any(word in upstream.texts() for word in ("B-123456", "FALCON"))


def test_a_conversation_stays_private_and_keeps_its_placeholders(running: Running, upstream: Upstream):
    headers = {"x-sallyport-conversation": f"c-{running.name}"}

    def say(text: str, **fields: object):
        return running.ask(f"{text} {running.name}", **{"model": "house", "key": "fraud", "headers": headers, **fields})

    first = say(f"Write to {EMAIL}")
    assert first.headers["x-sallyport-target"] == "echo"
    second = say(f"Write to bob@corp.example.org, not to {EMAIL}")
    assert upstream.requests[-1]["messages"][-1]["content"].startswith("Write to <EMAIL_2>, not to <EMAIL_1>")
    assert f"bob@corp.example.org, not to {EMAIL}" in second.text
    assert say(f"Card {CARD}").headers["x-sallyport-target"] == "house"
    later = say("Thank you.")
    assert (later.headers["x-sallyport-target"], later.headers["x-sallyport-sensitivity"]) == ("house", "confidential")
    assert say("Thank you.", headers={}).headers["x-sallyport-target"] == "echo"
    assert say("Thank you.", key="app").headers["x-sallyport-target"] == "echo"


@pytest.mark.parametrize("stream", [False, True])
def test_what_a_cloud_brings_up_by_itself_is_on_record(running: Running, stream: bool):
    asked = f"{running.name} {stream} {A_CARD}"
    body = {"model": "echo", "messages": [{"role": "user", "content": asked}], "stream": stream}
    answer = running.post(body, "health")
    running.settle()
    ticket = running.audited(answer.headers["x-request-id"])
    assert ticket
    assert ticket.inference
    assert ticket.inference.found == {"CREDIT_CARD": 1}


@pytest.mark.parametrize("stream", [False, True])
def test_what_is_split_over_parts_of_a_message_goes_to_no_cloud(running: Running, upstream: Upstream, stream: bool):
    parts = [{"type": "text", "text": text} for text in (f"{running.name} {stream} 4111 1111", "1111 1111. Go on.")]
    body = {"model": "echo", "messages": [{"role": "user", "content": parts}], "stream": stream}
    answer = running.post(body, "app")
    sent = upstream.requests[-1]["messages"][-1]["content"]
    assert [part["text"].split()[-1] for part in sent] == ["<CREDIT_CARD_1>", "on."]
    assert "1111" not in str(sent)
    assert answer.status_code == 200
    assert "4111 1111" in answer.text
