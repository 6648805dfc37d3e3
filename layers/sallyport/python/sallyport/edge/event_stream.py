"""The HTTP side of a stream: status and headers as late as possible, then bytes as they come, never a long silence."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from sallyport.edge.pipe import Pipe

EVENT_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"}

SILENCE_SECONDS = 15.0
"""After so long without a byte a comment is sent; proxies and load balancers give up after 30 to 60 s."""

GRACE_SECONDS = 20.0
"""How long a stream that nobody reads any more may take to be recorded, before the process may end."""


async def first_of(pipe: Pipe) -> bytes | None:
    """What a stream begins with; None when the client left before. Raise what stopped it before anything was sent.

    Until the provider answers the status is open, and nothing can be sent: so long no comment keeps the connection
    alive. It is the wait of a request that does not stream, and ends no later than one.
    """
    while True:
        first = await pipe.take(SILENCE_SECONDS)
        if first != b"" or pipe.begin():
            return first


class EventStream(Response):
    """Sends `first`, and what the pipe has, until its end or the client's."""

    def __init__(
        self,
        pipe: Pipe,
        first: bytes,
        keep_alive: bytes,
        headers: Mapping[str, str],
        done: Callable[[], Awaitable[None]],
    ) -> None:
        """`done` is awaited whatever ends the response."""
        super().__init__(headers={**headers, **EVENT_STREAM})
        del self.headers["content-length"]
        self._pipe = pipe
        self._done = done
        self._first = first
        self._keep_alive = keep_alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with suppress(OSError):  # what a server raises that cannot send
                await self._send_all(send)
        finally:
            await self._done()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        self._pipe.send_by(lambda chunk: _sent(send, chunk))
        chunk: bytes | None = self._first
        while chunk is not None:
            await send(_body(chunk or self._keep_alive, more=True))
            chunk = await self._pipe.take(SILENCE_SECONDS)
        await send(_body(b"", more=False))


async def abandon_when_left(pipe: Pipe, receive: Receive) -> None:
    """Until cancelled: tell the pipe when the client hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass
    pipe.abandon()


async def wind_up(pipe: Pipe) -> None:
    """Whatever ended the response: wait until its stream is recorded, for a frozen Lambda would not do it later."""
    pipe.abandon()
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_SECONDS):
            await asyncio.shield(pipe.ended())


async def _sent(send: Send, chunk: bytes) -> None:
    await send(_body(chunk, more=True))


def _body(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}
