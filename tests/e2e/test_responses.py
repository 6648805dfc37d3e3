"""OpenAI's Responses on both backends: as the SDK sees them, as the provider does, and as they are written down."""

import json
from typing import Any

import pytest

from tests.e2e.running import Running
from tests.e2e.upstream import Upstream

TOOL: Any = {"type": "function", "name": "look", "parameters": {"type": "object"}, "strict": None}


def ask(running: Running, text: Any, *, stream: bool, model: str = "echo", **fields: Any) -> Any:
    responses = running.client().responses
    if not stream:
        return responses.create(model=model, input=text, **fields)
    with responses.stream(model=model, input=text, **fields) as events:
        return events.get_final_response()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_the_client_gets_its_own_words_and_the_provider_never_does(running: Running, upstream: Upstream, stream: bool):
    mail = f"ann.{running.name}.{stream}@example.com"
    response = ask(running, f"Write to {mail}", stream=stream, model="uncached", instructions=f"Speak as {mail}.")
    running.settle()
    request_id = response.id.removeprefix("resp_")
    ticket = running.audited(request_id)

    assert response.output_text == f"You said: Write to {mail}"
    assert response.instructions == f"Speak as {mail}."
    assert mail not in upstream.texts()
    assert ticket is not None
    assert (ticket.stream, ticket.redaction.findings) == (stream, {"EMAIL": 2})
    bill = running.billed(request_id, ticket)
    assert bill is not None
    assert response.model_extra["sallyport"]["cost_usd"] == bill.cost / 1_000_000 > 0


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_tool_over_two_turns(running: Running, stream: bool):
    text = f'Look for "ann.{running.name}@example.com"'
    items: list[Any] = [{"role": "user", "content": text}]
    first = ask(running, items, stream=stream, tools=[TOOL], tool_choice="required")
    [call] = first.output
    items += [call, {"type": "function_call_output", "call_id": call.call_id, "output": f"{text} is here"}]
    second = ask(running, items, stream=stream, tools=[TOOL])

    assert json.loads(call.arguments) == {"text": text}
    assert second.output_text == f"You said: {text} is here"


def test_what_breaks_in_mid_stream_is_told_and_written_down(running: Running):
    text = f"Cut items of {running.name}"
    events = list(running.client().responses.create(model="cutting", input=text, stream=True))
    *_, error, failed = events
    running.settle()
    ticket = running.audited(failed.response.id.removeprefix("resp_"))
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")

    assert (error.type, failed.type, failed.response.status) == ("error", "response.failed", "failed")
    assert error.message == failed.response.error.message
    assert f"You said: {text}".startswith(said)
    assert said == failed.response.output_text != ""
    assert ticket is not None
    assert ticket.inference.stop_reason == "cut"
    assert len(ticket.attempts) == 2
