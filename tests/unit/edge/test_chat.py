"""sallyport.edge.chat: what goes in is sealed, and what comes out is this caller's own again."""

import json

import pytest

from sallyport.affinity import conversation_of
from sallyport.attempts import Usage
from sallyport.configuration import ROUTING
from sallyport.contracts import CacheControl, Purpose
from sallyport.conversation import (
    ChatAnswer,
    ChatRequest,
    Choice,
    Reasoning,
    Refusal,
    ResponseFormat,
    StopReason,
    Text,
    ToolCall,
)
from sallyport.dialects.openai_chat.parse import parse
from sallyport.edge import chat
from sallyport.edge.context import Call
from sallyport.edge.dialects import OPENAI_CHAT
from sallyport.edge.repeats import Once
from sallyport.edge.restoring import restored
from sallyport.errors import (
    AuditUnavailableError,
    ContentBlockedError,
    DeadlineExceededError,
    InternalError,
    StoreUnavailableError,
    VaultUnavailableError,
)
from sallyport.ports import Execution
from sallyport.seals import holds, opened
from tests.unit.doubles import CALLER, CANARY

EMAIL = "bob@corp.example.org"
QUOTED = 'He said "no" \\ and\nleft'
CALL = Call(
    request_id="req_12345678",
    caller=CALLER,
    received_at=1000.5,
    deadline=1060.0,
    cache_control=CacheControl(write=False),
)


def body(text="Hello", **fields):
    return json.dumps({"model": "demo", "messages": [{"role": "user", "content": text}]} | fields).encode()


def complete(services, call, sent):
    return chat.complete(services, call, OPENAI_CHAT, parse(sent), len(sent), Once(None))


def answered(*blocks, request=None, mapping=None):
    answer = ChatAnswer(
        model="m",
        choices=(Choice(blocks=blocks, stop_reason=StopReason.END),),
        usage=Usage(input_tokens=1, output_tokens=1),
    )
    return restored(answer, mapping or {"<EMAIL_1>": QUOTED}, request or ChatRequest(turns=())).choices[0].blocks


JSON_FORMATS = [ResponseFormat(type="json_object"), ResponseFormat(type="json_schema", name="n", json_schema={})]


def test_an_answer_carries_the_callers_own_values_and_its_account(services, workflow):
    completion, headers = complete(services, CALL, body(f"Write to {EMAIL}"))
    assert completion["choices"][0]["message"]["content"] == f"You said: Write to {EMAIL}"
    assert (completion["id"], completion["created"]) == ("chatcmpl-req_12345678", 1000)
    assert completion["sallyport"]["redactions"] == {"EMAIL": 1}
    assert headers["x-sallyport-cache"] == "miss"
    assert workflow.seen[0].turns[0].blocks[0].text == "Write to <EMAIL_1>"


def test_nothing_readable_enters_the_workflow(services, workflow):
    complete(services, CALL, body(CANARY, user=CANARY, metadata={"a": CANARY}))
    [start] = workflow.started
    assert CANARY not in start.model_dump_json()
    assert json.dumps(CANARY)[1:-1] not in start.model_dump_json()
    opened = services.vault.open(start.content, "acme", Purpose.CONTENT)
    assert CANARY.encode() in opened


def test_a_ticket_says_what_is_asked_for(services, workflow):
    sent = body(max_tokens=7, n=3)
    complete(services, CALL, sent)
    ticket = workflow.started[0].ticket
    assert (ticket.request_id, ticket.caller, ticket.model) == (CALL.request_id, CALLER, "demo")
    assert (ticket.max_tokens, ticket.choices, ticket.content_bytes) == (7, 3, len(sent))
    assert (ticket.received_at, ticket.deadline, ticket.cache_control) == (1000.5, 1060.0, CALL.cache_control)


def test_a_ticket_says_what_only_some_targets_can(services, workflow):
    complete(services, CALL, body(tools=[{"type": "function", "function": {"name": "t"}}]))
    assert workflow.started[0].ticket.needs == ("tools",)


@pytest.fixture
def sticky(services):
    target = {"provider": "simulated", "model": "s", "privacy": "private"}
    routes = {"demo": {"targets": ["one"]}, "stuck": {"targets": ["one"], "strategy": "sticky"}}
    body = {"version": "1", "targets": {"one": target}, "routes": routes}
    services.backend.records("configuration").put(ROUTING, "current", body)


def test_a_conversation_is_hashed_only_where_the_route_asks_for_it(sticky, services, workflow):
    for model, text in (("stuck", CANARY), ("stuck", CANARY), ("stuck", "else"), ("demo", CANARY), ("none", CANARY)):
        complete(services, CALL, body(text, model=model))
    once, again, other, *unasked = [start.ticket.conversation for start in workflow.started]
    assert (
        once
        == again
        == conversation_of(services.backend.cache_macs.secret("conversation/acme"), parse(body(CANARY)).request)
    )
    assert other not in (once, None)
    assert unasked == [None, None]


@pytest.mark.parametrize("error", [StoreUnavailableError, VaultUnavailableError])
def test_a_conversation_that_cannot_be_told_stops_nothing(error, sticky, services, workflow, monkeypatch):
    def fail(label):
        raise error(CANARY)

    monkeypatch.setattr(services.backend.cache_macs, "secret", fail)
    complete(services, CALL, body(model="stuck"))
    assert workflow.started[0].ticket.conversation is None


@pytest.mark.parametrize("drill", [None, "fail-429"])
def test_a_drill_travels_with_the_sealed_request(drill, services, workflow):
    complete(services, CALL.model_copy(update={"drill": drill}), body())
    assert workflow.seen[0].drill == drill
    assert "fail-429" not in workflow.started[0].model_dump_json()


def test_betas_travel_with_the_sealed_request_and_are_told_where_they_mean_nothing(services, workflow):
    betas = ("effort-2025-11-24", "unknown")
    complete(services, CALL.model_copy(update={"betas": betas}), body())
    assert workflow.seen[0].betas == betas
    assert "effort" not in workflow.started[0].model_dump_json()


def test_a_placeholder_that_the_user_typed_fetches_nobodys_value(services, workflow):
    workflow.answers = lambda text: (Text(text=f"{text} <EMAIL_1> [email 1] <EMAIL_2>"),)
    completion, _ = complete(services, CALL, body(f"What is <EMAIL_1>? I am {EMAIL}."))
    content = completion["choices"][0]["message"]["content"]
    assert content == f"What is <EMAIL_1>? I am {EMAIL}. {EMAIL} {EMAIL} <EMAIL_2>"
    assert workflow.seen[0].turns[0].blocks[0].text == "What is <LITERAL_1>? I am <EMAIL_1>."


@pytest.mark.parametrize("response_format", [{"type": "json_object"}, {"type": "text"}], ids=lambda each: each["type"])
def test_an_answer_in_json_stays_json(response_format, services, workflow):
    secret = 'password: "a\\b!c\'d9"'
    workflow.answers = lambda text: (Text(text=json.dumps({"said": text})),)
    completion, _ = complete(services, CALL, body(secret, response_format=response_format))
    assert completion["sallyport"]["redactions"].get("PASSWORD") == 1
    content = completion["choices"][0]["message"]["content"]
    assert (json.loads(content)["said"] == secret) == (response_format["type"] == "json_object")


@pytest.mark.parametrize("response_format", JSON_FORMATS)
def test_a_value_is_escaped_where_the_text_is_json(response_format):
    request = ChatRequest(turns=(), response_format=response_format)
    [text] = answered(Text(text='{"a": "<EMAIL_1>", "b": "\\u003cEMAIL_1\\u003e"}'), request=request)
    assert json.loads(text.text) == {"a": QUOTED, "b": QUOTED}


@pytest.mark.parametrize("response_format", [None, ResponseFormat(type="text"), *JSON_FORMATS])
def test_thoughts_and_refusals_are_prose_even_beside_json(response_format):
    request = ChatRequest(turns=(), response_format=response_format)
    blocks = answered(Reasoning(text="<EMAIL_1>"), Refusal(text="<EMAIL_1>"), request=request)
    assert [block.text for block in blocks] == [QUOTED, QUOTED]


def test_prose_gets_the_value_as_it_was():
    assert answered(Text(text="Dear <EMAIL_1>,"))[0].text == f"Dear {QUOTED},"


def test_the_arguments_of_a_tool_call_are_always_json():
    [call] = answered(ToolCall(id="c", name="t", arguments='{"to": "<EMAIL_1>"}'))
    assert json.loads(call.arguments) == {"to": QUOTED}


def test_signed_thinking_is_restored_and_says_what_was_signed():
    [thought] = answered(Reasoning(text="<EMAIL_1>", signature="sig"))
    digest, signature = opened(thought.signature)
    assert (thought.text, signature) == (QUOTED, "sig")
    assert holds(digest, "<EMAIL_1>")


def test_a_value_that_looks_like_a_placeholder_is_not_replaced_again():
    mapping = {"<LITERAL_1>": "<EMAIL_1>", "<EMAIL_1>": EMAIL}
    assert answered(Text(text="<LITERAL_1> <EMAIL_1>"), mapping=mapping)[0].text == f"<EMAIL_1> {EMAIL}"


def test_a_deprecated_function_call_is_answered_as_one(services, workflow):
    workflow.answers = lambda text: (ToolCall(id="c", name="t", arguments="{}"),)
    completion, _ = complete(services, CALL, body(functions=[{"name": "t", "parameters": {"type": "object"}}]))
    assert completion["choices"][0]["message"]["function_call"] == {"name": "t", "arguments": "{}"}


@pytest.mark.parametrize(
    ("execution", "error"),
    [
        (Execution("FAILED", error="ContentBlockedError", cause='{"message": "No."}'), ContentBlockedError),
        (Execution("FAILED", error="KeyError", cause=CANARY), InternalError),
        (Execution("FAILED", error="States.Timeout"), DeadlineExceededError),
        (Execution("FAILED"), InternalError),
        (Execution("SUCCEEDED"), InternalError),
        (Execution("TIMED_OUT", cause=CANARY), DeadlineExceededError),
    ],
)
def test_what_stopped_the_workflow_is_raised_without_foreign_text(execution, error, services, workflow):
    workflow.ends = execution
    with pytest.raises(error) as raised:
        complete(services, CALL, body())
    assert CANARY not in str(raised.value)


def test_a_workflow_without_an_answer_is_no_answer(services, workflow):
    complete(services, CALL, body())
    output = workflow.chat(CALL.request_id, workflow.started[0].to_json()).output
    workflow.ends = Execution("SUCCEEDED", output={name: output[name] for name in ("ticket", "pseudonyms")})
    with pytest.raises(AuditUnavailableError):
        complete(services, CALL, body())
