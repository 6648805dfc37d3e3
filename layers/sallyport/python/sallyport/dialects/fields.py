"""Checks of single fields. Each takes a value and its path in the API's own notation, and returns the value.

All but `alias` raise InvalidRequestError with `param` set to the path. The message tells what kind of value was sent,
never which.
"""

import binascii
from collections.abc import Callable, Container
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sallyport.errors import InvalidRequestError, ModelNotFoundError
from sallyport.message import Name

type Check = Callable[[Any, str], Any]

_name = TypeAdapter(Name)
_KINDS = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array", dict: "an object"}


def refuse(path: str, must: str) -> InvalidRequestError:
    """`must` ends the sentence that starts with the path."""
    return InvalidRequestError(f"{path} {must}", param=path)


def wrong_type(value: Any, path: str, expected: str) -> InvalidRequestError:
    return refuse(path, f"must be {expected}, not {_KINDS.get(type(value), 'null')}.")


def text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise wrong_type(value, path, "a string")
    return value


def filled_text(value: Any, path: str) -> str:
    if not text(value, path):
        raise refuse(path, "must not be empty.")
    return str(value)


def boolean(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(value, path, "a boolean")
    return value


def items(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong_type(value, path, "an array")
    return value


def mapping(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong_type(value, path, "an object")
    return value


def number(low: float, high: float) -> Check:
    """A number from `low` to `high`, as a float."""

    def check(value: Any, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(value, path, "a number")
        if not low <= value <= high:
            raise refuse(path, f"must be between {low:g} and {high:g}.")
        return float(value)

    return check


def integer(low: int, high: int) -> Check:
    """A whole number from `low` to `high`."""

    def check(value: Any, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(value, path, "an integer" if not isinstance(value, float) else "a whole number")
        if not low <= value <= high:
            raise refuse(path, f"must be between {low} and {high}.")
        return value

    return check


def one_of(allowed: tuple[str, ...]) -> Check:
    """One of the `allowed` words."""

    def check(value: Any, path: str) -> str:
        if text(value, path) not in allowed:
            raise refuse(path, f"must be one of {', '.join(allowed)}.")
        return str(value)

    return check


def base64(value: Any, path: str) -> str:
    """Base64 of something, without line breaks; it stays as it is."""
    try:
        empty = not binascii.a2b_base64(text(value, path), strict_mode=True)
    except ValueError:
        # Its own message may quote the data.
        raise refuse(path, "must be valid base64, without line breaks.") from None
    if empty:
        raise refuse(path, "must not be empty.")
    return str(value)


def web_address(value: Any, path: str) -> str:
    """What looks like an https URL, or like an http one, which is refused later with a better reason."""
    if not text(value, path)[:8].lower().startswith(("https://", "http://")):
        raise refuse(path, "must be an https URL.")
    return str(value)


def alias(model: str) -> str:
    """The name of a model; ModelNotFoundError for one that no alias can have."""
    try:
        return _name.validate_python(model)
    except ValidationError:
        raise ModelNotFoundError(
            "This model does not exist or is not available to this key. GET /v1/models lists those that are.",
            param="model",
        ) from None


def optional(fields: dict[str, Any], name: str, check: Check, path: str = "") -> Any:
    """What `check` makes of the field called `name`; None when it is absent or null."""
    value = fields.get(name)
    return None if value is None else check(value, f"{path}.{name}" if path else name)


def required(fields: dict[str, Any], name: str, check: Check, path: str = "") -> Any:
    where = f"{path}.{name}" if path else name
    if name not in fields:
        raise refuse(where, "is missing.")
    return check(fields[name], where)


def without(fields: dict[str, Any], known: Container[str]) -> dict[str, Any]:
    """The fields that are not `known` and not null."""
    return {name: value for name, value in fields.items() if value is not None and name not in known}
