"""Frames of Amazon's event streams, as ConverseStream sends them.

The form is that of `application/vnd.amazon.eventstream`: a prelude of two lengths and its checksum, headers, a payload,
and the checksum of all before it (botocore's `eventstream` reads the same).
"""

import binascii
import struct
from collections.abc import Mapping

_TEXT = b"\x07"
"""The type of a header's value."""


def frame(payload: bytes, told: Mapping[str, str]) -> bytes:
    """`told` are its headers, all of them texts."""
    headers = b""
    for name, value in told.items():
        headers += struct.pack(">B", len(name)) + name.encode() + _TEXT + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", binascii.crc32(message))
