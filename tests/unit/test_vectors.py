"""sallyport.vectors: numbers as OpenAI's SDK reads them, and nothing else."""

import base64
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.vectors import decode, dimensions_of, encode

NUMBERS = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=40)


def packed(*numbers):
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


@given(NUMBERS)
def test_what_is_encoded_comes_back(numbers):
    vector = encode(numbers)
    assert list(decode(vector)) == numbers
    assert dimensions_of(vector) == len(numbers)


def test_the_sdk_reads_the_same_numbers():
    """It has little-endian machines in mind, as all that it runs on are."""
    numbers = array("f")
    numbers.frombytes(base64.b64decode(encode([1.0, -2.5])))
    if struct.pack("=f", 1.0) != struct.pack("<f", 1.0):
        numbers.byteswap()
    assert numbers.tolist() == [1.0, -2.5]


def test_more_digits_than_a_number_keeps_are_rounded():
    assert decode(encode([0.1]))[0] == pytest.approx(0.1, rel=1e-7)


@pytest.mark.parametrize(
    "numbers",
    [
        [], {}, None, 3, "12", [None], ["1"], [[1.0]], [float("nan")], [float("inf")], [float("inf"), float("-inf")],
        [1e39], [10**400],
    ],
)  # fmt: skip
def test_what_is_no_vector_is_refused(numbers):
    with pytest.raises(ValueError, match="no vector"):
        encode(numbers)


@pytest.mark.parametrize(
    "vector",
    [
        "", "AAAA", "AAAAAAA=", "AAAAAA==\n", "no base64", "AAAAAA", packed(float("nan")), packed(float("inf")),
        packed(float("inf"), float("-inf")),
    ],
)  # fmt: skip
def test_text_that_is_no_vector_is_refused(vector):
    with pytest.raises(ValueError, match=r"no vector|base64|padding|data"):
        decode(vector)


def test_the_largest_numbers_are_numbers():
    largest = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
    assert decode(encode([largest] * 3000)) == (largest,) * 3000
