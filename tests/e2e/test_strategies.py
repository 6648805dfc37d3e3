"""One alias for each strategy: who is asked, and what the trace says of it."""

import time

import pytest

from sallyport.health import Health
from sallyport.watch import PARTITION
from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
LONG = "word " * 1500  # 2500 tokens by estimate


@pytest.mark.parametrize(
    ("model", "text", "fields", "target", "reason"),
    [
        ("house", "Hello", {}, "echo", "ordered: echo, house"),
        ("weighted", "Hello", {}, "backup", "weighted: backup, echo"),
        ("least-cost", "Hello", {}, "cheap", "least_cost: cheap, echo"),
        ("least-cost", LONG, {}, "echo", "least_cost: echo, cheap; too small by estimate: cheap"),
        ("least-latency", "Hello", {}, "echo", "least_latency: echo, backup"),
        ("by-context-size", "Hello", {}, "cheap", "by_context_size: cheap, echo, larger"),
        (
            "by-context-size",
            LONG,
            {},
            "echo",
            "by_context_size: echo, larger, cheap; too small by estimate: cheap",
        ),
        ("by-capability", "Hello", {}, "talks", "by_capability: talks, cheap, echo"),
        ("by-capability", "Hello", {"tools": TOOLS}, "cheap", "by_capability: cheap, echo; without tools: talks"),
    ],
)
def test_a_strategy_chooses_and_the_trace_says_why(
    running: Running, model: str, text: str, fields: dict[str, object], target: str, reason: str
):
    answer = running.ask(f"{text} {running.name}", model=model, **fields)

    assert (answer.status_code, answer.headers["x-sallyport-target"]) == (200, target)
    running.settle()
    ticket = running.audited(answer.headers["x-request-id"])
    assert ticket is not None
    assert ticket.authorization is not None
    assert ticket.authorization.route.reason == reason


@pytest.mark.parametrize(("echo_ms", "backup_ms", "target"), [(900.0, 20.0, "backup"), (20.0, 900.0, "echo")])
def test_the_least_latency_is_that_of_what_was_measured(
    running: Running, echo_ms: float, backup_ms: float, target: str
):
    records = running.gateway.backend.records("health")
    for name, latency_ms in (("echo", echo_ms), ("backup", backup_ms)):
        known = Health(latency_ms=latency_ms, at=time.time())
        records.put(PARTITION, running.place(name), known.to_json())
    answer = running.ask(f"Quickly {running.name} {target}", model="least-latency")

    assert (answer.status_code, answer.headers["x-sallyport-target"]) == (200, target)


def test_a_conversation_stays_on_its_target_streamed_or_not(running: Running):
    def target(*said: str, stream: bool = False) -> str:
        roles = ("user", "assistant") * len(said)
        messages = [{"role": role, "content": text} for role, text in zip(roles, said, strict=False)]
        answer = running.post({"model": "sticky", "messages": messages, "stream": stream})
        assert answer.status_code == 200
        return answer.headers["x-sallyport-target"]

    beginnings = [f"Conversation {number} of {running.name}" for number in range(12)]
    first = [target(each) for each in beginnings]
    assert [target(each, "You said that.", "And now?") for each in beginnings] == first
    assert [target(each, "You said that.", "And now?", stream=True) for each in beginnings[:3]] == first[:3]
    assert len(set(first)) > 1


def test_what_is_too_long_for_one_target_goes_to_a_larger_one(running: Running, upstream: Upstream):
    equals = upstream.asked("equal")
    answer = running.ask(f"Too long {running.name}", model="too-long")

    assert (answer.status_code, answer.headers["x-sallyport-target"]) == (200, "larger")
    assert as_json(answer)["sallyport"]["attempts"] == [{"target": "strict", "error": "ProviderRejectedError"}]
    assert upstream.asked("equal") == equals


def test_what_no_target_can_do_is_refused_before_any_is_asked(running: Running, upstream: Upstream):
    before = upstream.asked("talks")
    answer = running.ask(f"Use a tool {running.name}", model="talks", tools=TOOLS)

    assert (answer.status_code, as_json(answer)["error"]["param"]) == (400, "tools")
    assert "No target of the model talks calls tools" in as_json(answer)["error"]["message"]
    assert upstream.asked("talks") == before


def test_a_request_stays_within_the_regions_of_its_key(running: Running):
    free = running.ask(f"Anywhere {running.name}", model="resident")
    bound = running.ask(f"Anywhere {running.name}", model="resident", key="european")
    nowhere = running.ask(f"Anywhere {running.name}", model="echo", key="european")

    assert free.headers["x-sallyport-target"] == "echo"
    assert (bound.headers["x-sallyport-target"], bound.headers["x-sallyport-cache"]) == ("frankfurt", "miss")
    assert (nowhere.status_code, as_json(nowhere)["error"]["code"]) == (404, "model_not_found")
    assert [model.id for model in running.client("european").models.list()] == ["resident"]
