"""sallyport.rewriting: every place where text can hide is reached, and nothing else is touched."""

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.conversation import (
    Audio,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import InvalidRequestError
from sallyport.rewriting import rewrite, rewrite_blocks, rewrite_json, side_by_side, uninspected


def upper(text):
    return text.upper()


def upper_json(document):
    return rewrite_json(document, upper)


def a_request(*blocks, role=Role.USER, **fields):
    return ChatRequest(turns=(Turn(role=role, blocks=blocks),), **fields)


def as_it_is(seal):
    return seal


def rewritten_block(block):
    return rewrite(a_request(block), upper, upper_json, as_it_is).turns[0].blocks[0]


def test_every_text_of_a_request_is_rewritten():
    names = (f"text {number}" for number in count())
    request = ChatRequest(
        turns=(
            Turn(role=Role.SYSTEM, blocks=(Text(text=next(names)),), name=next(names)),
            Turn(role=Role.USER, blocks=(Text(text=next(names)), Document(name=next(names), data="QQ=="))),
            Turn(
                role=Role.ASSISTANT,
                blocks=(
                    Reasoning(text=next(names)),
                    Reasoning(text=next(names), signature=next(names)),
                    Reasoning(redacted=next(names)),
                    Text(text=next(names)),
                    Refusal(text=next(names)),
                    ToolCall(id="c1", name="tool", arguments=json.dumps({next(names): [next(names)]})),
                ),
            ),
            Turn(role=Role.TOOL, blocks=(ToolResult(tool_call_id="c1", content=(Text(text=next(names)),)),)),
        ),
        tools=(Tool(name="tool", description=next(names), parameters={"title": next(names)}),),
        stop=(next(names),),
        response_format=ResponseFormat(
            type="json_schema", name="n", description=next(names), json_schema={"default": {"a": next(names)}}
        ),
        user=next(names),
        metadata={next(names): next(names)},
        logit_bias={next(names): 1.0},
        extras={next(names): {next(names): [next(names)]}},
    )
    found = []

    def note(text):
        found.append(text)
        return text

    assert rewrite(request, note, lambda document: rewrite_json(document, note), note) == request
    assert sorted(text for text in found if text.startswith("text ")) == sorted(
        f"text {number}" for number in range(int(next(names).split()[1]))
    )
    written = rewrite(request, upper, upper_json, upper).model_dump_json()
    assert "text " not in written
    seals = 2  # which are left out once they are no longer as they were
    assert written.count("TEXT ") == len({text for text in found if text.startswith("text ")}) - seals


@pytest.mark.parametrize(
    "block",
    [
        Image(data="abc", media_type="image/png"),
        Image(url="https://host/a"),
        Audio(format="wav", data="abc"),
        Document(data="abc"),
        Reasoning(text="signed", signature="sig"),
        Reasoning(redacted="opaque"),
        ToolCall(id="call", name="tool", arguments="{}"),
        ToolResult(tool_call_id="call", content=(Image(data="abc"),)),
    ],
)
def test_what_is_no_text_or_is_signed_stays_as_it_is(block):
    assert rewritten_block(block) == block


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("", ""),
        ("no json", "NO JSON"),
        ('{"a": "b"', '{"A": "B"'),
        ('"a"', '"A"'),
        ('{"a": {"b": ["c", 1, null, true, 1.5]}}', '{"A": {"B": ["C", 1, null, true, 1.5]}}'),
        ('{"a":"\\u00fc\\n\\""}', '{"A": "Ü\\n\\""}'),
        ("12", "12"),
        ('{ "A" :1 }', '{ "A" :1 }'),
        ('{"1":  "\\u0041"}', '{"1":  "\\u0041"}'),
        ('{"a": "\\ud800"}', '{"A": "\\ud800"}'),
    ],
)
def test_json_is_rewritten_string_by_string(document, expected):
    assert rewrite_json(document, upper) == expected


def test_an_escaped_text_is_read_as_what_it_means():
    seen = []
    rewrite_json('{"k": "bob\\u0040x.org"}', lambda text: seen.append(text) or text)
    assert seen == ["k", "bob@x.org"]


@pytest.mark.parametrize("document", ['{"A": "hidden", "A": "B"}', '{"A": [{"B": "hidden", "B": 1}]}'])
def test_what_a_repeated_key_hides_goes_nowhere(document):
    assert "hidden" not in rewrite_json(document, upper)


def test_text_that_nobody_can_reach_is_refused():
    deep = "[" * 100_000 + '"bob\\u0040x.org"' + "]" * 100_000
    with pytest.raises(InvalidRequestError) as refused:
        rewrite_json(deep, upper)
    assert refused.value.details == {"param": "messages"}


def test_an_error_of_the_rewriting_itself_is_not_taken_for_bad_json():
    def fail(text):
        raise ValueError("more values than there are numbers")

    with pytest.raises(ValueError, match="more values"):
        rewrite_json('{"a": 1}', fail)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_rewriting_by_nothing_changes_nothing(value):
    document = json.dumps(value)
    assert rewrite_json(document, str) == document


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "title": "prose",
    "description": "prose",
    "x-note": "prose",
    "required": ["email", "default"],
    "properties": {
        "email": {"type": "string", "format": "email", "pattern": "^a", "examples": ["prose"], "const": "prose"},
        "default": {"type": "string", "enum": ["prose", "prose"], "default": "prose"},
        "title": {"$ref": "#/$defs/title"},
        "many": {"type": ["array", "null"], "items": {"description": "prose", "anyOf": [{"title": "prose"}]}},
        "object": {"default": {"prose": ["prose"]}, "additionalProperties": False, "examples": [{"prose": "prose"}]},
        "if": {"if": {"title": "prose"}, "then": {"not": {"const": {"prose": "prose"}}}},
    },
    "$defs": {"title": {"description": "prose", "maxLength": 3}},
}


@pytest.mark.parametrize("place", ["tool", "format"])
def test_a_schema_keeps_its_structure_and_loses_its_prose(place):
    request = a_request(
        tools=(Tool(name="t", parameters=SCHEMA),) if place == "tool" else (),
        response_format=ResponseFormat(type="json_schema", name="n", json_schema=SCHEMA) if place == "format" else None,
    )
    after = rewrite(request, upper, upper_json, as_it_is)
    schema = after.tools[0].parameters if place == "tool" else after.response_format.json_schema
    assert json.dumps(schema) == json.dumps(SCHEMA).replace("prose", "PROSE")


@pytest.mark.parametrize(
    "schema",
    [{"properties": "prose"}, {"items": "prose"}, {"items": ["prose"]}, {"$defs": ["prose"]}, {"other": 1}],
)
def test_a_schema_that_is_none_breaks_nothing_and_hides_nothing(schema):
    after = rewrite(a_request(tools=(Tool(name="t", parameters=schema),)), upper, upper_json, as_it_is)
    assert "prose" not in json.dumps(after.tools[0].parameters)


@pytest.mark.parametrize(
    ("block", "words", "expected"),
    [
        (Reasoning(text="a", signature="s"), "a", Reasoning(text="A")),
        (Reasoning(text="a", signature="s"), "s", Reasoning(text="a")),
        (Reasoning(text="a", signature="s"), "r", Reasoning(text="a", signature="s")),
        (Reasoning(redacted="r"), "r", Reasoning()),
        (Reasoning(redacted="r"), "a", Reasoning(redacted="r")),
    ],
)
def test_a_seal_goes_once_anything_it_covers_is_rewritten(block, words, expected):
    def sealed(text):
        return text.upper() if text == words else text

    assert rewrite(a_request(block), as_it_is, as_it_is, sealed).turns[0].blocks == (expected,)


def test_an_answer_keeps_its_seals():
    blocks = (Reasoning(text="a", signature="s"), Reasoning(redacted="r"), Reasoning(text="b"))
    assert rewrite_blocks(blocks, upper, upper_json) == (*blocks[:2], Reasoning(text="B"))


def test_everything_that_is_no_text_is_counted():
    image, sound, file = Image(data="abc"), Audio(format="wav", data="abc"), Document(data="abc")
    result = ToolResult(tool_call_id="c", content=(Text(text="x"), image, image))
    assert uninspected(a_request(Text(text="x"), image, sound, file, result)) == 5
    assert uninspected(a_request(Text(text="x"))) == 0


@pytest.mark.parametrize("keyword", ["type", "id", "format", "pattern", "required"])
def test_what_only_sounds_like_structure_is_searched(keyword):
    told = {keyword: {"note": "prose", "list": ["prose"]}}
    listed = {keyword: [{"note": "prose"}]}
    for schema in (told, listed):
        after = rewrite(a_request(tools=(Tool(name="t", parameters=schema),)), upper, upper_json, as_it_is)
        assert "prose" not in json.dumps(after.tools[0].parameters)
        assert "PROSE" in json.dumps(after.tools[0].parameters)


@pytest.mark.parametrize(
    "structure",
    [
        {"type": ["string", "null"]},
        {"required": ["a"]},
        {"dependentRequired": {"a": ["b"]}},
        {"$vocabulary": {"u": True}},
    ],
)
def test_what_is_structure_stays(structure):
    after = rewrite(a_request(tools=(Tool(name="t", parameters=structure),)), upper, upper_json, as_it_is)
    assert after.tools[0].parameters == structure


def test_every_text_of_an_embedding_is_rewritten_and_nothing_else():
    request = EmbeddingRequest(texts=("a", "b"), dimensions=3, user="c", extras={"d": ["e", 1]})
    rewritten = rewrite(request, upper, upper_json, as_it_is)
    assert rewritten == EmbeddingRequest(texts=("A", "B"), dimensions=3, user="C", extras={"D": ["E", 1]})
    assert uninspected(request) == 0


def test_texts_that_stand_side_by_side_are_those_of_one_message():
    several = (Text(text="a"), Image(data="QQ=="), Text(text="b"), Text(text=""), Refusal(text="c"))
    shown = ToolResult(tool_call_id="c1", content=(Text(text="d"), Text(text="e")))
    request = ChatRequest(
        turns=(
            Turn(role=Role.USER, blocks=several),
            Turn(role=Role.TOOL, blocks=(shown,)),
            Turn(role=Role.USER, blocks=several),
            Turn(role=Role.USER, blocks=(Text(text="f"),)),
            Turn(role=Role.USER, blocks=(Text(text="g"), Text(text=""))),
        )
    )
    assert side_by_side(request) == [("a", "b", "c"), ("d", "e")]
    assert side_by_side(EmbeddingRequest(texts=("a", "b"))) == []
