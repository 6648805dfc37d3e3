"""The dialects that edge speaks: what it asks of each, one table of them, and which one a request is in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.datastructures import Headers

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.dialects.anthropic_messages import parse as messages_parse
from sallyport.dialects.anthropic_messages import render as messages_render
from sallyport.dialects.anthropic_messages import stream as messages_stream
from sallyport.dialects.openai_chat import parse as chat_parse
from sallyport.dialects.openai_chat import render as chat_render
from sallyport.dialects.openai_chat import stream as chat_stream
from sallyport.dialects.openai_chat.unmet import with_unmet
from sallyport.dialects.openai_responses import parse as responses_parse
from sallyport.dialects.openai_responses import render as responses_render
from sallyport.dialects.openai_responses import stream as responses_stream
from sallyport.edge.context import Call
from sallyport.edge.rate_limits import RateLimit, anthropic_headers, openai_headers
from sallyport.errors import SallyportError
from sallyport.stream import Event


class Parsed(Protocol):
    """What was asked, and under which alias; a dialect's own may know more of how to answer."""

    @property
    def request(self) -> ChatRequest: ...
    @property
    def model(self) -> str: ...
    @property
    def stream(self) -> bool: ...


class Writer(Protocol):
    """Writes one stream, event by event; `end` or `failed` comes last."""

    def write(self, event: Event) -> bytes: ...
    def end(self, usage: Usage, sallyport: dict[str, Any]) -> bytes: ...
    def failed(self, error: SallyportError, request_id: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Dialect[P: Parsed]:
    """How a request is read, and an answer, a stream, an error, a model and a list of models are told.

    `limit_headers` tells what is left of limits, at a UNIX time. `keep_alive` is sent in a silence. `id_header` carries
    the request's id, beside `x-request-id`.
    """

    parse: Callable[[bytes], P]
    render: Callable[[Call, P, ChatAnswer, dict[str, Any]], dict[str, Any]]
    writer: Callable[[Call, P], Writer]
    keep_alive: bytes
    render_error: Callable[[SallyportError, str], dict[str, Any]]
    render_model: Callable[[str], dict[str, Any]]
    render_models: Callable[[Iterable[str]], dict[str, Any]]
    limit_headers: Callable[[Sequence[RateLimit], float], dict[str, str]] = openai_headers
    id_header: str = "x-request-id"


def _completion(call: Call, parsed: chat_parse.Parsed, answer: ChatAnswer, sallyport: dict[str, Any]) -> dict[str, Any]:
    return chat_render.render(
        answer,
        id=f"chatcmpl-{call.request_id}",
        created=int(call.received_at),
        model=answer.model,
        sallyport=with_unmet(sallyport, parsed.unmet),
        legacy_functions=parsed.legacy_functions,
    )


def _chunks(call: Call, parsed: chat_parse.Parsed) -> chat_stream.ChunkWriter:
    return chat_stream.ChunkWriter(
        id=f"chatcmpl-{call.request_id}",
        created=int(call.received_at),
        include_usage=parsed.include_usage,
        legacy_functions=parsed.legacy_functions,
        unmet=parsed.unmet,
    )


def _message(call: Call, _: messages_parse.Parsed, answer: ChatAnswer, sallyport: dict[str, Any]) -> dict[str, Any]:
    return messages_render.render(answer, id=f"msg_{call.request_id}", model=answer.model, sallyport=sallyport)


def _events(call: Call, _: messages_parse.Parsed) -> messages_stream.EventWriter:
    return messages_stream.EventWriter(id=f"msg_{call.request_id}")


def _response(
    call: Call, parsed: responses_parse.Parsed, answer: ChatAnswer, sallyport: dict[str, Any]
) -> dict[str, Any]:
    return responses_render.render(
        answer,
        stem=call.request_id,
        created=int(call.received_at),
        model=answer.model,
        echo=parsed.echo,
        sallyport=with_unmet(sallyport, parsed.unmet),
    )


def _response_events(call: Call, parsed: responses_parse.Parsed) -> responses_stream.EventWriter:
    return responses_stream.EventWriter(
        stem=call.request_id,
        created=int(call.received_at),
        model=parsed.model,
        echo=parsed.echo,
        unmet=parsed.unmet,
    )


OPENAI_CHAT = Dialect(
    parse=chat_parse.parse,
    render=_completion,
    writer=_chunks,
    keep_alive=chat_stream.KEEP_ALIVE,
    render_error=chat_render.render_error,
    render_model=chat_render.render_model,
    render_models=chat_render.render_models,
)

OPENAI_RESPONSES = Dialect(
    parse=responses_parse.parse,
    render=_response,
    writer=_response_events,
    keep_alive=responses_stream.KEEP_ALIVE,
    render_error=responses_render.render_error,
    render_model=chat_render.render_model,
    render_models=chat_render.render_models,
)

ANTHROPIC_MESSAGES = Dialect(
    parse=messages_parse.parse,
    render=_message,
    writer=_events,
    keep_alive=messages_stream.KEEP_ALIVE,
    render_error=messages_render.render_error,
    render_model=messages_render.render_model,
    render_models=messages_render.render_models,
    limit_headers=anthropic_headers,
    id_header="request-id",
)


def dialect_of(path: str, headers: Headers) -> Dialect[Any]:
    """By the path; where both SDKs ask, by the header that Anthropic's always sends."""
    if path.startswith("/v1/messages"):
        return ANTHROPIC_MESSAGES
    if path.startswith("/v1/responses"):
        return OPENAI_RESPONSES
    shared = not path.startswith(("/v1/chat/", "/v1/embeddings"))
    return ANTHROPIC_MESSAGES if shared and "anthropic-version" in headers else OPENAI_CHAT
