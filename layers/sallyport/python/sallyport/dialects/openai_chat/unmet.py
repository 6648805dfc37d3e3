"""What a request asks for that no provider behind the gateway can give, and that does no harm to go without."""

from collections.abc import Iterator
from typing import Any

from sallyport.attempts import Unmet

type Fields = dict[str, Any]

AN_HOUR = "is an hour at most with the providers behind this gateway"
_NOT_ON_SOUND = "is kept on no sound: mark the part before it"


def read_unmet(sent: Fields) -> tuple[Unmet, ...]:
    """Of a body that was found right. Of the same wish at several places the first is named."""
    found: dict[str, Unmet] = {}
    for path, part in _marked(sent):
        if part["type"] == "input_audio":
            found.setdefault(_NOT_ON_SOUND, Unmet(field=path, reason=_NOT_ON_SOUND))
        elif part["prompt_cache_breakpoint"].get("ttl") == "12h":
            found.setdefault(AN_HOUR, Unmet(field=f"{path}.ttl", reason=AN_HOUR))
    return tuple(found.values())


def with_unmet(sallyport: Fields, unmet: tuple[Unmet, ...]) -> Fields:
    """Our account, whose warnings name as well what no target could have honoured."""
    own = [{"field": each.field, "reason": each.reason} for each in unmet]
    return {**sallyport, "warnings": [*own, *sallyport.get("warnings", ())]} if own else sallyport


def _marked(sent: Fields) -> Iterator[tuple[str, Fields]]:
    """The parts that have a mark, each with the path of it. A refusal can have none."""
    for index, message in enumerate(sent["messages"]):
        parts = message.get("content")
        for number, part in enumerate(parts if isinstance(parts, list) else ()):
            if part["type"] != "refusal" and part.get("prompt_cache_breakpoint"):
                yield f"messages[{index}].content[{number}].prompt_cache_breakpoint", part
