"""The application behind API Gateway: routes, body limits, and one shape for every error."""

import functools
import math
from collections.abc import Awaitable, Callable
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sallyport.composition import Services, services
from sallyport.contracts import ChatEnd
from sallyport.dialects.anthropic_messages.parse import parse_count
from sallyport.dialects.anthropic_messages.render import render_count
from sallyport.dialects.openai_embeddings.parse import parse as parse_embeddings
from sallyport.edge.anonymize import anonymized, restored
from sallyport.edge.chat import complete, tell
from sallyport.edge.context import Call, call_of, request_id_of
from sallyport.edge.dialects import Dialect, dialect_of
from sallyport.edge.embed import embed
from sallyport.edge.embed import tell as tell_vectors
from sallyport.edge.event_stream import EVENT_STREAM
from sallyport.edge.rate_limits import limits_in
from sallyport.edge.relay import Relay
from sallyport.edge.remote_media import MOST_BODY_BYTES
from sallyport.edge.repeats import as_first, asked_before, freed_unless_kept, recorded_again
from sallyport.edge.streaming import answered, begin, replayed
from sallyport.edge.streams import Streams
from sallyport.edge.whole import while_it_waits
from sallyport.errors import (
    InternalError,
    InvalidRequestError,
    ModelNotFoundError,
    RequestTooLargeError,
    SallyportError,
    facts,
)
from sallyport.observability import log_refusal, logger, metrics, place_of
from sallyport.planning import is_allowed_somewhere
from sallyport.policy import allowed_models, allowed_regions
from sallyport.tokens import estimate

MOST_RETRY_AFTER_SECONDS = 120
"""A longer wait is told in words alone: the OpenAI SDK gives up on it, and Anthropic's would sleep for hours."""


def create_app() -> Starlette:
    """Every route answers in the dialect that it was asked in, errors too. `state.streams` are those under way."""
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", _authenticated(_chat), methods=["POST"]),
            Route("/v1/responses", _authenticated(_chat), methods=["POST"]),
            Route("/v1/messages", _authenticated(_chat), methods=["POST"]),
            Route("/v1/messages/count_tokens", _authenticated(_count), methods=["POST"]),
            Route("/v1/embeddings", _authenticated(_embed), methods=["POST"]),
            Route("/v1/anonymize", _authenticated(_anonymize), methods=["POST"]),
            Route("/v1/anonymize/restore", _authenticated(_restore), methods=["POST"]),
            Route("/v1/models", _authenticated(_models), methods=["GET"]),
            Route("/v1/models/{id:path}", _authenticated(_model), methods=["GET"]),
            Route("/healthz", _healthz, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _unrouted},
    )
    app.state.streams = Streams()
    app.router.redirect_slashes = False  # a redirected POST arrives without its body
    return app


async def _chat(here: Services, call: Call, request: Request) -> Response:
    body = await _body(request)
    dialect = _dialect(request)
    streams: Streams = request.app.state.streams
    path = request.url.path
    return await answered(request, streams, dialect.keep_alive, _answer, here, call, dialect, path, body)


def _answer(here: Services, call: Call, dialect: Dialect[Any], path: str, body: bytes) -> Relay | Response:
    parsed = dialect.parse(body)
    once = asked_before(here, call, path, body)
    if isinstance(once, ChatEnd):
        return _again(here, call, dialect, parsed, once)
    with freed_unless_kept(once):
        if parsed.stream:
            return begin(here, call, dialect, parsed, len(body), once)
        told, headers = complete(here, call, dialect, parsed, len(body), once)
        return JSONResponse(told, headers=headers)


def _again(here: Services, call: Call, dialect: Dialect[Any], parsed: Any, kept: ChatEnd) -> Response:
    """The answer that the same request had, with the ids that it had."""
    first = as_first(call, kept)
    if parsed.stream:
        stream = replayed(here, kept, dialect.writer(first, parsed), parsed.request)
        return Response(stream, headers={**EVENT_STREAM, **recorded_again(here, call, kept)})
    told = tell(here, first, dialect, parsed, kept)
    return JSONResponse(told, headers=recorded_again(here, call, kept))


async def _count(here: Services, call: Call, request: Request) -> Response:
    """As many input tokens as are reserved for a message: no provider is asked, so it is a guess on the high side."""
    parsed = parse_count(await _body(request))
    await _check_allowed(here, call, parsed.model)
    return JSONResponse(render_count(estimate(parsed.request)))


async def _embed(here: Services, call: Call, request: Request) -> Response:
    body = await _body(request)
    streams: Streams = request.app.state.streams
    told, headers = await while_it_waits(request.receive, streams, _embedded, here, call, request.url.path, body)
    return Response(told, headers=headers, media_type="application/json")


def _embedded(here: Services, call: Call, path: str, body: bytes) -> tuple[bytes, dict[str, str]]:
    parsed = parse_embeddings(body)
    once = asked_before(here, call, path, body)
    if isinstance(once, ChatEnd):
        return tell_vectors(here, call, parsed, once), recorded_again(here, call, once)
    with freed_unless_kept(once):
        return embed(here, call, parsed, len(body), once)


async def _anonymize(here: Services, call: Call, request: Request) -> Response:
    body = await _body(request)
    told, headers = await anyio.to_thread.run_sync(anonymized, here, call, request.url.path, body)
    return JSONResponse(told, headers=headers)


async def _restore(here: Services, call: Call, request: Request) -> Response:
    body = await _body(request)
    told, headers = await anyio.to_thread.run_sync(restored, here, call, request.url.path, body)
    return JSONResponse(told, headers=headers)


async def _models(here: Services, call: Call, request: Request) -> Response:
    aliases = await anyio.to_thread.run_sync(_allowed, here, call)
    return JSONResponse(_dialect(request).render_models(aliases))


async def _model(here: Services, call: Call, request: Request) -> Response:
    alias = request.path_params["id"]
    await _check_allowed(here, call, alias)
    return JSONResponse(_dialect(request).render_model(alias))


async def _check_allowed(here: Services, call: Call, model: str) -> None:
    if model not in await anyio.to_thread.run_sync(_allowed, here, call):
        raise ModelNotFoundError(
            "This model does not exist or is not available to this key. GET /v1/models lists those that are.",
            param="model",
        )


def _allowed(here: Services, call: Call) -> list[str]:
    table, levels = here.configuration.routing_table(), here.configuration.policies(call.caller)
    regions = allowed_regions(levels)
    return [
        alias for alias in allowed_models(levels, list(table.routes)) if is_allowed_somewhere(table, alias, regions)
    ]


def _dialect(request: Request) -> Dialect[Any]:
    return dialect_of(request.url.path, request.headers)


async def _healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers={"x-request-id": request_id_of(request.headers)})


def _authenticated(
    answer: Callable[[Services, Call, Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Read the call, answer it, and render whatever goes wrong."""

    @functools.wraps(answer)
    async def endpoint(request: Request) -> Response:
        request_id, dialect = request_id_of(request.headers), _dialect(request)
        try:
            here = services()
            call = call_of(request.headers, request_id, here.now())
            response = await answer(here, call, request)
        except SallyportError as error:
            log_refusal(error)
            metrics.flush_metrics()
            response = _error(error, request_id, dialect)
        except ClientDisconnect:
            response = Response(status_code=499)
        except Exception as error:
            logger.error("bug", request_id=request_id, error=type(error).__name__, place=place_of(error))
            response = _error(
                InternalError("The gateway failed. Its operator finds the request id in the logs."),
                request_id,
                dialect,
            )
        response.headers["x-request-id"] = response.headers[dialect.id_header] = request_id
        return response

    return endpoint


async def _body(request: Request) -> bytes:
    """The whole body, refused before it is read when it says that it is too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and float(declared) > MOST_BODY_BYTES:
        raise _too_large()
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BODY_BYTES:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large() -> RequestTooLargeError:
    return RequestTooLargeError(f"The request body is larger than {MOST_BODY_BYTES // 1024 // 1024} MiB. Send less.")


def _error(error: SallyportError, request_id: str, dialect: Dialect[Any]) -> Response:
    """With the headers that tell an SDK whether and when to try again."""
    known = facts(error)
    wait = error.retry_after if known.retry else None
    soon = wait is None or wait <= MOST_RETRY_AFTER_SECONDS
    headers = {"x-should-retry": str(known.retry and soon).lower()}
    if wait is not None and soon:
        headers["retry-after"] = str(max(1, math.ceil(wait)))
    if limits := limits_in(error):
        headers |= dialect.limit_headers(limits, limits[0].ends_at - (wait or 0))
    return JSONResponse(dialect.render_error(error, request_id), status_code=known.status, headers=headers)


async def _unrouted(request: Request, error: Exception) -> Response:
    """404 and 405 in the dialect's own shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    say = {404: "There is nothing at this path.", 405: "This path does not take this method."}
    unknown = InvalidRequestError(f"{say.get(status, 'The request failed.')} See GET /v1/models and the documentation.")
    request_id, dialect = request_id_of(request.headers), _dialect(request)
    allow = error.headers if isinstance(error, HTTPException) else None
    headers = {**(allow or {}), "x-request-id": request_id, dialect.id_header: request_id, "x-should-retry": "false"}
    return JSONResponse(dialect.render_error(unknown, request_id), status_code=status, headers=headers)
