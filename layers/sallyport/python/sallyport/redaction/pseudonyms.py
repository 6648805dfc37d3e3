"""The map between placeholders and what they stand for, of one request or one conversation."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Self

from sallyport.redaction.finding import PERSON, TYPES
from sallyport.redaction.persons import Persons
from sallyport.redaction.placeholder import FORMS, placeholder

_PLACEHOLDER = re.compile(r"<([A-Z]+(?:_[A-Z]+)*)_([1-9][0-9]{0,5})([b-z]?)>")
_MOST = 999_999


class Pseudonyms:
    """Numbers the values of each type from 1 in order of first appearance: same texts in the same order, same map.

    Two spellings of one value (`Bob@x.org` and `bob@x.org`, a card with and without spaces) get two placeholders:
    restoring gives back exactly what was written, which one shared placeholder could not. Forms of one person's name
    share his number, and differ in a letter.
    """

    def __init__(self, types: frozenset[str] = TYPES) -> None:
        self._types = types
        self._placeholders: dict[tuple[str, str], str] = {}
        self._originals: dict[str, str] = {}
        self._used: dict[str, None] = {}
        self._counts: Counter[str] = Counter()
        self._persons = Persons()
        self._forms: Counter[int] = Counter()

    def placeholder_for(self, type_: str, value: str, *, restorable: bool = True) -> str:
        """The placeholder of this value, a new one at its first appearance. One that is not to be restored is told from
        every other in this request, and its value is not in the map.

        Raises ValueError for a type that is not among `types`: text typed by a client could not be told from its
        placeholders.
        """
        key = self._placeholders.get((type_, value)) or self._new(type_, value)
        self._placeholders[type_, value] = key
        if restorable:
            self._originals[key] = value
            self._used[key] = None
        return key

    def counts(self) -> dict[str, int]:
        """The highest number of each type: how many different values, or persons, were replaced."""
        return dict(sorted(self._counts.items()))

    def used(self) -> dict[str, str]:
        """Placeholder → original of those that were asked for, in order of appearance: what `restore` takes.

        Contains content: seal it.
        """
        return {key: self._originals[key] for key in self._used}

    def to_dict(self) -> dict[str, str]:
        """The same of all that is known, also from `from_dict`."""
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
            if match[1] == PERSON:
                pseudonyms._learn(int(match[2]), value)
        return pseudonyms

    def _new(self, type_: str, value: str) -> str:
        if type_ not in self._types:
            raise ValueError(f"{type_} is no entity type: add it to sallyport.redaction.finding.TYPES")
        person = self._persons.of(value) if type_ == PERSON else None
        if person is not None and self._forms[person] <= len(FORMS):
            self._learn(person, value)
            return placeholder(type_, person, FORMS[self._forms[person] - 2])
        if self._counts[type_] >= _MOST:
            raise ValueError(f"more than {_MOST} values of type {type_} in one request: split the request")
        self._counts[type_] += 1
        if type_ == PERSON:
            self._learn(self._counts[type_], value)
        return placeholder(type_, self._counts[type_])

    def _learn(self, person: int, value: str) -> None:
        self._forms[person] += 1
        self._persons.learn(person, value)


def pseudonyms_of(mapping: Mapping[str, str], types: frozenset[str]) -> Pseudonyms:
    """Those of a conversation, which may know types that no policy has any more."""
    kept = {key[1:-1].rpartition("_")[0] for key in mapping}
    return Pseudonyms.from_dict(mapping, types | kept)
