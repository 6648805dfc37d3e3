"""providers/bedrock/schemas: objects, closed, and without references."""

import pytest

from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.families import Family
from sallyport.providers.bedrock.schemas import can_be_closed, object_schema

PLAIN, INLINE, BARE = Family(), Family(inline=True), Family(bare_root=True)
NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}


def laughs(levels):
    """Each definition holds the one before it twice."""
    kinds = {f"L{n}": {"properties": {key: {"$ref": f"#/$defs/L{n - 1}"} for key in "ab"}} for n in range(1, levels)}
    return {"$ref": f"#/$defs/L{levels - 1}", "$defs": {"L0": {"type": "string"}} | kinds}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (None, {"type": "object", "properties": {}}),
        ({}, {"type": "object", "properties": {}}),
        ({"anyOf": [{"required": ["a"]}]}, {"type": "object", "properties": {}, "anyOf": [{"required": ["a"]}]}),
        ({"type": ["object", "null"]}, {"type": "object", "properties": {}}),
        (
            {
                "$ref": "#/$defs/A",
                "title": "T",
                "$defs": {"A": {"type": "object", "title": "A", "properties": {"a": {}}}},
            },
            {
                "type": "object",
                "properties": {"a": {}},
                "title": "T",
                "$defs": {"A": {"type": "object", "title": "A", "properties": {"a": {}}}},
            },
        ),
    ],
)
def test_the_root_is_an_object(schema, expected):
    assert object_schema(schema, "tools", PLAIN) == expected


@pytest.mark.parametrize("family", [PLAIN, INLINE])
@pytest.mark.parametrize(
    "schema",
    [{"type": "array"}, {"type": ["string", "null"]}, {"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}],
)
def test_any_other_root_is_refused_by_name(schema, family):
    with pytest.raises(ProviderRejectedError) as error:
        object_schema(schema, "tools", family)

    assert error.value.details == {"param": "tools"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}}, {"a": {"type": "string"}}),
        (
            {"properties": {"a": {"$ref": "#/definitions/x~1y", "title": "T"}}, "definitions": {"x/y": {"title": "A"}}},
            {"a": {"title": "T"}},
        ),
        (
            {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {}}},
            {"a": {"items": {}}},
        ),
        ({"properties": {"a": {}, "b": {"$ref": "#/properties/a"}}}, {"a": {}, "b": {}}),
        ({"properties": {"a": {"$ref": "#/$defs/None"}}}, {"a": {"$ref": "#/$defs/None"}}),
        ({"properties": {"a": {"$ref": "https://x.test/a"}}}, {"a": {"$ref": "https://x.test/a"}}),
        ({"properties": {"a": {"enum": [{"$ref": "#"}]}}}, {"a": {"enum": [{"$ref": "#"}]}}),
        ({"properties": {"$ref": {"type": "string"}}}, {"$ref": {"type": "string"}}),
    ],
)
def test_references_are_written_out(schema, expected):
    assert object_schema(schema, "tools", INLINE) == {"type": "object", "properties": expected}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$ref": "#"}}},
        {"properties": {"a": {"$ref": "#/$defs/Node"}}, "$defs": {"Node": NODE}},
        laughs(20),
    ],
    ids=["the root", "a node", "a bomb"],
)
def test_what_cannot_be_written_out_is_refused(schema):
    assert not can_be_closed(schema)
    with pytest.raises(ProviderRejectedError, match="refers to itself"):
        object_schema(schema, "tools", INLINE)


def test_a_root_that_is_its_own_reference_is_refused_everywhere():
    with pytest.raises(ProviderRejectedError):
        object_schema({"$ref": "#"}, "tools", PLAIN)


def test_what_holds_itself_further_down_stays_where_references_are_known():
    assert object_schema(NODE, "tools", PLAIN) == NODE


@pytest.mark.parametrize(
    ("schema", "closable"),
    [
        ({"type": "object"}, True),
        ({"type": "object", "additionalProperties": False}, True),
        ({"type": "object", "additionalProperties": True}, False),
        ({"properties": {"a": {"anyOf": [{"additionalProperties": {}}]}}}, False),
        ({"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"additionalProperties": True}}}, False),
        ({"properties": {"a": {"default": {"additionalProperties": True}}}}, True),
        (laughs(5), True),
    ],
)
def test_an_object_that_is_open_on_purpose_cannot_be_closed(schema, closable):
    assert can_be_closed(schema) is closable


def test_a_bare_root_has_nothing_that_says_nothing():
    part = {"type": "object", "title": "P", "additionalProperties": False}
    root = {"$schema": "s", "title": "T", "examples": [1], "additionalProperties": False, "required": ["a"]}

    assert object_schema(root | {"properties": {"a": part}}, "tools", BARE) == {
        "type": "object", "properties": {"a": part}, "required": ["a"],
    }  # fmt: skip
    assert object_schema({"additionalProperties": {"type": "string"}, "anyOf": [{}]}, "tools", BARE) == {
        "type": "object", "properties": {}, "additionalProperties": {"type": "string"}, "anyOf": [{}],
    }  # fmt: skip
