"""Edge on the embedded backend, with a workflow that redacts and answers what it is told to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sallyport.attempts import Inference, Usage
from sallyport.composition import Services
from sallyport.contracts import CacheDecision, CacheOutcome, ChatEnd, ChatStart, Purpose, RedactionPolicy
from sallyport.conversation import ChatAnswer, ChatRequest, Choice, StopReason, Text
from sallyport.edge.context import CONTEXT_HEADER
from sallyport.ports import Execution
from sallyport.redacting import encode_pseudonyms, redact_request
from sallyport_local.backend import EmbeddedBackend
from tests.unit.doubles import CALLER, a_route, an_authorization

REQUEST_ID = "req_12345678"
CONTEXT = {CONTEXT_HEADER: json.dumps({"requestId": REQUEST_ID, "authorizer": CALLER.to_json()})}


class Workflow:
    """`answers` turns the redacted text into the model's; `ends` ends every execution, if it is set.

    When it `plans`, it ends as for a stream that no cache can answer, by its `policy` and on its `route`.
    """

    def __init__(self, services: Services) -> None:
        self.services = services
        self.started: list[ChatStart] = []
        self.seen: list[ChatRequest] = []
        self.ends: Execution | Exception | None = None
        self.plans = False
        self.policy = RedactionPolicy()
        self.route = a_route("first!", "second!")
        self.answers: Any = lambda text: (Text(text=f"You said: {text}"),)

    def chat(self, name: str, start: Any) -> Execution:
        read = ChatStart.model_validate(start)
        self.started.append(read)
        if isinstance(self.ends, Exception):
            raise self.ends
        if self.ends is not None:
            return self.ends
        vault, tenant = self.services.vault, read.ticket.caller.tenant
        content = ChatRequest.model_validate_json(vault.open(read.content, tenant, Purpose.CONTENT))
        redacted, pseudonyms, decision = redact_request(content, RedactionPolicy())
        self.seen.append(redacted)
        if self.plans:
            ticket = read.ticket.model_copy(
                update={
                    "authorization": an_authorization(route=self.route).model_copy(update={"redaction": self.policy}),
                    "redaction": decision,
                    "cache": CacheDecision(outcome=CacheOutcome.MISS, reason="new"),
                }
            )
            plan = ChatEnd(
                ticket=ticket,
                pseudonyms=vault.seal(encode_pseudonyms(pseudonyms), tenant, Purpose.PSEUDONYMS, name=name),
                content=vault.seal(redacted.model_dump_json().encode(), tenant, Purpose.REDACTED, name=name),
            )
            return Execution("SUCCEEDED", output=plan.to_json())
        block = redacted.turns[-1].blocks[0]
        assert isinstance(block, Text)
        usage = Usage(input_tokens=3, output_tokens=4)
        choice = Choice(blocks=self.answers(block.text), stop_reason=StopReason.END)
        answer = ChatAnswer(model="model-1", choices=(choice,), usage=usage)
        ticket = read.ticket.model_copy(
            update={
                "redaction": decision,
                "cache": CacheDecision(outcome=CacheOutcome.MISS, reason="new"),
                "inference": Inference(
                    target="simulated",
                    provider="simulated",
                    model="model-1",
                    usage=usage,
                    stop_reason="end",
                    latency_ms=1,
                    cost=5,
                    reason="r",
                ),
            }
        )
        end = ChatEnd(
            ticket=ticket,
            pseudonyms=vault.seal(encode_pseudonyms(pseudonyms), tenant, Purpose.PSEUDONYMS, name=name),
            answer=vault.seal(answer.model_dump_json().encode(), tenant, Purpose.ANSWER, name=name),
        )
        return Execution("SUCCEEDED", output=end.to_json())


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    backend = EmbeddedBackend.open(tmp_path / "data")
    yield Services(backend)
    backend.close()


@pytest.fixture
def workflow(services: Services) -> Workflow:
    workflow = Workflow(services)
    services.backend.workflows = workflow  # type: ignore[misc]
    return workflow
