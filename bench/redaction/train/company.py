"""By the company a word keeps: which small word stands before it, or after it, more often than before others."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from bench.redaction.train import sources

_BEFORE = (
    "the a an of to in and for on at by with from as is are was be been have has had will would can could should may "
    "not he she i you they we it his her my your their this that these who what all no more very one two new mr so if"
).split()
_AFTER = (
    "the a an of to in and for on at by with from as is are was were be been have has had will would can could should "
    "may not he she i you they we it his her my your their this that or who which s than out up into about when all"
).split()
_LEAST = 20_000
"""How often a pair must be in books to tell anything."""


def companions_before() -> dict[str, int]:
    """Word → the number, from 1, of the small word that most typically stands before it."""
    return _typical(_BEFORE, ((after, before, count) for before, after, count in sources.word_pairs()))


def companions_after() -> dict[str, int]:
    """Word → the number, from 1, of the small word that most typically stands after it."""
    return _typical(_AFTER, sources.word_pairs())


def _typical(small: list[str], pairs: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """The companion whose share of the pairs of the word is most above its share of all pairs."""
    number = {word: nth for nth, word in enumerate(dict.fromkeys(small), 1)}
    of_word: defaultdict[str, Counter[str]] = defaultdict(Counter)
    of_all: Counter[str] = Counter()
    for word, companion, count in pairs:
        if companion in number:
            of_all[companion] += count
            if count >= _LEAST:
                of_word[word][companion] += count
    return {
        word: number[max(companions, key=lambda each: (companions[each] / of_all[each], each))]
        for word, companions in of_word.items()
    }
