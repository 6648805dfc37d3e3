"""One request and its response over ASGI, by hand: a fleet hangs up in the middle, and notices who does."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

SIMULATED = {"x-simulated": "true"}
"""With every response."""


class Exchange:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("latin-1")
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._receive = receive
        self._send = send
        self._gone: asyncio.Task[None] | None = None

    async def body(self) -> bytes:
        """All of it; what was hung up on in the middle is shorter than it says."""
        chunks = []
        while True:
            message = await self._receive()
            chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(chunks)

    async def left_within(self, seconds: float | None) -> bool:
        """Wait, and tell whether the other side hung up meanwhile, or before. None for as long as it takes."""
        if self._gone is None:
            self._gone = asyncio.create_task(self._until_gone())
        await asyncio.wait({self._gone}, timeout=seconds)
        return self._gone.done()

    async def say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        await self.begin(status, {**headers, "content-length": str(len(body))})
        await self.write(body)
        await self.end()

    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        told = [(name.encode(), value.encode()) for name, value in {**headers, **SIMULATED}.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": told})

    async def write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def close(self) -> None:
        """Whoever has not said all by now hangs up: that is what the server makes of it."""
        if self._gone is not None:
            self._gone.cancel()
            await asyncio.gather(self._gone, return_exceptions=True)

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
