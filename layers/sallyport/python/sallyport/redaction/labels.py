"""Words that announce a value: `passport no.`, `driverLicense`, `Kontonummer:`, and where they stand.

The words of a text are read once; only those that begin a known label cost more. So a label more costs nothing, and a
text without any costs its words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sallyport.redaction.lazily import Lazily

# `driverLicense` is two words, and so are `DRIVER_LICENSE` and `driver-license`.
_WORD = Lazily(r"[A-Z]*+[^\WA-Z\d_]++|[A-Z]++")
_ASCII_WORD = Lazily(r"[A-Z]*+[a-z]++|[A-Z]++")
"""The same where no other letters are, in two thirds of the time."""
_JOINT = r"[\s_./'\"-]{0,2}s?[\s_./'\"-]{0,2}"


class Label[Meaning](NamedTuple):
    """One label in a text: where it stands, and what it announces."""

    start: int
    end: int
    meaning: Meaning


def words_of(text: str) -> frozenset[str]:
    """The different words of a text in lower case, those of camelCase apart."""
    return frozenset(map(str.lower, (_ASCII_WORD if text.isascii() else _WORD).findall(text)))


class Labels[Meaning]:
    """Finds labels. A phrase is words with single spaces; between two of them may be `'s`, `_`, `-`, `/`, nothing.

    Where several phrases begin at one word, the longest that is there counts.
    """

    def __init__(self, meaning_by_phrase: Mapping[str, Meaning]) -> None:
        by_first: dict[str, list[str]] = defaultdict(list)
        for phrase in sorted(sorted(meaning_by_phrase), key=len, reverse=True):
            by_first[phrase.partition(" ")[0]].append(phrase)
        self._meaning_by_phrase = meaning_by_phrase
        self._phrases = by_first
        self._written: dict[str, list[tuple[Lazily, Meaning]]] = {}
        self.firsts = frozenset(self._phrases)
        """The words in lower case with which labels begin."""

    def find(self, text: str, folded: str, words: frozenset[str]) -> list[Label[Meaning]]:
        """Labels in order, none inside another. `folded` is `text` in lower case, `words` are those of `words_of`."""
        found = sorted(self._all(text, folded, self.firsts & words), key=lambda label: (label.start, -label.end))
        kept: list[Label[Meaning]] = []
        for label in found:
            if not kept or label.start >= kept[-1].end:
                kept.append(label)
        return kept

    def _all(self, text: str, folded: str, firsts: Iterable[str]) -> Iterator[Label[Meaning]]:
        for first in firsts:
            phrases = self._written.get(first) or self._write(first)
            at = folded.find(first)
            while at >= 0:
                if _begins_word(text, at):
                    for phrase, meaning in phrases:
                        match = phrase.match(folded, at)
                        if match and _ends_word(text, match.end()):
                            yield Label(at, match.end(), meaning)
                            break
                at = folded.find(first, at + len(first))

    def _write(self, first: str) -> list[tuple[Lazily, Meaning]]:
        """Patterns of the phrases that begin with a word, made when a text first has it."""
        self._written[first] = written = [
            (Lazily(_JOINT.join(map(re.escape, phrase.split()))), self._meaning_by_phrase[phrase])
            for phrase in self._phrases[first]
        ]
        return written


def _is_letter(sign: str) -> bool:
    return sign.isalnum() and not sign.isdecimal()


def _begins_word(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    return not _is_letter(before) or (text[at].isupper() and before.islower())


def _ends_word(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not _is_letter(after) or (after.isupper() and text[end - 1].islower())
