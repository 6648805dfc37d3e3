"""JSON values between states: passed by value, and never larger than Step Functions allows.

Copying and weighing happen in one walk that shares the (immutable) strings, so that its price follows the number of
values and not the length of the sealed content inside them. The weight is an upper bound; only a value whose bound
exceeds the limit is measured exactly.
"""

import json
import marshal
from decimal import Decimal
from typing import Any, Final

LIMIT: Final = 262_144
"""Bytes of compact UTF-8 JSON in a state's input, output or payload (botocore stepfunctions, SensitiveData max)."""

_ESCAPED: Final = 6  # the longest that JSON makes of one character: \u0000
_LONG: Final = 2_048  # characters; from here on a string's exact size is worth remembering
_SHORT: Final = 16_384  # weight; up to here it is cheaper to copy strings too than to walk around them


class NotJson(TypeError):
    """The value has no JSON form. The message names a type, never a value."""


class TooLarge(ValueError):
    """The value is larger than a state may receive or return."""


def size(value: Any) -> int:
    """Bytes of `value` as compact UTF-8 JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def text_of(value: Any) -> str:
    """What a service gets that takes text: a string as it is, any other value as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


class Scale:
    """Copies and weighs the values of one execution. Not for use by two threads at once."""

    __slots__ = ("_keeps", "_known", "_long", "_weight")

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int]] = {}  # by identity: what was made or weighed here, and its weight
        self._long: dict[str, int] = {}
        self._keeps = False
        self._weight = 0

    def copy(self, value: Any, *, kept: bool = False) -> Any:
        """What a JSON round trip makes of `value`. Raises NotJson, or TooLarge above LIMIT.

        One that is `kept` is nobody else's: its parts are not walked through again.
        """
        self._weight, self._keeps = 0, kept
        try:
            result = self._copy(value)
        except RecursionError:
            raise NotJson("Circular reference detected") from None
        if self._weight > LIMIT and size(result) > LIMIT:
            raise TooLarge
        return result

    def check(self, value: Any) -> None:
        """The same without a copy, of a value whose parts nobody changes any more: each is weighed once.

        Raises TooLarge, or NotJson.
        """
        self._weight = 0
        try:
            self._weigh(value)
        except RecursionError:
            raise NotJson("Circular reference detected") from None
        if self._weight > LIMIT and size(value) > LIMIT:
            raise TooLarge

    def _weigh(self, value: Any) -> None:
        kind = type(value)
        if kind is not dict and kind is not list:
            self._copy(value)
            return
        known = self._known.get(id(value))
        if known is None:
            before = self._weight
            self._weight += 3
            for item in value if kind is list else value.values():
                self._weigh(item)
            if kind is dict:
                self._weight += sum(_ESCAPED * len(key) + 4 for key in value)
            self._known[id(value)] = value, self._weight - before
        else:
            self._weight += known[1]

    def _copy(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            self._weight += _ESCAPED * len(value) + 3 if len(value) < _LONG else self._measured(value)
            return value
        if kind is dict:
            return self._object(value)
        if kind is list:
            self._weight += 3
            return [self._copy(item) for item in value]
        if kind is int:
            self._weight += 3 + (value.bit_length() >> 1)
            return value
        if value is None or kind is bool:
            self._weight += 6
            return value
        if kind is float:
            if value * 0 != 0:
                raise NotJson("Out of range float values are not JSON compliant")
            self._weight += 26
            return value
        return self._copy(_plain(value))

    def _object(self, value: dict[Any, Any]) -> dict[str, Any]:
        known = self._known.get(id(value))
        if known is not None and known[1] <= _SHORT:
            self._weight += known[1]
            # It is JSON already. Version 2 knows no references, so that nothing is shared within a copy either.
            again: dict[str, Any] = marshal.loads(marshal.dumps(value, 2))  # noqa: S302 - of our own making
            return again
        result: dict[str, Any] = {}
        before = self._weight
        weight = 3
        for key, item in value.items():
            if type(key) is not str:
                key = _key(key)
            weight += _ESCAPED * len(key) + 4
            # The common case without a call: most values of a ticket are short strings.
            if type(item) is str and len(item) < _LONG:
                weight += _ESCAPED * len(item) + 3
                result[key] = item
            else:
                result[key] = self._copy(item)
        self._weight += weight
        if self._keeps:
            self._known[id(result)] = result, self._weight - before
        return result

    def _measured(self, text: str) -> int:
        """Exact, and remembered: the same sealed content passes through every state of an execution."""
        known = self._long.get(text)
        if known is None:
            known = self._long[text] = size(text) + 1
        return known


def _plain(value: Any) -> Any:
    """The exact JSON type behind a subclass, a tuple or a Decimal, as Lambda's runtime writes them."""
    match value:
        case str():
            return str.__str__(value)
        case bool() | int():
            return int(value)
        case float():
            return float(value)
        case dict():
            return dict(value)
        case list() | tuple():
            return list(value)
        case Decimal() if value.is_finite():
            return json.loads(str(value))
        case _:
            raise NotJson(f"Object of type {type(value).__name__} is not JSON serializable")


def _key(key: Any) -> str:
    """json.dumps also takes numbers, booleans and null as keys, and writes them as strings."""
    if isinstance(key, str):
        return str.__str__(key)
    if key is None or isinstance(key, int | float):
        return str(next(iter(json.loads(json.dumps({key: None})))))
    raise NotJson(f"keys must be str, int, float, bool or None, not {type(key).__name__}")
