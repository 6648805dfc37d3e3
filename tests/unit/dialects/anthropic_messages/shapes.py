"""Anthropic's answers as its SDK declares them, closed, and what its stream helper asserts of the order of events."""

import json
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TextBlock(Shape):
    type: Literal["text"]
    text: str
    citations: None


class ThinkingBlock(Shape):
    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinkingBlock(Shape):
    type: Literal["redacted_thinking"]
    data: str


class ToolUseBlock(Shape):
    type: Literal["tool_use"]
    id: str
    name: str
    input: dict[str, Any]


Content = Annotated[
    TextBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock,
    Field(discriminator="type"),
]


class OutputTokensDetails(Shape):
    thinking_tokens: int


class Usage(Shape):
    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int
    output_tokens_details: OutputTokensDetails
    server_tool_use: None


StopReason = Literal[
    "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"
]


class Message(Shape):
    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    model: str
    content: list[Content]
    stop_reason: StopReason | None
    stop_sequence: str | None
    stop_details: None
    container: None
    usage: Usage
    sallyport: dict[str, Any] | None = None


class ErrorDetails(Shape):
    error_code: str | None = None
    param: str | None = None


class ErrorBody(Shape):
    type: Literal[
        "invalid_request_error", "authentication_error", "billing_error", "permission_error", "not_found_error",
        "conflict_error", "rate_limit_error", "timeout_error", "api_error", "overloaded_error", "request_too_large",
    ]  # fmt: skip
    message: str
    details: ErrorDetails | None = None


class Error(Shape):
    type: Literal["error"]
    error: ErrorBody
    request_id: str


class Model(Shape):
    type: Literal["model"]
    id: str
    display_name: str
    created_at: Annotated[AwareDatetime, Field(strict=False)]


class Models(Shape):
    data: list[Model]
    has_more: bool
    first_id: str | None
    last_id: str | None


class TextDelta(Shape):
    type: Literal["text_delta"]
    text: str


class InputJsonDelta(Shape):
    type: Literal["input_json_delta"]
    partial_json: str


class ThinkingDelta(Shape):
    type: Literal["thinking_delta"]
    thinking: str


class SignatureDelta(Shape):
    type: Literal["signature_delta"]
    signature: str


class MessageStart(Shape):
    type: Literal["message_start"]
    message: Message


class BlockStart(Shape):
    type: Literal["content_block_start"]
    index: int
    content_block: Content


class BlockDelta(Shape):
    type: Literal["content_block_delta"]
    index: int
    delta: Annotated[TextDelta | InputJsonDelta | ThinkingDelta | SignatureDelta, Field(discriminator="type")]


class BlockStop(Shape):
    type: Literal["content_block_stop"]
    index: int


class StopDelta(Shape):
    stop_reason: StopReason
    stop_sequence: str | None
    stop_details: None
    container: None


class MessageDelta(Shape):
    type: Literal["message_delta"]
    delta: StopDelta
    usage: Usage
    sallyport: dict[str, Any]


class MessageStop(Shape):
    type: Literal["message_stop"]


class Ping(Shape):
    type: Literal["ping"]


StreamEvent = TypeAdapter(
    Annotated[
        MessageStart | BlockStart | BlockDelta | BlockStop | MessageDelta | MessageStop | Ping | Error,
        Field(discriminator="type"),
    ]
)

_GROWS = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("thinking", "signature"),
}


def events_of(sent: bytes) -> list:
    """The events in what was sent, each with the `event:` line without which the SDK skips it."""
    assert sent.endswith(b"\n\n") or not sent
    events = []
    for chunk in sent.decode().split("\n\n")[:-1]:
        name, data = chunk.split("\n")
        event = StreamEvent.validate_json(data.removeprefix("data: "))
        assert name == f"event: {event.type}"
        events.append(event)
    return events


def accumulated(events: list) -> Message:
    """The message that the SDK's helper makes of a stream, or AssertionError for what would break it.

    Stricter than the SDK: blocks come one after the other, as Anthropic's own do.
    """
    start, *blocks, delta, stop = [event for event in events if event.type != "ping"]
    assert (start.type, delta.type, stop.type) == ("message_start", "message_delta", "message_stop")
    message, current, fragments = start.message.model_copy(deep=True), None, []
    assert message.content == []
    for event in blocks:
        match event:
            case BlockStart():
                assert current is None
                assert event.index == len(message.content)
                current, fragments = event.content_block.model_copy(deep=True), []
                message.content.append(current)
            case BlockDelta(delta=InputJsonDelta(partial_json=fragment)):
                assert event.index == len(message.content) - 1
                assert current.type == "tool_use"
                fragments.append(fragment)
            case BlockDelta():
                assert event.index == len(message.content) - 1
                kind, field = _GROWS[event.delta.type]
                assert current.type == kind
                setattr(current, field, getattr(current, field) + getattr(event.delta, field))
            case BlockStop():
                assert event.index == len(message.content) - 1
                assert current is not None
                if current.type == "tool_use":
                    current.input = json.loads("".join(fragments))
                current = None
            case _:
                raise AssertionError(f"{event.type} among the blocks")
    assert current is None
    message.stop_reason, message.stop_sequence = delta.delta.stop_reason, delta.delta.stop_sequence
    message.usage, message.sallyport = delta.usage, delta.sallyport
    return message
