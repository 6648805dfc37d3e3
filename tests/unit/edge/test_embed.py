"""sallyport.edge.embed: texts go in sealed, vectors come out, and the account is that of a chat."""

import json

import pytest

from sallyport.attempts import Inference, Usage
from sallyport.contracts import CacheControl, CacheDecision, CacheOutcome, ChatEnd, ChatStart, Purpose, RedactionPolicy
from sallyport.dialects.openai_embeddings.parse import parse
from sallyport.edge.context import Call
from sallyport.edge.embed import embed
from sallyport.edge.repeats import Once
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import AuditUnavailableError, ContentBlockedError, InvalidRequestError
from sallyport.ports import Execution
from sallyport.redacting import encode_pseudonyms, redact_request
from sallyport.vectors import decode, encode
from tests.unit.doubles import CALLER, CANARY

CALL = Call(
    request_id="req_12345678",
    caller=CALLER,
    received_at=1000.5,
    deadline=1060.0,
    cache_control=CacheControl(write=False),
)
USAGE = Usage(input_tokens=9, output_tokens=0)


class Workflow:
    """A vector of each redacted text's length and 1."""

    def __init__(self, services):
        self.services = services
        self.started = []
        self.seen = []
        self.ends = None

    def chat(self, name, start):
        read = ChatStart.model_validate(start)
        self.started.append(read)
        if self.ends:
            return self.ends
        vault, tenant = self.services.vault, read.ticket.caller.tenant
        content = EmbeddingRequest.model_validate_json(vault.open(read.content, tenant, Purpose.CONTENT))
        redacted, pseudonyms, decision = redact_request(content, RedactionPolicy())
        self.seen.append(redacted)
        vectors = tuple(encode([len(text), 1.0]) for text in redacted.texts)
        answer = EmbeddingAnswer(model="e-1", vectors=vectors, usage=USAGE)
        inference = Inference(
            target="one", provider="simulated", model="e-1", usage=USAGE, stop_reason="end", latency_ms=1, cost=5,
            reason="r",
        )  # fmt: skip
        cache = CacheDecision(outcome=CacheOutcome.MISS, reason="new")
        end = ChatEnd(
            ticket=read.ticket.model_copy(update={"redaction": decision, "cache": cache, "inference": inference}),
            pseudonyms=vault.seal(encode_pseudonyms(pseudonyms), tenant, Purpose.PSEUDONYMS, name=name),
            answer=vault.seal(answer.model_dump_json().encode(), tenant, Purpose.ANSWER, name=name),
        )
        return Execution("SUCCEEDED", output=end.to_json())


@pytest.fixture
def workflow(services):
    services.backend.workflows = Workflow(services)
    return services.backend.workflows


def asked(services, **fields):
    body = json.dumps({"model": "demo", "input": ["a", f"I am {CANARY}"]} | fields).encode()
    told, headers = embed(services, CALL, parse(body), len(body), Once(None))
    return json.loads(told), headers, len(body)


def test_a_ticket_says_what_it_is_for(services, workflow):
    _, _, size = asked(services, dimensions=2)
    ticket = workflow.started[0].ticket
    assert (ticket.operation, ticket.model, ticket.stream) == ("embed", "demo", False)
    assert (ticket.input_tokens, ticket.max_tokens, ticket.choices) == (1 + 12, None, 1)
    assert (ticket.content_bytes, ticket.cache_control) == (size, CALL.cache_control)
    assert (ticket.request_id, ticket.received_at, ticket.deadline) == (CALL.request_id, 1000.5, 1060.0)


def test_nothing_readable_enters_the_workflow(services, workflow):
    asked(services, user=CANARY)
    assert CANARY not in workflow.started[0].model_dump_json()
    assert "<EMAIL_1>" in workflow.seen[0].texts[1]


@pytest.mark.parametrize("encoding_format", ["float", "base64"])
def test_vectors_and_their_account_are_told(encoding_format, services, workflow):
    told, headers, _ = asked(services, encoding_format=encoding_format)
    vectors = [each["embedding"] for each in told["data"]]
    if encoding_format == "base64":
        vectors = [list(decode(vector)) for vector in vectors]
    assert vectors == [[float(len(text)), 1.0] for text in workflow.seen[0].texts]
    assert (told["model"], told["usage"]) == ("e-1", {"prompt_tokens": 9, "total_tokens": 9})
    assert told["sallyport"]["redactions"] == {"EMAIL": 1}
    assert (headers["x-sallyport-target"], headers["x-sallyport-cost-usd"]) == ("one", "0.000005")


def test_what_stopped_the_workflow_is_raised(services, workflow):
    workflow.ends = Execution("FAILED", error="ContentBlockedError", cause='{"message": "No."}')
    with pytest.raises(ContentBlockedError):
        asked(services)


def test_a_workflow_without_an_answer_is_no_answer(services, workflow):
    asked(services)
    output = dict(workflow.chat("r", workflow.started[0].to_json()).output)
    workflow.ends = Execution("SUCCEEDED", output={name: output[name] for name in ("ticket", "pseudonyms")})
    with pytest.raises(AuditUnavailableError):
        asked(services)


def test_what_does_not_fit_starts_nothing(services, workflow):
    with pytest.raises(InvalidRequestError):
        asked(services, input=[[1, 2]])
    assert workflow.started == []
