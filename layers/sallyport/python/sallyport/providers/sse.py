"""Server-sent events from bytes, however they are cut into chunks.

Read as https://html.spec.whatwg.org/multipage/server-sent-events.html says, but for the end: an event that no blank
line follows counts too, for many servers forget it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sallyport.errors import ProviderReplyError

MAX_EVENT_BYTES = 4 * 1024 * 1024
"""Some servers send the arguments of a call, or a whole image's description, as one event."""

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """`event` is its type, empty when none was named; `data` its lines, joined."""

    event: str
    data: str


class EventParser:
    """Takes chunks in their order. Raise ProviderReplyError for an event of more than `max_bytes`."""

    def __init__(self, max_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._line = bytearray()
        self._after_return = False
        self._first = True
        self._event = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """The events that this chunk ends."""
        if self._after_return and chunk:
            # Its line ended with the chunk before.
            chunk = chunk.removeprefix(b"\n")
            self._after_return = False
        self._after_return = self._after_return or chunk.endswith(b"\r")
        *ended, rest = _LINE_END.split(chunk)
        for part in ended:
            line = bytes(self._line) + part
            self._line.clear()
            self._check(len(line))
            if (event := self._take(line)) is not None:
                yield event
        self._line += rest
        self._check(len(self._line))

    def end(self) -> Iterator[ServerSentEvent]:
        """What was still open when the stream ended."""
        line = bytes(self._line)
        self._line.clear()
        for last in (line, b""):
            if (event := self._take(last)) is not None:
                yield event

    def _check(self, length: int) -> None:
        if self._size + length > self._max_bytes:
            raise ProviderReplyError("The provider sent an event that is too large. Ask for fewer tokens.")

    def _take(self, line: bytes) -> ServerSentEvent | None:
        """The event that this line ends."""
        if self._first:
            line, self._first = line.removeprefix(_BYTE_ORDER_MARK), False
        if not line:
            event, data = self._event, self._data
            self._event, self._data, self._size = b"", [], 0
            if data:
                return ServerSentEvent(event.decode(errors="replace"), b"\n".join(data).decode(errors="replace"))
            return None
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value) + 1
        elif name == b"event":
            self._event = value
        return None
