"""One HTTP connection, bounded in time and in size: uvicorn itself waits for ever for the rest of a request.

Whoever sends half a request and stops, or a byte now and then, is hung up on. A request that arrives in one piece, as
most do, costs no timer.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE_SECONDS = 10.0
"""For a whole header; for the next LEAST_BODY_BYTES of a body; for a client to read some of what is written to it."""

LEAST_BODY_BYTES = 10 * 1024
"""In each PATIENCE_SECONDS: 1 KB/s is slower than any line over which somebody would wait for 10 MB."""

MOST_HEADER_BYTES = 64 * 1024
"""Of a header that is still not complete; what comes in one piece is bounded by the size of one read."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's protocol; `config`'s keep-alive timeout is for the time between requests."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._awaits_header = True
        self._awaits_body = False
        self._received = 0
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        self._reader_moves()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # An empty line between requests begins none, and yet ends uvicorn's own timer between requests.
        self._awaits_header = not self._awaits_body
        self._received += len(data)
        super().data_received(data)
        if self._awaits_header and self._received > MOST_HEADER_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        if self.transport.is_closing() or not (self._awaits_header or self._awaits_body):
            self._unwatch()
        elif self._reading is None:
            self._watch()

    def on_message_begin(self) -> None:
        self._awaits_header, self._received = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._awaits_header, self._awaits_body, self._received = False, True, 0
        self._unwatch()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._awaits_body = False
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._writing = self.loop.call_later(PATIENCE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        self._reader_moves()
        super().resume_writing()

    def _watch(self) -> None:
        self._received = 0 if self._awaits_body else self._received
        self._reading = self.loop.call_later(PATIENCE_SECONDS, self._check)

    def _unwatch(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _check(self) -> None:
        """While the gateway itself reads no further, or makes an answer, the client is not the slow one."""
        self._reading = None
        comes = self._awaits_body and (self.flow.read_paused or self._received >= LEAST_BODY_BYTES)
        answers = self._awaits_header and self.cycle is not None and not self.cycle.response_complete
        if comes or answers:
            self._watch()
        elif not self.transport.is_closing():
            self.transport.close()

    def _reader_moves(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
