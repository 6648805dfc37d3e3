"""What is seen of a request that was asked of a backend, such that two can be compared."""

import json
import re
from typing import Any

import httpx

from sallyport.audit.reader import show
from sallyport.settlement import UsageRecord, day_of, usage_partition
from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.emulation import EmulatedGateway

type Gateway = EmbeddedGateway | EmulatedGateway

_REQUEST = re.compile(r"req_[0-9a-f]{32}")
_VARYING = frozenset(
    {
        "created",
        "created_at",
        "completed_at",
        "latency_ms",
        "again_after",
        "sequence_number",
        "store_key",
        "restore_key",
    }
)
_OF_THE_MOMENT = frozenset({"content-length", "date", "retry-after", "x-request-id", "request-id"})
_COUNTED = re.compile(r"(x|anthropic)-ratelimit-.*")
_UNCOUNTED = re.compile(r"(x|anthropic)-ratelimit-.*remaining.*")
"""On AWS they come with a 429 alone."""
_OF_ONE_RUN = {"request_id", "received_at", "deadline", "authorization", "caller"}
_TIMES = re.compile(r'in \d+ s|after [\d.]+ s|\\*"(?:latency_ms|retry_after|again_after)\\*":\s?[\d.]+')


def observed(gateway: Gateway, reply: httpx.Response) -> dict[str, Any]:
    """What a client, an auditor and an accountant see of one request, less what no two runs share."""
    backend, request_id = gateway.backend, reply.headers.get("x-request-id", "")
    found = show(request_id, backend.audit, backend.records("audit_index"), gateway.services.vault)
    ticket = found.ticket if found else None
    bill = None
    if ticket is not None:
        partition = usage_partition(ticket.caller.tenant, day_of(ticket.received_at))
        bill = backend.records("usage").get(partition, request_id)
    kept = ticket and ticket.model_dump_json(exclude=_OF_ONE_RUN)
    billed = bill and UsageRecord.model_validate(dict(bill.body))
    return {
        "status": reply.status_code,
        "headers": _headers(reply),
        "body": _joined([_steady(each) for each in _documents(_REQUEST.sub("REQUEST", reply.text))]),
        "audit": kept and _steady(json.loads(_REQUEST.sub("REQUEST", kept))),
        "bill": billed and _steady(billed.model_dump(mode="json", exclude={"request_id", "at", "caller"})),
    }


def _headers(reply: httpx.Response) -> dict[str, str]:
    """Of counts that a moment changes, and of ids, that they are there."""
    return {
        name: "there" if name in _OF_THE_MOMENT or _COUNTED.fullmatch(name) else _REQUEST.sub("REQUEST", value)
        for name, value in reply.headers.items()
        if reply.status_code == 429 or not _UNCOUNTED.fullmatch(name)
    }


def _documents(text: str) -> list[Any]:
    """The JSON of a body, or of each event of a stream; what is neither, as it is."""
    if not text.startswith(("data: ", "event: ", ": ")):
        try:
            return [json.loads(text)]
        except ValueError:
            return [text]
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def _joined(events: list[Any]) -> list[Any]:
    """With the text of one event after the other as one: where it is cut is a matter of what had arrived."""
    joined: list[Any] = []
    for event in events:
        piece = _piece(event)
        before = _piece(joined[-1]) if joined else None
        if piece is None or before is None or before[1:] != piece[1:]:
            joined.append(event)
        else:
            where, _, name = before
            where[name] += piece[0][name]
    return joined


def _piece(event: Any) -> tuple[dict[str, Any], str, str] | None:
    """Of an event that has nothing but text: where that is, what else it says, and its name."""
    match event:
        case {"type": "response.output_text.delta", "delta": str()}:
            where, name = event, "delta"
        case {"type": "content_block_delta", "delta": {"text": str()} as where}:
            name = "text"
        case {"choices": [{"delta": {"content": str()} as where, "finish_reason": None}]}:
            name = "content"
        case _:
            return None
    kept, where[name] = where[name], ""
    rest = json.dumps(event)
    where[name] = kept
    return where, rest, name


def _steady(value: Any) -> Any:
    """Without times, latencies and the seconds of a sentence that depend on them."""
    match value:
        case dict():
            return {name: _steady(inner) for name, inner in value.items() if name not in _VARYING}
        case list():
            return [_steady(inner) for inner in value]
        case str():
            return _TIMES.sub("SOON", value)
        case _:
            return value
