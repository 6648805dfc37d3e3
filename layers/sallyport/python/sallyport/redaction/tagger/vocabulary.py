"""What the model says of each word, added up once and remembered: decoding a text then only adds a few integers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from sallyport.redaction.tagger.features import LINE, PARAGRAPH, Features, Look, cased, look
from sallyport.redaction.tagger.model import ABOVE_ZERO, BIAS, EVERY_LANE, ONE, Model, load
from sallyport.redaction.tagger.words import GROUP, KnownWords

_MOST_WORDS = 1 << 14
"""Words met lately, 8 MB; as many met before them are remembered beside them, and then forgotten."""
_MOST_SHARED = 1 << 12

DEAD, LIVE, NEUTRAL = range(3)
_CAPITAL, _WORD, _LINE_END = 4, 8, 16


def _marked(flag: int) -> bytes:
    return bytes(bool(mark & flag) for mark in range(256))


LIVES = bytes(mark & 3 for mark in range(256))
CAPITALS, WORDS, LINE_ENDS = map(_marked, (_CAPITAL, _WORD, _LINE_END))
"""What marks of entries say, as tables for `bytes.translate`: 1 for yes, 0 for no; `LIVES`: DEAD, LIVE or NEUTRAL."""

_DEAD_BELOW = 2 * ONE
_HOPE = ABOVE_ZERO + (_DEAD_BELOW - 1) * EVERY_LANE
_HIGHEST_BITS = BIAS * EVERY_LANE
_CONNECTORS = frozenset(
    {
        *("of", "and", "the", "de", "la", "le", "van", "von", "der", "den", "del", "da", "dos", "di", "du", "al", "el"),
        *("bin", "ibn", "for", "in", "on", "at", "y", "e", "st", "to", "s"),
    }
)

_TITLES = frozenset({"mr", "mrs", "ms", "mx", "dr", "prof", "herr", "frau", "mme", "monsieur", "madame"})

type Weights = Mapping[str, int]
type _Sums = tuple[int, ...]
"""Packed weights of a word for itself and for four neighbours, as `Features` has them."""

_NONE: Weights = {}
_NOWHERE = "\0"
"""Key and kind of what lies beyond the ends of a text: no word has them."""


class Entry:
    """One word. Packed weights for itself and for its neighbours, and those of pairs by what the neighbour is.

    Nobody changes one. It is no tuple, as its attributes are read for each word of a text.
    """

    __slots__ = (
        *("key", "kind", "own", "before", "after", "two_before", "two_after", "pairs_before", "pairs_after"),
        *("words_before", "mark", "life", "capital", "word", "group", "title", "value"),
    )

    def __init__(
        self, seen: Look, sums: _Sums, pairs: tuple[Weights, Weights, Weights], *, life: int, group: bool
    ) -> None:
        self.key = seen.key
        self.kind = seen.kind
        self.own, self.before, self.after, self.two_before, self.two_after = sums
        """`before` is what it says of the word after it, being the word before; the others likewise."""
        self.pairs_before, self.pairs_after, self.words_before = pairs
        """By the kind of the word after it; of the word before it. What it and the word before it, by the key of that,
        say of the word after it."""
        self.life = life
        """DEAD: never a part of a name; LIVE: perhaps; NEUTRAL: only beside a word that is live."""
        self.capital = seen.capital
        self.word = seen.word
        self.group = group
        self.title = seen.key.rstrip(".") in _TITLES
        """Does it stand before names, as `Mr` does?"""
        self.value = seen.value
        """Flags and frequency of the table of words."""
        self.mark = life | self.capital * _CAPITAL | self.word * _WORD | (self.key in (LINE, PARAGRAPH)) * _LINE_END
        """What CAPITALS, WORDS, LINE_ENDS and LIVES translate."""


class _Remembered(dict[str, Entry]):
    """Entries by word: those met lately, and those met before them."""

    def __init__(self, vocabulary: "Vocabulary") -> None:
        self._vocabulary = vocabulary
        self.earlier: dict[str, Entry] = {}

    def __missing__(self, word: str) -> Entry:
        if len(self) >= _MOST_WORDS:
            self.earlier = dict(self)
            self.clear()
        known = self[word] = self.earlier.get(word) or self._vocabulary.look_up(word)
        return known


class Vocabulary:
    """Entries of words as they are met. Safe to share between threads: at worst a word is looked up twice."""

    def __init__(self, model: Model, known: KnownWords) -> None:
        self.transitions = model.transitions
        self._weights = model.weights
        self._known = known
        self._entries = _Remembered(self)
        self._shared: dict[Features, _Sums] = {}
        self._pairs = _Pairs(model.weights)
        self.of_case = {case: _of_case(case, model.weights) for case in ("l", "T")}
        """What the case of a line says of a word in it, by its kind."""
        self.begin = self._edge(before=model.weights.get("begin", 0))
        self.end = self._edge(after=model.weights.get("end", 0))
        self.nothing = self._edge()

    @classmethod
    def open(cls, model: Path, words: Path) -> Self:
        return cls(load(model), KnownWords.open(words))

    def entry(self, word: str) -> Entry:
        return self._entries[word]

    def entries(self, words: Iterable[str]) -> list[Entry]:
        return list(map(self._entries.__getitem__, words))

    def look_up(self, word: str) -> Entry:
        """The entry of a word that has not been met."""
        seen = look(word, self._known)
        key = seen.key
        shared = self._known_sums(seen.shared)
        # Most words add nothing to what they share: those have the same integer, and memory is read less.
        own, *others = [
            mine + all_ if mine else all_ for mine, all_ in zip(self._added(seen.only_its), shared, strict=True)
        ]
        return Entry(
            seen,
            (own, *others),
            self._pairs.beside(key, seen.kind),
            life=_life(key, seen.word, seen.capital, own),
            group=bool(seen.value & GROUP or (key[-1] == "s" and self._known.get(key[:-1]) & GROUP)),
        )

    def _known_sums(self, shared: Features) -> _Sums:
        sums = self._shared.get(shared)
        if sums is None:
            if len(self._shared) >= _MOST_SHARED:
                self._shared.clear()
            sums = self._shared[shared] = self._added(shared)
        return sums

    def _added(self, features: Features) -> _Sums:
        get = self._weights.get
        return tuple([sum([get(feature, 0) for feature in place]) for place in features])

    def _edge(self, before: int = 0, after: int = 0) -> Entry:
        none = Features((), (), (), (), ())
        nothing = Look(_NOWHERE, _NOWHERE, none, none, capital=False, word=False, value=0)
        return Entry(nothing, (0, before, after, 0, 0), (_NONE, _NONE, _NONE), life=DEAD, group=False)


def _life(key: str, word: bool, capital: bool, own: int) -> int:
    if not word or key in _CONNECTORS:
        return NEUTRAL
    return LIVE if capital or (own + _HOPE) & _HIGHEST_BITS else DEAD


class _Pairs:
    """Weights of pairs of words, by what one of them is, then by the kind of the other."""

    def __init__(self, weights: Weights) -> None:
        tables: dict[str, dict[str, dict[str, int]]] = {
            name: defaultdict(dict) for name in ("-k", "+k", "-w", "+w", "--")
        }
        for feature, packed in weights.items():
            sign, bar, rest = feature.partition("|")
            if not bar or sign not in ("-", "+", "--"):
                continue
            first, _, second = rest.rpartition("|")
            if sign == "--":
                tables[sign][second][first] = packed
            elif first.startswith("w"):
                tables[f"{sign}w"][first[1:]][second] = packed
            else:
                mine, other = (first, second) if sign == "-" else (second, first)
                tables[f"{sign}k"][mine][other] = packed
        self._tables = {name: dict(table) for name, table in tables.items()}
        self._merged: dict[tuple[str, str, str], Weights] = {}

    def beside(self, key: str, kind: str) -> tuple[Weights, Weights, Weights]:
        """What a word says of the one after it and of the one before it, by the kind of that; and what it says of the
        one after it together with the one before it, by the key of that."""
        return self._both("-", key, kind), self._both("+", key, kind), self._tables["--"].get(key, _NONE)

    def _both(self, sign: str, key: str, kind: str) -> Weights:
        """By the key and by the kind of a word; what is merged is kept, as all numbers of four digits have one key."""
        by_kind, by_key = self._tables[f"{sign}k"].get(kind, _NONE), self._tables[f"{sign}w"].get(key)
        if not by_key:
            return by_kind
        merged = self._merged.get((sign, key, kind))
        if merged is None:
            merged = {other: by_kind.get(other, 0) + by_key.get(other, 0) for other in {**by_kind, **by_key}}
            self._merged[sign, key, kind] = merged
        return merged


def _of_case(case: str, weights: Weights) -> Weights:
    start = cased(case, "")
    return {feature.removeprefix(start): packed for feature, packed in weights.items() if feature.startswith(start)}
