"""Which targets see a request: private data on private models alone, whatever fails, and masked data anywhere."""

import pytest

from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

CARD, EMAIL = "4111 1111 1111 1111", "ann@corp.example.org"


@pytest.mark.parametrize("stream", [False, True])
def test_when_no_private_target_answers_no_cloud_is_asked(running: Running, upstream: Upstream, stream: bool):
    """Three times: by then the private target may be skipped as broken, which is no reason to go elsewhere."""
    cloud = upstream.asked("echo")
    for number in range(3):
        answer = running.ask(
            f"Card {CARD}, {number} {stream} {running.name}", model="walled", key="fraud", stream=stream
        )
        assert answer.status_code == 503, answer.text
        assert as_json(answer)["error"]["code"] != "no_private_target"
    assert upstream.asked("echo") == cloud
    assert upstream.asked("broken") > 0


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
