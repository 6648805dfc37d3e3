"""The map between placeholders and what they stand for, of one request."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Self

from sallyport.redaction.finding import TYPES
from sallyport.redaction.placeholder import placeholder

_PLACEHOLDER = re.compile(r"<([A-Z]+(?:_[A-Z]+)*)_([1-9][0-9]{0,5})>")
_MOST = 999_999


class Pseudonyms:
    """Numbers the values of each type from 1 in order of first appearance: same texts in the same order, same map.

    Two spellings of one value (`Bob@x.org` and `bob@x.org`, a card with and without spaces) get two placeholders:
    restoring gives back exactly what was written, which one shared placeholder could not.
    """

    def __init__(self, types: frozenset[str] = TYPES) -> None:
        self._types = types
        self._placeholders: dict[tuple[str, str], str] = {}
        self._originals: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def placeholder_for(self, type_: str, value: str, *, restorable: bool = True) -> str:
        """The placeholder of this value, a new one at its first appearance. One that is not to be restored is told from
        every other in this request, and its value is not in the map.

        Raises ValueError for a type that is not among `types`: text typed by a client could not be told from its
        placeholders.
        """
        known = self._placeholders.get((type_, value))
        if known is not None:
            return known
        if type_ not in self._types:
            raise ValueError(f"{type_} is no entity type: add it to sallyport.redaction.finding.TYPES")
        if self._counts[type_] >= _MOST:
            raise ValueError(f"more than {_MOST} values of type {type_} in one request: split the request")
        self._counts[type_] += 1
        key = placeholder(type_, self._counts[type_])
        self._placeholders[type_, value] = key
        if restorable:
            self._originals[key] = value
        return key

    def counts(self) -> dict[str, int]:
        """How many different values of each type were replaced."""
        return dict(sorted(self._counts.items()))

    def to_dict(self) -> dict[str, str]:
        """Placeholder → original, in order of appearance: what `restore` takes. Contains content: seal it."""
        return dict(self._originals)

    @classmethod
    def from_dict(cls, mapping: Mapping[str, str], types: frozenset[str] = TYPES) -> Self:
        """The inverse of `to_dict`; values seen later continue its numbers. Raises ValueError, without content."""
        pseudonyms = cls(types)
        for key, value in mapping.items():
            match = _PLACEHOLDER.fullmatch(key)
            if not match or match[1] not in types:
                raise ValueError("the map of placeholders is damaged: a key is not of the form <TYPE_n>; redact again")
            pseudonyms._counts[match[1]] = max(pseudonyms._counts[match[1]], int(match[2]))
            pseudonyms._placeholders[match[1], value] = key
            pseudonyms._originals[key] = value
        return pseudonyms
