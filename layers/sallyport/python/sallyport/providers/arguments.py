"""A tool call's arguments, for APIs that want them as an object instead of text."""

import json
from typing import Any, NoReturn


def object_of(arguments: str) -> dict[str, Any] | None:
    """None for what is no JSON object. A model may write nothing when a tool has no parameters."""
    try:
        value = json.loads(arguments.strip() or "{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError
