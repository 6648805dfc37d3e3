"""sallyport.edge.app in the dialect of OpenAI's Responses, driven by the official SDK over ASGI."""

import json
from itertools import groupby, pairwise

import anyio
import httpx
import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.composition import using
from sallyport.conversation import Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.dialects.openai_responses.parse import parse
from sallyport.dialects.openai_responses.stream import EventWriter
from sallyport.edge.app import create_app
from sallyport.edge.restoring import EventRestorer
from sallyport.errors import RateLimitedError
from sallyport.ports import Execution
from sallyport.redaction.restore import restore
from sallyport.stream import ReasoningDelta, RefusalDelta, Started, Stopped, TextDelta
from tests.unit.dialects.openai_responses.shapes import events_of, final, response_of
from tests.unit.edge.conftest import CONTEXT, REQUEST_ID

RESPONSES = "/v1/responses"
EMAIL = "bob@corp.example.org"
LOOK = {"type": "function", "name": "look", "description": f"Ask {EMAIL}", "parameters": {}, "strict": None}


@pytest.fixture
def post(services, workflow):
    def post(method="POST", path=RESPONSES, headers=CONTEXT, **body):
        async def send():
            transport = httpx.ASGITransport(create_app())
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
                sent = {"model": "demo", "input": f"I am {EMAIL}.", **body}
                return await client.request(method, path, headers=headers, json=sent)

        with using(services):
            return anyio.run(send)

    return post


@pytest.fixture
def create(services, workflow):
    """The answer of the SDK, whole, or at the end of a stream."""

    def create(input=f"I am {EMAIL}.", streamed=False, **fields):
        async def send():
            http = openai.DefaultAsyncHttpxClient(transport=httpx2.ASGITransport(create_app()), headers=CONTEXT)
            async with openai.AsyncOpenAI(
                base_url="http://gateway.test/v1", api_key="sp", http_client=http, max_retries=0
            ) as client:
                if not streamed:
                    return await client.responses.create(model="demo", input=input, **fields)
                async with client.responses.stream(model="demo", input=input, **fields) as stream:
                    return await stream.get_final_response()

        with using(services):
            return anyio.run(send)

    return create


@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer(create, streamed):
    read = create(streamed=streamed)

    assert read.output_text == f"You said: I am {EMAIL}."
    assert (read.id, read.status, read.model) == (f"resp_{REQUEST_ID}", "completed", "model-1")
    assert (read.usage.input_tokens, read.usage.output_tokens) == (3, 4)
    assert read.sallyport["redactions"] == {"EMAIL": 1}
    assert read.store is False


def test_what_went_over_the_wire_is_of_the_sdks_types(post):
    whole, streamed = post(), post(stream=True)

    assert final(events_of(streamed.content)).output == response_of(whole.json()).output
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert whole.headers["x-request-id"] == streamed.headers["x-request-id"] == REQUEST_ID


@pytest.mark.parametrize("streamed", [False, True])
def test_what_is_repeated_is_the_clients_own_and_what_is_asked_is_not(create, workflow, streamed):
    read = create(streamed=streamed, instructions=f"Answer as {EMAIL}.", tools=[LOOK], metadata={"who": EMAIL})

    assert read.instructions == f"Answer as {EMAIL}."
    assert read.tools[0].description == f"Ask {EMAIL}"
    assert read.metadata == {"who": EMAIL}
    assert EMAIL not in workflow.seen[-1].model_dump_json()


@pytest.mark.parametrize("streamed", [False, True])
def test_a_thought_survives_its_way_through_the_sdk(create, workflow, streamed):
    thoughts = Reasoning(text="Is it <EMAIL_1>?", signature="c2lnbmVk"), Reasoning(redacted="aGlkZGVu")
    workflow.answers = lambda text: (*thoughts, ToolCall(id="c1", name="look", arguments='{"at": "<EMAIL_1>"}'))
    first = create(streamed=streamed, tools=[LOOK], include=["reasoning.encrypted_content"], store=False)
    call = first.output[-1]
    create(
        [
            {"role": "user", "content": f"I am {EMAIL}."},
            *first.output,
            {"type": "function_call_output", "call_id": call.call_id, "output": f"{EMAIL} is in west"},
            {"role": "user", "content": "Go on."},
        ],
        tools=[LOOK],
    )
    _, said, result, _ = workflow.seen[-1].turns

    assert first.output[0].summary[0].text == f"Is it {EMAIL}?"
    assert json.loads(call.arguments) == {"at": EMAIL}
    assert said.blocks == (*thoughts, ToolCall(id="c1", name="look", arguments='{"at": "<EMAIL_1>"}'))
    assert result.blocks[0].content == (Text(text="<EMAIL_1> is in west"),)


@pytest.mark.parametrize("streamed", [False, True])
def test_parallel_calls_are_items_of_their_own(create, workflow, streamed):
    calls = (("c1", '{"at": "<EMAIL_1>"}'), ("c2", ""))
    workflow.answers = lambda text: tuple(ToolCall(id=id_, name="look", arguments=each) for id_, each in calls)
    output = create(streamed=streamed, tools=[LOOK]).output

    assert [(each.call_id, json.loads(each.arguments)) for each in output] == [("c1", {"at": EMAIL}), ("c2", {})]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_refusal_is_one(create, workflow, streamed):
    workflow.answers = lambda text: (Refusal(text="Not <EMAIL_1>."),)
    [message] = create(streamed=streamed).output

    assert (message.content[0].type, message.content[0].refusal) == ("refusal", f"Not {EMAIL}.")


@pytest.mark.parametrize("streamed", [False, True])
def test_what_the_gateway_does_not_do_is_warned_of(create, streamed):
    assert [each["field"] for each in create(streamed=streamed, store=True).sallyport["warnings"]] == ["store"]
    assert create(streamed=streamed).sallyport["warnings"] == []


MAPPING = {"<EMAIL_1>": EMAIL, "<PERSON_1>": 'Ann "A" <b>'}
TEXT = st.lists(st.sampled_from([*MAPPING, "<EMAIL_2>", "<", "EMAIL", "_1>", " ", "x", "é"]), max_size=8).map("".join)


@given(st.lists(st.tuples(st.sampled_from([TextDelta, RefusalDelta, ReasoningDelta]), TEXT), max_size=4), st.data())
def test_however_a_stream_is_cut_it_says_what_the_whole_answer_says(said, data):
    events = []
    for kind, text in said:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
        events += [kind(text[a:b]) for a, b in pairwise([0, *cuts, len(text)])]
    events = [Started("m"), *events, Stopped(StopReason.END)]
    restorer = EventRestorer(MAPPING, structured=False)
    writer = EventWriter(stem="req_1", created=1, model="m", echo=parse(b'{"model": "m", "input": "x"}').echo)
    sent = b"".join(writer.write(each) for event in events for each in restorer.take(event))
    read = final(events_of(sent + writer.end(Usage(input_tokens=1, output_tokens=1), {})))
    words = {"output_text": TextDelta, "refusal": RefusalDelta, "summary_text": ReasoningDelta}
    told = dict.fromkeys(words, "")
    for item in read.output:
        for part in item.content if item.type == "message" else item.summary:
            told[part.type] += part.refusal if part.type == "refusal" else part.text

    assert told == {
        name: "".join(restore(text, MAPPING).text for each, text in _joined(said) if each is kind)
        for name, kind in words.items()
    }


def _joined(said):
    """What is said in one go is restored in one go."""
    return [(kind, "".join(text for _, text in run)) for kind, run in groupby(said, key=lambda each: each[0])]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]"),
        ({"stream": True, "include": ["message.output_text.logprobs"]}, "include"),
    ],
)
def test_a_wrong_field_is_named(create, fields, param):
    with pytest.raises(openai.BadRequestError) as raised:
        create(**fields)
    assert (raised.value.param, raised.value.type) == (param, "invalid_request_error")


@pytest.mark.parametrize("stream", [False, True])
def test_what_stops_the_workflow_is_an_error_before_the_stream(post, workflow, stream):
    error = RateLimitedError("Slow.", retry_after=3.0)
    workflow.ends = Execution("FAILED", error="RateLimitedError", cause=json.dumps({"errorMessage": str(error)}))
    response = post(stream=stream)

    assert (response.status_code, response.headers["retry-after"]) == (429, "3")
    assert response.json()["error"]["code"] == "rate_limit_exceeded"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", RESPONSES, {}, 401),
        ("GET", RESPONSES, CONTEXT, 405),
        ("GET", f"{RESPONSES}/resp_1", CONTEXT, 404),
        ("POST", f"{RESPONSES}/resp_1/cancel", CONTEXT, 404),
    ],
)
def test_an_error_has_openais_shape_whatever_the_headers(post, method, path, headers, status):
    response = post(method, path, {**headers, "anthropic-version": "2023-06-01"})

    assert response.status_code == status
    assert list(response.json()) == ["error"]
