"""Responses and their events as the SDK's own types declare them, closed, and what its stream helper makes of them."""

import json
from typing import Any, get_args

from openai import BaseModel, omit
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import Response, ResponseStreamEvent

OURS = {"sallyport", "store"}
"""`store` is in OpenAI's answers, and not in the SDK's types."""

OLDER = {"response.function_call_arguments.done": {"name"}}
"""What the SDK's major version before this one declares."""

_union, *_ = get_args(ResponseStreamEvent)
EVENTS = {each.model_fields["type"].annotation.__args__[0]: each for each in get_args(_union)}


def unknown(value: Any) -> set[str]:
    """Names of fields that the SDK's types do not know, at any depth."""
    if isinstance(value, list):
        return set().union(*map(unknown, value))
    if not isinstance(value, BaseModel):
        return set()
    return set(value.model_extra or {}).union(*map(unknown, vars(value).values()))


def response_of(body: Any) -> Response:
    """A response, when it has the SDK's shape and nothing else."""
    read = Response.model_validate(body, strict=True)
    assert unknown(read) <= OURS
    assert all(each.id.endswith(f"_{index}") for index, each in enumerate(read.output))
    return read


def events_of(sent: bytes) -> list[Any]:
    """The events in what was sent: each of the SDK's type, named by its line, numbered from 0 without a gap."""
    assert sent.endswith(b"\n\n") or not sent
    events = []
    for number, chunk in enumerate(sent.decode().split("\n\n")[:-1]):
        name, data = chunk.split("\n")
        body = json.loads(data.removeprefix("data: "))
        assert name == f"event: {body['type']}"
        assert body["sequence_number"] == number
        event = EVENTS[body["type"]].model_validate_json(data.removeprefix("data: "), strict=True)
        assert unknown(event) <= OURS | OLDER.get(event.type, set())
        events.append(event)
    return events


def final(events: list[Any]) -> Response:
    """The response that a stream ends with, or AssertionError for a stream that would break who reads it.

    The SDK's own helper accumulates it, and the end says what its pieces said: item by item, part by part.
    """
    state: ResponseStreamState[None] = ResponseStreamState(input_tools=omit, text_format=omit)
    for event in events:
        state.handle_event(event)
    assert [each.type for each in events[:2]] == ["response.created", "response.in_progress"]
    last = events[-1].response
    assert events[-1].type == f"response.{last.status}"
    assert len({each.response.id for each in events if hasattr(each, "response")}) == 1
    done = {each.output_index: each.item for each in events if each.type == "response.output_item.done"}
    if last.status != "failed":
        assert [done[index] for index in range(len(last.output))] == last.output
    for index, item in enumerate(last.output):
        assert _pieces(events, index) == _whole(item)
    return last


def _pieces(events: list[Any], index: int) -> list[str]:
    """What the deltas of an item add up to, by part; each part is opened before, and in its turn."""
    parts: dict[int, str] = {}
    for event in (each for each in events if getattr(each, "output_index", None) == index):
        number = getattr(event, "content_index", getattr(event, "summary_index", 0))
        if event.type in ("response.content_part.added", "response.reasoning_summary_part.added"):
            assert number == len(parts)
            parts[number] = ""
        elif event.type == "response.output_item.added" and event.item.type == "function_call":
            parts[0] = ""
        elif event.type.endswith(".delta"):
            parts[number] += event.delta
    return list(parts.values())


def _whole(item: Any) -> list[str]:
    match item.type:
        case "function_call":
            return [item.arguments]
        case "reasoning":
            return [part.text for part in item.summary]
        case _:
            return [part.text if part.type == "output_text" else part.refusal for part in item.content]
