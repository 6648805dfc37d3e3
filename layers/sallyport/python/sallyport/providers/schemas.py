"""JSON schemas as models that answer by one want them."""

from typing import Any

DATA = frozenset({"enum", "const", "default", "examples"})
"""Keywords whose values are no schemas."""


def closed(schema: Any) -> Any:
    """The schema with `additionalProperties: false` on every object that leaves it open, as Claude demands."""
    match schema:
        case dict():
            made = {key: value if key in DATA else closed(value) for key, value in schema.items()}
            if schema.get("type") == "object":
                made.setdefault("additionalProperties", False)
            return made
        case list():
            return [closed(value) for value in schema]
        case _:
            return schema
