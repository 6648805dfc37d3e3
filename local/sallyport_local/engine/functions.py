"""The JSONata functions that Step Functions adds to the language: $partition, $range, $hash, $random, $uuid, $parse.

Source: AWS Step Functions developer guide, 'Transforming data with JSONata'. Arguments that make no sense give
undefined, as there; the field in which the expression stands then fails.
"""

import hashlib
import json
import random
import uuid
from collections.abc import Callable
from typing import Any, Final

from jsonata.jsonata import Jsonata

from sallyport_local.engine.interchange import to_jsonata

_ALGORITHMS: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}

_UNDEFINED: Final = None  # as the evaluator writes it


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def partition(array: Any = None, chunk_size: Any = None) -> Any:
    """`array` in chunks of `chunk_size` (rounded towards zero); the last one holds the rest."""
    if not isinstance(array, list) or not array or not _is_number(chunk_size) or int(chunk_size) <= 0:
        return _UNDEFINED
    step = int(chunk_size)
    return [array[start : start + step] for start in range(0, len(array), step)]


def range_(first: Any = None, last: Any = None, step: Any = None) -> Any:
    """Whole numbers from `first` to `last`, inclusive when a step lands on it; a single one is not in an array."""
    if not all(_is_number(bound) for bound in (first, last, step)) or int(step) == 0:
        return _UNDEFINED
    sign = 1 if step > 0 else -1
    numbers = list(range(int(first), int(last) + sign, int(step)))
    if not numbers:
        return _UNDEFINED
    return numbers[0] if len(numbers) == 1 else numbers


def hash_(text: Any = None, algorithm: Any = None) -> Any:
    """Hexadecimal digest of the UTF-8 text. `algorithm`: MD5, SHA-1, SHA-256, SHA-384 or SHA-512."""
    if not isinstance(text, str) or algorithm is None:
        return _UNDEFINED
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"$hash knows {', '.join(_ALGORITHMS)}")
    return hashlib.new(_ALGORITHMS[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def random_(seed: Any = None) -> float:
    """A number in [0, 1); the same for the same seed, though not the number that AWS draws for it."""
    return random.Random(seed if _is_number(seed) else None).random()  # noqa: S311 - workflows draw no secrets


def uuid_() -> str:
    return str(uuid.uuid4())


def parse(text: Any = None) -> Any:
    """The JSON value that the string holds."""
    return to_jsonata(json.loads(text)) if isinstance(text, str) else _UNDEFINED


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "partition": partition,
    "range": range_,
    "hash": hash_,
    "random": random_,
    "uuid": uuid_,
    "parse": parse,
}

BUILT_IN: Final = frozenset(Jsonata.static_frame.bindings) | FUNCTIONS.keys()
"""The names of all functions, JSONata's own included: no variable may take one."""
