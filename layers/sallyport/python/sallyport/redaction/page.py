"""What one request shows to somebody else's engine: excerpts of all its texts on one page, in one language."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sallyport.redaction.finding import Finding
from sallyport.redaction.language import language_of
from sallyport.redaction.script import unfamiliar_script
from sallyport.redaction.unsure import HIDDEN, Excerpt, excerpts

_USUAL = "en"
"""The language of words that tell none: that of the engine."""

_BETWEEN = "\n"
_SEEN = re.compile(rf"[^{re.escape(HIDDEN)}]+")


@dataclass(frozen=True, slots=True)
class Doubts:
    """Of one text: what is unsure in it, and what is known, which nobody is shown."""

    unsure: tuple[Finding, ...]
    known: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`places` has each excerpt with the text that it is of and where on the page it begins."""

    text: str
    language: str
    places: tuple[tuple[int, str, Excerpt], ...]

    def asked(self) -> set[tuple[str, Finding]]:
        """Each text with what is unsure in it and can be seen on the page."""
        return {(text, each) for _, text, excerpt in self.places for each in excerpt.unsure}

    def back(self, start: int, end: int) -> Iterator[tuple[str, Excerpt, int, int]]:
        """A stretch of the page as it stands in the texts, and in which excerpts; what is hidden is not of it."""
        for at, text, excerpt in self.places:
            first, last = max(start, at), min(end, at + len(excerpt.shown))
            for seen in _SEEN.finditer(self.text, first, last) if first < last else ():
                yield text, excerpt, seen.start() - at + excerpt.start, seen.end() - at + excerpt.start


def page(doubts: Mapping[str, Doubts], languages: frozenset[str], most: int) -> Page:
    """A page of at most so many characters. Texts in none of the languages, or in another than most, are left out.

    So is what is written in an unfamiliar script, and what is no text at all. Never longer than all the texts together.
    """
    spoken = {text: language_of(text) for text in doubts}
    language = _language(doubts, spoken, languages)
    places: list[tuple[int, str, Excerpt]] = []
    at = 0
    for text, doubt in doubts.items():
        if spoken[text] not in (None, language):
            continue
        for excerpt in excerpts(text, doubt.known, doubt.unsure):
            room = at + len(excerpt.shown) <= most
            if room and unfamiliar_script(excerpt.shown) is None and _is_whole(excerpt.shown):
                places.append((at, text, excerpt))
                at += len(excerpt.shown) + len(_BETWEEN)
    return Page(_BETWEEN.join(excerpt.shown for _, _, excerpt in places), language, tuple(places))


def _language(doubts: Mapping[str, Doubts], spoken: Mapping[str, str | None], languages: frozenset[str]) -> str:
    counts: Counter[str] = Counter()
    for text, doubt in doubts.items():
        language = spoken[text]
        if language is not None and language in languages:
            counts[language] += len(doubt.unsure)
    return max(sorted(counts), key=lambda each: counts[each], default=_USUAL)


def _is_whole(shown: str) -> bool:
    """Half of a surrogate pair cannot be sent."""
    try:
        shown.encode()
    except UnicodeEncodeError:
        return False
    return True
