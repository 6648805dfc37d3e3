import json
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest

from sallyport_local.engine.values import LIMIT, NotJson, Scale, TooLarge, size, text_of


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 0, -1, 1.5, 10**30, "text", 'quote " \\ \n \x00', "naïve 🎉", [], {}, [[1, [2]], {"a": [None]}]),
        *(
            (1, (2,)),
            {"t": ("x",)},
            Colour.RED,
            {"c": Colour.RED},
            Level.HIGH,
            {1: "a", None: "b", False: "c", 1.5: "d"},
        ),
        {Colour.RED: 1},
    ],
)
def test_a_copy_is_what_json_makes_of_it(value):
    copy = Scale().copy(value)

    assert repr(copy) == repr(json.loads(json.dumps(value)))


def test_a_decimal_becomes_a_number_as_lambda_s_runtime_writes_it():
    assert Scale().copy({"a": Decimal("1.50"), "b": Decimal(3)}) == {"a": 1.5, "b": 3}


def test_a_copy_shares_nothing_that_can_change():
    value = {"a": [{"b": [1]}]}
    copy = Scale().copy(value)

    copy["a"][0]["b"].append(2)

    assert value == {"a": [{"b": [1]}]}


CIRCULAR: list = []
CIRCULAR.append(CIRCULAR)


@pytest.mark.parametrize(
    "value", [object(), {"secret"}, b"bytes", {"a": object()}, {(1, 2): 3}, float("nan"), [float("inf")], CIRCULAR,
              Decimal("NaN")]
)  # fmt: skip
def test_what_json_cannot_hold_is_refused_without_telling_it(value):
    with pytest.raises(NotJson) as error:
        Scale().copy(value)
    assert "secret" not in str(error.value)


def padded(total: int, filler: str) -> dict:
    """An object of exactly `total` bytes of JSON, most of them in one string."""
    value = {"large": "", "small": ""}
    value["large"] = filler * ((total - size(value)) // (size(filler) - 2))
    value["small"] = "x" * (total - size(value))
    assert size(value) == total
    return value


@pytest.mark.parametrize("filler", ["x", "é", "🎉", "\n", '"', "\x01"])
def test_the_limit_is_exact_in_bytes_of_utf8_json(filler):
    scale = Scale()

    assert scale.copy(padded(LIMIT, filler))
    with pytest.raises(TooLarge):
        scale.copy(padded(LIMIT + 1, filler))


@pytest.mark.parametrize(
    "items",
    [
        ["x" * 1_000] * 261,
        [12345] * 43_690,
        [1.25] * 52_428,
        [None] * 52_428,
        [{"k": True}] * 23_831,
        ["\x01" * 10] * 4_161,
    ],
    ids=["strings", "integers", "floats", "nulls", "objects", "controls"],
)
def test_many_small_values_are_measured_too(items):
    assert LIMIT - 1_100 < size(items) <= LIMIT
    assert Scale().copy(items) == items

    with pytest.raises(TooLarge):
        Scale().copy(items + items[: len(items) // 50])


def test_what_was_given_away_and_changed_is_walked_through_again():
    scale = Scale()
    kept = scale.copy({"a": {"b": [1]}}, kept=True)
    given = scale.copy({"k": kept})

    given["k"]["a"]["b"].append(object)
    with pytest.raises(NotJson):
        scale.copy(given)
    given["k"]["a"]["b"] = "x" * LIMIT
    with pytest.raises(TooLarge):
        scale.check(given)
    assert scale.copy([kept, kept]) == [{"a": {"b": [1]}}] * 2


def test_copies_of_what_is_kept_share_nothing_either():
    scale = Scale()
    kept = scale.copy({"a": {"b": [1]}, "long": "x" * 20_000}, kept=True)
    one, two = scale.copy([kept, {"k": kept["a"]}])

    one["a"]["b"].append(2)
    assert two == {"k": {"b": [1]}}
    assert kept["a"] == {"b": [1]}


@pytest.mark.parametrize("wrap", [lambda part: {"p": part}, lambda part: [part], lambda part: {"a": 1, "b": [part]}])
@pytest.mark.parametrize("filler", ["x", "é", "\n"])
def test_what_is_only_checked_has_the_same_limit_however_often_its_parts_were_seen(filler, wrap):
    scale = Scale()
    spare = size(wrap({})) - 2
    fits, exceeds = padded(LIMIT - spare, filler), padded(LIMIT - spare + 1, filler)

    for _ in range(2):
        scale.check(wrap(fits))
        with pytest.raises(TooLarge):
            scale.check(wrap(exceeds))


@pytest.mark.parametrize("value", [object(), {"a": [object()]}, [float("nan")], CIRCULAR])
def test_what_json_cannot_hold_fails_the_check_too(value):
    with pytest.raises(NotJson):
        Scale().check(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [("as it is", "as it is"), ({"a": [1, None]}, '{"a":[1,null]}'), ([], "[]"), (7, "7"), (None, "null")],
)
def test_what_takes_text_is_sent_text(value, text):
    assert text_of(value) == text
