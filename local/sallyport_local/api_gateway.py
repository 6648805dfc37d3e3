"""What API Gateway and the Web Adapter do in front of edge: authorize, set the request context, answer for themselves.

Its own answers are the GatewayResponses of template.yaml. A client's header that only AWS may set is dropped.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sallyport.edge.context import CONTEXT_HEADER, new_request_id
from sallyport.edge.dialects import dialect_of
from sallyport.errors import OverloadedError
from sallyport_local.functions import Functions
from sallyport_local.shares import Shares
from sallyport_local.template import read_template

OPEN_PATHS = frozenset({"/healthz"})
"""Paths that template.yaml leaves without an authorizer."""

MOST_AT_ONCE = 256
"""Requests that are under way, unless told otherwise; each holds a thread for as long as its model takes."""

MOST_AUTHORIZING = 8
"""Threads that say who is calling: their own, so that slow models keep nobody waiting for a refusal."""

MOST_UNKNOWN = 512
"""Requests that wait to be asked who they are; to look a key up takes a fraction of a millisecond."""

_BUSY = OverloadedError("The gateway has more to do than it can now. Try again in a moment.", retry_after=2.0)

_ONLY_AWS_SETS = (b"x-amzn-", b"x-amz-", b"x-request-id")


class ApiGateway:
    """An ASGI application around edge's. Nothing queues in it: what has no place is told so at once."""

    def __init__(
        self,
        functions: Functions,
        edge: ASGIApp,
        *,
        most_at_once: int = MOST_AT_ONCE,
        remembers: Callable[[Mapping[str, str]], bool] = lambda headers: False,
    ) -> None:
        """`remembers` tells by its headers whether a request's caller is known without asking any store."""
        self._remembers = remembers
        self._functions = functions
        self._edge = edge
        self._responses = gateway_responses(read_template())
        self._most_at_once = most_at_once
        self._shares = Shares(most_at_once)
        self._unknown = 0
        self._authorizing: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._edge(scope, receive, send)
            return
        request_id = new_request_id()
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(_ONLY_AWS_SETS)]
        context: dict[str, Any] = {"requestId": request_id, "stage": "local", "path": scope["path"]}
        if scope["path"] in OPEN_PATHS:
            await self._edge(_told(scope, headers, context), receive, send)
            return
        if self._unknown >= MOST_UNKNOWN:
            await _refuse(scope, send, request_id)
            return
        self._unknown += 1
        try:
            context["authorizer"] = await self._authorized(_authorizer_event(scope, headers, request_id))
        except Exception as error:
            kind = "UNAUTHORIZED" if str(error) == "Unauthorized" else "AUTHORIZER_FAILURE"
            await _respond(send, *self._responses[kind], request_id)
            return
        finally:
            self._unknown -= 1
        tenant = context["authorizer"]["tenant"]
        if not self._shares.take(tenant):
            await _refuse(scope, send, request_id)
            return
        try:
            await self._edge(_told(scope, headers, context), receive, send)
        finally:
            self._shares.give_back(tenant)

    async def _authorized(self, event: dict[str, Any]) -> Any:
        invoke, limiter = self._functions.invoke, self._limiter()
        if self._remembers(event["headers"]):
            # A tenth of a millisecond: to send it to a thread and back takes longer.
            return invoke("authenticate", event)["context"]
        allowed = await anyio.to_thread.run_sync(invoke, "authenticate", event, limiter=limiter)
        return allowed["context"]

    def _limiter(self) -> CapacityLimiter:
        """Made in the loop that it belongs to, whose own limiter, for edge's threads, learns how many there may be."""
        if self._authorizing is None:
            self._authorizing = CapacityLimiter(MOST_AUTHORIZING)
            anyio.to_thread.current_default_thread_limiter().total_tokens = self._most_at_once
        return self._authorizing


def _told(scope: Scope, headers: list[tuple[bytes, bytes]], context: dict[str, Any]) -> Scope:
    return {**scope, "headers": [*headers, (CONTEXT_HEADER.encode(), json.dumps(context).encode())]}


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


async def _refuse(scope: Scope, send: Send, request_id: str) -> None:
    """In the dialect that was asked in, and without reading a body."""
    dialect = dialect_of(scope["path"], Headers(raw=scope["headers"]))
    headers = {"retry-after": "2", "x-should-retry": "true", "x-request-id": request_id, dialect.id_header: request_id}
    await _respond(send, 503, headers, json.dumps(dialect.render_error(_BUSY, request_id)), request_id)


async def _respond(send: Send, status: int, headers: Mapping[str, str], body: str, request_id: str) -> None:
    values = {name: value.replace("context.requestId", request_id) for name, value in headers.items()}
    values["content-type"] = "application/json"
    text = body.replace("$context.requestId", request_id).encode()
    values["content-length"] = str(len(text))
    raw = [(name.lower().encode(), value.encode()) for name, value in values.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": text})
