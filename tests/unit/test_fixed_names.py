"""sallyport.fixed_names: names for which nothing can stand in, where a value could be in them."""

import pytest

from sallyport.conversation import ChatRequest, ResponseFormat, Role, Text, Tool, ToolCall, ToolChoice, ToolResult, Turn
from sallyport.embedding import EmbeddingRequest
from sallyport.fixed_names import fixed_names

ID = "call_4111111111111111"


def test_every_place_is_looked_into():
    schema = {
        "type": "object",
        "properties": {"key@b.example": {"enum": ["value@b.example"]}},
        "required": ["required@b.example"],
        "patternProperties": {"^pattern@b": {}},
        "$ref": "#/ref@b",
    }
    request = ChatRequest(
        turns=(
            Turn(role=Role.USER, blocks=(Text(text="text@b.example"),)),
            Turn(role=Role.ASSISTANT, blocks=(ToolCall(id=ID, name="called_111", arguments='{"args@b": 1}'),)),
            Turn(role=Role.TOOL, blocks=(ToolResult(tool_call_id="call_of@b", content=()),)),
        ),
        tools=(Tool(name="tool_222", description="prose@b.example", parameters=schema),),
        tool_choice=ToolChoice(mode="one", name="chosen_333"),
        response_format=ResponseFormat(type="json_schema", name="format_444", json_schema={"title": "title@b"}),
    )
    assert set(fixed_names(request, ())) == {
        ("key@b.example",), ("value@b.example",), ("required@b.example",), ("^pattern@b",), ("#/ref@b",), ("title@b",),
        ("called_111", "called 111"), ("tool_222", "tool 222"), ("chosen_333", "chosen 333"),
        ("format_444", "format 444"), (ID,), ("call_of@b",),
    }  # fmt: skip
    assert ("value@b.example",) not in fixed_names(request, {"value@b.example"}), "it was searched as a text"


@pytest.mark.parametrize(
    ("name", "looked_into"),
    [
        ("user_id", False),
        ("top_k_2", False),
        ("utf8_base64", True),
        ("a1b2c3", True),
        ("mail@b", True),
        ("card_4111_1111", True),
        ("AKIAIOSFODNN7EXAMPLE", True),
        ("account_balance_of_customer", False),
    ],
)
def test_most_names_hold_no_value(name, looked_into):
    assert bool(fixed_names(ChatRequest(turns=(), tools=(Tool(name=name),)), ())) is looked_into


@pytest.mark.parametrize(
    ("id_", "looked_into"),
    [
        ("call_abc123DEF456ghi789JKL012", False),
        ("toolu_01D7FLrfh4GYq7yT1ULFeyMV", False),
        ("0b5c1f0e-3d1c-4a55-9d4e-9d1c4a559d4e", False),
        (ID, True),
        ("DE89370400440532013000", True),
        ("ann@b.example", True),
    ],
)
def test_an_id_that_was_drawn_holds_no_value(id_, looked_into):
    call = ToolCall(id=id_, name="find", arguments="{}")
    assert bool(fixed_names(ChatRequest(turns=(Turn(role=Role.ASSISTANT, blocks=(call,)),)), ())) is looked_into


def test_texts_to_be_embedded_have_no_names():
    assert fixed_names(EmbeddingRequest(texts=("ann@b.example",)), ()) == []
