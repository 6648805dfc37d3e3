"""The body of an HTTP/1.1 reply from bytes, however they are cut: RFC 9112, sections 6 and 7.1."""

import re
from enum import Enum, auto
from typing import Any

from urllib3.exceptions import ProtocolError

_MOST_LINE_BYTES = 64 * 1024
"""Of the size of a chunk with its extensions, or of a trailer, as http.client has it."""

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


class _Next(Enum):
    SIZE = auto()
    DATA = auto()
    END = auto()  # of the line that ends a chunk
    TRAILER = auto()


class Body:
    """Takes what arrives in its order.

    `over` once it is whole, and `reusable` if nothing came behind it; `broken` when what came last is no chunk.
    """

    def __init__(self, *, chunked: bool, left: int | None) -> None:
        """`left` bytes of the body, or of the chunk that has begun; None when that is not known."""
        self._chunked = chunked
        self._left = left
        self._next = _Next.SIZE if left is None else _Next.DATA if left else _Next.END
        self._line = b""
        self.over = False
        self.broken = False
        self.reusable = False

    @classmethod
    def rest_of(cls, reply: Any) -> "Body":
        """Of a http.client.HTTPResponse, whose own buffer has been emptied."""
        if reply.chunked:
            return cls(chunked=True, left=reply.chunk_left)
        return cls(chunked=False, left=reply.length)

    def take(self, data: bytes) -> bytes:
        """What of it belongs to the body."""
        if self._chunked:
            return self._in_chunks(data)
        if self._left is None:
            return data
        piece = data[: self._left]
        self._left -= len(piece)
        self.over = self._left == 0
        self.reusable = self.over and len(piece) == len(data)
        return piece

    def end(self) -> bytes:
        """The connection has ended; nothing more. Raise urllib3's ProtocolError for half a body."""
        if self._chunked or self._left is not None:
            raise ProtocolError("The connection ended before the body did.")
        self.over = True
        return b""

    def _in_chunks(self, data: bytes) -> bytes:
        data, at = self._line + data, 0
        pieces = []
        while not (self.over or self.broken):
            if self._next is _Next.DATA:
                piece = data[at : at + (self._left or 0)]
                at += len(piece)
                self._left = (self._left or 0) - len(piece)
                pieces.append(piece)
                if self._left:
                    break
                self._next = _Next.END
            line_end = data.find(b"\n", at)
            if line_end < 0:
                break
            self._take_line(data[at:line_end].removesuffix(b"\r"))
            at = line_end + 1
        self._line = data[at:]
        self.broken = self.broken or len(self._line) > _MOST_LINE_BYTES
        self.reusable = self.over and not self._line
        return b"".join(pieces)

    def _take_line(self, line: bytes) -> None:
        match self._next:
            case _Next.END if not line:
                self._next = _Next.SIZE
            case _Next.TRAILER:
                self.over = not line
            case _Next.SIZE if _SIZE.fullmatch(size := line.partition(b";")[0].strip()):
                self._left = int(size, 16)
                self._next = _Next.DATA if self._left else _Next.TRAILER
            case _:
                self.broken = True
