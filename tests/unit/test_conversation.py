"""sallyport.conversation: shapes that keep what every API can say, through JSON and back."""

import pytest
from pydantic import ValidationError

from sallyport.conversation import (
    Audio,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from tests.unit.doubles import CANARY

BLOCKS = [
    Text(text="x"),
    Image(data="QQ==", media_type="image/png"),
    Image(url="https://host/a", detail="low"),
    Document(data="QQ=="),
    Audio(format="wav", data="QQ=="),
    ToolCall(id="c", name="t", arguments=""),
    ToolResult(tool_call_id="c", content=(Text(text="x"), Image(data="QQ==")), is_error=True),
    Reasoning(text="x", signature="s"),
    Reasoning(redacted="r"),
    Refusal(text="x"),
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.type)
def test_a_block_is_the_same_kind_after_its_way_through_json(block):
    request = ChatRequest(turns=(Turn(role=Role.USER, blocks=(block,)),))
    assert ChatRequest.model_validate_json(request.model_dump_json()) == request


@pytest.mark.parametrize(
    "block", [{"text": CANARY}, {"type": "video", "data": CANARY}, {"type": "text", "text": CANARY, "more": CANARY}]
)
def test_what_nobody_knows_is_refused_without_an_echo(block):
    with pytest.raises(ValidationError) as refused:
        Turn.model_validate({"role": "user", "blocks": [block]})
    assert CANARY not in str(refused.value)
