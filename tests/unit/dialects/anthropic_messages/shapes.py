"""Anthropic's answers in the types of its own SDK, closed, and what its stream helper makes of events."""

import json
from functools import partial
from itertools import groupby
from typing import Any, Literal

import anthropic
import httpx2
from anthropic.types import (
    Message,
    ModelInfo,
    ParsedMessage,
    RawContentBlockDeltaEvent,
    RawContentBlockStartEvent,
    RawContentBlockStopEvent,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    RawMessageStopEvent,
)
from anthropic.types.shared.error_type import ErrorType
from pydantic import BaseModel, ConfigDict

from tests.closed import closed


class Models(BaseModel):
    """The SDK reads its pages without checking them."""

    model_config = ConfigDict(extra="forbid")

    data: list[ModelInfo]
    has_more: bool
    first_id: str | None
    last_id: str | None


class ErrorDetails(BaseModel):
    """The SDK declares one class for each code of Anthropic's own; ours are others."""

    model_config = ConfigDict(extra="forbid")

    error_code: str | None = None
    param: str | None = None


class ErrorBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: ErrorType | Literal["request_too_large"]
    """The SDK knows the latter by its status alone."""
    message: str
    details: ErrorDetails | None = None


class Error(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["error"]
    error: ErrorBody
    request_id: str


class Ping(BaseModel):
    """Sent, and declared nowhere."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["ping"]


_EVENTS: dict[str, Any] = {
    "message_start": RawMessageStartEvent,
    "content_block_start": RawContentBlockStartEvent,
    "content_block_delta": RawContentBlockDeltaEvent,
    "content_block_stop": RawContentBlockStopEvent,
    "message_delta": RawMessageDeltaEvent,
    "message_stop": RawMessageStopEvent,
    "ping": Ping,
    "error": Error,
}

message_of = partial(closed, Message)
models_of = partial(closed, Models)
error_of = partial(closed, Error)


def events_of(sent: bytes) -> list[Any]:
    """The events in what was sent, each with the `event:` line without which the SDK skips it."""
    assert sent.endswith(b"\n\n") or not sent
    events = []
    for chunk in sent.decode().split("\n\n")[:-1]:
        name, data = (
            line.removeprefix(start) for line, start in zip(chunk.split("\n"), ("event: ", "data: "), strict=True)
        )
        event = closed(_EVENTS[name], data, *(["sallyport"] if name == "message_delta" else []))
        assert event.type == name
        events.append(event)
    return events


def accumulated(sent: bytes) -> ParsedMessage[None]:
    """What the SDK's own stream helper makes of what was sent, once that is known to be in order."""
    check_order(events_of(sent))
    response = httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=sent)
    with (
        httpx2.Client(transport=httpx2.MockTransport(lambda _: response)) as http,
        anthropic.Anthropic(api_key="-", base_url="http://gateway.test", http_client=http) as client,
        client.messages.stream(model="m", max_tokens=1, messages=[]) as stream,
    ):
        return stream.get_final_message()


def check_order(events: list[Any]) -> None:
    """Stricter than the SDK: blocks come one after the other, as Anthropic's own do, with deltas of their own kind."""
    start, *blocks, delta, stop = [event for event in events if event.type != "ping"]
    assert (start.type, delta.type, stop.type) == ("message_start", "message_delta", "message_stop")
    assert start.message.content == []
    kinds = {
        "text": {"text_delta"},
        "thinking": {"thinking_delta", "signature_delta"},
        "tool_use": {"input_json_delta"},
    }
    for expected, (index, group) in enumerate(groupby(blocks, lambda event: event.index)):
        first, *deltas, last = group
        assert (index, first.type, last.type) == (expected, "content_block_start", "content_block_stop")
        assert {each.type for each in deltas} <= {"content_block_delta"}
        kind = first.content_block.type
        assert {each.delta.type for each in deltas} <= kinds.get(kind, set())
        if kind == "tool_use":
            assert isinstance(json.loads("".join(each.delta.partial_json for each in deltas)), dict)
