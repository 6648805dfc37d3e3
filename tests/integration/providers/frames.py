"""Frames of Amazon's event streams: a recorded stream at their borders, and that of an error."""

import binascii
import json
import struct


def frames(stream: bytes) -> list[bytes]:
    """Each begins with its length."""
    split = []
    while stream:
        (length,) = struct.unpack(">I", stream[:4])
        split.append(stream[:length])
        stream = stream[length:]
    return split


def exception(name: str, header: str = ":exception-type", kind: str = "exception") -> bytes:
    """What Bedrock says in the middle of a stream that fails."""
    headers = b""
    for key, value in ((header, name), (":content-type", "application/json"), (":message-type", kind)):
        headers += struct.pack(">B", len(key)) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    payload = json.dumps({"message": "canary"}).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", binascii.crc32(message))
