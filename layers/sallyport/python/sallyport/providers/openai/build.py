"""Our request as the body of a chat completion."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from sallyport.conversation import (
    Audio,
    Block,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from sallyport.errors import ProviderRejectedError
from sallyport.providers.openai.limits import SERVICE_TIERS, check, of_openai
from sallyport.routing import Target

_PLAIN = (
    "parallel_tool_calls", "temperature", "top_p", "seed", "presence_penalty", "frequency_penalty", "logit_bias",
    "logprobs", "top_logprobs", "reasoning_effort", "user", "metadata",
)  # fmt: skip
_TEXTS = ("text/", "application/json", "application/xml")
"""Documents that are words: as words every server and every model takes them."""
_UNNAMEABLE = re.compile(r"[\s<|\\/>]+")


def build(request: ChatRequest, target: Target, max_tokens: int, *, stream: bool = False) -> dict[str, Any]:
    """The JSON body. What only this kind of API understands comes from `extras`, and never overrides the rest.

    Raise ProviderRejectedError, with `param`, for what the target cannot honour.
    """
    check(request, target)
    body = _extras(request, target)
    body |= {name: value for name in _PLAIN if (value := getattr(request, name)) is not None}
    body |= {
        "model": target.model,
        "messages": [message for turn in request.turns for message in _messages(turn)],
        "stream": stream,
        limit_field(target): max_tokens,
    }
    if request.top_k is not None and not of_openai(target):
        body["top_k"] = request.top_k
    body.pop("stream_options", None)
    if stream:
        # Else a stream ends without a word about its tokens.
        body["stream_options"] = {"include_usage": True}
    if request.logit_bias:
        # OpenAI's own API takes whole numbers only.
        body["logit_bias"] = {
            token: int(bias) if bias.is_integer() else bias for token, bias in request.logit_bias.items()
        }
    if request.n > 1:
        body["n"] = request.n
    if request.stop:
        body["stop"] = list(request.stop)
    if request.tools:
        body["tools"] = [{"type": "function", "function": _function(tool)} for tool in request.tools]
        if request.tool_choice:
            body["tool_choice"] = _tool_choice(request.tool_choice)
    else:
        # OpenAI refuses a word about tools when there are none.
        body.pop("parallel_tool_calls", None)
    if request.response_format:
        body["response_format"] = _response_format(request.response_format)
    return body


def limit_field(target: Target) -> str:
    """OpenAI's own reasoning models refuse `max_tokens`; many other servers ignore `max_completion_tokens`."""
    return "max_completion_tokens" if of_openai(target) else "max_tokens"


def _extras(request: ChatRequest, target: Target) -> dict[str, Any]:
    if request.extras_of == "openai":
        return dict(request.extras)
    tier = SERVICE_TIERS.get(request.extras.get("service_tier", ""))
    return {"service_tier": tier} if tier and of_openai(target) else {}


def _messages(turn: Turn) -> Iterator[dict[str, Any]]:
    """Results of tools are messages of their own, before the rest; their images follow as the user's."""
    results = [block for block in turn.blocks if isinstance(block, ToolResult)]
    for result in results:
        texts = "".join(block.text for block in result.content if isinstance(block, Text))
        yield {"role": "tool", "tool_call_id": result.tool_call_id, "content": texts}
    images: list[Block] = [block for result in results for block in result.content if isinstance(block, Image)]
    rest = images + [block for block in turn.blocks if not isinstance(block, ToolResult | Reasoning)]
    if not rest:
        return
    role = Role.USER if turn.role is Role.TOOL else turn.role
    message: dict[str, Any] = {"role": role.value}
    if turn.name:
        # A redacted name is a placeholder, whose brackets OpenAI refuses here.
        message["name"] = _UNNAMEABLE.sub("_", turn.name)
    calls = [block for block in rest if isinstance(block, ToolCall)]
    message["content"] = _content([block for block in rest if not isinstance(block, ToolCall)])
    if calls:
        message["tool_calls"] = [_call(call) for call in calls]
    yield message


def _content(blocks: list[Block]) -> str | list[dict[str, Any]] | None:
    """A lone text is sent as a string, which every server takes."""
    match blocks:
        case []:
            return None
        case [Text(text=text)]:
            return text
        case _:
            return [_part(block) for block in blocks]


def _part(block: Block) -> dict[str, Any]:
    match block:
        case Refusal():
            return {"type": "refusal", "refusal": block.text}
        case Image():
            url = f"data:{block.media_type or 'image/png'};base64,{_data(block)}"
            return {"type": "image_url", "image_url": {"url": url} | ({"detail": block.detail} if block.detail else {})}
        case Document():
            return _document(block)
        case Audio():
            return {"type": "input_audio", "input_audio": {"data": block.data, "format": block.format}}
        case Text():
            return {"type": "text", "text": block.text}
        case _:
            raise TypeError(f"{block.type} is no part of a message's content")


def _data(block: Image | Document) -> str:
    if block.data is None:
        raise ProviderRejectedError(f"No provider is sent a client's URL. Send the {block.type} inline.")
    return block.data


def _document(document: Document) -> dict[str, Any]:
    media_type = document.media_type or "application/pdf"
    if media_type.startswith(_TEXTS):
        text = base64.b64decode(_data(document)).decode(errors="replace")
        return {"type": "text", "text": f"{document.name}\n\n{text}" if document.name else text}
    data = f"data:{media_type};base64,{_data(document)}"
    return {"type": "file", "file": {"filename": document.name or "document.pdf", "file_data": data}}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments or "{}"}}


def _function(tool: Tool) -> dict[str, Any]:
    return tool.model_dump(mode="json", exclude_none=True, exclude={"cache"})


def _tool_choice(choice: ToolChoice) -> str | dict[str, Any]:
    return {"type": "function", "function": {"name": choice.name}} if choice.mode == "one" else choice.mode


def _response_format(response: ResponseFormat) -> dict[str, Any]:
    if response.type != "json_schema":
        return {"type": response.type}
    schema = {
        "name": response.name or "answer",
        "description": response.description,
        "schema": response.json_schema,
        "strict": response.strict,
    }
    return {"type": "json_schema", "json_schema": {name: value for name, value in schema.items() if value is not None}}
