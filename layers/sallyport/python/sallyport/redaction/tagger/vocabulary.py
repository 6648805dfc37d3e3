"""What the model says of each word, added up once and remembered: decoding a text then only adds a few integers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sallyport.redaction.tagger.features import cased, look
from sallyport.redaction.tagger.model import BIAS, ONE, Model, load, unpack
from sallyport.redaction.tagger.words import GROUP, KnownWords

_MOST_WORDS = 1 << 14
"""What is remembered at once, 10 MB; then everything is forgotten."""

DEAD, LIVE, NEUTRAL = range(3)
_DEAD_BELOW = 2 * ONE
_CONNECTORS = frozenset(
    {
        *("of", "and", "the", "de", "la", "le", "van", "von", "der", "den", "del", "da", "dos", "di", "du", "al", "el"),
        *("bin", "ibn", "for", "in", "on", "at", "y", "e", "st", "to", "s"),
    }
)

_TITLES = frozenset({"mr", "mrs", "ms", "mx", "dr", "prof", "herr", "frau", "mme", "monsieur", "madame"})

type Weights = Mapping[str, int]

_NONE: Weights = {}
_NOWHERE = "\0"
"""Key and kind of what lies beyond the ends of a text: no word has them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One word. Packed weights for itself and for its neighbours, and those of pairs by what the neighbour is."""

    key: str
    kind: str
    own: int
    before: int
    """What it says of the word after it, being the word before; the others likewise."""
    after: int
    two_before: int
    two_after: int
    kind_before: Weights
    kind_after: Weights
    word_before: Weights
    word_after: Weights
    words_before: Weights
    life: int
    """DEAD: never a part of a name; LIVE: perhaps; NEUTRAL: only beside a word that is live."""
    capital: bool
    word: bool
    group: bool
    title: bool = False
    """Does it stand before names, as `Mr` does?"""
    value: int = 0
    """Flags and frequency of the table of words."""


class Vocabulary:
    """Entries of words as they are met. Safe to share between threads: at worst a word is looked up twice."""

    def __init__(self, model: Model, known: KnownWords) -> None:
        self.transitions = model.transitions
        self._weights = model.weights
        self._known = known
        self._entries: dict[str, Entry] = {}
        self._pairs = _pairs(model.weights)
        self.begin = self._edge(before=model.weights.get("begin", 0))
        self.end = self._edge(after=model.weights.get("end", 0))
        self.nothing = self._edge()

    @classmethod
    def open(cls, model: Path, words: Path) -> Self:
        return cls(load(model), KnownWords.open(words))

    def entry(self, word: str) -> Entry:
        known = self._entries.get(word)
        if known is None:
            if len(self._entries) >= _MOST_WORDS:
                self._entries.clear()
            known = self._entries[word] = self._look_up(word)
        return known

    def case(self, case: str, kind: str) -> int:
        """What the case of a line (`l`, `T`) says of a word of this kind in it."""
        return self._weights.get(cased(case, kind), 0)

    def _look_up(self, word: str) -> Entry:
        seen = look(word, self._known)
        pairs, own = self._pairs, self._sum(seen.own)
        return Entry(
            key=seen.key,
            kind=seen.kind,
            own=own,
            before=self._sum(seen.before),
            after=self._sum(seen.after),
            two_before=self._sum(seen.two_before),
            two_after=self._sum(seen.two_after),
            kind_before=pairs["-k"].get(seen.kind, _NONE),
            kind_after=pairs["+k"].get(seen.kind, _NONE),
            word_before=pairs["-w"].get(seen.key, _NONE),
            word_after=pairs["+w"].get(seen.key, _NONE),
            words_before=pairs["--"].get(seen.key, _NONE),
            life=_life(seen.key, seen.word, seen.capital, own),
            capital=seen.capital,
            word=seen.word,
            group=bool(seen.value & GROUP or (seen.key[-1] == "s" and self._known.get(seen.key[:-1]) & GROUP)),
            title=seen.key.rstrip(".") in _TITLES,
            value=seen.value,
        )

    def _sum(self, features: tuple[str, ...]) -> int:
        get = self._weights.get
        return sum(get(feature, 0) for feature in features)

    def _edge(self, before: int = 0, after: int = 0) -> Entry:
        return Entry(
            *(_NOWHERE, _NOWHERE, 0, before, after, 0, 0),
            *(_NONE,) * 5,
            life=DEAD,
            capital=False,
            word=False,
            group=False,
        )


def _life(key: str, word: bool, capital: bool, own: int) -> int:
    if not word or key in _CONNECTORS:
        return NEUTRAL
    highest = max(unpack(own)) - BIAS
    return LIVE if capital or highest > -_DEAD_BELOW else DEAD


def _pairs(weights: Weights) -> dict[str, dict[str, dict[str, int]]]:
    """Weights of pairs: what pair it is → the neighbour (of `+k`: the word itself) → the other of the two."""
    pairs: dict[str, defaultdict[str, dict[str, int]]] = {
        name: defaultdict(dict) for name in ("-k", "+k", "-w", "+w", "--")
    }
    for feature, packed in weights.items():
        sign, bar, rest = feature.partition("|")
        if not bar or sign not in ("-", "+", "--"):
            continue
        first, _, second = rest.rpartition("|")
        if sign == "--":
            pairs["--"][second][first] = packed
        elif first.startswith("w"):
            pairs[f"{sign}w"][first[1:]][second] = packed
        else:
            pairs[f"{sign}k"][first][second] = packed
    return {name: dict(table) for name, table in pairs.items()}
