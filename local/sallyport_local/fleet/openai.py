"""OpenAI's side of chat completions, as far as text goes."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from sallyport.tokens import estimate_text
from sallyport_local.fleet.fleet import Asked
from sallyport_local.fleet.saying import Said, mark_of, texts_in
from sallyport_local.fleet.script import Place

_PATH = "/v1/chat/completions"
_KEY = "Bearer simulated-"

OWN_ACCOUNT = "own"
"""Of calls whose key is not `simulated-<account>`: a real key is nobody's to keep."""

_ERRORS: Mapping[int, tuple[str, str | None, str]] = {
    400: ("invalid_request_error", None, "The request is invalid."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached."),
    500: ("server_error", None, "The server had an error while processing your request."),
    503: ("server_error", "server_overloaded", "The engine is currently overloaded, please try again later."),
}

JSON = {"content-type": "application/json"}


def read(path: str, headers: Mapping[str, str], body: bytes) -> Asked | None:
    """None for what is no such call; ValueError for a body that is none."""
    if path != _PATH:
        return None
    fields = json.loads(body)
    if not isinstance(fields, dict) or not isinstance(fields.get("messages"), list):
        raise ValueError("no messages")
    turns = [turn for turn in fields["messages"] if isinstance(turn, dict)]
    last = " ".join(texts_in([turn.get("content") for turn in turns if turn.get("role") == "user"][-1:]))
    key = headers.get("authorization", "")
    return Asked(
        place=Place(
            "openai", key.removeprefix(_KEY) if key.startswith(_KEY) else OWN_ACCOUNT, "", str(fields.get("model"))
        ),
        text=last,
        input_tokens=sum(map(estimate_text, texts_in(turn.get("content") for turn in turns))),
        max_tokens=int(fields.get("max_completion_tokens") or fields.get("max_tokens") or 4096),
        streamed=bool(fields.get("stream")),
        mark=mark_of(last),
    )


def whole(asked: Asked, said: Said) -> tuple[dict[str, str], bytes]:
    message = {"role": "assistant", "content": said.text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _stop(said)}
    answer = _head(asked) | {"object": "chat.completion", "choices": [choice], "usage": _usage(asked, said)}
    return JSON, json.dumps(answer).encode()


STREAM = {"content-type": "text/event-stream"}


def stream(asked: Asked, said: Said) -> Iterator[tuple[int, bytes]]:
    """How many words were said, and what is sent then. The last one is the first that tells what was counted."""
    yield 0, _chunk(asked, {"role": "assistant", "content": ""}, None)
    for number, piece in enumerate(said.pieces):
        yield number + 1, _chunk(asked, {"content": piece}, None)
    yield len(said.pieces), _chunk(asked, {}, _stop(said))
    counted = _event(_head(asked) | {"object": _CHUNK, "choices": [], "usage": _usage(asked, said)})
    yield len(said.pieces), counted + b"data: [DONE]\n\n"


def error(status: int, retry_after: float | None) -> tuple[dict[str, str], bytes]:
    """With Retry-After in whole seconds, as OpenAI sends it."""
    wait = {} if retry_after is None else {"retry-after": str(math.ceil(retry_after))}
    return JSON | wait, json.dumps(_error(status)).encode()


def broken(status: int) -> bytes:
    """An error in the middle of a stream."""
    return _event(_error(status))


def _error(status: int) -> dict[str, Any]:
    kind, code, message = _ERRORS.get(status, _ERRORS[400 if status < 500 else 500])
    return {"error": {"message": f"{message} (simulated)", "type": kind, "param": None, "code": code}}


_CHUNK = "chat.completion.chunk"


def _head(asked: Asked) -> dict[str, Any]:
    return {"id": "chatcmpl-simulated", "created": 1_700_000_000, "model": asked.place.model}


def _chunk(asked: Asked, delta: dict[str, Any], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _event(_head(asked) | {"object": _CHUNK, "choices": [choice]})


def _event(fields: dict[str, Any]) -> bytes:
    return b"data: %b\n\n" % json.dumps(fields, separators=(",", ":")).encode()


def _stop(said: Said) -> str:
    return "length" if said.cut_short else "stop"


def _usage(asked: Asked, said: Said) -> dict[str, int]:
    used, made = asked.input_tokens, said.tokens()
    return {"prompt_tokens": used, "completion_tokens": made, "total_tokens": used + made}
