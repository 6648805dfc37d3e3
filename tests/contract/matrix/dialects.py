"""The three dialects: how each asks, and how what a client reads in each is told in one way, by the SDK's own types."""

import json
from dataclasses import dataclass, field
from typing import Any

from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from sallyport.dialects.openai_responses.sealing import unwrap
from tests.contract.wire import check_completion, check_stream
from tests.unit.dialects.anthropic_messages import shapes as messages_shapes
from tests.unit.dialects.openai_responses import shapes as responses_shapes

CHAT, MESSAGES, RESPONSES = DIALECTS = ("openai_chat", "anthropic_messages", "openai_responses")

OPENAIS = (CHAT, RESPONSES)

PATHS = {CHAT: "/v1/chat/completions", MESSAGES: "/v1/messages", RESPONSES: "/v1/responses"}

_HELLO = [{"role": "user", "content": "Hello."}]
_LEAST: dict[str, dict[str, Any]] = {
    CHAT: {"messages": _HELLO},
    MESSAGES: {"messages": _HELLO, "max_tokens": 4000},
    RESPONSES: {"input": "Hello."},
}


@dataclass(frozen=True)
class Choice:
    """`calls` are id, name and arguments; `seals` what a provider wants back with its thoughts.

    `stop` is in the dialect's own word, `met` the stop sequence.
    """

    text: str = ""
    thoughts: tuple[str, ...] = ()
    seals: tuple[str, ...] = ()
    refusal: str = ""
    calls: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    stop: str | None = None
    met: str | None = None


@dataclass(frozen=True)
class Told:
    """`usage` is in the dialect's own accounting: input, output, read from a cache, written to one, thought."""

    choices: tuple[Choice, ...]
    usage: tuple[int, ...]
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def first(self) -> Choice:
        return self.choices[0]


def question(dialect: str, model: str, stream: bool, fields: dict[str, Any]) -> dict[str, Any]:
    """The least that can be asked, and these fields; all that the API tells only on request."""
    body = _LEAST[dialect] | fields | {"model": model, "stream": stream}
    if stream and dialect == CHAT:
        body |= {"stream_options": {"include_usage": True}}
    return body


def read(dialect: str, stream: bool, sent: bytes) -> Told:
    """What a client reads, once it is what the SDK's types promise and not a field more."""
    warnings = _warnings(sent)
    if dialect == CHAT:
        return _completion(_chunked(sent) if stream else _whole(sent), warnings)
    if dialect == MESSAGES:
        message = messages_shapes.accumulated(sent) if stream else messages_shapes.message_of(sent, "sallyport")
        return _message(message, warnings)
    events = responses_shapes.events_of(sent) if stream else []
    response = responses_shapes.final(events) if stream else responses_shapes.response_of(json.loads(sent))
    return _response(response, warnings)


def _warnings(sent: bytes) -> tuple[str, ...]:
    """Of our own account, which the SDKs' helpers leave behind in one of the last events."""
    told = [line.removeprefix("data: ") for line in sent.decode().split("\n") if '"sallyport":{' in line]
    [last] = [json.loads(each) for each in told] or [{}]
    account = last.get("response", last)["sallyport"]
    return tuple(each["field"] for each in account["warnings"])


def _whole(sent: bytes) -> ChatCompletion:
    check_completion(sent.decode())
    return ChatCompletion.model_validate_json(sent)


def _chunked(sent: bytes) -> ChatCompletion:
    check_stream(sent.decode())
    state = ChatCompletionStreamState[None]()
    for event in sent.decode().removesuffix("data: [DONE]\n\n").split("\n\n")[:-1]:
        state.handle_chunk(ChatCompletionChunk.model_validate_json(event.removeprefix("data: ")))
    return state.current_completion_snapshot


def _completion(answer: Any, warnings: tuple[str, ...]) -> Told:
    choices = []
    for each in answer.choices:
        said = each.message
        thought = (said.model_extra or {}).get("reasoning_content")
        calls = [(call.id, call.function.name, call.function.arguments) for call in said.tool_calls or ()]
        choices.append(
            Choice(
                text=said.content or "",
                thoughts=(thought,) if thought else (),
                refusal=said.refusal or "",
                calls=tuple((id, name, json.loads(arguments or "{}")) for id, name, arguments in calls),
                stop=each.finish_reason,
            )
        )
    prompt, completion = answer.usage.prompt_tokens_details, answer.usage.completion_tokens_details
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    usage = (
        answer.usage.prompt_tokens,
        answer.usage.completion_tokens,
        prompt.cached_tokens,
        prompt.cache_write_tokens,
        completion.reasoning_tokens,
    )
    return Told(tuple(choices), usage, warnings)


def _message(answer: Any, warnings: tuple[str, ...]) -> Told:
    thoughts = [each for each in answer.content if each.type == "thinking"]
    hidden = [each.data for each in answer.content if each.type == "redacted_thinking"]
    choice = Choice(
        text="".join(each.text for each in answer.content if each.type == "text"),
        thoughts=tuple(each.thinking for each in thoughts if each.thinking),
        seals=(*(each.signature for each in thoughts if each.signature), *hidden),
        calls=tuple((each.id, each.name, each.input) for each in answer.content if each.type == "tool_use"),
        stop=answer.stop_reason,
        met=answer.stop_sequence,
    )
    used = answer.usage
    usage = (
        used.input_tokens,
        used.output_tokens,
        used.cache_read_input_tokens,
        used.cache_creation_input_tokens,
        used.output_tokens_details.thinking_tokens,
    )
    return Told((choice,), usage, warnings)


def _response(answer: Any, warnings: tuple[str, ...]) -> Told:
    parts = [part for item in answer.output if item.type == "message" for part in item.content]
    thoughts = [item for item in answer.output if item.type == "reasoning"]
    sealed = [unwrap(item.encrypted_content, "") for item in thoughts if item.encrypted_content]
    calls = [item for item in answer.output if item.type == "function_call"]
    choice = Choice(
        text="".join(part.text for part in parts if part.type == "output_text"),
        thoughts=tuple(part.text for item in thoughts for part in item.summary),
        seals=tuple(seal for each in sealed for seal in each.values()),
        refusal="".join(part.refusal for part in parts if part.type == "refusal"),
        calls=tuple((each.call_id, each.name, json.loads(each.arguments)) for each in calls),
        stop=answer.incomplete_details.reason if answer.incomplete_details else answer.status,
    )
    used = answer.usage
    assert used.total_tokens == used.input_tokens + used.output_tokens
    usage = (
        used.input_tokens,
        used.output_tokens,
        used.input_tokens_details.cached_tokens,
        used.input_tokens_details.cache_write_tokens,
        used.output_tokens_details.reasoning_tokens,
    )
    return Told((choice,), usage, warnings)
