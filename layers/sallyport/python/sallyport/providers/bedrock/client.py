"""One call of Converse or of ConverseStream, or as many of InvokeModel as vectors take.

Retries are the gateway's: botocore makes a single attempt.
"""

import json
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.eventstream import EventStreamBuffer, ParserError
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError, TimeoutError

from sallyport.attempts import Unmet
from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import (
    ProviderDeniedError,
    ProviderReplyError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.ports import Secrets
from sallyport.presence import client_waiting
from sallyport.providers.bedrock import embeddings
from sallyport.providers.bedrock.build import build, unmet
from sallyport.providers.bedrock.clients import Clients
from sallyport.providers.bedrock.events import ConverseEvents
from sallyport.providers.bedrock.failures import failure
from sallyport.providers.bedrock.read import read
from sallyport.providers.exchange import Exchange, late
from sallyport.providers.provider import Streamed, Waiting
from sallyport.routing import Target
from sallyport.stream import Counted

_MAX_STREAM_BYTES = 64 * 1024 * 1024
"""Every word travels in a frame of a hundred bytes."""
_MAX_BODY_BYTES = 8 * 1024 * 1024
"""96 vectors of 1536 numbers, in digits, are 3 MB."""
_CHUNK_BYTES = 64 * 1024
_JSON = "application/json"
_LAST_SECONDS = 0.1
"""How long the end of a stream may take after its last event, so that the connection can be kept."""


def make(secrets: Secrets, aws: Callable[[], Any]) -> "Bedrock":
    return Bedrock(aws)


class Bedrock:
    """Models on Bedrock with the gateway's own role, or the target's `account_role`.

    A target's `base_url`, if any, is a VPC endpoint's address.
    """

    def __init__(
        self,
        aws: Callable[[], Any],
        *,
        max_stream_bytes: int = _MAX_STREAM_BYTES,
    ) -> None:
        """`aws` returns a boto3 session."""
        self._max_stream_bytes = max_stream_bytes
        self._clients = Clients(aws)

    def unmet(self, request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
        return unmet(request, target)

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        with self._while_waited_for(timeout):
            reply = self._call("converse", request, target, max_tokens, timeout)
        return read(reply, request, target)

    @contextmanager
    def stream(
        self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float, first: float
    ) -> Iterator[Iterator[Streamed]]:
        """Bedrock is asked when the first event is."""
        exchange = Exchange(timeout=timeout, idle=target.idle_seconds, first=first)
        try:
            yield exchange.following(self._events(exchange, request, target, max_tokens, min(timeout, first)))
        finally:
            exchange.close()

    def _events(
        self, exchange: Exchange, request: ChatRequest, target: Target, max_tokens: int, wait: float
    ) -> Iterator[Streamed]:
        with exchange.asking():
            events = self._call("converse_stream", request, target, max_tokens, wait)["stream"]
        exchange.adopt(events._raw_stream)
        converse = ConverseEvents(request, target)
        try:
            for event in _parsed(events, exchange, self._max_stream_bytes):
                if isinstance(event, Waiting):
                    yield event
                    continue
                for each in converse.take(event):
                    if isinstance(each, Counted):
                        exchange.end_within(_LAST_SECONDS)
                    yield each
        except (ProviderTimeoutError, ProviderUnavailableError):
            if not converse.whole:
                raise
        converse.end()

    def unmet_by_embedding(self, request: EmbeddingRequest, target: Target) -> tuple[Unmet, ...]:
        return embeddings.unmet(request, target)

    def embed(self, request: EmbeddingRequest, target: Target, *, timeout: float) -> EmbeddingAnswer:
        def invoke(body: dict[str, Any], seconds: float) -> tuple[bytes, Mapping[str, str]]:
            arguments = {"modelId": target.model, "body": json.dumps(body), "contentType": _JSON, "accept": _JSON}
            with self._while_waited_for(seconds):
                return self._asked("invoke_model", arguments, target, seconds, _body_and_headers)

        return embeddings.embed(invoke, request, target, timeout)

    @contextmanager
    def _while_waited_for(self, timeout: float) -> Iterator[None]:
        """Botocore reads what is whole by itself; until it does, a client that leaves ends the wait."""
        exchange = Exchange(timeout=timeout, idle=timeout)
        with client_waiting().until_left(exchange.close), exchange.asking(until_head=True):
            yield

    def _call(
        self, operation: str, request: ChatRequest, target: Target, max_tokens: int, timeout: float
    ) -> dict[str, Any]:
        return self._asked(operation, build(request, target, max_tokens), target, timeout, dict)

    def _asked[Said](
        self,
        operation: str,
        arguments: Mapping[str, Any],
        target: Target,
        timeout: float,
        take: Callable[[Mapping[str, Any]], Said],
    ) -> Said:
        """What `take` makes of the response, while what botocore says is still understood."""
        if timeout <= 0:
            raise ProviderTimeoutError("There was no time left to ask Bedrock. Allow more.")
        try:
            client = self._clients.runtime(target, timeout)
        except ValueError as error:
            raise ProviderDeniedError("The target's region or base_url is none. Correct the routing table.") from error
        # Nothing is chained: what botocore and Bedrock say about a request may quote it.
        try:
            return take(getattr(client, operation)(**arguments))
        except (BotoCoreError, ClientError, ResponseParserError, RecursionError) as error:
            raise failure(error, time.time()) from None
        except (TypeError, ValueError, AttributeError, LookupError):
            # Its parser trusts a reply to be of the right shape.
            raise _senseless() from None


def _body_and_headers(response: Mapping[str, Any]) -> tuple[bytes, Mapping[str, str]]:
    """Of a reply to InvokeModel. Botocore has its headers in lower case."""
    body = bytearray()
    # Read to its end: only there does botocore notice that something is missing.
    while chunk := response["body"].read(_CHUNK_BYTES):
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise ProviderReplyError("Bedrock's reply is too large. Send fewer texts at once.")
    return bytes(body), response["ResponseMetadata"]["HTTPHeaders"]


def _frames(events: Any, exchange: Exchange, max_bytes: int) -> Iterator[dict[str, Any] | Waiting]:
    """Botocore's own loop over the bytes of a stream knows no end of time, and is not to be interrupted."""
    size, buffer = 0, EventStreamBuffer()
    while exchange.goes_on():
        yield exchange.waiting
        if chunk := exchange.read():
            size += len(chunk)
            if size > max_bytes:
                raise ProviderReplyError("Bedrock's reply is too large. Ask for fewer tokens.")
            buffer.add_data(chunk)
            for frame in buffer:
                if event := events._parse_event(frame):
                    yield event


def _parsed(events: Any, exchange: Exchange, max_bytes: int) -> Iterator[dict[str, Any] | Waiting]:
    """Botocore's events, and its errors as ours. Nothing is chained, as above."""
    try:
        yield from _frames(events, exchange, max_bytes)
    except TimeoutError:
        raise late() from None
    except HTTPError:
        raise ProviderUnavailableError("Bedrock hung up in the middle of its answer. Try again.") from None
    except (BotoCoreError, ClientError, ResponseParserError, RecursionError) as error:
        raise failure(error, time.time()) from None
    except (ParserError, struct.error, TypeError, ValueError, AttributeError, LookupError):
        raise _senseless() from None


def _senseless() -> ProviderReplyError:
    return ProviderReplyError("Bedrock's reply cannot be understood. Try again.")
