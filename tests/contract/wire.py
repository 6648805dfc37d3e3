"""What went over the wire between the SDK and the gateway, and whether it is what the SDK's types promise."""

import base64
import json
import struct
import time
from typing import Any

from openai.types import CreateEmbeddingResponse, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from tests.closed import unknown
from tests.contract import anthropic_wire
from tests.unit.dialects.openai_responses.shapes import events_of, final, response_of

REQUIRED = {
    "": {"id", "object", "created", "model", "choices", "usage"},
    "choices": {"index", "message", "logprobs", "finish_reason"},
    "message": {"role", "content", "refusal"},
}
"""What OpenAI's API always sends, null or not; the SDK's types let some of it be absent."""


class Wire:
    """Every exchange of one test, oldest first. `asked_at` are monotonic seconds.

    The SDKs differ in whose requests and responses these are, httpx's or httpx2's; both look the same.
    """

    def __init__(self) -> None:
        self.responses: list[Any] = []
        self.asked_at: list[float] = []

    def sync_hooks(self) -> dict[str, list[Any]]:
        def request(_: Any) -> None:
            self.asked_at.append(time.monotonic())

        def response(response: Any) -> None:
            response.read()
            self.responses.append(response)

        return {"request": [request], "response": [response]}

    def async_hooks(self) -> dict[str, list[Any]]:
        async def request(_: Any) -> None:
            self.asked_at.append(time.monotonic())

        async def response(response: Any) -> None:
            await response.aread()
            self.responses.append(response)

        return {"request": [request], "response": [response]}

    @property
    def statuses(self) -> list[int]:
        return [response.status_code for response in self.responses]

    @property
    def request_ids(self) -> list[str]:
        return [response.headers["x-request-id"] for response in self.responses]


def check(response: Any) -> None:
    """Whatever the gateway says is JSON of the SDK's own types, with a request id."""
    assert response.headers["x-request-id"]
    if "anthropic-version" in response.request.headers:
        anthropic_wire.check(response)
        return
    path = response.request.url.path
    if response.headers["content-type"] == "text/event-stream":
        if path == "/v1/responses":
            final(events_of(response.content))
        else:
            check_stream(response.text)
        return
    assert response.headers["content-type"] == "application/json"
    if response.status_code != 200:
        check_error(response)
    elif path == "/v1/responses":
        response_of(response.json())
    elif path == "/v1/chat/completions":
        check_completion(response.text)
    elif path == "/v1/embeddings":
        check_embeddings(response)
    elif path.startswith("/v1/models/"):
        assert unknown(Model.model_validate(response.json(), strict=True)) == set()
    else:
        page = response.json()
        assert page["object"] == "list"
        assert [unknown(Model.model_validate(each, strict=True)) for each in page["data"]] == [set()] * len(
            page["data"]
        )


def check_completion(text: str) -> None:
    body = json.loads(text)
    assert body.keys() >= REQUIRED[""]
    for choice in body["choices"]:
        assert choice.keys() >= REQUIRED["choices"]
        assert choice["message"].keys() >= REQUIRED["message"]
    assert unknown(ChatCompletion.model_validate_json(text, strict=True)) <= {"sallyport", "reasoning_content"}


def check_embeddings(response: Any) -> None:
    """The SDK's own type, which knows numbers alone, whatever the vectors came in."""
    body = response.json()
    if json.loads(response.request.content).get("encoding_format") == "base64":
        for each in body["data"]:
            packed = base64.b64decode(each["embedding"], validate=True)
            each["embedding"] = list(struct.unpack(f"<{len(packed) // 4}f", packed))
    assert unknown(CreateEmbeddingResponse.model_validate_json(json.dumps(body), strict=True)) == {"sallyport"}


def check_stream(text: str) -> None:
    """Chunks of the SDK's own type, each an event of one line, and then the end mark or an error."""
    *events, last, rest = text.split("\n\n")
    assert rest == ""
    for event in events:
        chunk = ChatCompletionChunk.model_validate_json(event.removeprefix("data: "), strict=True)
        assert unknown(chunk) <= {"sallyport", "reasoning_content"}
    if last != "data: [DONE]":
        check_error_body(json.loads(last.removeprefix("data: ")))


def check_error(response: Any) -> None:
    """A wait is never longer than the SDK's own patience."""
    error = check_error_body(response.json())
    assert error.get("request_id", response.headers["x-request-id"]) == response.headers["x-request-id"]
    assert response.headers.get("x-should-retry", "false") in ("true", "false")
    assert 1 <= int(response.headers.get("retry-after", "1")) <= 120


def check_error_body(body: dict[str, Any]) -> dict[str, Any]:
    """The error in it: four fields, of which param and code may be null."""
    # API Gateway's own cannot know who asks, and fit Anthropic's shape too.
    assert body.pop("type", "error") == "error"
    [(name, error)] = body.items()
    assert name == "error"
    assert error.keys() >= {"message", "type", "param", "code"}
    assert isinstance(error["message"], str)
    assert error["message"].endswith(".")
    assert isinstance(error["type"], str)
    assert isinstance(error["param"], str | None)
    assert isinstance(error["code"], str | None)
    return dict(error)
