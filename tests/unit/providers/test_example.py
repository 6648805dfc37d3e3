"""providers/example: a value that fits its schema, of the words at hand."""

import jsonschema
import pytest

from sallyport.providers.example import example

PROMPT = 'Book "Grand Hotel" for <PERSON_1>, 3 nights'
LOOP = {"$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}}, "$ref": "#/$defs/node"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "Grand Hotel"),
        ({"type": "string", "minLength": 12}, "Grand Hotel."),
        ({"type": "string", "maxLength": 5}, "Grand"),
        ({"type": "integer"}, 3),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "number", "maximum": 2.5}, 2.5),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["null", "integer"]}, 3),
        ({"const": 7}, 7),
        ({"enum": ["b", "a"]}, "b"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 3),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["Grand Hotel", "<PERSON_1>"]),
        (
            {"type": "object", "properties": {"hotel": {"type": "string"}, "guest": {"type": "string"}}},
            {"hotel": "Grand Hotel", "guest": "<PERSON_1>"},
        ),
        ({"properties": {"a": {"type": "integer"}}}, {"a": 3}),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]}, {"a": 1, "b": 2}),
        ({"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}}, {"a": 3}),
        ({"type": "object"}, {}),
    ],
)
def test_values(schema, value):
    made = example(schema, PROMPT)

    assert made == value
    jsonschema.validate(made, schema)


def test_without_quotations_the_prompt_itself_is_the_word():
    assert example({"type": "string"}, " say hello ") == "say hello"


@pytest.mark.parametrize("schema", [LOOP, {"$ref": "#"}, {"$ref": "https://x.test/a"}, {"allOf": [{"$ref": "#"}] * 99}])
def test_a_schema_without_end_has_one(schema):
    assert len(str(example(schema, PROMPT))) < 10_000


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": "canary"},
        {"type": "integer", "minimum": 10**400},
        {"type": "string", "maxLength": []},
        {"type": "array", "minItems": "canary"},
        {"type": "object", "properties": ["canary"]},
        {"anyOf": 7},
    ],
)
def test_what_is_no_schema_is_refused(schema):
    with pytest.raises(ValueError, match=r"no JSON schema|canary"):
        example(schema, PROMPT)
