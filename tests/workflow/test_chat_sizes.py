"""The largest of everything that may lie inline passes through every state: Step Functions ends what is larger."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sallyport.attempts import Attempt, Inference, Usage
from sallyport.contracts import (
    Answered,
    Authorization,
    CacheControl,
    CacheDecision,
    CacheLookup,
    CacheOutcome,
    Caller,
    ChatStart,
    Hold,
    Privacy,
    Purpose,
    Redaction,
    RedactionDecision,
    RedactionPolicy,
    Reservation,
    Route,
    RouteTarget,
    Sealed,
    Ticket,
)
from sallyport.errors import ProviderUnavailableError
from sallyport.message import Message, Work
from sallyport.redaction.finding import TYPES
from sallyport.redaction.judge import Action, Sensitivity
from sallyport.vault import DEFAULT_INLINE_LIMIT, INLINE_LIMIT
from sallyport_local.engine import Engine, Execution, load
from sallyport_local.workflows import CHAT, PUBLISH, SEND, SUBSTITUTIONS
from tests.workflow.chat_scenarios import ANONYMIZED, ANSWERED, HIT, LOOKED_UP

LIMIT = 256 * 1024
"""Bytes of a state's input, output or arguments, and of a message to SNS or SQS."""

TARGETS = 24
"""More than a route needs."""

LONGEST = "n" * 64
COUNT = 2**53
REASON = "r" * 300
CALLER = Caller(tenant=LONGEST, project=LONGEST, key_id=LONGEST, user=LONGEST)
ATTEMPTS = tuple(
    Attempt(
        target=f"{number:n>64}",
        error="ProviderUnavailableError",
        reason=REASON,
        status=503,
        retry_after=86399.123456789,
        latency_ms=285_000,
    )
    for number in range(TARGETS)
)
"""Every target, failed."""

INFERENCE = Inference(
    target=LONGEST,
    provider=LONGEST,
    model=LONGEST,
    usage=Usage(
        input_tokens=COUNT,
        output_tokens=COUNT,
        cached_input_tokens=COUNT,
        cache_write_tokens=COUNT,
        reasoning_tokens=COUNT,
    ),
    stop_reason="stop_sequence",
    latency_ms=COUNT,
    cost=COUNT,
    reason=REASON,
)


def inline(purpose: Purpose, times: int = 1) -> Sealed:
    return Sealed(sealed="A" * INLINE_LIMIT.get(purpose, DEFAULT_INLINE_LIMIT) * times)


def authorization() -> Authorization:
    """Three levels with a limit of each kind for each window."""
    level = f"tenant/{LONGEST}/project/{LONGEST}/key/{LONGEST}"
    holds = tuple(
        Hold(scope=f"{level}|{kind}|{window}", limit=COUNT, amount=COUNT)
        for _ in ("tenant", "project", "key")
        for kind in ("requests", "tokens", "dollars")
        for window in ("minute|2026-11-20T18:02", "day|2026-11-20", "month|2026-11")
    )
    return Authorization(
        max_tokens=COUNT,
        route=Route(
            alias=LONGEST,
            targets=tuple(RouteTarget(name=each.target, privacy=Privacy.PRIVATE) for each in ATTEMPTS),
            cache_ttl_seconds=COUNT,
            table_version=LONGEST,
        ),
        reservation=Reservation(request_id=LONGEST, holds=holds, expires_at=COUNT),
        redaction=RedactionPolicy(actions=dict.fromkeys(sorted(TYPES), Action.ROUTE_PRIVATE)),
        reason=REASON,
    )


def redaction(*, pseudonyms: int = 1) -> Redaction:
    return Redaction(
        decision=RedactionDecision(
            findings=dict.fromkeys(sorted(TYPES), COUNT),
            masked=COUNT,
            uninspected=COUNT,
            sensitivity=Sensitivity.CONFIDENTIAL,
            reason=REASON * 4,
        ),
        content=inline(Purpose.REDACTED),
        pseudonyms=inline(Purpose.PSEUDONYMS, pseudonyms),
    )


def start(*, stream: bool = False, operation: Work = "chat") -> dict[str, Any]:
    ticket = Ticket(
        request_id=LONGEST,
        caller=CALLER,
        model=LONGEST,
        stream=stream,
        operation=operation,
        input_tokens=COUNT,
        max_tokens=COUNT,
        choices=128,
        content_bytes=COUNT,
        cache_control=CacheControl(),
        received_at=1795197599.123,
        deadline=1795197884.123,
        attempts=ATTEMPTS[:-1],  # as if all but the last had failed: what comes later is there from the start
    )
    return ChatStart(ticket=ticket, content=inline(Purpose.CONTENT)).to_json()


def lookup(outcome: CacheOutcome) -> CacheLookup:
    hit = outcome is CacheOutcome.HIT
    return CacheLookup(
        decision=CacheDecision(
            outcome=outcome,
            reason=REASON,
            store_key="f" * 64,
            ttl_seconds=COUNT,
            inference=INFERENCE if hit else None,
        ),
        answer=inline(Purpose.ANSWER) if hit else None,
    )


class Measured:
    """One execution on the engine, whose functions answer with `answers`; an exception is raised instead."""

    def __init__(self, received: Any, answers: Mapping[str, Message | Exception]) -> None:
        self.sizes: dict[str, int] = {}
        self._answers = answers
        services = {PUBLISH: self._publish, SEND: self._send}
        engine = Engine(load(CHAT.read_text(), SUBSTITUTIONS), self._invoke, services, on_visit=self._see)
        self.execution: Execution = engine.run(received, name="run")
        self.path = tuple(visit.state for visit in self.execution.history)

    def _invoke(self, function: str, payload: Any, context: Any) -> Any:
        self._weigh(f"{context.state} arguments", payload)
        answer = self._answers[function]
        if isinstance(answer, Exception):
            raise answer
        return answer.to_json()

    def _publish(self, arguments: Any, context: Any) -> dict[str, str]:
        self._weigh(f"{context.state} arguments", arguments)
        # SNS takes a text: the message is JSON, and in the call to SNS its quotes are escaped but not counted.
        self._weigh(f"{context.state} message", arguments["Message"])
        return {"MessageId": "1"}

    def _send(self, arguments: Any, context: Any) -> dict[str, str]:
        self._weigh(f"{context.state} arguments", arguments)
        self._weigh(f"{context.state} message", arguments["MessageBody"])
        return {"MessageId": "1"}

    def _see(self, state: str, received: Any, output: Any) -> None:
        self._weigh(f"{state} input", received)
        self._weigh(f"{state} output", output)

    def _weigh(self, what: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self.sizes[what] = max(self.sizes.get(what, 0), len(text.encode()))


ANSWERS: Mapping[str, Message | Exception] = {
    "authorize": authorization(),
    "redact": redaction(),
    "cache_lookup": lookup(CacheOutcome.MISS),
    "infer": Answered(decision=INFERENCE, answer=inline(Purpose.ANSWER)),
}
FAILED = [attempt.to_json() for attempt in ATTEMPTS]
CASES: dict[str, tuple[Any, dict[str, Message | Exception], tuple[str, ...]]] = {
    "a miss": (start(), {}, ANSWERED),
    "a hit": (start(), {"cache_lookup": lookup(CacheOutcome.HIT)}, HIT),
    "a stream": (start(stream=True), {}, (*LOOKED_UP, "Watch", "Planned")),
    "texts to anonymize": (start(operation="anonymize"), {}, ANONYMIZED),
    "no target left": (
        start(),
        {
            "infer": ProviderUnavailableError(REASON, target=LONGEST, status=503),
            "fallback": ProviderUnavailableError(REASON, retry_after=7.0, attempts=FAILED),
        },
        (*LOOKED_UP, "Infer", "Fallback", "PublishFailure", "Failed"),
    ),
}


@pytest.mark.parametrize(("received", "answers", "path"), CASES.values(), ids=CASES)
def test_the_largest_inline_values_fit_into_every_state(
    received: Any, answers: dict[str, Message | Exception], path: tuple[str, ...]
) -> None:
    measured = Measured(received, {**ANSWERS, **answers})

    assert measured.path == path
    assert measured.execution.error != "States.DataLimitExceeded"
    assert max(measured.sizes.values()) <= LIMIT, measured.sizes


def test_larger_pseudonyms_would_not_fit() -> None:
    """So that the test above sees a limit at all."""
    measured = Measured(start(), {**ANSWERS, "redact": redaction(pseudonyms=2)})

    assert measured.execution.error == "States.DataLimitExceeded"
    assert measured.path == ("Authorize", "Redact")


def test_what_failed_is_told_within_the_length_of_a_cause() -> None:
    """At most 32768 characters (botocore stepfunctions, SensitiveCause max)."""
    received, answers, _ = CASES["no target left"]
    measured = Measured(received, {**ANSWERS, **answers})

    assert len(measured.execution.cause or "") <= 32_768
