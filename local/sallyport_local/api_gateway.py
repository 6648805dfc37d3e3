"""What API Gateway and the Web Adapter do in front of edge: authorize, set the request context, answer for themselves.

Its own answers are the GatewayResponses of template.yaml. A client's header that only AWS may set is dropped.
"""

import json
from collections.abc import Mapping
from typing import Any

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from sallyport.edge.context import CONTEXT_HEADER, new_request_id
from sallyport_local.functions import Functions
from sallyport_local.template import read_template

OPEN_PATHS = frozenset({"/healthz"})
"""Paths that template.yaml leaves without an authorizer."""

MOST_AT_ONCE = 256
"""Requests that are under way; each holds a thread for as long as its model takes. More are told to come back."""

MOST_AUTHORIZING = 8
"""Threads that say who is calling: their own, so that slow models keep nobody waiting for a refusal."""

_ONLY_AWS_SETS = (b"x-amzn-", b"x-amz-", b"x-request-id")


class ApiGateway:
    """An ASGI application around edge's."""

    def __init__(self, functions: Functions, edge: ASGIApp) -> None:
        self._functions = functions
        self._edge = edge
        self._responses = gateway_responses(read_template())
        self._under_way = 0
        self._authorizing: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._edge(scope, receive, send)
            return
        request_id = new_request_id()
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(_ONLY_AWS_SETS)]
        context: dict[str, Any] = {"requestId": request_id, "stage": "local", "path": scope["path"]}
        if scope["path"] not in OPEN_PATHS:
            event = _authorizer_event(scope, headers, request_id)
            try:
                allowed = await anyio.to_thread.run_sync(
                    self._functions.invoke, "authenticate", event, limiter=self._limiter()
                )
            except Exception as error:
                kind = "UNAUTHORIZED" if str(error) == "Unauthorized" else "AUTHORIZER_FAILURE"
                await _respond(send, *self._responses[kind], request_id)
                return
            if self._under_way >= MOST_AT_ONCE:
                await _respond(send, *self._responses["INTEGRATION_FAILURE"], request_id)  # as of a Lambda that is busy
                return
            context["authorizer"] = allowed["context"]
        headers.append((CONTEXT_HEADER.encode(), json.dumps(context).encode()))
        self._under_way += 1
        try:
            await self._edge({**scope, "headers": headers}, receive, send)
        finally:
            self._under_way -= 1

    def _limiter(self) -> CapacityLimiter:
        """Made in the loop that it belongs to, whose own limiter, for edge's threads, learns how many there may be."""
        if self._authorizing is None:
            self._authorizing = CapacityLimiter(MOST_AUTHORIZING)
            anyio.to_thread.current_default_thread_limiter().total_tokens = MOST_AT_ONCE
        return self._authorizing


def gateway_responses(template: Mapping[str, Any]) -> dict[str, tuple[int, dict[str, str], str]]:
    """Status, headers and body of each GatewayResponse of the template's API. `$context.…` stays in the body."""
    apis = [each for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::Api"]
    declared = apis[0]["Properties"]["GatewayResponses"]
    return {
        kind: (
            int(response["StatusCode"]),
            {name: value.strip("'") for name, value in response["ResponseParameters"]["Headers"].items()},
            response["ResponseTemplates"]["application/json"],
        )
        for kind, response in declared.items()
        if "StatusCode" in response  # the defaults keep whatever status API Gateway chose
    }


def _authorizer_event(scope: Scope, headers: list[tuple[bytes, bytes]], request_id: str) -> dict[str, Any]:
    """As API Gateway builds it for a REQUEST authorizer, as far as this one reads it."""
    method, path = scope["method"], scope["path"]
    return {
        "type": "REQUEST",
        "methodArn": f"arn:aws:execute-api:local:000000000000:sallyport/local/{method}{path}",
        "httpMethod": method,
        "path": path,
        "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in headers},
        "requestContext": {"requestId": request_id, "stage": "local"},
    }


async def _respond(send: Send, status: int, headers: Mapping[str, str], body: str, request_id: str) -> None:
    values = {name: value.replace("context.requestId", request_id) for name, value in headers.items()}
    values["content-type"] = "application/json"
    text = body.replace("$context.requestId", request_id).encode()
    values["content-length"] = str(len(text))
    raw = [(name.lower().encode(), value.encode()) for name, value in values.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": text})
