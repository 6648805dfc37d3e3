"""What a request asks for that no provider behind the gateway can give, and that does no harm to go without."""

from collections.abc import Callable, Iterator
from typing import Any

from sallyport.attempts import Unmet
from sallyport.dialects.openai_chat.unmet import AN_HOUR

type Fields = dict[str, Any]

_NO_STATE = "keeps nothing here: send the whole input with every request"
_NO_PHASE = "is told to no provider: only OpenAI's own API distinguishes phases of an answer"
_NO_DETAIL = "is told to no provider: a file is read as the provider reads it"
_NO_SCHEMA = "is told to no provider: describe the result in the tool's description"


def read_unmet(sent: Fields) -> tuple[Unmet, ...]:
    """Of a body that was found right. Of the same wish at several places the first is named."""
    return (
        *_plain(sent),
        *_first(_tools(sent), "output_schema", lambda value: value is not None, _NO_SCHEMA),
        *_first(_items(sent), "phase", lambda value: value is not None, _NO_PHASE),
        *_first(_files(sent), "detail", lambda value: value in ("low", "high"), _NO_DETAIL),
        *_first(_marks(sent), "ttl", lambda value: value == "12h", AN_HOUR),
    )


def _plain(sent: Fields) -> Iterator[Unmet]:
    reasoning = sent.get("reasoning") or {}
    if sent.get("store"):
        yield Unmet(field="store", reason=_NO_STATE)
    if (sent.get("stream_options") or {}).get("include_obfuscation"):
        yield Unmet(
            field="stream_options.include_obfuscation", reason="is not done: sizes of events show what they hold"
        )
    for name in ("summary", "generate_summary"):
        if reasoning.get(name) in ("concise", "detailed"):
            yield Unmet(field=f"reasoning.{name}", reason="is as long as the model itself tells its thoughts")
    if reasoning.get("context") in ("current_turn", "all_turns"):
        yield Unmet(field="reasoning.context", reason="is for the provider to decide, which gets every thought sent")


def _first(
    places: Iterator[tuple[str, Fields]], name: str, asks: Callable[[Any], bool], reason: str
) -> Iterator[Unmet]:
    for path, fields in places:
        if asks(fields.get(name)):
            yield Unmet(field=f"{path}.{name}", reason=reason)
            return


def _tools(sent: Fields) -> Iterator[tuple[str, Fields]]:
    for index, tool in enumerate(sent.get("tools") or ()):
        yield f"tools[{index}]", tool


def _items(sent: Fields) -> Iterator[tuple[str, Fields]]:
    if isinstance(sent["input"], list):
        for index, item in enumerate(sent["input"]):
            yield f"input[{index}]", item


def _parts(sent: Fields) -> Iterator[tuple[str, Fields]]:
    """Of the items that have any; under the same name others may have anything."""
    for path, item in _items(sent):
        name = "output" if item.get("type") == "function_call_output" else "content"
        parts = item.get(name)
        if item.get("type") in (None, "message", "function_call_output") and isinstance(parts, list):
            for index, part in enumerate(parts):
                yield f"{path}.{name}[{index}]", part


def _files(sent: Fields) -> Iterator[tuple[str, Fields]]:
    return ((path, part) for path, part in _parts(sent) if part["type"] == "input_file")


def _marks(sent: Fields) -> Iterator[tuple[str, Fields]]:
    """A refusal can have none."""
    name = "prompt_cache_breakpoint"
    marks = ((f"{path}.{name}", part.get(name)) for path, part in _parts(sent) if part["type"] != "refusal")
    return ((path, mark) for path, mark in marks if mark)
