"""providers/schemas: objects that are closed, however deep."""

import pytest

from sallyport.providers.schemas import closed

OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}
CLOSED = OPEN | {"additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        (OPEN, CLOSED),
        (OPEN | {"additionalProperties": True}, OPEN | {"additionalProperties": True}),
        ({"type": "array", "items": OPEN}, {"type": "array", "items": CLOSED}),
        ({"anyOf": [OPEN, {"type": "null"}]}, {"anyOf": [CLOSED, {"type": "null"}]}),
        ({"$defs": {"object": OPEN}}, {"$defs": {"object": CLOSED}}),
        ({"const": OPEN, "examples": [OPEN]}, {"const": OPEN, "examples": [OPEN]}),
        ({"type": "string", "enum": ["object"]}, {"type": "string", "enum": ["object"]}),
    ],
)
def test_objects_are_closed_unless_they_say_otherwise(schema, made):
    assert closed(schema) == made
