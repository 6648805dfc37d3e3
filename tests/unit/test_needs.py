"""sallyport.needs: what a request's shape asks of a model."""

import pytest

from sallyport.conversation import (
    Audio,
    ChatRequest,
    Document,
    Image,
    ResponseFormat,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from sallyport.needs import needs_of


def said(*blocks, **fields):
    return ChatRequest(turns=(Turn(role=Role.USER, blocks=blocks),), **fields)


IMAGE = Image(data="QQ==", media_type="image/png")


@pytest.mark.parametrize(
    ("request_", "needs"),
    [
        (said(Text(text="a picture, a tool and audio")), ()),
        (said(IMAGE, IMAGE), ("vision",)),
        (said(Document(data="QQ==")), ("documents",)),
        (said(Audio(format="wav", data="QQ==")), ("audio",)),
        (said(ToolCall(id="1", name="t", arguments="{}")), ("tools",)),
        (said(ToolResult(tool_call_id="1", content=(Text(text="x"),))), ("tools",)),
        (said(ToolResult(tool_call_id="1", content=(IMAGE,))), ("tools", "vision")),
        (said(tools=(Tool(name="t"),)), ("tools",)),
        (said(response_format=ResponseFormat(type="json_schema", json_schema={})), ("json_schema",)),
        (said(response_format=ResponseFormat(type="json_object")), ()),
        (said(response_format=ResponseFormat(type="text")), ()),
        (said(IMAGE, Document(data="QQ=="), tools=(Tool(name="t"),)), ("documents", "tools", "vision")),
    ],
)
def test_its_shape_tells_what_it_needs(request_, needs):
    assert needs_of(request_) == needs
