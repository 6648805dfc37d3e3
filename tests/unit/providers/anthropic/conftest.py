"""What is sent, checked by what Anthropic is known to demand."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from sallyport.conversation import ChatRequest
from sallyport.providers.anthropic.build import build

SONNET = "claude-sonnet-4-5-20250929"


@pytest.fixture
def built(target_of) -> Callable[..., dict[str, Any]]:
    """The body, after nothing was found wrong with it."""

    def make(request: ChatRequest, model: str = SONNET, max_tokens: int = 100, **options: Any) -> dict[str, Any]:
        body = build(request, target_of(model, "anthropic"), max_tokens, **options)
        json.dumps(body, allow_nan=False)
        _check_messages(body["messages"])
        for tool in body.get("tools", ()):
            assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", tool["name"])
        return body

    return make


def _check_messages(messages: list[dict[str, Any]]) -> None:
    assert [message["role"] for message in messages] == [("user", "assistant")[i % 2] for i in range(len(messages))]
    due: list[str] = []
    used: set[str] = set()
    for message in messages:
        content = message["content"]
        assert content
        given = [block["tool_use_id"] for block in content if block["type"] == "tool_result"]
        assert given == due
        assert all(block["type"] == "tool_result" for block in content[: len(given)])
        inner = [each for block in content if block["type"] == "tool_result" for each in block.get("content", ())]
        assert all(block["text"].strip() for block in [*content, *inner] if block["type"] == "text")
        due = [block["id"] for block in content if block["type"] == "tool_use"]
        assert all(re.fullmatch("[a-zA-Z0-9_-]{1,64}", identity) for identity in due)
        assert not used & set(due)
        used |= set(due)
    assert not due
