"""The same requests on both backends: same status, body, audit record and cost."""

import json
import re
from typing import Any

from sallyport.contracts import Ticket
from tests.e2e.running import Running

_DIFFERS = re.compile(r"req_[0-9a-f]{32}")

LONG = "All work and no play. " * 12_000

CASES: list[tuple[str, dict[str, Any]]] = [
    ("app", {"messages": [{"role": "user", "content": "Hello"}]}),
    ("app", {"messages": [{"role": "user", "content": "Hello"}]}),
    ("app", {"messages": [{"role": "user", "content": "Mail ann@example.com and 4111 1111 1111 1111"}]}),
    ("app", {"messages": [{"role": "user", "content": "Mail bob@example.com and 4111 1111 1111 1111"}]}),
    ("app", {"messages": [{"role": "user", "content": LONG}]}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "throttled"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "broken"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "closing"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "garbage"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "strict"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "locked"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "doomed"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "nothing"}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "model": "uncached"}),
    ("app", {"messages": []}),
    ("app", {"messages": [{"role": "user", "content": 7}]}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 0}),
    ("app", {"messages": [{"role": "user", "content": "Hi"}], "stream": True}),
    ("app", {"messages": [{"role": "user", "content": "Mail ann@example.com now"}], "stream": True}),
    ("app", {"messages": [{"role": "user", "content": "Mail bob@example.com now"}], "stream": True}),
    ("app", {"messages": [{"role": "user", "content": "Go"}], "model": "broken", "stream": True}),
    ("app", {"messages": [{"role": "user", "content": "Go"}], "model": "cutting", "stream": True}),
    ("app", {"messages": [{"role": "user", "content": "Go"}], "model": "strict", "stream": True}),
    ("app", {"messages": [{"role": "user", "content": "Go"}], "model": "doomed", "stream": True}),
    ("fraud", {"messages": [{"role": "user", "content": "Card 4111 1111 1111 1111"}], "stream": True}),
    ("poor", {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4000, "stream": True}),
    ("fraud", {"messages": [{"role": "user", "content": "Card 4111 1111 1111 1111"}], "model": "house"}),
    ("fraud", {"messages": [{"role": "user", "content": "Card 4111 1111 1111 1111"}]}),
    ("fraud", {"messages": [{"role": "user", "content": "SSN 219-09-9999"}]}),
    ("small", {"messages": [{"role": "user", "content": "One"}]}),
    ("small", {"messages": [{"role": "user", "content": "x" * 30_000}]}),
    ("small", {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2001}),
    ("small", {"messages": [{"role": "user", "content": "Two"}]}),
    ("small", {"messages": [{"role": "user", "content": "Three"}]}),
    ("small", {"messages": [{"role": "user", "content": "Four"}]}),
    ("poor", {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4000}),
    ("stranger", {"messages": [{"role": "user", "content": "Hi"}]}),
    ("app", {"input": "Mail ann@example.com, in an item", "instructions": "Be brief."}),
    ("app", {"input": "Mail ann@example.com, in items", "stream": True}),
    ("app", {"input": "Go, item by item", "model": "cutting", "stream": True}),
    ("app", {"input": "Hi", "previous_response_id": "resp_1"}),
]


def _observed(running: Running, key: str, fields: dict[str, Any]) -> dict[str, Any]:
    """What a client, an auditor and an accountant see of one request, less what no two runs share."""
    path = "/v1/responses" if "input" in fields else "/v1/chat/completions"
    # When a target is opened is a matter of time, and of which process called it.
    running.forget_health()
    answer = running.post({"model": "echo", **fields}, key, path=path)
    running.settle()
    ticket = running.audited(answer.headers["x-request-id"])
    bill = running.billed(answer.headers["x-request-id"], ticket) if ticket else None
    headers = {name: value for name, value in answer.headers.items() if name.startswith(("x-sallyport", "x-should"))}
    return {
        "status": answer.status_code,
        "headers": headers,
        "retry": "retry-after" in answer.headers,
        "body": [_steady(json.loads(each)) for each in _documents(_DIFFERS.sub("REQUEST", answer.text))],
        "audit": None if ticket is None else _decisions(ticket),
        "bill": None if bill is None else bill.model_dump(mode="json", exclude={"request_id", "at", "caller"}),
    }


def _documents(text: str) -> list[str]:
    """The JSON of a body, or of each event of a stream."""
    if not text.startswith(("data: ", "event: ")):
        return [text]
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [line for line in lines if line != "[DONE]"]


def _decisions(ticket: Ticket) -> Any:
    kept = ticket.model_dump(mode="json", exclude={"request_id", "received_at", "deadline", "authorization", "caller"})
    return _steady(json.loads(_DIFFERS.sub("REQUEST", json.dumps(kept))))


def _steady(value: Any) -> Any:
    """Without times, latencies and the seconds of a sentence that depend on them."""
    match value:
        case dict():
            varying = ("created", "created_at", "latency_ms", "store_key")
            return {name: _steady(inner) for name, inner in value.items() if name not in varying}
        case list():
            return [_steady(inner) for inner in value]
        case str():
            return re.sub(r'in \d+ s|\\?"latency_ms\\?":\d+|\\?"retry_after\\?":[\d.]+', "SOON", value)
        case _:
            return value


def test_both_backends_give_the_same_status_body_audit_and_cost(embedded: Running, emulated: Running):
    for key, fields in CASES:
        assert _observed(embedded, key, fields) == _observed(emulated, key, fields), (key, str(fields)[:100])
