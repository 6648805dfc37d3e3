"""Frames of Amazon's event streams: a recorded stream at their borders, and those that a test makes."""

import struct
from typing import Any

from bench.faults.wires import framed


def frames(stream: bytes) -> list[bytes]:
    """Each begins with its length."""
    split = []
    while stream:
        (length,) = struct.unpack(">I", stream[:4])
        split.append(stream[:length])
        stream = stream[length:]
    return split


def event(name: str, said: dict[str, Any]) -> bytes:
    """One of a stream that goes well."""
    return framed(said, {":event-type": name, ":message-type": "event"})


def exception(name: str, header: str = ":exception-type", kind: str = "exception") -> bytes:
    """What Bedrock says in the middle of a stream that fails."""
    return framed({"message": "canary"}, {header: name, ":message-type": kind})
