"""The weights of the trained model, each feature's in one integer, so that one addition adds up all tags."""

import struct
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sallyport.redaction.finding import ADDRESS, LOCATION, ORG, PERSON

KINDS = (PERSON, LOCATION, ORG, ADDRESS)
TAGS = ("O", *(f"B-{kind}" for kind in KINDS), *(f"I-{kind}" for kind in KINDS))
"""Tag 0 is outside of any name; 1 to 4 begin one of KINDS and 5 to 8 continue it."""

LANES = len(TAGS) - 1
LANE_BITS = 32
ONE = 1 << 16
"""The weight 1.0. Weights are those of a tag less those of `O`, so `O` itself always scores 0 and needs no lane."""
BIAS = 1 << LANE_BITS - 1
EVERY_LANE = sum(1 << LANE_BITS * lane for lane in range(LANES))
BEGINNING_LANES = sum(1 << LANE_BITS * lane for lane in range(len(KINDS)))
ABOVE_ZERO = BIAS * EVERY_LANE
"""Added to a sum of packed weights: every lane is unsigned then, its highest bit set if its weight is not negative."""

_MAGIC = b"SPNM\x01\n"
_HEAD = struct.Struct("<6sII")
_UNPACK = struct.Struct(f"<{LANES}I")
_PACKED_BYTES = LANES * LANE_BITS // 8
_STORED = 1 << 11
"""The weight 1.0 in the file, of 16 bits."""


class Model(NamedTuple):
    """`weights` of a feature are packed; `transitions[after][before]` are plain integers, of all nine tags."""

    weights: Mapping[str, int]
    transitions: tuple[tuple[int, ...], ...]


def unpack(packed: int) -> tuple[int, ...]:
    """The sums of the eight lanes, each higher by BIAS."""
    return lanes_of(packed + ABOVE_ZERO)


def lanes_of(raised: int) -> tuple[int, ...]:
    """The eight lanes of packed weights to which ABOVE_ZERO has been added already, or more."""
    return _UNPACK.unpack(raised.to_bytes(_PACKED_BYTES, "little"))


def load(path: Path) -> Model:
    """Raise ValueError for a file that is not of this format."""
    raw = path.read_bytes()
    magic, size, count = _HEAD.unpack_from(raw)
    if magic != _MAGIC:
        raise ValueError(f"{path.name} is not a model of this version: train it with python -m bench.redaction.train")
    names = raw[_HEAD.size : _HEAD.size + size].decode().split("\t")
    stored = array("h")
    stored.frombytes(raw[_HEAD.size + size :])
    cells = len(TAGS) * len(TAGS)
    scale = ONE // _STORED
    transitions = tuple(
        tuple(weight * scale for weight in stored[after * len(TAGS) : (after + 1) * len(TAGS)])
        for after in range(len(TAGS))
    )
    lanes = array("i", stored[cells : cells + count * LANES]).tobytes()
    weights = {}
    for name, start in zip(names, range(0, len(lanes), _PACKED_BYTES), strict=count > 0):
        packed = int.from_bytes(lanes[start : start + _PACKED_BYTES], "little")
        # Each lane is negative by itself, and as a part of one integer it is what it borrows from the next.
        weights[name] = (packed - ((packed & ABOVE_ZERO) << 1)) * scale
    return Model(weights, transitions)


def encode(weights: Mapping[str, Mapping[str, float]], transitions: Mapping[tuple[str, str], float]) -> bytes:
    """The file of a model: weights by feature and tag, and by the tag before and the tag."""
    names = sorted(name for name, by_tag in weights.items() if any(by_tag.values()))
    joined = "\t".join(names).encode()
    stored = array("h", [_stored(transitions.get((before, after), 0.0)) for after in TAGS for before in TAGS])
    for name in names:
        outside = weights[name].get(TAGS[0], 0.0)
        stored.extend(_stored(weights[name].get(tag, 0.0) - outside) for tag in TAGS[1:])
    return _HEAD.pack(_MAGIC, len(joined), len(names)) + joined + stored.tobytes()


def _stored(weight: float) -> int:
    return max(-(1 << 15), min((1 << 15) - 1, round(weight * _STORED)))
