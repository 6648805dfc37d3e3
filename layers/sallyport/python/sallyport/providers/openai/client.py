"""One call of an OpenAI-compatible server, over connections that are kept."""

import json
import re
import time
from collections.abc import Callable
from http.client import HTTPException, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, NewConnectionError, TimeoutError

from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.errors import (
    ProviderDeniedError,
    ProviderReplyError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    StoreUnavailableError,
)
from sallyport.ports import Secrets
from sallyport.providers.openai.build import build
from sallyport.providers.openai.failures import failure
from sallyport.providers.openai.read import read
from sallyport.routing import Target

MAX_REPLY_BYTES = 32 * 1024 * 1024
_MAX_ERROR_BYTES = 64 * 1024
_CHUNK_BYTES = 64 * 1024
_CONNECT_SECONDS = 10.0
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")


def make(secrets: Secrets, aws: Callable[[], Any]) -> "OpenAI":
    return OpenAI(secrets)


class OpenAI:
    """Any server that speaks chat completions. Redirects are not followed: they would take the secret elsewhere."""

    def __init__(self, secrets: Secrets, *, max_reply_bytes: int = MAX_REPLY_BYTES) -> None:
        self._secrets = secrets
        self._max_reply_bytes = max_reply_bytes
        # urllib3 sets TCP_NODELAY by itself.
        self._pool = urllib3.PoolManager(num_pools=16, maxsize=64, retries=False)

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        """Ask once. The end of `timeout` also ends a reply that trickles in."""
        address = _address(target)
        body = json.dumps(build(request, target, max_tokens), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json", **self._authorization(target)}
        status, reply_headers, reply = self._post(address, body, headers, timeout)
        if status != 200:
            raise failure(status, reply_headers, reply, time.time())
        return read(reply, request, target)

    def _authorization(self, target: Target) -> dict[str, str]:
        if target.secret is None:
            return {}
        try:
            secret = self._secrets.get(target.secret).strip()
        except StoreUnavailableError as error:
            raise ProviderUnavailableError(f"The provider's credential cannot be read. {error.message}") from error
        if not _HEADER_VALUE.fullmatch(secret):
            # http.client would refuse it too, and quote it.
            raise ProviderDeniedError("The target's secret is empty or has characters that no API key has.")
        return {"Authorization": f"Bearer {secret}"}

    def _post(
        self, url: str, body: bytes, headers: dict[str, str], timeout: float
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, and the whole body; for an error, its first 64 KB."""
        if timeout <= 0:
            raise _timeout()
        deadline = time.monotonic() + timeout
        limits = urllib3.Timeout(connect=min(timeout, _CONNECT_SECONDS), read=timeout, total=timeout)
        try:
            response = self._pool.request(
                "POST", url, body=body, headers=headers, redirect=False, preload_content=False, timeout=limits
            )
        except LocationValueError:
            raise ProviderDeniedError("The target's base_url is no URL. Correct it in the routing table.") from None
        except NewConnectionError as error:
            # Refused or unknown, though urllib3 counts it among the timeouts.
            raise _broken(error) from None
        except TimeoutError as error:
            raise _timeout() from error
        except HTTPError as error:
            raise _broken(error) from None
        try:
            reply = self._read(response, deadline)
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return response.status, {name.lower(): value for name, value in response.headers.items()}, reply

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        """Of an error whatever arrives: its status is answer enough."""
        failed = response.status != 200
        limit = _MAX_ERROR_BYTES if failed else self._max_reply_bytes
        reply = bytearray()
        try:
            while chunk := _next(response, deadline):
                reply += chunk
                if len(reply) > limit:
                    break
            else:
                return bytes(reply)
        except HTTPError as error:
            if not failed:
                raise (_timeout() if isinstance(error, TimeoutError) else _half()) from None
        response.close()
        if failed:
            return bytes(reply)
        raise ProviderReplyError("The provider's reply is too large. Ask for fewer tokens.")


def _next(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """What has arrived next; empty at the end. A timeout of urllib3's own starts anew with every byte."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection: Any = response.connection
    if connection is not None and connection.sock is not None:
        connection.sock.settimeout(left)
    return response.read1(_CHUNK_BYTES, decode_content=False)


def _address(target: Target) -> str:
    try:
        usable = urlsplit(target.base_url or "").scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable:
        raise ProviderDeniedError("The target has no base_url of http or https. Add it to the routing table.")
    return f"{(target.base_url or '').rstrip('/')}/chat/completions"


def _timeout() -> ProviderTimeoutError:
    return ProviderTimeoutError("The provider did not answer in time. Try again, or ask for a shorter answer.")


def _half() -> ProviderReplyError:
    return ProviderReplyError("The provider hung up in the middle of its reply. Try again.")


def _broken(error: HTTPError) -> ProviderReplyError | ProviderUnavailableError:
    """No reply at all, or one that is no HTTP: then the error quotes it, and must not be chained."""
    cause = error.args[1] if len(error.args) > 1 else None
    if isinstance(cause, HTTPException) and not isinstance(cause, RemoteDisconnected):
        return ProviderReplyError("The provider's reply is no HTTP. Check the target's base_url.")
    return ProviderUnavailableError("The provider cannot be reached, or hung up. Try again.")
