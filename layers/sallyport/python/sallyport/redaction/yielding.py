"""Names give way to patterns: a guess that reaches too far changes no other type, and takes no street."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from sallyport.redaction.detectors import names
from sallyport.redaction.finding import ADDRESS, LOCATION, ORG, PERSON, Finding
from sallyport.redaction.lazily import Lazily

_GUESSED = "names"
_WORDS = Lazily(r"\w(?:.*\w)?\.?", re.DOTALL)
_LINE_OF_WORDS = Lazily(r"\w(?:.*\w)?\.?")
_DIGIT = Lazily(r"[0-9]")


def yielding(text: str, found: list[Finding]) -> Iterator[Finding]:
    """All findings, names without what a pattern found in them.

    An organisation of which only words in small letters are left is none.

    Of a guessed address around a street that a pattern knows, each line is by itself: above it stands whom the letter
    is for, below it towns and countries, which are LOCATION as they are anywhere else.
    """
    patterns = sorted((f for f in found if f.detector != _GUESSED), key=lambda f: f.start)
    yield from patterns
    ends = list(accumulate((f.end for f in patterns), max))
    for guess in found:
        if guess.detector != _GUESSED or guess.type not in names.types:
            continue
        start, street = guess.start, False
        first = bisect_right(ends, start)
        alone = first == len(patterns) or patterns[first].start >= guess.end
        if alone and _is_sign_of_word(text[start]) and _is_sign_of_word(text[guess.end - 1]):
            yield guess
            continue
        for at in range(first, len(patterns)):
            other = patterns[at]
            if other.start >= guess.end:
                break
            yield from _rest(text, guess, (start, other.start), street=street, before=other)
            start, street = max(start, other.end), street or other.type == ADDRESS
        yield from _rest(text, guess, (start, guess.end), street=street, before=None)


def _is_sign_of_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _rest(
    text: str, guess: Finding, span: tuple[int, int], *, street: bool, before: Finding | None
) -> Iterator[Finding]:
    """The words of a guess between two offsets, if any; `street` says that one is found in front of them."""
    start, end = span[0], max(span)
    known = before is not None and before.type == ADDRESS
    if guess.type != ADDRESS or not (street or known):
        words = _WORDS.search(text, start, end)
        if words and not (guess.type == ORG and words.group().islower() and words.span() != (guess.start, guess.end)):
            yield _part(guess, guess.type, words)
        return
    for line in _LINE_OF_WORDS.finditer(text, start, end):
        type_ = ADDRESS
        if not _DIGIT.search(line.group()):
            type_ = LOCATION if street else PERSON if "\n" in text[line.end() : end] else ADDRESS
        yield _part(guess, type_, line)


def _part(guess: Finding, type_: str, words: re.Match[str]) -> Finding:
    return Finding(type_, *words.span(), score=guess.score, detector=guess.detector)
