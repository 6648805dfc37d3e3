"""What the gateway said to Anthropic's SDK, and whether it is what that SDK's types promise."""

from typing import Any

from anthropic.types import MessageTokensCount, ModelInfo

from tests.closed import closed
from tests.unit.dialects.anthropic_messages.shapes import check_order, error_of, events_of, message_of, models_of


def check(response: Any) -> None:
    """Both ids are one; a wait is one that the SDK can sleep through."""
    assert response.headers["request-id"] == response.headers["x-request-id"]
    if response.headers["content-type"] == "text/event-stream":
        events = events_of(response.content)
        if events[-1].type != "error":
            check_order(events)
        return
    assert response.headers["content-type"] == "application/json"
    path = response.request.url.path
    if response.status_code != 200:
        check_error(response)
    elif path == "/v1/messages":
        message_of(response.content, "sallyport")
    elif path == "/v1/messages/count_tokens":
        closed(MessageTokensCount, response.content)
    elif path == "/v1/models":
        models_of(response.content)
    else:
        closed(ModelInfo, response.content)


def check_error(response: Any) -> None:
    body = response.json()
    if "request_id" not in body:
        # API Gateway's own cannot know who asks, and fit OpenAI's shape too.
        assert (body.keys(), body["type"]) == ({"type", "error"}, "error")
        assert body["error"].keys() == {"message", "type", "param", "code"}
        return
    error = error_of(response.content)
    assert error.request_id == response.headers["request-id"]
    assert error.error.message.endswith(".")
    assert response.headers["x-should-retry"] in ("true", "false")
    assert 1 <= int(response.headers.get("retry-after", "1")) <= 120
