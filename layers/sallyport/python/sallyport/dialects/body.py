"""A request body as a JSON object, or a 400 that tells what to do and never what was sent."""

import json
import math
import re
from typing import Any, NoReturn

from sallyport.errors import InvalidRequestError

MAX_DEPTH = 100
"""Objects and arrays inside each other. A JSON schema takes two a level, and pydantic writes at most 255."""

MAX_STRINGS = 100_000
"""Names and texts together. Ten thousand messages have a half of that; to read three times as many takes 50 ms."""

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


def read_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object of finite numbers and whole characters; of a key given twice the last counts.

    What has too many strings is not even read.

    Raise InvalidRequestError for anything else, without the parser's own error: it carries the body.
    """
    if body.count(b'"') - body.count(b'\\"') > 2 * MAX_STRINGS:
        raise InvalidRequestError(f"The body has more than {MAX_STRINGS} keys and texts. Send fewer.")
    try:
        value = _DECODER.decode(body.decode())
    except UnicodeDecodeError as error:
        raise InvalidRequestError(f"The body is no UTF-8 (byte {error.start}). Send JSON in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise InvalidRequestError(f"The body is no JSON (character {error.pos}). Send one JSON object.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _not_finite() from None
    if not isinstance(value, dict):
        raise InvalidRequestError('The body must be one JSON object, such as {"model": …, "messages": […]}.')
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    if _HALF_CHARACTER.search(body):
        _check_characters(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        inner = [each for outer in level for each in (outer.values() if isinstance(outer, dict) else outer)]
        level = [each for each in inner if isinstance(each, dict | list)]
        if not level:
            return
    raise _too_deep()


def _check_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidRequestError(
            "The body has half of a surrogate pair. Send both halves, or the character in UTF-8."
        ) from None


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _not_finite()
    return number


def _refuse_constant(_: str) -> NoReturn:
    raise _not_finite()


def _not_finite() -> InvalidRequestError:
    return InvalidRequestError("The body has a number that is NaN, infinite or absurdly long. Send finite numbers.")


def _too_deep() -> InvalidRequestError:
    return InvalidRequestError(f"The body is nested too deeply. Send at most {MAX_DEPTH} levels.")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant)
