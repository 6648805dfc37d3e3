"""Bedrock's side of Converse and ConverseStream, as far as text goes. Source: botocore's model of `bedrock-runtime`."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from sallyport.tokens import estimate_text
from sallyport_local.fleet.fleet import Asked
from sallyport_local.fleet.frames import frame
from sallyport_local.fleet.saying import Said, mark_of, texts_in
from sallyport_local.fleet.script import Place

_PATH = re.compile(r"/model/(?P<model>.+)/(?P<operation>converse|converse-stream)")
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[a-z0-9-]+)/")
_ACCOUNT = re.compile(r"[A-Z]+(\d{12})", re.ASCII)

OWN_ACCOUNT = "000000000000"
"""Of calls whose access key id does not end in the number of an account."""

_ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("ValidationException", "The request is invalid."),
    403: ("AccessDeniedException", "You don't have access to the model with the specified model ID."),
    404: ("ResourceNotFoundException", "Could not find the model."),
    408: ("ModelTimeoutException", "The model took too long."),
    424: ("ModelErrorException", "The model failed."),
    429: ("ThrottlingException", "Too many requests, please wait before trying again."),
    500: ("InternalServerException", "The system encountered an unexpected error."),
    503: ("ServiceUnavailableException", "Bedrock is unable to process your request."),
}

JSON = {"content-type": "application/json"}


def read(path: str, headers: Mapping[str, str], body: bytes) -> Asked | None:
    """None for what is no such call; ValueError for a body that is none. The signature tells account and Region."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    fields = json.loads(body)
    if not isinstance(fields, dict) or not isinstance(fields.get("messages"), list):
        raise ValueError("no messages")
    turns = [turn for turn in fields["messages"] if isinstance(turn, dict)]
    texts = texts_in([fields.get("system"), *(turn.get("content") for turn in turns)])
    last = " ".join(texts_in([turn.get("content") for turn in turns if turn.get("role") == "user"][-1:]))
    account, region = account_and_region(headers)
    return Asked(
        place=Place("bedrock", account, region, unquote(match["model"])),
        text=last,
        input_tokens=sum(map(estimate_text, texts)),
        max_tokens=int((fields.get("inferenceConfig") or {}).get("maxTokens", 4096)),
        streamed=match["operation"] == "converse-stream",
        mark=mark_of(last),
    )


def account_and_region(headers: Mapping[str, str]) -> tuple[str, str]:
    """By whose key, and for where, a request is signed. The signature itself is not checked."""
    signed = _CREDENTIAL.search(headers.get("authorization", ""))
    if signed is None:
        return OWN_ACCOUNT, "us-east-1"
    account = _ACCOUNT.fullmatch(signed["key"])
    return account[1] if account else OWN_ACCOUNT, signed["region"]


def whole(asked: Asked, said: Said) -> tuple[dict[str, str], bytes]:
    message = {"role": "assistant", "content": [{"text": said.text}]}
    return JSON, _json({"output": {"message": message}, "stopReason": _stop(said), **_counted(asked, said)})


STREAM = {"content-type": "application/vnd.amazon.eventstream"}


def stream(asked: Asked, said: Said) -> Iterator[tuple[int, bytes]]:
    """How many words were said, and what is sent then. The last one is the first that tells what was counted."""
    yield 0, _event("messageStart", {"role": "assistant"})
    for number, piece in enumerate(said.pieces):
        yield number + 1, _event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
    ended = _event("contentBlockStop", {"contentBlockIndex": 0}) + _event("messageStop", {"stopReason": _stop(said)})
    yield len(said.pieces), ended
    yield len(said.pieces), _event("metadata", _counted(asked, said))


def error(status: int, retry_after: float | None) -> tuple[dict[str, str], bytes]:
    """Bedrock says nothing of when it can be asked again."""
    name, message = _named(status)
    return JSON | {"x-amzn-errortype": name}, _json({"message": f"{message} (simulated)"})


def broken(status: int) -> bytes:
    """An error in the middle of a stream, whose names begin with a small letter."""
    name, message = _named(status)
    told = {":exception-type": f"{name[0].lower()}{name[1:]}", ":message-type": "exception"}
    return frame(_json({"message": f"{message} (simulated)"}), told | {":content-type": "application/json"})


def _named(status: int) -> tuple[str, str]:
    return _ERRORS.get(status, _ERRORS[400 if status < 500 else 500])


def _stop(said: Said) -> str:
    return "max_tokens" if said.cut_short else "end_turn"


def _counted(asked: Asked, said: Said) -> dict[str, Any]:
    used, made = asked.input_tokens, said.tokens()
    return {
        "usage": {"inputTokens": used, "outputTokens": made, "totalTokens": used + made},
        "metrics": {"latencyMs": 1},
    }


def _event(name: str, fields: dict[str, Any]) -> bytes:
    told = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return frame(_json(fields), told)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
