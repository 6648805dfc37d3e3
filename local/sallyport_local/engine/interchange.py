"""Between the engine's JSON values and what the JSONata evaluator works with.

The evaluator writes undefined as None and a JSON null as a marker of its own, and marks the lists it builds; the
engine writes undefined as UNDEFINED, null as None, and keeps plain lists.
"""

import math
from enum import Enum
from typing import Any, Final, Literal

from jsonata.utils import Utils


class _Undefined(Enum):
    UNDEFINED = "undefined"


UNDEFINED: Final = _Undefined.UNDEFINED
"""What an expression gives that selects nothing; JSON cannot hold it."""

type Undefined = Literal[_Undefined.UNDEFINED]


class EvaluationFailed(Exception):
    """An expression has no usable result. The message completes 'The JSONata expression …' and holds no values."""


def to_jsonata(value: Any) -> Any:
    """A deep copy with every null marked: the evaluator can alter the lists that it is given."""
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        return {key: to_jsonata(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_jsonata(item) for item in value]
    return value


def from_jsonata(result: Any) -> Any:
    """Plain JSON or UNDEFINED. Raises EvaluationFailed for what JSON cannot hold, such as a function."""
    return UNDEFINED if result is None else _json(result)


def _json(value: Any) -> Any:
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    raise EvaluationFailed("returned an unsupported result type")
