"""Which names are forms of one name: `John Smith`, `Mr Smith`, `J. Smith` and `Smith` are, `Jane Smith` is not."""

import re
from collections import defaultdict
from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_TITLES = frozenset(
    {
        "mr", "mrs", "ms", "miss", "mx", "sir", "dr", "prof", "professor", "lord", "lady", "rev", "herr", "frau", "mme",
        "madame", "mlle", "monsieur", "meneer", "mevrouw", "sr", "sra", "señor", "señora", "sig", "signor", "signora",
    }
)  # fmt: skip

MOST_NAMESAKES = 32

type Name = tuple[str, ...]


class Persons:
    """Numbers persons, and says for a further form of a known name whose it is.

    A form belongs to somebody when all of its words but titles are among his, in their order, an initial standing for
    any word it begins; or his among its; and one word they share in full. It does only where there is one whom it may
    belong to. A word that more than MOST_NAMESAKES share tells nothing.
    """

    def __init__(self) -> None:
        self._names: dict[int, Name] = {}
        self._with: defaultdict[str, set[int]] = defaultdict(set)

    def of(self, written: str) -> int | None:
        """The number of the person of whom this is a form, if he is known."""
        words = _words(written)
        namesakes = [self._with.get(word, set()) for word in words if len(word) > 1]
        perhaps = set().union(*(each for each in namesakes if len(each) <= MOST_NAMESAKES))
        known = [number for number in perhaps if _is_form(words, self._names[number])]
        return known[0] if len(known) == 1 else None

    def learn(self, number: int, written: str) -> None:
        """The fullest form is his name."""
        words = _words(written)
        if len(words) >= len(self._names.get(number, ())):
            self._names[number] = words
        for word in words:
            self._with[word].add(number)


def _words(written: str) -> Name:
    found = (word.casefold() for word in _WORD.findall(written))
    return tuple(word for word in found if word not in _TITLES)


def _is_form(one: Name, other: Name) -> bool:
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return all(_next(word, rest) for word in short)


def _next(word: str, rest: Iterator[str]) -> bool:
    return any(_alike(word, candidate) for candidate in rest)


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) == 1 and long.startswith(short))
