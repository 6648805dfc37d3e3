"""One canonical request and answer. Dialects parse into it and render from it; providers build from and read into it.

The shapes keep what every API can say, so that any dialect works with any provider. A field that can hold text must be
reached by `sallyport.rewriting`.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from sallyport.attempts import Usage
from sallyport.message import Message

type CacheTtl = Literal["5m", "1h"]
"""How long a provider is asked to remember everything up to and with the marked block: minutes or an hour."""


class Text(Message):
    type: Literal["text"] = "text"
    text: str
    cache: CacheTtl | None = None


class Image(Message):
    """An image by value (`data`, base64), or by address (`url`) until edge has fetched it.

    `url_field` is what the client calls the field that the address came in.
    """

    type: Literal["image"] = "image"
    media_type: str | None = None
    data: str | None = None
    url: str | None = None
    url_field: str | None = None
    detail: str | None = None
    cache: CacheTtl | None = None


class Document(Message):
    """A file by value (`data`, base64), or by address as an image."""

    type: Literal["document"] = "document"
    name: str | None = None
    media_type: str | None = None
    data: str | None = None
    url: str | None = None
    url_field: str | None = None
    cache: CacheTtl | None = None


class Audio(Message):
    """Speech or sound by value (`data`, base64); `format` is the API's word for it, such as wav or mp3."""

    type: Literal["audio"] = "audio"
    format: str
    data: str


class ToolCall(Message):
    """`arguments` is JSON text exactly as the model wrote it; it may be empty."""

    type: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: str
    cache: CacheTtl | None = None


class ToolResult(Message):
    type: Literal["tool_result"] = "tool_result"
    tool_call_id: str
    content: tuple[Text | Image, ...]
    is_error: bool = False
    cache: CacheTtl | None = None


class Reasoning(Message):
    """A model's thinking. `signature` and `redacted` are opaque and must come back unchanged."""

    type: Literal["reasoning"] = "reasoning"
    text: str = ""
    signature: str | None = None
    redacted: str | None = None


class Refusal(Message):
    """A model's own words for why it does not answer."""

    type: Literal["refusal"] = "refusal"
    text: str


Block = Annotated[
    Text | Image | Document | Audio | ToolCall | ToolResult | Reasoning | Refusal, Field(discriminator="type")
]


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Turn(Message):
    role: Role
    blocks: tuple[Block, ...]
    name: str | None = None


class Tool(Message):
    """A function the model may call; `parameters` is a JSON schema."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None
    cache: CacheTtl | None = None


class ToolChoice(Message):
    """`one` forces the tool called `name`."""

    mode: Literal["auto", "none", "required", "one"]
    name: str | None = None


class ResponseFormat(Message):
    """Free text, any JSON, or JSON of a schema."""

    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    description: str | None = None
    json_schema: dict[str, Any] | None = None
    strict: bool | None = None


class Thinking(Message):
    """Anthropic's exact wish for thought, which `reasoning_effort` tells every other provider as well as it can.

    `effort` is how much work goes into the whole answer, and says nothing of whether to think.
    """

    mode: Literal["enabled", "disabled", "adaptive", "between_tools"] | None = None
    budget_tokens: PositiveInt | None = None
    display: str | None = None
    effort: str | None = None


class ChatRequest(Message):
    """What a model is asked.

    `extras` holds fields that only a provider of the kind `extras_of` understands. `cache` marks the last block that
    can be marked. `betas` are as `sallyport.betas` reads them. `drill` is a script for simulated targets, of their own
    words; no other target takes it.
    """

    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_tokens: PositiveInt | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: NonNegativeInt | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    n: PositiveInt = 1
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: NonNegativeInt | None = None
    reasoning_effort: str | None = None
    thinking: Thinking | None = None
    response_format: ResponseFormat | None = None
    user: str | None = None
    metadata: dict[str, str] | None = None
    cache: CacheTtl | None = None
    extras: dict[str, Any] = {}
    extras_of: Literal["openai", "anthropic"] = "openai"
    betas: tuple[str, ...] = ()
    drill: str | None = None


class StopReason(StrEnum):
    END = "end"
    STOP_SEQUENCE = "stop_sequence"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    FILTERED = "filtered"


class Choice(Message):
    """`stop_sequence` is the one that was met, where the provider tells."""

    blocks: tuple[Block, ...]
    stop_reason: StopReason
    stop_sequence: str | None = None
    logprobs: dict[str, Any] | None = None


class ChatAnswer(Message):
    """What a model answered; `model` is the provider's own name for what served it."""

    model: str
    choices: tuple[Choice, ...]
    usage: Usage
    system_fingerprint: str | None = None
