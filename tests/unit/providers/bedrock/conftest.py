"""What is sent, checked by botocore, by the service's own model, and by what Bedrock is known to demand."""

import re
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from sallyport.conversation import ChatRequest
from sallyport.providers.bedrock.build import build, unmet

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.fixture(scope="session")
def converse_shape() -> Any:
    return botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape


@pytest.fixture
def built(converse_shape, target_of) -> Callable[..., dict[str, Any]]:
    """The arguments of Converse, after nothing was found wrong with them."""

    def make(request: ChatRequest, model: str = SONNET, max_tokens: int = 100) -> dict[str, Any]:
        arguments = build(request, target_of(model, "bedrock"), max_tokens)
        report = ParamValidator().validate(arguments, converse_shape)
        assert not report.has_errors(), report.generate_report()
        _check_shape(arguments, converse_shape)
        _check_alternation(arguments["messages"])
        return arguments

    return make


@pytest.fixture
def left_out(target_of) -> Callable[..., list[str]]:
    """The fields of which the client is told that they are left out."""

    def make(request: ChatRequest, model: str = SONNET) -> list[str]:
        return [each.field for each in unmet(request, target_of(model, "bedrock"))]

    return make


def _check_shape(value: Any, shape: Any) -> None:
    """Enums, patterns and upper bounds, which botocore leaves to the service."""
    match shape.type_name:
        case "structure" if not getattr(shape, "is_document_type", False):
            for name, inner in value.items():
                _check_shape(inner, shape.members[name])
        case "list":
            for inner in value:
                _check_shape(inner, shape.member)
        case "string":
            assert value in shape.metadata.get("enum", [value])
            assert len(value) <= shape.metadata.get("max", len(value))
            assert re.fullmatch(shape.metadata.get("pattern", ".*"), value, re.DOTALL)
        case "integer" | "float":
            assert value <= shape.metadata.get("max", value)


def _check_alternation(messages: list[dict[str, Any]]) -> None:
    """What Bedrock itself demands and botocore does not know."""
    assert [message["role"] for message in messages] == [("user", "assistant")[i % 2] for i in range(len(messages))]
    due: list[str] = []
    for message in messages:
        content = [block for block in message["content"] if "cachePoint" not in block]
        given = [block["toolResult"]["toolUseId"] for block in content if "toolResult" in block]
        assert sorted(given) == sorted(due)
        assert all("toolResult" in block for block in content[: len(given)])
        assert all(block["text"].strip() for block in content if "text" in block)
        assert "cachePoint" not in message["content"][0]
        due = [block["toolUse"]["toolUseId"] for block in content if "toolUse" in block]
    assert not due
